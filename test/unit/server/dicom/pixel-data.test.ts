import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  decodeFrameIndex,
  type EncapsulatedPixelData,
  encodeFrameIndex,
  finishNativeFrame,
  frameFragments,
  frameIndexHeadBytes,
  type NativePixelData,
  type PixelDataLocation,
  someFrames,
} from '../../../../server/dicom/frames/frame-index.ts';
import { VarintWriter } from '../../../../server/dicom/frames/varint.ts';
import { type ImageOptions, madeUpPixels, makeInstance } from '../../../support/make-instance.ts';
import { endSequence, explicit, file, implicit, item, openSequence, read, u16, u32 } from './bytes.ts';

const jpeg = '1.2.840.10008.1.2.4.50';
const rle = '1.2.840.10008.1.2.5';

async function locate(bytes: Uint8Array): Promise<{ location: PixelDataLocation; warnings: string[] }> {
  const { pixelData, warnings } = await read(bytes, { chunkBytes: 100 });
  if (!pixelData) throw new Error('no pixel data');
  // what is kept is as good as what was found
  expect(decodeFrameIndex(encodeFrameIndex(pixelData))).toEqual(pixelData);
  return { location: pixelData, warnings };
}

function cut(bytes: Uint8Array, location: PixelDataLocation, frame: number): Uint8Array {
  const fragments = frameFragments(location, frame);
  return Buffer.concat(fragments.map((f) => bytes.subarray(f.offsetBytes, f.offsetBytes + f.lengthBytes)));
}

describe('native pixel data', () => {
  it.each<[string, ImageOptions, number]>([
    ['8 bits', { frames: 3 }, 16],
    ['16 bits', { frames: 3, bitsAllocated: 16 }, 32],
    ['RGB of odd length', { frames: 3, rows: 3, columns: 3, samplesPerPixel: 3 }, 27],
    ['32 bits', { frames: 2, bitsAllocated: 32 }, 64],
    ['single bits in whole bytes', { frames: 3, bitsAllocated: 1 }, 2],
  ])('is cut into frames: %s', async (_, image, frameBytes) => {
    const bytes = makeInstance({ image });
    const { location, warnings } = await locate(bytes);
    expect(warnings).toEqual([]);
    expect(location.numberOfFrames).toBe(image.frames);
    const pixels = madeUpPixels(frameBytes * (image.frames ?? 1));
    for (let frame = 1; frame <= location.numberOfFrames; frame++) {
      const expected = pixels.subarray((frame - 1) * frameBytes, frame * frameBytes);
      expect(Buffer.from(cut(bytes, location, frame))).toEqual(Buffer.from(expected));
    }
    expect(frameFragments(location, 0)).toEqual([]);
    expect(frameFragments(location, 1.5)).toEqual([]);
    expect(frameFragments(location, location.numberOfFrames + 1)).toEqual([]);
  });

  it.each([
    ['YBR_FULL_422', 32],
    ['YBR_PARTIAL_422', 32],
    ['YBR_PARTIAL_420', 24],
    ['YBR_FULL', 48],
  ])('of %s has %d bytes for 16 pixels', async (photometricInterpretation, frameBytes) => {
    const pixelBytes = madeUpPixels(frameBytes * 2);
    const bytes = makeInstance({
      image: { samplesPerPixel: 3, photometricInterpretation, frames: 2, pixelBytes },
    });
    const { location } = await locate(bytes);
    expect(location.numberOfFrames).toBe(2);
    expect(Buffer.from(cut(bytes, location, 2))).toEqual(Buffer.from(pixelBytes.subarray(frameBytes)));
  });

  it('of single bits is cut between bytes (PS3.5 8.1.1)', async () => {
    // three frames of 3 x 3 bits: 1 0 0 .. / all ones / 1 0 1 0 ..
    const frames = ['100000000', '111111111', '101010101'];
    const bits = [...frames.join('')].map(Number);
    const pixelBytes = Uint8Array.from({ length: 4 }, (_, i) =>
      bits.slice(i * 8, i * 8 + 8).reduce((byte, bit, at) => byte | (bit << at), 0),
    );
    const bytes = makeInstance({ image: { rows: 3, columns: 3, bitsAllocated: 1, frames: 3, pixelBytes } });
    const { location } = await locate(bytes);
    const native = location as NativePixelData;
    const seen = [1, 2, 3].map((frame) => {
      const finished = finishNativeFrame(native, frame, cut(bytes, location, frame));
      return Array.from({ length: 9 }, (_, bit) => ((finished[bit >> 3] ?? 0) >> (bit & 7)) & 1).join('');
    });
    expect(seen).toEqual(frames);
    expect(finishNativeFrame(native, 1, cut(bytes, location, 1))).toEqual(Uint8Array.of(1, 0));
  });

  it.each([
    [16, 4],
    [8, 3],
  ])('in big endian is turned into little endian, with %d bits', async (bitsAllocated, columns) => {
    const image = { rows: 3, columns, frames: 3, bitsAllocated };
    const frameBytes = (3 * columns * bitsAllocated) / 8;
    const pixelBytes = madeUpPixels(Math.ceil((frameBytes * 3) / 2) * 2);
    const wide = explicit('7FE00010', 'OW', pixelBytes);
    // OW also for 8 bits, as PS3.5 8.2 allows: bytes change places in pairs, whatever belongs to which frame
    const plain = file([
      explicit('00280008', 'IS', '3 '),
      explicit('00280010', 'US', u16(3)),
      explicit('00280011', 'US', u16(columns)),
      explicit('00280100', 'US', u16(bitsAllocated)),
      wide,
    ]);
    const stored = Uint8Array.from(plain);
    stored.subarray(stored.length - pixelBytes.length).set(Buffer.from(pixelBytes).swap16());
    const { location } = await locate(plain);
    const big = { ...(location as NativePixelData), bigEndian: true };
    for (let frame = 1; frame <= 3; frame++) {
      const expected = pixelBytes.subarray((frame - 1) * frameBytes, frame * frameBytes);
      expect(Buffer.from(finishNativeFrame(big, frame, cut(stored, big, frame)))).toEqual(
        Buffer.from(expected),
      );
    }
    expect(
      (await locate(makeInstance({ transferSyntaxUID: '1.2.840.10008.1.2.2', image }))).location.bigEndian,
    ).toBe(true);
  });

  it('that is shorter than its frames keeps the whole ones, with a warning', async () => {
    const { location, warnings } = await locate(
      makeInstance({ image: { frames: 3, pixelBytes: madeUpPixels(40) } }),
    );
    expect(location.numberOfFrames).toBe(2);
    expect(warnings.join()).toContain('holds 2 frames in place of 3');
  });

  it('that is longer is a warning', async () => {
    const { location, warnings } = await locate(
      makeInstance({ image: { frames: 1, pixelBytes: madeUpPixels(40) } }),
    );
    expect(location.numberOfFrames).toBe(1);
    expect(warnings.join()).toContain('24 bytes longer');
  });

  it('without Rows has no frames, with a warning', async () => {
    const { location, warnings } = await locate(makeInstance({ image: {}, attributes: { Rows: undefined } }));
    expect(location.numberOfFrames).toBe(0);
    expect(warnings.join()).toContain('no Rows, Columns or Bits Allocated');
  });

  it.each([
    [{ Rows: { vr: 'DS', value: '-4' } }],
    [{ Rows: { vr: 'FD', value: 1e300 } }],
    [{ Columns: { vr: 'DS', value: '2.5' } }],
    [{ BitsAllocated: { vr: 'IS', value: '0' } }],
    [{ NumberOfFrames: '1.5', Rows: 0 }],
  ])('with numbers that make no sense has no frames: %j', async (attributes) => {
    const { location } = await locate(makeInstance({ image: {}, attributes }));
    expect([location.numberOfFrames, frameFragments(location, 1)]).toEqual([0, []]);
  });

  it('may be floating point', async () => {
    const size = [explicit('00280010', 'US', u16(2)), explicit('00280011', 'US', u16(2))];
    const float = await locate(file([...size, explicit('7FE00008', 'OF', madeUpPixels(16))]));
    expect(float.location).toMatchObject({ tag: '7FE00008', vr: 'OF', bitsAllocated: 32, numberOfFrames: 1 });
    const double = await locate(file([...size, explicit('7FE00009', 'OD', madeUpPixels(32))]));
    expect(double.location).toMatchObject({
      tag: '7FE00009',
      vr: 'OD',
      bitsAllocated: 64,
      numberOfFrames: 1,
    });
  });

  it('is always bulk data at the top level, and judged by length in an icon', async () => {
    const icon = [
      { Rows: 2, Columns: 2, BitsAllocated: 8, PixelData: { vr: 'OB', value: Uint8Array.of(1, 2, 3, 4) } },
    ];
    const { dataSet, pixelData } = await read(
      makeInstance({ image: {}, attributes: { IconImageSequence: icon } }),
    );
    expect(dataSet['7FE00010']).toEqual({ vr: 'OB', BulkDataURI: '7FE00010' });
    expect(pixelData?.lengthBytes).toBe(16);
    expect(dataSet['00880200']?.Value?.[0]).toMatchObject({
      '7FE00010': { vr: 'OB', InlineBinary: 'AQIDBA==' },
    });
  });
});

const a = Uint8Array.of(0xff, 0xd8, 0xff, 0xa0, 1, 2);
const b = Uint8Array.of(3, 4);
const c = Uint8Array.of(0xff, 0xd8, 0xff, 0xa1);
const d = Uint8Array.of(5, 6, 7, 8);

describe('encapsulated pixel data', () => {
  async function frames(image: ImageOptions, attributes = {}) {
    const bytes = makeInstance({ transferSyntaxUID: jpeg, image, attributes });
    const { location, warnings } = await locate(bytes);
    const numbers = Array.from({ length: location.numberOfFrames }, (_, i) => i + 1);
    return { cut: numbers.map((frame) => [...cut(bytes, location, frame)]), location, warnings };
  }
  const ab = [...a, ...b];
  const cd = [...c, ...d];
  const offsetOfC = a.length + b.length + 16;

  it('with a Basic Offset Table is cut by it', async () => {
    // without the table, the marks at the beginnings would say otherwise
    const result = await frames({
      frames: 2,
      fragments: [a, c, b, d],
      basicOffsetTable: [0, a.length + c.length + 16],
    });
    expect(result.cut).toEqual([
      [...a, ...c],
      [...b, ...d],
    ]);
    expect(result.warnings).toEqual([]);
  });

  it('without a table has one fragment a frame where the numbers are equal', async () => {
    expect((await frames({ frames: 4, fragments: [a, b, c, d] })).cut).toEqual([
      [...a],
      [...b],
      [...c],
      [...d],
    ]);
  });

  it('of a single frame is all of it', async () => {
    expect((await frames({ fragments: [a, b, c, d] })).cut).toEqual([[...ab, ...cd]]);
  });

  it('of several fragments a frame is told apart by how code streams begin', async () => {
    const result = await frames({ frames: 2, fragments: [a, b, c, d] });
    expect(result.cut).toEqual([ab, cd]);
    expect(result.warnings).toEqual([]);
    const j2k = [Uint8Array.of(0xff, 0x4f, 0xff, 0x51), b, Uint8Array.of(0xff, 0x4f, 0xff, 0x51), d];
    expect((await frames({ frames: 2, fragments: j2k })).cut).toHaveLength(2);
  });

  it('that can not be told apart has no frames, with a warning', async () => {
    const result = await frames({ frames: 2, fragments: [b, d, b] });
    expect(result.location.numberOfFrames).toBe(0);
    expect(result.warnings.join()).toContain("3 fragments that can't be told apart into 2 frames");
  });

  it.each([
    ['past the end', [0, 5000]],
    ['not at a fragment', [0, offsetOfC - 2]],
    ['not from the beginning', [a.length + 8, offsetOfC]],
    ['not ascending', [0, 0]],
    ['too long', [0, a.length + 8, offsetOfC]],
  ])(
    'with a Basic Offset Table that is wrong falls back, with a warning: %s',
    async (_, basicOffsetTable) => {
      const result = await frames({ frames: 2, fragments: [a, b, c, d], basicOffsetTable });
      expect(result.cut).toEqual([ab, cd]);
      expect(result.warnings.join()).toContain('a Basic Offset Table that does not fit');
    },
  );

  it('prefers the Extended Offset Table', async () => {
    const u64 = (...values: number[]) =>
      Buffer.concat(values.map((value) => Buffer.concat([u32(value), u32(0)])));
    const tables = {
      ExtendedOffsetTable: u64(0, a.length + 8),
      ExtendedOffsetTableLengths: u64(a.length, c.length),
    };
    expect((await frames({ frames: 2, fragments: [a, c] }, tables)).cut).toEqual([[...a], [...c]]);
    const wrong = { ...tables, ExtendedOffsetTableLengths: u64(a.length, 999) };
    const result = await frames({ frames: 2, fragments: [a, c] }, wrong);
    expect(result.cut).toEqual([[...a], [...c]]);
    expect(result.warnings.join()).toContain('an Extended Offset Table that does not fit');
  });

  it('reads an Extended Offset Table of many frames, which is bulk data', async () => {
    const count = 300;
    const fragments = Array.from({ length: count }, (_, i) => Uint8Array.of(i & 0xff, i >> 8));
    const table = Buffer.concat(fragments.map((_, i) => Buffer.concat([u32(i * 10), u32(0)])));
    const bytes = makeInstance({
      transferSyntaxUID: rle,
      image: { frames: count, fragments },
      attributes: { ExtendedOffsetTable: table },
    });
    const { location, warnings } = await locate(bytes);
    expect([location.numberOfFrames, warnings]).toEqual([count, []]);
    expect([...cut(bytes, location, 300)]).toEqual([299 & 0xff, 299 >> 8]);
  });

  it('with fewer frames than it says keeps those that are there, with a warning', async () => {
    const result = await frames({ frames: 5, fragments: [a, b, c, d], basicOffsetTable: [0, offsetOfC] });
    expect(result.cut).toEqual([ab, cd]);
    expect(result.warnings.join()).toContain('holds 2 frames in place of 5');
  });

  it('without fragments has no frames, with a warning', async () => {
    const result = await frames({ fragments: [] });
    expect([result.location.numberOfFrames, result.warnings.join()]).toEqual([
      0,
      expect.stringContaining('no fragments'),
    ]);
  });

  it('is bulk data from its first item up to the delimiter', async () => {
    const bytes = makeInstance({ transferSyntaxUID: jpeg, image: { fragments: [a] } });
    const { bulkData } = await read(bytes);
    expect(bulkData).toHaveLength(1);
    expect(bulkData[0]).toMatchObject({ path: '7FE00010', vr: 'OB', lengthBytes: 8 + 8 + a.length });
    expect(bytes.length - (bulkData[0]?.offsetBytes ?? 0)).toBe(8 + 8 + a.length + 8);
  });

  it('of an icon does not disturb that of the image', async () => {
    const icon = [
      openSequence('00880200'),
      implicit('FFFEE000', '', 0xffffffff),
      openSequence('7FE00010', 'OB'),
      item(),
      item(b),
      endSequence,
      implicit('FFFEE00D', ''),
      endSequence,
    ];
    const { bulkData, pixelData } = await read(
      file([...icon, openSequence('7FE00010', 'OB'), item(), item(a), endSequence], jpeg),
    );
    expect(bulkData.map(({ path }) => path)).toEqual(['00880200/1/7FE00010', '7FE00010']);
    expect((pixelData as EncapsulatedPixelData).fragmentLengths).toEqual(Uint32Array.of(a.length));
  });

  it('with something other than items in it is MALFORMED', async () => {
    const bytes = file([openSequence('7FE00010', 'OB'), item(), explicit('00080060', 'CS', 'CT')], jpeg);
    await expect(read(bytes)).rejects.toThrow('(0008,0060) in encapsulated pixel data');
  });
});

function bytesOf(location: PixelDataLocation): string[] {
  if (!location.encapsulated) return [];
  const arrays = [location.fragmentOffsets, location.fragmentLengths, location.frameStarts];
  return arrays.map(({ buffer }) => createHash('sha256').update(new Uint8Array(buffer)).digest('hex'));
}

/** Fragments of 8 to 68 kB, one after the other, `fragmentsOfFrame` (1-based) of each frame. */
function manyFrames(count: number, fragmentsOfFrame: (frame: number) => number): EncapsulatedPixelData {
  const frameStarts = new Uint32Array(count + 1);
  for (let frame = 1; frame <= count; frame++)
    frameStarts[frame] = (frameStarts[frame - 1] ?? 0) + fragmentsOfFrame(frame);
  const fragments = frameStarts[count] ?? 0;
  const fragmentLengths = Uint32Array.from({ length: fragments }, (_, i) => 8000 + ((i * 7919) % 60_000));
  const fragmentOffsets = new Float64Array(fragments);
  let offset = 5000;
  fragmentLengths.forEach((length, i) => {
    fragmentOffsets[i] = offset;
    offset += length + 8;
  });
  return {
    tag: '7FE00010',
    vr: 'OB',
    bitsAllocated: 8,
    bigEndian: false,
    encapsulated: true,
    numberOfFrames: count,
    offsetBytes: 4984,
    lengthBytes: offset,
    fragmentOffsets,
    fragmentLengths,
    frameStarts,
  };
}

describe('the frame index', () => {
  it('takes at most four bytes a frame for 340000 frames', () => {
    const count = 340_000;
    const location = manyFrames(count, () => 1);
    const bytes = encodeFrameIndex(location);
    expect(bytes.length / count).toBeLessThanOrEqual(4);
    const decoded = decodeFrameIndex(bytes);
    expect(frameFragments(decoded, count)).toEqual(frameFragments(location, count));
    expect(frameFragments(decoded, 170_000)).toEqual(frameFragments(location, 170_000));
    // number by number, vitest takes seconds
    expect(bytesOf(decoded)).toEqual(bytesOf(location));
  });

  it('finds a frame of very many by the same few kilobytes as the first', () => {
    for (const fragmentsOfFrame of [() => 1, (frame: number) => 1 + (frame % 3)]) {
      const location = manyFrames(340_000, fragmentsOfFrame);
      const bytes = encodeFrameIndex(location);
      expect(bytesOf(decodeFrameIndex(bytes))).toEqual(bytesOf(location));
      const read = [1, 170_000, 300_000, 340_000].map((frame) => {
        const head = bytes.subarray(0, frameIndexHeadBytes);
        const found = someFrames(head, [frame]);
        const parts = found?.ranges.map(({ start, endExclusive }) => bytes.slice(start, endExclusive)) ?? [];
        const some = found?.decode(parts);
        expect(some && frameFragments(some, frame)).toEqual(frameFragments(location, frame));
        expect(frameFragments(location, frame)).toHaveLength(fragmentsOfFrame(frame));
        expect(some?.numberOfFrames).toBe(340_000);
        return parts.reduce((sum, part) => sum + part.length, 0);
      });
      expect(Math.max(...read)).toBeLessThan(8 * 1024);
    }
  });

  it('finds several frames, here and there, and none that there is not', () => {
    const location = manyFrames(5000, (frame) => frame % 4);
    const bytes = encodeFrameIndex(location);
    const wanted = [4999, 1, 2, 600, 2, 5001, 0, 5000];
    const found = someFrames(bytes.subarray(0, frameIndexHeadBytes), wanted);
    const parts = found?.ranges.map(({ start, endExclusive }) => bytes.slice(start, endExclusive));
    const some = found?.decode(parts ?? []);
    if (!some) throw new Error('not in blocks');
    expect(some.only).toEqual([1, 2, 600, 4999, 5000]);
    for (const frame of wanted) expect(frameFragments(some, frame)).toEqual(frameFragments(location, frame));
    expect(() => frameFragments(some, 3)).toThrow(RangeError);
    expect(someFrames(encodeFrameIndex(manyFrames(512, () => 1)), [1])).toBeUndefined();
  });

  it('of a million frames has its directory within the head', () => {
    const location = manyFrames(1_000_000, () => 1);
    const bytes = encodeFrameIndex(location);
    const found = someFrames(bytes.subarray(0, frameIndexHeadBytes), [1_000_000]);
    const parts = found?.ranges.map(({ start, endExclusive }) => bytes.slice(start, endExclusive));
    const some = found?.decode(parts ?? []);
    expect(some && frameFragments(some, 1_000_000)).toEqual(frameFragments(location, 1_000_000));
  });

  it('keeps fragments after the last frame', () => {
    const location = manyFrames(600, () => 2);
    const shorter = { ...location, numberOfFrames: 599, frameStarts: location.frameStarts.slice(0, 600) };
    expect(decodeFrameIndex(encodeFrameIndex(shorter))).toEqual(shorter);
  });

  it('reads what earlier releases wrote of many frames', () => {
    // Format 1: 600 frames of one fragment each, of lengths 1 to 600, from byte 100 on.
    const out = new VarintWriter();
    for (const value of [1, 1, 0, 0, 8, 600, 84, 200_000, 600, 100]) out.write(value);
    for (let i = 1; i <= 600; i++) out.write(i);
    for (const value of [1, 601]) out.write(value);
    const decoded = decodeFrameIndex(out.bytes);
    expect(frameFragments(decoded, 600)).toEqual([
      { offsetBytes: 100 + (599 * 600) / 2 + 599 * 8, lengthBytes: 600, firstBit: 0 },
    ]);
    expect(someFrames(out.bytes, [600])).toBeUndefined();
  });

  it('that is damaged in its blocks is a TypeError', () => {
    const good = encodeFrameIndex(manyFrames(2000, (frame) => 1 + (frame % 2)));
    for (const length of [3, 12, 40, 100, good.length - 1])
      expect(() => decodeFrameIndex(good.subarray(0, length)), String(length)).toThrow(TypeError);
    const found = someFrames(good, [2000]);
    expect(() => found?.decode([new Uint8Array(3)])).toThrow(TypeError);
  });

  it('of native pixel data takes a few bytes, also beyond 4 GB', () => {
    const location: NativePixelData = {
      tag: '7FE00010',
      vr: 'OW',
      bitsAllocated: 16,
      bigEndian: false,
      encapsulated: false,
      numberOfFrames: 20_000,
      offsetBytes: 5_000_000_000,
      lengthBytes: 10_485_760_000,
      frameLengthBits: 4_194_304,
    };
    const bytes = encodeFrameIndex(location);
    expect(bytes.length).toBeLessThan(32);
    expect(decodeFrameIndex(bytes)).toEqual(location);
    expect(frameFragments(location, 20_000)[0]?.offsetBytes).toBe(5_000_000_000 + 19_999 * 524_288);
  });

  it('that is damaged is a TypeError', () => {
    const good = encodeFrameIndex({
      tag: '7FE00010',
      vr: 'OB',
      bitsAllocated: 8,
      bigEndian: false,
      encapsulated: false,
      numberOfFrames: 1,
      offsetBytes: 1,
      lengthBytes: 1,
      frameLengthBits: 8,
    });
    for (const bytes of [
      new Uint8Array(0),
      Uint8Array.of(9),
      good.subarray(0, 5),
      Uint8Array.of(1, 1, 0, 0, 8, 1, 1, 1, 0xff, 0xff, 0xff, 0x7f, 1),
    ]) {
      expect(() => decodeFrameIndex(bytes)).toThrow(TypeError);
    }
  });
});
