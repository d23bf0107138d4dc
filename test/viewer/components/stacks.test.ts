import { describe, expect, it } from 'vitest';
import { tags } from '../../../viewer/dicomweb/tags.ts';
import { type DisplaySet, makeDisplaySets } from '../../../viewer/viewport/stacks.ts';
import { makeDataSet, makeSlice } from './make-data-set.ts';

const makeSets = (instances: Parameters<typeof makeDisplaySets>[2]) =>
  makeDisplaySets('1.2', '1.2.3', instances);

function imagesOf(set: DisplaySet | undefined) {
  if (set?.kind !== 'image') throw new Error('not a stack of images');
  return set.images;
}

const numbersOf = (set: DisplaySet | undefined) => imagesOf(set).map((image) => image.instanceNumber);

describe('the order of a stack', () => {
  it('goes from head to feet for axial slices, whatever their numbers', () => {
    const sets = makeSets([makeSlice(1, 5), makeSlice(2, 15), makeSlice(3, 10)]);
    expect(sets).toHaveLength(1);
    expect(numbersOf(sets[0])).toEqual([2, 3, 1]);
  });

  it('goes from the right of the patient to the left for sagittal slices', () => {
    const sagittal = { ImageOrientationPatient: [0, 1, 0, 0, 0, -1] };
    const at = (number: number, x: number) =>
      makeSlice(number, 0, { ...sagittal, ImagePositionPatient: [x, 0, 0] });
    expect(numbersOf(makeSets([at(1, 20), at(2, -20), at(3, 0)])[0])).toEqual([2, 3, 1]);
  });

  it('goes from front to back for coronal slices', () => {
    const coronal = { ImageOrientationPatient: [1, 0, 0, 0, 0, -1] };
    const at = (number: number, y: number) =>
      makeSlice(number, 0, { ...coronal, ImagePositionPatient: [0, y, 0] });
    expect(numbersOf(makeSets([at(1, 20), at(2, -20), at(3, 0)])[0])).toEqual([2, 3, 1]);
  });

  it('is by instance number when several images are at one place, as in a time series', () => {
    const sets = makeSets([makeSlice(4, 5), makeSlice(1, 5), makeSlice(3, 10), makeSlice(2, 10)]);
    expect(numbersOf(sets[0])).toEqual([1, 2, 3, 4]);
  });

  it('is by instance number when there is no geometry', () => {
    const flat = { ImageOrientationPatient: [], ImagePositionPatient: [] };
    expect(numbersOf(makeSets([makeSlice(10, 0, flat), makeSlice(9, 0, flat)])[0])).toEqual([9, 10]);
  });

  it('is by numbers, not by their text', () => {
    const flat = { ImageOrientationPatient: [], ImagePositionPatient: [] };
    const sets = makeSets([
      makeSlice(1, 0, { ...flat, InstanceNumber: '10' }),
      makeSlice(2, 0, { ...flat, InstanceNumber: '9' }),
    ]);
    expect(numbersOf(sets[0])).toEqual([9, 10]);
  });
});

describe('the stacks of a series', () => {
  it('are apart where size or plane differ', () => {
    const sets = makeSets([
      makeSlice(1, 0),
      makeSlice(2, 5),
      makeSlice(3, 0, { Rows: 8 }),
      makeSlice(4, 0, { ImageOrientationPatient: [0, 1, 0, 0, 0, -1] }),
    ]);
    expect(sets.map((set) => imagesOf(set).length)).toEqual([2, 1, 1]);
  });

  it('stay together when the plane differs only by rounding', () => {
    const sets = makeSets([
      makeSlice(1, 0),
      makeSlice(2, 5, { ImageOrientationPatient: [0.9999, 0.001, 0, 0, 1, 0] }),
    ]);
    expect(sets).toHaveLength(1);
  });

  it('stay together when a direction lies where rounding turns over', () => {
    const tilted = (cosine: number) => [1, 0, 0, 0, cosine, -Math.sqrt(1 - cosine ** 2)];
    const sets = makeSets([
      makeSlice(1, 0, { ImageOrientationPatient: tilted(0.98499) }),
      makeSlice(2, 5, { ImageOrientationPatient: tilted(0.98501) }),
    ]);
    expect(sets).toHaveLength(1);
  });

  it('have no plane when the header gives none that can be one', () => {
    const planes = [
      [1, 0, 0, 0, 1],
      [1, 0, 0, 0, 1, 0, 0],
      [1, 0, 0, null, 1, 0],
      [0, 0, 0, 0, 1, 0],
      [1, 0, 0, 1, 0, 0],
    ];
    for (const ImageOrientationPatient of planes) {
      const [image] = imagesOf(makeSets([makeSlice(1, 0, { ImageOrientationPatient })])[0]);
      expect(image).toMatchObject({ rowDirection: undefined, columnDirection: undefined });
    }
    const [scaled] = imagesOf(
      makeSets([makeSlice(1, 0, { ImageOrientationPatient: [2, 0, 0, 0, 2, 0] })])[0],
    );
    expect(scaled).toMatchObject({ rowDirection: [1, 0, 0], columnDirection: [0, 1, 0] });
  });

  it('keep their ids when the series grows, and share none with another study', () => {
    const sagittal = { ImageOrientationPatient: [0, 1, 0, 0, 0, -1] };
    const before = makeSets([makeSlice(5, 0), makeSlice(6, 0, sagittal)]);
    const larger = [
      makeSlice(1, 0, { Rows: 8 }),
      makeSlice(5, 0),
      makeSlice(2, 5),
      makeSlice(6, 0, sagittal),
    ];
    const after = makeDisplaySets('1.2', '1.2.3', larger, before);
    const idOf = (sets: DisplaySet[], number: number) =>
      sets.find((set) => numbersOf(set).includes(number))?.id;
    expect([5, 6].map((number) => idOf(after, number))).toEqual([5, 6].map((number) => idOf(before, number)));
    expect(new Set(after.map((set) => set.id)).size).toBe(3);
    const other = makeDisplaySets('1.9', '1.2.3', larger);
    expect(after.map((set) => set.id).filter((id) => other.some((set) => set.id === id))).toEqual([]);
  });

  it('keep a localizer apart', () => {
    const sets = makeSets([
      makeSlice(1, 0, { ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] }),
      makeSlice(2, 5),
    ]);
    expect(sets).toHaveLength(2);
  });

  it('are one for each multi-frame object, with a frame for every image', () => {
    const clip = { NumberOfFrames: 3, ImageOrientationPatient: [], ImagePositionPatient: [] };
    const sets = makeSets([makeSlice(1, 0, clip), makeSlice(2, 0, clip)]);
    expect(sets).toHaveLength(2);
    expect(imagesOf(sets[0]).map((image) => image.frameNumber)).toEqual([1, 2, 3]);
    expect(sets[0]).toMatchObject({ isMultiFrame: true });
  });

  it('take geometry, window and rescale of an enhanced object from its functional groups', () => {
    const frame = (z: number) => ({
      [tags.PlanePositionSequence]: { Value: [makeDataSet({ ImagePositionPatient: [0, 0, z] })] },
    });
    const shared = {
      [tags.PlaneOrientationSequence]: {
        Value: [makeDataSet({ ImageOrientationPatient: [1, 0, 0, 0, 1, 0] })],
      },
      [tags.FramePixelSpacingSequence]: {
        Value: [makeDataSet({ PixelSpacing: [0.5, 0.25], SliceThickness: 2 })],
      },
      [tags.FrameVOILUTSequence]: { Value: [makeDataSet({ WindowCenter: 50, WindowWidth: 300 })] },
      [tags.PixelValueTransformationSequence]: {
        Value: [makeDataSet({ RescaleSlope: 2, RescaleIntercept: -1000 })],
      },
    };
    const enhanced = makeDataSet({
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.2.1',
      SOPInstanceUID: '1.2.3.9',
      NumberOfFrames: 2,
      Rows: 4,
      Columns: 4,
      SharedFunctionalGroupsSequence: [shared],
      PerFrameFunctionalGroupsSequence: [frame(0), frame(10)],
    });
    const images = imagesOf(makeSets([enhanced])[0]);
    expect(images.map((image) => image.frameNumber)).toEqual([2, 1]);
    expect(images[0]).toMatchObject({ rowSpacing: 0.5, columnSpacing: 0.25, slope: 2, intercept: -1000 });
    expect(images[0]?.windows[0]).toMatchObject({ center: 50, width: 300 });
    expect(images[0]?.sliceThickness).toBe(2);
  });

  it('name objects that are no images by their kind', () => {
    const report = makeDataSet({ SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.33' });
    const segmentation = makeSlice(1, 0, { SOPClassUID: '1.2.840.10008.5.1.4.1.1.66.4' });
    const waveform = makeDataSet({ SOPClassUID: '1.2.840.10008.5.1.4.1.1.9.1.1' });
    const keys = makeDataSet({ SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.59' });
    expect(makeSets([report, segmentation, waveform, keys]).map((set) => set.kind)).toEqual([
      'structuredReport',
      'segmentation',
      'waveform',
      'keyObjects',
    ]);
  });
});

describe('values of classic objects', () => {
  const window = { WindowCenter: 100, WindowWidth: 50, RescaleSlope: 2, RescaleIntercept: 10 };

  it('are rescaled for CT', () => {
    const [image] = imagesOf(makeSets([makeSlice(1, 0, window)])[0]);
    expect(image).toMatchObject({ slope: 2, intercept: 10 });
    expect(image?.windows[0]).toMatchObject({ center: 100, width: 50 });
  });

  it('keep center and width together where one of several is empty', () => {
    const [image] = imagesOf(
      makeSets([makeSlice(1, 0, { WindowCenter: [40, null, -600], WindowWidth: [400, 90, 1500] })])[0],
    );
    expect(image?.windows).toMatchObject([
      { center: 40, width: 400 },
      { center: -600, width: 1500 },
    ]);
  });

  it('stay as stored for MR, to which windows apply (IHE BIR)', () => {
    const [image] = imagesOf(
      makeSets([makeSlice(1, 0, { ...window, SOPClassUID: '1.2.840.10008.5.1.4.1.1.4' })])[0],
    );
    expect(image).toMatchObject({ slope: 1, intercept: 0 });
    expect(image?.windows[0]).toMatchObject({ center: 100, width: 50 });
  });

  it('are rescaled for PET together with the window, because slopes differ between slices', () => {
    const [image] = imagesOf(
      makeSets([makeSlice(1, 0, { ...window, SOPClassUID: '1.2.840.10008.5.1.4.1.1.128' })])[0],
    );
    expect(image).toMatchObject({ slope: 2, intercept: 10 });
    expect(image?.windows[0]).toMatchObject({ center: 210, width: 100 });
  });
});

describe('an enhanced multi-frame object', () => {
  const frames = (contents: readonly Record<string, unknown>[]) =>
    makeSlice(1, 0, {
      NumberOfFrames: contents.length,
      ImagePositionPatient: [],
      PerFrameFunctionalGroupsSequence: contents.map(({ slope, ...content }) =>
        makeDataSet({
          FrameContentSequence: [makeDataSet(content)],
          PixelValueTransformationSequence: [makeDataSet({ RescaleSlope: slope ?? 1, RescaleIntercept: 0 })],
        }),
      ),
    });
  const framesOf = (contents: readonly Record<string, unknown>[]) =>
    makeDisplaySets('1', '2', [frames(contents)]).map((set) =>
      set.kind === 'image' ? set.images.map((image) => image.frameNumber) : [],
    );

  it('is a stack for each StackID', () => {
    expect(framesOf([{ StackID: '1' }, { StackID: '2' }, { StackID: '1' }])).toEqual([[1, 3], [2]]);
  });

  it('is ordered by its dimensions where places don’t order it', () => {
    expect(
      framesOf([
        { DimensionIndexValues: [1, 2] },
        { DimensionIndexValues: [2, 1] },
        { DimensionIndexValues: [1, 1] },
      ]),
    ).toEqual([[3, 1, 2]]);
  });

  it('has a rescale of its own for each frame', () => {
    const [set] = makeDisplaySets('1', '2', [frames([{ slope: 2 }, { slope: 3 }])]);
    expect(set?.kind === 'image' ? set.images.map((image) => image.slope) : []).toEqual([2, 3]);
  });
});
