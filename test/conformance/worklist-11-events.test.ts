import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { createServerApp, openServices } from '../../server/compose.ts';
import { listen } from '../../server/http/listen.ts';
import { createLogger } from '../../server/telemetry/logger.ts';
import { testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { addAccountOfEachRole, sessionOf } from './accounts.ts';
import { firstOf, type Json, request, valuesOf } from './requests.ts';
import {
  type Channel,
  changeState,
  claim,
  code,
  create,
  DISCONTINUED,
  el,
  FILTERED,
  GLOBAL,
  openChannel,
  PERFORMED,
  retrieve,
  send,
  update,
} from './work-items.ts';

let server: TestServer;
const open: Channel[] = [];
beforeAll(async () => {
  server = await startServer();
});
afterEach(() => {
  for (const channel of open.splice(0)) channel.close();
});
afterAll(() => server?.stop());

let count = 0;
const newAE = () => {
  count += 1;
  return `AE${count}`;
};

async function channelOf(aeTitle: string, on: Pick<TestServer, 'url'> = server): Promise<Channel> {
  const channel = await openChannel(on, aeTitle);
  open.push(channel);
  return channel;
}

const subscribe = (target: string, aeTitle: string, query = '') =>
  send(server, 'POST', `/workitems/${target}/subscribers/${aeTitle}${query}`);
const unsubscribe = (target: string, aeTitle: string) =>
  send(server, 'DELETE', `/workitems/${target}/subscribers/${aeTitle}`);

/** Event Type ID, and what tells events of a type apart. */
const seen = (event: Json | undefined) => [firstOf(event, '00001002'), firstOf(event, '00741000')];

describe('11.10 Subscribe to a work item', () => {
  it('answers 201 and where the events come, and sends the state at once', async () => {
    const [uid, ae] = [await create(server), newAE()];
    const answer = await subscribe(uid, ae);
    expect(answer.status).toBe(201);
    const url = `${server.dicomweb.replace('http', 'ws')}/ws/subscribers/${ae}`;
    expect(answer.headers['content-location']).toBe(url);
    const channel = await channelOf(ae);
    const [event] = await channel.until(1);
    expect(event).toEqual({
      '00000002': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.34.6.1'] },
      '00000110': { vr: 'US', Value: [1] },
      '00001000': { vr: 'UI', Value: [uid] },
      '00001002': { vr: 'US', Value: [1] },
      '00404041': { vr: 'CS', Value: ['READY'] },
      '00741000': { vr: 'CS', Value: ['SCHEDULED'] },
    });
  });

  it('reports each change of state, of readiness, of progress and of who is to do it, in order', async () => {
    const [uid, ae] = [await create(server), newAE()];
    await subscribe(uid, ae);
    const channel = await channelOf(ae);
    await update(server, uid, { '00404041': el('CS', 'INCOMPLETE') });
    await update(server, uid, { '00404025': el('SQ', code('CT9')), '00741202': el('LO', 'x') });
    await update(server, uid, { '00741202': el('LO', 'not worth a report') });
    const transaction = await claim(server, uid);
    const progress = { '00741002': el('SQ', { '00741004': el('DS', '50') }) };
    await update(server, uid, progress, transaction);
    await update(server, uid, PERFORMED, transaction);
    await changeState(server, uid, 'COMPLETED', transaction);
    const events = await channel.until(6);
    expect(events.map(seen)).toEqual([
      [1, 'SCHEDULED'],
      [1, 'SCHEDULED'],
      [5, undefined],
      [1, 'IN PROGRESS'],
      [3, undefined],
      [1, 'COMPLETED'],
    ]);
    expect(firstOf(events[1], '00404041')).toBe('INCOMPLETE');
    const [station] = valuesOf(events[2], '00404025') as Json[];
    expect(firstOf(station, '00080100')).toBe('CT9');
    const [reported] = valuesOf(events[4], '00741002') as Json[];
    expect(Number(firstOf(reported, '00741004'))).toBe(50);
    expect(events.map((event) => firstOf(event, '00000110'))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(JSON.stringify(events)).not.toContain(transaction);
  });

  it('reports why a work item was canceled', async () => {
    const [uid, ae] = [await create(server), newAE()];
    const transaction = await claim(server, uid);
    await subscribe(uid, ae);
    await update(server, uid, DISCONTINUED, transaction);
    await changeState(server, uid, 'CANCELED', transaction);
    const events = await (await channelOf(ae)).until(3);
    expect(events.map(seen)).toEqual([
      [1, 'IN PROGRESS'],
      [3, undefined],
      [1, 'CANCELED'],
    ]);
    expect(valuesOf(events[2], '0074100E')).toHaveLength(1);
  });

  it('passes a request to cancel on, with who asks and why', async () => {
    const [uid, ae] = [await create(server), newAE()];
    await claim(server, uid);
    await subscribe(uid, ae);
    const given = {
      '00741238': el('LT', 'Wrong patient'),
      '0074100A': el('UR', 'tel:+4912345'),
      '0074100C': el('LO', 'Dr Who'),
      '00100010': el('PN', { Alphabetic: 'Not^Passed^On' }),
    };
    await send(server, 'POST', `/workitems/${uid}/cancelrequest?requester=RIS`, given);
    const event = (await (await channelOf(ae)).until(2))[1];
    expect(firstOf(event, '00001002')).toBe(2);
    expect(firstOf(event, '00741236')).toBe('RIS');
    expect(firstOf(event, '00741238')).toBe('Wrong patient');
    expect(firstOf(event, '0074100A')).toBe('tel:+4912345');
    expect(firstOf(event, '0074100C')).toBe('Dr Who');
    expect(event?.['00100010']).toBeUndefined();
  });

  it('reports both steps when a request cancels what is SCHEDULED', async () => {
    const [uid, ae] = [await create(server), newAE()];
    await subscribe(uid, ae);
    await send(server, 'POST', `/workitems/${uid}/cancelrequest`, { '00741238': el('LT', 'Gone') });
    const events = await (await channelOf(ae)).until(3);
    expect(events.map(seen)).toEqual([
      [1, 'SCHEDULED'],
      [1, 'IN PROGRESS'],
      [1, 'CANCELED'],
    ]);
    expect(firstOf(events[2], '00741238')).toBe('Gone');
  });

  it('sends nothing of other work items, nothing after unsubscribing, and 404 to who is not subscribed', async () => {
    const [uid, other, ae] = [await create(server), await create(server), newAE()];
    await subscribe(uid, ae);
    const channel = await channelOf(ae);
    await channel.until(1);
    await claim(server, other);
    expect((await unsubscribe(uid, ae)).status).toBe(200);
    expect((await unsubscribe(uid, ae)).status).toBe(404);
    await claim(server, uid);
    await subscribe(other, ae);
    const events = await channel.until(2);
    expect(events.map((event) => firstOf(event, '00001000'))).toEqual([uid, other]);
  });

  it('refuses what is no AE title, no true or false, and suspending one work item', async () => {
    const uid = await create(server);
    for (const ae of ['LONGER-THAN-SIXTEEN', 'a%5Cb', '%20', '%C3%A9'])
      expect((await subscribe(uid, ae)).status, ae).toBe(400);
    expect((await subscribe(uid, 'AE', '?deletionlock=maybe')).status).toBe(400);
    expect((await send(server, 'POST', `/workitems/${uid}/subscribers/AE/suspend`)).status).toBe(400);
  });
});

describe('11.10 Subscribe to all work items', () => {
  it('tells of new ones, and to whom they are assigned, until suspended; then only of those before', async () => {
    const ae = newAE();
    expect((await subscribe(GLOBAL, ae)).status).toBe(201);
    const channel = await channelOf(ae);
    const uid = await create(server, { '00404025': el('SQ', code('CT1')) });
    expect((await channel.until(2)).map(seen)).toEqual([
      [1, 'SCHEDULED'],
      [5, undefined],
    ]);
    const suspend = () => send(server, 'POST', `/workitems/${GLOBAL}/subscribers/${ae}/suspend`);
    expect((await suspend()).status).toBe(200);
    expect((await suspend()).status).toBe(404);
    await create(server);
    await claim(server, uid);
    expect((await channel.until(3)).slice(2).map((event) => firstOf(event, '00001000'))).toEqual([uid]);
    expect((await unsubscribe(GLOBAL, ae)).status).toBe(200);
    expect((await unsubscribe(GLOBAL, ae)).status).toBe(404);
  });

  it('with a deletion lock, sends the state of every work item that there is', async () => {
    const [a, b, ae] = [await create(server), await create(server), newAE()];
    await claim(server, b);
    await subscribe(GLOBAL, ae, '?deletionlock=true');
    const channel = await channelOf(ae);
    const stateOf = (uid: string) =>
      channel.events.filter((event) => firstOf(event, '00001000') === uid).map(seen);
    await channel.until(2);
    await expect.poll(() => [stateOf(a), stateOf(b)]).toEqual([[[1, 'SCHEDULED']], [[1, 'IN PROGRESS']]]);
    await unsubscribe(GLOBAL, ae);
  });

  it('by a filter, in either notation, tells only of those that match', async () => {
    const label = (text: string) => ({ '00741202': el('LO', text) });
    for (const query of [
      '?WorklistLabel=F1*',
      `?filter=${encodeURIComponent('WorklistLabel=F1*,ProcedureStepState=SCHEDULED')}`,
    ]) {
      const before = await create(server, label('F1 before'));
      const ae = newAE();
      expect((await subscribe(FILTERED, ae, `${query}&deletionlock=true`)).status).toBe(201);
      const channel = await channelOf(ae);
      const [no, yes] = [await create(server, label('F2')), await create(server, label('F1 after'))];
      await expect
        .poll(() => channel.events.map((event) => firstOf(event, '00001000')))
        .toEqual(expect.arrayContaining([before, yes]));
      expect(channel.events.map((event) => firstOf(event, '00001000'))).not.toContain(no);
      expect((await unsubscribe(FILTERED, ae)).status).toBe(200);
    }
  });

  it('answers 400 to a filter that filters nothing or cannot be understood', async () => {
    for (const query of [
      '',
      '?filter=',
      '?WorklistLabel=*',
      '?Nonsense=1',
      '?filter=Nonsense%3D1',
      '?TransactionUID=1.2',
    ])
      expect((await subscribe(FILTERED, 'AE', query)).status, query).toBe(400);
  });
});

describe('8.10.4 Open Notification Connection', () => {
  it('sends what happened while no channel was open, once', async () => {
    const [uid, ae] = [await create(server), newAE()];
    await subscribe(uid, ae);
    const first = await channelOf(ae);
    await first.until(1);
    first.close();
    await first.closed;
    const transaction = await claim(server, uid);
    await update(server, uid, PERFORMED, transaction);
    await changeState(server, uid, 'COMPLETED', transaction);
    const second = await channelOf(ae);
    expect((await second.until(2)).map(seen)).toEqual([
      [1, 'IN PROGRESS'],
      [1, 'COMPLETED'],
    ]);
  });

  it('sends each event once and in order to two processes’ channels, whoever caused it', async () => {
    const other = await openServices(server.services.settings, createLogger('silent'), {
      migrated: true,
      schema: await schemaOf(server),
    });
    const listening = await listen(createServerApp(other), server.services.settings);
    try {
      const ae = newAE();
      await subscribe(GLOBAL, ae);
      const channels = [await channelOf(ae), await channelOf(ae, listening)];
      const on = (i: number): TestServer => (i % 2 === 0 ? server : { ...server, url: listening.url });
      const uids = await Promise.all(Array.from({ length: 20 }, (_, i) => create(on(i))));
      await Promise.all(uids.map((uid, i) => changeState(on(i + 1), uid, 'IN PROGRESS', testUid())));
      const [here, there] = await Promise.all(channels.map((channel) => channel.until(40)));
      const told = (events: Json[] | undefined) =>
        events?.map((event) => [firstOf(event, '00001000'), ...seen(event)]);
      expect(told(here)).toEqual(told(there));
      for (const uid of uids)
        expect(
          told(here)
            ?.filter(([one]) => one === uid)
            .map(([, , state]) => state),
        ).toEqual(['SCHEDULED', 'IN PROGRESS']);
      await unsubscribe(GLOBAL, ae);
    } finally {
      await listening.close(500);
      await other.stop();
    }
  });

  it('sends many and large reports, a few at a time, all of them', async () => {
    const [uid, ae] = [await create(server), newAE()];
    const transaction = await claim(server, uid);
    await subscribe(uid, ae);
    for (let i = 1; i <= 12; i += 1) {
      const description = el('ST', 'x'.repeat(i % 3 === 0 ? 400_000 : 10));
      const progress = { '00741002': el('SQ', { '00741004': el('DS', String(i)), '00741006': description }) };
      expect((await update(server, uid, progress, transaction)).status).toBe(200);
    }
    for (let i = 0; i < 150; i += 1) await subscribe(uid, ae);
    const events = await (await channelOf(ae)).until(163);
    const progress = events
      .slice(1, 13)
      .map((event) => firstOf((valuesOf(event, '00741002') as Json[])[0], '00741004'));
    expect(progress.map(Number)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(events.map((event) => firstOf(event, '00000110'))).toEqual(
      Array.from({ length: 163 }, (_, i) => i + 1),
    );
  });

  it('says GOING DOWN and closes when the server stops', async () => {
    const other = await startServer();
    const channel = await openChannel(other, 'AE');
    await other.stop();
    expect(await channel.closed).toBe(1001);
    const [event] = channel.events;
    expect(firstOf(event, '00001002')).toBe(4);
    expect(firstOf(event, '00741242')).toBe('GOING DOWN');
    expect(firstOf(event, '00001000')).toBe(GLOBAL);
  });

  it('closes on a client that sends more than a kilobyte, and leaves the others', async () => {
    const channel = await channelOf(newAE());
    const url = `${server.url.replace('http', 'ws')}/dicom-web/ws/subscribers/AE`;
    const loud = new WebSocket(url);
    await new Promise((resolve) => loud.once('open', resolve));
    const closed = new Promise((resolve) => loud.once('close', resolve));
    loud.on('error', () => undefined);
    loud.send('x'.repeat(2000));
    expect(await closed).toBe(1009);
    expect(channel.events).toEqual([]);
  });

  it('answers 426 to a plain GET, and a plain answer to an upgrade to anything else', async () => {
    const plain = await send(server, 'GET', '/ws/subscribers/AE');
    expect([plain.status, plain.headers.upgrade]).toEqual([426, 'websocket']);
    const headers = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABk' };
    // As Java's client does with every request that it sends without TLS.
    const uid = testUid();
    const body = JSON.stringify({ '00741000': el('CS', 'IN PROGRESS') });
    const post = await request(server.url, `/dicom-web/workitems/${uid}/cancelrequest`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/dicom+json' },
      body,
    });
    expect(post.status).toBe(404);
    expect((await request(server.url, '/healthz', { headers })).status).toBe(200);
  });

  it('answers an upgrade of any other resource, and one that is malformed, in HTTP', async () => {
    const refused = (path: string, headers = {}) =>
      new Promise((resolve) => {
        const webSocket = new WebSocket(`${server.url.replace('http', 'ws')}${path}`, { headers });
        webSocket.once('unexpected-response', (_, { statusCode }) => {
          resolve(statusCode);
          webSocket.terminate();
        });
        webSocket.once('open', () => resolve('open'));
        webSocket.on('error', () => undefined);
      });
    expect(await refused('/dicom-web/nothing')).toBe(404);
    expect(await refused('/dicom-web/ws/subscribers/LONGER-THAN-SIXTEEN')).toBe(400);
    expect(await refused('/healthz')).toBe(200);
    expect(
      await rawUpgrade('Sec-WebSocket-Version: 12\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'),
    ).toMatch(/^HTTP\/1.1 426 /);
    expect(await rawUpgrade('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n')).toMatch(
      /^HTTP\/1.1 426 /,
    );
    const key = Buffer.alloc(16).toString('base64');
    const accepted = await rawUpgrade(`Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n`);
    expect(accepted).toMatch(/^HTTP\/1.1 101 /);
    const proof = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    expect(accepted).toContain(`Sec-WebSocket-Accept: ${proof}`);
  });

  it('keeps pages of other sites out', async () => {
    const { host } = new URL(server.url);
    await expect(openChannel(server, 'AE', { Origin: 'https://evil.example' })).rejects.toThrow('403');
    await expect(openChannel(server, 'AE', { Origin: 'null' })).rejects.toThrow('403');
    await expect(openChannel(server, 'AE', { Origin: `http://${host}.evil.example` })).rejects.toThrow('403');
    open.push(await openChannel(server, 'AE', { Origin: `http://${host}` }));
  });
});

describe('who may', () => {
  let local: TestServer;
  const keys: Record<string, { Authorization: string }> = {};
  beforeAll(async () => {
    local = await startServer({ authentication: 'local' });
    await addAccountOfEachRole(local);
    for (const role of ['ris', 'modality', 'technologist']) {
      const { key } = await local.services.access.makeApiKey(role, 'test');
      keys[role] = { Authorization: `Bearer ${key}` };
    }
  });
  afterAll(() => local?.stop());

  it('open a channel: who has shown who they are, by key or by a session from our own pages', async () => {
    await expect(openChannel(local, 'AE')).rejects.toThrow('401');
    await expect(openChannel(local, 'AE', { Authorization: 'Bearer isk_wrong' })).rejects.toThrow('401');
    open.push(await openChannel(local, 'AE', { ...keys.modality, Origin: 'https://anywhere.example' }));
    const session = await sessionOf(local, 'technologist');
    const { host } = new URL(local.url);
    await expect(openChannel(local, 'AE', { ...session, Origin: 'https://evil.example' })).rejects.toThrow(
      '403',
    );
    open.push(await openChannel(local, 'AE', { ...session, Origin: `http://${host}` }));
  });

  it('plan and perform: the RIS makes and changes what is scheduled, the modality what it does', async () => {
    const { workItem } = await import('./work-items.ts');
    const uid = testUid();
    const path = `/workitems/${uid}`;
    const as = (role: string, method: string, at: string, body?: unknown) =>
      send(local, method, at, body, keys[role]);
    expect((await as('modality', 'POST', `/workitems?workitem=${uid}`, workItem())).status).toBe(403);
    expect((await as('ris', 'POST', `/workitems?workitem=${uid}`, workItem())).status).toBe(201);
    const changes = { '00741202': el('LO', 'x') };
    expect((await as('modality', 'POST', path, changes)).status).toBe(403);
    expect((await as('ris', 'POST', path, changes)).status).toBe(200);
    const transaction = testUid();
    const action = { '00741000': el('CS', 'IN PROGRESS'), '00081195': el('UI', transaction) };
    expect((await as('ris', 'PUT', `${path}/state`, action)).status).toBe(403);
    expect((await as('modality', 'PUT', `${path}/state`, action)).status).toBe(200);
    expect((await as('ris', 'POST', `${path}?transaction-uid=${transaction}`, changes)).status).toBe(403);
    expect((await as('modality', 'POST', `${path}?transaction-uid=${transaction}`, changes)).status).toBe(
      200,
    );
    expect((await as('modality', 'POST', `${path}/cancelrequest`)).status).toBe(403);
    expect((await as('ris', 'GET', path)).status).toBe(200);
  });
});

describe('a deletion lock', () => {
  it('is kept with the work item', async () => {
    const [uid, ae] = [await create(server), newAE()];
    await subscribe(uid, ae, '?deletionlock=true');
    await send(server, 'POST', `/workitems/${uid}/cancelrequest`);
    expect(firstOf(await retrieve(server, uid), '00741000')).toBe('CANCELED');
    const { rows } = await server.services.pool.query<{ deletion_lock: boolean }>(
      'SELECT deletion_lock FROM work_item_subscription WHERE ae_title = $1',
      [ae],
    );
    expect(rows).toEqual([{ deletion_lock: true }]);
  });
});

async function schemaOf({ services }: TestServer): Promise<string> {
  const { rows } = await services.pool.query<{ schema: string }>('SELECT current_schema() AS schema');
  return rows[0]?.schema ?? '';
}

/** The head of the answer to an upgrade request with these headers. */
function rawUpgrade(headers: string): Promise<string> {
  const { hostname, port, host } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `GET /dicom-web/ws/subscribers/AE HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${headers}\r\n`,
      );
    });
    let text = '';
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      socket.destroy();
      resolve(text);
    });
  });
}
