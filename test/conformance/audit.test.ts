import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuditEvent, AuditLog } from '../../server/audit/audit-log.ts';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { addAccountOfEachRole, sessionOf, signIn } from './accounts.ts';
import { multipartBody } from './multipart.ts';
import { request } from './requests.ts';

let server: TestServer;
const keys: Record<string, string> = {};
const names = {
  StudyInstanceUID: testUid(),
  SeriesInstanceUID: testUid(),
  SOPInstanceUID: testUid(),
  PatientName: 'Secret^Name',
};
const study = `/dicom-web/studies/${names.StudyInstanceUID}`;
const series = `${study}/series/${names.SeriesInstanceUID}`;
const instance = `${series}/instances/${names.SOPInstanceUID}`;

beforeAll(async () => {
  server = await startServer({ authentication: 'local' });
  await addAccountOfEachRole(server);
  for (const role of ['administrator', 'radiologist', 'technologist', 'ris'])
    keys[role] = (await server.services.access.makeApiKey(role, 'test')).key;
});
afterAll(() => server?.stop());

const as = (role: string) => ({ Authorization: `Bearer ${keys[role]}` });

interface Event {
  id: string;
  actor: string;
  roles: string[];
  transaction: string;
  method: string;
  status: number;
  address: string;
  studyInstanceUID: string | null;
  seriesInstanceUID: string | null;
  sopInstanceUID: string | null;
  detail: Record<string, unknown> | null;
}

async function events(query = ''): Promise<Event[]> {
  const answer = await request(server.url, `/api/audit${query}`, { headers: as('administrator') });
  expect(answer.status, answer.text).toBe(200);
  return JSON.parse(answer.text) as Event[];
}

/** The newest event of `transaction`, once it is there: it is written after the answer has ended. */
async function newest(transaction: string): Promise<Event> {
  for (let tries = 0; tries < 100; tries += 1) {
    const [event] = await events(`?transaction=${encodeURIComponent(transaction)}&limit=1`);
    if (event) return event;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`no event of ${transaction}`);
}

async function store(): Promise<void> {
  const body = multipartBody([makeInstance({ attributes: names, image: {} })]);
  const answer = await request(server.url, study, {
    method: 'POST',
    headers: {
      ...as('technologist'),
      'Content-Type': 'multipart/related; type="application/dicom"; boundary=XX',
    },
    body,
  });
  expect(answer.status, answer.text).toBe(200);
}

/** The events of `query`, once there were as many for half a second. */
async function settled(query: string): Promise<Event[]> {
  for (let before = await events(query); ; ) {
    await sleep(500);
    const now = await events(query);
    if (now.length > 0 && now.length === before.length) return now;
    before = now;
  }
}

async function connected(): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

function head(requestLine: string, key: string | undefined, length: number, more: string[] = []): string {
  const headers = [
    'Host: 127.0.0.1',
    `Authorization: Bearer ${key}`,
    'Content-Type: multipart/related; type="application/dicom"; boundary=XX',
    `Content-Length: ${length}`,
    ...more,
  ];
  return [requestLine, ...headers, '\r\n'].join('\r\n');
}

/** Sends a request that has to write into the index, and goes away while it waits for that. */
async function leaveWhileItWorks(requestLine: string, key: string | undefined, body?: Buffer): Promise<void> {
  const client = await server.services.pool.connect();
  try {
    await client.query('BEGIN; LOCK TABLE instance IN EXCLUSIVE MODE');
    const socket = await connected();
    socket.write(head(requestLine, key, body?.length ?? 0));
    socket.write(body ?? Buffer.alloc(0));
    const waiting = `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'instance'::regclass`;
    while ((await client.query(waiting)).rows.length === 0) await sleep(10);
    socket.destroy();
    await sleep(300);
  } finally {
    await client.query('COMMIT');
    client.release();
  }
}

describe('the audit trail', () => {
  it('has an event for every transaction that was answered, with who, what and how it ended', async () => {
    await store();
    const gets: [string, string][] = [
      ['Retrieve Study', study],
      ['Retrieve Series', series],
      ['Retrieve Instance', instance],
      ['Retrieve Metadata', `${instance}/metadata`],
      ['Retrieve Frames', `${instance}/frames/1`],
    ];
    for (const [transaction, path] of gets) {
      const answer = await request(server.url, path, { headers: as('radiologist') });
      expect(answer.status, path).toBe(200);
      expect(await newest(transaction)).toMatchObject({
        actor: 'radiologist',
        roles: ['radiologist'],
        method: 'GET',
        status: 200,
        address: '127.0.0.1',
        studyInstanceUID: names.StudyInstanceUID,
      });
    }
    expect(await newest('Retrieve Frames')).toMatchObject({
      seriesInstanceUID: names.SeriesInstanceUID,
      sopInstanceUID: names.SOPInstanceUID,
    });
    expect(await newest('Store')).toMatchObject({
      actor: 'technologist',
      method: 'POST',
      status: 200,
      detail: { stored: 1, failed: 0, studies: [names.StudyInstanceUID] },
    });
  });

  it('says which object went out by WADO-URI, whose URL names it in parameters', async () => {
    await store();
    const { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID } = names;
    const query = `requestType=WADO&studyUID=${StudyInstanceUID}&seriesUID=${SeriesInstanceUID}&objectUID=${SOPInstanceUID}&contentType=application/dicom`;
    await request(server.url, `/wado?${query}`, { headers: as('radiologist') });
    expect(await newest('Retrieve Instance by URI')).toMatchObject({
      actor: 'radiologist',
      status: 200,
      studyInstanceUID: StudyInstanceUID,
      detail: { seriesInstanceUID: SeriesInstanceUID, sopInstanceUID: SOPInstanceUID },
    });
  });

  it('names what a search asked for, and no value of it', async () => {
    await request(server.url, '/dicom-web/studies?PatientName=Secret*&limit=5', { headers: as('ris') });
    const event = await newest('Search');
    expect(event).toMatchObject({ actor: 'ris', detail: { parameters: ['PatientName', 'limit'] } });
    expect(JSON.stringify(await events('?limit=1000'))).not.toContain('Secret');
  });

  it('has what was refused, and who signed in or failed to', async () => {
    const refused = await request(server.url, study, { method: 'DELETE', headers: as('radiologist') });
    expect(refused.status).toBe(403);
    expect(await newest('Delete')).toMatchObject({ actor: 'radiologist', status: 403 });
    await signIn(server, 'ris', 'wrong');
    expect(await newest('Sign in')).toMatchObject({ actor: 'ris', status: 401 });
    await sessionOf(server, 'radiologist');
    for (let tries = 0; (await newest('Sign in')).actor !== 'radiologist' && tries < 100; tries += 1);
    expect(await newest('Sign in')).toMatchObject({ actor: 'radiologist', status: 200 });
  });

  it('has a deletion once it is answered, with the number of instances, once', async () => {
    const answer = await request(server.url, study, { method: 'DELETE', headers: as('administrator') });
    expect(answer.status).toBe(204);
    const { rows } = await server.services.pool.query(
      `SELECT actor, status, detail FROM audit_event WHERE transaction = 'Delete' AND status = 204`,
    );
    expect(rows).toEqual([{ actor: 'administrator', status: 204, detail: { instances: 1 } }]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await events('?transaction=Delete&actor=administrator')).toHaveLength(1);
  });

  it('has what was deleted, and what was stored where, though the client left before it was answered', async () => {
    await store();
    const kept = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
    const body = multipartBody([makeInstance({ attributes: kept, image: {} })]);
    const key = keys.administrator;
    await leaveWhileItWorks(`DELETE ${study} HTTP/1.1`, key);
    await leaveWhileItWorks('POST /dicom-web/studies HTTP/1.1', key, body);
    const stored = await settled(`?study=${kept.StudyInstanceUID}`);
    expect(stored).toMatchObject([
      { transaction: 'Store', status: 200, detail: { stored: 1, studies: [kept.StudyInstanceUID] } },
    ]);
    const deleted = await settled(`?transaction=Delete&actor=administrator&limit=1000`);
    expect(deleted).toMatchObject([
      { status: 204, studyInstanceUID: names.StudyInstanceUID, detail: { instances: 1 } },
      // That of the test before.
      { status: 204 },
    ]);
  });

  it('has what was stored of an upload that broke off', async () => {
    const StudyInstanceUID = testUid();
    const instances = Array.from({ length: 3 }, () =>
      makeInstance({ attributes: { StudyInstanceUID, SOPInstanceUID: testUid() }, image: {} }),
    );
    const body = multipartBody(instances);
    const socket = await connected();
    socket.write(head('POST /dicom-web/studies HTTP/1.1', keys.technologist, body.length));
    socket.write(body.subarray(0, body.length - 100));
    const search = `/dicom-web/instances?StudyInstanceUID=${StudyInstanceUID}`;
    while (!(await request(server.url, search, { headers: as('radiologist') })).text.includes('00080018'))
      await sleep(20);
    socket.destroy();
    const [event, ...more] = await settled(`?study=${StudyInstanceUID}&actor=technologist`);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      transaction: 'Store',
      detail: { studies: [StudyInstanceUID] },
    });
    // As its body ended too early, or its connection did.
    expect([400, 499]).toContain(event?.status);
    const found = JSON.parse(
      (await request(server.url, search, { headers: as('radiologist') })).text,
    ) as unknown[];
    expect(event?.detail?.stored).toBe(found.length);
  });

  it('has a connection that was to become a WebSocket, and did not', async () => {
    const socket = await connected();
    const upgrade = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      'Sec-WebSocket-Protocol: a,,b',
    ];
    socket.write(head('GET /dicom-web/ws/subscribers/AUDITED HTTP/1.1', keys.administrator, 0, upgrade));
    const events = await settled('?transaction=Open%20Notification%20Connection');
    expect(events).toMatchObject([{ actor: 'administrator', status: 400 }]);
    socket.destroy();
  });

  it('has, when the server stops, what is still done for a client that left', async () => {
    const log = new AuditLog(server.services.pool, server.services.logger);
    const recordOne = log.expect();
    const recordNone = log.expect();
    let isDrained = false;
    const draining = log.drain().then(() => {
      isDrained = true;
    });
    await sleep(300);
    expect(isDrained).toBe(false);
    const [any] = await events('?transaction=Store&limit=1');
    const at = new Date();
    recordOne({ ...(any as unknown as AuditEvent), at, transaction: 'Late' });
    recordNone();
    await draining;
    expect(await events('?transaction=Late')).toHaveLength(1);
  });

  it('can be neither changed nor removed', async () => {
    const { pool } = server.services;
    for (const sql of [
      "UPDATE audit_event SET actor = 'x'",
      'DELETE FROM audit_event',
      'TRUNCATE audit_event',
    ])
      await expect(pool.query(sql)).rejects.toThrow('never changed');
  });

  it('is paged, filtered, and for those who may see it', async () => {
    const all = await events('?limit=1000');
    const [first, second] = all;
    expect(await events(`?limit=1&before=${first?.id}`)).toEqual([second]);
    expect(await events('?from=2999-01-01T00:00:00Z')).toEqual([]);
    const ofStudy = await events(`?study=${names.StudyInstanceUID}&limit=1000`);
    expect(ofStudy.length).toBeGreaterThan(5);
    expect(ofStudy.length).toBeLessThan(all.length);
    for (const bad of ['?limit=0', '?limit=x', '?from=yesterday', '?before=-1'])
      expect((await request(server.url, `/api/audit${bad}`, { headers: as('administrator') })).status).toBe(
        400,
      );
    expect((await request(server.url, '/api/audit', { headers: as('radiologist') })).status).toBe(403);
  });
});
