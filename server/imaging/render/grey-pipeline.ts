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

/** A frame of one sample a pixel as 8-bit grey. `range` serves where the pipeline has no VOI transformation. */
export function renderGrey(frame: DecodedFrame, pipeline: GreyPipeline, range: ValueRange): Uint8Array {
  const { modality, presentation, padding } = pipeline;
  const voi = pipeline.voi ?? spread(range);
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

/** Where samples have few values, each is computed once. */
function mapSamples(samples: Samples, map: (stored: number) => number): Uint8Array {
  const result = new Uint8Array(samples.length);
  const bounds = integerBounds(samples);
  if (!bounds) {
    for (let i = 0; i < samples.length; i++) result[i] = map(samples[i] ?? 0);
    return result;
  }
  const { low, high } = bounds;
  const table = new Uint8Array(high - low + 1);
  for (let value = low; value <= high; value++) table[value - low] = map(value);
  for (let i = 0; i < samples.length; i++) result[i] = table[(samples[i] ?? 0) - low] ?? 0;
  return result;
}

function integerBounds(samples: Samples): ValueRange | undefined {
  if (hasFloats({ samples }) || samples.length === 0) return undefined;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i] ?? 0;
    if (sample < low) low = sample;
    if (sample > high) high = sample;
  }
  return high - low <= 0xffff ? { low, high } : undefined;
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
  for (let i = 0; i < frame.samples.length; i++) {
    const stored = frame.samples[i] ?? 0;
    if (!Number.isFinite(stored) || isPadding(padding, stored)) continue;
    const value = modality.apply(stored);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : { low: 0, high: 0 };
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
