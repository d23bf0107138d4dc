import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ENDED_KEPT_MS,
  EVENTS_KEPT_MS,
  removeOldWorkItems,
} from '../../../server/archive/work-items/remove-old.ts';
import { cancelAbandoned } from '../../../server/archive/work-items/request-cancellation.ts';
import { announceRestart } from '../../../server/archive/work-items/subscribe.ts';
import { removeOldEvents } from '../../../storage/index/work-items/work-item-events.ts';
import { firstOf, type Json, valuesOf } from '../../conformance/requests.ts';
import {
  changeState,
  claim,
  create,
  el,
  GLOBAL,
  openChannel,
  PERFORMED,
  retrieve,
  send,
  update,
} from '../../conformance/work-items.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

async function completed(): Promise<string> {
  const uid = await create(server);
  const transaction = await claim(server, uid);
  await update(server, uid, PERFORMED, transaction);
  await changeState(server, uid, 'COMPLETED', transaction);
  return uid;
}

const statusOf = async (uid: string) => (await send(server, 'GET', `/workitems/${uid}`)).status;
const later = (ms: number) => new Date(Date.now() + ms);
const eventCount = async (aeTitle: string) => {
  const { rows } = await server.services.pool.query<{ count: number }>(
    'SELECT count(*)::integer AS count FROM work_item_event WHERE ae_title = $1',
    [aeTitle],
  );
  return rows[0]?.count;
};

describe('what ended long ago', () => {
  it('is removed unless somebody holds it by a deletion lock; then its URLs answer 410', async () => {
    const [free, watched, held] = [await completed(), await completed(), await completed()];
    const canceled = await create(server);
    await send(server, 'POST', `/workitems/${canceled}/cancelrequest`);
    const scheduled = await create(server);
    const performed = await create(server);
    await claim(server, performed);
    await send(server, 'POST', `/workitems/${watched}/subscribers/AE`);
    await send(server, 'POST', `/workitems/${held}/subscribers/AE?deletionlock=true`);
    const { archive } = server.services;

    expect(await removeOldWorkItems(archive, later(ENDED_KEPT_MS - 60_000))).toBe(0);
    expect(await removeOldWorkItems(archive, later(ENDED_KEPT_MS + 60_000))).toBe(3);
    for (const gone of [free, watched, canceled]) {
      expect(await statusOf(gone)).toBe(410);
      expect((await update(server, gone, {})).status).toBe(410);
      expect((await send(server, 'POST', `/workitems/${gone}/subscribers/AE`)).status).toBe(410);
    }
    for (const there of [held, scheduled, performed]) expect(await statusOf(there)).toBe(200);

    // Without the lock, and the next time, it goes too.
    await send(server, 'POST', `/workitems/${held}/subscribers/AE?deletionlock=false`);
    expect(await removeOldWorkItems(archive, later(ENDED_KEPT_MS + 60_000))).toBe(1);
    expect(await statusOf(held)).toBe(410);
  });

  it('lets go of events that nobody came for, and of all but the newest of too many', async () => {
    const { archive, pool } = server.services;
    const uid = await create(server);
    for (let i = 0; i < 5; i += 1) await send(server, 'POST', `/workitems/${uid}/subscribers/FLOOD`);
    expect(await eventCount('FLOOD')).toBe(5);
    await removeOldEvents(pool, new Date(0), 3);
    expect(await eventCount('FLOOD')).toBe(3);
    await removeOldEvents(pool, new Date(0), 3);
    expect(await eventCount('FLOOD')).toBe(3);
    await removeOldWorkItems(archive, later(EVENTS_KEPT_MS - 60_000));
    expect(await eventCount('FLOOD')).toBe(3);
    await removeOldWorkItems(archive, later(EVENTS_KEPT_MS + 60_000));
    expect(await eventCount('FLOOD')).toBe(0);
  });
});

describe('a restart', () => {
  it('is told to all who have subscribed to anything', async () => {
    const uid = await create(server);
    await send(server, 'POST', `/workitems/${GLOBAL}/subscribers/GLOBAL1`);
    await send(server, 'POST', `/workitems/${uid}/subscribers/SINGLE1`);
    await announceRestart(server.services.archive);
    for (const aeTitle of ['GLOBAL1', 'SINGLE1']) {
      const channel = await openChannel(server, aeTitle);
      const events = await channel.until(aeTitle === 'GLOBAL1' ? 1 : 2);
      expect(firstOf(events.at(-1), '00741242')).toBe('RESTARTED');
      expect(firstOf(events.at(-1), '00741244')).toBe('WARM START');
      channel.close();
      const from = aeTitle === 'GLOBAL1' ? GLOBAL : uid;
      await send(server, 'DELETE', `/workitems/${from}/subscribers/${aeTitle}`);
    }
  });
});

describe('a work item that its performer has lost', () => {
  it('can be canceled by an administrator, who says why; what was reported of it stays', async () => {
    const uid = await create(server);
    const transaction = await claim(server, uid);
    await update(server, uid, { '00741002': el('SQ', { '00741004': el('DS', '40') }) }, transaction);
    await cancelAbandoned(server.services.archive, uid, 'The scanner was replaced');
    const json = await retrieve(server, uid);
    expect(firstOf(json, '00741000')).toBe('CANCELED');
    const [progress] = valuesOf(json, '00741002') as Json[];
    expect(Number(firstOf(progress, '00741004'))).toBe(40);
    expect(firstOf(progress, '00741238')).toBe('The scanner was replaced');
    expect(firstOf(progress, '00404052')).toBeTruthy();
    await expect(cancelAbandoned(server.services.archive, uid, '')).rejects.toThrow('CANCELED already');
    expect((await changeState(server, uid, 'CANCELED', transaction)).status).toBe(200);
  });
});

describe('the audit trail', () => {
  it('has each transaction, who sent it and what became of it, and no patient', async () => {
    const uid = await create(server);
    const transaction = await claim(server, uid);
    await send(server, 'GET', '/workitems?PatientName=Doe*');
    await retrieve(server, uid);
    await send(server, 'POST', `/workitems/${uid}?${transaction}`, PERFORMED);
    await send(server, 'POST', `/workitems/${uid}/cancelrequest`);
    await send(server, 'POST', `/workitems/${uid}/subscribers/AUDITED`);
    const channel = await openChannel(server, 'AUDITED');
    await channel.until(1);
    channel.close();
    const events = await server.services.audit.find({ limit: 8 });
    expect(events.map((event) => [event.transaction, event.status]).reverse()).toEqual([
      ['Create Workitem', 201],
      ['Change Workitem State', 200],
      ['Search Workitems', 200],
      ['Retrieve Workitem', 200],
      ['Update Workitem', 200],
      ['Request Cancellation', 409],
      ['Subscribe', 201],
      ['Open Notification Connection', 101],
    ]);
    expect(events.every(({ actor }) => actor === 'local')).toBe(true);
    expect(JSON.stringify(events)).not.toMatch(/Doe/);
    expect(JSON.stringify(events)).not.toContain(transaction);
  });
});

describe('a lost connection to the index', () => {
  it('does not end channels: events come once it is back', async () => {
    const uid = await create(server);
    const channel = await openChannel(server, 'PATIENT1');
    await send(server, 'POST', `/workitems/${uid}/subscribers/PATIENT1`);
    await channel.until(1);
    const killed = await server.services.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE query = 'LISTEN isocenter_work_item_event' AND datname = current_database()`,
    );
    expect(killed.rowCount).toBeGreaterThan(0);
    await claim(server, uid);
    const events = await channel.until(2);
    expect(firstOf(events[1], '00741000')).toBe('IN PROGRESS');
    channel.close();
  });
});
