import { type JsonDataSet, numbers, text, texts } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';

export type WindowFunction = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';

/** A window: centre and width in displayed values (after the modality transformation). */
export interface Window {
  readonly center: number;
  readonly width: number;
  readonly explanation?: string;
  readonly function: WindowFunction;
}

/** Lowest and highest displayed value: black and white. */
export interface ValueRange {
  readonly lower: number;
  readonly upper: number;
}

/** The windows of a header, in order; `conversion` turns them from stored into displayed values. */
export function describeWindows(
  voi: JsonDataSet,
  conversion: { readonly slope: number; readonly intercept: number },
): Window[] {
  const centers = numbers(voi, tags.WindowCenter);
  const widths = numbers(voi, tags.WindowWidth);
  const explanations = texts(voi, tags.WindowCenterWidthExplanation);
  const named = text(voi, tags.VOILUTFunction);
  const windowFunction = named === 'LINEAR_EXACT' || named === 'SIGMOID' ? named : 'LINEAR';
  return centers.flatMap((center, index) => {
    const width = widths[index];
    if (center === undefined || width === undefined || width <= 0) return [];
    return {
      center: center * conversion.slope + conversion.intercept,
      width: width * conversion.slope,
      ...(explanations[index] ? { explanation: explanations[index] } : {}),
      function: windowFunction,
    };
  });
}

/**
 * The values that become black and white (PS3.3 C.11.2.1.2.1 LINEAR, C.11.2.1.3.2 LINEAR_EXACT). SIGMOID has no ends;
 * Cornerstone takes the LINEAR ones for it.
 */
export function windowToRange(window: Window): ValueRange {
  const { center, width } = window;
  if (window.function === 'LINEAR_EXACT') return { lower: center - width / 2, upper: center + width / 2 };
  // A LINEAR width of 1 is a threshold; the renderer needs a range that is not empty.
  const half = Math.max(width - 1, 1e-3) / 2;
  return { lower: center - 0.5 - half, upper: center - 0.5 + half };
}

/** The inverse of {@link windowToRange}. */
export function rangeToWindow(range: ValueRange, windowFunction: WindowFunction = 'LINEAR'): Window {
  const exact = windowFunction === 'LINEAR_EXACT';
  return {
    center: (range.lower + range.upper) / 2 + (exact ? 0 : 0.5),
    width: range.upper - range.lower + (exact ? 0 : 1),
    function: windowFunction,
  };
}

/** CT presets in Hounsfield units; `name` is a key of the texts. */
export const ctPresets = [
  { name: 'softTissue', center: 40, width: 400 },
  { name: 'lung', center: -600, width: 1500 },
  { name: 'bone', center: 480, width: 2500 },
  { name: 'brain', center: 40, width: 80 },
  { name: 'liver', center: 90, width: 150 },
] as const;
export type CtPresetName = (typeof ctPresets)[number]['name'];

/** Share of the pixels that a computed window leaves black at one end and white at the other. */
const clippedShare = 0.005;

/**
 * The window for an image whose header gives none: CT soft tissue, the whole range of 8-bit images (they come ready for
 * display), else all values but the few darkest and brightest.
 */
export function computeWindow(
  pixels: ArrayLike<number>,
  image: { readonly modality: string; readonly bitsStored: number; readonly isFloat: boolean },
  isPadding: (value: number) => boolean,
): Window {
  if (image.modality === 'CT') return { center: 40, width: 400, function: 'LINEAR' };
  if (image.bitsStored === 8 && !image.isFloat) return { center: 128, width: 256, function: 'LINEAR' };
  const sampleEvery = Math.max(1, Math.floor(pixels.length / 100_000));
  const sample: number[] = [];
  for (let index = 0; index < pixels.length; index += sampleEvery) {
    const value = pixels[index] ?? 0;
    if (!isPadding(value) && Number.isFinite(value)) sample.push(value);
  }
  sample.sort((a, b) => a - b);
  const lower = sample[Math.floor(sample.length * clippedShare)] ?? 0;
  const upper = sample[Math.ceil(sample.length * (1 - clippedShare)) - 1] ?? 1;
  return rangeToWindow(upper > lower ? { lower, upper } : { lower, upper: lower + 1 });
}
