import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../../../../server/dicom/data-set.ts';
import { dataSetOf, frameOf, rendered, words } from './render-request-samples.ts';

const image = dataSetOf({ ReferencedSOPInstanceUID: '1.2.3' });
type Attributes = Parameters<typeof dataSetOf>[0];
const stateOf = (attributes: Attributes, reference: DataSet = image) =>
  dataSetOf({
    ReferencedSeriesSequence: [dataSetOf({ ReferencedImageSequence: [reference] })],
    PresentationLUTShape: 'IDENTITY',
    ...attributes,
  });
const present = (frame: ReturnType<typeof frameOf>, attributes: Attributes, own: Attributes = {}) =>
  rendered(frame, own, { presentationState: stateOf(attributes) });
const window = (center: number, width: number, more: Attributes = {}) =>
  dataSetOf({ WindowCenter: center, WindowWidth: width, VOILUTFunction: 'LINEAR_EXACT', ...more });

const black5 = frameOf(new Uint8Array(25), { rows: 5, bitsStored: 8 });
const lit = (values: number[], level = 255) => values.flatMap((value, i) => (value === level ? [i] : []));

describe('a presentation state', () => {
  it('is refused for an image, or a frame, that it does not refer to', async () => {
    const other = { presentationState: stateOf({}, dataSetOf({ ReferencedSOPInstanceUID: '1.2.4' })) };
    await expect(rendered(black5, {}, other)).rejects.toMatchObject({ code: 'NOT_RENDERABLE' });
    const frame2 = dataSetOf({ ReferencedSOPInstanceUID: '1.2.3', ReferencedFrameNumber: [2, 3] });
    const presentationState = stateOf({}, frame2);
    await expect(rendered(black5, {}, { presentationState })).rejects.toMatchObject({
      code: 'NOT_RENDERABLE',
    });
    await expect(rendered(black5, {}, { presentationState, frameNumber: 3 })).resolves.toBeDefined();
  });

  it('takes the place of all grey transformations of the image; what it lacks is the identity', async () => {
    const frame = frameOf(Uint16Array.of(0, 2048, 4095), {
      bitsStored: 12,
      photometricInterpretation: 'MONOCHROME1',
    });
    const { values } = await present(
      frame,
      {},
      { WindowCenter: 1, WindowWidth: 2, RescaleSlope: 9, RescaleIntercept: -5 },
    );
    expect(values).toEqual([0, 128, 255]);
  });

  it('applies its tables one after the other', async () => {
    const table = (...entries: number[]) =>
      dataSetOf({ LUTDescriptor: [entries.length, 0, 8], LUTData: words(...entries) });
    const { values } = await present(frameOf(Uint8Array.of(0, 1), { bitsStored: 8 }), {
      ModalityLUTSequence: [table(3, 2)],
      SoftcopyVOILUTSequence: [dataSetOf({ VOILUTSequence: [table(0, 0, 255, 0)] })],
      PresentationLUTSequence: [table(40, 0, 200)],
    });
    expect(values).toEqual([40, 200]);
  });

  it('spreads what the window gives over all entries of a Presentation LUT', async () => {
    const lut = dataSetOf({ LUTDescriptor: [3, 0, 8], LUTData: words(40, 7, 200) });
    const { values } = await present(frameOf(Uint8Array.of(0, 128, 255), { bitsStored: 8 }), {
      PresentationLUTSequence: [lut],
    });
    expect(values).toEqual([40, 7, 200]);
  });

  it('inverts with its shape', async () => {
    const { values } = await present(frameOf(Uint8Array.of(0, 10, 255), { bitsStored: 8 }), {
      PresentationLUTShape: 'INVERSE',
    });
    expect(values).toEqual([255, 245, 0]);
  });

  it('has windows for single images and frames', async () => {
    const only = (frame: number) => ({
      ReferencedImageSequence: [
        dataSetOf({ ReferencedSOPInstanceUID: '1.2.3', ReferencedFrameNumber: [frame] }),
      ],
    });
    const presentationState = stateOf({
      SoftcopyVOILUTSequence: [window(100, 4, only(1)), window(10, 4, only(2))],
    });
    const frame = frameOf(Uint16Array.of(8, 10, 12));
    const shown = async (frameNumber: number) =>
      (await rendered(frame, {}, { presentationState, frameNumber })).values;
    expect([await shown(1), await shown(2), await shown(3)]).toEqual([
      [0, 0, 0],
      [0, 128, 255],
      [0, 0, 0],
    ]);
  });

  it('may colour grey images', async () => {
    const ramp = (value: (i: number) => number) =>
      words(...Array.from({ length: 256 }, (_, i) => value(i) << 8));
    const palette = Object.fromEntries(
      Object.entries({ Red: ramp((i) => i), Green: ramp(() => 0), Blue: ramp((i) => 255 - i) }).flatMap(
        ([name, data]) => [
          [`${name}PaletteColorLookupTableDescriptor`, [256, 0, 16]],
          [`${name}PaletteColorLookupTableData`, data],
        ],
      ),
    );
    const { values } = await present(frameOf(Uint8Array.of(0, 100), { bitsStored: 8 }), palette);
    expect(values).toEqual([0, 0, 255, 100, 0, 155]);
  });
});

describe('shutters', () => {
  const white5 = frameOf(new Uint8Array(25).fill(255), { rows: 5, bitsStored: 8 });

  it('are rectangles, whose edges stay visible', async () => {
    const edges = {
      ShutterLeftVerticalEdge: 2,
      ShutterRightVerticalEdge: 4,
      ShutterUpperHorizontalEdge: 1,
      ShutterLowerHorizontalEdge: 2,
    };
    const { values } = await present(white5, { ShutterShape: 'RECTANGULAR', ...edges });
    expect(lit(values)).toEqual([1, 2, 3, 6, 7, 8]);
  });

  it('are circles', async () => {
    const { values } = await present(white5, {
      ShutterShape: 'CIRCULAR',
      CenterOfCircularShutter: [3, 3],
      RadiusOfCircularShutter: 1,
    });
    expect(lit(values)).toEqual([7, 11, 12, 13, 17]);
  });

  it('are polygons', async () => {
    const { values } = await present(white5, {
      ShutterShape: 'POLYGONAL',
      VerticesOfThePolygonalShutter: [1, 1, 1, 4, 4, 4, 4, 1],
    });
    expect(lit(values)).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13]);
  });

  it('are bitmaps, whose ones cover', async () => {
    const { values } = await present(white5, {
      ShutterShape: 'BITMAP',
      ShutterOverlayGroup: 0x6000,
      ShutterPresentationValue: 65535 * 0.4,
      '60000010': 5,
      '60000011': 5,
      '60000050': [1, 1],
      '60003000': Uint8Array.of(0b101, 0, 0, 0),
    });
    expect(lit(values, 102)).toEqual([0, 2]);
    expect(lit(values)).toHaveLength(23);
  });

  it('all cover, in the shutter colour', async () => {
    const { values } = await present(white5, {
      ShutterShape: ['RECTANGULAR', 'CIRCULAR'],
      ShutterLeftVerticalEdge: 3,
      ShutterRightVerticalEdge: 5,
      ShutterUpperHorizontalEdge: 1,
      ShutterLowerHorizontalEdge: 5,
      CenterOfCircularShutter: [3, 3],
      RadiusOfCircularShutter: 1,
      ShutterPresentationValue: 32768,
    });
    expect(lit(values)).toEqual([7, 12, 13, 17]);
    expect(lit(values, 128)).toHaveLength(21);
  });

  it('of the image hold without a presentation state', async () => {
    const { values } = await rendered(white5, {
      ShutterShape: 'CIRCULAR',
      CenterOfCircularShutter: [3, 3],
      RadiusOfCircularShutter: 1,
    });
    expect(lit(values)).toEqual([7, 11, 12, 13, 17]);
  });

  it('of a frame hold for that frame', async () => {
    const shutter = dataSetOf({
      ShutterShape: 'RECTANGULAR',
      ShutterLeftVerticalEdge: 5,
      ShutterRightVerticalEdge: 5,
    });
    const groups = [dataSetOf({}), dataSetOf({ FrameDisplayShutterSequence: [shutter] })];
    const shown = async (frameNumber: number) =>
      lit((await rendered(white5, { PerFrameFunctionalGroupsSequence: groups }, { frameNumber })).values);
    expect(await shown(1)).toHaveLength(25);
    expect(await shown(2)).toEqual([4, 9, 14, 19, 24]);
  });
});

describe('rotation, flip and displayed area', () => {
  // a b
  // c d
  // e f
  const frame = frameOf(Uint8Array.of(1, 2, 3, 4, 5, 6), { rows: 3, bitsStored: 8 });

  it.each([
    [0, 'N', 2, [1, 2, 3, 4, 5, 6]],
    [90, 'N', 3, [5, 3, 1, 6, 4, 2]],
    [180, 'N', 2, [6, 5, 4, 3, 2, 1]],
    [270, 'N', 3, [2, 4, 6, 1, 3, 5]],
    [0, 'Y', 2, [2, 1, 4, 3, 6, 5]],
    [90, 'Y', 3, [1, 3, 5, 2, 4, 6]],
  ])('turn clockwise by %i, then flip (%s)', async (ImageRotation, ImageHorizontalFlip, width, expected) => {
    const result = await present(frame, { ImageRotation, ImageHorizontalFlip });
    expect(result).toMatchObject({ width, values: expected });
  });

  const area = (topLeft: number[], bottomRight: number[], more: Attributes = {}) => ({
    DisplayedAreaSelectionSequence: [
      dataSetOf({
        DisplayedAreaTopLeftHandCorner: topLeft,
        DisplayedAreaBottomRightHandCorner: bottomRight,
        PresentationSizeMode: 'SCALE TO FIT',
        ...more,
      }),
    ],
  });

  it('show a part, column first', async () => {
    expect(await present(frame, area([2, 2], [2, 3]))).toMatchObject({ width: 1, height: 2, values: [4, 6] });
  });

  it('name the corners of the turned image by the pixels that are there', async () => {
    const result = await present(frame, {
      ImageRotation: 180,
      ImageHorizontalFlip: 'N',
      ...area([2, 3], [1, 2]),
    });
    expect(result).toMatchObject({ width: 2, height: 2, values: [6, 5, 4, 3] });
  });

  it('show black beyond the image', async () => {
    const result = await present(frame, area([0, 0], [2, 1]));
    expect(result).toMatchObject({ width: 3, height: 2, values: [0, 0, 0, 0, 1, 2] });
  });

  it('magnify and stretch', async () => {
    const magnified = await present(
      frame,
      area([1, 1], [2, 3], { PresentationSizeMode: 'MAGNIFY', PresentationPixelMagnificationRatio: 4 }),
    );
    expect(magnified).toMatchObject({ width: 8, height: 12 });
    const stretched = await present(frame, area([1, 1], [2, 3], { PresentationPixelAspectRatio: [1, 2] }));
    expect(stretched).toMatchObject({ width: 4, height: 3 });
  });

  it('of impossible size are refused', async () => {
    await expect(
      present(
        frame,
        area([1, 1], [2, 3], { PresentationSizeMode: 'MAGNIFY', PresentationPixelMagnificationRatio: 1e6 }),
      ),
    ).rejects.toMatchObject({ code: 'TOO_LARGE' });
  });

  it('come before the viewport', async () => {
    const presentationState = stateOf({ ImageRotation: 90, ImageHorizontalFlip: 'N' });
    const viewport = {
      width: 2,
      height: 2,
      source: { x: 0, y: 0, width: 2, height: 2 },
      flipHorizontally: false,
      flipVertically: false,
    };
    const { values } = await rendered(frame, {}, { presentationState, parameters: { viewport } });
    expect(values).toEqual([5, 3, 6, 4]);
  });
});

describe('layers', () => {
  const layer = (GraphicLayer: string, GraphicLayerOrder: number, more: Attributes) =>
    dataSetOf({ GraphicLayer, GraphicLayerOrder, ...more });
  const plane = (bits: number) => ({
    '60000010': 5,
    '60000011': 5,
    '60000050': [1, 1],
    '60003000': Uint8Array.of(bits, 0, 0, 0),
  });

  it('show overlays that are activated, of the state or the image, in their grey', async () => {
    const GraphicLayerSequence = [
      layer('A', 1, { GraphicLayerRecommendedDisplayGrayscaleValue: 65535 * 0.2 }),
    ];
    const own = await present(black5, { GraphicLayerSequence, '60001001': 'A', ...plane(1) });
    expect(lit(own.values, 51)).toEqual([0]);
    const ofImage = await present(black5, { GraphicLayerSequence, '60001001': 'A' }, plane(2));
    expect(lit(ofImage.values, 51)).toEqual([1]);
    const inactive = await present(black5, { GraphicLayerSequence }, plane(2));
    expect(inactive.values.every((value) => value === 0)).toBe(true);
  });

  // L* 53.24, a* 80.09, b* 67.2 is the red of sRGB (under D65; D50: 54.29, 80.81, 69.89)
  it('have colours', async () => {
    const red = [54.29 / 100, (80.81 + 128) / 255, (69.89 + 128) / 255].map((value) =>
      Math.round(value * 65535),
    );
    const GraphicLayerSequence = [layer('A', 1, { GraphicLayerRecommendedDisplayCIELabValue: red })];
    const { values, channels } = await present(black5, {
      GraphicLayerSequence,
      '60001001': 'A',
      ...plane(1),
    });
    expect(channels).toBe(3);
    expect(values[0]).toBeGreaterThan(252);
    expect(Math.max(values[1] ?? 9, values[2] ?? 9)).toBeLessThan(8);
  });

  const black50 = frameOf(new Uint8Array(2500), { rows: 50, bitsStored: 8 });
  const at = (values: number[], x: number, y: number) => values[y * 50 + x] ?? -1;
  const graphics = (objects: Attributes[], more: Attributes = {}) => ({
    GraphicAnnotationSequence: [
      dataSetOf({
        GraphicLayer: 'A',
        GraphicObjectSequence: objects.map((object) =>
          dataSetOf({ GraphicAnnotationUnits: 'PIXEL', GraphicFilled: 'N', ...object }),
        ),
        ...more,
      }),
    ],
  });

  it('hold lines where they belong', async () => {
    const { values } = await present(
      black50,
      graphics([{ GraphicType: 'POLYLINE', GraphicData: [10, 10.5, 40, 10.5] }]),
    );
    expect(at(values, 25, 10)).toBe(255);
    expect(at(values, 25, 12)).toBe(0);
    expect(at(values, 5, 10)).toBe(0);
  });

  it('hold circles, ellipses, curves, points, and fill them', async () => {
    const { values } = await present(
      black50,
      graphics([
        { GraphicType: 'CIRCLE', GraphicData: [12, 12, 12, 4], GraphicFilled: 'Y' },
        { GraphicType: 'ELLIPSE', GraphicData: [30, 12.5, 46, 12.5, 38, 8.5, 38, 16.5] },
        { GraphicType: 'INTERPOLATED', GraphicData: [5, 30, 15, 40, 25, 30] },
        { GraphicType: 'POINT', GraphicData: [40.5, 40.5] },
      ]),
    );
    expect(at(values, 12, 12)).toBe(255);
    expect(at(values, 12, 6)).toBe(255);
    expect(at(values, 12, 2)).toBe(0);
    expect(at(values, 38, 12)).toBe(0);
    expect(Math.max(at(values, 38, 8), at(values, 38, 7), at(values, 38, 16))).toBeGreaterThan(100);
    expect(Math.max(at(values, 15, 39), at(values, 15, 40))).toBeGreaterThan(100);
    expect(at(values, 40, 40)).toBe(255);
  });

  it('follow rotation, and count in the displayed area where they say so', async () => {
    const turned = await present(black50, {
      ImageRotation: 90,
      ...graphics([{ GraphicType: 'POINT', GraphicData: [10.5, 20.5] }]),
    });
    expect(at(turned.values, 29, 10)).toBe(255);
    const displayed = graphics([
      { GraphicType: 'POINT', GraphicAnnotationUnits: 'DISPLAY', GraphicData: [0.51, 0.21] },
    ]);
    expect(at((await present(black50, { ImageRotation: 90, ...displayed })).values, 25, 10)).toBe(255);
  });

  it('hold texts, whose markup is text', async () => {
    const box = {
      BoundingBoxAnnotationUnits: 'PIXEL',
      BoundingBoxTopLeftHandCorner: [2, 2],
      BoundingBoxBottomRightHandCorner: [48, 30],
    };
    const text = (UnformattedTextValue: string) =>
      graphics([], { TextObjectSequence: [dataSetOf({ ...box, UnformattedTextValue })] });
    const { values } = await present(
      black50,
      text('</text><rect width="50" height="50" fill="white"/>&amp;\u0000'),
    );
    const white = lit(values).length;
    expect(white).toBeGreaterThan(10);
    expect(white).toBeLessThan(1500);
    expect(at(values, 25, 45)).toBe(0);
  });

  it('are not in thumbnails', async () => {
    const presentationState = stateOf(
      graphics([{ GraphicType: 'CIRCLE', GraphicData: [12, 12, 12, 4], GraphicFilled: 'Y' }]),
    );
    const { values } = await rendered(black50, {}, { presentationState, kind: 'thumbnail' });
    expect(values.every((value) => value === 0)).toBe(true);
  });

  it('have a limit of points', async () => {
    const GraphicData = Array.from({ length: 200_004 }, () => 1);
    await expect(
      present(black50, graphics([{ GraphicType: 'POLYLINE', GraphicData }])),
    ).rejects.toMatchObject({ code: 'TOO_LARGE' });
  });
});
