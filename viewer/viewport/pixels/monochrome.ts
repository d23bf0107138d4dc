import type { JsonDataSet } from '../../dicomweb/data-set.ts';
import { lookUp, readLookupTable } from './lookup-table.ts';
import { DecodeError, type PixelLayout, type RawFrame } from './raw-frame.ts';

export type DisplayPixels =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>;

/** How stored values become displayed values. */
export interface ValueMapping {
  readonly slope: number;
  readonly intercept: number;
  readonly modalityLUT: JsonDataSet | undefined;
}

/** Turns the bits of a stored sample into its value: drops what lies above the high bit, and extends the sign. */
export function sampleReader(layout: PixelLayout): (sample: number) => number {
  if (layout.isFloat) return (sample) => sample;
  const dropLow = Math.max(0, layout.highBit + 1 - layout.bitsStored);
  const unused = 32 - layout.bitsStored;
  if (layout.isSigned) return (sample) => ((sample >>> dropLow) << unused) >> unused;
  return (sample) => ((sample >>> dropLow) << unused) >>> unused;
}

/** The values a stored sample can have, by its bits. */
function storedBounds(layout: PixelLayout): readonly [number, number] {
  const span = 2 ** layout.bitsStored;
  return layout.isSigned ? [-span / 2, span / 2 - 1] : [0, span - 1];
}

/** The smallest array that holds every value the header allows, so that all images of a stack get the same kind. */
function allocate(length: number, layout: PixelLayout, mapping: ValueMapping): DisplayPixels {
  const { slope, intercept } = mapping;
  if (layout.isFloat || !Number.isInteger(slope) || !Number.isInteger(intercept))
    return new Float32Array(length);
  const ends = storedBounds(layout).map((value) => value * slope + intercept);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  if (low >= 0 && high <= 255) return new Uint8Array(length);
  if (low >= 0 && high <= 65535) return new Uint16Array(length);
  if (low >= -32768 && high <= 32767) return new Int16Array(length);
  return new Float32Array(length);
}

/** A frame of one sample a pixel in displayed values (Hounsfield units, for a CT). */
export function toDisplayValues(frame: RawFrame, layout: PixelLayout, mapping: ValueMapping): DisplayPixels {
  const length = layout.rows * layout.columns;
  if (frame.samples.length < length) {
    throw new DecodeError(`The frame has ${frame.samples.length} pixels; ${length} are needed`);
  }
  const read = sampleReader(layout);
  const { samples } = frame;
  if (mapping.modalityLUT) {
    const table = readLookupTable(mapping.modalityLUT, layout.isSigned);
    const pixels = new Uint16Array(length);
    for (let index = 0; index < length; index++) pixels[index] = lookUp(table, read(samples[index] ?? 0));
    return pixels;
  }
  const pixels = allocate(length, layout, mapping);
  const { slope, intercept } = mapping;
  for (let index = 0; index < length; index++) pixels[index] = read(samples[index] ?? 0) * slope + intercept;
  return pixels;
}
