import type { ValueRange } from './window.ts';

/** Whether a header's window counts in stored values, or in those after Rescale Slope and Intercept. */
export type WindowMeaning = 'stored' | 'rescaled';

/**
 * How well values fill a window: 1 where they reach as far as it does, 0 where they have nothing to do with it. Where the
 * window begins above the darkest value counts for nothing: that is noise and air, which is to be black.
 */
function filling(window: ValueRange, values: ValueRange): number {
  const lowest = Math.min(window.lower, values.lower);
  const common = Math.min(window.upper, values.upper) - Math.max(lowest, values.lower);
  const whole = Math.max(window.upper, values.upper) - lowest;
  return common <= 0 || whole <= 0 ? 0 : common / whole;
}

/** So many times better must the other reading fit. */
const clearlyBetter = 1.25;

/**
 * What the window of an MR, XA, RF or PET image means. IHE BIR (RAD TF-2 4.16.4.2.2.5.4) has it applied to stored values;
 * PS3.3 C.11.2 after the rescaling, and files of both kinds are about. The pixels decide: the window is read as is
 * `expected`, unless the other reading fits clearly better. `stored` is where nearly all stored values lie.
 */
export function windowMeaning(
  window: ValueRange,
  stored: ValueRange,
  rescale: { readonly slope: number; readonly intercept: number },
  expected: WindowMeaning,
): WindowMeaning {
  const ends = [stored.lower, stored.upper].map((value) => value * rescale.slope + rescale.intercept);
  const rescaled = { lower: Math.min(...ends), upper: Math.max(...ends) };
  const fits = { stored: filling(window, stored), rescaled: filling(window, rescaled) };
  const other = expected === 'stored' ? 'rescaled' : 'stored';
  return fits[other] > clearlyBetter * fits[expected] ? other : expected;
}
