import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { firstOf, type Json, request, storeAll } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

const Accept = 'application/dicom+json';

/** The answer to a client that takes gzip, or none, and the SOP Instance UIDs in it. */
async function metadata(study: string, isGzip: boolean) {
  const headers = isGzip ? { Accept, 'Accept-Encoding': 'gzip' } : { Accept };
  const answer = await request(server.url, `/dicom-web/studies/${study}/metadata`, { headers });
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe(Accept);
  expect(answer.headers['content-encoding']).toBe(isGzip ? 'gzip' : undefined);
  const text = (isGzip ? gunzipSync(answer.body) : answer.body).toString('utf8');
  const uids = (JSON.parse(text) as Json[]).map((one) => firstOf(one, '00080018'));
  return {
    etag: answer.headers.etag,
    length: answer.headers['content-length'],
    body: answer.body,
    text,
    uids,
  };
}

const instanceOf = (StudyInstanceUID: string, SOPInstanceUID: string, ImageComments: string) =>
  makeInstance({ attributes: { StudyInstanceUID, SOPInstanceUID, ImageComments } });

describe('metadata that is asked for again (PS3.18 10.4.1.1.2)', () => {
  it('is the same, byte for byte, with and without gzip, with its length', async () => {
    const [study, instance] = [testUid(), testUid()];
    await storeAll(server, [instanceOf(study, instance, 'Ünal'.repeat(1000))]);
    for (const isGzip of [true, false]) {
      const [first, again] = [await metadata(study, isGzip), await metadata(study, isGzip)];
      expect(again).toEqual(first);
      expect(first.uids).toEqual([instance]);
      expect(first.length).toBe(String(first.body.length));
    }
    const [zipped, plain] = [await metadata(study, true), await metadata(study, false)];
    expect(zipped.text).toBe(plain.text);
    expect(zipped.etag).not.toBe(plain.etag);
  });

  it('has what was stored since, and not what was deleted since', async () => {
    const [study, first, second] = [testUid(), testUid(), testUid()];
    await storeAll(server, [instanceOf(study, first, '')]);
    expect((await metadata(study, true)).uids).toEqual([first]);
    await storeAll(server, [instanceOf(study, second, '')]);
    const both = await metadata(study, true);
    expect(both.uids.sort()).toEqual([first, second].sort());
    const deleted = await request(server.url, `/dicom-web/studies/${study}`, { method: 'DELETE' });
    expect(deleted.status).toBe(204);
    const path = `/dicom-web/studies/${study}/metadata`;
    const headers = { Accept, 'Accept-Encoding': 'gzip' };
    expect((await request(server.url, path, { headers })).status).toBe(410);
    const known = { ...headers, 'If-None-Match': String(both.etag) };
    expect((await request(server.url, path, { headers: known })).status).toBe(410);
  });

  it('of more than a few megabytes is whole each time', async () => {
    const study = testUid();
    const uids = Array.from({ length: 450 }, () => testUid());
    await storeAll(
      server,
      uids.map((uid) => instanceOf(study, uid, 'x'.repeat(10_000))),
    );
    for (const isGzip of [true, true, false]) {
      const answer = await metadata(study, isGzip);
      expect(answer.text.length).toBeGreaterThan(4_500_000);
      expect(answer.uids.sort()).toEqual([...uids].sort());
    }
  });
});
