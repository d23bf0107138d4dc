import type { ScreenAxes } from '../viewport/orientation.ts';
import { scrollDirection } from '../viewport/stacks.ts';
import { add, between, cross, dot, scale, unit, type Vector3 } from '../viewport/vectors.ts';
import type { PlaneName } from '../workspace/tile-content.ts';
import { spacingAlong, type VolumeGrid, volumeCorners } from './volume.ts';

/**
 * How the named planes lie on the screen, as radiologists look at them: axial from the feet, coronal from the front, sagittal
 * from the patient's left.
 */
const conventions: Readonly<Record<Exclude<PlaneName, 'acquired'>, ScreenAxes>> = {
  axial: { right: [1, 0, 0], down: [0, 1, 0] },
  coronal: { right: [1, 0, 0], down: [0, 0, -1] },
  sagittal: { right: [0, 1, 0], down: [0, 0, -1] },
};

export type PlaneAxes = Readonly<Record<PlaneName, ScreenAxes>>;

/** All planes of a volume as they are at first: at right angles to the patient, and that of its own slices. */
export function namedPlanes(grid: VolumeGrid): PlaneAxes {
  const { row, column } = grid.slices;
  return { ...conventions, acquired: { right: row, down: column } };
}

/** Away from the reader, into the screen; a unit vector. */
export const intoScreen = ({ right, down }: ScreenAxes): Vector3 => cross(right, down);

/** The places along the normal of a plane that scrolling goes through, in the order of scrolling. */
export interface PlanePositions {
  /** The direction of scrolling: that of a stack in this plane; a unit vector. */
  readonly direction: Vector3;
  /** Where the first is: mm along `direction` from the origin of the patient's coordinates. */
  readonly first: number;
  /** mm. */
  readonly spacing: number;
  readonly count: number;
}

export function planePositions(grid: VolumeGrid, axes: ScreenAxes): PlanePositions {
  const direction = scrollDirection(axes.right, axes.down);
  const heights = volumeCorners(grid).map((corner) => dot(corner, direction));
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const spacing = spacingAlong(grid, direction);
  return { direction, first: low, spacing, count: Math.floor((high - low) / spacing + 1e-3) + 1 };
}

/** The position nearest to a place, from 0. */
export function positionOf({ direction, first, spacing, count }: PlanePositions, place: Vector3): number {
  const index = Math.round((dot(place, direction) - first) / spacing);
  return Math.max(0, Math.min(count - 1, index));
}

/** A place moved along the normal onto a position. */
export function moveToPosition(positions: PlanePositions, place: Vector3, index: number): Vector3 {
  const { direction, first, spacing } = positions;
  return add(place, scale(direction, first + index * spacing - dot(place, direction)));
}

/** A direction turned about an axis (unit vector) by an angle in radians, counterclockwise when the axis points at one. */
export function turned(direction: Vector3, axis: Vector3, angle: number): Vector3 {
  const along = scale(axis, dot(axis, direction));
  const aside = between(along, direction);
  return add(along, add(scale(aside, Math.cos(angle)), scale(cross(axis, aside), Math.sin(angle))));
}

/** Axes turned about an axis, kept at a right angle and of length 1 over any number of turns. */
export function turnedAxes(axes: ScreenAxes, axis: Vector3, angle: number): ScreenAxes {
  const right = unit(turned(axes.right, axis, angle)) ?? axes.right;
  const down = turned(axes.down, axis, angle);
  return { right, down: unit(between(scale(right, dot(right, down)), down)) ?? axes.down };
}

export function areSameAxes(a: ScreenAxes, b: ScreenAxes): boolean {
  return Math.hypot(...between(a.right, b.right)) < 1e-6 && Math.hypot(...between(a.down, b.down)) < 1e-6;
}

/** The direction in which two planes cut each other; undefined when they are parallel. */
export function cutDirection(a: ScreenAxes, b: ScreenAxes): Vector3 | undefined {
  const direction = cross(intoScreen(a), intoScreen(b));
  return Math.hypot(...direction) < 1e-3 ? undefined : unit(direction);
}

/** mm that the volume takes up along a plane's axes, seen from its middle: half a voxel more than the outermost centres. */
export function extentOn(
  grid: VolumeGrid,
  axes: ScreenAxes,
): { readonly width: number; readonly height: number } {
  const along = (direction: Vector3) => {
    const offsets = volumeCorners(grid).map((corner) =>
      Math.abs(dot(between(grid.center, corner), direction)),
    );
    return 2 * Math.max(...offsets) + spacingAlong(grid, direction);
  };
  return { width: along(axes.right), height: along(axes.down) };
}
