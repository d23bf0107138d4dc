import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { get, storeAll } from './requests.ts';

let server: TestServer;
const [study, series, instance] = [testUid(), testUid(), testUid()];
const path = `/studies/${study}/series/${series}/instances/${instance}`;

beforeAll(async () => {
  server = await startServer();
  const attributes = { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID: instance };
  await storeAll(server, [makeInstance({ attributes, image: {} })]);
});
afterAll(() => server?.stop());

const typeOf = async (url: string, accept: string) => {
  const { status, headers } = await get(server, url, accept);
  return status === 200 ? headers['content-type']?.replace(/; boundary=.*/, '') : status;
};

describe('the most specific range that matches a type gives its quality (RFC 9110 12.5.1)', () => {
  it.each([
    ['image/*, image/jpeg;q=0', 'image/png'],
    ['image/jpeg;q=0, */*', 'image/png'],
    ['image/jpeg;q=0.1, */*', 'image/png'],
    ['image/jpeg;q=0.1, */*;q=0.05', 'image/jpeg'],
    ['*/*, image/jpeg', 'image/jpeg'],
    ['image/*;q=0, */*', 406],
    ['image/*;q=0, image/gif', 'image/gif'],
    ['image/jpeg;q=0', 406],
  ])('of a rendering by %s: %s', async (accept, expected) => {
    expect(await typeOf(`${path}/rendered`, accept)).toBe(expected);
  });

  it.each([
    ['application/dicom+json;q=0, */*', 'application/json'],
    ['application/json;q=0, application/dicom+json;q=0, */*', 'application/dicom+xml'],
    ['application/*;q=0, */*', 406],
  ])('of metadata by %s: %s', async (accept, expected) => {
    expect(await typeOf(`${path}/metadata`, accept)).toBe(expected);
  });

  it.each([
    ['application/dicom;q=0, */*', 406],
    [
      'multipart/related;type="application/dicom";q=0, */*',
      'application/dicom; transfer-syntax=1.2.840.10008.1.2.1',
    ],
    ['application/dicom;q=0, multipart/related', 'multipart/related; type="application/dicom"'],
  ])('of an instance by %s: %s', async (accept, expected) => {
    expect(await typeOf(path, accept)).toBe(expected);
  });

  it.each([
    ['multipart/related;q=0.1, */*', 'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1'],
    ['application/octet-stream;q=0, */*', 406],
    ['multipart/related;type="application/octet-stream";q=0, multipart/related', 406],
  ])('of a frame by %s: %s', async (accept, expected) => {
    expect(await typeOf(`${path}/frames/1`, accept)).toBe(expected);
  });
});
