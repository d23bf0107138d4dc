import { describe, expect, it } from 'vitest';
import { decodeFrame } from '../../../../server/imaging/decode.ts';
import type { PixelFormat } from '../../../../server/imaging/pixel-format.ts';
import { syntheticFrame } from '../../../support/synthetic-frame.ts';

function format(changes: Partial<PixelFormat>): PixelFormat {
  return syntheticFrame({ rows: 1, columns: 4, ...changes }).format;
}

async function samples(bytes: number[] | Uint8Array, changes: Partial<PixelFormat>): Promise<number[]> {
  return Array.from((await decodeFrame(Uint8Array.from(bytes), format(changes))).samples);
}

describe('native frames', () => {
  it('are little endian', async () => {
    expect(await samples([1, 2, 3, 4, 0xff, 0xff, 0, 0x80], { bitsAllocated: 16 })).toEqual([
      0x0201, 0x0403, 0xffff, 0x8000,
    ]);
    expect(await samples([1, 2, 3, 4], { columns: 1, bitsAllocated: 32 })).toEqual([0x04030201]);
  });

  it('are signed where Pixel Representation says so', async () => {
    expect(await samples([0xff, 0x80, 0x7f, 0], { pixelRepresentation: 1 })).toEqual([-1, -128, 127, 0]);
    const twelve = { bitsAllocated: 16, bitsStored: 12, pixelRepresentation: 1, columns: 3 } as const;
    expect(await samples([0xff, 0x0f, 0xff, 0xff, 0x00, 0x08], twelve)).toEqual([-1, -1, -2048]);
  });

  it('lose what is not pixel in their cells: overlays above, old alignments below', async () => {
    const twelve = { bitsAllocated: 16, bitsStored: 12, columns: 2 } as const;
    expect(await samples([0xff, 0xff, 0x34, 0x12], twelve)).toEqual([0x0fff, 0x0234]);
    expect(await samples([0x4f, 0x12, 0xff, 0xff], { ...twelve, highBit: 15 })).toEqual([0x0124, 0x0fff]);
    const signed = { ...twelve, highBit: 15, pixelRepresentation: 1 } as const;
    expect(await samples([0xf0, 0xff, 0x10, 0x00], signed)).toEqual([-1, 1]);
  });

  it('of single bits begin with the least significant one', async () => {
    const one = { columns: 10, bitsAllocated: 1, bitsStored: 1, highBit: 0 };
    expect(await samples([0b00000101, 0b10], one)).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 0, 1]);
  });

  it('of colour by plane become colour by pixel', async () => {
    const rgb = { columns: 2, samplesPerPixel: 3, planarConfiguration: 1 } as const;
    expect(await samples([1, 2, 3, 4, 5, 6], rgb)).toEqual([1, 3, 5, 2, 4, 6]);
  });

  it('of YBR_FULL_422 get their chroma for every pixel', async () => {
    const subsampled = { samplesPerPixel: 3, photometricInterpretation: 'YBR_FULL_422' };
    const frame = await decodeFrame(Uint8Array.of(10, 20, 30, 40, 50, 60, 70, 80), format(subsampled));
    expect(Array.from(frame.samples)).toEqual([10, 30, 40, 20, 30, 40, 50, 70, 80, 60, 70, 80]);
    expect(frame.photometricInterpretation).toBe('YBR_FULL');
    const whole = await decodeFrame(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), format(subsampled));
    expect(Array.from(whole.samples)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('may be numbers with fractions', async () => {
    const floats = new Uint8Array(Float32Array.of(0.5, Number.NaN, -1e30, Infinity).buffer);
    expect(await samples(floats, { bitsAllocated: 32, numbers: 'float' })).toEqual([
      0.5,
      Number.NaN,
      Math.fround(-1e30),
      Infinity,
    ]);
    const doubles = new Uint8Array(Float64Array.of(1e300, 0, -0.1, 2).buffer);
    expect(await samples(doubles, { bitsAllocated: 64, numbers: 'double' })).toEqual([1e300, 0, -0.1, 2]);
  });

  it.for<[string, number, Partial<PixelFormat>]>([
    ['cells', 7, { bitsAllocated: 16 }],
    ['single bits', 1, { columns: 10, bitsAllocated: 1 }],
    ['subsampled colours', 7, { samplesPerPixel: 3, photometricInterpretation: 'YBR_FULL_422' }],
    ['pairs of pixels', 6, { columns: 3, samplesPerPixel: 3, photometricInterpretation: 'YBR_FULL_422' }],
  ])('that lack %s are refused', async ([, length, changes]) => {
    await expect(decodeFrame(new Uint8Array(length), format(changes))).rejects.toMatchObject({
      code: 'BROKEN_FRAME',
    });
  });

  it('in a transfer syntax without a decoder are refused by its name', async () => {
    const video = format({ transferSyntaxUID: '1.2.840.10008.1.2.4.102' });
    await expect(decodeFrame(new Uint8Array(9), video)).rejects.toMatchObject({
      code: 'UNSUPPORTED_PIXELS',
      message: expect.stringContaining('MPEG-4'),
    });
  });
});
