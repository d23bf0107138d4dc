import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { firstOf, get, request, search, storeAll, valuesOf } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await storeAll(
    server,
    Array.from({ length: 8 }, (_, i) => makeInstance({ attributes: { PatientID: `P${i}` } })),
  );
});
afterAll(() => server?.stop());

describe('the media type of an answer', () => {
  it.each([
    [undefined, 'application/dicom+json'],
    ['*/*', 'application/dicom+json'],
    ['application/json', 'application/json'],
    ['application/dicom+json, application/json;q=0.5', 'application/dicom+json'],
    ['application/dicom+json;q=0.1, application/json;q=0.5', 'application/json'],
    ['application/*;q=0.3, text/html', 'application/dicom+json'],
    [
      'application/dicom+json, multipart/related; type=application/octet-stream; transfer-syntax=*',
      'application/dicom+json',
    ],
  ])('for Accept: %s is %s', async (accept, type) => {
    const answer = await get(server, '/studies?limit=1', accept);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(type);
  });

  it('is told by the accept parameter of the query too, plus sign and all', async () => {
    for (const accept of ['application/dicom+json', 'application/dicom%2Bjson', 'application/json']) {
      const answer = await get(server, `/studies?limit=1&accept=${accept}`, 'text/html');
      expect(answer.status, accept).toBe(200);
    }
  });

  it('is a 406 that names what there is when the client takes neither', async () => {
    const answer = await get(server, '/studies', 'application/dicom+xml');
    expect(answer.status).toBe(406);
    expect(answer.text).toContain('application/dicom+json');
  });

  it('is compressed for those who take that', async () => {
    const answer = await request(server.url, '/dicom-web/studies?includefield=all', {
      headers: { 'Accept-Encoding': 'gzip' },
    });
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(answer.headers.vary).toMatch(/accept-encoding/i);
  });
});

describe('the counts', () => {
  it('are right after each store and delete', async () => {
    const uid = testUid();
    const [a, b] = [testUid(), testUid()];
    const make = (SeriesInstanceUID: string, Modality: string, SOPInstanceUID = testUid()) =>
      makeInstance({ attributes: { StudyInstanceUID: uid, SeriesInstanceUID, Modality, SOPInstanceUID } });
    const counts = async () => {
      const [row] = await search(server, `/studies?StudyInstanceUID=${uid}`);
      return row && [firstOf(row, '00201206'), firstOf(row, '00201208'), valuesOf(row, '00080061').join()];
    };
    const doomed = testUid();
    await storeAll(server, [make(a, 'CT'), make(a, 'CT')]);
    expect(await counts()).toEqual([1, 2, 'CT']);
    await storeAll(server, [make(b, 'SR', doomed)]);
    expect(await counts()).toEqual([2, 3, 'CT,SR']);
    await request(server.url, `/dicom-web/studies/${uid}/series/${b}/instances/${doomed}`, {
      method: 'DELETE',
    });
    expect(await counts()).toEqual([1, 2, 'CT']);
    await request(server.url, `/dicom-web/studies/${uid}`, { method: 'DELETE' });
    expect(await counts()).toBeUndefined();
  });
});
