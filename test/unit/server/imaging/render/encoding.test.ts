import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeFrame } from '../../../../../server/imaging/decode.ts';
import { type AnimationFrame, joinAnimation } from '../../../../../server/imaging/render/join-animation.ts';
import { renderFrame } from '../../../../../server/imaging/render/render-frame.ts';
import type {
  FrameToRender,
  RenderedMediaType,
} from '../../../../../server/imaging/render/render-request.ts';
import { dataSetOf, frameOf } from './render-request-samples.ts';

/** A smooth picture of 48 x 32 pixels in colour or grey. */
function picture(samplesPerPixel: 1 | 3, shift = 0) {
  const samples = Uint8Array.from({ length: 48 * 32 * samplesPerPixel }, (_, i) => {
    const pixel = Math.floor(i / samplesPerPixel);
    return (((pixel % 48) * 4 + Math.floor(pixel / 48) * 2 + (i % samplesPerPixel) * 20 + shift) % 256) / 1;
  });
  const photometricInterpretation = samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2';
  return frameOf(samples, { rows: 32, samplesPerPixel, photometricInterpretation, bitsStored: 8 });
}

const render = (mediaType: RenderedMediaType, request: Partial<FrameToRender> = {}) =>
  renderFrame({
    frame: picture(3),
    frameNumber: 1,
    instance: dataSetOf({ SOPInstanceUID: '1.2.3' }),
    parameters: {},
    kind: 'rendered',
    mediaType,
    ...request,
  });

const meanDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length;

describe('media types', () => {
  it.each([
    ['image/jpeg', 'jpeg'],
    ['image/png', 'png'],
    ['image/gif', 'gif'],
    ['image/webp', 'webp'],
  ] as const)('%s holds the picture, in colour and in grey', async (mediaType, format) => {
    for (const samplesPerPixel of [1, 3] as const) {
      const frame = picture(samplesPerPixel);
      const { bytes, width, height } = await render(mediaType, { frame });
      const image = sharp(bytes);
      expect(await image.metadata()).toMatchObject({ format, width: 48, height: 32 });
      expect([width, height]).toEqual([48, 32]);
      const decoded = await image
        .removeAlpha()
        .toColourspace(samplesPerPixel === 1 ? 'b-w' : 'srgb')
        .raw()
        .toBuffer();
      expect(meanDifference(frame.samples, decoded)).toBeLessThan(3);
    }
  });

  it('grey JPEG and PNG have one channel', async () => {
    for (const mediaType of ['image/jpeg', 'image/png'] as const) {
      const { bytes } = await render(mediaType, { frame: picture(1) });
      expect((await sharp(bytes).metadata()).channels).toBe(1);
    }
  });

  it('smaller quality makes smaller files', async () => {
    for (const mediaType of ['image/jpeg', 'image/webp', 'image/jp2', 'image/jphc'] as const) {
      const sizes = await Promise.all(
        [5, 60, 95].map(
          async (quality) => (await render(mediaType, { parameters: { quality } })).bytes.length,
        ),
      );
      expect(sizes, mediaType).toEqual(sizes.toSorted((a, b) => a - b));
      expect(new Set(sizes).size, mediaType).toBe(3);
    }
  });

  it.each([1, 3] as const)(
    'image/jp2 is a JP2 file and image/jphc a bare code stream, exact at quality 100 (%i channels)',
    async (samplesPerPixel) => {
      const frame = picture(samplesPerPixel);
      const parameters = { quality: 100 };
      const jp2 = await render('image/jp2', { frame, parameters });
      const text = Buffer.from(jp2.bytes).toString('latin1');
      expect(text.slice(4, 8)).toBe('jP  ');
      expect(text.slice(20, 24)).toBe('jp2 ');
      expect(text.indexOf('ihdr')).toBe(44);
      expect(jp2.bytes[text.indexOf('colr') + 10]).toBe(samplesPerPixel === 1 ? 17 : 16);
      const jphc = await render('image/jphc', { frame, parameters });
      expect([...jphc.bytes.subarray(0, 4)]).toEqual([0xff, 0x4f, 0xff, 0x51]);
      for (const { bytes, transferSyntaxUID } of [
        { bytes: jp2.bytes.subarray(text.indexOf('jp2c') + 4), transferSyntaxUID: '1.2.840.10008.1.2.4.90' },
        { bytes: jphc.bytes, transferSyntaxUID: '1.2.840.10008.1.2.4.201' },
      ]) {
        const decoded = await decodeFrame(bytes, {
          transferSyntaxUID,
          rows: 32,
          columns: 48,
          samplesPerPixel,
          planarConfiguration: 0,
          bitsAllocated: 8,
          bitsStored: 8,
          highBit: 7,
          pixelRepresentation: 0,
          numbers: 'integer',
          photometricInterpretation: frame.photometricInterpretation,
        });
        expect([...decoded.samples]).toEqual([...frame.samples]);
      }
    },
  );
});

describe('an image that a format has no room for', () => {
  it('is refused by name', async () => {
    const frame = frameOf(new Uint8Array(16_384), { bitsStored: 8 });
    await expect(render('image/webp', { frame })).rejects.toMatchObject({ code: 'TOO_LARGE' });
    await expect(render('image/png', { frame })).resolves.toMatchObject({ width: 16_384 });
  });
});

describe('ICC profiles (PS3.18 8.3.5.1.5)', () => {
  const icc = async (
    iccProfile: NonNullable<FrameToRender['parameters']['iccProfile']>,
    instance = dataSetOf({ SOPInstanceUID: '1.2.3' }),
  ) => {
    const { bytes } = await render('image/png', { parameters: { iccProfile }, instance });
    const { icc: profile } = await sharp(bytes).metadata();
    const samples = await sharp(bytes).keepIccProfile().raw().toBuffer();
    return { profile, samples, bytes };
  };

  it('are left out for no', async () => {
    expect((await icc('no')).profile).toBeUndefined();
  });

  it('name sRGB for images without one of their own, which keep their values', async () => {
    const { profile, bytes } = await icc('yes');
    expect(profile?.toString('latin1')).toContain('s\0R\0G\0B');
    expect([...(await sharp(bytes).raw().toBuffer())]).toEqual([...picture(3).samples]);
  });

  it.each([
    ['srgb', 's\0R\0G\0B'],
    ['adobergb', 'A\0d\0o\0b\0e'],
    ['rommrgb', 'R\0O\0M\0M'],
    ['displayp3', 'D\0i\0s\0p\0l\0a\0y\0 \0P\x003'],
  ] as const)('convert to %s and back', async (choice, name) => {
    const { profile, bytes } = await icc(choice);
    expect(profile?.toString('latin1')).toContain(name);
    const back = await sharp(bytes).toColourspace('srgb').raw().toBuffer();
    expect(meanDifference(picture(3).samples, back)).toBeLessThan(1.5);
  });

  it('of the image are passed on, and used to convert', async () => {
    const wide = (await icc('rommrgb')).profile;
    const instance = dataSetOf({ SOPInstanceUID: '1.2.3', ICCProfile: new Uint8Array(wide ?? []) });
    expect((await icc('yes', instance)).profile?.equals(wide ?? Buffer.alloc(0))).toBe(true);
    const converted = await sharp((await icc('srgb', instance)).bytes)
      .raw()
      .toBuffer();
    // ROMM RGB is wider: the same numbers are more saturated colours in sRGB
    expect(meanDifference(picture(3).samples, converted)).toBeGreaterThan(10);
  });

  it('that are no profile are not passed on', async () => {
    const instance = dataSetOf({ SOPInstanceUID: '1.2.3', ICCProfile: new Uint8Array(500).fill(65) });
    expect((await icc('yes', instance)).profile?.toString('latin1')).toContain('s\0R\0G\0B');
  });

  it.each(['image/gif', 'image/jphc', 'image/jp2'] as const)('are refused in %s', async (mediaType) => {
    await expect(render(mediaType, { parameters: { iccProfile: 'srgb' } })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER',
    });
  });
});

describe('animations', () => {
  const shifts = [0, 60, 120];
  async function* frames(
    mediaType: 'image/gif' | 'image/webp',
    samplesPerPixel: 1 | 3,
  ): AsyncGenerator<AnimationFrame> {
    for (const [i, shift] of shifts.entries()) {
      yield {
        image: await render(mediaType, {
          frame: picture(samplesPerPixel, shift),
          parameters: { quality: 100 },
        }),
        delayMs: 40 + 10 * i,
      };
    }
  }

  it.each([
    ['image/gif', 1],
    ['image/gif', 3],
    ['image/webp', 1],
    ['image/webp', 3],
  ] as const)(
    'in %s with %i channels have all frames and their times',
    async (mediaType, samplesPerPixel) => {
      const parts: Uint8Array[] = [];
      for await (const part of joinAnimation(mediaType, frames(mediaType, samplesPerPixel))) parts.push(part);
      const bytes = Buffer.concat(parts);
      expect(await sharp(bytes, { animated: true }).metadata()).toMatchObject({
        pages: 3,
        pageHeight: 32,
        width: 48,
        loop: 0,
        delay: [40, 50, 60],
      });
      for (const [page, shift] of shifts.entries()) {
        const decoded = await sharp(bytes, { page })
          .removeAlpha()
          .toColourspace(samplesPerPixel === 1 ? 'b-w' : 'srgb')
          .raw()
          .toBuffer();
        expect(
          meanDifference(picture(samplesPerPixel, shift).samples, decoded),
          `frame ${page + 1}`,
        ).toBeLessThan(4);
      }
    },
  );

  it('stream as GIF: a frame goes out before the next one is made', async () => {
    let made = 0;
    async function* counted() {
      for await (const frame of frames('image/gif', 1)) {
        made++;
        yield frame;
      }
    }
    const stream = joinAnimation('image/gif', counted());
    await stream.next();
    await stream.next();
    expect(made).toBe(1);
    await stream.return(undefined);
  });

  it('of frames of different sizes are refused', async () => {
    async function* unequal() {
      yield { image: await render('image/gif'), delayMs: 10 };
      yield { image: await render('image/gif', { kind: 'thumbnail' }), delayMs: 10 };
    }
    await expect(collect(joinAnimation('image/gif', unequal()))).rejects.toMatchObject({
      code: 'NOT_RENDERABLE',
    });
  });

  it('keep the grey values of their first frame where nothing names a window', async () => {
    const deep = (high: number) => frameOf(Uint16Array.of(0, 100, high));
    const first = await render('image/png', { frame: deep(200) });
    expect(first.automaticRange).toEqual({ low: 0, high: 200 });
    const { automaticRange } = first;
    const second = await render('image/png', {
      frame: deep(1000),
      ...(automaticRange && { automaticRange }),
    });
    expect([...(await sharp(second.bytes).toColourspace('b-w').raw().toBuffer())]).toEqual([0, 128, 255]);
  });
});

async function collect(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return all;
}
