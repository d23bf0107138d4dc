import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madeUpPixels, makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { type Answer, firstOf, request, storeAll } from './requests.ts';

let server: TestServer;
const study = testUid();
const series = testUid();
const instance = testUid();
const long = Buffer.from(madeUpPixels(5000));
const root = `/dicom-web/studies/${study}`;
const seriesPath = `${root}/series/${series}`;
const instancePath = `${seriesPath}/instances/${instance}`;

const make = (uid: string) =>
  makeInstance({
    attributes: {
      StudyInstanceUID: study,
      SeriesInstanceUID: series,
      SOPInstanceUID: uid,
      EncapsulatedDocument: { vr: 'OB', value: long },
    },
    image: {},
  });

beforeAll(async () => {
  server = await startServer();
  await storeAll(server, [make(instance)]);
});
afterAll(() => server?.stop());

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  request(server.url, path, { headers, method });

describe('a strong ETag (RFC 9110 8.8.3)', () => {
  it.each([
    ['the metadata of a study', `${root}/metadata`, {}],
    ['the metadata of a series', `${seriesPath}/metadata`, {}],
    ['the metadata of an instance', `${instancePath}/metadata`, {}],
    ['a study', root, { Accept: 'multipart/related; type="application/dicom"' }],
    ['an instance', instancePath, { Accept: 'application/dicom' }],
    ['frames', `${instancePath}/frames/1`, {}],
    ['bulk data', `${instancePath}/bulkdata/00420011`, { Accept: 'application/octet-stream' }],
  ])('comes with %s, and brings a 304 without a body', async (_, path, headers) => {
    const answer = await ask(path, headers);
    expect(answer.status).toBe(200);
    const etag = answer.headers.etag ?? '';
    expect(etag).toMatch(/^"[\w-]{20,}"$/);
    const again = await ask(path, headers);
    expect(again.headers.etag).toBe(etag);
    expect(again.body.equals(answer.body)).toBe(true);
    for (const noneMatch of [etag, `"other", ${etag}`, `W/${etag}`, '*']) {
      const unchanged = await ask(path, { ...headers, 'If-None-Match': noneMatch });
      expect([unchanged.status, unchanged.body.length, unchanged.headers.etag]).toEqual([304, 0, etag]);
    }
    expect((await ask(path, { ...headers, 'If-None-Match': '"other"' })).status).toBe(200);
    expect((await ask(path, { ...headers, 'If-None-Match': etag }, 'HEAD')).status).toBe(304);
    expect(answer.headers['cache-control']).toMatch(/private/);
  });

  it('is another one for another form, another encoding, and after a change', async () => {
    const path = `${root}/metadata`;
    const etagOf = async (headers: Record<string, string> = {}) => (await ask(path, headers)).headers.etag;
    const before = await etagOf();
    const xml = await etagOf({ Accept: 'multipart/related; type="application/dicom+xml"' });
    const zipped = await etagOf({ 'Accept-Encoding': 'gzip' });
    expect(new Set([before, xml, zipped]).size).toBe(3);
    const second = testUid();
    await storeAll(server, [make(second)]);
    const stored = await etagOf();
    expect(stored).not.toBe(before);
    expect((await ask(path, { 'If-None-Match': before ?? '' })).status).toBe(200);
    expect((await ask(`${seriesPath}/instances/${second}`, {}, 'DELETE')).status).toBe(204);
    const deleted = await etagOf();
    expect(new Set([before, stored, deleted]).size).toBe(3);
    expect((await ask(path, { 'If-None-Match': stored ?? '' })).status).toBe(200);
  });

  it('has a date beside it once two changes can no longer share it', async () => {
    await server.services.pool.query(
      "UPDATE instance SET created_at = '2024-02-03 04:05:06.789Z' WHERE sop_instance_uid = $1",
      [instance],
    );
    const path = `${instancePath}/metadata`;
    const answer = await ask(path);
    expect(answer.headers['last-modified']).toBe('Sat, 03 Feb 2024 04:05:06 GMT');
    const since = (date: string) => ask(path, { 'If-Modified-Since': date });
    expect((await since('Sat, 03 Feb 2024 04:05:06 GMT')).status).toBe(304);
    expect((await since('Sat, 03 Feb 2024 04:05:05 GMT')).status).toBe(200);
    expect((await since('yesterday')).status).toBe(200);
  });
});

describe('Accept-Encoding (RFC 9110 12.5.3)', () => {
  it.each(['identity;q=0', '*;q=0', 'zstd, *;q=0', 'br', 'identity;q=0, br'])(
    '%s, of which nothing can be had, brings the answer as it is',
    async (value) => {
      const answer = await ask(`${root}/metadata`, { 'Accept-Encoding': value });
      expect([answer.status, answer.headers['content-encoding']]).toEqual([200, undefined]);
      expect(JSON.parse(answer.text)).toHaveLength(1);
    },
  );

  it.each([
    ['deflate, gzip', 'gzip'],
    ['*', 'gzip'],
    ['gzip, identity;q=0', 'gzip'],
    ['gzip;q=0.5, identity', undefined],
    ['gzip;q=0, *', undefined],
    ['deflate', undefined],
  ])('%s brings %s, and the ETag says so', async (value, encoding) => {
    const answer = await ask(`${root}/metadata`, { 'Accept-Encoding': value });
    expect(answer.headers['content-encoding']).toBe(encoding);
    expect(answer.headers.etag?.endsWith('-gzip"')).toBe(encoding === 'gzip');
    expect(answer.headers.vary).toMatch(/Accept-Encoding/i);
  });

  it('makes no other ETag where nothing is compressed, so that a range can be had by it', async () => {
    const path = `${instancePath}/bulkdata/00420011`;
    const Accept = 'application/octet-stream';
    const { etag = '' } = (await ask(path, { Accept, 'Accept-Encoding': 'gzip, deflate, br' })).headers;
    const range = await ask(path, {
      Accept,
      'Accept-Encoding': 'identity',
      Range: 'bytes=0-9',
      'If-Range': etag,
    });
    expect([range.status, range.headers.etag]).toEqual([206, etag]);
  });
});

describe('a byte range (RFC 9110 14)', () => {
  const path = `${instancePath}/bulkdata/00420011`;
  const range = (value: string, more: Record<string, string> = {}) =>
    ask(path, { Accept: 'application/octet-stream', Range: value, ...more });

  it.each([
    ['bytes=0-99', 0, 100],
    ['bytes=4990-', 4990, 5000],
    ['bytes=-10', 4990, 5000],
    ['bytes=4999-99999', 4999, 5000],
    ['bytes=-99999', 0, 5000],
  ])('%s brings a 206 with just that', async (value, start, end) => {
    const answer = await range(value);
    expect(answer.status).toBe(206);
    expect(answer.headers['content-range']).toBe(`bytes ${start}-${end - 1}/5000`);
    expect(answer.headers['content-length']).toBe(String(end - start));
    expect(answer.body.equals(long.subarray(start, end))).toBe(true);
  });

  it.each(['bytes=5000-', 'bytes=99999-100000', 'bytes=-0'])('%s is a 416', async (value) => {
    const answer = await range(value);
    expect([answer.status, answer.headers['content-range']]).toEqual([416, 'bytes */5000']);
  });

  it.each(['bytes=5-2', 'bytes=-', 'items=0-1', 'bytes=0-1,5-6', 'bytes=a-b'])(
    '%s is ignored',
    async (value) => {
      const answer = await range(value);
      expect([answer.status, answer.body.length]).toEqual([200, 5000]);
    },
  );

  it('is answered only for the state that If-Range names', async () => {
    const { etag = '' } = (await range('bytes=0-1')).headers;
    expect((await range('bytes=0-1', { 'If-Range': etag })).status).toBe(206);
    expect((await range('bytes=0-1', { 'If-Range': `W/${etag}` })).status).toBe(200);
    expect((await range('bytes=0-1', { 'If-Range': '"other"' })).status).toBe(200);
  });

  it('can be had of a whole instance, beside its length', async () => {
    const whole = await ask(instancePath, { Accept: 'application/dicom' });
    expect(whole.headers['accept-ranges']).toBe('bytes');
    const part = await ask(instancePath, { Accept: 'application/dicom', Range: 'bytes=128-131' });
    expect([part.status, part.text]).toEqual([206, 'DICM']);
    const head = await ask(instancePath, { Accept: 'application/dicom' }, 'HEAD');
    expect([head.status, head.headers['content-length']]).toEqual([200, String(whole.body.length)]);
  });

  it('of the pixel data is one of its bytes', async () => {
    const [row] = JSON.parse((await ask(`${instancePath}/metadata`)).text);
    expect(firstOf(row, '00280010')).toBeGreaterThan(0);
    const uri = new URL(row['7FE00010'].BulkDataURI).pathname;
    const whole = await ask(uri, { Accept: 'application/octet-stream' });
    const part = await ask(uri, { Accept: 'application/octet-stream', Range: 'bytes=3-6' });
    expect(part.body.equals(whole.body.subarray(3, 7))).toBe(true);
  });
});

describe('a precondition (RFC 9110 13.1.1, 13.1.4)', () => {
  const path = `${instancePath}/metadata`;

  it('that is met is answered, one that is not is a 412', async () => {
    const { etag = '' } = (await ask(path)).headers;
    for (const met of [etag, `"x", ${etag}`, '*'])
      expect((await ask(path, { 'If-Match': met })).status).toBe(200);
    for (const not of ['"x"', `W/${etag}`]) expect((await ask(path, { 'If-Match': not })).status).toBe(412);
    expect((await ask(path, { 'If-Unmodified-Since': 'Sat, 01 Jan 2000 00:00:00 GMT' })).status).toBe(412);
    expect(
      (await ask(path, { 'If-Unmodified-Since': new Date(Date.now() + 60_000).toUTCString() })).status,
    ).toBe(200);
  });

  it('keeps from being deleted what is not what the client saw', async () => {
    for (const headers of [{ 'If-Match': '"x"' }, { 'If-Unmodified-Since': 'Sat, 01 Jan 2000 00:00:00 GMT' }])
      expect((await ask(instancePath, headers, 'DELETE')).status).toBe(412);
    expect((await ask(path)).status).toBe(200);
    expect((await ask(instancePath, { 'If-Match': '*' }, 'DELETE')).status).toBe(204);
  });
});
