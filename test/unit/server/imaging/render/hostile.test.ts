import { describe, expect, it } from 'vitest';
import { dataSetOf, frameOf, rendered, words } from './render-request-samples.ts';

type Attributes = Parameters<typeof dataSetOf>[0];
const frame = frameOf(new Uint8Array(64), { rows: 8, bitsStored: 8 });
const image = dataSetOf({ ReferencedSOPInstanceUID: '1.2.3' });
const present = (attributes: Attributes) =>
  rendered(
    frame,
    {},
    {
      presentationState: dataSetOf({
        ReferencedSeriesSequence: [dataSetOf({ ReferencedImageSequence: [image] })],
        ...attributes,
      }),
      maxPixels: 10_000,
    },
  );

describe('attributes that mean harm', () => {
  it('cost no more than the image where an overlay claims to be huge', async () => {
    const { values } = await rendered(frame, {
      '60000010': 65535,
      '60000011': 65535,
      '60000050': [-32768, -32768],
      '60000015': 1e9,
      '60000051': 1,
      '60003000': Uint8Array.of(1),
    });
    expect(values).toHaveLength(64);
  });

  it('are refused where a shutter has more corners than an image has edges', async () => {
    const VerticesOfThePolygonalShutter = Array.from({ length: 30_000 }, (_, i) => i % 9);
    await expect(
      rendered(frame, { ShutterShape: 'POLYGONAL', VerticesOfThePolygonalShutter }),
    ).rejects.toMatchObject({
      code: 'NOT_RENDERABLE',
    });
  });

  it('are refused, or left aside, where a displayed area is enormous', async () => {
    const area = (corner: number, more: Attributes = {}) => ({
      DisplayedAreaSelectionSequence: [
        dataSetOf({
          DisplayedAreaTopLeftHandCorner: [-corner, -corner],
          DisplayedAreaBottomRightHandCorner: [corner, corner],
          ...more,
        }),
      ],
    });
    await expect(present(area(5000))).rejects.toMatchObject({ code: 'TOO_LARGE' });
    expect(await present(area(2 ** 31 - 1))).toMatchObject({ width: 8, height: 8 });
  });

  it('make no table larger than its data', async () => {
    const lut = dataSetOf({ LUTDescriptor: [0, 0, 16], LUTData: words(0, 65535) });
    const { values } = await rendered(frameOf(Uint16Array.of(0, 1, 65535)), { VOILUTSequence: [lut] });
    expect(values).toEqual([0, 255, 255]);
  });

  it.each<Attributes>([
    { WindowCenter: 'NaN', WindowWidth: '1e999' },
    { WindowCenter: 1e300, WindowWidth: 1e300 },
    { RescaleSlope: 'abc', RescaleIntercept: '1e999' },
    { PixelSpacing: [1e-300, 1e300] },
    { PixelPaddingValue: 'x', PixelPaddingRangeLimit: -1 },
    { PerFrameFunctionalGroupsSequence: [], SharedFunctionalGroupsSequence: [] },
    { CenterOfCircularShutter: [1], ShutterShape: ['CIRCULAR', 'STAR'] },
    { ICCProfile: Uint8Array.of(1, 2, 3) },
  ])('still give a picture: %o', async (attributes) => {
    expect(await rendered(frame, attributes)).toMatchObject({ width: 8, height: 8 });
  });
});
