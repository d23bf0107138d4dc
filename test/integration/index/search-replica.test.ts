import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SearchTooBroadError } from '../../../storage/index/index-errors.ts';
import { migrate } from '../../../storage/index/migrate.ts';
import { createPool, type Pool } from '../../../storage/index/pool.ts';
import {
  type ReplicaState,
  type SearchPool,
  SearchReplica,
} from '../../../storage/index/search/search-replica.ts';
import { type Standby, type StreamedPostgres, startStreamedPostgres } from '../../support/standby.ts';

let databases: StreamedPostgres;
let first: Standby;
let second: Standby;
let primary: Pool;
let standby: Pool;
let changes: ReplicaState[];
let replica: SearchReplica;

const poolOf = (connectionString: string) =>
  createPool({ connection: { connectionString } }, 4, () => undefined);

function replicaOf(other: Pool): SearchReplica {
  changes = [];
  return new SearchReplica({
    primary,
    replica: other,
    onChange: (state) => changes.push(state),
  });
}

beforeAll(async () => {
  databases = await startStreamedPostgres(2);
  [first, second] = databases.standbys as [Standby, Standby];
  primary = poolOf(databases.primaryUrl);
  standby = poolOf(first.url);
  await migrate(primary);
  await primary.query('CREATE TABLE seen (id integer PRIMARY KEY)');
  replica = replicaOf(standby);
}, 120_000);

afterAll(async () => {
  await primary?.end();
  await standby?.end();
  await databases?.stop();
});

async function whereAndWhat(pool: SearchPool): Promise<{ onStandby: boolean; ids: number[] }> {
  const { rows } = await pool.query<{ on_standby: boolean; ids: number[] }>(
    `SELECT pg_is_in_recovery() AS on_standby, coalesce((SELECT array_agg(id ORDER BY id) FROM seen), '{}') AS ids`,
  );
  return { onStandby: rows[0]?.on_standby ?? false, ids: rows[0]?.ids ?? [] };
}

/** A statement of one's own on the standby. */
async function onStandby(text: string): Promise<void> {
  const client = new Client({ connectionString: first.url });
  await client.connect();
  await client.query(text);
  await client.end();
}

describe('searches on a replica', () => {
  it('show at once what was stored, and not what was deleted, however often both happen', async () => {
    await untilUsed();
    let fromStandby = 0;
    for (let id = 0; id < 100; id += 1) {
      await primary.query('INSERT INTO seen VALUES ($1)', [id]);
      const stored = await replica.run(whereAndWhat);
      expect(stored.ids).toEqual([id]);
      await primary.query('DELETE FROM seen');
      const deleted = await replica.run(whereAndWhat);
      expect(deleted.ids).toEqual([]);
      fromStandby += Number(stored.onStandby) + Number(deleted.onStandby);
    }
    // On a machine with no time for the standby some are answered by the primary.
    expect(fromStandby).toBeGreaterThan(0);
  });

  it('run on the primary while the replica is behind, and on the replica again when it is not', async () => {
    await untilUsed();
    await onStandby('SELECT pg_wal_replay_pause()');
    await primary.query('INSERT INTO seen VALUES (1000)');
    expect(await replica.run(whereAndWhat)).toEqual({ onStandby: false, ids: [1000] });
    expect(replica.state).toBe('behind');
    await primary.query('DELETE FROM seen');
    expect(await replica.run(whereAndWhat)).toEqual({ onStandby: false, ids: [] });
    await onStandby('SELECT pg_wal_replay_resume()');
    await untilUsed();
  });

  it('run on the primary when the replica dies, also in the middle of one, and on the replica when it is back', async () => {
    changes = [];
    replica = replicaOf(standby);
    let runs = 0;
    const whole = replica.run(async (pool) => {
      runs += 1;
      if (runs === 1) await pool.query('SELECT pg_sleep(60)');
      return whereAndWhat(pool);
    });
    await expect.poll(() => runs).toBe(1);
    await sleep(100);
    await first.kill();
    expect(await whole).toEqual({ onStandby: false, ids: [] });
    expect(runs).toBe(2);
    for (let i = 0; i < 5; i += 1) expect((await replica.run(whereAndWhat)).onStandby).toBe(false);
    expect(changes).toEqual(['lost']);
    await first.start();
    await untilUsed();
    expect(changes.at(-1)).toBe('used');
  }, 120_000);

  it('do not run on a database that is no standby, or of another archive', async () => {
    const itself = replicaOf(primary);
    for (let i = 0; i < 3; i += 1) expect((await itself.run(whereAndWhat)).onStandby).toBe(false);
    expect(changes).toEqual(['lost']);
    await primary.query('CREATE DATABASE strange');
    const url = new URL(databases.primaryUrl);
    url.pathname = '/strange';
    const strange = poolOf(url.href);
    await migrate(strange);
    changes = [];
    const stranger = new SearchReplica({
      primary: strange,
      replica: standby,
      onChange: (state) => changes.push(state),
    });
    const onStandby = await stranger.run(async (pool) => {
      const { rows } = await pool.query<{ yes: boolean }>('SELECT pg_is_in_recovery() AS yes');
      return rows[0]?.yes;
    });
    expect(onStandby).toBe(false);
    expect(changes).toEqual(['lost']);
    await strange.end();
  });

  it('are not run twice where it is the search that is wrong', async () => {
    for (const error of [new SearchTooBroadError(), new RangeError('no date')]) {
      let runs = 0;
      const work = async () => {
        runs += 1;
        throw error;
      };
      await expect(replica.run(work)).rejects.toBe(error);
      expect(runs).toBe(1);
    }
    expect(replica.state).toBe('used');
  });

  it('do not run on a standby that still follows the old primary, though its log is longer than the new one has', async () => {
    await onStandby('SELECT pg_promote()');
    await primary.query('INSERT INTO seen SELECT generate_series(1, 50000)');
    const other = poolOf(second.url);
    const ahead = async () => {
      const {
        rows: [at],
      } = await standby.query<{ lsn: string }>('SELECT pg_current_wal_flush_lsn() AS lsn');
      const { rows } = await other.query<{ yes: boolean }>(
        'SELECT pg_last_wal_replay_lsn() > $1::pg_lsn AS yes',
        [at?.lsn],
      );
      return rows[0]?.yes;
    };
    await expect.poll(ahead, { timeout: 20_000 }).toBe(true);
    changes = [];
    const searches = new SearchReplica({
      primary: standby,
      replica: other,
      onChange: (state) => changes.push(state),
    });
    expect(await searches.run(whereAndWhat)).toEqual({ onStandby: false, ids: [] });
    expect(changes).toEqual(['lost']);
    await other.end();
  });
});

async function untilUsed(): Promise<void> {
  await expect
    .poll(async () => (await replica.run(whereAndWhat)).onStandby, { timeout: 60_000, interval: 100 })
    .toBe(true);
  expect(replica.state).toBe('used');
}
