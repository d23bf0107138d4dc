import { createInflateRaw } from 'node:zlib';
import type { ByteRange } from '../../storage/blobs/blob-store.ts';
import { insideOf } from '../../storage/index/find-instances.ts';
import {
  alignBitFrame,
  decodeFrameIndex,
  frameFragments,
  type PixelDataLocation,
} from '../dicom/frame-index.ts';
import type { BulkDataEntry } from '../dicom/part10-reader.ts';
import { NotFoundError } from './archive-errors.ts';
import type { ArchiveParts } from './archive-parts.ts';
import type { InstanceLocation } from './retrieve-instances.ts';

/** What lies inside an instance's blob: its frames, and other values too long for its metadata. */
export interface Inside {
  instance: InstanceLocation;
  pixelData: PixelDataLocation | undefined;
  bulkData: readonly BulkDataEntry[];
  /** Where a deflated data set begins in the blob, in bytes; offsets count its inflated bytes from there. */
  deflatedFrom: number | undefined;
}

export async function lookInside(parts: ArchiveParts, instance: InstanceLocation): Promise<Inside> {
  const found = await insideOf(parts.pool, instance.instancePk);
  if (!found) throw new NotFoundError('Nothing of that name is stored.');
  const bulk = found.bulkData as { deflatedFrom?: number; entries: BulkDataEntry[] } | null;
  return {
    instance,
    pixelData: found.frameIndex ? decodeFrameIndex(found.frameIndex) : undefined,
    bulkData: bulk?.entries ?? [],
    deflatedFrom: bulk?.deflatedFrom,
  };
}

/** The pieces of `range` of the instance, as they stream out of the store; inflated where the data set is deflated. */
export async function* readRange(
  parts: ArchiveParts,
  inside: Inside,
  range: ByteRange,
): AsyncGenerator<Uint8Array> {
  if (range.endExclusive <= range.start) return;
  if (inside.deflatedFrom === undefined) {
    yield* await parts.blobs.get(inside.instance.blobKey, range);
    return;
  }
  yield* readInflated(parts, inside.instance, inside.deflatedFrom, range);
}

/** PS3.5 A.5: the data set is one raw deflate stream after the File Meta Information; it can only be read from its beginning. */
async function* readInflated(
  parts: ArchiveParts,
  instance: InstanceLocation,
  from: number,
  range: ByteRange,
): AsyncGenerator<Uint8Array> {
  const deflated = await parts.blobs.get(instance.blobKey, { start: from, endExclusive: instance.sizeBytes });
  const inflated = createInflateRaw();
  deflated.once('error', (error) => inflated.destroy(error));
  deflated.pipe(inflated);
  let offset = from;
  try {
    for await (const chunk of inflated as AsyncIterable<Buffer>) {
      const start = Math.max(range.start - offset, 0);
      const end = Math.min(range.endExclusive - offset, chunk.length);
      if (end > start) yield chunk.subarray(start, end);
      offset += chunk.length;
      if (offset >= range.endExclusive) return;
    }
  } finally {
    deflated.destroy();
    inflated.destroy();
  }
}

/** One frame as stored: its fragments joined (PS3.5 A.4), or its bytes of native pixel data. `frame` is 1-based. */
export async function* readFrame(
  parts: ArchiveParts,
  inside: Inside,
  frame: number,
): AsyncGenerator<Uint8Array> {
  const { pixelData } = inside;
  const fragments = pixelData ? frameFragments(pixelData, frame) : [];
  if (!pixelData || fragments.length === 0) throw new NotFoundError('The instance has no such frame.');
  for (const { offsetBytes, lengthBytes, firstBit } of fragments) {
    const bytes = readRange(parts, inside, { start: offsetBytes, endExclusive: offsetBytes + lengthBytes });
    if (pixelData.encapsulated || pixelData.bitsAllocated !== 1) yield* bytes;
    else yield alignBitFrame(await collect(bytes, lengthBytes), firstBit, pixelData.frameLengthBits);
  }
}

/** PS3.5 8.1.1: frames of single bits need not begin at a byte; one that does not is shifted, whole. */
async function collect(bytes: AsyncIterable<Uint8Array>, lengthBytes: number): Promise<Uint8Array> {
  const whole = new Uint8Array(lengthBytes);
  let at = 0;
  for await (const chunk of bytes) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
