import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { get, request, storeAll } from './requests.ts';

let server: TestServer;
const names = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
const study = `/studies/${names.StudyInstanceUID}`;
const instance = `${study}/series/${names.SeriesInstanceUID}/instances/${names.SOPInstanceUID}`;
const JSON_TYPE = 'application/dicom+json';

beforeAll(async () => {
  server = await startServer();
  await storeAll(server, [makeInstance({ attributes: names, image: {} })]);
});
afterAll(() => server?.stop());

describe('categories of media types (PS3.18 8.7.5)', () => {
  it.each([
    [instance, 'application/dicom, image/jpeg'],
    [instance, `application/dicom, ${JSON_TYPE}`],
    [`${instance}/metadata`, `${JSON_TYPE}, text/html`],
    [`${instance}/metadata`, 'application/dicom+xml, application/dicom;q=0.1'],
    [study, 'multipart/related; type="application/dicom", video/mp4'],
    [study, 'multipart/related; type=application/dicom, application/pdf, */*'],
  ])('are not mixed: %s with Accept: %s is a 400', async (path, accept) => {
    const answer = await get(server, path, accept);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).detail).toContain('mixes');
  });

  it.each([
    // What a browser's address line, axios, jQuery and OHIF send.
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
    'application/json, text/plain, */*',
    'application/json, text/javascript, */*; q=0.01',
    `${JSON_TYPE}, multipart/related; type=application/octet-stream; transfer-syntax=*`,
    `${JSON_TYPE}, image/jpeg;q=0`,
  ])('are told apart no further than clients do: Accept: %s', async (accept) => {
    expect((await get(server, `${instance}/metadata`, accept)).status).toBe(200);
  });
});

describe('the accept parameter (PS3.18 8.3.3.1)', () => {
  it.each([
    [`accept=${encodeURIComponent(JSON_TYPE)}`, 'text/html', JSON_TYPE],
    [`accept=${JSON_TYPE}`, 'text/html', JSON_TYPE],
    ['accept=application/json', `${JSON_TYPE}`, 'application/json'],
    // 8.7.8.1: what the parameter asks for cannot be had, so the header decides.
    ['accept=text/plain', JSON_TYPE, JSON_TYPE],
    ['accept=text/plain', '*/*', JSON_TYPE],
    ['accept=application/dicom%2Bxml;q=0.1,application/json', '*/*', 'application/json'],
  ])('%s goes before Accept: %s', async (query, accept, type) => {
    const answer = await get(server, `${instance}/metadata?${query}`, accept);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, type]);
  });

  it('without a header decides alone', async () => {
    expect((await get(server, `${instance}/metadata?accept=text/plain`)).status).toBe(406);
    expect((await get(server, `${instance}/metadata?accept=nonsense`)).status).toBe(400);
  });
});

describe('the character set (PS3.18 8.3.3.2, 8.4.3)', () => {
  it.each(['utf-8', 'UTF-8', 'iso-8859-1,utf-8;q=0.7', '*'])('%s can be had', async (charset) => {
    expect((await get(server, `${instance}/metadata?charset=${encodeURIComponent(charset)}`)).status).toBe(
      200,
    );
    const headers = { 'Accept-Charset': charset };
    expect((await request(server.url, `/dicom-web${instance}/metadata`, { headers })).status).toBe(200);
  });

  it.each(['iso-8859-1', 'utf-8;q=0', 'shift_jis,iso-8859-1'])('%s cannot', async (charset) => {
    const answer = await get(server, `${instance}/metadata?charset=${encodeURIComponent(charset)}`);
    expect(answer.status).toBe(406);
    expect(JSON.parse(answer.text).detail).toContain('utf-8');
  });
});

describe('a 406 (PS3.18 8.7.8.1)', () => {
  it.each([
    [`${instance}/metadata`, 'image/jpeg', [JSON_TYPE, 'application/dicom+xml']],
    [study, 'application/json', ['multipart/related; type="application/dicom"']],
    [`${instance}/frames/1`, 'text/plain', ['application/octet-stream']],
    ['/studies', 'image/png', [JSON_TYPE, 'multipart/related; type="application/dicom+xml"']],
  ])('of %s for %s lists what could be had', async (path, accept, available) => {
    const answer = await get(server, path, accept);
    expect(answer.status).toBe(406);
    for (const one of available) expect(JSON.parse(answer.text).detail).toContain(one);
  });
});
