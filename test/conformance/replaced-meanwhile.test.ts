import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { get, storeAll } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ settings: { ISOCENTER_DUPLICATES: 'replace' } });
});
afterAll(() => server?.stop());

const study = testUid();
const series = testUid();
const instance = testUid();
const seriesPath = `/studies/${study}/series/${series}`;
const path = `${seriesPath}/instances/${instance}`;
let stored = 0;

/** Every time with another name and other pixels. */
async function store(): Promise<void> {
  stored += 1;
  await storeAll(server, [
    makeInstance({
      attributes: {
        StudyInstanceUID: study,
        SeriesInstanceUID: series,
        SOPInstanceUID: instance,
        PatientID: study,
        PatientName: `Name${stored}`,
      },
      image: { rows: 16, columns: 16, bitsAllocated: 8, pixelBytes: new Uint8Array(256).fill(stored * 8) },
    }),
  ]);
}

/** Runs `work` with the object replaced right after the `nth` (from 1) query of that name has been answered. */
async function replacedAfter<T>(name: string, nth: number, work: () => Promise<T>): Promise<T> {
  const { pool } = server.services;
  const query = pool.query.bind(pool) as (...given: unknown[]) => Promise<unknown>;
  let met = 0;
  const hooked = async (...given: unknown[]) => {
    const result = await query(...given);
    const [first] = given;
    if (typeof first === 'object' && first !== null && 'name' in first && first.name === name) {
      met += 1;
      if (met === nth) await store();
    }
    return result;
  };
  Object.assign(pool, { query: hooked });
  try {
    return await work();
  } finally {
    Object.assign(pool, { query });
    expect(met, name).toBeGreaterThanOrEqual(nth);
  }
}

const AS_STORED = 'application/dicom; transfer-syntax=*';
const digest = (bytes: Buffer) => createHash('sha1').update(bytes).digest('hex');

describe('an object that is replaced while it is read', () => {
  it.each([
    ['an instance as stored', path, AS_STORED],
    ['an instance transcoded', path, 'application/dicom; transfer-syntax=1.2.840.10008.1.2.4.90'],
    ['its metadata', `${path}/metadata`, undefined],
    ['its frames', `${path}/frames/1`, undefined, 'instance-inside-at'],
    ['its rendering', `${path}/rendered`, undefined],
    ['its thumbnail', `${path}/thumbnail`, undefined],
    ['the thumbnail of a frame', `${path}/frames/1/thumbnail`, undefined],
    ['its pixel data', `${path}/bulkdata/7FE00010`, 'application/octet-stream'],
  ])(
    'is never a 404, and no old bytes bear a new ETag: %s',
    async (_, url, accept, found = 'instance-at') => {
      await store();
      const before = await get(server, url, accept);
      const during = await replacedAfter(found, 1, () => get(server, url, accept));
      const after = await get(server, url, accept);
      expect([before.status, during.status, after.status]).toEqual([200, 200, 200]);
      expect(after.headers.etag).not.toBe(before.headers.etag);
      const bytesOf = new Map([before, after].map(({ headers: { etag }, body }) => [etag, digest(body)]));
      // What is neither the one nor the other state is asked for anew at the next request.
      const same = bytesOf.get(during.headers.etag);
      if (same !== undefined) expect(digest(during.body)).toBe(same);
      else expect(digest(during.body)).toBe(digest(after.body));
    },
  );

  it.each([
    ['a study', `/studies/${study}`, 'multipart/related; type="application/dicom"; transfer-syntax=*'],
    ['the metadata of a series', `${seriesPath}/metadata`, undefined],
    ['a rendered series', `${seriesPath}/rendered`, undefined],
  ])('never shows old content by the tag of the new: %s', async (_, url, accept) => {
    await store();
    const before = await get(server, url, accept);
    const name = url.startsWith(seriesPath) ? 'revision-of-series' : 'revision-of-study';
    const during = await replacedAfter(name, 1, () => get(server, url, accept));
    const after = await get(server, url, accept);
    expect(during.status).toBe(200);
    expect(during.headers.etag).toBe(before.headers.etag);
    expect(after.headers.etag).not.toBe(before.headers.etag);
  });
});
