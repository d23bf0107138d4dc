import type { ValueRange } from './window.ts';

/** Whether a header's window counts in stored values, or in those after Rescale Slope and Intercept. */
export type WindowMeaning = 'stored' | 'rescaled';

/** How much of two ranges is common to both: 1 for the same range, 0 for ranges apart. */
function overlap(a: ValueRange, b: ValueRange): number {
  const common = Math.min(a.upper, b.upper) - Math.max(a.lower, b.lower);
  const whole = Math.max(a.upper, b.upper) - Math.min(a.lower, b.lower);
  return common <= 0 || whole <= 0 ? 0 : common / whole;
}

/** So many times better must rescaled values fit before the rule of IHE BIR is left. */
const clearlyBetter = 1.25;

/**
 * What the window of an MR, XA, RF or PET image means. IHE BIR (RAD TF-2 4.16.4.2.2.5.4) has it applied to stored values;
 * PS3.3 C.11.2 after the rescaling, and files of both kinds are about. The pixels decide: it means rescaled values only
 * where these fill the window clearly better than the stored ones do. `stored` is where nearly all stored values lie.
 */
export function windowMeaning(
  window: ValueRange,
  stored: ValueRange,
  rescale: { readonly slope: number; readonly intercept: number },
): WindowMeaning {
  const ends = [stored.lower, stored.upper].map((value) => value * rescale.slope + rescale.intercept);
  const rescaled = { lower: Math.min(...ends), upper: Math.max(...ends) };
  return overlap(window, rescaled) > clearlyBetter * overlap(window, stored) ? 'rescaled' : 'stored';
}
