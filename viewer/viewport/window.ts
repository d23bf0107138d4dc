import { type JsonDataSet, numbers, text, texts } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';

export type WindowFunction = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';

/** A window: centre and width in displayed values (after the modality transformation). */
export interface Window {
  readonly center: number;
  readonly width: number;
  readonly explanation?: string;
  readonly function: WindowFunction;
  /**
   * Which VOI LUT of the image (from 0) the window is over: then centre and width count in the output of that table. Left
   * out for a window over the values themselves.
   */
  readonly table?: number;
}

/** Lowest and highest displayed value: black and white. */
export interface ValueRange {
  readonly lower: number;
  readonly upper: number;
}

/** The windows of a header, in order; `conversion` turns them into displayed values. */
export function describeWindows(
  voi: JsonDataSet,
  conversion: { readonly slope: number; readonly intercept: number },
  isFloat = false,
): Window[] {
  const centers = numbers(voi, tags.WindowCenter);
  const widths = numbers(voi, tags.WindowWidth);
  const explanations = texts(voi, tags.WindowCenterWidthExplanation);
  const named = text(voi, tags.VOILUTFunction)?.toUpperCase();
  return centers.flatMap((center, index) => {
    const width = widths[index];
    if (center === undefined || width === undefined || width <= 0) return [];
    // LINEAR counts in whole numbers; where values are fractions, or the width is one, its exact sister is meant.
    const isFine = isFloat || width < 1 || !Number.isInteger(conversion.slope);
    const windowFunction =
      named === 'LINEAR_EXACT' || named === 'SIGMOID' ? named : isFine ? 'LINEAR_EXACT' : 'LINEAR';
    return {
      center: center * conversion.slope + conversion.intercept,
      width: Math.abs(width * conversion.slope),
      ...(explanations[index] ? { explanation: explanations[index] } : {}),
      function: windowFunction,
    };
  });
}

/**
 * The values that become black and white (PS3.3 C.11.2.1.2.1 LINEAR, C.11.2.1.3.2 LINEAR_EXACT). SIGMOID has no ends; its
 * centre and width are taken for those of LINEAR_EXACT.
 */
export function windowToRange(window: Window): ValueRange {
  const { center, width } = window;
  if (window.function !== 'LINEAR') return { lower: center - width / 2, upper: center + width / 2 };
  // A LINEAR width of 1 is a threshold; the renderer needs a range that is not empty.
  const half = Math.max(width - 1, 1e-3) / 2;
  return { lower: center - 0.5 - half, upper: center - 0.5 + half };
}

/** The inverse of {@link windowToRange}. */
export function rangeToWindow(range: ValueRange, windowFunction: WindowFunction = 'LINEAR'): Window {
  const exact = windowFunction !== 'LINEAR';
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

/** PET presets, SUV from 0; `name` is a key of the texts. */
export const suvPresets = [
  { name: 'suv5', center: 2.5, width: 5 },
  { name: 'suv7', center: 3.5, width: 7 },
  { name: 'suv10', center: 5, width: 10 },
  { name: 'suv15', center: 7.5, width: 15 },
] as const;
export type SuvPresetName = (typeof suvPresets)[number]['name'];

/** PET and NM start from no activity (IHE BIR 5.4): the window keeps its upper end. */
export function clampToZero(window: Window): Window {
  const { lower, upper } = windowToRange(window);
  if (lower === 0 || upper <= 0 || window.table !== undefined) return window;
  const { center, width } = rangeToWindow({ lower: 0, upper }, window.function);
  return { ...window, center, width };
}

/** Share of the pixels that a computed window leaves black at one end and white at the other. */
const clippedShare = 0.005;
const sampleSize = 100_000;

/** The values between which nearly all pixels lie; undefined when there is none to be seen. */
export function usualRange(
  pixels: ArrayLike<number>,
  isPadding: (value: number) => boolean,
): ValueRange | undefined {
  const sampleEvery = Math.max(1, Math.floor(pixels.length / sampleSize));
  const sample: number[] = [];
  for (let index = 0; index < pixels.length; index += sampleEvery) {
    const value = pixels[index] ?? 0;
    if (!isPadding(value) && Number.isFinite(value)) sample.push(value);
  }
  sample.sort((a, b) => a - b);
  const lower = sample[Math.floor(sample.length * clippedShare)];
  const upper = sample[Math.ceil(sample.length * (1 - clippedShare)) - 1];
  return lower === undefined || upper === undefined ? undefined : { lower, upper };
}

/** The window of a range; fractions are never rounded to whole grey values. */
export function windowOfRange({ lower, upper }: ValueRange, isFloat: boolean): Window {
  return rangeToWindow(
    { lower, upper: upper > lower ? upper : lower + 1 },
    isFloat ? 'LINEAR_EXACT' : 'LINEAR',
  );
}

/**
 * The window for an image whose header gives none: CT soft tissue, SUV 0 to 7, the whole range of 8-bit images (they come
 * ready for display), else all values but the few darkest and brightest.
 */
export function computeWindow(
  pixels: ArrayLike<number>,
  image: {
    readonly modality: string;
    readonly bitsStored: number;
    readonly isFloat: boolean;
    readonly valueUnit?: string;
  },
  isPadding: (value: number) => boolean,
): Window {
  if (image.modality === 'CT') return { center: 40, width: 400, function: 'LINEAR' };
  if (image.valueUnit?.startsWith('SUV')) return { center: 3.5, width: 7, function: 'LINEAR_EXACT' };
  if (image.bitsStored === 8 && !image.isFloat) return { center: 128, width: 256, function: 'LINEAR' };
  return windowOfRange(
    usualRange(pixels, isPadding) ?? { lower: 0, upper: 1 },
    pixels instanceof Float32Array,
  );
}
