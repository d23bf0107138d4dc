import { describe, expect, it } from 'vitest';
import { levelOfPart, readCodestreamHeader } from '../../../viewer/viewport/pixels/resolution-levels.ts';

const rpcl = '1.2.840.10008.1.2.4.202';

/** A codestream's headers, byte by byte after ISO/IEC 15444-1 annex A; the data are zeros. */
function codestream(options: { order: number; tilePartLength: number; tileParts?: number }): Uint8Array {
  const { order, tilePartLength, tileParts = 1 } = options;
  const bytes = [0xff, 0x4f];
  // SIZ: only its length matters here.
  bytes.push(0xff, 0x51, 0, 41, ...Array<number>(39).fill(0));
  // COD: length 12, no style, order, 1 layer, no transformation, 4 levels.
  bytes.push(0xff, 0x52, 0, 12, 0, order, 0, 1, 0, 4, 4, 4, 0x40, 1);
  // TLM: two tile-parts of one tile, lengths of 32 bits without an index.
  if (tileParts === 2) bytes.push(0xff, 0x55, 0, 12, 0, 0x40, 0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10);
  const length = [tilePartLength >> 24, tilePartLength >> 16, tilePartLength >> 8, tilePartLength];
  bytes.push(0xff, 0x90, 0, 10, 0, 0, ...length.map((byte) => byte & 0xff), 0, tileParts);
  return Uint8Array.from([...bytes, ...Array<number>(20_000).fill(0)]);
}

describe('the beginning of a High-Throughput JPEG 2000 frame', () => {
  it('tells how long all of it is: by its only tile-part, or by the list of them', () => {
    const header = { levels: 4, isResolutionFirst: true };
    expect(readCodestreamHeader(codestream({ order: 2, tilePartLength: 10_000 }))).toEqual({
      ...header,
      lengthBytes: 2 + 43 + 14 + 10_000,
    });
    expect(readCodestreamHeader(codestream({ order: 2, tilePartLength: 10_000, tileParts: 2 }))).toEqual({
      ...header,
      lengthBytes: 2 + 43 + 14 + 14 + 20_000,
    });
    expect(readCodestreamHeader(codestream({ order: 2, tilePartLength: 0 }))).toBeUndefined();
    expect(readCodestreamHeader(codestream({ order: 2, tilePartLength: 10_000 }).subarray(0, 60))).toBe(
      undefined,
    );
  });

  it('is shown the finer, the more of it there is, and not at all where small resolutions do not come first', () => {
    const whole = codestream({ order: 2, tilePartLength: 10_000 });
    const levels = [200, 600, 1500, 3000, 12_000].map((length) =>
      levelOfPart(whole.subarray(0, length), rpcl),
    );
    expect(levels).toEqual([undefined, 3, 2, 1, undefined]);
    const layersFirst = codestream({ order: 0, tilePartLength: 10_000 });
    expect(levelOfPart(layersFirst.subarray(0, 3000), rpcl)).toBeUndefined();
    expect(levelOfPart(whole.subarray(0, 3000), '1.2.840.10008.1.2.4.90')).toBeUndefined();
  });
});
