/**
 * Bodies to build phantoms of. Coordinates are those of the patient (PS3.3 C.7.6.2.1.1), in mm: x grows to the left
 * hand, y to the back, z to the head.
 */

/** A shape cut at one height: a bounding box in mm, and the value at a point, `nothing` outside the shape. */
export interface Slice {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  at(x: number, y: number): number;
}

/** A shape, cut at `z`; undefined where it does not reach. */
export type Shape = (z: number) => Slice | undefined;

/** The value within a shape; `depth` is 0 at its surface and 1 at its centre or axis. */
export type Tissue = (x: number, y: number, z: number, depth: number) => number;

/** Not inside. Lower than any value that a tissue has. */
export const nothing = -32768;

export interface Ellipsoid {
  readonly center: readonly [number, number, number];
  readonly radii: readonly [number, number, number];
  /** Turn about the z axis, in degrees, from x towards y. */
  readonly turnDegrees?: number;
}

export function ellipsoid({ center, radii, turnDegrees = 0 }: Ellipsoid, tissue: number | Tissue): Shape {
  const [cx, cy, cz] = center;
  const [rx, ry, rz] = radii;
  const cos = Math.cos((turnDegrees * Math.PI) / 180);
  const sin = Math.sin((turnDegrees * Math.PI) / 180);
  const valueAt = asTissue(tissue);
  return (z) => {
    const w = ((z - cz) / rz) ** 2;
    if (w >= 1) return undefined;
    const reach = Math.sqrt(1 - w);
    const halfWidth = reach * Math.hypot(rx * cos, ry * sin);
    const halfDepth = reach * Math.hypot(rx * sin, ry * cos);
    return {
      x0: cx - halfWidth,
      x1: cx + halfWidth,
      y0: cy - halfDepth,
      y1: cy + halfDepth,
      at(x, y) {
        const u = ((x - cx) * cos + (y - cy) * sin) / rx;
        const v = ((y - cy) * cos - (x - cx) * sin) / ry;
        const s = u * u + v * v + w;
        return s >= 1 ? nothing : valueAt(x, y, z, 1 - Math.sqrt(s));
      },
    };
  };
}

export type Point = readonly [number, number, number];

/** All points within `radius` of the segment from `a` to `b`. */
export function capsule(a: Point, b: Point, radius: number, tissue: number | Tissue): Shape {
  const [ax, ay, az] = a;
  const [dx, dy, dz] = [b[0] - ax, b[1] - ay, b[2] - az];
  const lengthSquared = dx * dx + dy * dy + dz * dz || 1;
  const valueAt = asTissue(tissue);
  return (z) => {
    if (z < Math.min(az, b[2]) - radius || z > Math.max(az, b[2]) + radius) return undefined;
    return {
      x0: Math.min(ax, b[0]) - radius,
      x1: Math.max(ax, b[0]) + radius,
      y0: Math.min(ay, b[1]) - radius,
      y1: Math.max(ay, b[1]) + radius,
      at(x, y) {
        const along = ((x - ax) * dx + (y - ay) * dy + (z - az) * dz) / lengthSquared;
        const t = along < 0 ? 0 : Math.min(along, 1);
        const [px, py, pz] = [x - ax - t * dx, y - ay - t * dy, z - az - t * dz];
        const distanceSquared = px * px + py * py + pz * pz;
        if (distanceSquared >= radius * radius) return nothing;
        return valueAt(x, y, z, 1 - Math.sqrt(distanceSquared) / radius);
      },
    };
  };
}

/** A tube along several points. */
export function tube(points: readonly Point[], radius: number, tissue: number | Tissue): Shape[] {
  return points.slice(1).map((point, i) => capsule(points[i] ?? point, point, radius, tissue));
}

/** A shape and its mirror image at the other side of the body. */
export function bothSides(make: (side: 1 | -1) => Shape): Shape[] {
  return [make(1), make(-1)];
}

/** Cuts all shapes at `z`; where they overlap, the first one counts. `nothing` where there is none. */
export function cutShapes(shapes: readonly Shape[], z: number): (x: number, y: number) => number {
  const slices = shapes.flatMap((shape) => shape(z) ?? []);
  return (x, y) => {
    for (let i = 0; i < slices.length; i++) {
      const slice = slices[i];
      if (slice === undefined || x < slice.x0 || x > slice.x1 || y < slice.y0 || y > slice.y1) continue;
      const value = slice.at(x, y);
      if (value !== nothing) return value;
    }
    return nothing;
  };
}

/** 0 up to `from`, 1 beyond `to`, and smooth in between. */
export function ramp(from: number, to: number, value: number): number {
  const t = (value - from) / (to - from);
  return t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t);
}

function asTissue(tissue: number | Tissue): Tissue {
  return typeof tissue === 'number' ? () => tissue : tissue;
}
