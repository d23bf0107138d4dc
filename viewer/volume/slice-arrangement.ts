import type { ImageDescription } from '../viewport/image-description.ts';
import { between, cross, dot, scale, unit, type Vector3 } from '../viewport/vectors.ts';

/** Where the slices of a volume are, all in patient coordinates (LPS, mm). */
export interface SliceArrangement {
  /** Centre of the first voxel of the first slice along the normal. */
  readonly origin: Vector3;
  /** Directions of growing column and row index, and what is at a right angle to both; unit vectors. */
  readonly row: Vector3;
  readonly column: Vector3;
  readonly normal: Vector3;
  /** From the first voxel of a slice to that of the next, of length 1: not along the normal where the gantry was tilted. */
  readonly step: Vector3;
  /** The usual distance of neighbours along the normal, mm. */
  readonly spacing: number;
  /** Indexes of the given images, along the normal. */
  readonly order: readonly number[];
  /** In that order: the distance from the first slice along the normal, in `spacing`. Whole numbers where slices are even. */
  readonly places: readonly number[];
  /** How far a slice lies beside the line through the first and the last, at most; mm. */
  readonly largestShift: number;
}

/** mm below which two slices are at the same place. */
export const samePlaceTolerance = 0.01;

/** The distance that most neighbours have, without the rounding of each single one. */
function usualDistance(distances: readonly number[]): number {
  const apart = distances.filter((distance) => distance > samePlaceTolerance).sort((a, b) => a - b);
  const median = apart[Math.floor(apart.length / 2)] ?? 1;
  const whole = distances.reduce((sum, distance) => sum + distance, 0);
  return whole / Math.max(1, Math.round(whole / median));
}

/**
 * Arranges parallel images along their normal; undefined when they have no places, or all the same one. Whether they may
 * be taken for a volume is not asked here.
 */
export function arrangeSlices(images: readonly ImageDescription[]): SliceArrangement | undefined {
  const [first] = images;
  const normal =
    first?.rowDirection && first.columnDirection && unit(cross(first.rowDirection, first.columnDirection));
  if (!first?.rowDirection || !normal) return undefined;
  const placed = images.flatMap(({ position }, index) =>
    position ? [{ index, position, height: dot(position, normal) }] : [],
  );
  placed.sort((a, b) => a.height - b.height);
  const [lowest, highest] = [placed[0], placed.at(-1)];
  if (placed.length < images.length || !lowest || !highest || highest.height <= lowest.height)
    return undefined;
  const distances = placed.slice(1).map((slice, index) => slice.height - (placed[index]?.height ?? 0));
  const rising = scale(between(lowest.position, highest.position), 1 / (highest.height - lowest.height));
  const shiftOf = ({ position, height }: (typeof placed)[number]) =>
    Math.hypot(...between(scale(rising, height - lowest.height), between(lowest.position, position)));
  const spacing = usualDistance(distances);
  return {
    origin: lowest.position,
    row: first.rowDirection,
    // At a right angle to the rows, which a header rounds.
    column: cross(normal, first.rowDirection),
    normal,
    step: unit(rising) ?? normal,
    spacing,
    order: placed.map(({ index }) => index),
    places: placed.map(({ height }) => evened((height - lowest.height) / spacing)),
    largestShift: Math.max(...placed.map(shiftOf)),
  };
}

/** Headers round places: a hundredth of the distance of slices is none. */
function evened(place: number): number {
  const whole = Math.round(place);
  return Math.abs(place - whole) < 0.01 ? whole : place;
}
