import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiRoutes } from '../../server/api/routes.ts';
import { permissionsOf, ROLES } from '../../server/auth/permissions.ts';
import { dicomwebRoutes } from '../../server/dicomweb/routes.ts';
import type { Route } from '../../server/http/route.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { type Answer, request } from './requests.ts';

const PASSWORD = 'correct horse battery';
let server: TestServer;
const keys: Record<string, string> = {};

beforeAll(async () => {
  server = await startServer({ authentication: 'local' });
  const { access } = server.services;
  for (const role of ROLES) {
    await access.addAccount({ username: role, password: PASSWORD, roles: [role] });
    keys[role] = (await access.makeApiKey(role, 'test')).key;
  }
});
afterAll(() => server?.stop());
beforeEach(() => server.services.pool.query('DELETE FROM sign_in_failure'));

function signIn(username: string, password: string, headers: Record<string, string> = {}): Promise<Answer> {
  return request(server.url, '/api/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ username, password }),
  });
}

/** The Cookie header of a new session. */
async function sessionOf(username: string): Promise<{ Cookie: string }> {
  const answer = await signIn(username, PASSWORD);
  expect(answer.status, answer.text).toBe(200);
  return { Cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '' };
}

const get = (path: string, headers: Record<string, string> = {}) => request(server.url, path, { headers });
const bearer = (key: string | undefined) => ({ Authorization: `Bearer ${key}` });

/** Every route of the server, as its tables name them. */
function allRoutes(): { route: Route; path: string }[] {
  const { archive, access } = server.services;
  const tables: [string, Route[]][] = [
    ['/dicom-web', dicomwebRoutes({ archive, publicUrl: undefined })],
    ['/api', apiRoutes({ access, servedByTls: false, version: '0' })],
  ];
  return tables.flatMap(([prefix, routes]) =>
    routes.map((route) => ({
      route,
      path: prefix + route.template.replace('{frames}', '1').replace(/\{\*?\w+\}/g, '1.2.3'),
    })),
  );
}

describe('every route', () => {
  it('denies who has not shown who they are, unless it is public', async () => {
    const routes = allRoutes();
    expect(routes.length).toBeGreaterThan(25);
    for (const { route, path } of routes) {
      const answer = await request(server.url, path, { method: route.method });
      const name = `${route.method} ${path}`;
      if (route.permission === 'public') expect(answer.status, name).not.toBe(403);
      else {
        expect(answer.status, name).toBe(401);
        expect(answer.headers['www-authenticate'], name).toBe('Bearer realm="isocenter"');
      }
    }
    expect((await get('/metrics')).status).toBe(401);
  });

  it.each(ROLES)('does for the role %s what the role allows, and nothing else', async (role) => {
    const allowed = permissionsOf([role]);
    for (const { route, path } of allRoutes()) {
      if (route.permission === 'public') continue;
      const answer = await request(server.url, path, { method: route.method, headers: bearer(keys[role]) });
      const name = `${role}: ${route.method} ${path} is ${answer.status}`;
      if (allowed.has(route.permission as never)) expect([401, 403], name).not.toContain(answer.status);
      else expect(answer.status, name).toBe(403);
    }
    expect((await get('/metrics', bearer(keys[role]))).status).toBe(role === 'administrator' ? 200 : 403);
  });

  it('denies before it looks at what was sent', async () => {
    const answer = await request(server.url, '/dicom-web/studies/not-a-uid', {
      method: 'DELETE',
      headers: bearer(keys.radiologist),
    });
    expect(answer.status).toBe(403);
    expect(
      (
        await request(server.url, '/dicom-web/studies', {
          method: 'POST',
          body: 'x',
          headers: { 'Content-Type': 'nonsense' },
        })
      ).status,
    ).toBe(401);
  });

  it('that only asks for health is open to whoever watches', async () => {
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/readyz')).status).toBe(200);
  });
});

describe('signing in', () => {
  it('gives a session cookie that scripts and other sites cannot use', async () => {
    const answer = await signIn('radiologist', PASSWORD);
    expect(JSON.parse(answer.text)).toEqual({
      authentication: 'local',
      user: { username: 'radiologist', roles: ['radiologist'] },
      permissions: [...permissionsOf(['radiologist'])].sort(),
    });
    const cookie = answer.headers['set-cookie']?.[0] ?? '';
    expect(cookie).toMatch(/^isocenter_session=[\w-]{43};/);
    expect(cookie).toMatch(/; *httponly/i);
    expect(cookie).toMatch(/; *samesite=strict/i);
    expect(cookie).toMatch(/; *path=\//i);
    expect(cookie).toMatch(/; *expires=/i);
    expect(answer.text).not.toContain(cookie.split(/[=;]/)[1]);
    const session = { Cookie: cookie.split(';')[0] ?? '' };
    expect((await get('/dicom-web/studies', session)).status).toBe(204);
    expect(JSON.parse((await get('/api/session', session)).text).user.username).toBe('radiologist');
  });

  it('is the same 401 for a wrong password, an unknown name and a locked account', async () => {
    await server.services.access.addAccount({ username: 'locked', password: PASSWORD, roles: ['ris'] });
    await server.services.access.setDisabled('locked', true);
    const answers = await Promise.all([
      signIn('radiologist', 'wrong'),
      signIn('nobody', PASSWORD),
      signIn('locked', PASSWORD),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(new Set(answers.map(({ text }) => JSON.parse(text).detail)).size).toBe(1);
    for (const { headers } of answers) expect(headers['set-cookie']).toBeUndefined();
  });

  it('does not care for the case of the name', async () => {
    expect((await signIn('RADIOLOGIST', PASSWORD)).status).toBe(200);
  });

  it.each([
    ['no JSON', 'not json', 400],
    ['another shape', '{"user":"a"}', 400],
    [
      'more than is asked for',
      JSON.stringify({ username: 'a', password: 'b', roles: ['administrator'] }),
      400,
    ],
    ['U+0000 in the name', JSON.stringify({ username: 'a\0', password: 'b' }), 400],
    ['a body that is too long', JSON.stringify({ username: 'a', password: 'x'.repeat(70_000) }), 413],
    ['a number for a name', '{"username":1,"password":"b"}', 400],
  ])('refuses %s', async (_, body, status) => {
    const answer = await request(server.url, '/api/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    expect(answer.status).toBe(status);
  });

  it('refuses a body of another type, which a form of another site could send', async () => {
    const body = JSON.stringify({ username: 'radiologist', password: PASSWORD });
    expect(
      (
        await request(server.url, '/api/session', {
          method: 'POST',
          headers: { 'Content-Type': 'text/plain' },
          body,
        })
      ).status,
    ).toBe(415);
  });

  it('is throttled after ten failures of a name, also with the right password, and for that name alone', async () => {
    for (let i = 0; i < 10; i += 1) expect((await signIn('ris', `wrong ${i}`)).status).toBe(401);
    expect((await signIn('ris', PASSWORD)).status).toBe(429);
    expect((await signIn('radiologist', PASSWORD)).status).toBe(200);
    // A quarter of an hour later.
    await server.services.pool.query(
      "UPDATE sign_in_failure SET failed_at = failed_at - interval '16 minutes'",
    );
    expect((await signIn('ris', PASSWORD)).status).toBe(200);
  });

  it('is throttled as well when all guesses come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => signIn('technologist', `guess ${i}`)),
    );
    expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(10);
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(30);
  });

  it('counts no failures of those who succeed', async () => {
    for (let i = 0; i < 12; i += 1) expect((await signIn('modality', PASSWORD)).status).toBe(200);
  });
});

describe('a session', () => {
  it('ends when it is signed out', async () => {
    const session = await sessionOf('radiologist');
    const answer = await request(server.url, '/api/session', { method: 'DELETE', headers: session });
    expect(answer.status).toBe(204);
    expect(answer.headers['set-cookie']?.[0]).toMatch(/isocenter_session=;.*1970/);
    expect((await get('/dicom-web/studies', session)).status).toBe(401);
  });

  it.each([
    ['two hours after its last use', "last_used_at = now() - interval '121 minutes'"],
    ['at its end, however much it is used', "expires_at = now() - interval '1 second'"],
  ])('ends %s', async (_, change) => {
    const session = await sessionOf('radiologist');
    await server.services.pool.query(`UPDATE session SET ${change}`);
    expect((await get('/dicom-web/studies', session)).status).toBe(401);
  });

  it('goes on while it is used', async () => {
    const session = await sessionOf('radiologist');
    await server.services.pool.query("UPDATE session SET last_used_at = now() - interval '100 minutes'");
    expect((await get('/dicom-web/studies', session)).status).toBe(204);
    const { rows } = await server.services.pool.query(
      "SELECT 1 FROM session WHERE last_used_at > now() - interval '1 minute'",
    );
    expect(rows.length).toBeGreaterThan(0);
  });

  it.each<[string, (name: string) => Promise<unknown>]>([
    ['the password is changed', (name) => server.services.access.setPassword(name)],
    ['the roles are changed', (name) => server.services.access.setRoles(name, ['ris'])],
    ['the account is locked', (name) => server.services.access.setDisabled(name, true)],
    ['the account is removed', (name) => server.services.access.removeAccount(name)],
  ])('ends when %s', async (event, change) => {
    const username = event.replaceAll(' ', '.');
    await server.services.access.addAccount({ username, password: PASSWORD, roles: ['radiologist'] });
    const session = await sessionOf(username);
    await change(username);
    expect((await get('/dicom-web/studies', session)).status).toBe(401);
  });

  it('is of no use to another site', async () => {
    const session = await sessionOf('administrator');
    const remove = (site: string) =>
      request(server.url, '/dicom-web/studies/1.2.3', {
        method: 'DELETE',
        headers: { ...session, 'Sec-Fetch-Site': site },
      });
    expect((await remove('cross-site')).status).toBe(403);
    expect((await remove('same-site')).status).toBe(403);
    expect((await remove('same-origin')).status).toBe(404);
    expect((await remove('none')).status).toBe(404);
  });

  it('cannot be guessed from what the database holds', async () => {
    const { Cookie } = await sessionOf('radiologist');
    const { rows } = await server.services.pool.query('SELECT * FROM session');
    expect(JSON.stringify(rows)).not.toContain(Cookie.split('=')[1]);
    const accounts = await server.services.pool.query<{ password_hash: string }>(
      'SELECT password_hash FROM account',
    );
    for (const { password_hash } of accounts.rows)
      expect(password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });
});

describe('an API key', () => {
  it('opens what its account may do, until it is revoked', async () => {
    const session = await sessionOf('administrator');
    const json = { ...session, 'Content-Type': 'application/json' };
    const made = await request(server.url, '/api/api-keys', {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ label: 'CT 1', username: 'ris' }),
    });
    expect(made.status).toBe(201);
    const { key, number } = JSON.parse(made.text);
    expect(key).toMatch(/^isk_[\w-]{43}$/);
    expect((await get('/dicom-web/studies', bearer(key))).status).toBe(204);
    const list = await get('/api/api-keys', session);
    expect(list.text).toContain('CT 1');
    expect(list.text).not.toContain(key);
    expect(
      (await request(server.url, `/api/api-keys/${number}`, { method: 'DELETE', headers: session })).status,
    ).toBe(204);
    expect((await get('/dicom-web/studies', bearer(key))).status).toBe(401);
    expect(
      (await request(server.url, `/api/api-keys/${number}`, { method: 'DELETE', headers: session })).status,
    ).toBe(404);
  });

  it.each(['Bearer isk_wrong', 'Bearer ', 'Bearer x', 'Basic YWRtaW46YWRtaW4=', 'isk_', 'Bearer isk_\u00e9'])(
    'that is wrong (%s) is a 401, also beside a good session',
    async (header) => {
      const session = await sessionOf('radiologist');
      expect((await get('/dicom-web/studies', { ...session, Authorization: header })).status).toBe(401);
    },
  );

  it('of a locked account opens nothing', async () => {
    await server.services.access.addAccount({ username: 'machine', password: PASSWORD, roles: ['ris'] });
    const { key } = await server.services.access.makeApiKey('machine', 'x');
    await server.services.access.setDisabled('machine', true);
    expect((await get('/dicom-web/studies', bearer(key))).status).toBe(401);
  });
});

describe('the administration of users', () => {
  const json = () => ({ ...bearer(keys.administrator), 'Content-Type': 'application/json' });
  const send = (method: string, path: string, body: unknown) =>
    request(server.url, path, {
      method,
      headers: json(),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  it('adds, changes, lists and removes', async () => {
    const made = await send('POST', '/api/users', { username: 'new.user', roles: ['ris'] });
    expect(made.status).toBe(201);
    const { password } = JSON.parse(made.text);
    expect((await signIn('new.user', password)).status).toBe(200);
    expect(
      (await send('PUT', '/api/users/new.user', { roles: ['radiologist'], disabled: false })).status,
    ).toBe(204);
    const list = await get('/api/users', bearer(keys.administrator));
    expect(JSON.parse(list.text)).toContainEqual(
      expect.objectContaining({ username: 'new.user', roles: ['radiologist'] }),
    );
    expect(list.text).not.toMatch(/argon2|password\w*"/i);
    expect((await send('DELETE', '/api/users/new.user', undefined)).status).toBe(204);
    expect((await signIn('new.user', password)).status).toBe(401);
  });

  it.each<[string, string, string, unknown, number]>([
    ['a name that is taken', 'POST', '/api/users', { username: 'RIS', roles: ['ris'] }, 409],
    ['a role that there is not', 'POST', '/api/users', { username: 'x', roles: ['king'] }, 400],
    ['no role', 'POST', '/api/users', { username: 'x', roles: [] }, 400],
    ['a short password', 'POST', '/api/users', { username: 'x', roles: ['ris'], password: 'short' }, 400],
    ['a name of other signs', 'POST', '/api/users', { username: 'a b', roles: ['ris'] }, 400],
    ['a user that there is not', 'PUT', '/api/users/nobody', { disabled: true }, 404],
    ['a user that there is not, to be removed', 'DELETE', '/api/users/nobody', undefined, 404],
    ['U+0000 in a name', 'DELETE', '/api/users/a%00', undefined, 400],
    ['a key for nobody', 'POST', '/api/api-keys', { label: 'x', username: 'nobody' }, 404],
    ['a key that is no number', 'DELETE', '/api/api-keys/abc', undefined, 404],
  ])('refuses %s', async (_, method, path, body, status) => {
    expect((await send(method, path, body)).status).toBe(status);
  });
});
