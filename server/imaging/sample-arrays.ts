import { endianness } from 'node:os';
import type { PixelFormat, Samples } from './pixel-format.ts';

if (endianness() !== 'LE') throw new Error('imaging needs a little endian processor');

/** An array for the samples of one frame, its type by Bits Allocated, Pixel Representation and kind of number. */
export function newSamples(format: PixelFormat, length: number): Samples {
  return new (arrayFor(format))(length);
}

/** `bytes`, little endian, as whole samples of `format`; not a copy. Undefined where they don't begin where such samples can. */
export function samplesIn(bytes: Uint8Array, format: PixelFormat): Samples | undefined {
  const array = arrayFor(format);
  if (bytes.byteOffset % array.BYTES_PER_ELEMENT !== 0) return undefined;
  return new array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength / array.BYTES_PER_ELEMENT);
}

function arrayFor(format: PixelFormat) {
  if (format.numbers === 'float') return Float32Array;
  if (format.numbers === 'double') return Float64Array;
  const signed = format.pixelRepresentation === 1;
  if (format.bitsAllocated <= 8) return signed ? Int8Array : Uint8Array;
  if (format.bitsAllocated === 16) return signed ? Int16Array : Uint16Array;
  return signed ? Int32Array : Uint32Array;
}

/** The samples' own memory as bytes, little endian. */
export function bytesOf(samples: Samples): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

/** A copy of `bytes`, little endian, as samples of `format`; what is beyond the last whole sample is left out. */
export function samplesOf(bytes: Uint8Array, format: PixelFormat): Samples {
  const width = format.numbers === 'double' ? 8 : Math.ceil(format.bitsAllocated / 8);
  const samples = newSamples(format, Math.floor(bytes.length / width));
  bytesOf(samples).set(bytes.subarray(0, samples.byteLength));
  return samples;
}

/**
 * Leaves in each cell only the pixel's bits: moved down from High Bit, without what old files keep above and below them (overlays in
 * the high bits, PS3.5 8.1.1), sign extended. In place.
 */
export function keepPixelBits(samples: Samples, format: PixelFormat): void {
  const { bitsAllocated, bitsStored, highBit, pixelRepresentation } = format;
  if (format.numbers !== 'integer' || bitsAllocated === 1 || bitsStored === bitsAllocated) return;
  const left = 32 - 1 - highBit;
  const right = 32 - bitsStored;
  if (pixelRepresentation === 1)
    for (let at = 0; at < samples.length; at++) samples[at] = ((samples[at] ?? 0) << left) >> right;
  else for (let at = 0; at < samples.length; at++) samples[at] = ((samples[at] ?? 0) << left) >>> right;
}
