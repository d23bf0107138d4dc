import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { addAccountOfEachRole } from './accounts.ts';
import { firstOf, type Json, request, storeAll } from './requests.ts';

const study = testUid();

/** RetrieveURL of the study, asked for with `headers`. */
async function retrieveUrl(server: TestServer, headers: Record<string, string>): Promise<unknown> {
  const answer = await request(server.url, `/dicom-web/studies?StudyInstanceUID=${study}`, { headers });
  const [row] = JSON.parse(answer.text) as Json[];
  return firstOf(row, '00081190');
}

describe('forwarded headers', () => {
  const told = {
    'X-Forwarded-For': '203.0.113.7',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': 'pacs.example.org',
  };

  describe('from a proxy that is trusted', () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await startServer({ settings: { ISOCENTER_TRUSTED_PROXIES: '127.0.0.0/8, 10.1.0.0/16' } });
      await storeAll(server, [makeInstance({ attributes: { StudyInstanceUID: study } })]);
    });
    afterAll(() => server?.stop());

    const proxied = `https://pacs.example.org/dicom-web/studies/${study}`;

    it.each([
      ['X-Forwarded', told],
      ['Forwarded', { Forwarded: 'for=203.0.113.7;proto=https;host=pacs.example.org' }],
      ['Forwarded, quoted', { Forwarded: 'For="[2001:db8::1]:4711"; Proto=HTTPS; Host="pacs.example.org"' }],
      ['a chain of trusted ones', { ...told, 'X-Forwarded-For': '203.0.113.7, 10.1.2.3' }],
      [
        'Forwarded through two',
        {
          Forwarded: 'for=203.0.113.7;proto=https;host=pacs.example.org, for=10.1.2.3;proto=http;host=inner',
        },
      ],
    ])('make the URLs of answers: %s', async (_, headers) => {
      expect(await retrieveUrl(server, headers)).toBe(proxied);
    });

    it('count no further than trust goes', async () => {
      const headers = {
        Forwarded: 'for=1.1.1.1;proto=https;host=evil.example, for=8.8.8.8;proto=https;host=pacs.example.org',
      };
      expect(await retrieveUrl(server, headers)).toBe(proxied);
    });

    it.each(['pacs.example.org/evil', 'a b', '<script>', 'user@evil.example', ''])(
      'that are no host (%j) are not echoed',
      async (host) => {
        const answer = await request(server.url, `/dicom-web/studies?StudyInstanceUID=${study}`, {
          headers: { ...told, 'X-Forwarded-Host': host },
        });
        if (host === '') expect(answer.status).toBe(200);
        else expect([answer.status, answer.text.includes('evil')]).toEqual([400, false]);
      },
    );

    it('name the client in the audit trail', async () => {
      await retrieveUrl(server, { ...told, 'X-Forwarded-For': 'forged, 198.51.100.9, 10.1.2.3' });
      const [event] = await server.services.audit.find({ limit: 1 });
      expect(event?.address).toBe('198.51.100.9');
    });
  });

  it('from anybody else are not believed', async () => {
    const server = await startServer();
    try {
      await storeAll(server, [makeInstance({ attributes: { StudyInstanceUID: study } })]);
      expect(await retrieveUrl(server, told)).toBe(`${server.dicomweb}/studies/${study}`);
      const [event] = await server.services.audit.find({ limit: 1 });
      expect(event?.address).toBe('127.0.0.1');
    } finally {
      await server.stop();
    }
  });
});

describe('scripts of other sites (CORS)', () => {
  const site = 'https://viewer.example.org';
  let server: TestServer;
  let key: string;
  beforeAll(async () => {
    server = await startServer({
      authentication: 'local',
      settings: { ISOCENTER_CORS_ORIGINS: `${site}, http://localhost:3000` },
    });
    await addAccountOfEachRole(server);
    key = (await server.services.access.makeApiKey('radiologist', 'test')).key;
  });
  afterAll(() => server?.stop());

  const from = (origin: string, path: string, headers: Record<string, string> = {}, method = 'GET') =>
    request(server.url, path, { method, headers: { Origin: origin, ...headers } });

  it('may ask first, without signing in', async () => {
    const answer = await from(
      site,
      '/dicom-web/studies',
      {
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'accept,authorization,content-type',
      },
      'OPTIONS',
    );
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': site,
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'accept,authorization,content-type',
    });
    expect(answer.headers['access-control-allow-methods']).toContain('POST');
  });

  it.each([
    ['/dicom-web/studies', { key: true }, 204],
    ['/dicom-web/studies', { key: false }, 401],
    [`/dicom-web/studies/${study}`, { key: true }, 404],
    ['/dicom-web/studies?limit=x', { key: true }, 400],
    ['/dicom-web/nothing', { key: true }, 404],
  ])('see the answer of %s %o, whatever it is (%i)', async (path, given, status) => {
    const answer = await from(site, path, given.key ? { Authorization: `Bearer ${key}` } : {});
    expect(answer.status).toBe(status);
    expect(answer.headers['access-control-allow-origin']).toBe(site);
    expect(answer.headers['access-control-expose-headers']).toContain('X-Total-Count');
    expect(answer.headers.vary).toContain('Origin');
  });

  it.each(['https://evil.example', 'null', 'https://viewer.example.org.evil.example'])(
    'of %s, which is not named, see nothing',
    async (origin) => {
      const answer = await from(origin, '/dicom-web/studies', { Authorization: `Bearer ${key}` });
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    },
  );

  it('see nothing where none is named', async () => {
    const closed = await startServer();
    try {
      const answer = await request(closed.url, '/dicom-web/studies', { headers: { Origin: site } });
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    } finally {
      await closed.stop();
    }
  });

  it('of all sites come without credentials', async () => {
    const open = await startServer({ authentication: 'local', settings: { ISOCENTER_CORS_ORIGINS: '*' } });
    try {
      const { headers } = await request(open.url, '/dicom-web/studies', { headers: { Origin: site } });
      expect(headers['access-control-allow-origin']).toBe('*');
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
    } finally {
      await open.stop();
    }
  });
});
