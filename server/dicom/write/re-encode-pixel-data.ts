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

/** What native pixel data is made of. */
export interface NativeFrames {
  bitsAllocated: number;
  numberOfFrames: number;
  /** Of one frame; not always whole bytes where Bits Allocated is 1. */
  frameLengthBits: number;
}

/**
 * Native pixel data made of `frames`, each from the first bit of its first byte on; at most `longestNativeBytes` of them together.
 * Frames of single bits follow each other without padding (PS3.5 8.1.1), whatever their last bytes hold beyond them.
 */
export async function* nativePixelData(
  frames: AsyncIterable<Uint8Array>,
  { bitsAllocated, numberOfFrames, frameLengthBits }: NativeFrames,
): AsyncGenerator<Uint8Array> {
  const totalBytes = Math.ceil((numberOfFrames * frameLengthBits) / 8);
  const isOdd = totalBytes % 2 === 1;
  yield explicitHeader(pixelDataTag, vrTraits(bitsAllocated > 8 ? 'OW' : 'OB'), totalBytes + (isOdd ? 1 : 0));
  let written = 0;
  for await (const bytes of frameLengthBits % 8 === 0 ? frames : joinedBits(frames, frameLengthBits)) {
    written += bytes.length;
    yield bytes;
  }
  if (written !== totalBytes) throw new Error(`${written} bytes of pixel data in place of ${totalBytes}`);
  if (isOdd) yield Uint8Array.of(0);
}

/** Frames of `frameLengthBits` in whole bytes, the last of which waits for the next frame's bits. */
async function* joinedBits(
  frames: AsyncIterable<Uint8Array>,
  frameLengthBits: number,
): AsyncGenerator<Uint8Array> {
  let waiting = 0;
  let waitingBits = 0;
  for await (const frame of frames) {
    if (frame.length * 8 < frameLengthBits)
      throw new Error(`a frame of ${frame.length} bytes in place of ${frameLengthBits} bits`);
    const bits = waitingBits + frameLengthBits;
    const joined = new Uint8Array(Math.ceil(bits / 8));
    joined[0] = waiting;
    for (let at = 0; at < Math.ceil(frameLengthBits / 8); at++) {
      const rest = frameLengthBits - at * 8;
      const byte = (frame[at] ?? 0) & (rest < 8 ? (1 << rest) - 1 : 0xff);
      joined[at] = (joined[at] ?? 0) | (byte << waitingBits);
      if (at + 1 < joined.length) joined[at + 1] = byte >> (8 - waitingBits);
    }
    waitingBits = bits % 8;
    waiting = waitingBits === 0 ? 0 : (joined.at(-1) ?? 0);
    yield joined.subarray(0, Math.floor(bits / 8));
  }
  if (waitingBits > 0) yield Uint8Array.of(waiting);
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
