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
  /** Offsets of the planes, in `step`s: whole numbers, each one more than the one before. */
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
 * its size beyond its centre. In a slab, NaN too where padding is among the voxels: it would be darker than all there is.
 */
export function reslicePlane(
  grid: VolumeGrid,
  filled: FilledSlices,
  raster: Raster,
  values: Float32Array,
  isOfSlab = false,
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
    if (from <= to) sampleLine(grid, filled, start, direction, from, to, values, y * width, isOfSlab);
  }
}

/** Whether one of the four pixels around a place is below what counts as a value. */
function isBelow(slice: ArrayLike<number>, at: number, next: number, below: number, floor: number): boolean {
  return (
    (slice[at] as number) < floor ||
    (slice[next] as number) < floor ||
    (slice[at + below] as number) < floor ||
    (slice[next + below] as number) < floor
  );
}

/** The value between the pixels of one slice; NaN beyond half a pixel around it, and where one is below the floor. */
function bilinear(
  slice: ArrayLike<number>,
  grid: VolumeGrid,
  i: number,
  j: number,
  floor: number | undefined,
): number {
  const [lastColumn, lastRow] = [grid.columns - 1, grid.rows - 1];
  if (i < -0.5 || j < -0.5 || i > lastColumn + 0.5 || j > lastRow + 0.5) return Number.NaN;
  const x = Math.max(0, Math.min(lastColumn, i));
  const y = Math.max(0, Math.min(lastRow, j));
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const at = row * grid.columns + column;
  const next = x > column ? at + 1 : at;
  const below = y > row ? grid.columns : 0;
  if (floor !== undefined && isBelow(slice, at, next, below, floor)) return Number.NaN;
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
  isOfSlab: boolean,
): void {
  const { places, values: slices, reach } = filled;
  const floors = isOfSlab ? filled.floors : undefined;
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
      let value = bilinear(a, grid, i + up * shiftColumns, j + up * shiftRows, floors?.[lower]);
      if (part > 0) {
        const down = place - (places[lower + 1] as number);
        const b = slices[lower + 1] as ArrayLike<number>;
        const above = bilinear(b, grid, i + down * shiftColumns, j + down * shiftRows, floors?.[lower + 1]);
        value += (above - value) * part;
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
    if (floors && isBelow(a, at, next, below, floors[lower] as number)) continue;
    const top = (a[at] as number) + ((a[next] as number) - (a[at] as number)) * right;
    const bottom =
      (a[at + below] as number) + ((a[next + below] as number) - (a[at + below] as number)) * right;
    let value = top + (bottom - top) * under;
    if (part > 0) {
      const b = slices[lower + 1] as ArrayLike<number>;
      if (floors && isBelow(b, at, next, below, floors[lower + 1] as number)) continue;
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

/** What the planes of a slab are sampled into, one after the other; larger when more is asked for. */
let onePlane = new Float32Array();
let planeCounts = new Uint16Array();

/**
 * Values on a plane, or of a slab around it. No plane of a slab is passed over, however many there are: what lies between two
 * that are looked at could be the brightest. Thick slabs take seconds: compute them in pieces ({@link reslicePieces}).
 */
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
  if (onePlane.length < values.length) {
    onePlane = new Float32Array(values.length);
    planeCounts = new Uint16Array(values.length);
  }
  const plane = onePlane.subarray(0, values.length);
  const counts = planeCounts.subarray(0, values.length).fill(0);
  values.fill(Number.NaN);
  for (const offset of slab.offsets) {
    const first = add(raster.first, scale(slab.step, offset));
    reslicePlane(grid, filled, { ...raster, first }, plane, true);
    combine(slab.mode, values, counts, plane);
  }
  if (slab.mode !== 'mean') return;
  for (let at = 0; at < values.length; at++) values[at] = (values[at] as number) / (counts[at] as number);
}

/** Samples that are computed at once: some ms. */
const samplesAtOnce = 60_000;

/** Does what {@link reslice} does in pieces, one with each step, so that others can have their turn in between. */
export function* reslicePieces(
  grid: VolumeGrid,
  filled: FilledSlices,
  raster: Raster,
  slab: Slab | undefined,
  values: Float32Array,
): Generator<void> {
  const { width, height, across, down } = raster;
  const pixels = Math.max(1, Math.floor(samplesAtOnce / (slab?.offsets.length ?? 1)));
  // Whole rows, or parts of one.
  const [columns, rows] = [Math.min(width, pixels), Math.max(1, Math.floor(pixels / width))];
  for (let y = 0; y < height; y += rows) {
    for (let x = 0; x < width; x += columns) {
      const piece = {
        ...raster,
        width: Math.min(columns, width - x),
        height: Math.min(rows, height - y),
        first: add(raster.first, add(scale(across, x), scale(down, y))),
      };
      const start = y * width + x;
      reslice(grid, filled, piece, slab, values.subarray(start, start + piece.width * piece.height));
      yield;
    }
  }
}

const nowhere: Vector3 = [0, 0, 0];
/** Samples along a line through a slab. */
let through = new Float32Array(1);

/** The one value of the samples through a slab. */
function valueThrough(mode: SlabMode, samples: Float32Array): number {
  let [count, found] = [0, Number.NaN];
  for (const value of samples) {
    if (Number.isNaN(value)) continue;
    if (count === 0) found = value;
    else if (mode === 'mean') found += value;
    else if (mode === 'maximum' ? value > found : value < found) found = value;
    count++;
  }
  return mode === 'mean' ? found / count : found;
}

/** The value at one place; undefined outside the volume and where slices are missing. */
export function sampleAt(
  grid: VolumeGrid,
  filled: FilledSlices,
  place: Vector3,
  slab?: Slab,
): number | undefined {
  const count = Math.max(1, slab?.offsets.length ?? 1);
  if (through.length !== count) through = new Float32Array(count);
  // The planes of a slab are one step apart each: at one place they are a line, which is sampled at once.
  const across = slab?.step ?? nowhere;
  const first = add(place, scale(across, slab?.offsets[0] ?? 0));
  reslicePlane(grid, filled, { width: count, height: 1, first, across, down: nowhere }, through, count > 1);
  const value = slab && count > 1 ? valueThrough(slab.mode, through) : through[0];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}
