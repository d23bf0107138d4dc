import { describe, expect, it } from 'vitest';
import { decodeFrame } from '../../../../server/imaging/decode.ts';
import { encodeRle } from '../../../../server/imaging/rle.ts';
import { syntheticFrame } from '../../../support/synthetic-frame.ts';

const rle = '1.2.840.10008.1.2.5';

/** A frame of 4 pixels of 16 bits, by the example's rules of PS3.5 G.3.2: high bytes first. */
function handMade(): Uint8Array {
  const frame = new Uint8Array(64 + 2 + 6);
  const view = new DataView(frame.buffer);
  view.setUint32(0, 2, true);
  view.setUint32(4, 64, true);
  view.setUint32(8, 66, true);
  // 4 times 0x12; then the no-op 128, literally 1 2, twice 9
  frame.set([257 - 4, 0x12, 128, 1, 1, 2, 257 - 2, 9], 64);
  return frame;
}

const four = syntheticFrame({ rows: 1, columns: 4, bitsAllocated: 16, transferSyntaxUID: rle }).format;

describe('RLE frames', () => {
  it('have a segment for each byte of a sample, the high one first', async () => {
    const { samples } = await decodeFrame(handMade(), four);
    expect(Array.from(samples)).toEqual([0x1201, 0x1202, 0x1209, 0x1209]);
  });

  it.for<[string, (frame: DataView) => void]>([
    ['no segments', (frame) => frame.setUint32(0, 0, true)],
    ['sixteen segments', (frame) => frame.setUint32(0, 16, true)],
    ['too few segments', (frame) => frame.setUint32(0, 1, true)],
    ['a first segment elsewhere', (frame) => frame.setUint32(4, 60, true)],
    ['a segment beyond the end', (frame) => frame.setUint32(8, 0xfffffff0, true)],
    ['segments in the wrong order', (frame) => frame.setUint32(8, 10, true)],
    ['a run over the end of its plane', (frame) => frame.setUint8(64, 129)],
    ['a literal over the end of its segment', (frame) => frame.setUint8(67, 127)],
  ])('with %s are refused', async ([, damage]) => {
    const frame = handMade();
    damage(new DataView(frame.buffer));
    await expect(decodeFrame(frame, four)).rejects.toMatchObject({ code: 'BROKEN_FRAME' });
  });

  it('of more rows or columns than the data set says are refused, padded ones are not', async () => {
    const { format } = syntheticFrame({ rows: 16, columns: 16, transferSyntaxUID: rle });
    const cells = Uint8Array.from({ length: 256 }, (_, at) => at % 7);
    const packed = encodeRle(cells, format);
    for (const wrong of [{ rows: 8 }, { rows: 15 }, { columns: 8 }])
      await expect(decodeFrame(packed, { ...format, ...wrong })).rejects.toMatchObject({
        code: 'BROKEN_FRAME',
        message: expect.stringContaining('another geometry'),
      });
    for (const padding of [[0], [0, 0], [128, 128], [3]])
      expect((await decodeFrame(Buffer.concat([packed, Buffer.from(padding)]), format)).samples).toEqual(
        cells,
      );
  });

  it('never pack bytes of two rows together', () => {
    const { format } = syntheticFrame({ rows: 2, columns: 5 });
    const packed = encodeRle(new Uint8Array(10).fill(7), format);
    expect(Array.from(packed.subarray(64))).toEqual([257 - 5, 7, 257 - 5, 7]);
  });

  it('come out as they went in, however badly they pack', async () => {
    const { format } = syntheticFrame({ rows: 3, columns: 300, transferSyntaxUID: rle });
    for (const make of [
      (at: number) => at % 2,
      (at: number) => (at % 5 < 3 ? 1 : at),
      (at: number) => (at * 37) % 251,
      (at: number) => Math.floor(at / 130),
    ]) {
      const cells = Uint8Array.from({ length: 900 }, (_, at) => make(at));
      const packed = encodeRle(cells, format);
      expect(packed.length % 2).toBe(0);
      expect((await decodeFrame(packed, format)).samples).toEqual(cells);
    }
  });
});
