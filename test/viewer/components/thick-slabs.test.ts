// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isQuick, measure } from '../../../viewer/measuring/measure.ts';
import type { Shape } from '../../../viewer/measuring/shapes.ts';
import { describeImages } from '../../../viewer/viewport/image-description.ts';
import { describeGeometry } from '../../../viewer/volume/geometry.ts';
import { initialMpr, isTurned, turnPlanes } from '../../../viewer/volume/mpr-state.ts';
import { areSameAxes, namedPlanes } from '../../../viewer/volume/plane.ts';
import { PlaneCanvas } from '../../../viewer/volume/plane-canvas.ts';
import { planeSurface } from '../../../viewer/volume/plane-surface.ts';
import { planeOrigin, rasterOf } from '../../../viewer/volume/plane-view.ts';
import { reslice, reslicePieces, sampleAt, slabModes } from '../../../viewer/volume/reslice.ts';
import { workInTurns } from '../../../viewer/volume/turns.ts';
import { volumeGrid } from '../../../viewer/volume/volume.ts';
import { readPlanes, writePlanes } from '../../../viewer/workspace/planes-view.ts';
import { makeSlice } from './make-data-set.ts';

/** 128 x 128 x 64 voxels of 1 mm, each with a value of its own that no neighbour has nearly. */
const size = 128;
const images = Array.from({ length: 64 }, (_, index) =>
  describeImages(
    '1',
    '1.1',
    makeSlice(index, index, { PixelSpacing: [1, 1], Rows: size, Columns: size, FrameOfReferenceUID: '1.9' }),
  ),
).flat();
const geometry = describeGeometry(images);
if (geometry.kind === 'refused') throw new Error('refused');
const grid = volumeGrid(images, geometry.slices);
const values = geometry.slices.order.map((slice) =>
  Int16Array.from({ length: size ** 2 }, (_, at) => (at * 7919 + slice * 104_729) % 4001),
);
const filled = { places: geometry.slices.places, values, reach: 0.5 };
const [image] = images;
if (!image) throw new Error('no image');

const axes = namedPlanes(grid).coronal;
const origin = planeOrigin(grid, axes, grid.center);
const layout = { axes, origin, middle: { x: 0.3, y: -0.2 }, scale: 2.2, width: 280, height: 140 };
const slabOf = (mode: (typeof slabModes)[number], aside: number) => ({
  mode,
  step: [0, 1, 0] as const,
  offsets: Array.from({ length: 2 * aside + 1 }, (_, index) => index - aside),
});
const thick = slabOf('maximum', 30);

describe('a thick slab', () => {
  it.each(slabModes)('is the same in pieces as at once, %s, and at each of its places', (mode) => {
    const slab = slabOf(mode, 40);
    const raster = rasterOf(layout, 150, 75);
    const [whole, pieced] = [new Float32Array(150 * 75), new Float32Array(150 * 75)];
    reslice(grid, filled, raster, slab, whole);
    let pieces = 0;
    for (const _ of reslicePieces(grid, filled, raster, slab, pieced)) pieces++;
    // By hand: 60 000 samples of 81 planes are 740 pixels, so 4 rows of 150.
    expect(pieces).toBe(Math.ceil(75 / 4));
    let largest = 0;
    for (let at = 0; at < whole.length; at++) {
      const [one, other] = [whole[at] ?? 0, pieced[at] ?? 0];
      expect(Number.isNaN(one)).toBe(Number.isNaN(other));
      if (!Number.isNaN(one)) largest = Math.max(largest, Math.abs(one - other));
    }
    expect(largest).toBeLessThan(0.01);
    const middle = sampleAt(grid, filled, origin, slab) ?? Number.NaN;
    const single = new Float32Array(1);
    reslice(grid, filled, { ...raster, width: 1, height: 1, first: origin }, slab, single);
    expect(middle).toBeCloseTo(single[0] ?? 0, 2);
  });

  it('is in parts of rows where one row is too much, to the last pixel', () => {
    const raster = rasterOf(layout, 1300, 2);
    const [whole, pieced] = [new Float32Array(2600), new Float32Array(2600)];
    reslice(grid, filled, raster, thick, whole);
    for (const _ of reslicePieces(grid, filled, raster, thick, pieced));
    expect(Math.max(...pieced.map((value, at) => Math.abs(value - (whole[at] ?? 0)) || 0))).toBeLessThan(
      0.01,
    );
    expect(pieced.filter(Number.isNaN)).toHaveLength(whole.filter(Number.isNaN).length);
  });
});

describe('planes that an address tells of', () => {
  it('lie, and are as thick, as it says', () => {
    const view = { ...initialMpr(grid, undefined), point: [20, 30, 40] as const };
    const turned = turnPlanes(view.axes, 'axial', 'coronal', 0.3, false);
    const slabs = { ...view.slabs, coronal: { mode: 'mean' as const, thickness: 12 } };
    const parts = writePlanes({ ...view, axes: turned, slabs });
    const read = readPlanes(...parts);
    const restored = initialMpr(grid, read && { ...read, window: undefined, isInverted: false });
    expect(restored.point).toEqual([20, 30, 40]);
    expect(restored.slabs).toEqual(slabs);
    for (const name of ['axial', 'coronal', 'sagittal', 'acquired'] as const) {
      expect(areSameAxes(restored.axes[name], turned[name])).toBe(true);
    }
    expect(isTurned(grid, restored.axes, 'coronal')).toBe(true);
    expect(isTurned(grid, restored.axes, 'axial')).toBe(false);
  });
});

describe('work in turns', () => {
  function* steps(count: number, done: number[]) {
    for (let step = 0; step < count; step++) {
      const end = performance.now() + 4;
      while (performance.now() < end);
      done.push(step);
      yield;
    }
  }

  it('lets the page have its turn in between, and is given up at once', async () => {
    const done: number[] = [];
    const onDone = vi.fn();
    workInTurns(steps(12, done), onDone);
    expect(done.length).toBeLessThan(12);
    await vi.waitFor(() => expect(onDone).toHaveBeenCalledOnce());
    expect(done).toHaveLength(12);

    const given: number[] = [];
    const giveUp = workInTurns(steps(12, given), onDone);
    giveUp();
    const before = given.length;
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(given).toHaveLength(before);
    expect(onDone).toHaveBeenCalledOnce();
  });
});

describe('the canvas of a plane', () => {
  beforeEach(() => {
    vi.stubGlobal(
      'ImageData',
      class {
        readonly data: Uint8ClampedArray;
        constructor(width: number, height: number) {
          this.data = new Uint8ClampedArray(width * height * 4);
        }
      },
    );
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
  const display = {
    key: '',
    greyOf: () => 0,
    sample: () => ({ lower: 0, upper: 4000, greys: new Float32Array(16) }),
  } as unknown as Parameters<PlaneCanvas['draw']>[3];

  it('draws a thick slab coarsely at once, refines it beside the page, and gives that up for another view', async () => {
    const canvas = new PlaneCanvas(document.createElement('div'));
    const volume = { grid, filled };
    expect(canvas.draw(volume, layout, thick, display)).toBe(false);
    const onDone = vi.fn();
    canvas.refine(volume, layout, thick, onDone);
    expect(onDone).not.toHaveBeenCalled();
    // Another view before it is done: nothing comes of it.
    const moved = { ...layout, middle: { x: 5, y: 0 } };
    expect(canvas.draw(volume, moved, thick, display)).toBe(false);
    const onMovedDone = vi.fn();
    canvas.refine(volume, moved, thick, onMovedDone);
    await vi.waitFor(() => expect(onMovedDone).toHaveBeenCalledOnce(), { timeout: 30_000 });
    expect(onDone).not.toHaveBeenCalled();
    expect(canvas.draw(volume, moved, thick, display)).toBe(true);
    canvas.remove();
  }, 40_000);
});

describe('a region on a thick slab', () => {
  const rectangle = (width: number, height: number): Shape => ({
    tool: 'rectangle',
    isClosed: true,
    points: [
      { x: -width / 2, y: -height / 2 },
      { x: width / 2, y: -height / 2 },
      { x: width / 2, y: height / 2 },
      { x: -width / 2, y: height / 2 },
    ],
  });

  it('waits for the hand to let go, where one of the same size on a plane does not', () => {
    const [plane, slab] = [undefined, thick].map((one) => planeSurface(image, layout, { grid, filled }, one));
    if (!plane || !slab) throw new Error('no surface');
    expect(isQuick(rectangle(120, 60), plane)).toBe(true);
    expect(isQuick(rectangle(120, 60), slab)).toBe(false);
    expect(isQuick(rectangle(20, 10), slab)).toBe(true);
  });

  it('is of all places up to what takes a second, and of fewer, evenly, beyond: and says so', () => {
    const surface = planeSurface(image, layout, { grid, filled }, thick);
    const asked = vi.fn(surface.valueAt);
    const all = measure(rectangle(120, 60), { ...surface, valueAt: asked });
    expect(all.notice).toBeUndefined();
    expect(asked).toHaveBeenCalledTimes(120 * 60);

    asked.mockClear();
    const many = { ...surface, valueAt: asked, samplesPerValue: 40_000 };
    const some = measure(rectangle(120, 60), many);
    expect(some.notice).toBe('thinned');
    // 7 200 places of 40 000 samples are 288 million, of which 15 million are looked at: one place in 19.2.
    expect(asked.mock.calls.length).toBeGreaterThan(330);
    expect(asked.mock.calls.length).toBeLessThan(420);
    const meanOf = ({ values: found }: typeof all) =>
      found.find(({ quantity }) => quantity === 'mean')?.value;
    expect(Math.abs((meanOf(some) ?? Number.NaN) - (meanOf(all) ?? 0))).toBeLessThan(200);
  });
});
