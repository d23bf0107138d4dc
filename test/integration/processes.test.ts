import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstOf } from '../conformance/requests.ts';
import { GLOBAL, openChannel, workItem } from '../conformance/work-items.ts';
import { buildServer } from '../support/built-server.ts';
import { makeInstance } from '../support/make-instance.ts';
import { type RealServer, startRealServer } from '../support/real-server.ts';

let dataDir: string;
let server: RealServer;

beforeAll(async () => {
  await buildServer();
  dataDir = await mkdtemp(join(tmpdir(), 'isocenter-processes-'));
  server = await startRealServer({ dataDir, workers: 2 });
}, 120_000);

afterAll(async () => {
  await server?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

describe('a server of several processes', () => {
  it('has one that watches over those that answer', async () => {
    expect(await server.pids()).toHaveLength(3);
  });

  it('stores in one process what the others find', async () => {
    const body = makeInstance() as BodyInit;
    const stored = await fetch(`${server.url}/dicom-web/studies`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/dicom', Connection: 'close' },
      body,
    });
    expect(stored.status).toBe(200);
    for (let i = 0; i < 6; i += 1) {
      const found = await fetch(`${server.url}/dicom-web/studies`, { headers: { Connection: 'close' } });
      expect(await found.json()).toHaveLength(1);
    }
  });

  it('tells of a work item on the channels of each, once and in order', async () => {
    const channels = await Promise.all(Array.from({ length: 6 }, () => openChannel(server, 'WATCHER')));
    const post = (path: string, method = 'POST', body = '') =>
      fetch(`${server.url}/dicom-web${path}`, {
        method,
        headers: { 'Content-Type': 'application/dicom+json', Connection: 'close' },
        body,
      });
    expect((await post(`/workitems/${GLOBAL}/subscribers/WATCHER`)).status).toBe(201);
    const uids = ['1.2.3.1', '1.2.3.2', '1.2.3.3', '1.2.3.4'];
    for (const uid of uids)
      expect((await post(`/workitems?workitem=${uid}`, 'POST', JSON.stringify(workItem()))).status).toBe(201);
    for (const uid of uids) expect((await post(`/workitems/${uid}/cancelrequest`)).status).toBe(202);
    for (const channel of channels) {
      const told = (await channel.until(12)).map((event) => firstOf(event, '00001000'));
      expect(told).toEqual([...uids, ...uids.flatMap((uid) => [uid, uid])]);
    }
    expect((await post(`/workitems/${GLOBAL}/subscribers/WATCHER`, 'DELETE')).status).toBe(200);
    for (const channel of channels) {
      expect(channel.events).toHaveLength(12);
      channel.close();
    }
  });

  it('indexes by an attribute that one of them is told of, in one process for all', async () => {
    const api = `${server.url}/api/searchable-attributes`;
    const added = await fetch(api, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Connection: 'close' },
      body: JSON.stringify({ attribute: 'PatientComments', level: 'study' }),
    });
    expect(added.status).toBe(202);
    const { number } = (await added.json()) as { number: number };
    const state = async () => {
      const answer = await fetch(`${api}/${number}`, { headers: { Connection: 'close' } });
      return ((await answer.json()) as { state: string }).state;
    };
    await expect.poll(state, { timeout: 20_000 }).toBe('ready');
    for (let i = 0; i < 6; i += 1) {
      const url = `${server.url}/dicom-web/studies?PatientComments=%22%22&emptyvaluematching=true`;
      const found = await fetch(url, { headers: { Connection: 'close' } });
      expect(await found.json()).toHaveLength(1);
    }
  });

  it('counts in its metrics what any of them did', async () => {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/^isocenter_instances_stored_total\{outcome="stored"\} 1$/m);
  });

  it('stops PostgreSQL last, and leaves nothing running', async () => {
    await server.stop();
    expect(await server.pids()).toEqual([]);
    expect(await server.postgresPids()).toEqual([]);
  });

  it('stops as cleanly when it is told more than once, each of its processes too', async () => {
    server = await startRealServer({ dataDir, workers: 2 });
    expect(await server.postgresPids()).not.toEqual([]);
    await server.terminate();
    expect(await server.pids()).toEqual([]);
    expect(await server.postgresPids()).toEqual([]);
  });
});
