import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { findOnPath } from './minio.ts';

const run = promisify(execFile);

/** A program of the system, or why there is none. */
export type SystemProgram = { path: string; version: string } | { missing: string };

/**
 * Finds the program `name` on the PATH, and where it is missing installs the Debian packages that bring it, if we may (root on Debian or
 * Ubuntu). `version` is the first line that `--version` prints. `files` must be there too, such as plugins of the program.
 */
export async function ensureProgram(
  name: string,
  packages: readonly string[],
  files: readonly string[] = [],
): Promise<SystemProgram> {
  const find = async () => (files.every((file) => existsSync(file)) ? await findProgram(name) : undefined);
  const found = await find();
  if (found) return found;
  const problem = await installPackages(packages);
  const names = [name, ...files].join(' with ');
  if (problem !== undefined) return { missing: `${names} is not installed, and ${problem}` };
  return (await find()) ?? { missing: `${packages.join(' ')} brought no ${names}` };
}

/** The program of that name or path, if it runs. */
export async function findProgram(
  nameOrPath: string,
): Promise<{ path: string; version: string } | undefined> {
  const path = nameOrPath.includes('/') ? nameOrPath : await findOnPath(nameOrPath);
  if (!path) return undefined;
  try {
    const { stdout, stderr } = await run(path, ['--version'], { timeout: 30_000 });
    return { path, version: (stdout || stderr).trim().split('\n')[0] ?? '' };
  } catch {
    return undefined;
  }
}

/** Installs Debian packages; answers what keeps us from it, or undefined. */
export async function installPackages(packages: readonly string[]): Promise<string | undefined> {
  const aptGet = await findOnPath('apt-get');
  if (!aptGet) return 'this is no Debian or Ubuntu, where we could install it';
  if (process.getuid?.() !== 0)
    return `we may not install it: run "sudo apt-get install ${packages.join(' ')}"`;
  console.error(`Installing ${packages.join(' ')} with apt-get ...`);
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 64 * 1024 * 1024 };
  // Another run may be at it.
  const wait = ['-o', 'DPkg::Lock::Timeout=600'];
  try {
    await run(aptGet, [...wait, 'update'], options);
    await run(aptGet, [...wait, 'install', '-y', '--no-install-recommends', ...packages], options);
    return undefined;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    return `apt-get could not install it: ${said.trim().slice(-400)}`;
  }
}

/** DCMTK's command line programs (dcm2json, dcmdump, storescu ...), found by one of them. */
export function ensureDcmtk(): Promise<SystemProgram> {
  return ensureProgram('dcm2json', ['dcmtk']);
}

/** GDCM's command line programs, found by one of them. */
export function ensureGdcm(): Promise<SystemProgram> {
  return ensureProgram('gdcmconv', ['libgdcm-tools']);
}
