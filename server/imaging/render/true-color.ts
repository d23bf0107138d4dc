import { ybrFullToRgb } from '../colour.ts';
import type { DecodedFrame, Samples } from '../pixel-format.ts';
import { RenderError } from './render-errors.ts';

/** A frame of three or four samples a pixel as 8-bit RGB (PS3.3 C.7.6.3.1.2); no window is ever applied to colour. */
export function renderTrueColor(frame: DecodedFrame): Uint8Array {
  const { photometricInterpretation, samplesPerPixel } = frame;
  const expected = photometricInterpretation === 'ARGB' || photometricInterpretation === 'CMYK' ? 4 : 3;
  if (samplesPerPixel !== expected) {
    throw new RenderError(
      'NOT_RENDERABLE',
      `${photometricInterpretation} with ${samplesPerPixel} samples per pixel`,
    );
  }
  const samples = toBytes(frame);
  switch (photometricInterpretation) {
    case 'RGB':
    // A JPEG 2000 decoder undoes these itself; without one they name a colour space that was never applied.
    case 'YBR_RCT':
    case 'YBR_ICT':
      return samples;
    case 'YBR_FULL':
    case 'YBR_FULL_422':
      ybrFullToRgb(samples);
      return samples;
    case 'YBR_PARTIAL_422':
    case 'YBR_PARTIAL_420':
      return partialToRgb(samples);
    case 'ARGB':
      return withoutAlpha(samples);
    case 'CMYK':
      return cmykToRgb(samples);
    default:
      throw new RenderError(
        'NOT_RENDERABLE',
        `Colours of kind ${photometricInterpretation} can't be rendered`,
      );
  }
}

/** A copy with 8 bits a sample: deeper ones are scaled so that the highest value stays the highest. */
function toBytes(frame: DecodedFrame): Uint8Array {
  const { samples, bitsStored } = frame;
  const highest = highestOf(samples, bitsStored);
  const bytes = new Uint8Array(samples.length);
  if (highest === 255 && samples instanceof Uint8Array) bytes.set(samples);
  else {
    const offset = frame.pixelRepresentation === 1 ? 2 ** (bitsStored - 1) : 0;
    for (let i = 0; i < bytes.length; i++) {
      const level = Math.round((((samples[i] ?? 0) + offset) * 255) / highest);
      bytes[i] = Math.max(0, Math.min(255, level));
    }
  }
  return bytes;
}

function highestOf(samples: Samples, bitsStored: number): number {
  return samples instanceof Float32Array || samples instanceof Float64Array ? 1 : 2 ** bitsStored - 1;
}

/** Retired, Y from 16 to 235 (PS3.3-2006 C.7.6.3.1.2, the inverse of its matrix). */
function partialToRgb(samples: Uint8Array): Uint8Array {
  for (let i = 0; i < samples.length; i += 3) {
    const y = 1.1644 * ((samples[i] ?? 0) - 16);
    const cb = (samples[i + 1] ?? 128) - 128;
    const cr = (samples[i + 2] ?? 128) - 128;
    samples[i] = clamp(y + 1.596 * cr);
    samples[i + 1] = clamp(y - 0.3917 * cb - 0.813 * cr);
    samples[i + 2] = clamp(y + 2.0173 * cb);
  }
  return samples;
}

function clamp(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}

function withoutAlpha(samples: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((samples.length / 4) * 3);
  for (let from = 0, to = 0; from < samples.length; from += 4, to += 3) {
    rgb.set(samples.subarray(from + 1, from + 4), to);
  }
  return rgb;
}

function cmykToRgb(samples: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((samples.length / 4) * 3);
  for (let from = 0, to = 0; from < samples.length; from += 4) {
    const black = samples[from + 3] ?? 0;
    for (let ink = 0; ink < 3; ink++) rgb[to++] = Math.max(0, 255 - (samples[from + ink] ?? 0) - black);
  }
  return rgb;
}
