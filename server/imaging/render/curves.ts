/** Across and down. */
export type Point = readonly [x: number, y: number];

const ellipseSteps = 128;
const curveSteps = 12;

/** A closed outline around a centre, by its two half axes. */
export function ellipseOf(center: Point, halfMajor: Point, halfMinor: Point): Point[] {
  return Array.from({ length: ellipseSteps + 1 }, (_, step): Point => {
    // the last point is the first one, exactly
    const angle = ((step % ellipseSteps) / ellipseSteps) * 2 * Math.PI;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return [
      center[0] + halfMajor[0] * cos + halfMinor[0] * sin,
      center[1] + halfMajor[1] * cos + halfMinor[1] * sin,
    ];
  });
}

/** A smooth line through all points (a Catmull-Rom spline); closed where the last point is the first. */
export function curveThrough(points: readonly Point[]): Point[] {
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last || points.length < 3) return [...points];
  const isClosed = first[0] === last[0] && first[1] === last[1];
  const before = (isClosed ? points.at(-2) : undefined) ?? first;
  const after = (isClosed ? points[1] : undefined) ?? last;
  const padded = [before, ...points, after];
  const curve: Point[] = [];
  for (let at = 0; at + 3 < padded.length; at++) {
    const four = padded.slice(at, at + 4) as unknown as readonly [Point, Point, Point, Point];
    for (let step = 0; step < curveSteps; step++) curve.push(between(four, step / curveSteps));
  }
  return [...curve, last];
}

function between([a, b, c, d]: readonly [Point, Point, Point, Point], t: number): Point {
  const along = (axis: 0 | 1) =>
    0.5 *
    (2 * b[axis] +
      (c[axis] - a[axis]) * t +
      (2 * a[axis] - 5 * b[axis] + 4 * c[axis] - d[axis]) * t ** 2 +
      (3 * b[axis] - a[axis] - 3 * c[axis] + d[axis]) * t ** 3);
  return [along(0), along(1)];
}
