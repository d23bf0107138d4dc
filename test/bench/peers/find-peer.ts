import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installPackages } from '../../support/system-packages.ts';

/** A program to measure against or with, or what to install to have it. */
export type FoundPeer = { readonly path: string } | { readonly missing: string };

/** Debian keeps servers in sbin, which is not on everybody's PATH. */
function findOnPathOrSbin(program: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders
    .flatMap((folder) => [folder, ...(/\/bin\/?$/.test(folder) ? [join(folder, '..', 'sbin')] : [])])
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
}

/** `files` must be there too, such as plugins. `mayInstall`: with apt-get, where the system lets us. */
export async function findPeer(
  program: string,
  packages: readonly string[],
  { files = [], mayInstall }: { files?: readonly string[]; mayInstall: boolean },
): Promise<FoundPeer> {
  const find = () => (files.every((file) => existsSync(file)) ? findOnPathOrSbin(program) : undefined);
  const found = find();
  if (found) return { path: found };
  const advice = `apt-get install ${packages.join(' ')}`;
  if (!mayInstall) return { missing: advice };
  const problem = await installPackages(packages);
  const path = find();
  return path ? { path } : { missing: `${advice} (${problem ?? `it brought no ${program}`})` };
}
