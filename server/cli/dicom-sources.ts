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
 * A folder that links lead to twice is walked once. What is found but cannot be read is a source that throws when it is opened;
 * only where one of `paths` itself is not there, this throws.
 */
export async function* dicomSources(paths: readonly string[]): AsyncGenerator<DicomSource> {
  const walked = new Set<string>();
  for (const path of paths) {
    const start = isDicomdir(path) ? dirname(path) : path;
    await stat(start);
    yield* below(start, walked);
  }
}

/** What is below `path`, which one dangling link or broken zip must not keep from being found. */
async function* below(path: string, walked: Set<string>): AsyncGenerator<DicomSource> {
  try {
    yield* foundAt(path, walked);
  } catch (error) {
    yield { name: path, sizeBytes: 0, open: () => Promise.reject(error) };
  }
}

export function isDicomdir(path: string): boolean {
  return basename(path).toUpperCase() === 'DICOMDIR';
}

async function* foundAt(path: string, walked: Set<string>): AsyncGenerator<DicomSource> {
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
  // Names are shown, never used as paths: none is refused for what it says.
  const zip = await yauzl.openPromise(path, { autoClose: false, decodeStrings: false });
  try {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileNameRaw.toString('utf8');
      if (name.endsWith('/')) continue;
      yield {
        name: `${path}: ${name}`,
        sizeBytes: entry.uncompressedSize,
        open: () => openEntry(path, zip, entry),
      };
    }
  } finally {
    zip.close();
  }
}

/** Sources are opened while others are looked for: by then the list may have ended and the file been closed. */
async function openEntry(path: string, zip: ZipFile, entry: Entry): Promise<AsyncIterable<Uint8Array>> {
  if (zip.isOpen) return zip.openReadStreamPromise(entry);
  const again = await yauzl.openPromise(path, { autoClose: false, decodeStrings: false });
  const stream = await again.openReadStreamPromise(entry);
  return stream.once('close', () => again.close());
}
