import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { get, request, storeAll } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ store: 'files' });
});
afterAll(() => server?.stop());

const UID = '1.2.3';
const ONE = `/dicom-web/studies/${UID}/series/${UID}/instances/${UID}`;

describe('an error', () => {
  it.each([
    ['GET', '/dicom-web/studies/1.2.3', 404],
    ['GET', '/dicom-web/nothing', 404],
    ['GET', '/dicom-web', 405],
    ['GET', '/dicom-web/', 405],
    ['GET', '/api/nothing', 404],
    ['GET', '/nothing/at/all', 404],
    ['POST', '/', 404],
    ['PUT', '/dicom-web/studies', 405],
    ['PATCH', '/dicom-web/studies/1.2.3', 405],
    ['GET', '/dicom-web/studies?StudyDate=yesterday', 400],
    ['POST', '/dicom-web/studies', 415],
    ['GET', `${ONE}/frames/0`, 400],
  ])('of %s %s is application/problem+json with status %i', async (method, path, status) => {
    const answer = await request(server.url, path, { method });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    const problem = JSON.parse(answer.text);
    expect(problem).toMatchObject({ type: 'about:blank', status, requestId: answer.headers['x-request-id'] });
    expect(problem.title).toMatch(/^[A-Z]/);
    expect(problem.detail.length).toBeGreaterThan(10);
    expect(answer.text).not.toMatch(/node_modules|at .*:\d+:\d+|\.ts\b/);
  });

  it('of a method names those that the resource has', async () => {
    const answer = await request(server.url, '/dicom-web/studies', { method: 'PUT' });
    expect(answer.headers.allow).toBe('GET, HEAD, OPTIONS, POST');
    expect((await request(server.url, `${ONE}/metadata`, { method: 'DELETE' })).headers.allow).toBe(
      'GET, HEAD, OPTIONS',
    );
    expect((await request(server.url, ONE, { method: 'POST' })).headers.allow).toBe(
      'DELETE, GET, HEAD, OPTIONS',
    );
  });

  it.each([
    ['too long', '1'.repeat(65)],
    ['a path upwards, encoded', '%2e%2e'],
    ['dots alone', '...'],
    ['a path, encoded', '1.2%2f..%2f3'],
    ['a NUL', '1.2%00'],
    ['a broken percent-encoding', '1.2%zz'],
    ['a broken UTF-8 sequence', '1.2%ff'],
    ['letters', '1.2.x'],
    ['digits of another script', encodeURIComponent('١.٢')],
    ['a line end', '1.2%0d%0aX-Evil:1'],
  ])('is a 400 for a UID in the URL that is %s', async (_, uid) => {
    for (const path of [
      `/studies/${uid}`,
      `/studies/1.2/series/${uid}`,
      `/studies/1.2/series/1.3/instances/${uid}/metadata`,
      `/studies/${uid}/series`,
    ]) {
      const answer = await request(server.url, `/dicom-web${path}`);
      expect(answer.status, path).toBe(400);
      expect(answer.headers['x-evil']).toBeUndefined();
    }
    expect((await request(server.url, `/dicom-web/studies/${uid}`, { method: 'DELETE' })).status).toBe(400);
  });

  it('does not leave the archive through `..`', async () => {
    for (const path of [
      '/../../etc/passwd',
      '/assets/../../package.json',
      '/assets/%2e%2e/%2e%2e/package.json',
      '/..%2fpackage.json',
      '/dicom-web/studies/../../package.json',
    ]) {
      const answer = await request(server.url, path);
      expect([400, 403, 404], path).toContain(answer.status);
      expect(answer.text).not.toContain('isocenter"');
    }
  });

  it("names the attribute and not the value that was searched for: it may be a patient's", async () => {
    const answer = await get(server, '/studies?PatientBirthDate=Secretsmith&PatientName=Secretsmith');
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('PatientBirthDate');
    expect(answer.text).not.toContain('Secretsmith');
  });

  it('of a malformed Accept header is a 400', async () => {
    expect((await get(server, '/studies', 'nonsense')).status).toBe(400);
    expect((await get(server, '/studies', `${'a/b,'.repeat(3000)}`)).status).toBe(400);
  });

  it('of a lost object says nothing internal, and is an answer, not a cut connection', async () => {
    const [study, series, instance] = [testUid(), testUid(), testUid()];
    const attributes = { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID: instance };
    await storeAll(server, [makeInstance({ attributes, image: {} })]);
    const objects = join(server.services.settings.dataDirectory, 'objects', 'instances');
    for (const name of await readdir(objects)) await rm(join(objects, name), { recursive: true });
    const path = `/studies/${study}/series/${series}/instances/${instance}`;
    for (const [where, accept] of [
      [path, 'application/dicom'],
      [path, 'multipart/related; type="application/dicom"'],
      [`${path}/frames/1`, 'application/octet-stream'],
      [`${path}/bulkdata/7FE00010`, 'application/octet-stream'],
    ] as const) {
      const answer = await get(server, where, accept);
      expect(answer.status, where).toBe(500);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(answer.text).not.toMatch(/objects|\.dcm|ENOENT/);
    }
  });
});

describe('every answer', () => {
  it.each(['/dicom-web/studies', '/dicom-web/studies/1.2.3', '/api/session', '/nothing', '/healthz'])(
    'to %s carries the security headers and an id',
    async (path) => {
      const { headers } = await request(server.url, path);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toContain("default-src 'self'");
      expect(headers['content-security-policy']).toContain("object-src 'none'");
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers['cache-control']).toMatch(/private|no-store/);
      expect(headers['access-control-allow-origin']).toBeUndefined();
    },
  );
});

describe('the health of the server', () => {
  it('is told at /healthz, /readyz and /metrics', async () => {
    expect(await request(server.url, '/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await request(server.url, '/readyz')).toMatchObject({ status: 200, text: 'ready\n' });
    const metrics = await request(server.url, '/metrics');
    expect(metrics.text).toContain('isocenter_http_request_seconds_bucket');
    expect(metrics.text).toMatch(/isocenter_instances_stored_total\{outcome="stored"\} [1-9]/);
  });
});
