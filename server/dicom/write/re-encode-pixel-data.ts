import type { PixelDataLocation } from '../frames/pixel-data-location.ts';
import { itemTag, sequenceDelimitationTag, undefinedLength } from '../read/element-header.ts';
import type { ForwardReader } from '../read/forward-reader.ts';
import { swappedStream } from '../read/value-conversion.ts';
import { vrTraits } from '../value-representations.ts';
import { explicitHeader, itemHeader } from './explicit-elements.ts';

/** The longest value of native pixel data: a 32-bit length, even (PS3.5 7.1.1). */
export const longestNativeBytes = 0xfffffffe;

const pixelDataTag = 0x7fe00010;

/** Native pixel data as it is stored, in Explicit VR Little Endian: OW for more than 8 bits (PS3.5 A.2), else OB. */
export async function* sameNativePixelData(
  reader: ForwardReader,
  location: PixelDataLocation,
): AsyncGenerator<Uint8Array> {
  const { vr, bitsAllocated, lengthBytes, bigEndian } = location;
  const written = vr === 'OW' && bitsAllocated <= 8 ? 'OB' : vr === 'OB' && bitsAllocated > 8 ? 'OW' : vr;
  const isOdd = lengthBytes % 2 === 1;
  yield explicitHeader(Number.parseInt(location.tag, 16), vrTraits(written), lengthBytes + (isOdd ? 1 : 0));
  yield* swappedStream(reader.stream(lengthBytes), bigEndian ? vrTraits(vr).unitBytes : 1);
  if (isOdd) yield Uint8Array.of(0);
}

/** Native pixel data made of `frames`, each of the same length; `totalBytes` of them together, at most `longestNativeBytes`. */
export async function* nativePixelData(
  frames: AsyncIterable<Uint8Array>,
  bitsAllocated: number,
  totalBytes: number,
): AsyncGenerator<Uint8Array> {
  const isOdd = totalBytes % 2 === 1;
  yield explicitHeader(pixelDataTag, vrTraits(bitsAllocated > 8 ? 'OW' : 'OB'), totalBytes + (isOdd ? 1 : 0));
  let written = 0;
  for await (const frame of frames) {
    written += frame.length;
    yield frame;
  }
  if (written !== totalBytes) throw new Error(`${written} bytes of pixel data in place of ${totalBytes}`);
  if (isOdd) yield Uint8Array.of(0);
}

/**
 * Encapsulated pixel data (PS3.5 A.4), one fragment a frame. The Basic Offset Table of a single frame says 0; of several it is
 * empty, as PS3.5 A.4 allows: their places are known only when all are compressed, and one fragment each needs no table. No
 * table, no Extended Offset Table beyond 4 GiB either.
 */
export async function* encapsulatedPixelData(
  frames: AsyncIterable<Uint8Array>,
  numberOfFrames: number,
): AsyncGenerator<Uint8Array> {
  const table = Buffer.alloc(numberOfFrames === 1 ? 4 : 0);
  yield Buffer.concat([
    explicitHeader(pixelDataTag, vrTraits('OB'), undefinedLength),
    itemHeader(itemTag, table.length),
    table,
  ]);
  for await (const frame of frames) {
    const isOdd = frame.length % 2 === 1;
    yield itemHeader(itemTag, frame.length + (isOdd ? 1 : 0));
    yield frame;
    // PS3.5 A.4: a fragment has an even length
    if (isOdd) yield Uint8Array.of(0);
  }
  yield itemHeader(sequenceDelimitationTag, 0);
}
