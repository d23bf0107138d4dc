import { createReadStream } from 'node:fs';
import { open, opendir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import yauzl, { type Entry, type ZipFile } from 'yauzl';

/** One file that may be an instance. */
export interface DicomSource {
  /** For messages: a path, or a path inside a zip. */
  name: string;
  sizeBytes: number;
  open(): Promise<AsyncIterable<Uint8Array>>;
}

/**
 * All files below `paths`: folders are walked in the order of their names, zip files opened, a DICOMDIR stands for the folder it lies in.
 * A folder that links lead to twice is walked once; unreadable folders throw.
 */
export async function* dicomSources(paths: readonly string[]): AsyncGenerator<DicomSource> {
  const walked = new Set<string>();
  for (const path of paths) {
    const start = isDicomdir(path) ? dirname(path) : path;
    yield* below(start, walked);
  }
}

export function isDicomdir(path: string): boolean {
  return basename(path).toUpperCase() === 'DICOMDIR';
}

async function* below(path: string, walked: Set<string>): AsyncGenerator<DicomSource> {
  const found = await stat(path);
  if (found.isDirectory()) {
    const real = await realpath(path);
    if (walked.has(real)) return;
    walked.add(real);
    const names: string[] = [];
    for await (const entry of await opendir(path)) names.push(entry.name);
    for (const name of names.sort()) yield* below(join(path, name), walked);
  } else if (found.isFile() && (await isZip(path))) {
    yield* insideZip(path);
  } else if (found.isFile()) {
    yield { name: path, sizeBytes: found.size, open: async () => createReadStream(path) };
  }
}

async function isZip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.readUInt32BE(0) === 0x504b0304;
  } finally {
    await file.close();
  }
}

async function* insideZip(path: string): AsyncGenerator<DicomSource> {
  const zip = await yauzl.openPromise(path, { autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      // The name is shown, never used as a path.
      yield {
        name: `${path}: ${entry.fileName}`,
        sizeBytes: entry.uncompressedSize,
        open: () => openEntry(zip, entry),
      };
    }
  } finally {
    zip.close();
  }
}

function openEntry(zip: ZipFile, entry: Entry): Promise<AsyncIterable<Uint8Array>> {
  return zip.openReadStreamPromise(entry);
}
