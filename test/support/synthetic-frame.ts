import type { PixelFormat, Samples } from '../../server/imaging/pixel-format.ts';
import { bytesOf, newSamples } from '../../server/imaging/sample-arrays.ts';

/** A native frame that no compression finds trivial, and its samples. */
export interface SyntheticFrame {
  format: PixelFormat;
  samples: Samples;
  /** Little endian, colour by pixel. */
  bytes: Uint8Array;
}

/** 101 x 77 pixels of waves and a little noise through the whole range; nothing in it is symmetrical. */
export function syntheticFrame(options: Partial<PixelFormat> = {}): SyntheticFrame {
  const bitsAllocated = options.bitsAllocated ?? 8;
  const bitsStored = options.bitsStored ?? bitsAllocated;
  const samplesPerPixel = options.samplesPerPixel ?? 1;
  const format: PixelFormat = {
    transferSyntaxUID: '1.2.840.10008.1.2.1',
    rows: 77,
    columns: 101,
    samplesPerPixel,
    photometricInterpretation: samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2',
    planarConfiguration: 0,
    bitsAllocated,
    bitsStored,
    highBit: bitsStored - 1,
    pixelRepresentation: 0,
    numbers: 'integer',
    ...options,
  };
  const samples = newSamples(format, format.rows * format.columns * samplesPerPixel);
  const range = 2 ** bitsStored;
  const least = format.pixelRepresentation === 1 ? -range / 2 : 0;
  let seed = 1;
  for (let at = 0; at < samples.length; at++) {
    seed = (seed * 1103515245 + 12345) % 0x80000000;
    const pixel = Math.floor(at / samplesPerPixel);
    const x = pixel % format.columns;
    const y = Math.floor(pixel / format.columns);
    const wave = 0.5 + 0.47 * Math.sin(x / 9 + (at % samplesPerPixel)) * Math.cos(y / 7 + x / 40);
    samples[at] = least + Math.min(range - 1, Math.floor(wave * range + (seed / 0x80000000) * 3));
  }
  return { format, samples, bytes: bytesOf(samples) };
}
