import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { get, storeAll } from './requests.ts';

const RLE = '1.2.840.10008.1.2.5';
const FRAMES = 340_000;
const SIDE = 2;

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

/** PS3.5 G.5: one segment of literal runs; the four pixels are the frame's number. Of 70 bytes, or 72. */
function frameOf(number: number): Uint8Array {
  const bytes = Buffer.alloc(number % 3 === 0 ? 72 : 70);
  bytes.writeUInt32LE(1, 0);
  bytes.writeUInt32LE(64, 4);
  bytes.writeInt8(SIDE * SIDE - 1, 64);
  bytes.writeUInt32BE(number, 65);
  return bytes;
}

/** Where each fragment's item begins, from the first on (PS3.5 A.4), and how long each is (PS3.3 C.7.6.3.1.8). */
function extendedOffsetTable(fragments: readonly Uint8Array[]): Record<string, Uint8Array> {
  const [offsets, lengths] = [Buffer.alloc(fragments.length * 8), Buffer.alloc(fragments.length * 8)];
  let offset = 0;
  for (const [i, { length }] of fragments.entries()) {
    offsets.writeBigUInt64LE(BigInt(offset), i * 8);
    lengths.writeBigUInt64LE(BigInt(length), i * 8);
    offset += 8 + length;
  }
  return { ExtendedOffsetTable: offsets, ExtendedOffsetTableLengths: lengths };
}

/** Stores a whole slide; answers the path of its frames. */
async function storeSlide(withTable: boolean): Promise<string> {
  const [study, series, instance] = [testUid(), testUid(), testUid()];
  const fragments = Array.from({ length: FRAMES }, (_, i) => frameOf(i + 1));
  const bytes = makeInstance({
    transferSyntaxUID: RLE,
    attributes: {
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.77.1.6',
      StudyInstanceUID: study,
      SeriesInstanceUID: series,
      SOPInstanceUID: instance,
      Modality: 'SM',
      ...(withTable && extendedOffsetTable(fragments)),
    },
    image: { rows: SIDE, columns: SIDE, frames: FRAMES, fragments },
  });
  await storeAll(server, [bytes]);
  return `/studies/${study}/series/${series}/instances/${instance}/frames`;
}

/** Bytes of all that the index and the store give out while `work` runs. */
async function bytesReadBy(work: () => Promise<void>): Promise<number> {
  const { pool, archive } = server.services;
  const query = pool.query.bind(pool) as (...given: unknown[]) => Promise<{ rows: object[] }>;
  const read = archive.blobs.get.bind(archive.blobs);
  let bytes = 0;
  Object.assign(pool, {
    query: async (...given: unknown[]) => {
      const result = await query(...given);
      for (const value of result.rows.flatMap((row) => Object.values(row)))
        bytes += Buffer.isBuffer(value) ? value.length : String(value).length;
      return result;
    },
  });
  Object.assign(archive.blobs, {
    get: async (...given: Parameters<typeof read>) => {
      const [, range] = given;
      bytes += range ? range.endExclusive - range.start : Number.POSITIVE_INFINITY;
      return read(...given);
    },
  });
  try {
    await work();
  } finally {
    Object.assign(pool, { query });
    Object.assign(archive.blobs, { get: read });
  }
  return bytes;
}

describe('a whole slide of 340,000 frames', () => {
  it.each([
    ['an empty Basic Offset Table', false],
    ['an Extended Offset Table', true],
  ])('with %s gives any frame for the price of the first', async (_, withTable) => {
    const path = await storeSlide(withTable);
    const costs: number[] = [];
    for (const number of [1, 2, 170_000, 300_000, FRAMES]) {
      const cost = await bytesReadBy(async () => {
        const answer = await get(server, `${path}/${number}`, `application/octet-stream; transfer-syntax=*`);
        expect(answer.status).toBe(200);
        expect(answer.body).toEqual(Buffer.from(frameOf(number)));
      });
      costs.push(cost);
    }
    // Of an index of most of a megabyte; blocks differ by some bytes, as the frames in them do.
    expect(Math.max(...costs)).toBeLessThan(32 * 1024);
    expect(Math.max(...costs)).toBeLessThan(1.5 * Math.min(...costs));
  });

  it('gives several at once, in the order asked for, decoded too', async () => {
    const path = await storeSlide(false);
    const several = await get(
      server,
      `${path}/300000,5,170000,299999`,
      'multipart/related; type="application/octet-stream"; transfer-syntax=1.2.840.10008.1.2.1',
    );
    expect(several.status).toBe(200);
    const places = [300_000, 5, 170_000, 299_999].map((number) => {
      const pixels = Buffer.alloc(4);
      pixels.writeUInt32BE(number);
      return several.body.indexOf(pixels);
    });
    expect(Math.min(...places)).toBeGreaterThan(0);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    const rendered = await get(server, `${path}/300000/rendered`, 'image/png');
    expect(rendered.status).toBe(200);
    const missing = await get(server, `${path}/${FRAMES + 1}`, 'application/octet-stream; transfer-syntax=*');
    expect(missing.status).toBe(404);
  });
});
