import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { type FramesOfFile, framesOfFile } from './frames-of-file.ts';

const run = promisify(execFile);

/** Runs `work` with a folder of its own, and removes it. */
async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'isocenter-imaging-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The program of DCMTK or GDCM that decompresses a transfer syntax, with its options; `undefined` where none does. */
export function decompressorOf(transferSyntaxUID: string): [string, ...string[]] | undefined {
  const end = transferSyntaxUID.replace('1.2.840.10008.1.2.', '');
  // +cg: colours as the stream has them; +cn: lossless colours stay as they are.
  if (/^4\.5[0-6]$/.test(end)) return ['dcmdjpeg', '+cg'];
  if (end === '4.57' || end === '4.70') return ['dcmdjpeg', '+cn'];
  if (end === '4.80' || end === '4.81') return ['dcmdjpls'];
  if (end === '5') return ['dcmdrle'];
  if (/^4\.9[0-3]$/.test(end)) return ['gdcmconv', '--raw'];
  return undefined;
}

/** The frames of the file at `path` after another program has decompressed them; `undefined` where it can't. */
export async function decompressedBy(
  [program, ...options]: [string, ...string[]],
  path: string,
): Promise<FramesOfFile | undefined> {
  return inFolder(async (folder) => {
    const made = join(folder, 'native.dcm');
    try {
      await run(program, [...options, path, made]);
      return await framesOfFile(new Uint8Array(await readFile(made)));
    } catch {
      return undefined;
    }
  });
}

/** The native pixel data of many files in one folder, little endian and inflated, as dcmdump writes it; by path. */
export async function dumpedNative(paths: readonly string[]): Promise<Map<string, Uint8Array>> {
  return inFolder(async (folder) => {
    await run('dcmdump', ['-q', '+W', folder, ...paths], { maxBuffer: 2 ** 30 }).catch(() => undefined);
    const dumped = new Map<string, Uint8Array>();
    const names = await readdir(folder);
    for (const path of paths) {
      // An icon comes before the pixel data of the image; its file has the lower number.
      const prefix = `${basename(path)}.`;
      const numbers = names
        .filter((name) => name.startsWith(prefix) && /^\d+\.raw$/.test(name.slice(prefix.length)))
        .map((name) => Number.parseInt(name.slice(prefix.length), 10));
      if (numbers.length > 0)
        dumped.set(path, await readFile(join(folder, `${prefix}${Math.max(...numbers)}.raw`)));
    }
    return dumped;
  });
}
