/** A place (mm) or a direction in patient coordinates: +x left, +y posterior, +z head (LPS). */
export type Vector3 = readonly [number, number, number];

export function dot(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function scale(a: Vector3, factor: number): Vector3 {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

/** From one place to another. */
export function between(from: Vector3, to: Vector3): Vector3 {
  return [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
}

export function add(a: Vector3, b: Vector3): Vector3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

/** The direction of a vector, of length 1; undefined when it has none, or isn't finite. */
export function unit(a: Vector3): Vector3 | undefined {
  const length = Math.hypot(...a);
  return length > 1e-6 && Number.isFinite(length) ? scale(a, 1 / length) : undefined;
}
