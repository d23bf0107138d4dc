import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';
import { describe } from 'vitest';
import { type ParsedInstance, Part10Reader } from '../../../server/dicom/read/part10-reader.ts';

/** Real files by other people, beside the checkout; not part of the repository. */
export const sharedFolder = fileURLToPath(new URL('../../../../shared/dicom/', import.meta.url));

/** What in that folder is no DICOM. */
const notDicom = /^(expected\/|README\.md$|MANIFEST\.tsv$)/;

/** Paths below `sharedFolder`, in order. */
export function sharedFiles(): string[] {
  const entries = readdirSync(sharedFolder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(sharedFolder, join(entry.parentPath, entry.name)))
    .filter((path) => !notDicom.test(path))
    .sort();
}

export function readShared(path: string): Uint8Array {
  return readFileSync(join(sharedFolder, path));
}

/** A describe that is left out, with a word about it, where the files are not there. */
export function describeWithSharedFiles(name: string, body: () => void): void {
  if (existsSync(sharedFolder)) {
    describe(name, body);
    return;
  }
  process.stderr.write(`\nLEFT OUT: "${name}": there is no ${sharedFolder}\n`);
  describe.skip(name, body);
}

/** Reads an instance, handed over in chunks of this size. */
export async function readInstance(bytes: Uint8Array, chunkBytes = bytes.length): Promise<ParsedInstance> {
  const reader = new Part10Reader();
  for (let at = 0; at < bytes.length; at += chunkBytes)
    await reader.write(bytes.subarray(at, at + chunkBytes));
  return reader.end();
}

/** What the offsets of a `ParsedInstance` count in: the bytes themselves, or with the data set inflated. */
export function addressedBytes(bytes: Uint8Array, instance: ParsedInstance): Uint8Array {
  if (!instance.deflated) return bytes;
  const head = bytes.subarray(0, instance.dataSetOffsetBytes);
  return Buffer.concat([head, inflateRawSync(bytes.subarray(instance.dataSetOffsetBytes))]);
}

/** Runs `work` on all, two at a time: the tests' machines have two cores. */
export async function forEachOfTwo<T>(all: T[], work: (one: T) => Promise<void>): Promise<void> {
  const rest = all.values();
  const worker = async () => {
    for (const one of rest) await work(one);
  };
  await Promise.all([worker(), worker()]);
}
