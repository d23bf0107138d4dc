import type { Point } from '../viewport/surface.ts';

/** How large one unit of a surface is along x and y, in what is counted in: mm for one column and one row. */
export interface Scale {
  readonly x: number;
  readonly y: number;
}

/** A shape with an inside. An ellipse is its centre and two conjugate half axes: `centre + u cos t + v sin t`. */
export type Region =
  | { readonly kind: 'polygon'; readonly points: readonly Point[] }
  | { readonly kind: 'ellipse'; readonly center: Point; readonly u: Point; readonly v: Point };

export const add = (a: Point, b: Point): Point => ({ x: a.x + b.x, y: a.y + b.y });
export const subtract = (a: Point, b: Point): Point => ({ x: a.x - b.x, y: a.y - b.y });
export const times = (a: Point, factor: number): Point => ({ x: a.x * factor, y: a.y * factor });
export const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** A difference of two points in what is counted in. */
const scaled = (a: Point, scale: Scale): Point => ({ x: a.x * scale.x, y: a.y * scale.y });
const toUnits = (a: Point, scale: Scale): Point => ({ x: a.x / scale.x, y: a.y / scale.y });

export function distance(a: Point, b: Point, scale: Scale): number {
  return Math.hypot((b.x - a.x) * scale.x, (b.y - a.y) * scale.y);
}

/** Length of a line through points, joined at its ends when it is closed. */
export function pathLength(points: readonly Point[], isClosed: boolean, scale: Scale): number {
  const ends = isClosed ? [...points.slice(1), ...points.slice(0, 1)] : points.slice(1);
  return ends.reduce((sum, point, index) => sum + distance(points[index] ?? point, point, scale), 0);
}

const degrees = (radians: number) => (radians * 180) / Math.PI;

/** Degrees between two directions, 0 to 180. */
function angleBetween(a: Point, b: Point): number {
  return degrees(Math.atan2(Math.abs(a.x * b.y - a.y * b.x), a.x * b.x + a.y * b.y));
}

/** Degrees between the two sides that meet at `vertex`, 0 to 180. */
export function angleAt(vertex: Point, a: Point, b: Point, scale: Scale): number {
  return angleBetween(scaled(subtract(a, vertex), scale), scaled(subtract(b, vertex), scale));
}

/** Degrees between two lines, each through two points, 0 to 90 whatever way they were drawn. */
export function lineAngle(
  line: readonly [Point, Point],
  other: readonly [Point, Point],
  scale: Scale,
): number {
  const angle = angleBetween(
    scaled(subtract(line[1], line[0]), scale),
    scaled(subtract(other[1], other[0]), scale),
  );
  return Math.min(angle, 180 - angle);
}

/** Area within a polygon that does not cross itself (Gauss). */
function polygonArea(points: readonly Point[], scale: Scale): number {
  let sum = 0;
  for (const [index, a] of points.entries()) {
    const b = points[(index + 1) % points.length] ?? a;
    sum += a.x * b.y - b.x * a.y;
  }
  return (Math.abs(sum) / 2) * scale.x * scale.y;
}

/** Lengths of the half axes of an ellipse that is given by conjugate ones: the singular values of the two as a matrix. */
function halfAxes(u: Point, v: Point): readonly [number, number] {
  const sum = u.x ** 2 + u.y ** 2 + v.x ** 2 + v.y ** 2;
  const determinant = Math.abs(u.x * v.y - u.y * v.x);
  const root = Math.sqrt(Math.max(0, sum ** 2 - 4 * determinant ** 2));
  return [Math.sqrt((sum + root) / 2), Math.sqrt(Math.max(0, (sum - root) / 2))];
}

/** Circumference of an ellipse, exact: the complete elliptic integral by the arithmetic-geometric mean. */
function ellipsePerimeter(a: number, b: number): number {
  if (b <= 0) return 4 * a;
  let [mean, geometric] = [1, b / a];
  let sum = 1 - (1 - geometric ** 2) / 2;
  for (let power = 1; Math.abs(mean - geometric) > 1e-15 && power < 2 ** 12; power *= 2) {
    const half = (mean - geometric) / 2;
    [mean, geometric] = [(mean + geometric) / 2, Math.sqrt(mean * geometric)];
    sum -= power * half ** 2;
  }
  return (2 * Math.PI * a * sum) / mean;
}

export function regionArea(region: Region, scale: Scale): number {
  if (region.kind === 'polygon') return polygonArea(region.points, scale);
  const { u, v } = region;
  return Math.PI * Math.abs(u.x * v.y - u.y * v.x) * scale.x * scale.y;
}

export function regionPerimeter(region: Region, scale: Scale): number {
  if (region.kind === 'polygon') return pathLength(region.points, true, scale);
  return ellipsePerimeter(...halfAxes(scaled(region.u, scale), scaled(region.v, scale)));
}

/** Which side of the line from a to b a point is on. */
const side = (a: Point, b: Point, point: Point) =>
  (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x);

function doCross(a: Point, b: Point, c: Point, d: Point): boolean {
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/** Whether a closed line crosses itself; lines that only touch do not. */
export function isSelfCrossing(points: readonly Point[]): boolean {
  const { length } = points;
  for (let first = 0; first < length; first++) {
    const [a, b] = [points[first], points[(first + 1) % length]];
    for (let second = first + 2; second < length; second++) {
      const [c, d] = [points[second], points[(second + 1) % length]];
      if (a && b && c && d && doCross(a, b, c, d)) return true;
    }
  }
  return false;
}

/** The outline of an ellipse as points, in order. */
export function ellipseOutline({ center, u, v }: Extract<Region, { kind: 'ellipse' }>, count = 90): Point[] {
  return Array.from({ length: count }, (_, index) => {
    const turn = (2 * Math.PI * index) / count;
    return add(center, add(times(u, Math.cos(turn)), times(v, Math.sin(turn))));
  });
}

/** The direction at a right angle to a line, of length 1 in what is counted in, given in units of the surface. */
export function perpendicular(from: Point, to: Point, scale: Scale): Point {
  const along = scaled(subtract(to, from), scale);
  const length = Math.hypot(along.x, along.y) || 1;
  return toUnits({ x: -along.y / length, y: along.x / length }, scale);
}

/** Where on the line from a to b (0 at a, 1 at b, not beyond) a point is, and its distance from the line, with sign. */
export function projectOn(
  point: Point,
  a: Point,
  b: Point,
  scale: Scale,
): { readonly fraction: number; readonly offset: number } {
  const along = scaled(subtract(b, a), scale);
  const to = scaled(subtract(point, a), scale);
  const squared = along.x ** 2 + along.y ** 2 || 1;
  const fraction = (to.x * along.x + to.y * along.y) / squared;
  const offset = (along.x * to.y - along.y * to.x) / Math.sqrt(squared);
  return { fraction: Math.max(0, Math.min(1, fraction)), offset };
}

/** A point turned onto the nearest multiple of 45° around another, at its distance in what is counted in. */
export function snapAngle(from: Point, to: Point, scale: Scale): Point {
  const along = scaled(subtract(to, from), scale);
  const turn = Math.round(Math.atan2(along.y, along.x) / (Math.PI / 4)) * (Math.PI / 4);
  // The foot on the snapped direction: the pointer stays as near as it can.
  const length = along.x * Math.cos(turn) + along.y * Math.sin(turn);
  return add(from, toUnits({ x: length * Math.cos(turn), y: length * Math.sin(turn) }, scale));
}

/** The corner opposite to `from` that makes a box a square in what is counted in. */
export function snapSquare(from: Point, to: Point, scale: Scale): Point {
  const along = scaled(subtract(to, from), scale);
  const length = Math.max(Math.abs(along.x), Math.abs(along.y));
  const withSign = (value: number) => (value < 0 ? -length : length);
  return add(from, toUnits({ x: withSign(along.x), y: withSign(along.y) }, scale));
}

/** How many points stand for the curve between two places of a spline. */
const splineSteps = 16;

/** The closed curve through places (centripetal Catmull-Rom: no loops between places that lie unevenly), as points. */
export function closedSpline(places: readonly Point[]): Point[] {
  const { length } = places;
  if (length < 3) return [...places];
  const at = (index: number) => places[(index + length) % length] ?? { x: 0, y: 0 };
  const curve: Point[] = [];
  for (let index = 0; index < length; index++) {
    const [a, b, c, d] = [at(index - 1), at(index), at(index + 1), at(index + 2)];
    for (let step = 0; step < splineSteps; step++) curve.push(catmullRom(a, b, c, d, step / splineSteps));
  }
  return curve;
}

/** The place between b and c at t, 0 to 1 (Barry and Goldman's pyramid, knots by the square root of distances). */
function catmullRom(a: Point, b: Point, c: Point, d: Point, t: number): Point {
  const knot = (from: Point, to: Point) => Math.sqrt(Math.hypot(to.x - from.x, to.y - from.y)) || 1e-6;
  const t1 = knot(a, b);
  const t2 = t1 + knot(b, c);
  const t3 = t2 + knot(c, d);
  const at = t1 + (t2 - t1) * t;
  const mix = (p: Point, q: Point, from: number, to: number) =>
    add(times(p, (to - at) / (to - from)), times(q, (at - from) / (to - from)));
  const [ab, bc, cd] = [mix(a, b, 0, t1), mix(b, c, t1, t2), mix(c, d, t2, t3)];
  return mix(mix(ab, bc, 0, t2), mix(bc, cd, t1, t3), t1, t2);
}

/** Distance of a point from a line piece, in plain units. */
export function distanceToPiece(point: Point, a: Point, b: Point): number {
  const plain = { x: 1, y: 1 };
  const { fraction } = projectOn(point, a, b, plain);
  return distance(point, add(a, times(subtract(b, a), fraction)), plain);
}
