import { add, dot, scale, type Vector3 } from '../viewport/vectors.ts';
import { type FilledSlices, patientToIndex, type VolumeGrid } from './volume.ts';

/** Samples in rows on a plane: where the first is (LPS, mm), and the way to the next in its row and to the next row. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly first: Vector3;
  readonly across: Vector3;
  readonly down: Vector3;
}

/** How the planes of a slab become one. */
export type SlabMode = 'maximum' | 'minimum' | 'mean';
export const slabModes: readonly SlabMode[] = ['maximum', 'minimum', 'mean'];

/** Planes at both sides of the middle one that become one picture with it. */
export interface Slab {
  readonly mode: SlabMode;
  /** From each plane to the next, patient mm. */
  readonly step: Vector3;
  /** Offsets of the planes, in `step`s. */
  readonly offsets: readonly number[];
}

/** Neighbours further apart than this, in the usual distance, have something missing between them. */
const widestNeighbours = 1.5;

/**
 * The planes of a slab: one in the middle and as many at each side as make up the thickness, each counted as thick as the
 * volume's spacing along the normal is. All fall on slices of the volume where the middle one does.
 *
 * @param thickness mm
 * @param spacing mm between the planes
 */
export function slabOffsets(thickness: number, spacing: number): number[] {
  const aside = Math.max(0, Math.round((thickness / spacing - 1) / 2));
  return Array.from({ length: 2 * aside + 1 }, (_, index) => index - aside);
}

/** The part of a line `start + n * step`, n from 0 to `count` - 1, that lies within half a voxel around [0, last]. */
function clip(start: number, step: number, last: number, count: number): readonly [number, number] {
  const [low, high] = [-0.5, last + 0.5];
  if (Math.abs(step) < 1e-9) return start >= low && start <= high ? [0, count - 1] : [0, -1];
  const [a, b] = [(low - start) / step, (high - start) / step];
  return [
    Math.max(0, Math.ceil(Math.min(a, b) - 1e-9)),
    Math.min(count - 1, Math.floor(Math.max(a, b) + 1e-9)),
  ];
}

/**
 * Values on one plane, trilinear between voxels, NaN outside the volume and where slices are missing. A voxel reaches half
 * its size beyond its centre.
 */
export function reslicePlane(
  grid: VolumeGrid,
  filled: FilledSlices,
  raster: Raster,
  values: Float32Array,
): void {
  const { width, height, across, down, first } = raster;
  const { places } = filled;
  const direction = [0, 1, 2].map((axis) =>
    dot(grid.inverse[axis as 0 | 1 | 2], across),
  ) as unknown as Vector3;
  const endPlace = places.at(-1) ?? 0;
  const startPlace = places[0] ?? 0;
  values.fill(Number.NaN);
  if (places.length === 0) return;
  const isFilling = filled.reach > 1;
  for (let y = 0; y < height; y++) {
    const start = patientToIndex(grid, add(first, scale(down, y)));
    const ranges = [
      clip(start[0], direction[0], grid.columns - 1, width),
      clip(start[1], direction[1], grid.rows - 1, width),
      isFilling
        ? clip(start[2], direction[2], grid.lastPlace, width)
        : clip(start[2] - startPlace, direction[2], endPlace - startPlace, width),
    ];
    const from = Math.max(...ranges.map(([begin]) => begin));
    const to = Math.min(...ranges.map(([, end]) => end));
    if (from <= to) sampleLine(grid, filled, start, direction, from, to, values, y * width);
  }
}

/** The value between the pixels of one slice; NaN beyond half a pixel around it. */
function bilinear(slice: ArrayLike<number>, grid: VolumeGrid, i: number, j: number): number {
  const [lastColumn, lastRow] = [grid.columns - 1, grid.rows - 1];
  if (i < -0.5 || j < -0.5 || i > lastColumn + 0.5 || j > lastRow + 0.5) return Number.NaN;
  const x = Math.max(0, Math.min(lastColumn, i));
  const y = Math.max(0, Math.min(lastRow, j));
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const at = row * grid.columns + column;
  const next = x > column ? at + 1 : at;
  const below = y > row ? grid.columns : 0;
  const top = (slice[at] as number) + ((slice[next] as number) - (slice[at] as number)) * (x - column);
  const bottom =
    (slice[at + below] as number) +
    ((slice[next + below] as number) - (slice[at + below] as number)) * (x - column);
  return top + (bottom - top) * (y - row);
}

/** Samples `from` to `to` of a line in indexes into `values`, from `offset` on. All of them are inside the volume. */
function sampleLine(
  grid: VolumeGrid,
  filled: FilledSlices,
  start: Vector3,
  direction: Vector3,
  from: number,
  to: number,
  values: Float32Array,
  offset: number,
): void {
  const { places, values: slices, reach } = filled;
  const { columns } = grid;
  const [shiftColumns, shiftRows] = grid.shift;
  const isSheared = shiftColumns !== 0 || shiftRows !== 0;
  const [lastColumn, lastRow, lastSlice] = [columns - 1, grid.rows - 1, places.length - 1];
  let slice = 0;
  for (let x = from; x <= to; x++) {
    const place = start[2] + direction[2] * x;
    while (slice < lastSlice && (places[slice + 1] as number) <= place) slice++;
    while (slice > 0 && (places[slice] as number) > place) slice--;
    const here = places[slice] as number;
    let part = 0;
    let lower = slice;
    if (place > here && slice < lastSlice) {
      const distance = (places[slice + 1] as number) - here;
      part = (place - here) / distance;
      if (distance > widestNeighbours) {
        if (Math.min(place - here, here + distance - place) > reach) continue;
        lower = part < 0.5 ? slice : slice + 1;
        part = 0;
      }
    }
    const a = slices[lower] as ArrayLike<number>;
    let i = start[0] + direction[0] * x;
    let j = start[1] + direction[1] * x;
    if (isSheared) {
      // Between tilted slices the neighbours of a place lie straight above and below it, not along the shifted columns.
      const up = place - (places[lower] as number);
      let value = bilinear(a, grid, i + up * shiftColumns, j + up * shiftRows);
      if (part > 0) {
        const down = place - (places[lower + 1] as number);
        const b = slices[lower + 1] as ArrayLike<number>;
        value += (bilinear(b, grid, i + down * shiftColumns, j + down * shiftRows) - value) * part;
      }
      values[offset + x] = value;
      continue;
    }
    i = i < 0 ? 0 : Math.min(i, lastColumn);
    j = j < 0 ? 0 : Math.min(j, lastRow);
    const column = i | 0;
    const row = j | 0;
    const right = i - column;
    const under = j - row;
    const at = row * columns + column;
    const next = right > 0 ? at + 1 : at;
    const below = under > 0 ? columns : 0;
    const top = (a[at] as number) + ((a[next] as number) - (a[at] as number)) * right;
    const bottom =
      (a[at + below] as number) + ((a[next + below] as number) - (a[at + below] as number)) * right;
    let value = top + (bottom - top) * under;
    if (part > 0) {
      const b = slices[lower + 1] as ArrayLike<number>;
      const topB = (b[at] as number) + ((b[next] as number) - (b[at] as number)) * right;
      const bottomB =
        (b[at + below] as number) + ((b[next + below] as number) - (b[at + below] as number)) * right;
      value += (topB + (bottomB - topB) * under - value) * part;
    }
    values[offset + x] = value;
  }
}

/** Takes the values of one more plane of a slab into those of the planes before. NaN says nothing. */
function combine(mode: SlabMode, sum: Float32Array, counts: Uint16Array, plane: Float32Array): void {
  for (let at = 0; at < sum.length; at++) {
    const value = plane[at] as number;
    if (Number.isNaN(value)) continue;
    const before = sum[at] as number;
    if (counts[at] === 0) sum[at] = value;
    else if (mode === 'mean') sum[at] = before + value;
    else if (mode === 'maximum' ? value > before : value < before) sum[at] = value;
    counts[at] = (counts[at] as number) + 1;
  }
}

/** Values on a plane, or of a slab around it. */
export function reslice(
  grid: VolumeGrid,
  filled: FilledSlices,
  raster: Raster,
  slab: Slab | undefined,
  values: Float32Array,
): void {
  if (!slab || slab.offsets.length < 2) {
    reslicePlane(grid, filled, raster, values);
    return;
  }
  const plane = new Float32Array(values.length);
  const counts = new Uint16Array(values.length);
  values.fill(Number.NaN);
  for (const offset of slab.offsets) {
    reslicePlane(grid, filled, { ...raster, first: add(raster.first, scale(slab.step, offset)) }, plane);
    combine(slab.mode, values, counts, plane);
  }
  if (slab.mode !== 'mean') return;
  for (let at = 0; at < values.length; at++) values[at] = (values[at] as number) / (counts[at] as number);
}

const single = new Float32Array(1);

/** The value at one place; undefined outside the volume and where slices are missing. */
export function sampleAt(
  grid: VolumeGrid,
  filled: FilledSlices,
  place: Vector3,
  slab?: Slab,
): number | undefined {
  const raster = { width: 1, height: 1, first: place, across: [0, 0, 0], down: [0, 0, 0] } as const;
  reslice(grid, filled, raster, slab, single);
  const [value] = single;
  return value === undefined || Number.isNaN(value) ? undefined : value;
}
