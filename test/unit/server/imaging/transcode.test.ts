import { describe, expect, it } from 'vitest';
import { readJpegStructure } from '../../../../server/imaging/codecs/jpeg-structure.ts';
import { readJpeg2000Structure } from '../../../../server/imaging/codecs/jpeg2000-structure.ts';
import { decodeFrame } from '../../../../server/imaging/decode.ts';
import { transcodeFrame } from '../../../../server/imaging/transcode.ts';
import { canTranscode, TRANSCODE_TARGETS } from '../../../../server/imaging/transcode-targets.ts';
import { syntheticFrame } from '../../../support/synthetic-frame.ts';

const native = '1.2.840.10008.1.2.1';
const rle = '1.2.840.10008.1.2.5';
const baseline = '1.2.840.10008.1.2.4.50';
const jpegLossless = '1.2.840.10008.1.2.4.70';
const jpegLs = '1.2.840.10008.1.2.4.80';
const nearLossless = '1.2.840.10008.1.2.4.81';
const jpeg2000 = '1.2.840.10008.1.2.4.90';
const jpeg2000Lossy = '1.2.840.10008.1.2.4.91';
const htj2k = '1.2.840.10008.1.2.4.201';
const htj2kRpcl = '1.2.840.10008.1.2.4.202';
const lossless = [rle, jpegLossless, jpegLs, jpeg2000, htj2k, htj2kRpcl];

describe('transcoding', () => {
  it('goes to every lossless syntax and back without a change', async () => {
    for (const options of [
      { bitsAllocated: 16, bitsStored: 12 },
      { bitsAllocated: 16, bitsStored: 12, pixelRepresentation: 1 } as const,
      { photometricInterpretation: 'PALETTE COLOR' },
      { samplesPerPixel: 3 },
    ]) {
      const { format, bytes } = syntheticFrame(options);
      for (const target of lossless) {
        const there = await transcodeFrame(bytes, format, target);
        const back = await transcodeFrame(there.bytes, there.format, native);
        expect(back.format).toEqual(format);
        expect(Buffer.from(back.bytes).equals(bytes), target).toBe(true);
        expect([there.lossy, back.lossy]).toEqual([false, false]);
        expect(there.ratio).toBeCloseTo(bytes.length / there.bytes.length);
      }
    }
  });

  it('keeps overlays in the high bits through every lossless syntax', async () => {
    const { format, bytes } = syntheticFrame({ bitsAllocated: 16, bitsStored: 12 });
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < bytes.length; at += 26) view.setUint16(at, view.getUint16(at, true) | 0x8000, true);
    for (const target of lossless) {
      const there = await transcodeFrame(bytes, format, target);
      const back = await transcodeFrame(there.bytes, there.format, native);
      expect(Buffer.from(back.bytes).equals(bytes), target).toBe(true);
      const [ours, truth] = [await decodeFrame(there.bytes, there.format), await decodeFrame(bytes, format)];
      expect(ours.samples).toEqual(truth.samples);
    }
  });

  it('packs single bits, of RLE too', async () => {
    const { format, samples } = syntheticFrame({ bitsAllocated: 1 });
    const packed = new Uint8Array(Math.ceil(samples.length / 8));
    samples.forEach((sample: number, at: number) => {
      packed[at >> 3] = (packed[at >> 3] ?? 0) | (sample << (at & 7));
    });
    const there = await transcodeFrame(packed, format, rle);
    expect((await transcodeFrame(there.bytes, there.format, native)).bytes).toEqual(packed);
    expect(canTranscode(format, jpegLs)).toMatch(/one bit/);
  });

  it('turns colour by plane into colour by pixel', async () => {
    const { format } = syntheticFrame({ rows: 1, columns: 2, samplesPerPixel: 3, planarConfiguration: 1 });
    const there = await transcodeFrame(Uint8Array.of(1, 2, 3, 4, 5, 6), format, jpegLs);
    const back = await transcodeFrame(there.bytes, there.format, native);
    expect([back.format.planarConfiguration, ...back.bytes]).toEqual([0, 1, 3, 5, 2, 4, 6]);
  });

  it('tells the colours that a syntax has', async () => {
    const { format, bytes } = syntheticFrame({ samplesPerPixel: 3 });
    const colours: Record<string, string> = {};
    for (const target of TRANSCODE_TARGETS)
      colours[target.slice(18)] = (
        await transcodeFrame(bytes, format, target)
      ).format.photometricInterpretation;
    expect(colours).toMatchObject({
      '4.50': 'YBR_FULL_422',
      '4.70': 'RGB',
      '4.80': 'RGB',
      '4.90': 'YBR_RCT',
    });
    expect(colours).toMatchObject({ '4.91': 'YBR_ICT', '4.201': 'YBR_RCT', '4.203': 'YBR_ICT', '5': 'RGB' });
    const { components } = readJpegStructure((await transcodeFrame(bytes, format, baseline)).bytes);
    expect(components.map((component) => component.horizontalSampling)).toEqual([2, 1, 1]);
  });

  it('loses no more than it was told', async () => {
    const { format, samples, bytes } = syntheticFrame({
      bitsAllocated: 16,
      bitsStored: 12,
      pixelRepresentation: 1,
    });
    for (const near of [1, 5]) {
      const there = await transcodeFrame(bytes, format, nearLossless, { near });
      expect(there.lossy).toBe(true);
      const decoded = (await decodeFrame(there.bytes, there.format)).samples;
      const apart = Array.from(samples, (sample, at) => Math.abs(sample - (decoded[at] ?? 0)));
      const most = Math.max(...apart);
      expect(most).toBe(near);
    }
    const sizes = await Promise.all(
      [5, 20].map(
        async (ratio) => (await transcodeFrame(bytes, format, jpeg2000Lossy, { ratio })).bytes.length,
      ),
    );
    expect(bytes.length / (sizes[0] ?? 1)).toBeGreaterThan(4.9);
    expect(bytes.length / (sizes[1] ?? 1)).toBeGreaterThan(19);
  });

  it('keeps what overshoots its range at the end of the range', async () => {
    const { format } = syntheticFrame({ bitsAllocated: 16, bitsStored: 12 });
    const cells = new Uint16Array(format.rows * format.columns);
    for (let at = 0; at < cells.length; at++) cells[at] = at % 11 < 5 ? 0 : 4095;
    for (const target of [jpeg2000Lossy, '1.2.840.10008.1.2.4.203']) {
      const there = await transcodeFrame(new Uint8Array(cells.buffer), format, target, {
        ratio: 30,
        quantizationStep: 0.05,
      });
      const { samples } = await decodeFrame(there.bytes, there.format);
      const wrapped = Array.from(samples).filter((sample, at) => Math.abs(sample - (cells[at] ?? 0)) > 3500);
      expect([target, wrapped.length]).toEqual([target, 0]);
      expect(Math.max(...samples)).toBeLessThanOrEqual(4095);
    }
  });

  it('makes JPEG smaller at a lower quality', async () => {
    const { format, bytes } = syntheticFrame({ samplesPerPixel: 3 });
    const [fine, coarse] = await Promise.all(
      [95, 20].map(
        async (quality) => (await transcodeFrame(bytes, format, baseline, { quality })).bytes.length,
      ),
    );
    expect(fine).toBeGreaterThan(2 * (coarse ?? 0));
  });

  it('compresses what is lossy with loss again only when told to', async () => {
    const { format, bytes } = syntheticFrame();
    const lossy = await transcodeFrame(bytes, format, baseline);
    await expect(transcodeFrame(lossy.bytes, lossy.format, jpeg2000Lossy)).rejects.toMatchObject({
      code: 'UNSUPPORTED_PIXELS',
      message: expect.stringContaining('lossy already'),
    });
    const again = await transcodeFrame(lossy.bytes, lossy.format, jpeg2000Lossy, { allowLossyAgain: true });
    expect(again.lossy).toBe(true);
    expect((await transcodeFrame(lossy.bytes, lossy.format, jpegLs)).lossy).toBe(false);
  });

  it('writes HTJ2K in RPCL order with tile-part lengths', async () => {
    const { format, bytes } = syntheticFrame({ bitsAllocated: 16, rows: 300, columns: 200 });
    const structure = readJpeg2000Structure((await transcodeFrame(bytes, format, htj2kRpcl)).bytes);
    expect(structure).toMatchObject({
      progressionOrder: 2,
      hasTileLengths: true,
      highThroughput: true,
      reversible: true,
    });
  });

  it.for<[string, Parameters<typeof syntheticFrame>[0], string, RegExp]>([
    ['more than 8 bits as JPEG baseline', { bitsAllocated: 16 }, baseline, /JPEG Baseline.*16 bits/],
    [
      'a palette with loss',
      { photometricInterpretation: 'PALETTE COLOR' },
      nearLossless,
      /indices of a palette/,
    ],
    ['32 bits as JPEG 2000', { bitsAllocated: 32 }, jpeg2000, /32 bits/],
    ['floats as RLE', { bitsAllocated: 32, numbers: 'float' }, rle, /float/],
    ['to video', {}, '1.2.840.10008.1.2.4.102', /Nothing here writes transfer syntax MPEG-4/],
    ['from video', { transferSyntaxUID: '1.2.840.10008.1.2.4.102' }, native, /MPEG-4.*can't be decoded/],
  ])('refuses %s, and says why', async ([, options, target, reason]) => {
    const { format, bytes } = syntheticFrame(options);
    expect(canTranscode(format, target)).toMatch(reason);
    await expect(transcodeFrame(bytes, format, target)).rejects.toMatchObject({
      code: 'UNSUPPORTED_PIXELS',
      message: expect.stringMatching(reason),
    });
  });
});
