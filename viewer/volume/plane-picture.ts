import type { SampledCurve } from '../viewport/pixels/grey-curve.ts';

/** Samples that are drawn within a frame of the screen while something moves; more are drawn coarsely at first. */
const samplesInMotion = 1_200_000;

/** How many pixels of the screen in each direction share one sample while the picture moves. */
export function coarseness(pixels: number, planes: number): number {
  return Math.max(1, Math.ceil(Math.sqrt((pixels * planes) / samplesInMotion)));
}

/** Greys of values as opaque RGBA; NaN, which is no value, is black whatever the window. */
export function paintGreys(
  values: Float32Array,
  { lower, upper, greys }: SampledCurve,
  rgba: Uint32Array,
): void {
  const last = greys.length - 1;
  const factor = greys.length / (upper - lower);
  const colours = Uint32Array.from(greys, (grey) => 0xff000000 | (Math.round(grey * 255) * 0x010101));
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number;
    if (Number.isNaN(value)) {
      rgba[at] = 0xff000000;
      continue;
    }
    const step = Math.floor((value - lower) * factor);
    rgba[at] = colours[step < 0 ? 0 : Math.min(step, last)] as number;
  }
}
