import { describe, expect, it } from 'vitest';
import { indexByOffset } from '../../../viewer/linking/follow.ts';
import { areParallel, crossing, halfSlice, rectangleOf } from '../../../viewer/linking/geometry.ts';
import { type Linkable, linksOf } from '../../../viewer/linking/link-groups.ts';
import { nearestImage } from '../../../viewer/viewport/nearest-image.ts';
import { type ImageStack, makeDisplaySets } from '../../../viewer/viewport/stacks.ts';
import { makeSlice } from './make-data-set.ts';

type Header = Parameters<typeof makeSlice>[2];

function makeStack(uid: string, heights: readonly number[], header: Header = {}): ImageStack {
  const [set] = makeDisplaySets(
    '1',
    uid,
    heights.map((z, index) => makeSlice(index + 1, z, { FrameOfReferenceUID: '1.9', ...header })),
  );
  if (set?.kind !== 'image') throw new Error('no stack');
  return set;
}
const steps = (from: number, step: number, count: number) =>
  Array.from({ length: count }, (_, index) => from + step * index);

const tile = (
  number: number,
  frame: string | undefined,
  normal: Linkable['normal'] = [0, 0, 1],
): Linkable => ({
  tile: number,
  frameOfReferenceUID: frame,
  normal,
  isAnchored: false,
});
const anchored = (entry: Linkable): Linkable => ({ ...entry, isAnchored: true });

describe('linked viewports', () => {
  it('go together by Frame of Reference and direction; the others are told why not', () => {
    const links = linksOf([
      tile(0, '1.1'),
      tile(1, '1.1'),
      tile(2, '1.2'),
      tile(3, '1.2'),
      tile(4, '1.3'),
      tile(5, '1.1', [1, 0, 0]),
      tile(6, undefined, undefined),
    ]);
    expect([...links.values()].map(({ letter }) => letter)).toEqual([
      'A',
      'A',
      'B',
      'B',
      undefined,
      undefined,
      undefined,
    ]);
    expect([...links.values()].map(({ refusal }) => refusal)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      'refused',
      'refusedPlane',
      'refusedPlace',
    ]);
  });

  it('are one group by offset when the reader asks, and say so on every one', () => {
    const links = linksOf([anchored(tile(0, '1.1')), anchored(tile(1, '1.2')), tile(2, '1.3')]);
    expect(links.get(0)).toEqual({ letter: 'A', kind: 'offset', refusal: undefined });
    expect(links.get(1)).toEqual({ letter: 'A', kind: 'offset', refusal: undefined });
    expect(links.get(2)).toMatchObject({ letter: undefined, refusal: 'refused' });
    // One alone has nobody to be offset from.
    expect(linksOf([anchored(tile(0, '1.1')), tile(1, '1.2')]).get(0)?.letter).toBeUndefined();
    // Of one Frame of Reference, position stays what links them.
    const same = linksOf([anchored(tile(0, '1.1')), anchored(tile(1, '1.1'))]);
    expect(same.get(1)).toMatchObject({ letter: 'A', kind: 'position' });
  });

  it('go with normals of up to 25 degrees between them, whichever way round', () => {
    const tilted = (degrees: number) =>
      [0, Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)] as const;
    expect(areParallel([0, 0, 1], tilted(20))).toBe(true);
    expect(areParallel([0, 0, 1], [0, 0, -1])).toBe(true);
    expect(areParallel([0, 0, 1], tilted(30))).toBe(false);
  });

  it('find the slice of the same place among slices of another distance', () => {
    const thin = makeStack('1.1', steps(0, -1, 101));
    // 5 mm apart from 2 mm above: slices at 2, -3, -8, -13 …
    const thick = makeStack('1.2', steps(2, -5, 21));
    expect(nearestImage(thick.images, [0, 0, thin.images[10]?.position?.[2] ?? NaN], '1.9')).toBe(2);
    expect(nearestImage(thick.images, [0, 0, -11], '1.9')).toBe(3);
    expect(nearestImage(thick.images, [0, 0, -11], '1.8')).toBeUndefined();
  });

  it('by offset keep the distance in mm, also where stacks run against each other', () => {
    const thin = makeStack('1.1', steps(0, -3, 40));
    const thick = makeStack('1.2', steps(900, -5, 40), { FrameOfReferenceUID: '1.8' });
    const driver = { stack: thin, anchor: 4, index: 9 };
    expect(indexByOffset(driver, { stack: thick, anchor: 10 })).toBe(13);
    expect(indexByOffset({ ...driver, index: 0 }, { stack: thick, anchor: 10 })).toBe(8);
    const reversed: ImageStack = { ...thick, images: [...thick.images].reverse() };
    expect(indexByOffset(driver, { stack: reversed, anchor: 10 })).toBe(13);
    // At its end a stack stays there.
    expect(indexByOffset({ ...driver, index: 39 }, { stack: thick, anchor: 35 })).toBe(39);
  });

  it('by offset count images where there are no places', () => {
    const flat = makeStack('1.1', steps(0, -3, 10), { ImagePositionPatient: undefined });
    const other = makeStack('1.2', steps(0, -5, 10));
    expect(indexByOffset({ stack: flat, anchor: 2, index: 5 }, { stack: other, anchor: 1 })).toBe(4);
  });
});

describe('reference lines', () => {
  // A sagittal image of 4 x 4 pixels of 2 mm, its first pixel at (10, 20, 30); rows run to the back, columns to the feet.
  const [sagittal] = makeStack('1.1', [0], {
    ImageOrientationPatient: [0, 1, 0, 0, 0, -1],
    ImagePositionPatient: [10, 20, 30],
    PixelSpacing: [2, 2],
  }).images;

  it('reach to the outer edge of the pixels', () => {
    // By hand: half a pixel, 1 mm, before the first centre and behind the last, which is 6 mm further.
    expect(sagittal && rectangleOf(sagittal)).toEqual([
      [10, 19, 31],
      [10, 27, 31],
      [10, 27, 23],
      [10, 19, 23],
    ]);
  });

  it('are where the rectangle goes through the plane', () => {
    const rectangle = sagittal && rectangleOf(sagittal);
    if (!rectangle) throw new Error('no rectangle');
    const axial = { place: [0, 0, 25], normal: [0, 0, 1] } as const;
    const ends = crossing(rectangle, axial);
    expect([...(ends ?? [])].sort((a, b) => a[1] - b[1])).toEqual([
      [10, 19, 25],
      [10, 27, 25],
    ]);
    // Through two corners, counted once each.
    const diagonal = { place: [10, 19, 31], normal: [0, Math.SQRT1_2, Math.SQRT1_2] } as const;
    expect(crossing(rectangle, diagonal)).toHaveLength(2);
    expect(crossing(rectangle, { place: [0, 0, 40], normal: [0, 0, 1] })).toBeUndefined();
    expect(crossing(rectangle, { place: [11, 0, 0], normal: [1, 0, 0] })).toBeUndefined();
  });
});

describe('half a slice', () => {
  it('is half the distance to the nearest neighbour; of one image half its thickness', () => {
    expect(halfSlice(makeStack('1.1', [0, -3, -6]), 1)).toBeCloseTo(1.5, 6);
    expect(halfSlice(makeStack('1.1', [0], { SliceThickness: 5 }), 0)).toBe(2.5);
  });
});
