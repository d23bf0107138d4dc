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
 * the stored bits allow. They are in `memory`, where there is room for them.
 */
export function renderGrey(
  frame: DecodedFrame,
  pipeline: GreyPipeline,
  range?: ValueRange,
  memory?: Uint8Array,
): Uint8Array {
  const { modality, presentation, padding } = pipeline;
  const voi = pipeline.voi ?? spread(range ?? fullRange(frame, modality));
  const grey = (stored: number) => {
    if (Number.isNaN(stored) || isPadding(padding, stored)) return backgroundGrey;
    return Math.round(presentation(voi(modality.apply(stored))) * 255);
  };
  return mapSamples(frame.samples, grey, greyMemory(frame.samples.length, memory));
}

function spread({ low, high }: ValueRange): VoiTransform {
  const span = high - low;
  // An image of one value only is black: there is nothing to see in it.
  if (!(span > 0)) return (value) => (value > low ? 1 : 0);
  return (value) => Math.min(1, Math.max(0, (value - low) / span));
}

/** Not cleared: all of it will be written. */
function greyMemory(length: number, memory: Uint8Array | undefined): Uint8Array {
  return memory && memory.length >= length
    ? memory.subarray(0, length)
    : new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
}

/** Fills `result`. Of up to 16 bits each value is computed once, when it is met for the first time. */
function mapSamples(samples: Samples, map: (stored: number) => number, result: Uint8Array): Uint8Array {
  const cells = cellsOf(samples);
  if (!cells) {
    for (let i = 0; i < samples.length; i++) result[i] = map(samples[i] ?? 0);
    return result;
  }
  const number = numberOfCell(samples);
  greys.fill(notYet);
  const greyOf = (cell: number) => {
    const known = greys[cell] as number;
    if (known !== notYet) return known;
    const grey = map(number(cell)) & 0xff;
    greys[cell] = grey;
    return grey;
  };
  for (let i = mapFours(cells, greyOf, result); i < cells.length; i++) result[i] = greyOf(cells[i] as number);
  return result;
}

/** Four cells of 16 bits at a time, as far as they can be read so: half the time. Answers how many cells are done. */
function mapFours(
  { buffer, byteOffset, length, BYTES_PER_ELEMENT }: Uint8Array | Uint16Array,
  greyOf: (cell: number) => number,
  result: Uint8Array,
): number {
  if (BYTES_PER_ELEMENT !== 2 || byteOffset % 4 !== 0 || result.byteOffset % 4 !== 0) return 0;
  const fours = Math.floor(length / 4);
  const pairs = new Uint32Array(buffer, byteOffset, 2 * fours);
  const out = new Uint32Array(result.buffer, result.byteOffset, fours);
  for (let at = 0; at < fours; at++) {
    const first = pairs[2 * at] as number;
    const second = pairs[2 * at + 1] as number;
    let a = greys[first & 0xffff] as number;
    let b = greys[first >>> 16] as number;
    let c = greys[second & 0xffff] as number;
    let d = greys[second >>> 16] as number;
    // One of them is not yet there.
    if ((a | b | c | d) < 0) {
      a = greyOf(first & 0xffff);
      b = greyOf(first >>> 16);
      c = greyOf(second & 0xffff);
      d = greyOf(second >>> 16);
    }
    out[at] = a | (b << 8) | (c << 16) | (d << 24);
  }
  return 4 * fours;
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
