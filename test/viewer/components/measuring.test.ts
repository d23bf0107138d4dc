import { beforeEach, describe, expect, it } from 'vitest';
import { calibrationOfImage } from '../../../viewer/measuring/calibration.ts';
import {
  type Draft,
  finish,
  move,
  moveWireHandle,
  press,
  release,
  shapeOfDraft,
} from '../../../viewer/measuring/draft.ts';
import { placeLabel } from '../../../viewer/measuring/label-layout.ts';
import { hitTest, layOut } from '../../../viewer/measuring/layout.ts';
import { measure } from '../../../viewer/measuring/measure.ts';
import {
  isPlacedOn,
  type Measurement,
  placementOn,
  pointsOn,
} from '../../../viewer/measuring/measurement.ts';
import {
  addLoadedMeasurements,
  canRedo,
  canUndo,
  changeMeasurement,
  createMeasurement,
  forgetAllMeasurements,
  forgetSavedMeasurements,
  isUnsaved,
  markSaved,
  measurementOf,
  redo,
  removeMeasurements,
  replaceResults,
  undo,
  useMeasurements,
} from '../../../viewer/measuring/measurement-store.ts';
import { newTrackingUID } from '../../../viewer/measuring/tracking-uid.ts';
import { calibrate, removeCalibration } from '../../../viewer/measuring/user-calibration.ts';
import { formatDecimals, formatValue } from '../../../viewer/measuring/value-text.ts';
import { describeImages, type ImageDescription } from '../../../viewer/viewport/image-description.ts';
import type { Point, Surface } from '../../../viewer/viewport/surface.ts';
import { cross, dot, type Vector3 } from '../../../viewer/viewport/vectors.ts';
import { makeDataSet } from './make-data-set.ts';

const at = (x: number, y: number): Point => ({ x, y });

function makeImage(attributes: Parameters<typeof makeDataSet>[0]): ImageDescription {
  const instance = makeDataSet({
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
    SOPInstanceUID: '1.2.3',
    Modality: 'CT',
    Rows: 100,
    Columns: 100,
    ...attributes,
  });
  const [image] = describeImages('1', '2', instance);
  if (!image) throw new Error('no image');
  return image;
}

/** A surface of an image as it lies at one CSS pixel a column; `valueAt` is column + 1000 * row. */
function surfaceOf(image: ImageDescription): Surface {
  return {
    key: image.imageId,
    kind: 'image',
    image,
    frameOfReferenceUID: undefined,
    xDirection: undefined,
    yDirection: undefined,
    toScreen: ({ x, y }) => ({ left: x * 4 + 50, top: y * 4 + 50 }),
    fromScreen: ({ left, top }) => ({ x: (left - 50) / 4, y: (top - 50) / 4 }),
    toPatient: () => undefined,
    fromPatient: () => undefined,
    valueAt: ({ x, y }) => Math.round(x) + 1000 * Math.round(y),
    valueUnit: 'HU',
  };
}

const cr = '1.2.840.10008.5.1.4.1.1.1';

describe('calibration', () => {
  const kindOf = (attributes: Parameters<typeof makeDataSet>[0]) => {
    const { kind, x, y } = calibrationOfImage(makeImage(attributes), [at(1, 1)]);
    return [kind, x.size, y.size, x.unit];
  };

  it('is named by what the header says', () => {
    expect(kindOf({ PixelSpacing: [2, 0.5] })).toEqual(['patient', 0.5, 2, 'mm']);
    expect(kindOf({ SOPClassUID: cr, ImagerPixelSpacing: [0.2, 0.2] })).toEqual(['detector', 0.2, 0.2, 'mm']);
    expect(
      kindOf({
        SOPClassUID: cr,
        ImagerPixelSpacing: [0.2, 0.2],
        EstimatedRadiographicMagnificationFactor: 1.25,
      }),
    ).toEqual(['magnificationCorrected', 0.16, 0.16, 'mm']);
    expect(
      kindOf({
        SOPClassUID: cr,
        ImagerPixelSpacing: [0.2, 0.2],
        PixelSpacing: [0.18, 0.18],
        PixelSpacingCalibrationType: 'FIDUCIAL',
      }),
    ).toEqual(['fiducial', 0.18, 0.18, 'mm']);
    expect(kindOf({})).toEqual(['none', 1, 1, 'px']);
    expect(kindOf({ PixelAspectRatio: [2, 1] })).toEqual(['none', 1, 2, 'px']);
  });

  it('by a reader holds for an image or a series, comes before the header, and goes', () => {
    const image = makeImage({ SOPClassUID: cr, ImagerPixelSpacing: [0.2, 0.1] });
    calibrate(image, 'series', 20, 10);
    expect(calibrationOfImage(image, [])).toMatchObject({
      kind: 'user',
      x: { size: 0.05 },
      y: { size: 0.1 },
    });
    calibrate(image, 'image', 20, 40);
    expect(calibrationOfImage(image, [])).toMatchObject({ kind: 'user', x: { size: 0.2 } });
    calibrate(image, 'image', 0, 40);
    expect(calibrationOfImage(image, [])).toMatchObject({ x: { size: 0.2 } });
    removeCalibration(image);
    expect(calibrationOfImage(image, []).kind).toBe('detector');
  });
});

describe('ultrasound regions', () => {
  const region = (more: Parameters<typeof makeDataSet>[0]) =>
    makeDataSet({
      RegionSpatialFormat: 1,
      RegionDataType: 1,
      RegionFlags: 0,
      RegionLocationMinX0: 0,
      RegionLocationMinY0: 0,
      RegionLocationMaxX1: 49,
      RegionLocationMaxY1: 49,
      PhysicalUnitsXDirection: 3,
      PhysicalUnitsYDirection: 3,
      PhysicalDeltaX: 0.02,
      PhysicalDeltaY: 0.02,
      ...more,
    });
  const us = (...regions: ReturnType<typeof region>[]) =>
    surfaceOf(
      makeImage({
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.6.1',
        Modality: 'US',
        SequenceOfUltrasoundRegions: regions,
      }),
    );
  const lengthOn = (surface: Surface, a: Point, b: Point) =>
    measure({ tool: 'length', points: [a, b], isClosed: false }, surface);

  it('give mm within one, whatever the sign of the step', () => {
    const surface = us(region({ PhysicalDeltaX: -0.02 }));
    expect(lengthOn(surface, at(10, 10), at(40, 50 - 0.6))).toMatchObject({ calibration: 'region' });
    const { values } = lengthOn(surface, at(10, 10), at(40, 10));
    expect(values).toEqual([{ quantity: 'length', value: expect.closeTo(6, 9), unit: 'mm' }]);
  });

  it('give pixels across them, and where a step is 0', () => {
    expect(lengthOn(us(region({})), at(10, 10), at(60, 10))).toEqual({
      values: [{ quantity: 'length', value: 50, unit: 'px' }],
      calibration: 'none',
      notice: 'outsideRegion',
    });
    expect(lengthOn(us(region({ PhysicalDeltaY: 0 })), at(10, 10), at(20, 10))).toMatchObject({
      calibration: 'none',
      notice: 'outsideRegion',
    });
  });

  it('that overlap: the one of high priority, else one that can be measured in, else the smallest', () => {
    const coarse = region({ PhysicalDeltaX: 0.1, PhysicalDeltaY: 0.1, RegionFlags: 1 });
    const fine = region({ RegionLocationMaxX1: 80, RegionLocationMaxY1: 80 });
    const unitless = region({
      PhysicalUnitsXDirection: 0,
      PhysicalUnitsYDirection: 0,
      RegionFlags: 1,
      RegionLocationMaxX1: 30,
    });
    expect(lengthOn(us(coarse, fine), at(0, 0), at(10, 0)).values[0]?.value).toBeCloseTo(2, 9);
    expect(lengthOn(us(unitless, coarse), at(0, 0), at(10, 0)).values[0]?.value).toBeCloseTo(10, 9);
  });

  it('of a Doppler spectrum give time and velocity, and no angle', () => {
    const spectrum = us(
      region({
        RegionSpatialFormat: 3,
        RegionDataType: 3,
        PhysicalUnitsXDirection: 4,
        PhysicalUnitsYDirection: 7,
        PhysicalDeltaX: 0.01,
        PhysicalDeltaY: -2,
        ReferencePixelX0: 0,
        ReferencePixelY0: 20,
        ReferencePixelPhysicalValueX: 0,
        ReferencePixelPhysicalValueY: 0,
      }),
    );
    expect(lengthOn(spectrum, at(10, 10), at(30, 20))).toEqual({
      values: [
        { quantity: 'duration', value: expect.closeTo(0.2, 9), unit: 's' },
        { quantity: 'velocity', value: 20, unit: 'cm/s' },
      ],
      calibration: 'region',
      notice: 'mixedAxes',
    });
    const angle = { tool: 'angle', points: [at(0, 0), at(10, 10), at(20, 0)], isClosed: false } as const;
    expect(measure(angle, spectrum).values).toEqual([]);
    const { values } = measure({ tool: 'probe', points: [at(10, 5)], isClosed: false }, spectrum);
    // 15 rows above the base line, 2 cm/s each, upwards.
    expect(values.at(-1)).toEqual({ quantity: 'velocity', value: 30, unit: 'cm/s' });
  });

  it('of time and velocity stay so beside a calibration by a reader, which holds for the picture', () => {
    const spectrum = us(
      region({}),
      region({
        RegionSpatialFormat: 3,
        RegionDataType: 3,
        RegionLocationMinY0: 60,
        RegionLocationMaxY1: 99,
        PhysicalUnitsXDirection: 4,
        PhysicalUnitsYDirection: 7,
        PhysicalDeltaX: 0.01,
        PhysicalDeltaY: -2,
      }),
    );
    calibrate(spectrum.image, 'series', 20, 10);
    expect(lengthOn(spectrum, at(10, 70), at(30, 80))).toMatchObject({
      values: [
        { quantity: 'duration', value: expect.closeTo(0.2, 9), unit: 's' },
        { quantity: 'velocity', value: 20, unit: 'cm/s' },
      ],
      calibration: 'region',
    });
    expect(lengthOn(spectrum, at(10, 10), at(30, 10))).toEqual({
      values: [{ quantity: 'length', value: expect.closeTo(10, 9), unit: 'mm' }],
      calibration: 'user',
    });
    expect(lengthOn(spectrum, at(10, 10), at(10, 70))).toMatchObject({
      calibration: 'none',
      notice: 'outsideRegion',
    });
    removeCalibration(spectrum.image);
  });
});

describe('what a shape measures', () => {
  const surface = surfaceOf(makeImage({ PixelSpacing: [2, 0.5] }));

  it('within: area in mm² and statistics of the pixels', () => {
    const points = [at(9.5, 19.5), at(13.5, 19.5), at(13.5, 21.5), at(9.5, 21.5)];
    const { values } = measure({ tool: 'rectangle', points, isClosed: true }, surface);
    const byQuantity = Object.fromEntries(values.map(({ quantity, value }) => [quantity, value]));
    expect(byQuantity).toMatchObject({
      area: 8,
      perimeter: 12,
      pixelCount: 8,
      minimum: 20010,
      maximum: 21013,
    });
    expect(byQuantity.mean).toBeCloseTo(20511.5, 9);
    expect(values.find(({ quantity }) => quantity === 'mean')?.unit).toBe('HU');
  });

  it('when the outline crosses itself: nothing that would be wrong', () => {
    const points = [at(10, 10), at(20, 20), at(20, 10), at(10, 20)];
    expect(measure({ tool: 'freehand', points, isClosed: true }, surface)).toEqual({
      values: [],
      calibration: 'patient',
      notice: 'selfCrossing',
    });
  });

  it('in colour: the area, and no statistics', () => {
    const coloured: Surface = { ...surface, valueAt: () => [1, 2, 3] };
    const points = [at(10, 10), at(20, 10), at(20, 20), at(10, 20)];
    const { values } = measure({ tool: 'rectangle', points, isClosed: true }, coloured);
    expect(values.map(({ quantity }) => quantity)).toEqual(['area', 'perimeter']);
  });
});

/** A plane through a volume, from three vectors. */
function planeSurface(origin: Vector3, x: Vector3, y: Vector3, frameOfReferenceUID = '1.9'): Surface {
  const along = (point: Point): Vector3 => {
    const axis = (index: 0 | 1 | 2) => origin[index] + x[index] * point.x + y[index] * point.y;
    return [axis(0), axis(1), axis(2)];
  };
  const offset = (place: Vector3): Vector3 => [
    place[0] - origin[0],
    place[1] - origin[1],
    place[2] - origin[2],
  ];
  return {
    ...surfaceOf(makeImage({})),
    kind: 'plane',
    frameOfReferenceUID,
    xDirection: x,
    yDirection: y,
    toPatient: along,
    fromPatient: (place) => ({
      x: dot(offset(place), x),
      y: dot(offset(place), y),
      distance: dot(offset(place), cross(x, y)),
    }),
  };
}

describe('where a measurement is seen', () => {
  it('on an image: the same frame only', () => {
    const placement = placementOn(surfaceOf(makeImage({})));
    if (!placement) throw new Error('no placement');
    expect(isPlacedOn(placement, surfaceOf(makeImage({})))).toBe(true);
    expect(isPlacedOn(placement, surfaceOf(makeImage({ SOPInstanceUID: '1.2.4' })))).toBe(false);
    const other = { ...makeImage({}), frameNumber: 2 };
    expect(isPlacedOn(placement, surfaceOf(other))).toBe(false);
  });

  it('on a plane: within half a millimetre and a degree, in the same Frame of Reference', () => {
    const [x, y]: Vector3[] = [
      [1, 0, 0],
      [0, 1, 0],
    ];
    if (!x || !y) throw new Error('no axes');
    const placement = placementOn(planeSurface([0, 0, 10], x, y));
    if (!placement) throw new Error('no placement');
    const isOn = (surface: Surface) => isPlacedOn(placement, surface);
    expect(isOn(planeSurface([50, -20, 10.4], x, y))).toBe(true);
    expect(isOn(planeSurface([0, 0, 10.6], x, y))).toBe(false);
    expect(isOn(planeSurface([0, 0, 10], x, y, '1.8'))).toBe(false);
    const turned = (degrees: number): Vector3 => [
      0,
      Math.cos((degrees * Math.PI) / 180),
      Math.sin((degrees * Math.PI) / 180),
    ];
    expect(isOn(planeSurface([0, 0, 10], x, turned(0.9)))).toBe(true);
    expect(isOn(planeSurface([0, 0, 10], x, turned(1.1)))).toBe(false);
    // Its points follow where the plane counts from another corner.
    expect(pointsOn(placement, [at(3, 4)], planeSurface([1, 1, 10], x, y))).toEqual([at(2, 3)]);
  });
});

function makeMeasurement(uid: string, more: Partial<Measurement> = {}): Measurement {
  return {
    trackingUID: uid,
    tool: 'length',
    placement: placementOn(surfaceOf(makeImage({}))) as Measurement['placement'],
    points: [at(0, 0), at(10, 0)],
    isClosed: false,
    label: '',
    color: '#fff',
    author: 'reader',
    createdAt: '2026-01-01T00:00:00Z',
    values: [{ quantity: 'length', value: 10, unit: 'px' }],
    calibration: 'none',
    saved: undefined,
    ...more,
  };
}

describe('steps', () => {
  beforeEach(forgetAllMeasurements);
  const uids = () => useMeasurements.getState().measurements.map(({ trackingUID }) => trackingUID);

  it('of making, changing and removing can be taken back and taken again', () => {
    createMeasurement(makeMeasurement('a'));
    createMeasurement(makeMeasurement('b'));
    changeMeasurement('a', { label: 'lesion', color: '#f00' });
    removeMeasurements(['a', 'b']);
    expect(uids()).toEqual([]);
    undo();
    expect(uids().sort()).toEqual(['a', 'b']);
    undo();
    expect(measurementOf('a')).toMatchObject({ label: '', color: '#fff' });
    undo();
    undo();
    expect(uids()).toEqual([]);
    expect(canUndo()).toBe(false);
    for (let step = 0; step < 3; step++) redo();
    expect(measurementOf('a')).toMatchObject({ label: 'lesion' });
    // Another step makes what was taken back a thing of the past.
    changeMeasurement('b', { label: 'x' });
    expect(canRedo()).toBe(false);
  });

  it('leave what is saved saved, and say that it was changed', () => {
    createMeasurement(makeMeasurement('a'));
    changeMeasurement('a', { label: 'one' });
    markSaved(['a'], '9.9');
    expect(isUnsaved(measurementOf('a') ?? makeMeasurement('x'))).toBe(false);
    undo();
    expect(measurementOf('a')).toMatchObject({
      label: '',
      saved: { sopInstanceUID: '9.9', isChanged: true },
    });
    changeMeasurement('a', { label: 'two' });
    expect(measurementOf('a')?.saved).toEqual({ sopInstanceUID: '9.9', isChanged: true });
  });

  it('know nothing of what was loaded, which is never loaded twice', () => {
    addLoadedMeasurements([makeMeasurement('a', { saved: { sopInstanceUID: '9', isChanged: false } })]);
    addLoadedMeasurements([makeMeasurement('a', { label: 'again' })]);
    expect(measurementOf('a')?.label).toBe('');
    expect(canUndo()).toBe(false);
  });

  it('cannot be taken back beyond another calibration', () => {
    createMeasurement(makeMeasurement('a'));
    markSaved(['a'], '9');
    const values = [{ quantity: 'length', value: 5, unit: 'mm' }] as const;
    replaceResults(new Map([['a', { values, calibration: 'user' }]]));
    expect(measurementOf('a')).toMatchObject({ values, calibration: 'user', saved: { isChanged: true } });
    expect(canUndo()).toBe(false);
  });

  it('end with the study, but what is not saved stays', () => {
    createMeasurement(makeMeasurement('a'));
    createMeasurement(makeMeasurement('b'));
    markSaved(['a'], '9');
    forgetSavedMeasurements();
    expect(uids()).toEqual(['b']);
    expect(canUndo()).toBe(false);
  });

  it('drop a notice that new values do not have', () => {
    createMeasurement(makeMeasurement('a', { notice: 'outsideRegion' }));
    changeMeasurement('a', { label: 'x' });
    expect(measurementOf('a')?.notice).toBe('outsideRegion');
    changeMeasurement('a', { values: [] });
    expect(measurementOf('a')?.notice).toBeUndefined();
  });
});

describe('drawing', () => {
  const where = {
    scale: { x: 1, y: 1 },
    isConstrained: false,
    isNear: (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y) <= 3,
    isSame: (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y) <= 0.75,
    wire: (from: Point, to: Point) => [from, at((from.x + to.x) / 2, 99), to],
  };
  /** What comes of clicks, one after the other. */
  function clicks(tool: string, places: readonly Point[]) {
    let draft: Draft | undefined;
    for (const place of places) {
      if (draft) draft = move(draft, place, where);
      const pressed = press(draft, tool, place, where);
      if (pressed.finished) return pressed.finished;
      if (!pressed.draft) throw new Error('no draft');
      const released = release(pressed.draft, false, where);
      if (released.finished) return released.finished;
      draft = released.draft;
    }
    return draft;
  }
  /** What comes of pressing, moving and letting go. */
  function dragged(tool: string, places: readonly [Point, ...Point[]], before?: Draft) {
    const [first, ...rest] = places;
    let draft = press(before, tool, first, where).draft;
    for (const place of rest) draft = draft && move(draft, place, where);
    if (!draft) throw new Error('no draft');
    return release(draft, true, where);
  }

  it('a length is two clicks or one drag', () => {
    const wanted = { points: [at(1, 1), at(20, 5)], isClosed: false };
    expect(clicks('length', [at(1, 1), at(20, 5)])).toEqual(wanted);
    expect(dragged('length', [at(1, 1), at(20, 5)]).finished).toEqual(wanted);
  });

  it('a Cobb angle is four clicks or two drags', () => {
    const places = [at(0, 0), at(10, 0), at(0, 20), at(10, 25)];
    expect(clicks('cobbAngle', places)).toEqual({ points: places, isClosed: false });
    const { draft } = dragged('cobbAngle', [at(0, 0), at(10, 0)]);
    expect(draft?.moving).toBeUndefined();
    expect(dragged('cobbAngle', [at(0, 20), at(10, 25)], draft).finished?.points).toEqual(places);
  });

  it('an angle is three clicks, or a drag and a click', () => {
    const places = [at(0, 0), at(10, 0), at(10, 20)];
    expect(clicks('angle', places)).toEqual({ points: places, isClosed: false });
    const { draft } = dragged('angle', [at(0, 0), at(10, 0)]);
    if (!draft) throw new Error('no draft');
    const pressed = press(move(draft, at(10, 20), where), 'angle', at(10, 20), where);
    expect(pressed.draft && release(pressed.draft, false, where).finished?.points).toEqual(places);
  });

  it('a slip of the hand measures nothing', () => {
    expect(clicks('length', [at(1, 1), at(1.2, 1)])).toMatchObject({ places: [at(1, 1)] });
  });

  it.each(['rectangle', 'ellipse'])('a straight drag is no %s', (tool) => {
    expect(dragged(tool, [at(1, 1), at(40, 1.5)])).toEqual({});
    expect(dragged(tool, [at(1, 1), at(1, 40)])).toEqual({});
    expect(clicks(tool, [at(1, 1), at(40, 1)])).toMatchObject({ places: [at(1, 1)] });
    expect(dragged(tool, [at(1, 1), at(40, 3)]).finished?.points).toHaveLength(4);
  });

  it('a short axis of no length goes on following the pointer', () => {
    const long = [at(0, 0), at(40, 0)];
    expect(clicks('bidirectional', [...long, at(20, 0.2)])).toMatchObject({ places: long });
    expect(clicks('bidirectional', [...long, at(20, 4)])).toMatchObject({ isClosed: false });
  });

  it('freehand back to its start is an outline, else a line', () => {
    const round: [Point, ...Point[]] = [at(0, 0), at(10, 0), at(10, 10), at(0, 10), at(0, 1)];
    expect(dragged('freehand', round).finished).toMatchObject({ isClosed: true });
    expect(dragged('freehand', [at(0, 0), at(10, 0), at(20, 5)]).finished).toEqual({
      points: [at(0, 0), at(10, 0), at(20, 5)],
      isClosed: false,
    });
    // By clicks: closed at the start.
    expect(clicks('freehand', [at(0, 0), at(10, 0), at(10, 10), at(1, 0)])).toMatchObject({
      points: [at(0, 0), at(10, 0), at(10, 10)],
      isClosed: true,
    });
  });

  it('splines and livewires close at their start or by finishing', () => {
    const places = [at(0, 0), at(10, 0), at(10, 10)];
    expect(clicks('spline', [...places, at(1, 1)])).toMatchObject({ handles: places, isClosed: true });
    const draft = clicks('livewire', places) as Draft;
    expect(shapeOfDraft({ ...draft, moving: undefined }, where).points).toEqual([
      at(0, 0),
      at(5, 99),
      at(10, 0),
      at(10, 99),
      at(10, 10),
    ]);
    expect(clicks('livewire', [...places, at(1, 1)])).toEqual({
      points: [at(0, 0), at(5, 99), at(10, 0), at(10, 99), at(10, 10), at(5, 99)],
      handles: places,
      isClosed: true,
    });
    const line = [at(0, 0), at(5, 99), at(10, 0), at(10, 99), at(10, 10)];
    const open = finish(draft, where).finished;
    expect(open).toEqual({ points: line, handles: places, isClosed: false });
    // Only what is beside a place that is moved is looked for anew.
    const moved = moveWireHandle(
      { points: line, handles: places, isClosed: false },
      2,
      at(20, 20),
      where.wire,
    );
    expect(moved.points).toEqual([at(0, 0), at(5, 99), at(10, 0), at(15, 99), at(20, 20)]);
    expect(finish(clicks('spline', places) as Draft, where).finished).toMatchObject({ isClosed: true });
  });

  it('Shift keeps to 45°', () => {
    const held = { ...where, isConstrained: true };
    const { draft } = press(undefined, 'length', at(0, 0), held);
    if (!draft) throw new Error('no draft');
    const { finished } = release(move(draft, at(20, 2), held), true, held);
    expect(finished?.points[1]?.x).toBeCloseTo(20, 9);
    expect(finished?.points[1]?.y).toBeCloseTo(0, 9);
  });
});

describe('labels', () => {
  const viewport = { width: 400, height: 400 };
  const size = { width: 80, height: 20 };

  it('stand beside what is measured, inside the viewport, never over it', () => {
    expect(
      placeLabel(size, { left: 100, top: 100, width: 50, height: 50 }, [], viewport).left,
    ).toBeGreaterThan(150);
    const atEdge = placeLabel(size, { left: 330, top: 100, width: 60, height: 50 }, [], viewport);
    expect(atEdge.left + atEdge.width).toBeLessThan(330);
    const filling = placeLabel(size, { left: 5, top: 100, width: 390, height: 50 }, [], viewport);
    expect(filling.top > 150 || filling.top + filling.height < 100).toBe(true);
  });

  it('and lines and handles are found under the pointer, by a finger from farther away', () => {
    const surface = surfaceOf(makeImage({}));
    const items = layOut([makeMeasurement('a')], surface, viewport, () => ['10 px']);
    const hit = (left: number, top: number, type = 'mouse') => hitTest(items, { left, top }, type);
    // From (50, 50) to (90, 50) on the screen.
    expect(hit(51, 52)).toEqual({ trackingUID: 'a', part: 'handle', index: 0 });
    expect(hit(89, 50)).toEqual({ trackingUID: 'a', part: 'handle', index: 1 });
    expect(hit(70, 54)).toMatchObject({ part: 'line' });
    expect(hit(70, 70)).toBeUndefined();
    expect(hit(70, 70, 'touch')).toMatchObject({ part: 'line' });
    const { label } = items[0] ?? {};
    expect(hit((label?.left ?? 0) + 5, (label?.top ?? 0) + 5)).toMatchObject({ part: 'label' });
  });
});

describe('numbers', () => {
  it('are written in the language of the reader, rounded half away from zero, with their unit', () => {
    expect(formatValue({ quantity: 'length', value: 12.345, unit: 'mm' }, 'en')).toBe('12.3 mm');
    expect(formatValue({ quantity: 'length', value: 12.35, unit: 'mm' }, 'de')).toBe('12,4 mm');
    expect(formatValue({ quantity: 'value', value: -1024, unit: 'HU' }, 'en')).toBe('−1,024 HU');
    expect(formatValue({ quantity: 'mean', value: 2.3456, unit: 'SUVbw' }, 'en')).toBe('2.35 SUVbw');
    expect(formatValue({ quantity: 'angle', value: 12.25, unit: '°' }, 'en')).toBe('12.3°');
    expect(formatValue({ quantity: 'mean', value: 0.001234, unit: '' }, 'en')).toBe('0.00123');
    expect(formatDecimals(-0.04, 1, 'en')).toBe('0.0');
  });
});

describe('tracking UIDs', () => {
  it('are UIDs, and never the same', () => {
    const uids = new Set(Array.from({ length: 100 }, newTrackingUID));
    expect(uids.size).toBe(100);
    for (const uid of uids) {
      expect(uid).toMatch(/^2\.25\.[1-9]\d{1,38}$/);
      expect(uid.length).toBeLessThanOrEqual(64);
    }
  });
});
