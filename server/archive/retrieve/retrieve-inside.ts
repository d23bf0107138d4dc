import { createInflate, createInflateRaw } from 'node:zlib';
import type { ByteRange } from '../../../storage/blobs/blob-store.ts';
import {
  type InstanceInside,
  insideOf,
  instanceInsideAt,
  partsOfFrameIndex,
} from '../../../storage/index/find-instances.ts';
import {
  decodeFrameIndex,
  finishNativeFrame,
  frameFragments,
  frameIndexHeadBytes,
  type PixelDataLocation,
  someFrames,
} from '../../dicom/frames/frame-index.ts';
import { startsWithZlibHeader } from '../../dicom/read/deflated-data-set.ts';
import type { BulkDataEntry } from '../../dicom/read/part10-reader.ts';
import { swappedStream } from '../../dicom/read/value-conversion.ts';
import { transferSyntaxOf } from '../../dicom/transfer-syntaxes.ts';
import { vrTraits } from '../../dicom/value-representations.ts';
import { NotFoundError } from '../archive-errors.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { absent, type InstanceLocation, type Scope } from './retrieve-instances.ts';

export type { ByteRange } from '../../../storage/blobs/blob-store.ts';

/** No value of PostgreSQL is longer; a substring is cut off where the value ends. */
const mostIndexBytes = 2 ** 30;

/** What lies inside an instance's blob: its frames, and other values too long for its metadata. */
export interface Inside {
  instance: InstanceLocation;
  pixelData: PixelDataLocation | undefined;
  bulkData: readonly BulkDataEntry[];
  /** Where a deflated data set begins in the blob, in bytes; offsets count its inflated bytes from there. */
  deflatedFrom: number | undefined;
}

/** What lies inside `instance`. `frames` (1-based): no others will be read, so that of very many the places of these alone are looked up. */
export async function lookInside(
  parts: ArchiveParts,
  instance: InstanceLocation,
  frames?: readonly number[],
): Promise<Inside> {
  const found = await insideOf(parts.pool, instance.instancePk, frameIndexHeadBytes);
  if (!found) throw new NotFoundError('Nothing of that name is stored.');
  return toInside(parts, instance, found, frames);
}

/** As `findInstance` and `lookInside` in one look. Throws a `NotFoundError` or `GoneError` where there is no such instance. */
export async function findInside(
  parts: ArchiveParts,
  scope: Required<Scope>,
  frames: readonly number[],
): Promise<Inside> {
  const found = await instanceInsideAt(parts.pool, scope, frameIndexHeadBytes);
  if (!found) throw await absent(parts, scope);
  return toInside(parts, found.instance, found, frames);
}

/** Of what the index was just found to keep of `instance`. */
export async function toInside(
  parts: ArchiveParts,
  instance: InstanceLocation,
  { frameIndex, isWhole, bulkData }: InstanceInside,
  frames: readonly number[] | undefined,
): Promise<Inside> {
  const bulk = bulkData as { deflatedFrom?: number; entries: BulkDataEntry[] } | null;
  return {
    instance,
    pixelData: frameIndex
      ? isWhole
        ? decodeFrameIndex(frameIndex)
        : await pixelDataByParts(parts, instance, frameIndex, frames)
      : undefined,
    bulkData: bulk?.entries ?? [],
    deflatedFrom: bulk?.deflatedFrom,
  };
}

/** From an index of which only `head` has been read. */
async function pixelDataByParts(
  parts: ArchiveParts,
  { instancePk }: InstanceLocation,
  head: Uint8Array,
  frames: readonly number[] | undefined,
): Promise<PixelDataLocation> {
  const some = frames && someFrames(head, frames);
  const ranges = some?.ranges ?? [{ start: head.length, endExclusive: mostIndexBytes }];
  // An object stored anew has a primary key of its own: parts of two never meet.
  const rest = await partsOfFrameIndex(parts.pool, instancePk, ranges);
  if (!rest) throw new NotFoundError('Nothing of that name is stored.');
  return some ? some.decode(rest) : decodeFrameIndex(Buffer.concat([head, ...rest]));
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
  const head = await parts.blobs.get(instance.blobKey, { start: from, endExclusive: from + 2 });
  const deflated = await parts.blobs.get(instance.blobKey, { start: from, endExclusive: instance.sizeBytes });
  const inflated = startsWithZlibHeader(await collect(head, 2)) ? createInflate() : createInflateRaw();
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

/**
 * A value that is not in the metadata, or the bytes `range` of it, counted from its first; its numbers little endian, however they
 * are stored.
 */
export async function* readBulkValue(
  parts: ArchiveParts,
  inside: Inside,
  { vr, offsetBytes, lengthBytes }: BulkDataEntry,
  range: ByteRange = { start: 0, endExclusive: lengthBytes },
): AsyncGenerator<Uint8Array> {
  const { bigEndian } = transferSyntaxOf(inside.instance.transferSyntaxUID);
  // PS3.5 6.2.2 Note: of UN nobody knows the byte order but who knows its VR.
  const unitBytes = bigEndian && vr !== 'UN' ? vrTraits(vr).unitBytes : 1;
  // Whole units are read, so that they can be turned around.
  const start = range.start - (range.start % unitBytes);
  const endExclusive = Math.min(lengthBytes, Math.ceil(range.endExclusive / unitBytes) * unitBytes);
  const stored = readRange(parts, inside, {
    start: offsetBytes + start,
    endExclusive: offsetBytes + endExclusive,
  });
  yield* sliced(swappedStream(stored, unitBytes), range.start - start, range.endExclusive - start);
}

async function* sliced(
  bytes: AsyncIterable<Uint8Array>,
  start: number,
  endExclusive: number,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const chunk of bytes) {
    const piece = chunk.subarray(Math.max(0, start - at), Math.max(0, endExclusive - at));
    if (piece.length > 0) yield piece;
    at += chunk.length;
  }
}

/**
 * One frame: its fragments joined (PS3.5 A.4), or its bytes of native pixel data, little endian and from the first bit of the first
 * byte on. `frame` is 1-based.
 */
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
    if (pixelData.encapsulated) yield* bytes;
    else if (firstBit === 0 && lengthBytes * 8 === pixelData.frameLengthBits)
      yield* swappedStream(bytes, pixelData.bigEndian ? vrTraits(pixelData.vr).unitBytes : 1);
    else yield finishNativeFrame(pixelData, frame, await collect(bytes, lengthBytes));
  }
}

/**
 * Where the bytes of a frame (1-based) lie in the blob, where they are given just as they are stored; undefined where they are to be
 * inflated, turned around or cut out first.
 */
export function storedRangesOf({ pixelData, deflatedFrom }: Inside, frame: number): ByteRange[] | undefined {
  if (!pixelData || deflatedFrom !== undefined || (!pixelData.encapsulated && pixelData.bigEndian))
    return undefined;
  const fragments = frameFragments(pixelData, frame);
  const isWhole = ({ firstBit, lengthBytes }: (typeof fragments)[number]) =>
    pixelData.encapsulated || (firstBit === 0 && lengthBytes * 8 === pixelData.frameLengthBits);
  if (fragments.length === 0 || !fragments.every(isWhole)) return undefined;
  return fragments.map(({ offsetBytes, lengthBytes }) => ({
    start: offsetBytes,
    endExclusive: offsetBytes + lengthBytes,
  }));
}

/** Fills `target`, as long as all `ranges` together, with these bytes of the instance's blob. */
export async function readStoredInto(
  parts: ArchiveParts,
  { instance }: Inside,
  ranges: readonly ByteRange[],
  target: Uint8Array,
): Promise<void> {
  let at = 0;
  for (const { start, endExclusive } of ranges) {
    const piece = target.subarray(at, at + endExclusive - start);
    if (piece.length > 0) await parts.blobs.readInto(instance.blobKey, start, piece);
    at += piece.length;
  }
}

/** PS3.5 8.1.1: a frame that does not begin or end with a byte, or a word of big endian, is cut out of the whole. */
async function collect(bytes: AsyncIterable<Uint8Array>, lengthBytes: number): Promise<Uint8Array> {
  const whole = new Uint8Array(lengthBytes);
  let at = 0;
  for await (const chunk of bytes) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
