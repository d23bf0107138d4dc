import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { permissionsOf } from '../../server/auth/permissions.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { addAccountOfEachRole, PASSWORD, sessionOf, signIn } from './accounts.ts';
import { request } from './requests.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ authentication: 'local' });
  await addAccountOfEachRole(server);
});
afterAll(() => server?.stop());
beforeEach(() => server.services.pool.query('DELETE FROM sign_in_failure'));

const get = (path: string, headers: Record<string, string> = {}) => request(server.url, path, { headers });

describe('signing in', () => {
  it('gives a session cookie that scripts and other sites cannot use', async () => {
    const answer = await signIn(server, 'radiologist', PASSWORD);
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
    await server.services.access.changeAccount('locked', { disabled: true });
    const answers = await Promise.all([
      signIn(server, 'radiologist', 'wrong'),
      signIn(server, 'nobody', PASSWORD),
      signIn(server, 'locked', PASSWORD),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(new Set(answers.map(({ text }) => JSON.parse(text).detail)).size).toBe(1);
    for (const { headers } of answers) expect(headers['set-cookie']).toBeUndefined();
  });

  it('does not care for the case of the name', async () => {
    expect((await signIn(server, 'RADIOLOGIST', PASSWORD)).status).toBe(200);
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
    for (let i = 0; i < 10; i += 1) expect((await signIn(server, 'ris', `wrong ${i}`)).status).toBe(401);
    expect((await signIn(server, 'ris', PASSWORD)).status).toBe(429);
    expect((await signIn(server, 'radiologist', PASSWORD)).status).toBe(200);
    // A quarter of an hour later.
    await server.services.pool.query(
      "UPDATE sign_in_failure SET failed_at = failed_at - interval '16 minutes'",
    );
    expect((await signIn(server, 'ris', PASSWORD)).status).toBe(200);
  });

  it('is throttled as well when all guesses come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => signIn(server, 'technologist', `guess ${i}`)),
    );
    expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(10);
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(30);
  });

  it('counts no failures of those who succeed', async () => {
    for (let i = 0; i < 12; i += 1) expect((await signIn(server, 'modality', PASSWORD)).status).toBe(200);
  });
});

describe('a session', () => {
  it('ends when it is signed out', async () => {
    const session = await sessionOf(server, 'radiologist');
    const answer = await request(server.url, '/api/session', { method: 'DELETE', headers: session });
    expect(answer.status).toBe(204);
    expect(answer.headers['set-cookie']?.[0]).toMatch(/isocenter_session=;.*1970/);
    expect((await get('/dicom-web/studies', session)).status).toBe(401);
  });

  it.each([
    ['two hours after its last use', "last_used_at = now() - interval '121 minutes'"],
    ['at its end, however much it is used', "expires_at = now() - interval '1 second'"],
  ])('ends %s', async (_, change) => {
    const session = await sessionOf(server, 'radiologist');
    await server.services.pool.query(`UPDATE session SET ${change}`);
    expect((await get('/dicom-web/studies', session)).status).toBe(401);
  });

  it('goes on while it is used', async () => {
    const session = await sessionOf(server, 'radiologist');
    await server.services.pool.query("UPDATE session SET last_used_at = now() - interval '100 minutes'");
    expect((await get('/dicom-web/studies', session)).status).toBe(204);
    const { rows } = await server.services.pool.query(
      "SELECT 1 FROM session WHERE last_used_at > now() - interval '1 minute'",
    );
    expect(rows.length).toBeGreaterThan(0);
  });

  it.each<[string, (name: string) => Promise<unknown>]>([
    ['the password is changed', (name) => server.services.access.setPassword(name)],
    ['the roles are changed', (name) => server.services.access.changeAccount(name, { roles: ['ris'] })],
    ['the account is locked', (name) => server.services.access.changeAccount(name, { disabled: true })],
    ['the account is removed', (name) => server.services.access.removeAccount(name)],
  ])('ends when %s', async (event, change) => {
    const username = event.replaceAll(' ', '.');
    await server.services.access.addAccount({ username, password: PASSWORD, roles: ['radiologist'] });
    const session = await sessionOf(server, username);
    await change(username);
    expect((await get('/dicom-web/studies', session)).status).toBe(401);
  });

  it('is of no use to another site', async () => {
    const session = await sessionOf(server, 'administrator');
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
    const { Cookie } = await sessionOf(server, 'radiologist');
    const { rows } = await server.services.pool.query('SELECT * FROM session');
    expect(JSON.stringify(rows)).not.toContain(Cookie.split('=')[1]);
    const accounts = await server.services.pool.query<{ password_hash: string }>(
      'SELECT password_hash FROM account',
    );
    for (const { password_hash } of accounts.rows)
      expect(password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });
});
