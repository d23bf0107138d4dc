import { describe, expect, it } from 'vitest';
import { readSinglePart } from '../../../viewer/dicomweb/frames.ts';
import { expandSegments, paletteToRgb, toRgb } from '../../../viewer/viewport/pixels/color.ts';
import { withColorSpace } from '../../../viewer/viewport/pixels/jpeg-color.ts';
import { correctLevelShift, jpegPrecision } from '../../../viewer/viewport/pixels/jpeg-twelve-bit.ts';
import { lookUp, readLookupTable } from '../../../viewer/viewport/pixels/lookup-table.ts';
import { toDisplayValues } from '../../../viewer/viewport/pixels/monochrome.ts';
import { readNativeFrame } from '../../../viewer/viewport/pixels/native.ts';
import { DecodeError, type PixelLayout, type Samples } from '../../../viewer/viewport/pixels/raw-frame.ts';
import { decodeRle } from '../../../viewer/viewport/pixels/rle.ts';
import { makeDataSet } from './make-data-set.ts';

const grey: PixelLayout = {
  rows: 1,
  columns: 4,
  samplesPerPixel: 1,
  photometricInterpretation: 'MONOCHROME2',
  planarConfiguration: 0,
  bitsAllocated: 16,
  bitsStored: 12,
  highBit: 11,
  isSigned: false,
  isFloat: false,
};
const rgb: PixelLayout = {
  ...grey,
  columns: 2,
  samplesPerPixel: 3,
  photometricInterpretation: 'RGB',
  bitsAllocated: 8,
  bitsStored: 8,
  highBit: 7,
};
const unscaled = { slope: 1, intercept: 0, modalityLUT: undefined };
const frameOf = (
  samples: Samples,
  more: { isPlanar?: boolean; photometricInterpretation?: string } = {},
) => ({
  samples,
  isPlanar: false,
  photometricInterpretation: 'RGB',
  ...more,
});
const bytesOf = (...bytes: number[]) => Uint8Array.from(bytes);

describe('grey values', () => {
  it('drop the bits above the high bit, where overlays were kept', () => {
    expect([...toDisplayValues(frameOf(Uint16Array.of(0xf001, 0x0fff, 0, 5)), grey, unscaled)]).toEqual([
      1, 4095, 0, 5,
    ]);
  });

  it('extend the sign of two’s complement', () => {
    const signed = { ...grey, isSigned: true };
    expect([
      ...toDisplayValues(frameOf(Uint16Array.of(0x0fff, 0x0800, 0x07ff, 1)), signed, unscaled),
    ]).toEqual([-1, -2048, 2047, 1]);
  });

  it('are rescaled, and keep fractions', () => {
    const samples = Uint16Array.of(0, 1, 2, 3);
    const hounsfield = toDisplayValues(frameOf(samples), grey, { ...unscaled, slope: 1, intercept: -1024 });
    expect([...hounsfield]).toEqual([-1024, -1023, -1022, -1021]);
    expect(hounsfield).toBeInstanceOf(Int16Array);
    expect([...toDisplayValues(frameOf(samples), grey, { ...unscaled, slope: 0.5 })]).toEqual([
      0, 0.5, 1, 1.5,
    ]);
  });

  it('go through a Modality LUT, clamped at both ends', () => {
    const table = makeDataSet({ LUTDescriptor: [3, 1, 16], LUTData: [100, 200, 300] });
    const values = toDisplayValues(frameOf(Uint16Array.of(0, 1, 2, 9)), grey, {
      ...unscaled,
      modalityLUT: table,
    });
    expect([...values]).toEqual([100, 100, 200, 300]);
    expect(lookUp(readLookupTable(table, false), 3)).toBe(300);
  });

  it('are refused when there are too few of them', () => {
    expect(() => toDisplayValues(frameOf(Uint16Array.of(1)), grey, unscaled)).toThrow(DecodeError);
  });
});

describe('native frames', () => {
  it('are read in either byte order', () => {
    const bytes = bytesOf(1, 2, 3, 4, 5, 6, 7, 8);
    expect([...readNativeFrame(bytes, grey, false).samples]).toEqual([0x0201, 0x0403, 0x0605, 0x0807]);
    expect([...readNativeFrame(bytes, grey, true).samples]).toEqual([0x0102, 0x0304, 0x0506, 0x0708]);
  });

  it('of one bit begin with the lowest bit', () => {
    const bits = { ...grey, columns: 8, bitsAllocated: 1, bitsStored: 1, highBit: 0 };
    expect([...readNativeFrame(bytesOf(0b0000_0101), bits, false).samples]).toEqual([1, 0, 1, 0, 0, 0, 0, 0]);
  });

  it('that are too short are refused', () => {
    expect(() => readNativeFrame(bytesOf(1, 2), grey, false)).toThrow(/8 are needed/);
  });
});

describe('RLE frames', () => {
  const header = (...offsets: number[]) => {
    const words = new Uint32Array(16);
    words.set([offsets.length, ...offsets]);
    return [...new Uint8Array(words.buffer)];
  };

  it('of 16 bits have their high bytes first', () => {
    // High bytes: 0x12 four times; low bytes: 1, 2, 3, 4 as a literal run.
    const bytes = bytesOf(...header(64, 66), 256 - 3, 0x12, 3, 1, 2, 3, 4);
    expect([...decodeRle(bytes, grey).samples]).toEqual([0x1201, 0x1202, 0x1203, 0x1204]);
  });

  it('of colours come back pixel by pixel', () => {
    const bytes = bytesOf(...header(64, 68, 72), 1, 10, 11, 0x80, 1, 20, 21, 0x80, 1, 30, 31, 0x80);
    expect([...decodeRle(bytes, rgb).samples]).toEqual([10, 20, 30, 11, 21, 31]);
  });

  it('with a wrong number of segments are refused', () => {
    expect(() => decodeRle(bytesOf(...header(64)), grey)).toThrow(DecodeError);
  });
});

describe('colours', () => {
  it('may be stored plane by plane', () => {
    const planes = frameOf(bytesOf(1, 2, 3, 4, 5, 6), { isPlanar: true });
    expect([...toRgb(planes, rgb)]).toEqual([1, 3, 5, 2, 4, 6]);
  });

  it('are converted from YBR_FULL (PS3.3 C.7.6.3.1.2)', () => {
    const ybr = frameOf(bytesOf(76, 85, 255, 255, 128, 128), { photometricInterpretation: 'YBR_FULL' });
    const converted = [...toRgb(ybr, rgb)];
    const expected = [254, 0, 0, 255, 255, 255];
    for (const [index, value] of converted.entries()) {
      expect(Math.abs(value - (expected[index] ?? 0))).toBeLessThanOrEqual(1);
    }
  });

  it('are expanded from native YBR_FULL_422', () => {
    const subsampled = frameOf(bytesOf(0, 255, 128, 128), { photometricInterpretation: 'YBR_FULL_422' });
    expect([...toRgb(subsampled, rgb)]).toEqual([0, 0, 0, 255, 255, 255]);
  });

  it('are looked up in a palette of 16 bits, and clamped to it', () => {
    const words = (...values: number[]) => ({
      InlineBinary: btoa(String.fromCharCode(...new Uint8Array(Uint16Array.from(values).buffer))),
    });
    const instance = {
      ...makeDataSet({
        RedPaletteColorLookupTableDescriptor: [2, 1, 16],
        GreenPaletteColorLookupTableDescriptor: [2, 1, 16],
        BluePaletteColorLookupTableDescriptor: [2, 1, 16],
      }),
      '00281201': words(0x1000, 0xff00),
      '00281202': words(0, 0x8000),
      '00281203': words(0xffff, 0x0100),
    };
    const layout = { ...grey, columns: 3, bitsAllocated: 8, bitsStored: 8, highBit: 7 };
    expect([...paletteToRgb(frameOf(bytesOf(0, 1, 2)), layout, instance)]).toEqual([
      16, 0, 255, 16, 0, 255, 255, 128, 1,
    ]);
  });

  it('are expanded from segmented palettes (PS3.3 C.7.9.2)', () => {
    // Two discrete entries, then a line of four steps to 50.
    expect([...expandSegments(Uint16Array.of(0, 2, 5, 10, 1, 4, 50), 6)]).toEqual([5, 10, 20, 30, 40, 50]);
  });

  it('of a JPEG without colour marker are marked RGB when the header says so', () => {
    const bare = bytesOf(0xff, 0xd8, 0xff, 0xdb, 0, 2, 0xff, 0xda);
    const marked = withColorSpace(bare, 'RGB');
    expect([...marked.subarray(0, 9)]).toEqual([0xff, 0xd8, 0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f]);
    expect(withColorSpace(bare, 'YBR_FULL_422')).toBe(bare);
    const withJfif = bytesOf(0xff, 0xd8, 0xff, 0xe0, 0, 2, 0xff, 0xda);
    expect(withColorSpace(withJfif, 'RGB')).toBe(withJfif);
  });
});

describe('lossy JPEG of 12 bits', () => {
  it('is told by its frame header, whatever comes before it', () => {
    const comment = [0xff, 0xfe, 0, 4, 0xff, 0xc1];
    expect(jpegPrecision(bytesOf(0xff, 0xd8, ...comment, 0xff, 0xc1, 0, 11, 12, 0, 1))).toBe(12);
    expect(jpegPrecision(bytesOf(0xff, 0xd8, 0xff, 0xc4, 0, 2, 0xff, 0xc0, 0, 11, 8))).toBe(8);
    expect(jpegPrecision(bytesOf(1, 2, 3))).toBeUndefined();
  });

  it('loses the 15 that the decoder adds, but not what it clamped', () => {
    const samples = Uint16Array.of(0, 10, 15, 16, 4080, 4095);
    correctLevelShift(samples);
    expect([...samples]).toEqual([0, 0, 0, 1, 4065, 4095]);
  });
});

describe('the multipart answer of one frame', () => {
  const body = (text: string) => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
  const type = 'multipart/related; type="application/octet-stream"; boundary=abc';

  it('gives the bytes between the header and the closing delimiter, and their transfer syntax', () => {
    const answer = body(
      '--abc\r\ncontent-type: application/octet-stream; transfer-syntax=1.2.840.10008.1.2.4.90\r\n\r\nAB\r\n--ab\r\n--abc--\r\n',
    );
    const frame = readSinglePart(answer, type);
    expect(new TextDecoder().decode(frame.bytes)).toBe('AB\r\n--ab');
    expect(frame.transferSyntaxUID).toBe('1.2.840.10008.1.2.4.90');
  });

  it('is refused when it was cut', () => {
    expect(() => readSinglePart(body('--abc\r\nContent-Type: image/jls\r\n\r\nAB'), type)).toThrow(
      /incomplete/,
    );
  });
});
