import type { Point } from '../viewport/surface.ts';
import {
  add,
  closedSpline,
  distance,
  ellipseOutline,
  isSelfCrossing,
  middle,
  perpendicular,
  projectOn,
  type Region,
  type Scale,
  snapAngle,
  snapSquare,
  subtract,
  times,
} from './geometry.ts';
import type { Measurement } from './measurement.ts';

/** What a shape is made of; see {@link Measurement.points}. */
export type Shape = Pick<Measurement, 'tool' | 'points' | 'isClosed' | 'handles'>;

const origin: Point = { x: 0, y: 0 };
const at = (points: readonly Point[], index: number): Point => points[index] ?? origin;

/** Tools whose line is set point by point, as many as the reader wants. */
export const isPathTool = (tool: string): boolean =>
  tool === 'freehand' || tool === 'spline' || tool === 'livewire';

/** How many places a reader sets for the other tools. */
export const placesOf: Readonly<Record<string, number>> = {
  probe: 1,
  text: 1,
  length: 2,
  calibrate: 2,
  arrow: 2,
  rectangle: 2,
  ellipse: 2,
  circle: 2,
  angle: 3,
  bidirectional: 3,
  cobbAngle: 4,
};

/** Whether a place is the first of a line that can be drawn with one drag. */
export const startsLine = (tool: string, index: number): boolean =>
  index === 0 || (tool === 'cobbAngle' && index === 2);

function boxCorners(a: Point, c: Point): Point[] {
  return [a, { x: c.x, y: a.y }, c, { x: a.x, y: c.y }];
}

function ellipseInBox(a: Point, b: Point): Point[] {
  const center = middle(a, b);
  return [
    { x: a.x, y: center.y },
    { x: b.x, y: center.y },
    { x: center.x, y: a.y },
    { x: center.x, y: b.y },
  ];
}

/** The short axis of a bidirectional: through where `place` is beside the long one, as far to the other side. */
function withShortAxis(a: Point, b: Point, place: Point, scale: Scale): Point[] {
  const { fraction, offset } = projectOn(place, a, b, scale);
  const foot = add(a, times(subtract(b, a), fraction));
  const across = perpendicular(a, b, scale);
  return [a, b, add(foot, times(across, offset)), add(foot, times(across, -offset))];
}

/** The points of a measurement from the places that were set, the last of which may still move; not for paths. */
export function pointsFromPlaces(tool: string, places: readonly Point[], scale: Scale): readonly Point[] {
  if (tool === 'bidirectional' && places.length === 3)
    return withShortAxis(at(places, 0), at(places, 1), at(places, 2), scale);
  if (places.length < 2) return places;
  if (tool === 'rectangle') return boxCorners(at(places, 0), at(places, 1));
  if (tool === 'ellipse') return ellipseInBox(at(places, 0), at(places, 1));
  return places;
}

/** Where a place goes that is set with Shift held: lines in steps of 45°, boxes square. */
export function constrain(tool: string, places: readonly Point[], place: Point, scale: Scale): Point {
  const from = places.at(-1);
  if (!from || startsLine(tool, places.length)) return place;
  if (tool === 'rectangle' || tool === 'ellipse') return snapSquare(from, place, scale);
  return snapAngle(from, place, scale);
}

/** The long axis first, however it was drawn. */
export function ordered(tool: string, points: readonly Point[], scale: Scale): readonly Point[] {
  const [a, b, c, d] = points;
  if (tool !== 'bidirectional' || !a || !b || !c || !d) return points;
  return distance(c, d, scale) > distance(a, b, scale) ? [c, d, a, b] : points;
}

/** What a shape encloses; undefined for lines and points, and while it has no extent. */
export function regionOfShape({ tool, points, isClosed }: Shape, scale: Scale): Region | undefined {
  if (tool === 'circle') {
    if (points.length < 2) return undefined;
    const radius = distance(at(points, 0), at(points, 1), scale);
    const [u, v] = [
      { x: radius / scale.x, y: 0 },
      { x: 0, y: radius / scale.y },
    ];
    return { kind: 'ellipse', center: at(points, 0), u, v };
  }
  if (tool === 'ellipse') {
    if (points.length < 4) return undefined;
    const center = middle(at(points, 0), at(points, 1));
    const u = times(subtract(at(points, 1), at(points, 0)), 0.5);
    const v = times(subtract(at(points, 3), at(points, 2)), 0.5);
    return { kind: 'ellipse', center, u, v };
  }
  if (tool === 'rectangle' || (isPathTool(tool) && isClosed))
    return points.length >= 3 ? { kind: 'polygon', points } : undefined;
  return undefined;
}

/** Whether the inside of a shape can't be told, because its outline crosses itself. */
export const isTangled = (region: Region): boolean =>
  region.kind === 'polygon' && isSelfCrossing(region.points);

/** A line to be drawn. */
export interface Line {
  readonly points: readonly Point[];
  readonly isClosed: boolean;
  /** What only leads from one part to another. */
  readonly isDashed?: boolean;
}

/** The lines of a shape, on the surface. `scale` is needed for circles only. */
export function linesOf(shape: Shape, scale: Scale): Line[] {
  const { tool, points, isClosed } = shape;
  const open = (...indices: number[]): Line => ({
    points: indices.flatMap((index) => points[index] ?? []),
    isClosed: false,
  });
  if (tool === 'probe' || tool === 'text') return [];
  if (tool === 'circle' || tool === 'ellipse') {
    const region = regionOfShape(shape, scale);
    return region?.kind === 'ellipse' ? [{ points: ellipseOutline(region), isClosed: true }] : [];
  }
  if (tool === 'bidirectional' || tool === 'cobbAngle') {
    const lines = [open(0, 1), open(2, 3)];
    if (tool === 'cobbAngle' && points.length === 4)
      lines.push({
        points: [middle(at(points, 0), at(points, 1)), middle(at(points, 2), at(points, 3))],
        isClosed: false,
        isDashed: true,
      });
    return lines;
  }
  return [{ points, isClosed: tool === 'rectangle' ? points.length > 2 : isClosed }];
}

/** The most points of a line read from a report that can be taken hold of one by one. */
const mostHandles = 40;

/** Places of a shape that can be taken hold of. */
export function handlesOf({ tool, points, handles }: Shape): readonly Point[] {
  if (!isPathTool(tool)) return tool === 'text' ? [] : points;
  if (handles) return handles;
  return points.length <= mostHandles ? points : [];
}

function moveCorner(points: readonly Point[], index: number, to: Point): Point[] {
  const opposite = at(points, (index + 2) % 4);
  const side = subtract(at(points, (index + 1) % 4), opposite);
  const other = subtract(at(points, (index + 3) % 4), opposite);
  const diagonal = subtract(to, opposite);
  // The diagonal in terms of the two sides: the rectangle keeps its directions, also one that is turned.
  const determinant = side.x * other.y - side.y * other.x;
  if (Math.abs(determinant) < 1e-9) return boxCorners(opposite, to);
  const a = (diagonal.x * other.y - diagonal.y * other.x) / determinant;
  const b = (side.x * diagonal.y - side.y * diagonal.x) / determinant;
  const moved = [...points];
  moved[index] = to;
  moved[(index + 1) % 4] = add(opposite, times(side, a));
  moved[(index + 3) % 4] = add(opposite, times(other, b));
  return moved;
}

/** An end of an axis is taken along, turning the ellipse; the other axis keeps its length and its right angle. */
function moveAxisEnd(points: readonly Point[], index: number, to: Point, scale: Scale): Point[] {
  const center = middle(at(points, 0), at(points, 1));
  const isFirst = index < 2;
  const [c, d] = isFirst ? [at(points, 2), at(points, 3)] : [at(points, 0), at(points, 1)];
  const half = distance(c, d, scale) / 2;
  const opposite = subtract(times(center, 2), to);
  const across = perpendicular(opposite, to, scale);
  const axis = index % 2 === 0 ? [to, opposite] : [opposite, to];
  const other = [subtract(center, times(across, half)), add(center, times(across, half))];
  return isFirst ? [...axis, ...other] : [...other, ...axis];
}

/** Ends of the long axis take the short one along; those of the short one slide along the long axis, at a right angle. */
function moveBidirectional(points: readonly Point[], index: number, to: Point, scale: Scale): Point[] {
  const [a, b, c, d] = [at(points, 0), at(points, 1), at(points, 2), at(points, 3)];
  const [first, second] = [projectOn(c, a, b, scale), projectOn(d, a, b, scale)];
  const build = (from: Point, end: Point, fraction: number, one: number, two: number): Point[] => {
    const foot = add(from, times(subtract(end, from), fraction));
    const across = perpendicular(from, end, scale);
    return [from, end, add(foot, times(across, one)), add(foot, times(across, two))];
  };
  if (index === 0) return build(to, b, first.fraction, first.offset, second.offset);
  if (index === 1) return build(a, to, first.fraction, first.offset, second.offset);
  const { fraction, offset } = projectOn(to, a, b, scale);
  return index === 2
    ? build(a, b, fraction, offset, second.offset)
    : build(a, b, fraction, first.offset, offset);
}

type Moved = Pick<Shape, 'points' | 'handles'>;

/** A shape after one of its handles was taken elsewhere. Livewires are not for this: their line has to be found anew. */
export function moveHandle(shape: Shape, index: number, to: Point, scale: Scale): Moved {
  const { tool, points, handles } = shape;
  const replaced = (list: readonly Point[]) => list.map((point, place) => (place === index ? to : point));
  if (tool === 'rectangle') return { points: moveCorner(points, index, to) };
  if (tool === 'ellipse') return { points: moveAxisEnd(points, index, to, scale) };
  if (tool === 'bidirectional') return { points: moveBidirectional(points, index, to, scale) };
  if (tool === 'circle' && index === 0) return moveBy(shape, subtract(to, at(points, 0)));
  if (tool === 'spline' && handles) {
    const moved = replaced(handles);
    return { handles: moved, points: closedSpline(moved) };
  }
  return { points: replaced(points) };
}

/** A shape taken elsewhere as a whole. */
export function moveBy({ points, handles }: Shape, by: Point): Moved {
  const moved = { points: points.map((point) => add(point, by)) };
  return handles ? { ...moved, handles: handles.map((point) => add(point, by)) } : moved;
}
