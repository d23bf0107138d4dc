import type { PixelFormat, Samples } from '../pixel-format.ts';
import { bytesOf } from '../sample-arrays.ts';

/** What an encoder gets: samples of a pixel beside each other, each in one byte up to 8 bits, else in two. */
export interface EncoderInput {
  rows: number;
  columns: number;
  components: number;
  /** Bits a sample, as the stream will say. */
  precision: number;
  /** Samples are two's complement, sign extended; otherwise none has bits above `precision`. */
  signed: boolean;
  bytes: Uint8Array;
  photometricInterpretation: string;
}

export function encoderInput(
  samples: Samples,
  { rows, columns, samplesPerPixel, photometricInterpretation }: PixelFormat,
  precision: number,
  signed: boolean,
): EncoderInput {
  const bytes = bytesOf(
    precision > 8 || samples.BYTES_PER_ELEMENT === 1 ? samples : Uint8Array.from(samples),
  );
  return { rows, columns, components: samplesPerPixel, precision, signed, bytes, photometricInterpretation };
}
