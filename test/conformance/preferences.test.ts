import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';
import { addAccountOfEachRole, PASSWORD, sessionOf } from './accounts.ts';
import { type Answer, request } from './requests.ts';

let server: TestServer;
let radiologist: Record<string, string>;

beforeAll(async () => {
  server = await startServer({ authentication: 'local' });
  await addAccountOfEachRole(server);
  radiologist = await sessionOf(server, 'radiologist');
});
afterAll(() => server?.stop());

const json = { 'Content-Type': 'application/json' };

function put(name: string, body: string, headers: Record<string, string> = radiologist): Promise<Answer> {
  return request(server.url, `/api/preferences/${name}`, {
    method: 'PUT',
    headers: { ...json, ...headers },
    body,
  });
}
async function all(headers: Record<string, string> = radiologist): Promise<unknown> {
  const answer = await request(server.url, '/api/preferences', { headers });
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text);
}
const remove = (name: string, headers = radiologist) =>
  request(server.url, `/api/preferences/${name}`, { method: 'DELETE', headers });

async function newUser(username: string): Promise<Record<string, string>> {
  await server.services.access.addAccount({ username, password: PASSWORD, roles: ['radiologist'] });
  return sessionOf(server, username);
}

describe('a preference', () => {
  it.each([
    { nested: [1, 'ä', { deep: true }], empty: {} },
    [],
    'text, ünicode 読影 \ud83e\ude7b',
    0.1,
    false,
    null,
  ])('%j is given back as it was set, and the last one counts', async (value) => {
    expect((await put('any.value-1', '"before"')).status).toBe(204);
    expect((await put('any.value-1', JSON.stringify(value))).status).toBe(204);
    expect(await all()).toEqual({ 'any.value-1': value });
  });

  it('is gone once it is removed, and removing it again is no fault', async () => {
    await put('gone', '1');
    expect((await remove('gone')).status).toBe(204);
    expect((await remove('gone')).status).toBe(204);
    expect(await all()).not.toHaveProperty('gone');
  });

  it('with the name of what every object has is one like the others', async () => {
    const user = await newUser('names');
    await put('constructor', '1', user);
    await put('toString', '2', user);
    expect(await all(user)).toEqual({ constructor: 1, toString: 2 });
  });

  it.each(['1st', '.dot', '__proto__', 'a b', 'ä', 'x'.repeat(65), '%00', "a';--"])(
    'may not be called %s',
    async (name) => {
      const path = name === '%00' ? name : encodeURIComponent(name);
      expect((await put(path, '1')).status).toBe(400);
      expect((await remove(path)).status).toBe(400);
    },
  );

  it.each([
    ['no JSON', '{', 400],
    ['nothing', '', 400],
    ['more than 64 KiB', JSON.stringify('x'.repeat(64 * 1024)), 413],
    ['more levels than can be written again', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, 400],
    ['U+0000', '"\\u0000"', 400],
  ])('that is %s is refused, and the one before stays', async (_, body, status) => {
    await put('stays', '"as it was"');
    expect((await put('stays', body)).status).toBe(status);
    expect(await all()).toHaveProperty('stays', 'as it was');
  });

  it('of 64 KiB and of 64 levels is taken', async () => {
    const user = await newUser('large');
    expect((await put('large', JSON.stringify('x'.repeat(64 * 1024 - 2)), user)).status).toBe(204);
    expect((await put('deep', `${'['.repeat(64)}${']'.repeat(64)}`, user)).status).toBe(204);
  });

  it('is JSON by its Content-Type too', async () => {
    expect((await put('typed', '1', { ...radiologist, 'Content-Type': 'text/plain' })).status).toBe(415);
  });
});

describe('the preferences of a user', () => {
  it('are seen and changed by nobody else, whatever role', async () => {
    const mine = await newUser('mine');
    const administrator = await sessionOf(server, 'administrator');
    await put('keys', '"mine"', mine);
    await put('keys', '"theirs"', administrator);
    expect(await all(mine)).toEqual({ keys: 'mine' });
    expect(await all(administrator)).toEqual({ keys: 'theirs' });
    await remove('keys', administrator);
    expect(await all(mine)).toEqual({ keys: 'mine' });
  });

  it('are the same in every session, and by API key', async () => {
    const first = await newUser('twice');
    await put('language', '"de"', first);
    expect(await all(await sessionOf(server, 'TWICE'))).toEqual({ language: 'de' });
    const { key } = await server.services.access.makeApiKey('twice', 'test');
    expect(await all({ Authorization: `Bearer ${key}` })).toEqual({ language: 'de' });
  });

  it('are two hundred at most, however many are set at once; those there are can still be changed', async () => {
    const user = await newUser('many');
    const names = Array.from({ length: 205 }, (_, at) => `name-${at}`);
    const answers = await Promise.all(names.map((name) => put(name, '1', user)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 204)).toHaveLength(200);
    expect(statuses.filter((status) => status === 409)).toHaveLength(5);
    const kept = Object.keys((await all(user)) as object);
    expect(kept).toHaveLength(200);
    expect((await put(kept[0] ?? '', '2', user)).status).toBe(204);
    await remove(kept[1] ?? '', user);
    expect((await put('another', '1', user)).status).toBe(204);
  });

  it('go with the account: who gets its name later finds nothing', async () => {
    await put('keys', '"old"', await newUser('again'));
    await server.services.access.removeAccount('again');
    expect(await all(await newUser('again'))).toEqual({});
  });
});

it('without accounts there is one set for all', async () => {
  const open = await startServer({ authentication: 'off' });
  try {
    const path = `${open.url}/api/preferences`;
    const put = await fetch(`${path}/mouse`, { method: 'PUT', headers: json, body: '{"left":"scroll"}' });
    expect(put.status).toBe(204);
    expect(await (await fetch(path)).json()).toEqual({ mouse: { left: 'scroll' } });
    await fetch(`${path}/mouse`, { method: 'PUT', headers: json, body: '{"left":"pan"}' });
    expect(await (await fetch(path)).json()).toEqual({ mouse: { left: 'pan' } });
  } finally {
    await open.stop();
  }
});

describe('the notice of what the viewer is not for', () => {
  it.each([
    [{}, true],
    [{ ISOCENTER_NOT_DIAGNOSTIC_NOTICE: 'on' }, true],
    [{ ISOCENTER_NOT_DIAGNOSTIC_NOTICE: 'off' }, false],
  ])('with %o is told to whoever asks: %s', async (settings, expected) => {
    const one = await startServer({ authentication: 'local', settings });
    try {
      const answer = await request(one.url, '/api/about');
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.text)).toEqual({ notDiagnosticNotice: expected });
    } finally {
      await one.stop();
    }
  });
});
