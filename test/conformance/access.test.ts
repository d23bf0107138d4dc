import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiRoutes } from '../../server/api/routes.ts';
import { permissionsOf, ROLES } from '../../server/auth/permissions.ts';
import { dicomwebRoutes } from '../../server/dicomweb/routes.ts';
import { wadoUriRoutes } from '../../server/dicomweb/wado-uri/routes.ts';
import type { Route } from '../../server/http/route.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { addAccountOfEachRole, PASSWORD, sessionOf, signIn } from './accounts.ts';
import { request } from './requests.ts';

let server: TestServer;
const keys: Record<string, string> = {};

beforeAll(async () => {
  server = await startServer({ authentication: 'local' });
  await addAccountOfEachRole(server);
  for (const role of ROLES) keys[role] = (await server.services.access.makeApiKey(role, 'test')).key;
});
afterAll(() => server?.stop());

const get = (path: string, headers: Record<string, string> = {}) => request(server.url, path, { headers });
const bearer = (key: string | undefined) => ({ Authorization: `Bearer ${key}` });

/** Every route of the server, as its tables name them. */
function allRoutes(): { route: Route; path: string }[] {
  const { archive } = server.services;
  const api = { ...server.services, notDiagnosticNotice: true, servedByTls: false, version: '0' };
  const tables: [string, Route[]][] = [
    ['/dicom-web', dicomwebRoutes({ archive, publicUrl: undefined, version: '0' })],
    ['/wado', wadoUriRoutes({ archive, publicUrl: undefined, version: '0' })],
    ['/api', apiRoutes(api)],
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

describe('an API key', () => {
  it('may be the password of its user, for tools that know only Basic', async () => {
    const basic = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    expect((await get('/dicom-web/studies', basic(`ris:${keys.ris}`))).status).toBe(204);
    for (const wrong of [`administrator:${keys.ris}`, `:${keys.ris}`, `ris:${PASSWORD}`, 'ris:', 'ris', ''])
      expect((await get('/dicom-web/studies', basic(wrong))).status, wrong).toBe(401);
  });

  it('opens what its account may do, until it is revoked', async () => {
    const session = await sessionOf(server, 'administrator');
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
      const session = await sessionOf(server, 'radiologist');
      expect((await get('/dicom-web/studies', { ...session, Authorization: header })).status).toBe(401);
    },
  );

  it('of a locked account opens nothing', async () => {
    await server.services.access.addAccount({ username: 'machine', password: PASSWORD, roles: ['ris'] });
    const { key } = await server.services.access.makeApiKey('machine', 'x');
    await server.services.access.changeAccount('machine', { disabled: true });
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
    expect((await signIn(server, 'new.user', password)).status).toBe(200);
    expect(
      (await send('PUT', '/api/users/new.user', { roles: ['radiologist'], disabled: false })).status,
    ).toBe(204);
    const list = await get('/api/users', bearer(keys.administrator));
    expect(JSON.parse(list.text)).toContainEqual(
      expect.objectContaining({ username: 'new.user', roles: ['radiologist'] }),
    );
    expect(list.text).not.toMatch(/argon2|password\w*"/i);
    expect((await send('DELETE', '/api/users/new.user', undefined)).status).toBe(204);
    expect((await signIn(server, 'new.user', password)).status).toBe(401);
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

describe('the last administrator who may sign in', () => {
  const send = (method: string, body?: unknown) =>
    request(server.url, '/api/users/administrator', {
      method,
      headers: { ...bearer(keys.administrator), 'Content-Type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  beforeAll(async () => {
    const { access } = server.services;
    for (const { username, roles } of await access.listAccounts())
      if (roles.includes('administrator') && username !== 'administrator')
        await access.removeAccount(username);
    // One who may not sign in is none.
    await access.addAccount({ username: 'gone', password: PASSWORD, roles: ['administrator'] });
    await access.changeAccount('gone', { disabled: true });
  });

  it.each<[string, string, unknown]>([
    ['removed', 'DELETE', undefined],
    ['locked', 'PUT', { disabled: true }],
    ['given other roles', 'PUT', { password: 'another password', roles: ['radiologist', 'ris'] }],
  ])('is not %s', async (_, method, body) => {
    const refused = await send(method, body);
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('another administrator first');
    expect((await send('PUT', { roles: ['administrator', 'ris'] })).status).toBe(204);
    // All or nothing: the password is the old one.
    expect((await signIn(server, 'administrator', PASSWORD)).status).toBe(200);
  });

  it('stays when two take the role from each other at once', async () => {
    const { access } = server.services;
    await access.addAccount({ username: 'second', password: PASSWORD, roles: ['administrator'] });
    const changes = [
      access.removeAccount('second'),
      access.changeAccount('administrator', { roles: ['ris'] }),
      access.changeAccount('second', { disabled: true }),
    ];
    await Promise.allSettled(changes);
    const left = (await access.listAccounts()).filter(
      ({ roles, disabled }) => roles.includes('administrator') && !disabled,
    );
    expect(left).toHaveLength(1);
  });

  it('goes once there is another', async () => {
    const { access } = server.services;
    await access.addAccount({ username: 'third', password: PASSWORD, roles: ['administrator'] });
    await access.removeAccount('administrator');
    expect((await access.listAccounts()).map(({ username }) => username)).not.toContain('administrator');
  });
});
