import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import dicomParser from 'dicom-parser';
import { describe, expect, it } from 'vitest';
import { describeImages } from '../../../viewer/viewport/image-description.ts';
import { add, scale, type Vector3 } from '../../../viewer/viewport/vectors.ts';
import { describeGeometry } from '../../../viewer/volume/geometry.ts';
import { namedPlanes, planePositions, turnedAxes } from '../../../viewer/volume/plane.ts';
import { type Raster, reslice, type Slab, sampleAt, slabOffsets } from '../../../viewer/volume/reslice.ts';
import { type FilledSlices, type VolumeGrid, volumeGrid } from '../../../viewer/volume/volume.ts';
import { type NiftiVolume, readNifti } from '../../support/nifti.ts';
import { makeDataSet } from './make-data-set.ts';

const shared = join(import.meta.dirname, '../../../../shared/dicom');
const isPresent = existsSync(join(shared, 'expected'));
if (!isPresent)
  process.stderr.write(`\nLEFT OUT: planes against NIfTI volumes, because ${shared} is not there\n`);

/** Header and values of an uncompressed file, read without any code of the viewer. */
function readSlice(path: string) {
  const file = readFileSync(path);
  const dataSet = dicomParser.parseDicom(file);
  const numbersOf = (tag: string) => (dataSet.string(tag) ?? '').split('\\').map(Number);
  const { dataOffset = 0, length = 0 } = dataSet.elements.x7fe00010 ?? {};
  const stored = new Int16Array(Uint8Array.from(file.subarray(dataOffset, dataOffset + length)).buffer);
  const [slope, intercept] = [dataSet.floatString('x00281053') ?? 1, dataSet.floatString('x00281052') ?? 0];
  const header = makeDataSet({
    SOPClassUID: dataSet.string('x00080016'),
    SOPInstanceUID: dataSet.string('x00080018'),
    Modality: dataSet.string('x00080060'),
    Rows: dataSet.uint16('x00280010'),
    Columns: dataSet.uint16('x00280011'),
    PixelSpacing: numbersOf('x00280030'),
    ImagePositionPatient: numbersOf('x00200032'),
    ImageOrientationPatient: numbersOf('x00200037'),
    FrameOfReferenceUID: dataSet.string('x00200052'),
  });
  return { header, values: Float32Array.from(stored, (value) => value * slope + intercept) };
}

interface Sampled {
  readonly grid: VolumeGrid;
  readonly filled: FilledSlices;
  readonly expected: NiftiVolume;
}

function readVolume(name: string): Sampled {
  const folder = join(shared, 'volumes/petct-sts003', name);
  const slices = readdirSync(folder)
    .map((file) => join(folder, file))
    .filter((path) => dicomParser.parseDicom(readFileSync(path)).elements.x7fe00010 !== undefined)
    .map(readSlice);
  const images = slices.flatMap(({ header }) => describeImages('1', '1.1', header));
  const geometry = describeGeometry(images);
  if (geometry.kind === 'refused') throw new Error(JSON.stringify(geometry.findings));
  const { order, places } = geometry.slices;
  const values = order.map((index) => slices[index]?.values ?? new Float32Array());
  return {
    grid: volumeGrid(images, geometry.slices),
    filled: { places, values, reach: 0.5 },
    expected: readNifti(join(shared, `expected/sts003-${name}-image.nii.gz`)),
  };
}

/** A raster over the whole volume through a place, along two directions. */
function rasterThrough(place: Vector3, right: Vector3, down: Vector3, step: number): Raster {
  const size = 41;
  const back = (size - 1) / 2;
  const first = add(place, add(scale(right, -back * step), scale(down, -back * step)));
  return { width: size, height: size, first, across: scale(right, step), down: scale(down, step) };
}

const placeOf = ({ first, across, down }: Raster, x: number, y: number): Vector3 =>
  add(first, add(scale(across, x), scale(down, y)));

/** Compares all samples of a raster that lie between voxels of the reference; tells how many there were. */
function compare({ grid, filled, expected }: Sampled, raster: Raster, slab?: Slab): number {
  const values = new Float32Array(raster.width * raster.height);
  reslice(grid, filled, raster, slab, values);
  let compared = 0;
  const wrong: unknown[] = [];
  for (let at = 0; at < values.length; at++) {
    const place = placeOf(raster, at % raster.width, Math.floor(at / raster.width));
    const planes = slab ? slab.offsets.map((offset) => add(place, scale(slab.step, offset))) : [place];
    const all = planes.map((one) => expected.valueAt(one));
    const known = all.filter((value) => value !== undefined);
    if (known.length < all.length) continue;
    const sum = known.reduce((total, value) => total + value, 0);
    const wanted = !slab
      ? (known[0] ?? 0)
      : slab.mode === 'mean'
        ? sum / known.length
        : slab.mode === 'maximum'
          ? Math.max(...known)
          : Math.min(...known);
    compared++;
    const got = values[at] ?? 0;
    // Headers of these files hold places to 1e-6 mm, the reference in float32.
    if (!(Math.abs(got - wanted) <= 0.05 + Math.abs(wanted) * 2e-3)) wrong.push({ place, got, wanted });
  }
  expect(wrong.slice(0, 3)).toEqual([]);
  return compared;
}

describe.skipIf(!isPresent).each([
  ['CT', 51],
  ['MR_T1', 47],
  ['PET', 51],
])('planes through the %s of a patient, against its NIfTI volume', (name, count) => {
  const volume = isPresent ? readVolume(name) : ({} as Sampled);

  it('have the voxels of the volume at the places of its voxels', () => {
    const { grid, expected, filled } = volume;
    expect([grid.columns, grid.rows, filled.places.length]).toEqual([...expected.size]);
    expect(filled.places.length).toBe(count);
    let largest = 0;
    for (let at = 0; at < expected.voxels.length; at += 97) {
      const [i, j] = [at % grid.columns, Math.floor(at / grid.columns) % grid.rows];
      const k = Math.floor(at / (grid.columns * grid.rows));
      const wanted = expected.voxels[at] ?? 0;
      const [a, b, c] = grid.axes;
      const place = add(grid.origin, add(scale(a, i), add(scale(b, j), scale(c, k))));
      const index = expected.indexOf(place);
      for (const [axis, own] of [i, j, k].entries()) expect(index[axis]).toBeCloseTo(own, 3);
      largest = Math.max(largest, Math.abs((sampleAt(grid, filled, place) ?? Number.NaN) - wanted));
    }
    expect(largest).toBeLessThan(0.02);
  });

  it.each(['axial', 'coronal', 'sagittal', 'acquired'] as const)('are right when they are %s', (plane) => {
    const { grid } = volume;
    const { right, down } = namedPlanes(grid)[plane];
    expect(compare(volume, rasterThrough(grid.center, right, down, 3.1))).toBeGreaterThan(500);
  });

  it('are right when they are oblique', () => {
    const { grid } = volume;
    const once = turnedAxes(namedPlanes(grid).coronal, [0, 0, 1], 0.5);
    const { right, down } = turnedAxes(once, [0.6, 0.8, 0], -0.4);
    expect(compare(volume, rasterThrough(grid.center, right, down, 3.1))).toBeGreaterThan(500);
  });

  it.each(['maximum', 'minimum', 'mean'] as const)('are right as a slab of 20 mm, %s', (mode) => {
    const { grid } = volume;
    const axes = namedPlanes(grid).coronal;
    const { direction, spacing } = planePositions(grid, axes);
    const slab = { mode, step: scale(direction, spacing), offsets: slabOffsets(20, spacing) };
    expect(slab.offsets.length * spacing).toBeGreaterThan(20 - spacing);
    expect(compare(volume, rasterThrough(grid.center, axes.right, axes.down, 3.1), slab)).toBeGreaterThan(
      400,
    );
  });
});
