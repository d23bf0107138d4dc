import type { DecodedFrame, Samples } from '../pixel-format.ts';
import type { ModalityTransform } from './modality-transform.ts';
import { isPadding, type PixelPadding } from './pixel-padding.ts';
import type { VoiTransform } from './voi-transform.ts';

/** The grayscale transformations of PS3.4 N.2.1, in their order. */
export interface GreyPipeline {
  modality: ModalityTransform;
  /** Absent: the whole range of the modality values is shown, from black to white. */
  voi?: VoiTransform;
  /** P-Values from 0 (black) to 1 (white), of 0 to 1. */
  presentation: (value: number) => number;
  /** Shown as background, and no part of an automatic range. */
  padding?: PixelPadding;
}

/** Modality values that become the lowest and the highest output. */
export interface ValueRange {
  low: number;
  high: number;
}

const backgroundGrey = 0;

/**
 * A frame of one sample a pixel as 8-bit grey. `range` serves where the pipeline has no VOI transformation; without it that is all that
 * the stored bits allow.
 */
export function renderGrey(frame: DecodedFrame, pipeline: GreyPipeline, range?: ValueRange): Uint8Array {
  const { modality, presentation, padding } = pipeline;
  const voi = pipeline.voi ?? spread(range ?? fullRange(frame, modality));
  const grey = (stored: number) => {
    if (Number.isNaN(stored) || isPadding(padding, stored)) return backgroundGrey;
    return Math.round(presentation(voi(modality.apply(stored))) * 255);
  };
  return mapSamples(frame.samples, grey);
}

function spread({ low, high }: ValueRange): VoiTransform {
  const span = high - low;
  // An image of one value only is black: there is nothing to see in it.
  if (!(span > 0)) return (value) => (value > low ? 1 : 0);
  return (value) => Math.min(1, Math.max(0, (value - low) / span));
}

/** Of up to 16 bits each value is computed once, when it is met for the first time. */
function mapSamples(samples: Samples, map: (stored: number) => number): Uint8Array {
  // Every byte of it is written; the memory that others left need not be cleared before.
  const result = new Uint8Array(Buffer.allocUnsafeSlow(samples.length).buffer);
  const cells = cellsOf(samples);
  if (!cells) {
    for (let i = 0; i < samples.length; i++) result[i] = map(samples[i] ?? 0);
    return result;
  }
  const number = numberOfCell(samples);
  const table = greys.fill(notYet);
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] as number;
    let grey = table[cell] as number;
    if (grey === notYet) {
      grey = map(number(cell)) & 0xff;
      table[cell] = grey;
    }
    result[i] = grey;
  }
  return result;
}

const valuesOfCell = 2 ** 16;
const notYet = -1;
/** Used again for each frame: no other is begun before one is done. */
const greys = new Int16Array(valuesOfCell);

/** The same memory as unsigned numbers of up to 16 bits, which can be places in a table; undefined for wider samples. */
function cellsOf(samples: Samples): Uint8Array | Uint16Array | undefined {
  const { buffer, byteOffset, length, BYTES_PER_ELEMENT } = samples;
  if (BYTES_PER_ELEMENT === 1) return new Uint8Array(buffer, byteOffset, length);
  return BYTES_PER_ELEMENT === 2 ? new Uint16Array(buffer, byteOffset, length) : undefined;
}

/** What number the bits of a cell are in `samples`. */
function numberOfCell(samples: Samples): (cell: number) => number {
  if (samples instanceof Int8Array) return (cell) => (cell << 24) >> 24;
  return samples instanceof Int16Array ? (cell) => (cell << 16) >> 16 : (cell) => cell;
}

/**
 * The range for an image that names none. Up to 8 bits stored values come ready for display (PS3.3 C.11.2.1.1: no VOI
 * LUT is the identity); deeper ones are spread from the smallest to the largest modality value, padding left out.
 */
export function automaticRange(frame: DecodedFrame, pipeline: GreyPipeline): ValueRange {
  if (frame.bitsStored <= 8 && !hasFloats(frame)) return fullRange(frame, pipeline.modality);
  const { modality, padding } = pipeline;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const count = (stored: number) => {
    if (!Number.isFinite(stored) || isPadding(padding, stored)) return;
    const value = modality.apply(stored);
    if (value < low) low = value;
    if (value > high) high = value;
  };
  eachValue(frame.samples, count);
  return low <= high ? { low, high } : { low: 0, high: 0 };
}

/** Calls `use` with every value that occurs; with those of up to 16 bits once. */
function eachValue(samples: Samples, use: (stored: number) => void): void {
  const cells = cellsOf(samples);
  if (!cells) {
    for (let i = 0; i < samples.length; i++) use(samples[i] ?? 0);
    return;
  }
  const occurs = new Uint8Array(valuesOfCell);
  for (let i = 0; i < cells.length; i++) occurs[cells[i] ?? 0] = 1;
  const number = numberOfCell(samples);
  for (let cell = occurs.indexOf(1); cell >= 0; cell = occurs.indexOf(1, cell + 1)) use(number(cell));
}

export function hasFloats({ samples }: Pick<DecodedFrame, 'samples'>): boolean {
  return samples instanceof Float32Array || samples instanceof Float64Array;
}

/** All modality values that the stored bits allow: what the identity as VOI LUT shows (PS3.4 N.2.1.3). */
export function fullRange(frame: DecodedFrame, modality: ModalityTransform): ValueRange {
  if (modality.outputRange) return modality.outputRange;
  const span = 2 ** frame.bitsStored;
  const lowest = frame.pixelRepresentation === 1 ? -span / 2 : 0;
  const ends = [modality.apply(lowest), modality.apply(lowest + span - 1)];
  return { low: Math.min(...ends), high: Math.max(...ends) };
}
