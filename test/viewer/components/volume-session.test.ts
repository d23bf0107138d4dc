// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { describeImages } from '../../../viewer/viewport/image-description.ts';
import { isInVolume } from '../../../viewer/viewport/images-in-volumes.ts';
import { memoryBudget } from '../../../viewer/viewport/memory-budget.ts';
import type { ImageStack } from '../../../viewer/viewport/stacks.ts';
import { makeDisplaySets } from '../../../viewer/viewport/stacks.ts';
import { fillOrder } from '../../../viewer/volume/fill-order.ts';
import { describeGeometry } from '../../../viewer/volume/geometry.ts';
import { planeSurface } from '../../../viewer/volume/plane-surface.ts';
import { planeOrigin } from '../../../viewer/volume/plane-view.ts';
import { type SlabMode, sampleAt, slabOffsets } from '../../../viewer/volume/reslice.ts';
import { volumeGrid } from '../../../viewer/volume/volume.ts';
import { enterVolume, leaveVolume, type VolumeSession } from '../../../viewer/volume/volume-session.ts';
import { makeSlice } from './make-data-set.ts';

const padding: { value: number | undefined; isHidden: boolean } = vi.hoisted(() => ({
  value: undefined,
  isHidden: false,
}));
/** Images that arrive when they are let, each with values of its own: its height in all pixels. */
const waiting = new Map<string, { arrive: () => void; fail: () => void }>();
vi.mock('../../../viewer/viewport/load-image.ts', () => ({
  describeFailure: (error: Error) => ({ reason: 'network', detail: error.message }),
  loadImage: (imageId: string) =>
    new Promise((resolve, reject) => {
      const height = Number(imageId.split('/').at(-2)?.split('.').at(-1)) * 2;
      const values = new Int16Array(16).fill(height);
      if (padding.value !== undefined) values[0] = padding.value;
      const isPadding = padding.value === undefined ? undefined : (value: number) => value === -2000;
      const facts = { values, range: [height, height], isPadding };
      waiting.set(imageId, {
        arrive: () => resolve({ facts, getPixelData: () => (padding.isHidden ? values.slice() : values) }),
        fail: () => reject(new Error('gone')),
      });
    }),
}));

function makeStack(count: number, series = '1.1'): ImageStack {
  const slices = Array.from({ length: count }, (_, index) =>
    makeSlice(index, index * 2, { PixelSpacing: [1, 1], FrameOfReferenceUID: '1.9' }),
  );
  const [set] = makeDisplaySets('1', series, slices);
  if (set?.kind !== 'image') throw new Error('not a stack');
  return set;
}

const settle = () => new Promise((resolve) => setTimeout(resolve));
const numberOf = (imageId: string) => Number(imageId.split('/').at(-2)?.split('.').at(-1));

/** Lets everything arrive, but fails the slices with the given numbers; tells in which order they were asked for. */
async function letArrive(failing: readonly number[] = []): Promise<number[]> {
  const order: number[] = [];
  while (waiting.size > 0) {
    for (const [imageId, { arrive, fail }] of [...waiting]) {
      waiting.delete(imageId);
      order.push(numberOf(imageId));
      if (failing.includes(numberOf(imageId))) fail();
      else arrive();
    }
    await settle();
  }
  return order;
}

function enter(stack: ImageStack): VolumeSession {
  const session = enterVolume(stack);
  if (!session) throw new Error('refused');
  return session;
}
const valueAt = ({ grid, filled }: VolumeSession, z: number) => sampleAt(grid, filled, [1, 1, z]);

beforeEach(() => waiting.clear());

describe('the volume of a stack', () => {
  it('is fetched so that all of it is seen early, the nearest slice standing in for those to come', async () => {
    expect(fillOrder(20)).toEqual([10, 0, 19, 8, 16, 4, 12, 2, 6, 14, 18, 1, 3, 5, 7, 9, 11, 13, 15, 17]);
    expect(fillOrder(1)).toEqual([0]);
    const session = enter(makeStack(20));
    expect(waiting.size).toBe(4);
    const first = [...waiting.keys()].map(numberOf);
    expect(first).toEqual([10, 0, 19, 8]);
    for (const [imageId, { arrive }] of [...waiting].slice(0, 3)) {
      waiting.delete(imageId);
      arrive();
    }
    await settle();
    expect(session.filled.places).toEqual([0, 10, 19]);
    expect([0, 9, 11, 38].map((z) => valueAt(session, z))).toEqual([0, 0, 20, 38]);
    await letArrive();
    expect(session.filled.places).toHaveLength(20);
    expect(valueAt(session, 9)).toBe(9);
    expect(session.range).toEqual([0, 38]);
    leaveVolume(session);
  });

  it('leaves the place of a slice that did not come empty, and fetches it when told to', async () => {
    const session = enter(makeStack(9));
    await letArrive([4]);
    expect(session.failedCount).toBe(1);
    // Slices are 2 mm apart and reach 1 mm beyond themselves.
    expect([6, 6.9, 8, 9.1, 10].map((z) => valueAt(session, z))).toEqual([6, 6, undefined, 10, 10]);
    session.retry();
    await letArrive();
    expect(session.failedCount).toBe(0);
    expect(valueAt(session, 8)).toBe(8);
    leaveVolume(session);
  });

  it('fails when nothing of it comes', async () => {
    const session = enter(makeStack(5));
    await letArrive([0, 1, 2, 3, 4]);
    expect(session.failure).toMatchObject({ reason: 'network' });
    leaveVolume(session);
  });

  it('is one for all viewports, and lets its slices go with the last of them', async () => {
    const stack = makeStack(6);
    const session = enter(stack);
    expect(enter(stack)).toBe(session);
    await letArrive();
    leaveVolume(session);
    expect(session.filled.places).toHaveLength(6);
    leaveVolume(session);
    expect(session.filled.values).toEqual([]);
    expect(enter(stack)).not.toBe(session);
  });

  it('has its images kept, and counts what it holds beside them, until it is left', async () => {
    const stack = makeStack(6, '1.5');
    padding.value = -2000;
    padding.isHidden = true;
    const session = enter(stack);
    await letArrive();
    padding.value = undefined;
    padding.isHidden = false;
    // 16 pixels as 32-bit numbers, of 6 slices: padding that would be seen is taken out of a copy.
    expect(memoryBudget.usedBytes).toBe(16 * 4 * 6);
    expect(stack.images.every(({ imageId }) => isInVolume(imageId))).toBe(true);
    leaveVolume(session);
    expect(memoryBudget.usedBytes).toBe(0);
    expect(stack.images.some(({ imageId }) => isInVolume(imageId))).toBe(false);
  });

  it('is not made where all memory for volumes would not hold it', () => {
    const stack = makeStack(6, '1.6');
    const images = stack.images.map((image) => ({ ...image, rows: 16_384, columns: 16_384 }));
    expect(enterVolume({ ...stack, images })).toBeUndefined();
  });

  it('is seen as before when the series grows', async () => {
    const session = enter(makeStack(6));
    session.change({ point: [1, 1, 4], isInverted: true });
    const grown = enter({ ...makeStack(8), id: session.stack.id });
    expect(grown.mpr).toMatchObject({ point: [1, 1, 4], isInverted: true });
    leaveVolume(session);
    leaveVolume(grown);
  });

  it('is refused where there is none', () => {
    expect(enterVolume(makeStack(2, '1.2'))).toBeUndefined();
  });
});

describe('a plane as a surface', () => {
  it('takes places to the screen, to the patient and back, and gives values in mm', async () => {
    const session = enter(makeStack(9));
    await letArrive();
    const { grid, filled, mpr, stack } = session;
    const axes = mpr.axes.coronal;
    const image = stack.images[0];
    if (!image) throw new Error('no image');
    const origin = planeOrigin(grid, axes, [0, 2, 3]);
    const layout = { axes, origin, middle: { x: 0.5, y: -1 }, scale: 10, width: 200, height: 100 };
    const surface = planeSurface(image, layout, { grid, filled }, undefined);
    // Four columns of 1 mm and nine slices of 2 mm: the middle is at 1.5, 1.5, 8; the plane lies at y = 2.
    expect(surface.toPatient({ x: 0, y: 0 })).toEqual([1.5, 2, 8]);
    expect(surface.toPatient({ x: 1, y: 3 })).toEqual([2.5, 2, 5]);
    expect(surface.toScreen({ x: 0.5, y: -1 })).toEqual({ left: 100, top: 50 });
    expect(surface.fromScreen({ left: 120, top: 40 })).toEqual({ x: 2.5, y: -2 });
    expect(surface.fromPatient([2.5, 5, 5])).toEqual({ x: 1, y: 3, distance: 3 });
    expect(surface.valueAt({ x: 0, y: 3 })).toBeCloseTo(5, 6);
    expect(surface.valueAt({ x: 3, y: 0 })).toBeUndefined();
    expect(surface).toMatchObject({ kind: 'plane', frameOfReferenceUID: '1.9', valueUnit: 'HU' });
    const measuredOnPlanes = { slope: 2, intercept: 10, unit: 'normalized' };
    const rescaled = planeSurface({ ...image, measuredOnPlanes }, layout, { grid, filled }, undefined);
    expect(rescaled.valueAt({ x: 0, y: 3 })).toBeCloseTo(20, 6);
    expect(rescaled.valueUnit).toBe('normalized');
    const down = planeSurface(image, { ...layout, scale: 3 }, { grid, filled }, undefined);
    expect(down.key).toBe(surface.key);
    // Through three slices, 2 mm apart.
    const slab = { mode: 'maximum', step: [0, 0, 2], offsets: slabOffsets(6, 2) } as const;
    const thick = planeSurface(image, layout, { grid, filled }, slab);
    expect(thick.valueAt({ x: 0, y: 3 })).toBeCloseTo(7, 6);
    expect(thick.key).not.toBe(surface.key);
    leaveVolume(session);
  });

  it.each([
    [0, 3, 1],
    [3, 3, 1],
    [10, 3, 3],
    [20, 3, 7],
    [10, 0.976562, 11],
  ])('%s mm of planes %s mm apart are %s planes', (thickness, spacing, count) => {
    const offsets = slabOffsets(thickness, spacing);
    expect(offsets).toHaveLength(count);
    expect((offsets[0] ?? 0) + (offsets.at(-1) ?? 1)).toBe(0);
  });
});

describe('slices with padding below all their values', () => {
  it('show it as it is in a plane, but slabs are of values only', async () => {
    padding.value = -2000;
    const session = enter(makeStack(9, '1.8'));
    await letArrive();
    padding.value = undefined;
    const { grid, filled } = session;
    // Slices have their height in all pixels but the first, which is padding.
    const through = (mode: SlabMode, x: number) =>
      sampleAt(grid, filled, [x, 0, 8], { mode, step: [0, 0, 2], offsets: [-1, 0, 1] });
    expect(sampleAt(grid, filled, [0, 0, 8])).toBe(-2000);
    expect(through('minimum', 0)).toBeUndefined();
    expect(through('mean', 0)).toBeUndefined();
    // Neither is what lies half way to it a value.
    expect(through('minimum', 0.5)).toBeUndefined();
    expect([through('minimum', 1), through('mean', 1), through('maximum', 1)]).toEqual([6, 8, 10]);
    leaveVolume(session);
  });
});

describe('slices of a tilted gantry', () => {
  it('are sampled straight up and down between them, at the true places of their pixels', async () => {
    // Each slice is shifted by one pixel of 1 mm against the one before, 2 mm below: what stands upright moves through columns.
    const positions = [0, 1, 2, 3].map((index) => [-index, 0, index * 2]);
    const images = positions.flatMap((ImagePositionPatient, index) =>
      describeImages('1', '1.7', makeSlice(index, 0, { PixelSpacing: [1, 1], ImagePositionPatient })),
    );
    const geometry = describeGeometry(images);
    if (geometry.kind === 'refused') throw new Error('refused');
    expect(geometry.findings).toMatchObject([{ name: 'tilt', degrees: expect.closeTo(26.565, 3) }]);
    const { order, places } = geometry.slices;
    const grid = volumeGrid(images, geometry.slices);
    // A wall at x = 0 of the patient: in column 0, 1, 2 and 3 of the four slices.
    const values = order.map((slice) =>
      Int16Array.from({ length: 16 }, (_, at) => (at % 4 === slice ? 100 : 0)),
    );
    const filled = { places, values, reach: 0.5 };
    for (const z of [0, 0.5, 1, 2, 3.3, 5, 6]) {
      expect(sampleAt(grid, filled, [0, 1, z])).toBeCloseTo(100, 6);
    }
    expect(sampleAt(grid, filled, [-1, 1, 3])).toBeCloseTo(0, 6);
    expect(sampleAt(grid, filled, [0.5, 1, 2])).toBeCloseTo(50, 6);
  });
});
