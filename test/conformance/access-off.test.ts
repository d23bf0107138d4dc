import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';
import { request } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ authentication: 'off' });
});
afterAll(() => server?.stop());

describe('with ISOCENTER_AUTH=off', () => {
  it.each(['127.0.0.1', '127.0.0.1:8080', 'localhost:8080', 'LOCALHOST', '[::1]:8080', '127.1.2.3'])(
    'whoever uses this machine may do all as %s',
    async (Host) => {
      expect((await request(server.url, '/dicom-web/studies', { headers: { Host } })).status).toBe(204);
      const session = await request(server.url, '/api/session', { headers: { Host } });
      expect(JSON.parse(session.text)).toMatchObject({ authentication: 'off', user: { username: 'local' } });
    },
  );

  it.each([
    'evil.example',
    'evil.example:8080',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '10.0.0.1',
    'x@127.0.0.1',
    '127.0.0.1:8080@evil.example',
  ])('a page that lets its own name %s point here gets nothing', async (Host) => {
    for (const path of ['/dicom-web/studies', '/api/session', '/metrics']) {
      const answer = await request(server.url, path, { headers: { Host } });
      expect(answer.status, path).toBe(403);
    }
  });

  it('there are no users to manage', async () => {
    expect((await request(server.url, '/api/users')).status).toBe(404);
  });

  it.each([
    { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' },
    { 'Sec-Fetch-Site': 'same-site', Origin: 'http://localhost:3000' },
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
  ])('a page of another site (%o) may change nothing', async (headers) => {
    const path = '/dicom-web/workitems/1.2.840.10008.5.1.4.34.5/subscribers/EVIL';
    expect((await request(server.url, path, { method: 'POST', headers })).status).toBe(403);
  });

  it.each([{ 'Sec-Fetch-Site': 'same-origin' }, { 'Sec-Fetch-Site': 'none' }, {}])(
    'our own pages and programs (%o) may',
    async (headers) => {
      const path = '/dicom-web/workitems/1.2.840.10008.5.1.4.34.5/subscribers/OWN';
      expect((await request(server.url, path, { method: 'POST', headers })).status).toBe(201);
      const origin = { ...headers, Origin: server.url };
      expect((await request(server.url, path, { method: 'POST', headers: origin })).status).toBe(201);
    },
  );
});
