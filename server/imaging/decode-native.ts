import { broken, unsupported } from './imaging-errors.ts';
import type { DecodedFrame, PixelFormat, Samples } from './pixel-format.ts';
import { keepPixelBits, newSamples, samplesIn, samplesOf } from './sample-arrays.ts';

/**
 * A native frame (PS3.5 8.1, 8.2): little endian, from the first bit of the first byte on. Colour by plane becomes colour by pixel,
 * YBR_FULL_422 gets its chroma for every pixel.
 */
export function decodeNative(bytes: Uint8Array, format: PixelFormat): DecodedFrame {
  const pixels = format.rows * format.columns;
  if (format.bitsAllocated === 1) return frame(format, unpackBits(bytes, pixels));
  const subsampled = subsampledFrame(bytes, format);
  if (subsampled) return frame(format, subsampled, 'YBR_FULL');
  const needed = pixels * format.samplesPerPixel * (format.bitsAllocated / 8);
  if (bytes.length < needed)
    throw broken(`The frame has ${bytes.length} bytes; its ${pixels} pixels need ${needed}.`);
  const samples = samplesAsTheyAre(bytes, needed, format) ?? samplesOf(bytes.subarray(0, needed), format);
  keepPixelBits(samples, format);
  const byPixel =
    format.planarConfiguration === 1 && format.samplesPerPixel > 1 ? interleaved(samples, format) : samples;
  // A frame of YBR_FULL_422 that holds every sample was never subsampled.
  return frame(
    format,
    byPixel,
    format.photometricInterpretation === 'YBR_FULL_422' ? 'YBR_FULL' : format.photometricInterpretation,
  );
}

/** The bytes' own memory, where nothing has to be changed in it. */
function samplesAsTheyAre(bytes: Uint8Array, needed: number, format: PixelFormat): Samples | undefined {
  const isWholeCell = format.numbers === 'integer' && format.bitsStored === format.bitsAllocated;
  return format.samplesPerPixel === 1 && isWholeCell
    ? samplesIn(bytes.subarray(0, needed), format)
    : undefined;
}

function frame(
  format: PixelFormat,
  samples: Samples,
  photometricInterpretation = format.photometricInterpretation,
): DecodedFrame {
  const { rows, columns, samplesPerPixel, bitsStored, pixelRepresentation } = format;
  return {
    rows,
    columns,
    samplesPerPixel,
    samples,
    photometricInterpretation,
    bitsStored,
    pixelRepresentation,
  };
}

/** PS3.5 8.1.1: the first pixel in the least significant bit of a byte. */
function unpackBits(bytes: Uint8Array, pixels: number): Uint8Array {
  if (bytes.length * 8 < pixels)
    throw broken(`The frame has ${bytes.length} bytes; its ${pixels} pixels of a bit each need more.`);
  const samples = new Uint8Array(pixels);
  for (let at = 0; at < pixels; at++) samples[at] = ((bytes[at >> 3] ?? 0) >> (at & 7)) & 1;
  return samples;
}

/** From samples of each colour together to samples of each pixel together. */
export function interleaved(samples: Samples, format: PixelFormat): Samples {
  const { samplesPerPixel } = format;
  const pixels = samples.length / samplesPerPixel;
  const result = newSamples(format, samples.length);
  for (let plane = 0; plane < samplesPerPixel; plane++)
    for (let pixel = 0, from = plane * pixels; pixel < pixels; pixel++, from++)
      result[pixel * samplesPerPixel + plane] = samples[from] ?? 0;
  return result;
}

/** PS3.3 C.7.6.3.1.2: Y1 Y2 Cb Cr for every two pixels of a row. `undefined` where the frame isn't subsampled. */
function subsampledFrame(bytes: Uint8Array, format: PixelFormat): Uint8Array | undefined {
  const { rows, columns, photometricInterpretation } = format;
  if (photometricInterpretation === 'YBR_PARTIAL_420' || photometricInterpretation === 'YBR_PARTIAL_422')
    throw unsupported(`Photometric Interpretation ${photometricInterpretation} is retired.`);
  if (photometricInterpretation !== 'YBR_FULL_422' || format.bitsAllocated !== 8) return undefined;
  // Writers that don't know what 422 means leave every sample in.
  if (bytes.length >= rows * columns * 3) return undefined;
  const rowBytes = Math.ceil(columns / 2) * 4;
  if (columns % 2 === 1 || bytes.length < rows * rowBytes)
    throw broken(
      `The frame has ${bytes.length} bytes; ${columns} x ${rows} pixels of YBR_FULL_422 need more.`,
    );
  const samples = new Uint8Array(rows * columns * 3);
  for (let from = 0, to = 0; to < samples.length; from += 4, to += 6) {
    samples[to] = bytes[from] ?? 0;
    samples[to + 3] = bytes[from + 1] ?? 0;
    samples[to + 1] = samples[to + 4] = bytes[from + 2] ?? 0;
    samples[to + 2] = samples[to + 5] = bytes[from + 3] ?? 0;
  }
  return samples;
}
