import { describe, expect, it } from 'vitest';
import { viewingCommands } from '../../../viewer/commands/viewing-commands.ts';
import { measure } from '../../../viewer/measuring/measure.ts';
import { fitLines, linesThatFit } from '../../../viewer/screens/study-viewer/overlay-lines.ts';
import { initialCineSettings, nextOfCine, recordedTiming } from '../../../viewer/viewport/cine-timing.ts';
import { describeImages, type ImageDescription } from '../../../viewer/viewport/image-description.ts';
import { imageSurface } from '../../../viewer/viewport/image-surface.ts';
import { isDrawn, overlayPlane, readEmbeddedOverlays } from '../../../viewer/viewport/overlays.ts';
import { expandSegments, toRgb } from '../../../viewer/viewport/pixels/color.ts';
import {
  greyCurve,
  sampleCurve,
  wholeOutput,
  windowCurve,
} from '../../../viewer/viewport/pixels/grey-curve.ts';
import { DecodeError } from '../../../viewer/viewport/pixels/raw-frame.ts';
import { describeShutter } from '../../../viewer/viewport/shutters.ts';
import { makeDisplaySets } from '../../../viewer/viewport/stacks.ts';
import { suvOf } from '../../../viewer/viewport/suv.ts';
import { defaultViewOptions, onViewOptions, viewOptions } from '../../../viewer/viewport/view-options.ts';
import { clampToZero, type Window } from '../../../viewer/viewport/window.ts';
import { windowMeaning } from '../../../viewer/viewport/window-meaning.ts';
import { makeDataSet, makeSlice } from './make-data-set.ts';

const plain = { isInverse: false, table: undefined };
const linear = (center: number, width: number): Window => ({ center, width, function: 'LINEAR' });

describe('the VOI functions (PS3.3 C.11.2.1)', () => {
  it('LINEAR is that of the Standard at its ends and in the middle', () => {
    // C.11.2.1.2.1 with c = 2048, w = 4096 and an output of 0 to 1: x = 2047.5 gives 0.5.
    const grey = windowCurve(linear(2048, 4096));
    expect(grey(0)).toBe(0);
    expect(grey(4095)).toBe(1);
    expect(grey(2047.5)).toBe(0.5);
    // c = 0, w = 100: black up to -50, white above 49; x = 0 gives (0 + 0.5) / 99 + 0.5.
    const narrow = windowCurve(linear(0, 100));
    expect([narrow(-50), narrow(49), narrow(50)]).toEqual([0, 1, 1]);
    expect(narrow(0)).toBeCloseTo(0.5 / 99 + 0.5, 12);
    const threshold = windowCurve(linear(10, 1));
    expect([threshold(9.5), threshold(10)]).toEqual([0, 1]);
  });

  it('LINEAR_EXACT and SIGMOID are those of C.11.2.1.3', () => {
    const exact = windowCurve({ center: 10, width: 4, function: 'LINEAR_EXACT' });
    expect([7, 8, 9, 10, 12, 13].map(exact)).toEqual([0, 0, 0.25, 0.5, 1, 1]);
    const sigmoid = windowCurve({ center: 100, width: 50, function: 'SIGMOID' });
    expect(sigmoid(100)).toBe(0.5);
    expect(sigmoid(150)).toBeCloseTo(1 / (1 + Math.exp(-4)), 12);
    expect(sigmoid(50)).toBeCloseTo(1 / (1 + Math.exp(4)), 12);
  });

  it('a window over a VOI LUT leaves the table as it is until it is moved', () => {
    const table = { firstMapped: -1, entries: [0, 100, 255], bitsPerEntry: 8 };
    const whole: Window = { ...wholeOutput(table), table: 0 };
    const grey = greyCurve(whole, table, plain, false);
    expect([-5, -1, 0, 1, 9].map((value) => Math.round(grey(value) * 255))).toEqual([0, 0, 100, 255, 255]);
    const half = greyCurve({ ...whole, center: 64, width: 128 }, table, plain, false);
    expect(Math.round(half(0) * 255)).toBe(Math.round((100 / 127) * 255));
  });

  it('inversion comes last, and twice is none', () => {
    const window = linear(128, 256);
    const once = greyCurve(window, undefined, { isInverse: true, table: undefined }, false);
    expect([once(0), once(255)]).toEqual([1, 0]);
    const twice = greyCurve(window, undefined, { isInverse: true, table: undefined }, true);
    expect([twice(0), twice(255)]).toEqual([0, 1]);
  });

  it('a Presentation LUT maps the output of the window', () => {
    const table = { firstMapped: 0, entries: [255, 128, 0], bitsPerEntry: 8 };
    const grey = greyCurve(linear(128, 256), undefined, { isInverse: false, table }, false);
    expect([0, 127.5, 255].map((value) => Math.round(grey(value) * 255))).toEqual([255, 128, 0]);
  });

  it('tables are sampled at each whole value, so that none is a mixture of two entries', () => {
    const table = { firstMapped: 10, entries: [0, 255, 0, 255], bitsPerEntry: 8 };
    const window: Window = { ...wholeOutput(table), table: 0 };
    const { lower, upper, greys } = sampleCurve(
      greyCurve(window, table, plain, false),
      window,
      table,
      [10, 13],
    );
    expect([lower, upper]).toEqual([9.5, 13.5]);
    expect([...greys]).toEqual([0, 1, 0, 1]);
  });
});

describe('windows of MR, XA and PET', () => {
  const range = (lower: number, upper: number) => ({ lower, upper });

  it('are in stored values, as IHE BIR says, where these fill them', () => {
    expect(windowMeaning(range(0, 500), range(0, 520), { slope: 4, intercept: 0 }, 'stored')).toBe('stored');
    expect(windowMeaning(range(0, 500), range(0, 450), { slope: 1.2, intercept: 0 }, 'stored')).toBe(
      'stored',
    );
  });

  it('are in rescaled values where stored ones would be nearly black', () => {
    // misc/dcmjs-dimse/ele.dcm: slope 4.11966, C 1027, W 2075.
    expect(windowMeaning(range(-11, 2064), range(0, 480), { slope: 4.12, intercept: 0 }, 'stored')).toBe(
      'rescaled',
    );
  });

  it('of a dark PET slice are still those of the series', () => {
    // pt/dicom/1.dcm: slope 9.12329, C 30157, W 54282, nearly all stored values below 300.
    expect(windowMeaning(range(3016, 57298), range(0, 300), { slope: 9.12, intercept: 0 }, 'rescaled')).toBe(
      'rescaled',
    );
  });

  it('of MR come back to the stored values that are shown', () => {
    const [image] = describeImages(
      '1',
      '2',
      makeSlice(1, 0, {
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
        Modality: 'MR',
        RescaleSlope: 4,
        RescaleIntercept: 8,
        RescaleType: 'normalized',
        WindowCenter: 1008,
        WindowWidth: 2000,
      }),
    );
    expect(image).toMatchObject({ slope: 1, intercept: 0, valueUnit: '' });
    expect(image?.windows[0]).toMatchObject({ center: 1008, width: 2000 });
    expect(image?.otherWindows?.windows[0]).toMatchObject({ center: 250, width: 500 });
  });

  it('of PET and NM begin at zero, their upper end kept', () => {
    expect(clampToZero({ center: 10, width: 10, function: 'LINEAR_EXACT' })).toMatchObject({
      center: 7.5,
      width: 15,
    });
    expect(clampToZero({ center: -10, width: 10, function: 'LINEAR_EXACT' })).toMatchObject({ center: -10 });
  });
});

describe('what is measured of classic MR', () => {
  const adc = (index: number, more: Parameters<typeof makeSlice>[2] = {}) =>
    makeSlice(index, index, {
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
      Modality: 'MR',
      RescaleSlope: 0.5,
      RescaleIntercept: -3,
      RescaleType: '10^-6 mm2/s',
      ...more,
    });
  const imagesOf = (...slices: ReturnType<typeof adc>[]) =>
    makeDisplaySets('1', '2', slices).flatMap((set) => (set.kind === 'image' ? set.images : []));
  const projection = {
    worldToCanvas: (): [number, number] => [0, 0],
    canvasToWorld: (): [number, number, number] => [0, 0, 0],
  };

  it('are rescaled values in their unit, while the picture and its windows stay in stored ones', () => {
    const [image] = imagesOf(adc(1, { WindowCenter: 1000, WindowWidth: 2000 }));
    if (!image) throw new Error('no image');
    expect(image).toMatchObject({ slope: 1, intercept: 0, windows: [{ center: 1000, width: 2000 }] });
    const stored = Uint16Array.from({ length: 16 }, (_, at) => at * 100);
    const surface = imageSurface(image, projection, stored);
    // Stored 600 x 0.5 - 3.
    expect(surface.valueAt({ x: 2, y: 1 })).toBe(297);
    expect(surface.valueUnit).toBe('10^-6 mm2/s');
    const probe = measure({ tool: 'probe', points: [{ x: 2, y: 1 }], isClosed: false }, surface);
    expect(probe.values).toEqual([{ quantity: 'value', value: 297, unit: '10^-6 mm2/s' }]);
  });

  it('has no unit where Rescale Type says none, and is as stored where nothing is rescaled', () => {
    const [image] = imagesOf(adc(1, { RescaleSlope: 1, RescaleIntercept: 0, RescaleType: 'US' }));
    expect(image?.measured).toEqual({ slope: 1, intercept: 0, unit: '' });
  });

  it('is not told on planes through slices that are each rescaled in another way', () => {
    const same = imagesOf(adc(1), adc(2));
    expect(same[1]?.measuredOnPlanes).toEqual({ slope: 0.5, intercept: -3, unit: '10^-6 mm2/s' });
    const different = imagesOf(adc(1), adc(2, { RescaleSlope: 0.25 }));
    expect(different.map(({ measuredOnPlanes }) => measuredOnPlanes)).toEqual([
      { slope: 1, intercept: 0, unit: '' },
      { slope: 1, intercept: 0, unit: '' },
    ]);
    expect(different.map(({ measured }) => measured.slope).sort()).toEqual([0.25, 0.5]);
  });

  it.each([
    ['CT', '1.2.840.10008.5.1.4.1.1.2', 'HU'],
    ['MR', '1.2.840.10008.5.1.4.1.1.4.1', ''],
  ])(
    'is the displayed value of %s objects that are rescaled before display',
    (Modality, SOPClassUID, unit) => {
      const [image] = imagesOf(adc(1, { Modality, SOPClassUID, RescaleType: unit || 'US' }));
      expect(image).toMatchObject({ slope: 0.5, measured: { slope: 1, intercept: 0, unit } });
    },
  );
});

describe('SUV', () => {
  const injected = (more: Parameters<typeof makeDataSet>[0] = {}) => ({
    RadiopharmaceuticalInformationSequence: [
      makeDataSet({
        RadiopharmaceuticalStartTime: '141700.000000',
        RadionuclideTotalDose: 178340011.59668,
        RadionuclideHalfLife: 6586.2,
        ...more,
      }),
    ],
  });
  const pet = (more: Parameters<typeof makeDataSet>[0]) =>
    suvOf(
      makeDataSet({
        Units: 'BQML',
        DecayCorrection: 'START',
        CorrectedImage: ['NORM', 'DTIM', 'ATTN', 'SCAT', 'RADL', 'DECY'],
        PatientWeight: 69.7344,
        SeriesDate: '19600614',
        SeriesTime: '152316.921000',
        AcquisitionDate: '19600614',
        AcquisitionTime: '152316.921000',
        ...injected(),
        ...more,
      }),
    );

  it('is activity by decayed dose and weight', () => {
    // pt/dicom/1.dcm by hand: 69734.4 / (178340011.59668 * 2 ** (-3976.921 / 6586.2)) = 5.942485308e-4 g/Bq.
    const suv = pet({});
    expect(suv).toMatchObject({ kind: 'suv', unit: 'SUVbw' });
    expect(suv.kind === 'suv' ? suv.factor : 0).toBeCloseTo(5.942485308e-4, 13);
  });

  it('of a dose corrected to its injection is not decayed again', () => {
    const suv = pet({ DecayCorrection: 'ADMIN' });
    expect(suv.kind === 'suv' ? suv.factor : 0).toBeCloseTo(69734.4 / 178340011.59668, 12);
  });

  it('takes the injection of the day before for a scan after midnight', () => {
    const suv = pet({
      SeriesDate: '20260102',
      SeriesTime: '003000',
      AcquisitionDate: '20260102',
      AcquisitionTime: '003000',
      ...injected({ RadiopharmaceuticalStartTime: '233000' }),
    });
    const expected = 69734.4 / (178340011.59668 * 2 ** (-3600 / 6586.2));
    expect(suv.kind === 'suv' ? suv.factor : 0).toBeCloseTo(expected, 13);
  });

  it('of a series derived later is counted from the scan that GE notes', () => {
    const suv = pet({ SeriesTime: '180000', GePetScanDateTime: '19600614152316.921' });
    expect(suv.kind === 'suv' ? suv.factor : 0).toBeCloseTo(5.942485308e-4, 13);
  });

  describe('with time zones', () => {
    // Injected at 09:00 UTC, scanned at 12:00 at +0200 = 10:00 UTC: 3600 s of decay.
    const anHourLater = 69734.4 / (178340011.59668 * 2 ** (-3600 / 6586.2));
    const scanned = {
      SeriesDate: '20200101',
      SeriesTime: '120000',
      AcquisitionDate: '20200101',
      AcquisitionTime: '120000',
    };
    const at = (RadiopharmaceuticalStartDateTime: string) => injected({ RadiopharmaceuticalStartDateTime });
    const factorOf = (suv: ReturnType<typeof pet>) => (suv.kind === 'suv' ? suv.factor : 0);

    it.each([
      ['20200101090000+0000', '+0200'],
      ['20200101090000.00+0000', '+0200'],
      ['20200101040000-0500', '+0200'],
      // Without an offset of its own it is in the zone of the object.
      ['20200101110000', '+0200'],
      ['20200101110000', undefined],
    ])('counts from %s to noon at %s', (injection, TimezoneOffsetFromUTC) => {
      const zone = TimezoneOffsetFromUTC === undefined ? {} : { TimezoneOffsetFromUTC };
      expect(factorOf(pet({ ...scanned, ...at(injection), ...zone }))).toBeCloseTo(anHourLater, 13);
    });

    it('is not made up where only the injection has one', () => {
      const suv = pet({ ...scanned, ...at('20200101090000+0000') });
      expect(suv).toEqual({ kind: 'none', obstacle: 'injectionZone' });
    });

    it('takes a time of injection without a date from the day at the scanner', () => {
      // 00:30 on the 2nd at +0200 is still the 1st in UTC.
      const suv = pet({
        TimezoneOffsetFromUTC: '+0200',
        SeriesDate: '20200102',
        SeriesTime: '013000',
        AcquisitionDate: '20200102',
        AcquisitionTime: '013000',
        ...injected({ RadiopharmaceuticalStartTime: '003000' }),
      });
      expect(factorOf(suv)).toBeCloseTo(anHourLater, 13);
    });
  });

  it('counts all images of a series from one moment: Series Time only where it is before the earliest of them', () => {
    const petSlice = (index: number, AcquisitionTime: string, SeriesTime: string) =>
      makeSlice(index, index, {
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.128',
        Modality: 'PT',
        Units: 'BQML',
        DecayCorrection: 'START',
        CorrectedImage: ['ATTN', 'DECY'],
        PatientWeight: 69.7344,
        SeriesDate: '20200101',
        SeriesTime,
        AcquisitionDate: '20200101',
        AcquisitionTime,
        ...injected({ RadiopharmaceuticalStartTime: '110000' }),
      });
    const slopes = (seriesTime: string) =>
      makeDisplaySets('1', '2', [petSlice(1, '121000', seriesTime), petSlice(2, '120000', seriesTime)])
        .flatMap((set) => (set.kind === 'image' ? set.images : []))
        .map(({ slope }) => slope);
    // Derived at 12:05, between the beds: the scan began with the first bed, at 12:00.
    const atNoon = expect.closeTo(69734.4 / (178340011.59668 * 2 ** (-3600 / 6586.2)), 13);
    expect(slopes('120500')).toEqual([atNoon, atNoon]);
    expect(slopes('120000')).toEqual([atNoon, atNoon]);
  });

  it('that is in the file is named by its type', () => {
    expect(pet({ Units: 'GML' })).toEqual({ kind: 'suv', factor: 1, unit: 'SUVbw' });
    expect(pet({ Units: 'GML', SUVType: 'LBM' })).toEqual({ kind: 'suv', factor: 1, unit: 'SUVlbm' });
    expect(pet({ Units: 'CNTS', PhilipsSuvFactor: 0.0005 })).toEqual({
      kind: 'suv',
      factor: 0.0005,
      unit: 'SUVbw',
    });
  });

  it.each([
    [{ PatientWeight: 0 }, 'weight'],
    [{ CorrectedImage: ['NORM'] }, 'correction'],
    [{ DecayCorrection: 'NONE' }, 'decay'],
    [{ Units: 'PROPCPS' }, 'units'],
    [injected({ RadionuclideTotalDose: '' }), 'dose'],
    [injected({ RadionuclideHalfLife: '' }), 'halfLife'],
    [injected({ RadiopharmaceuticalStartTime: '' }), 'injectionTime'],
  ])('is not made up: %j says %s', (more, obstacle) => {
    expect(pet(more)).toEqual({ kind: 'none', obstacle });
  });
});

describe('cine', () => {
  const clip = (frames: number, more: Parameters<typeof makeSlice>[2]): ImageDescription[] =>
    describeImages('1', '2', makeSlice(1, 0, { NumberOfFrames: frames, ...more }));

  it('keeps uneven times between frames', () => {
    expect(recordedTiming(clip(4, { FrameTimeVector: [0, 100, 50, 150] }))).toEqual({
      rate: 10,
      durations: [100, 50, 150, 100],
    });
    expect(recordedTiming(clip(3, { FrameTimeVector: [0, 40, 40] }))).toEqual({
      rate: 25,
      durations: undefined,
    });
  });

  it('takes what is recommended first, then the times, then the rate', () => {
    const all = { RecommendedDisplayFrameRate: 12, FrameTime: 100, CineRate: 30 };
    expect(recordedTiming(clip(3, all))?.rate).toBe(12);
    expect(recordedTiming(clip(3, { ...all, RecommendedDisplayFrameRate: '' }))?.rate).toBe(10);
    expect(recordedTiming(clip(3, { CineRate: 30 }))?.rate).toBe(30);
    expect(recordedTiming(clip(3, {}))).toBeUndefined();
    // Half a minute a frame is no movement.
    expect(recordedTiming(clip(3, { ActualFrameDuration: 30_000 }))).toBeUndefined();
  });

  it('repeats, goes back and forth, or ends, within its range', () => {
    const play = (mode: 'loop' | 'sweep' | 'once', steps: number) => {
      const seen: number[] = [];
      let at: { index: number; direction: 1 | -1 } | undefined = { index: 1, direction: 1 };
      for (let step = 0; step < steps && at; step++) {
        seen.push(at.index);
        at = nextOfCine(at.index, at.direction, { mode, first: 1, last: 3 });
      }
      return seen;
    };
    expect(play('loop', 6)).toEqual([1, 2, 3, 1, 2, 3]);
    expect(play('sweep', 7)).toEqual([1, 2, 3, 2, 1, 2, 3]);
    expect(play('once', 9)).toEqual([1, 2, 3]);
    expect(nextOfCine(9, 1, { mode: 'loop', first: 1, last: 3 })).toEqual({ index: 1, direction: 1 });
  });

  it('begins with the trim and the sequencing of the object', () => {
    expect(
      initialCineSettings(clip(9, { StartTrim: 3, StopTrim: 7, PreferredPlaybackSequencing: 1 })),
    ).toEqual({ mode: 'sweep', first: 2, last: 6 });
  });
});

describe('overlays and shutters', () => {
  const plane = (more: Record<string, unknown>, bytes: readonly number[], frameNumber = 1) => {
    const instance = {
      ...Object.fromEntries(Object.entries(more).map(([tag, value]) => [tag, { Value: [value].flat() }])),
      60003000: { InlineBinary: btoa(String.fromCharCode(...bytes)) },
    };
    return overlayPlane(instance, '6000', { frameNumber, rows: 4, columns: 4, embedded: new Map() });
  };

  it('are read bit by bit, from their origin', () => {
    const found = plane({ '60000010': 2, '60000011': 3, '60000050': [0, 3] }, [0b010110]);
    expect(found).toMatchObject({ top: -1, left: 2, rows: 2, columns: 3 });
    const on = [0, 1].map((row) => [0, 1, 2].map((column) => found?.isOn(row, column)));
    expect(on).toEqual([
      [false, true, true],
      [false, true, false],
    ]);
  });

  it('have a plane for each frame from their first one on', () => {
    const frames = { '60000010': 2, '60000011': 4, '60000015': 2, '60000051': 2 };
    expect(plane(frames, [0x0f, 0xf0], 1)).toBeUndefined();
    expect(plane(frames, [0x0f, 0xf0], 2)?.isOn(0, 0)).toBe(true);
    expect(plane(frames, [0x0f, 0xf0], 3)?.isOn(0, 0)).toBe(false);
  });

  it('of a region are drawn as its outline', () => {
    const full = plane({ '60000010': 4, '60000011': 4, '60000040': 'R' }, [0xff, 0xff]);
    const drawn = [0, 1, 2, 3].map((row) => (full && isDrawn(full, row, 1) ? 1 : 0));
    expect(drawn).toEqual([1, 0, 0, 1]);
  });

  it('in high bits of the pixels are found there', () => {
    const [image] = describeImages('1', '2', {
      ...makeSlice(1, 0),
      '60000010': { Value: [4] },
      '60000011': { Value: [4] },
      '60000102': { Value: [15] },
    });
    if (!image) throw new Error('no image');
    const samples = Uint16Array.from({ length: 16 }, (_, at) => (at === 5 ? 0x8fff : 0x0fff));
    const found = readEmbeddedOverlays(image, { samples, isPlanar: false, photometricInterpretation: '' });
    expect([...(found.get('6000') ?? [])].indexOf(1)).toBe(5);
  });

  it('cover what lies outside of the edges, which stay visible', () => {
    const shutter = describeShutter(
      makeDataSet({
        ShutterShape: ['RECTANGULAR', 'CIRCULAR', 'POLYGONAL'],
        ShutterLeftVerticalEdge: 2,
        ShutterRightVerticalEdge: 3,
        ShutterUpperHorizontalEdge: 2,
        ShutterLowerHorizontalEdge: 4,
        CenterOfCircularShutter: [10, 20],
        RadiusOfCircularShutter: 5,
        VerticesOfThePolygonalShutter: [1, 1, 1, 9, 9, 9],
        ShutterPresentationValue: 65535,
      }),
      0,
    );
    expect(shutter).toEqual({
      grey: 255,
      shapes: [
        { kind: 'rectangle', left: 0.5, right: 2.5, top: 0.5, bottom: 3.5 },
        { kind: 'circle', x: 19, y: 9, radius: 5.5 },
        {
          kind: 'polygon',
          points: [
            [0, 0],
            [8, 0],
            [8, 8],
          ],
        },
      ],
    });
  });
});

describe('texts over images', () => {
  it('leave out the less important as tiles shrink, never who and which', () => {
    const lines = ['name', 'id', 'birth', 'sex'].map((key, priority) => ({
      key,
      text: key,
      priority: priority < 2 ? 0 : priority,
    }));
    expect(fitLines(lines, 3).map(({ key }) => key)).toEqual(['name', 'id', 'birth']);
    expect(fitLines(lines, 1).map(({ key }) => key)).toEqual(['name', 'id']);
    expect(linesThatFit({ width: 1000, height: 700 })).toBeGreaterThan(12);
    expect(linesThatFit({ width: 280, height: 160 })).toBe(3);
    expect(linesThatFit({ width: 280, height: 90 })).toBe(2);
  });
});

describe('segmented palettes (PS3.3 C.7.9.2)', () => {
  it('of 8-bit entries are read byte by byte, references included', () => {
    // Discrete 10, 20; linear 4 steps to 60; then the linear segment (at byte 4) again, from 60 to 60.
    const data = Uint8Array.of(0, 2, 10, 20, 1, 4, 60, 2, 1, 4, 0, 0, 0);
    expect([...expandSegments(data, 10)]).toEqual([10, 20, 30, 40, 50, 60, 60, 60, 60, 60]);
  });

  it('that refer to what comes after them are damaged', () => {
    expect(() => expandSegments(Uint16Array.of(2, 1, 0, 0), 4)).toThrow(DecodeError);
    expect(() => expandSegments(Uint16Array.of(7, 1, 0), 4)).toThrow(DecodeError);
  });
});

describe('colour of 16 bits', () => {
  it('keeps its highest value the highest', () => {
    const layout = {
      rows: 1,
      columns: 1,
      samplesPerPixel: 3,
      photometricInterpretation: 'RGB',
      planarConfiguration: 0,
      bitsAllocated: 16,
      bitsStored: 12,
      highBit: 11,
      isSigned: false,
      isFloat: false,
    };
    const samples = Uint16Array.of(4095, 2048, 0);
    const rgb = toRgb({ samples, isPlanar: false, photometricInterpretation: 'RGB' }, layout);
    expect([...rgb]).toEqual([255, 128, 0]);
  });
});

describe('what can be switched in all viewports', () => {
  it('overlays, shutters and the clamp of PET are on until they are switched off', () => {
    const changes: unknown[] = [];
    const stop = onViewOptions(() => changes.push(viewOptions()));
    for (const [command, option] of [
      ['toggleOverlayPlanes', 'showsOverlays'],
      ['toggleShutters', 'showsShutters'],
      ['toggleClampToZero', 'clampsToZero'],
    ] as const) {
      const { run, isPressed } = viewingCommands[command];
      expect(isPressed()).toBe(true);
      run();
      expect([isPressed(), viewOptions()[option]]).toEqual([false, false]);
      run();
    }
    stop();
    expect(changes).toHaveLength(6);
    expect(viewOptions()).toEqual(defaultViewOptions);
  });
});
