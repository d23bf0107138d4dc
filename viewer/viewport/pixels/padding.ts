import type { DisplayPixels } from './monochrome.ts';

/**
 * Tells displayed values that are padding: padding is given in stored values (PS3.3 C.7.5.1.1.2), both ends included.
 * Undefined where the header names none.
 */
export function paddingTest(image: {
  readonly padding: readonly [number, number] | undefined;
  readonly slope: number;
  readonly intercept: number;
}): ((value: number) => boolean) | undefined {
  const [first, last] = image.padding ?? [];
  if (first === undefined || last === undefined) return undefined;
  const ends = [first, last].map((stored) => stored * image.slope + image.intercept);
  // Values of 32 bits are rounded, these are not.
  const slack = Number.isInteger(image.slope) ? 0 : Math.abs(image.slope) / 4;
  const [low, high] = [Math.min(...ends) - slack, Math.max(...ends) + slack];
  return (value) => value >= low && value <= high;
}

/** Lowest and highest value, padding and what is no number left out; [0, 0] where nothing is left. */
export function valueRange(
  pixels: ArrayLike<number>,
  isPadding: (value: number) => boolean,
): { readonly range: readonly [number, number]; readonly hasPadding: boolean } {
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  let hasPadding = false;
  for (let index = 0; index < pixels.length; index++) {
    const value = pixels[index] ?? 0;
    if (isPadding(value)) hasPadding = true;
    else {
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
  }
  return { range: minimum <= maximum ? [minimum, maximum] : [0, 0], hasPadding };
}

/**
 * What is drawn in place of the values: with `filler` for padding, so that padding neither glares nor bleeds into the pixels
 * beside it when these are interpolated. Values themselves are never changed.
 */
export function withoutPadding(
  values: DisplayPixels,
  isPadding: (value: number) => boolean,
  filler: number,
): DisplayPixels {
  const drawn = values.slice() as DisplayPixels;
  for (let index = 0; index < drawn.length; index++) {
    if (isPadding(drawn[index] ?? 0)) drawn[index] = filler;
  }
  return drawn;
}
