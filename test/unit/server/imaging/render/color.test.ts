import { describe, expect, it } from 'vitest';
import { expandSegments } from '../../../../../server/imaging/render/segmented-palette.ts';
import { dataSetOf, frameOf, rendered, words } from './render-request-samples.ts';

function paletteOf(
  descriptor: number[],
  red: Uint8Array,
  green: Uint8Array,
  blue: Uint8Array,
  segmented = '',
) {
  return Object.fromEntries(
    Object.entries({ Red: red, Green: green, Blue: blue }).flatMap(([color, data]) => [
      [`${color}PaletteColorLookupTableDescriptor`, descriptor],
      [`${segmented}${color}PaletteColorLookupTableData`, data],
    ]),
  );
}

describe('palettes', () => {
  const indexes = frameOf(Uint8Array.of(0, 5, 6, 7, 200), {
    photometricInterpretation: 'PALETTE COLOR',
    bitsStored: 8,
  });

  it('cut entries of 16 bits to 8, and clamp at both ends', async () => {
    const palette = paletteOf(
      [3, 5, 16],
      words(0xff00, 0, 0x8000),
      words(0, 0xff00, 0x8000),
      words(0, 0, 0xff00),
    );
    const { values } = await rendered(indexes, palette);
    expect(values).toEqual([255, 0, 0, 255, 0, 0, 0, 255, 0, 128, 128, 255, 128, 128, 255]);
  });

  it('take bytes, packed or one to a word', async () => {
    const expected = [1, 4, 7, 1, 4, 7, 2, 5, 8, 3, 6, 9, 3, 6, 9];
    const packed = paletteOf(
      [3, 5, 8],
      Uint8Array.of(1, 2, 3, 0),
      Uint8Array.of(4, 5, 6, 0),
      Uint8Array.of(7, 8, 9, 0),
    );
    expect((await rendered(indexes, packed)).values).toEqual(expected);
    const spread = paletteOf([3, 5, 8], words(1, 2, 3), words(4, 5, 6), words(7, 8, 9));
    expect((await rendered(indexes, spread)).values).toEqual(expected);
    const mislabelled = paletteOf([3, 5, 16], words(1, 2, 3), words(4, 5, 6), words(7, 8, 9));
    expect((await rendered(indexes, mislabelled)).values).toEqual(expected);
  });

  it('keep a colour dark that is dark throughout', async () => {
    const palette = paletteOf([3, 5, 16], words(0xffff, 0, 0), words(0, 0, 0), words(0, 0x00ff, 0x0010));
    expect((await rendered(indexes, palette)).values.slice(3, 9)).toEqual([255, 0, 0, 0, 0, 0]);
  });

  it('have 65536 entries where the descriptor says 0, also for 16-bit pixels', async () => {
    const ramp = new Uint8Array(Uint16Array.from({ length: 65536 }, (_, i) => i).buffer);
    const frame = frameOf(Uint16Array.of(0, 0x8000, 0xffff), { photometricInterpretation: 'PALETTE COLOR' });
    const { values } = await rendered(frame, paletteOf([0, 0, 16], ramp, ramp, ramp));
    expect(values).toEqual([0, 0, 0, 128, 128, 128, 255, 255, 255]);
  });

  it('are not touched by windows', async () => {
    const palette = paletteOf([3, 5, 8], words(1, 2, 3), words(4, 5, 6), words(7, 8, 9));
    const { values } = await rendered(indexes, { ...palette, WindowCenter: 1, WindowWidth: 1 });
    expect(values.slice(0, 3)).toEqual([1, 4, 7]);
  });

  it('that are missing or empty are an error of the image', async () => {
    await expect(rendered(indexes)).rejects.toMatchObject({ code: 'NOT_RENDERABLE' });
    const empty = paletteOf([3, 5, 8], new Uint8Array(), new Uint8Array(), new Uint8Array());
    await expect(rendered(indexes, empty)).rejects.toMatchObject({ code: 'NOT_RENDERABLE' });
  });

  it('may colour the upper stored values of a grey image', async () => {
    const palette = paletteOf([2, 10, 8], words(255, 0), words(0, 255), words(0, 0));
    const frame = frameOf(Uint8Array.of(0, 9, 10, 11), { bitsStored: 8 });
    const { values } = await rendered(frame, palette);
    expect(values).toEqual([0, 0, 0, 9, 9, 9, 255, 0, 0, 0, 255, 0]);
  });

  it('may be segmented', async () => {
    const segments = words(0, 1, 0, 1, 2, 0xff00);
    const frame = frameOf(Uint8Array.of(0, 1, 2), {
      photometricInterpretation: 'PALETTE COLOR',
      bitsStored: 8,
    });
    const { values } = await rendered(
      frame,
      paletteOf([3, 0, 16], segments, segments, segments, 'Segmented'),
    );
    expect(values).toEqual([0, 0, 0, 127, 127, 127, 255, 255, 255]);
  });
});

describe('segments of PS3.3 C.7.9.2', () => {
  it('are discrete, linear and indirect', () => {
    // two values, then three steps to 30, then both again from byte 0
    const data = Uint16Array.of(0, 2, 10, 0, 1, 3, 30, 2, 2, 0, 0);
    expect([...expandSegments(data, 100)]).toEqual([10, 0, 10, 20, 30, 10, 0, 10, 20, 30]);
  });

  it('may be bytes, with an offset of four of them', () => {
    const data = Uint8Array.of(0, 1, 7, 2, 1, 0, 0, 0, 0);
    expect([...expandSegments(data, 100)]).toEqual([7, 7]);
  });

  it('give no more entries than the descriptor names, however often they refer back', () => {
    const data = Uint16Array.of(1, 65535, 9, 2, 65535, 0, 0, 2, 65535, 0, 0);
    expect(expandSegments(data, 70000)).toHaveLength(70000);
  });

  it.each([
    ['an unknown opcode', Uint16Array.of(3, 1, 1)],
    ['a discrete segment that is cut off', Uint16Array.of(0, 5, 1)],
    ['a linear segment that is cut off', Uint16Array.of(1, 5)],
    ['a reference beyond the end', Uint16Array.of(0, 1, 1, 2, 1, 0xfffe, 0xffff)],
    ['a reference to itself', Uint16Array.of(0, 1, 1, 2, 1, 6, 0)],
    ['a reference to a reference', Uint16Array.of(0, 1, 1, 2, 1, 0, 0, 2, 1, 6, 0)],
    ['a reference into the middle of a word', Uint16Array.of(0, 1, 1, 2, 1, 1, 0)],
    ['a reference that is cut off', Uint16Array.of(0, 1, 1, 2, 1)],
  ])('are refused for %s', (_, data) => {
    expect(() => expandSegments(data, 1000)).toThrowError(
      expect.objectContaining({ code: 'NOT_RENDERABLE' }),
    );
  });
});

describe('colours', () => {
  const color = (photometricInterpretation: string, ...samples: number[]) =>
    frameOf(Uint8Array.from(samples), { photometricInterpretation, samplesPerPixel: 3, bitsStored: 8 });

  it('stay as they are in RGB, whatever window the image names', async () => {
    const { values } = await rendered(color('RGB', 1, 2, 3, 250, 128, 7), {
      WindowCenter: 10,
      WindowWidth: 2,
    });
    expect(values).toEqual([1, 2, 3, 250, 128, 7]);
  });

  // R = Y + 1.402 (Cr - 128), G = Y - 0.3441 (Cb - 128) - 0.7141 (Cr - 128), B = Y + 1.772 (Cb - 128)
  it('are made of YBR_FULL', async () => {
    const { values } = await rendered(color('YBR_FULL', 76, 85, 255, 100, 128, 128));
    expect(values).toEqual([254, 0, 0, 100, 100, 100]);
  });

  // Y 16 is black and 235 white
  it('are made of YBR_PARTIAL_422', async () => {
    const { values } = await rendered(color('YBR_PARTIAL_422', 16, 128, 128, 235, 128, 128));
    expect(values).toEqual([0, 0, 0, 255, 255, 255]);
  });

  it.each([
    [Uint16Array.of(0, 32768, 65535), 16, [0, 128, 255]],
    [Uint16Array.of(0, 2048, 4095), 12, [0, 128, 255]],
    [Uint32Array.of(0, 2 ** 31, 2 ** 32 - 1), 32, [0, 128, 255]],
  ] as const)('of more than 8 bits are scaled', async (samples, bitsStored, expected) => {
    const frame = frameOf(samples, { photometricInterpretation: 'RGB', samplesPerPixel: 3, bitsStored });
    expect((await rendered(frame)).values).toEqual(expected);
  });

  it('are made of CMYK and ARGB', async () => {
    const four = { samplesPerPixel: 4, bitsStored: 8 };
    const cmyk = frameOf(Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 255), {
      ...four,
      photometricInterpretation: 'CMYK',
    });
    expect((await rendered(cmyk)).values).toEqual([0, 255, 255, 0, 0, 0]);
    const argb = frameOf(Uint8Array.of(9, 1, 2, 3), { ...four, photometricInterpretation: 'ARGB' });
    expect((await rendered(argb)).values).toEqual([1, 2, 3]);
  });

  it('of a kind that is not known are an error of the image', async () => {
    await expect(rendered(color('HSV', 1, 2, 3))).rejects.toMatchObject({ code: 'NOT_RENDERABLE' });
    await expect(
      rendered(frameOf(Uint8Array.of(1, 2, 3), { ...color('CMYK'), columns: 1 })),
    ).rejects.toMatchObject({
      code: 'NOT_RENDERABLE',
    });
  });
});

describe('overlays', () => {
  const black = frameOf(new Uint8Array(16), { rows: 4, bitsStored: 8 });
  const overlay = { '60000010': 2, '60000011': 2, '60000040': 'G', '60000100': 1, '60000102': 0 };

  it('lie at their origin, the first bit lowest', async () => {
    const { values } = await rendered(black, {
      ...overlay,
      '60000050': [2, 3],
      '60003000': Uint8Array.of(0b1001, 0),
    });
    expect(values).toEqual([0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 0, 0]);
  });

  it('may lie partly outside', async () => {
    const { values } = await rendered(black, {
      ...overlay,
      '60000050': [0, 0],
      '60003000': Uint8Array.of(0b1111, 0),
    });
    expect(values.filter((value) => value === 255)).toHaveLength(1);
    expect(values[0]).toBe(255);
  });

  it('have frames that begin at Image Frame Origin', async () => {
    const frames = {
      ...overlay,
      '60000050': [1, 1],
      '60000015': 2,
      '60000051': 3,
      '60003000': Uint8Array.of(0b0010_0001, 0),
    };
    const lit = async (frameNumber: number) =>
      (await rendered(black, frames, { frameNumber })).values.indexOf(255);
    expect([await lit(2), await lit(3), await lit(4), await lit(5)]).toEqual([-1, 0, 1, -1]);
  });

  it('may hide in high bits of the pixels', async () => {
    const { values } = await rendered(
      black,
      { ...overlay, '60000010': 4, '60000011': 4, '60000050': [1, 1], '60000100': 16, '60000102': 12 },
      { allBits: Uint16Array.from({ length: 16 }, (_, i) => (i === 5 ? 0x1000 : 0x0800)) },
    );
    expect(values.flatMap((value, i) => (value === 255 ? [i] : []))).toEqual([5]);
  });

  it('are drawn as outline where they mark a region', async () => {
    const frame = frameOf(new Uint8Array(25), { rows: 5, bitsStored: 8 });
    const roi = {
      ...overlay,
      '60000010': 3,
      '60000011': 3,
      '60000040': 'R',
      '60000050': [2, 2],
      '60003000': Uint8Array.of(0xff, 1),
    };
    const { values } = await rendered(frame, roi);
    expect(values.filter((value) => value === 255)).toHaveLength(8);
    expect(values[12]).toBe(0);
  });

  it('are not in thumbnails, which may not name the patient', async () => {
    const all = { ...overlay, '60000050': [1, 1], '60003000': Uint8Array.of(0xff, 0xff) };
    const { values } = await rendered(black, all, { kind: 'thumbnail' });
    expect(values.every((value) => value === 0)).toBe(true);
  });

  it('that are cut off are shown as far as they go', async () => {
    const { values } = await rendered(black, {
      ...overlay,
      '60000010': 4,
      '60000011': 4,
      '60000050': [1, 1],
      '60003000': Uint8Array.of(0xff),
    });
    expect(values).toEqual([...Array(8).fill(255), ...Array(8).fill(0)]);
  });

  it('are read from bulk data', async () => {
    const instance = dataSetOf({ ...overlay, '60000050': [1, 1] });
    instance['60003000'] = { vr: 'OW', BulkDataURI: '60003000' };
    const { values } = await rendered(black, {}, { instance, bulkData: { '60003000': Uint8Array.of(1) } });
    expect(values[0]).toBe(255);
  });
});
