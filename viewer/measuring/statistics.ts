import type { Point } from '../viewport/surface.ts';
import type { Region } from './geometry.ts';

/** Pixels beside each other in a row: columns from `first` to `last`, both included. */
export interface Span {
  readonly row: number;
  readonly first: number;
  readonly last: number;
}

/** Places where the outline crosses a row, from left to right; each edge owns its upper end (so corners count once). */
function crossings(points: readonly Point[], row: number): number[] {
  const found: number[] = [];
  for (const [index, a] of points.entries()) {
    const b = points[(index + 1) % points.length] ?? a;
    if (a.y <= row === b.y <= row) continue;
    found.push(a.x + ((row - a.y) / (b.y - a.y)) * (b.x - a.x));
  }
  return found.sort((x, y) => x - y);
}

function polygonSpans(points: readonly Point[]): Span[] {
  const heights = points.map((point) => point.y);
  const spans: Span[] = [];
  for (let row = Math.ceil(Math.min(...heights)); row <= Math.max(...heights); row++) {
    const found = crossings(points, row);
    for (let index = 0; index + 1 < found.length; index += 2) {
      // A centre on the outline counts at the left (and above), not at the right: neighbouring shapes share no pixel.
      const first = Math.ceil(found[index] ?? 0);
      const last = Math.ceil(found[index + 1] ?? 0) - 1;
      if (last >= first) spans.push({ row, first, last });
    }
  }
  return spans;
}

/** Rounding must not leave out a centre that lies on the line. */
const onTheLine = 1e-9;

function ellipseSpans({ center, u, v }: Extract<Region, { kind: 'ellipse' }>): Span[] {
  const determinant = u.x * v.y - u.y * v.x;
  if (Math.abs(determinant) < 1e-12) return [];
  const height = Math.hypot(u.y, v.y);
  const spans: Span[] = [];
  for (let row = Math.ceil(center.y - height); row <= center.y + height; row++) {
    const y = row - center.y;
    // With x from the centre: (x v.y - y v.x)² + (y u.x - x u.y)² <= determinant², a square equation in x.
    const a = v.y ** 2 + u.y ** 2;
    const half = -y * (v.x * v.y + u.x * u.y);
    const c = y ** 2 * (v.x ** 2 + u.x ** 2) - determinant ** 2 * (1 + onTheLine);
    const root = half ** 2 - a * c;
    if (root < 0) continue;
    const first = Math.ceil(center.x + (-half - Math.sqrt(root)) / a);
    const last = Math.floor(center.x + (-half + Math.sqrt(root)) / a);
    if (last >= first) spans.push({ row, first, last });
  }
  return spans;
}

/** The pixels whose centres lie within a region; pixel centres are whole numbers. */
export function spansWithin(region: Region): Span[] {
  return region.kind === 'polygon' ? polygonSpans(region.points) : ellipseSpans(region);
}

/** Of the pixels within a region. */
export interface Statistics {
  readonly mean: number;
  /** Of the population (divided by the number of pixels): what is measured are all pixels, not a sample of them. */
  readonly standardDeviation: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly pixelCount: number;
}

/** Statistics of the pixels of some rows; undefined values (outside, or no number) don't count. Undefined when none does. */
export function statisticsOf(
  spans: readonly Span[],
  valueAt: (column: number, row: number) => number | undefined,
): Statistics | undefined {
  let [count, mean, squares] = [0, 0, 0];
  let [minimum, maximum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { row, first, last } of spans) {
    for (let column = first; column <= last; column++) {
      const value = valueAt(column, row);
      if (value === undefined || !Number.isFinite(value)) continue;
      // Welford: no cancellation, however far the values are from zero.
      count++;
      const difference = value - mean;
      mean += difference / count;
      squares += difference * (value - mean);
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
  }
  if (count === 0) return undefined;
  return { mean, standardDeviation: Math.sqrt(squares / count), minimum, maximum, pixelCount: count };
}
