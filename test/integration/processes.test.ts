import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance } from '../support/make-instance.ts';
import { type RealServer, startRealServer } from '../support/real-server.ts';

let dataDir: string;
let server: RealServer;

beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/build.mjs', '--server-only'], { stdio: 'ignore' });
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
});
