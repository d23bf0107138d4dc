import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * The bytes of the top level's pixel data as DCMTK's dcmdump writes them out, all fragments of encapsulated ones one
 * after the other, without the Basic Offset Table.
 */
export async function dumpedPixelData(path: string, encapsulated: boolean): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'isocenter-dcmdump-'));
  try {
    // it writes what it can of damaged files, and fails then
    await run('dcmdump', ['-q', '+W', folder, path], { maxBuffer: 2 ** 28 }).catch(() => undefined);
    const number = (name: string) => Number(/\.(\d+)\.raw$/.exec(name)?.[1]);
    const names = (await readdir(folder)).filter((name) => name.startsWith(basename(path)));
    names.sort((a, b) => number(a) - number(b));
    const files = await Promise.all(names.map((name) => readFile(join(folder, name))));
    return Buffer.concat(encapsulated ? files.slice(1) : files);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
