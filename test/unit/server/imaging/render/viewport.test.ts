import { describe, expect, it } from 'vitest';
import { placeImage, toResult } from '../../../../../server/imaging/render/placement.ts';
import type { Viewport } from '../../../../../server/imaging/render/render-request.ts';
import { frameOf, rendered } from './render-request-samples.ts';

const unflipped = { flipHorizontally: false, flipVertically: false };
const place = (input: Partial<Parameters<typeof placeImage>[0]>) =>
  placeImage({ width: 400, height: 200, pixelAspect: 1, maxPixels: 1e6, ...input });

describe('the size of the result', () => {
  it('is that of the image', () => {
    expect(place({})).toMatchObject({ width: 400, height: 200 });
  });

  it.each([
    [100, 100, 100, 50],
    [1000, 100, 200, 100],
    [800, 800, 800, 400],
    [1, 1, 1, 1],
  ])('in a viewport of %i x %i is %i x %i: filled one way, in shape', (vw, vh, width, height) => {
    expect(place({ viewport: { width: vw, height: vh, ...unflipped } })).toMatchObject({ width, height });
  });

  it('is that of the image, whatever the shape of its pixels (PS3.18 8.3.5.1.3)', () => {
    expect(place({ pixelAspect: 2 })).toMatchObject({ width: 400, height: 200 });
  });

  it('is of square pixels in a viewport or displayed area, and loses none', () => {
    const displayedArea = { left: 0, top: 0, width: 400, height: 200 };
    expect(place({ pixelAspect: 2, displayedArea })).toMatchObject({ width: 400, height: 400 });
    expect(place({ pixelAspect: 0.5, displayedArea })).toMatchObject({ width: 800, height: 200 });
    expect(place({ pixelAspect: 2, viewport: { width: 100, height: 100, ...unflipped } })).toMatchObject({
      width: 100,
      height: 100,
    });
  });

  it('has a limit', () => {
    expect(() => place({ viewport: { width: 99999, height: 99999, ...unflipped } })).toThrowError(
      expect.objectContaining({ code: 'TOO_LARGE' }),
    );
  });

  it('is at least a pixel each way', () => {
    expect(
      place({ width: 10000, height: 1, viewport: { width: 10, height: 10, ...unflipped } }),
    ).toMatchObject({ width: 10, height: 1 });
  });
});

describe('the region', () => {
  const source = (region: Viewport['source']) =>
    place({ viewport: { width: 100, height: 100, ...unflipped, ...(region && { source: region }) } });

  it('is cut out before scaling, and ends at the image', () => {
    expect(source({ x: 100, y: 50, width: 50, height: 100 })).toMatchObject({
      region: { left: 100, top: 50, width: 50, height: 100 },
      width: 50,
      height: 100,
    });
    expect(source({ x: 300, y: 0 })).toMatchObject({
      region: { left: 300, top: 0, width: 100, height: 200 },
    });
    expect(source({ x: 300, y: 100, width: 9999, height: 9999 })).toMatchObject({
      region: { left: 300, top: 100, width: 100, height: 100 },
    });
  });

  it.each([
    { x: 400, y: 0 },
    { x: 0, y: 200 },
    { x: 1e9, y: 1e9, width: 1, height: 1 },
  ])('is refused outside: %o', (region) => {
    expect(() => source(region)).toThrowError(expect.objectContaining({ code: 'INVALID_PARAMETER' }));
  });

  it('says where points come out, flipped or not', () => {
    const placement = place({
      viewport: {
        width: 100,
        height: 100,
        source: { x: 100, y: 0, width: 200, height: 200 },
        flipHorizontally: true,
        flipVertically: false,
      },
    });
    expect(toResult(placement, 100, 0)).toEqual([100, 0]);
    expect(toResult(placement, 150, 100)).toEqual([75, 50]);
  });
});

describe('a rendered viewport', () => {
  // 4 x 2 pixels
  const frame = frameOf(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), { rows: 2, bitsStored: 8 });
  const view = (viewport: Viewport) => rendered(frame, {}, { parameters: { viewport } });

  it('shows the region in its place', async () => {
    const { values } = await view({ width: 2, height: 2, source: { x: 1, y: 0, width: 2 }, ...unflipped });
    expect(values).toEqual([2, 3, 6, 7]);
  });

  it('is mirrored and turned upside down', async () => {
    const source = { x: 1, y: 0, width: 2, height: 2 };
    expect(
      (await view({ width: 2, height: 2, source, flipHorizontally: true, flipVertically: false })).values,
    ).toEqual([3, 2, 7, 6]);
    expect(
      (await view({ width: 2, height: 2, source, flipHorizontally: false, flipVertically: true })).values,
    ).toEqual([6, 7, 2, 3]);
  });

  it('keeps colours when scaled', async () => {
    const red = frameOf(
      Uint8Array.from({ length: 48 }, (_, i) => (i % 3 === 0 ? 200 : 10)),
      {
        rows: 4,
        bitsStored: 8,
        samplesPerPixel: 3,
        photometricInterpretation: 'RGB',
      },
    );
    const { values, width, height } = await rendered(
      red,
      {},
      { parameters: { viewport: { width: 8, height: 8, ...unflipped } } },
    );
    expect([width, height]).toEqual([8, 8]);
    expect(values.every((value, i) => Math.abs(value - (i % 3 === 0 ? 200 : 10)) <= 1)).toBe(true);
  });

  it('honours the shape of pixels, of the frame or of the image', async () => {
    const within = { parameters: { viewport: { width: 8, height: 8, ...unflipped } } };
    expect(await rendered(frame, { PixelAspectRatio: [2, 1] }, within)).toMatchObject({
      width: 8,
      height: 8,
    });
    expect(await rendered(frame, { PixelSpacing: [0.5, 1] }, within)).toMatchObject({ width: 8, height: 2 });
    for (const square of [
      { ImagerPixelSpacing: [0.1, 0.1001] },
      { PixelSpacing: [0, 0], PixelAspectRatio: [1, 0] },
    ])
      expect(await rendered(frame, square, within)).toMatchObject({ width: 8, height: 4 });
  });
});

describe('a thumbnail', () => {
  it('fits into 128 pixels', async () => {
    const large = frameOf(new Uint8Array(512 * 256), { rows: 256, bitsStored: 8 });
    expect(await rendered(large, {}, { kind: 'thumbnail' })).toMatchObject({ width: 128, height: 64 });
  });
});
