import type { ImageDescription } from '../viewport/image-description.ts';
import type { DisplayPixels } from '../viewport/pixels/monochrome.ts';
import { add, between, dot, scale, type Vector3 } from '../viewport/vectors.ts';
import type { SliceArrangement } from './slice-arrangement.ts';

/** Values of one slice in rows, as the image loader gives them (after the modality transformation). */
export type SliceValues = DisplayPixels;

/** What of a volume is in memory: slices along the normal. */
export interface FilledSlices {
  /** Where each slice is, in the usual distance from the first; growing. */
  readonly places: readonly number[];
  readonly values: readonly SliceValues[];
  /**
   * How far from a slice, in the usual distance, its values hold where the next one is missing: half of it, so that what is
   * missing stays empty; without end while slices are on their way.
   */
  readonly reach: number;
  /**
   * The lowest value of each slice that is one: what lies below is Pixel Padding, which slabs pass over. Left out where no
   * slice has such.
   */
  readonly floors?: readonly number[];
}

/** The grid of a volume in the patient. Indexes (column, row, place) count from 0 at the centre of the first voxel. */
export interface VolumeGrid {
  readonly columns: number;
  readonly rows: number;
  /** The place of the last slice. */
  readonly lastPlace: number;
  readonly slices: SliceArrangement;
  /** mm between columns, rows and slices. */
  readonly spacing: Vector3;
  /** LPS, mm; of voxel (0, 0, 0). */
  readonly origin: Vector3;
  /** Patient mm for one more column, row, place: not at right angles where the gantry was tilted. */
  readonly axes: readonly [Vector3, Vector3, Vector3];
  /** Columns and rows by which each slice is shifted against the one before; 0 where the gantry was not tilted. */
  readonly shift: readonly [number, number];
  /** Columns, rows and places for one mm in x, y and z: what takes patient coordinates back to indexes. */
  readonly inverse: readonly [Vector3, Vector3, Vector3];
  /** The middle of the volume, LPS, mm. */
  readonly center: Vector3;
}

/** Pixels from slice to slice that are none: what rounding in headers comes to. */
const smallestShift = 1e-3;

/** The grid of images that were found to be slices of a volume. */
export function volumeGrid(images: readonly ImageDescription[], slices: SliceArrangement): VolumeGrid {
  const [first] = images;
  const { columns = 0, rows = 0, columnSpacing = 1, rowSpacing = 1 } = first ?? {};
  const { normal, row, column, spacing, origin } = slices;
  // From slice to slice: 1 mm along the normal, and sideways what the tilt makes of it.
  const rising = scale(slices.step, 1 / dot(slices.step, normal));
  const sheared = (direction: Vector3, length: number) =>
    scale(between(scale(normal, dot(direction, rising)), direction), 1 / length);
  const shiftAlong = (direction: Vector3, length: number) => {
    const shift = (dot(direction, rising) * spacing) / length;
    return Math.abs(shift) < smallestShift ? 0 : shift;
  };
  const axes = [scale(row, columnSpacing), scale(column, rowSpacing), scale(rising, spacing)] as const;
  const lastPlace = slices.places.at(-1) ?? 0;
  const middle = [(columns - 1) / 2, (rows - 1) / 2, lastPlace / 2] as const;
  return {
    columns,
    rows,
    lastPlace,
    slices,
    spacing: [columnSpacing, rowSpacing, spacing],
    origin,
    axes,
    shift: [shiftAlong(row, columnSpacing), shiftAlong(column, rowSpacing)],
    inverse: [sheared(row, columnSpacing), sheared(column, rowSpacing), scale(normal, 1 / spacing)],
    center: indexToPatient({ origin, axes }, middle),
  };
}

export function indexToPatient(grid: Pick<VolumeGrid, 'origin' | 'axes'>, [i, j, k]: Vector3): Vector3 {
  const [a, b, c] = grid.axes;
  return add(grid.origin, add(add(scale(a, i), scale(b, j)), scale(c, k)));
}

export function patientToIndex(grid: Pick<VolumeGrid, 'origin' | 'inverse'>, place: Vector3): Vector3 {
  const offset = between(grid.origin, place);
  const [a, b, c] = grid.inverse;
  return [dot(a, offset), dot(b, offset), dot(c, offset)];
}

/** The nearest place within the outermost voxels. */
export function insideVolume(grid: VolumeGrid, place: Vector3): Vector3 {
  const [i, j, k] = patientToIndex(grid, place);
  const inside = (value: number, last: number) => Math.max(0, Math.min(last, value));
  return indexToPatient(grid, [
    inside(i, grid.columns - 1),
    inside(j, grid.rows - 1),
    inside(k, grid.lastPlace),
  ]);
}

/** The eight outermost voxel centres, LPS, mm. */
export function volumeCorners(grid: VolumeGrid): Vector3[] {
  const ends = [
    [0, grid.columns - 1],
    [0, grid.rows - 1],
    [0, grid.lastPlace],
  ] as const;
  return ends[0].flatMap((i) => ends[1].flatMap((j) => ends[2].map((k) => indexToPatient(grid, [i, j, k]))));
}

/** mm from one plane to the next when a volume is gone through in a direction (unit vector): its own spacing along it. */
export function spacingAlong(grid: VolumeGrid, direction: Vector3): number {
  const { row, column, normal } = grid.slices;
  const parts = [row, column, normal].map((axis, index) => dot(direction, axis) / (grid.spacing[index] ?? 1));
  return 1 / Math.hypot(...parts);
}
