import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A picture as DCMTK writes it: 8 bits a sample. */
export interface PeerPicture {
  width: number;
  height: number;
  channels: 1 | 3;
  data: Uint8Array;
}

/** The DCMTK program that renders frames of this transfer syntax; `undefined` where none decodes it. */
export function rendererOf(transferSyntaxUID: string): string | undefined {
  if (/\.4\.8[01]$/.test(transferSyntaxUID)) return 'dcml2pnm';
  return /\.4\.(9\d|110|112|20\d)$/.test(transferSyntaxUID) ? undefined : 'dcmj2pnm';
}

/** What the program makes of a file; `undefined` where it refuses. Options stand before the file's name. */
export async function renderedByDcmtk(
  program: string,
  options: readonly string[],
  path: string,
): Promise<PeerPicture | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'isocenter-dcmtk-'));
  try {
    const output = join(folder, 'picture.pnm');
    await run(program, ['-q', ...options, path, output]).catch(() => undefined);
    return parsePnm(await readFile(output));
  } catch {
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Binary PGM (P5) or PPM (P6) of 8 bits. */
function parsePnm(file: Buffer): PeerPicture | undefined {
  const head = /^P([56])\s+(?:#.*\s+)*(\d+)\s+(\d+)\s+255\s/.exec(file.toString('latin1', 0, 256));
  if (!head) return undefined;
  return {
    width: Number(head[2]),
    height: Number(head[3]),
    channels: head[1] === '5' ? 1 : 3,
    data: file.subarray(head[0].length),
  };
}
