import { swapped } from '../read/value-conversion.ts';
import { vrTraits } from '../value-representations.ts';
import {
  blocksOf,
  decodeAllBlocks,
  decodeDirectory,
  decodeSomeFrames,
  encodeBlocks,
  itemHeaderBytes,
} from './frame-blocks.ts';
import type {
  EncapsulatedPixelData,
  NativePixelData,
  PixelDataLocation,
  PixelDataTag,
} from './pixel-data-location.ts';
import { VarintReader, VarintWriter } from './varint.ts';

export type { EncapsulatedPixelData, NativePixelData, PixelDataLocation };

/** Bytes of the instance that make a frame, or a part of it. */
export interface FrameFragment {
  offsetBytes: number;
  lengthBytes: number;
  /**
   * Bits in front that belong to the frame before, counted from the least significant bit of the first byte; not 0 only
   * where frames don't begin at a byte (Bits Allocated 1) or at a word of big endian pixel data.
   */
  firstBit: number;
}

/**
 * Where a frame lies, in order; frames count from 1. Offsets are those of `PixelDataLocation`. Empty where the frame
 * doesn't exist or its place is not known.
 */
export function frameFragments(location: PixelDataLocation, frameNumber: number): FrameFragment[] {
  if (!Number.isInteger(frameNumber) || frameNumber < 1 || frameNumber > location.numberOfFrames) return [];
  return location.encapsulated
    ? encapsulatedFrame(location, frameNumber)
    : [nativeFrame(location, frameNumber)];
}

function nativeFrame(location: NativePixelData, frameNumber: number): FrameFragment {
  const startBits = (frameNumber - 1) * location.frameLengthBits;
  // whole words where their bytes are to change places
  const unit = location.bigEndian ? vrTraits(location.vr).unitBytes : 1;
  const firstByte = Math.floor(startBits / 8 / unit) * unit;
  const endByte = Math.min(
    Math.ceil((startBits + location.frameLengthBits) / 8 / unit) * unit,
    location.lengthBytes,
  );
  return {
    offsetBytes: location.offsetBytes + firstByte,
    lengthBytes: endByte - firstByte,
    firstBit: startBits - firstByte * 8,
  };
}

/**
 * A frame of native pixel data as DICOMweb gives it: little endian, from the first bit of the first byte on. `stored`:
 * the bytes of its `FrameFragment`.
 */
export function finishNativeFrame(
  location: NativePixelData,
  frameNumber: number,
  stored: Uint8Array,
): Uint8Array {
  const little = location.bigEndian ? swapped(stored, vrTraits(location.vr).unitBytes) : stored;
  return alignBitFrame(little, nativeFrame(location, frameNumber).firstBit, location.frameLengthBits);
}

function encapsulatedFrame(location: EncapsulatedPixelData, frameNumber: number): FrameFragment[] {
  const { frameStarts, fragmentOffsets, fragmentLengths, only } = location;
  const fragments: FrameFragment[] = [];
  const at = only ? only.indexOf(frameNumber) : frameNumber - 1;
  if (at < 0) throw new RangeError(`where frame ${frameNumber} lies has not been looked up`);
  const end = frameStarts[at + 1] ?? 0;
  for (let i = frameStarts[at] ?? end; i < end; i++) {
    fragments.push({
      offsetBytes: fragmentOffsets[i] as number,
      lengthBytes: fragmentLengths[i] as number,
      firstBit: 0,
    });
  }
  return fragments;
}

/**
 * Cuts a frame out of the bytes of its `FrameFragment`, so that it begins with the least significant bit of the first
 * byte (PS3.5 8.1.1). Bits after its end are 0.
 */
export function alignBitFrame(bytes: Uint8Array, firstBit: number, frameLengthBits: number): Uint8Array {
  const lengthBytes = Math.ceil(frameLengthBits / 8);
  const firstByte = firstBit >>> 3;
  const shift = firstBit & 7;
  const rest = frameLengthBits % 8;
  if (shift === 0 && rest === 0) return bytes.subarray(firstByte, firstByte + lengthBytes);
  const aligned = new Uint8Array(lengthBytes);
  for (let i = 0; i < lengthBytes; i++) {
    const low = (bytes[firstByte + i] ?? 0) >>> shift;
    const high = (bytes[firstByte + i + 1] ?? 0) << (8 - shift);
    aligned[i] = (low | high) & 0xff;
  }
  if (rest > 0) aligned[lengthBytes - 1] = (aligned[lengthBytes - 1] ?? 0) & ((1 << rest) - 1);
  return aligned;
}

const tags: PixelDataTag[] = ['7FE00010', '7FE00008', '7FE00009'];
const vrs = ['OB', 'OW', 'OF', 'OD'] as const;
/** Of few frames: decoded as a whole. */
const wholeFormat = 1;
/** Of many, encapsulated: in blocks, so that one frame's place is found without the others. */
const blockFormat = 2;
const mostFramesInWholeFormat = 512;
const sameLength = 1;
/** The first bytes of an encoded frame index from which `someFrames` knows where to read on; or all of it, where it is no longer. */
export const frameIndexHeadBytes = 16 * 1024;

/**
 * The location as a few bytes per frame, for keeping: everything in variable-length integers, fragments by their
 * lengths alone, one fragment a frame by a flag.
 */
export function encodeFrameIndex(location: PixelDataLocation): Uint8Array {
  const out = new VarintWriter();
  const inBlocks = location.encapsulated && location.numberOfFrames > mostFramesInWholeFormat;
  out.write(inBlocks ? blockFormat : wholeFormat);
  out.write((location.encapsulated ? 1 : 0) | (location.bigEndian ? 2 : 0));
  out.write(tags.indexOf(location.tag));
  out.write(vrs.indexOf(location.vr));
  out.write(location.bitsAllocated);
  out.write(location.numberOfFrames);
  out.write(location.offsetBytes);
  out.write(location.lengthBytes);
  if (inBlocks) return encodeBlocks(out, location);
  if (location.encapsulated) encodeFragments(out, location);
  else out.write(location.frameLengthBits);
  return out.bytes;
}

function encodeFragments(out: VarintWriter, location: EncapsulatedPixelData): void {
  const { fragmentLengths, fragmentOffsets, frameStarts } = location;
  out.write(fragmentLengths.length);
  out.write(fragmentOffsets[0] ?? 0);
  for (const length of fragmentLengths) out.write(length);
  const oneEach = frameStarts.every((start, i) => start === i);
  out.write(oneEach ? sameLength : 0);
  out.write(frameStarts.length);
  if (oneEach) return;
  for (let i = 1; i < frameStarts.length; i++)
    out.write((frameStarts[i] as number) - (frameStarts[i - 1] as number));
}

/** The inverse of `encodeFrameIndex`. Throws `TypeError` for bytes that it didn't write. */
export function decodeFrameIndex(bytes: Uint8Array): PixelDataLocation {
  const input = new VarintReader(bytes);
  const { format, encapsulated, common } = decodeCommon(input);
  if (format === blockFormat)
    return { ...common, encapsulated: true, ...decodeAllBlocks(decodeDirectory(bytes, input), bytes) };
  if (!encapsulated) return { ...common, encapsulated: false, frameLengthBits: input.read() };
  return { ...common, encapsulated: true, ...decodeFragments(input) };
}

function decodeCommon(input: VarintReader) {
  const format = input.read();
  if (format !== wholeFormat && format !== blockFormat)
    throw new TypeError('a frame index of another format');
  const flags = input.read();
  const tag = tags[input.read()];
  const vr = vrs[input.read()];
  if (!tag || !vr) throw new TypeError('a damaged frame index');
  const common = {
    tag,
    vr,
    bitsAllocated: input.read(),
    bigEndian: (flags & 2) !== 0,
    numberOfFrames: input.read(),
    offsetBytes: input.read(),
    lengthBytes: input.read(),
  };
  return { format, encapsulated: (flags & 1) !== 0, common };
}

/** A way to where some frames lie: read the bytes `ranges` of the encoded index, and `decode` them, in that order. */
export interface SomeFrames {
  ranges: readonly { start: number; endExclusive: number }[];
  /** As `decodeFrameIndex`, but with the places of those frames `only`. */
  decode(parts: readonly Uint8Array[]): EncapsulatedPixelData;
}

/**
 * How to find `frames` (1-based; those that there are not are left out) by `head`, the first `frameIndexHeadBytes` of an encoded index:
 * the same few kilobytes for any frame of any number. Undefined where the index has to be decoded as a whole.
 */
export function someFrames(head: Uint8Array, frames: readonly number[]): SomeFrames | undefined {
  const input = new VarintReader(head);
  const { format, common } = decodeCommon(input);
  if (format !== blockFormat) return undefined;
  const directory = decodeDirectory(head, input);
  const only = [...new Set(frames)]
    .filter((frame) => frame >= 1 && frame <= directory.frames)
    .sort((a, b) => a - b);
  const blocks = blocksOf(directory, only);
  const decode = (parts: readonly Uint8Array[]): EncapsulatedPixelData => {
    const read = blocks.map(({ block }, i) => ({ block, bytes: parts[i] ?? new Uint8Array(0) }));
    return { ...common, encapsulated: true, ...decodeSomeFrames(directory, read, only), only };
  };
  return { ranges: blocks.map(({ start, endExclusive }) => ({ start, endExclusive })), decode };
}

function decodeFragments(input: VarintReader) {
  const count = input.readCount();
  const fragmentLengths = new Uint32Array(count);
  const fragmentOffsets = new Float64Array(count);
  let offset = input.read();
  for (let i = 0; i < count; i++) {
    const length = input.read();
    fragmentLengths[i] = length;
    fragmentOffsets[i] = offset;
    offset += length + itemHeaderBytes;
  }
  const oneEach = input.read() === sameLength;
  const frameStarts = new Uint32Array(oneEach ? input.read() : input.readCount());
  for (let i = 1; i < frameStarts.length; i++) {
    frameStarts[i] = (frameStarts[i - 1] as number) + (oneEach ? 1 : input.read());
  }
  return { fragmentLengths, fragmentOffsets, frameStarts };
}
