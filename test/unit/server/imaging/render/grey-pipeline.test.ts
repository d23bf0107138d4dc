import { describe, expect, it } from 'vitest';
import { type GreyPipeline, renderGrey } from '../../../../../server/imaging/render/grey-pipeline.ts';
import { dataSetOf, frameOf, rendered, words } from './render-request-samples.ts';

describe('windows', () => {
  // PS3.3 C.11.2.1.2.1 with c = 2048, w = 4096: y = ((x - 2047.5) / 4095 + 0.5) * 255
  it('applies LINEAR as the Standard writes it', async () => {
    const { values } = await rendered(frameOf(Uint16Array.of(0, 1, 1024, 2047, 2048, 4095, 5000)), {
      WindowCenter: 2048,
      WindowWidth: 4096,
    });
    expect(values).toEqual([0, 0, 64, 127, 128, 255, 255]);
  });

  // c = 10, w = 4: below 10 - 0.5 - 1.5 = 8 black, above 11 white, ((9 - 9.5) / 3 + 0.5) * 255 = 85 between
  it('has w - 1 steps in LINEAR', async () => {
    const { values } = await rendered(frameOf(Uint16Array.of(7, 8, 9, 10, 11, 12)), {
      WindowCenter: 10,
      WindowWidth: 4,
    });
    expect(values).toEqual([0, 0, 85, 170, 255, 255]);
  });

  // c = 10, w = 4: below 8 black, above 12 white, ((9 - 10) / 4 + 0.5) * 255 = 63.75
  it('has w steps in LINEAR_EXACT', async () => {
    const { values } = await rendered(frameOf(Uint16Array.of(8, 9, 10, 11, 12, 13)), {
      WindowCenter: 10,
      WindowWidth: 4,
      VOILUTFunction: 'LINEAR_EXACT',
    });
    expect(values).toEqual([0, 64, 128, 191, 255, 255]);
  });

  // 255 / (1 + exp(-4 (x - c) / w)) with c = 100, w = 40: at c half, at c + 10 255 / (1 + 1/e), at c - 10 the rest
  it('follows the curve of SIGMOID', async () => {
    const { values } = await rendered(frameOf(Uint16Array.of(60, 90, 100, 110, 140)), {
      WindowCenter: 100,
      WindowWidth: 40,
      VOILUTFunction: 'SIGMOID',
    });
    expect(values).toEqual([5, 69, 128, 186, 250]);
  });

  it('is a threshold where LINEAR has a width of 1', async () => {
    const { values } = await rendered(frameOf(Uint16Array.of(9, 10, 11)), {
      WindowCenter: 10.5,
      WindowWidth: 1,
    });
    expect(values).toEqual([0, 0, 255]);
  });

  it('takes the first of several windows that can be used', async () => {
    const { values } = await rendered(frameOf(Uint16Array.of(0, 100, 200)), {
      WindowCenter: [50, 100.5],
      WindowWidth: [0, 201],
    });
    expect(values).toEqual([0, 128, 255]);
  });

  it('spreads the values from lowest to highest where no window can be used', async () => {
    const { values } = await rendered(frameOf(Uint16Array.of(1000, 1050, 1100)), {
      WindowCenter: 50,
      WindowWidth: 0,
    });
    expect(values).toEqual([0, 128, 255]);
  });

  it('takes LINEAR widths below 1 as LINEAR_EXACT', async () => {
    const frame = frameOf(Float32Array.of(0, 0.25, 0.5), { bitsStored: 32 });
    const { values } = await rendered(frame, { WindowCenter: 0.25, WindowWidth: 0.5 });
    expect(values).toEqual([0, 128, 255]);
  });

  it('shows 8-bit images without a window as they are', async () => {
    const { values } = await rendered(frameOf(Uint8Array.of(10, 20, 30), { bitsStored: 8 }));
    expect(values).toEqual([10, 20, 30]);
  });

  it('shows the ones of 1-bit images white', async () => {
    const { values } = await rendered(frameOf(Uint8Array.of(0, 1, 1), { bitsStored: 1 }));
    expect(values).toEqual([0, 255, 255]);
  });

  it('uses the window of the request in place of that of the image', async () => {
    const parameters = { window: { center: 10, width: 4, function: 'LINEAR_EXACT' } } as const;
    const { values } = await rendered(
      frameOf(Uint16Array.of(8, 10, 12)),
      { WindowCenter: 1000, WindowWidth: 2000 },
      { parameters },
    );
    expect(values).toEqual([0, 128, 255]);
  });

  it('uses the window of the frame before that of all frames', async () => {
    const voi = (center: number) =>
      dataSetOf({
        FrameVOILUTSequence: [
          dataSetOf({ WindowCenter: center, WindowWidth: 4, VOILUTFunction: 'LINEAR_EXACT' }),
        ],
      });
    const attributes = {
      SharedFunctionalGroupsSequence: [voi(100)],
      PerFrameFunctionalGroupsSequence: [dataSetOf({}), voi(10)],
    };
    const frame = frameOf(Uint16Array.of(8, 10, 12));
    expect((await rendered(frame, attributes, { frameNumber: 2 })).values).toEqual([0, 128, 255]);
    expect((await rendered(frame, attributes, { frameNumber: 1 })).values).toEqual([0, 0, 0]);
  });
});

describe('the modality transformation', () => {
  it('comes before the window', async () => {
    const { values } = await rendered(frameOf(Int16Array.of(0, 1024, 1044), { pixelRepresentation: 1 }), {
      RescaleSlope: 1,
      RescaleIntercept: -1024,
      WindowCenter: 10,
      WindowWidth: 20,
      VOILUTFunction: 'LINEAR_EXACT',
    });
    expect(values).toEqual([0, 0, 255]);
  });

  it('takes a slope of 0 as none, for it would make all pixels the same', async () => {
    const { values } = await rendered(frameOf(Uint16Array.of(0, 10, 20)), {
      RescaleSlope: 0,
      RescaleIntercept: 0,
      WindowCenter: 10,
      WindowWidth: 20,
      VOILUTFunction: 'LINEAR_EXACT',
    });
    expect(values).toEqual([0, 128, 255]);
  });

  it('is that of the frame', async () => {
    const group = dataSetOf({
      PixelValueTransformationSequence: [dataSetOf({ RescaleSlope: 2, RescaleIntercept: 0 })],
    });
    const { values } = await rendered(frameOf(Uint16Array.of(0, 5, 10)), {
      PerFrameFunctionalGroupsSequence: [group],
      WindowCenter: 10,
      WindowWidth: 20,
      VOILUTFunction: 'LINEAR_EXACT',
    });
    expect(values).toEqual([0, 128, 255]);
  });

  it('looks values up in a Modality LUT, those outside as its first and last', async () => {
    const lut = dataSetOf({ LUTDescriptor: [3, 10, 8], LUTData: words(255, 0, 51) });
    const { values } = await rendered(frameOf(Uint16Array.of(0, 10, 11, 12, 99)), {
      ModalityLUTSequence: [lut],
      WindowCenter: 128,
      WindowWidth: 256,
    });
    expect(values).toEqual([255, 255, 0, 51, 51]);
  });

  it('is left out where angiography is already logarithmic', async () => {
    const attributes = {
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.12.1',
      RescaleSlope: 100,
      RescaleIntercept: 0,
      WindowCenter: 10,
      WindowWidth: 20,
      VOILUTFunction: 'LINEAR_EXACT',
    };
    const frame = frameOf(Uint16Array.of(0, 10, 20));
    const log = await rendered(frame, { ...attributes, PixelIntensityRelationship: 'LOG' });
    expect(log.values).toEqual([0, 128, 255]);
    const linear = await rendered(frame, { ...attributes, PixelIntensityRelationship: 'LIN' });
    expect(linear.values).toEqual([0, 255, 255]);
  });
});

describe('VOI LUTs', () => {
  it('map signed values from a negative first one, whatever VR it was read with', async () => {
    const lut = dataSetOf({ LUTDescriptor: [4, 65534, 8], LUTData: [0, 85, 170, 255] });
    const { values } = await rendered(
      frameOf(Int16Array.of(-9, -2, -1, 0, 1, 9), { pixelRepresentation: 1 }),
      {
        VOILUTSequence: [lut],
      },
    );
    expect(values).toEqual([0, 0, 85, 170, 255, 255]);
  });

  it.each([8, 10, 12, 14, 16])('scale entries of %i bits to the whole range', async (bits) => {
    const highest = 2 ** bits - 1;
    const lut = dataSetOf({ LUTDescriptor: [3, 0, bits], LUTData: words(0, highest * 0.6, highest) });
    const { values } = await rendered(frameOf(Uint16Array.of(0, 1, 2)), { VOILUTSequence: [lut] });
    expect(values).toEqual([0, 153, 255]);
  });

  it('read 8-bit entries that are packed two to a word', async () => {
    const lut = dataSetOf({ LUTDescriptor: [4, 0, 8], LUTData: Uint8Array.of(0, 10, 20, 30) });
    const { values } = await rendered(frameOf(Uint16Array.of(0, 1, 2, 3)), { VOILUTSequence: [lut] });
    expect(values).toEqual([0, 10, 20, 30]);
  });

  it('have 65536 entries where the descriptor says 0', async () => {
    const lut = dataSetOf({
      LUTDescriptor: [0, 0, 16],
      LUTData: new Uint8Array(Uint16Array.from({ length: 65536 }, (_, i) => 65535 - i).buffer),
    });
    const { values } = await rendered(frameOf(Uint16Array.of(0, 13107, 65535)), { VOILUTSequence: [lut] });
    expect(values).toEqual([255, 204, 0]);
  });

  it('without data are an error of the image', async () => {
    const lut = dataSetOf({ LUTDescriptor: [4, 0, 8], LUTData: [] });
    await expect(rendered(frameOf(Uint16Array.of(0)), { VOILUTSequence: [lut] })).rejects.toMatchObject({
      code: 'NOT_RENDERABLE',
    });
  });
});

describe('MONOCHROME1 and padding', () => {
  it('inverts after the window', async () => {
    const frame = frameOf(Uint16Array.of(8, 9, 12), { photometricInterpretation: 'MONOCHROME1' });
    const { values } = await rendered(frame, {
      WindowCenter: 10,
      WindowWidth: 4,
      VOILUTFunction: 'LINEAR_EXACT',
    });
    expect(values).toEqual([255, 191, 0]);
  });

  it('shows padding as background and leaves it out of the automatic range', async () => {
    const frame = frameOf(Int16Array.of(-2000, 0, 50, 100), { pixelRepresentation: 1 });
    expect((await rendered(frame, { PixelPaddingValue: -2000 })).values).toEqual([0, 0, 128, 255]);
    // the same bits, read as unsigned
    expect((await rendered(frame, { PixelPaddingValue: 63536 })).values).toEqual([0, 0, 128, 255]);
  });

  it('takes a range of padding, and keeps it black in MONOCHROME1', async () => {
    const frame = frameOf(Uint16Array.of(1, 5, 100, 200), { photometricInterpretation: 'MONOCHROME1' });
    const { values } = await rendered(frame, { PixelPaddingValue: 0, PixelPaddingRangeLimit: 5 });
    expect(values).toEqual([0, 0, 255, 0]);
  });

  it('has the padding of float pixels in an attribute of its own', async () => {
    const frame = frameOf(Float32Array.of(-1, 0, 1, Number.NaN), { bitsStored: 32 });
    const { values } = await rendered(frame, { FloatPixelPaddingValue: -1, PixelPaddingValue: 1 });
    expect(values).toEqual([0, 0, 255, 0]);
  });
});

describe('segmentations', () => {
  const attributes = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.66.4' };
  const frame = frameOf(Uint8Array.of(0, 1, 2, 4), { bitsStored: 8 });

  it('show fractions of their largest value', async () => {
    const fractional = { ...attributes, SegmentationType: 'FRACTIONAL', MaximumFractionalValue: 4 };
    expect((await rendered(frame, fractional)).values).toEqual([0, 64, 128, 255]);
  });

  it('show numbers of segments apart from each other', async () => {
    const SegmentSequence = [1, 2, 4].map((SegmentNumber) => dataSetOf({ SegmentNumber }));
    const labels = { ...attributes, SegmentationType: 'LABELMAP', SegmentSequence };
    expect((await rendered(frame, labels)).values).toEqual([0, 64, 128, 255]);
  });
});

describe('depths', () => {
  it('spreads 32-bit integers and doubles', async () => {
    const integers = frameOf(Uint32Array.of(0, 2 ** 31, 2 ** 32 - 1), { bitsStored: 32 });
    expect((await rendered(integers)).values).toEqual([0, 128, 255]);
    const doubles = frameOf(Float64Array.of(-1e-9, 0, 1e-9), { bitsStored: 64 });
    expect((await rendered(doubles)).values).toEqual([0, 128, 255]);
  });

  it('keeps infinities at the ends', async () => {
    const frame = frameOf(Float32Array.of(Number.NEGATIVE_INFINITY, 0, 1, Number.POSITIVE_INFINITY), {
      bitsStored: 32,
    });
    expect((await rendered(frame)).values).toEqual([0, 0, 255, 255]);
  });

  it('is black where all values are the same', async () => {
    expect((await rendered(frameOf(Uint16Array.of(7, 7)))).values).toEqual([0, 0]);
  });
});

describe('grey values', () => {
  const pipeline: GreyPipeline = {
    modality: { apply: (stored) => stored * 2 - 100, canBeNegative: true },
    voi: (value) => Math.min(1, Math.max(0, (value + 30_000) / 60_000)),
    presentation: (value) => value,
  };
  const expected = (samples: ArrayLike<number>) =>
    Array.from(samples, (value) =>
      Math.round(Math.min(1, Math.max(0, (value * 2 - 100 + 30_000) / 60_000)) * 255),
    );
  const frame = (samples: Int16Array | Uint16Array) => ({ ...frameOf(Uint16Array.of(0)), samples });

  // every value of 16 bits, each twice and far from the first time
  const values = Uint16Array.from({ length: 2 * 65_536 + 3 }, (_, i) => Math.imul(i, 40_503) & 0xffff);

  it.each([0, 1, 2, 3])('are those of each value by itself, from cell %d on', (first) => {
    const unsigned = values.subarray(first);
    const signed = new Int16Array(values.buffer, 2 * first, values.length - first);
    for (const samples of [unsigned, signed])
      expect([...renderGrey(frame(samples), pipeline)]).toEqual(expected(samples));
  });

  it('take the memory that is given, where it is large enough, and leave nothing of what was in it', () => {
    const samples = values.subarray(0, 1001);
    for (const from of [0, 1, 4]) {
      const memory = new Uint8Array(2000).fill(77).subarray(from);
      const greys = renderGrey(frame(samples), pipeline, undefined, memory);
      expect(greys.buffer).toBe(memory.buffer);
      expect([...greys]).toEqual(expected(samples));
      expect(memory[1001]).toBe(77);
    }
    const small = renderGrey(frame(samples), pipeline, undefined, new Uint8Array(1000));
    expect([...small]).toEqual(expected(samples));
  });
});
