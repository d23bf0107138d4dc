import { JSDOM } from 'jsdom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dicomwebRoutes } from '../../server/dicomweb/routes.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { request } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ authentication: 'local' });
});
afterAll(() => server?.stop());

const WADL = 'application/vnd.sun.wadl+xml';
const options = (path: string, headers: Record<string, string> = {}) =>
  request(server.url, path, { method: 'OPTIONS', headers });

/** `METHOD /path` of every method that the document describes. */
function methodsIn(document: Document): string[] {
  return [...document.querySelectorAll('method')].map((method) => {
    let path = '';
    for (let at = method.parentElement; at?.tagName === 'resource'; at = at.parentElement)
      path = `/${at.getAttribute('path')}${path}`;
    return `${method.getAttribute('name')} ${path}`;
  });
}

async function describedAt(path: string): Promise<Document> {
  const answer = await options(path, { Accept: WADL });
  expect(answer.status, answer.text).toBe(200);
  expect(answer.headers['content-type']).toBe(WADL);
  return new JSDOM(answer.text, { contentType: 'application/xml' }).window.document;
}

describe('Retrieve Capabilities (PS3.18 8.9)', () => {
  it.each(['/dicom-web', '/dicom-web/'])(
    'of %s is a WADL document of the whole route table',
    async (path) => {
      const document = await describedAt(path);
      expect(document.documentElement.namespaceURI).toBe('http://wadl.dev.java.net/2009/02');
      expect(document.querySelectorAll('application > resources')).toHaveLength(1);
      expect(document.querySelector('resources')?.getAttribute('base')).toBe(server.dicomweb);
      const { archive } = server.services;
      const routes = dicomwebRoutes({ archive, publicUrl: undefined, version: '0' })
        .filter(({ method }) => method !== 'OPTIONS')
        .map(({ method, template }) => `${method} ${template}`);
      expect(methodsIn(document).sort()).toEqual(routes.sort());
      const ids = [...document.querySelectorAll('method')].map((method) => method.id);
      expect(new Set(ids).size).toBe(ids.length);
    },
  );

  it('names for each method its section, parameters, and what it takes and gives', async () => {
    const document = await describedAt('/dicom-web');
    for (const method of document.querySelectorAll('method')) {
      const name = method.id;
      expect(method.querySelector('doc')?.textContent, name).toMatch(/^(PS3\.18|RFC) /);
      // A WebSocket has events, not a representation.
      if (method.getAttribute('name') === 'GET' && name !== 'OpenNotificationConnection') {
        expect(method.querySelectorAll('response representation').length, name).toBeGreaterThan(0);
        const accept = method.querySelector('param[name="Accept"]');
        expect(accept?.querySelectorAll('option').length, name).toBeGreaterThan(0);
      }
    }
    const variables = [...document.querySelectorAll('param[style="template"]')].map((p) =>
      p.getAttribute('name'),
    );
    expect(variables).toEqual(expect.arrayContaining(['study', 'series', 'instance', 'frames']));
  });

  it('of one resource describes that and what lies below, and its methods', async () => {
    const path = '/studies/{study}/series/{series}/instances/{instance}';
    const answer = await options('/dicom-web/studies/1.2/series/1.3/instances/1.4');
    expect(answer.headers.allow).toBe('DELETE, GET, HEAD, OPTIONS');
    const methods = methodsIn(await describedAt('/dicom-web/studies/1.2/series/1.3/instances/1.4'));
    expect(methods).toContain(`GET ${path}`);
    expect(methods.every((method) => method.split(' ')[1]?.startsWith(path))).toBe(true);
  });

  it('is a 406 for another type, and a 404 for what is no resource', async () => {
    const answer = await options('/dicom-web', { Accept: 'application/dicom' });
    expect(answer.status).toBe(406);
    expect(answer.text).toContain(WADL);
    expect((await options('/dicom-web/nothing')).status).toBe(404);
  });
});
