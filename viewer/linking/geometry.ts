import type { ImageDescription } from '../viewport/image-description.ts';
import type { ImageStack } from '../viewport/stacks.ts';
import { cross, dot, type Vector3 } from '../viewport/vectors.ts';

/** A plane in the patient: a place on it and its normal (LPS, mm). */
export interface Plane {
  readonly place: Vector3;
  readonly normal: Vector3;
}

/** A flat rectangle in the patient by its corners, going round (LPS, mm). */
export type Rectangle = readonly [Vector3, Vector3, Vector3, Vector3];

export const distanceTo = ({ place, normal }: Plane, point: Vector3): number =>
  dot(normal, point) - dot(normal, place);

function along(image: ImageDescription, x: number, y: number): Vector3 | undefined {
  const { position, rowDirection, columnDirection, columnSpacing, rowSpacing } = image;
  if (!position || !rowDirection || !columnDirection) return undefined;
  const [right, down] = [x * columnSpacing, y * rowSpacing];
  const part = (axis: 0 | 1 | 2) =>
    position[axis] + rowDirection[axis] * right + columnDirection[axis] * down;
  return [part(0), part(1), part(2)];
}

/** The middle of an image in the patient; undefined where nothing is known of its place. */
export const middleOf = (image: ImageDescription): Vector3 | undefined =>
  along(image, (image.columns - 1) / 2, (image.rows - 1) / 2);

/** The outer edge of the pixels of an image. */
export function rectangleOf(image: ImageDescription): Rectangle | undefined {
  const [right, bottom] = [image.columns - 0.5, image.rows - 0.5];
  const corners = [
    along(image, -0.5, -0.5),
    along(image, right, -0.5),
    along(image, right, bottom),
    along(image, -0.5, bottom),
  ] as const;
  return corners.every((corner) => corner !== undefined) ? (corners as Rectangle) : undefined;
}

export function normalOf(image: ImageDescription): Vector3 | undefined {
  return image.rowDirection && image.columnDirection
    ? cross(image.rowDirection, image.columnDirection)
    : undefined;
}

/**
 * Where a rectangle goes through a plane: the two ends of the line, in patient coordinates. Undefined when it doesn't reach
 * the plane, or lies in it.
 */
export function crossing(rectangle: Rectangle, plane: Plane): readonly [Vector3, Vector3] | undefined {
  const ends: Vector3[] = [];
  for (const [at, from] of rectangle.entries()) {
    const to = rectangle[(at + 1) % 4] ?? from;
    const [a, b] = [distanceTo(plane, from), distanceTo(plane, to)];
    // A corner in the plane belongs to the edge that leaves it, so that it is counted once.
    if (a === b || a * b > 0 || b === 0) continue;
    const share = a / (a - b);
    const part = (axis: 0 | 1 | 2) => from[axis] + (to[axis] - from[axis]) * share;
    ends.push([part(0), part(1), part(2)]);
  }
  const [first, second] = ends;
  return first && second ? [first, second] : undefined;
}

/** Normals further apart than about 25 degrees are those of other directions: scrolling one is no scrolling of the other. */
const parallelCosine = 0.9;

export function areParallel(a: Vector3, b: Vector3): boolean {
  return Math.abs(dot(a, b)) >= parallelCosine;
}

/** Half the distance of an image to its nearest neighbour along the normal, mm; of a single one half its thickness. */
export function halfSlice(stack: ImageStack, index: number): number {
  const image = stack.images[index];
  const normal = image && normalOf(image);
  const place = image?.position;
  if (!image || !normal || !place) return 0;
  const distances = [stack.images[index - 1], stack.images[index + 1]].flatMap((other) =>
    other?.position ? [Math.abs(distanceTo({ place, normal }, other.position))] : [],
  );
  const nearest = Math.min(...distances.filter((distance) => distance > 0.01));
  const spacing = Number.isFinite(nearest) ? nearest : (image.sliceThickness ?? 1);
  return spacing / 2;
}
