import { describe, expect, it } from 'vitest';
import { describeImages, type ImageDescription } from '../../../viewer/viewport/image-description.ts';
import { describeGeometry, type Geometry, stackNotices } from '../../../viewer/volume/geometry.ts';
import { makeSlice } from './make-data-set.ts';

type Attributes = NonNullable<Parameters<typeof makeSlice>[2]>;

const calibrated = { PixelSpacing: [0.5, 0.5], FrameOfReferenceUID: '1.9' };

/** CT slices at the given places, one after the other. */
function slicesAt(
  positions: readonly (readonly number[])[],
  more: (index: number) => Attributes = () => ({}),
) {
  return positions.flatMap((position, index): ImageDescription[] =>
    describeImages(
      '1',
      '1.1',
      makeSlice(index, 0, { ...calibrated, ImagePositionPatient: [...position], ...more(index) }),
    ),
  );
}
const alongZ = (heights: readonly number[]) => heights.map((z) => [10, 20, z]);
const evenHeights = (count: number, spacing = 3) => Array.from({ length: count }, (_, i) => -i * spacing);
const names = (geometry: Geometry) => geometry.findings.map(({ name, outcome }) => `${name} ${outcome}`);

describe('the geometry of a stack', () => {
  it('is sound where slices are parallel and even, in whatever order', () => {
    const geometry = describeGeometry(slicesAt(alongZ([0, -3, -6.001, -9, -12])));
    expect(geometry).toMatchObject({ kind: 'sound', findings: [] });
    if (geometry.kind === 'refused') throw new Error('refused');
    expect(geometry.slices.order).toEqual([4, 3, 2, 1, 0]);
    expect(geometry.slices.places).toEqual([0, 1, 2, 3, 4]);
    expect(geometry.slices.origin).toEqual([10, 20, -12]);
    expect(geometry.slices.spacing).toBeCloseTo(3, 10);
  });

  it('says how many slices are missing, and after which', () => {
    const heights = evenHeights(40).filter((_, index) => index !== 14 && index !== 15 && index !== 30);
    const geometry = describeGeometry(slicesAt(alongZ(heights)));
    expect(geometry).toMatchObject({
      kind: 'noticed',
      findings: [
        {
          name: 'missingSlices',
          outcome: 'said',
          total: 3,
          gaps: [
            { after: 14, count: 2 },
            { after: 28, count: 1 },
          ],
        },
      ],
    });
    expect(stackNotices(slicesAt(alongZ(heights)))).toHaveLength(1);
  });

  it('follows a tilted gantry, and says the angle', () => {
    // Slices stay axial while the table moves along an axis that is 12.3 degrees off: each is shifted by 3 tan(12.3°).
    const shift = 3 * Math.tan((12.3 * Math.PI) / 180);
    const geometry = describeGeometry(
      slicesAt(Array.from({ length: 20 }, (_, index) => [0, index * shift, index * 3])),
    );
    expect(names(geometry)).toEqual(['tilt corrected']);
    expect(geometry.findings[0]).toMatchObject({ degrees: expect.closeTo(12.3, 6) });
  });

  it('tells of uneven spacing, and refuses what has no usual distance', () => {
    const uneven = describeGeometry(slicesAt(alongZ([0, 3, 6, 9, 12.9, 15.9, 18.9, 21.9])));
    expect(names(uneven)).toEqual(['unevenSpacing corrected']);
    expect(uneven.findings[0]).toMatchObject({ largest: expect.closeTo(3.9, 5) });
    // A head: 3 mm below, 8 mm above.
    const posterior = evenHeights(10, -3);
    const twoParts = [...posterior, ...evenHeights(8, -8).map((z) => z + 35)];
    expect(names(describeGeometry(slicesAt(alongZ(twoParts))))).toEqual(['unevenSpacing refused']);
  });

  it('refuses several images at one place, counting both', () => {
    const geometry = describeGeometry(slicesAt(alongZ([0, 3, 6, 0, 3, 6])));
    expect(geometry).toEqual({
      kind: 'refused',
      findings: [{ name: 'samePlace', outcome: 'refused', images: 6, places: 3 }],
    });
    expect(names(describeGeometry(slicesAt(alongZ([5, 5, 5, 5]))))).toEqual(['samePlace refused']);
  });

  it('refuses slices beside the line of the others', () => {
    const positions = alongZ(evenHeights(8)).map((place, index) =>
      index === 4 ? [11, 20, place[2] ?? 0] : place,
    );
    expect(describeGeometry(slicesAt(positions))).toMatchObject({
      kind: 'refused',
      findings: [{ name: 'shiftedSlices', millimetres: expect.closeTo(1, 6) }],
    });
  });

  it.each<[string, Attributes]>([
    ['mixedOrientation', { ImageOrientationPatient: [0.9999, 0.0141, 0, -0.0141, 0.9999, 0] }],
    ['mixedSize', { Rows: 8 }],
    ['mixedSpacing', { PixelSpacing: [0.5, 0.51] }],
    ['mixedFrameOfReference', { FrameOfReferenceUID: '1.8' }],
    ['colour', { SamplesPerPixel: 3, PhotometricInterpretation: 'RGB' }],
    ['notCalibrated', { PixelSpacing: [] }],
    ['noGeometry', { ImagePositionPatient: [] }],
  ])('refuses %s', (name, attributes) => {
    const odd = slicesAt(alongZ(evenHeights(6)), (index) => (index === 3 ? attributes : {}));
    expect(names(describeGeometry(odd))).toEqual([`${name} refused`]);
    expect(stackNotices(odd)).toEqual([]);
  });

  it('refuses fewer than three slices, and pictures without a place', () => {
    expect(describeGeometry(slicesAt(alongZ([0, 3])))).toMatchObject({
      findings: [{ name: 'tooFewSlices', count: 2 }],
    });
    const unplaced = slicesAt(alongZ([0, 3, 6]), () => ({ ImageOrientationPatient: [] }));
    expect(names(describeGeometry(unplaced))).toEqual(['noGeometry refused']);
    expect(names(describeGeometry([]))).toEqual(['noGeometry refused']);
  });
});
