import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Access } from '../../../server/auth/access.ts';
import { createPool, type Pool } from '../../../storage/index/pool.ts';
import { PASSWORD, sessionOf, signIn } from '../../conformance/accounts.ts';
import { multipartBody } from '../../conformance/multipart.ts';
import { post, request, STORE_TYPE } from '../../conformance/requests.ts';
import type { RealServer } from '../../support/real-server.ts';
import { instanceLike, newStudy } from './every-read.ts';
import { hasObjectStore, provideServers } from './provide-servers.ts';

// Who is told on one server that they may no longer is refused by the others from then on, also what these have kept for them.

type Headers = Record<string, string>;

const several = provideServers([1, 2], { ISOCENTER_AUTH: 'local' });
const [named] = newStudy();
let here: RealServer;
let elsewhere: RealServer;
let pool: Pool;
let access: Access;
let administrator: Headers;

beforeAll(async () => {
  if (!hasObjectStore) return;
  [here, elsewhere] = several.servers as [RealServer, RealServer];
  pool = createPool({ connection: { connectionString: several.databaseUrl } }, 2, () => undefined);
  access = new Access(pool);
  await access.addAccount({ username: 'head', password: PASSWORD, roles: ['administrator'] });
  administrator = await sessionOf(here, 'head');
  const body = multipartBody([instanceLike(named, 3, 'for those who may')]);
  const stored = await post(here, body, { ...administrator, 'Content-Type': STORE_TYPE });
  if (stored.status !== 200) throw new Error(`${stored.status}: ${stored.text}`);
});

afterAll(() => pool?.end());

const series = `/dicom-web/studies/${named.study}/series/${named.series}`;
/** Of what a server finds anew, and of what it may keep: metadata, frames, rendered images. */
const READS = [
  '/dicom-web/studies',
  `${series}/metadata`,
  `${series}/instances/${named.instance}`,
  `${series}/instances/${named.instance}/frames/1`,
  `${series}/instances/${named.instance}/rendered`,
  `${series}/thumbnail`,
];

/** What a client keeps of what it was allowed to read, by path. */
const etags = new Map<string, string>();

/** What each process of each server says to each read, new and as a client asks that has it. */
async function statusesOf(who: Headers): Promise<number[]> {
  const statuses = new Set<number>();
  for (const path of READS) {
    // Connections go to the processes of a server in turn.
    for (const server of [here, elsewhere, elsewhere]) {
      const { status, headers } = await request(server.url, path, { headers: who });
      statuses.add(status);
      if (headers.etag !== undefined) etags.set(path, headers.etag);
    }
    const etag = etags.get(path);
    if (etag === undefined) continue;
    for (const server of [here, elsewhere, elsewhere]) {
      const { status } = await request(server.url, path, { headers: { ...who, 'If-None-Match': etag } });
      statuses.add(status === 304 ? 200 : status);
    }
  }
  return [...statuses];
}

async function told(method: string, path: string, change?: object): Promise<void> {
  const { status, text } = await request(here.url, `/api${path}`, {
    method,
    headers: { ...administrator, 'Content-Type': 'application/json' },
    ...(change && { body: JSON.stringify(change) }),
  });
  expect(status, text).toBe(204);
}

/** A radiologist with a session, which another server has begun, and a key, both used on each process of each server. */
async function reader(username: string): Promise<{ session: Headers; key: Headers; number: string }> {
  await access.addAccount({ username, password: PASSWORD, roles: ['radiologist'] });
  const session = await sessionOf(elsewhere, username);
  const { key, number } = await access.makeApiKey(username, 'test');
  const bearer = { Authorization: `Bearer ${key}` };
  for (const who of [session, bearer]) expect(await statusesOf(who)).toEqual([200]);
  return { session, key: bearer, number };
}

describe.runIf(hasObjectStore)('what one of several servers is told of who may what', () => {
  it('holds on all: a locked account opens nothing, until it is unlocked', async () => {
    const { session, key } = await reader('locked');
    await told('PUT', '/users/locked', { disabled: true });
    for (const who of [session, key]) expect(await statusesOf(who)).toEqual([401]);
    expect((await signIn(elsewhere, 'locked')).status).toBe(401);
    await told('PUT', '/users/locked', { disabled: false });
    expect(await statusesOf(key)).toEqual([200]);
    expect((await signIn(elsewhere, 'locked')).status).toBe(200);
  });

  it('holds on all: a removed account opens nothing', async () => {
    const { session, key } = await reader('removed');
    await told('DELETE', '/users/removed');
    for (const who of [session, key]) expect(await statusesOf(who)).toEqual([401]);
  });

  it('holds on all: a revoked key opens nothing, the session of its holder all', async () => {
    const { session, key, number } = await reader('revoked');
    await told('DELETE', `/api-keys/${number}`);
    expect(await statusesOf(key)).toEqual([401]);
    expect(await statusesOf(session)).toEqual([200]);
  });

  it('holds on all: other roles allow what they allow, at once', async () => {
    const { session, key } = await reader('moved');
    await told('PUT', '/users/moved', { roles: ['modality'] });
    expect(await statusesOf(session)).toEqual([401]);
    expect(await statusesOf(key)).toEqual([403]);
  });

  it('holds on all: a session ends with another password, or with its end', async () => {
    const { session } = await reader('leaving');
    const signedOut = await request(here.url, '/api/session', { method: 'DELETE', headers: session });
    expect(signedOut.status).toBe(204);
    expect(await statusesOf(session)).toEqual([401]);
    const second = await sessionOf(elsewhere, 'leaving');
    expect(await statusesOf(second)).toEqual([200]);
    await told('PUT', '/users/leaving', { password: 'another long password' });
    expect(await statusesOf(second)).toEqual([401]);
    expect((await signIn(elsewhere, 'leaving')).status).toBe(401);
  });

  it('holds on all: too many wrong passwords on one are too many on each', async () => {
    await access.addAccount({ username: 'guessed', password: PASSWORD, roles: ['ris'] });
    for (let i = 0; i < 10; i += 1) expect((await signIn(here, 'guessed', `wrong ${i}`)).status).toBe(401);
    for (const server of [here, elsewhere, elsewhere])
      expect((await signIn(server, 'guessed')).status).toBe(429);
  });
});
