import { setTimeout as sleep } from 'node:timers/promises';
import { SearchTooBroadError, translateIndexError } from '../index-errors.ts';
import type { Pool, PoolClient } from '../pool.ts';

/** What a search needs of a database. */
export type SearchPool = Pick<Pool, 'query'>;

/** Where searches run. */
export interface Searches {
  run<T>(work: (pool: SearchPool) => Promise<T>): Promise<T>;
}

/** `used`; `behind`: it shows less than the primary does; `lost`: it does not answer, or is no standby of the primary. */
export type ReplicaState = 'used' | 'behind' | 'lost';

export interface SearchReplicaOptions {
  primary: Pool;
  /** A hot standby of the primary. */
  replica: Pool;
  /** Told when the state changes, and why. */
  onChange: (state: ReplicaState, reason: unknown) => void;
}

/** How long a search waits for what the primary has and the replica is still to show. */
const MOST_WAIT_MS = 250;
const POLL_MS = 4;
/** Whether a replica is to be used is known by then, or it counts as lost. */
const MOST_CHECK_MS = 1000;
const RETRY_AFTER_MS: Record<ReplicaState, number> = { used: 0, behind: 500, lost: 5000 };

/**
 * Runs searches on a replica, and yet none shows less, or more, than the primary would: a search runs once the replica has replayed all
 * that had been committed on the primary, by whichever server, when the search began. So nobody misses what is stored, and nobody
 * sees what is deleted. Where the replica is too far behind, or fails, searches run on the primary.
 */
export class SearchReplica implements Searches {
  readonly #options: SearchReplicaOptions;
  #state: ReplicaState = 'used';
  /** On the clock of `performance.now`. */
  #restsUntil = 0;
  #isTried = false;
  #isOfOurArchive = false;
  /** That of the primary on which the replica was seen. */
  #timeline: string | undefined;

  constructor(options: SearchReplicaOptions) {
    this.#options = options;
  }

  get state(): ReplicaState {
    return this.#state;
  }

  /** `work` reads only: where the replica fails in the middle it is run again, on the primary. */
  async run<T>(work: (pool: SearchPool) => Promise<T>): Promise<T> {
    const { primary } = this.#options;
    const client = await this.#caughtUpUnlessResting();
    if (!client) return work(primary);
    try {
      const result = await work(poolOf(client));
      client.release();
      return result;
    } catch (error) {
      const isOurs = error instanceof RangeError || error instanceof SearchTooBroadError;
      client.release(!isOurs);
      if (isOurs) throw error;
      this.#become('lost', error);
      return work(primary);
    }
  }

  async #caughtUpUnlessResting(): Promise<PoolClient | undefined> {
    if (performance.now() < this.#restsUntil) return undefined;
    if (this.#state === 'used') return this.#caughtUp();
    // One search tries for all.
    if (this.#isTried) return undefined;
    this.#isTried = true;
    try {
      return await this.#caughtUp();
    } finally {
      this.#isTried = false;
    }
  }

  /** A connection to the replica on which all is visible that was committed before; to be released. */
  async #caughtUp(): Promise<PoolClient | undefined> {
    const wanted = await this.#committed();
    let client: PoolClient | undefined;
    try {
      client = await inTime(this.#options.replica.connect(), (late) => late.release());
      if (await hasReplayed(client, wanted.position)) {
        this.#isOfOurArchive ||= await isOfArchive(client, wanted.archive_id);
        if (!this.#isOfOurArchive) throw new Error('the replica belongs to another archive');
        if (this.#timeline !== wanted.timeline && !(await isOnTimeline(client, wanted.timeline)))
          throw new Error('the replica does not follow this primary, or not for long');
        this.#timeline = wanted.timeline;
        this.#become('used', undefined);
        return client;
      }
      client.release();
      this.#become('behind', `not caught up after ${MOST_WAIT_MS} ms`);
    } catch (error) {
      client?.release(true);
      this.#become('lost', error);
    }
    return undefined;
  }

  /** Where the primary's log ends that holds every transaction that anyone was told is committed; and whose log it is. */
  async #committed(): Promise<Committed> {
    const { rows } = await this.#options.primary.query<Committed>({
      name: 'committed',
      // Without synchronous_commit, which nobody should turn off, transactions are committed before they are written.
      text: `SELECT archive_id, left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline, CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
        ELSE pg_current_wal_flush_lsn() END AS position FROM archive`,
    });
    const [row] = rows;
    if (!row) throw new Error('the index has no identifier');
    return row;
  }

  #become(state: ReplicaState, reason: unknown): void {
    this.#restsUntil = performance.now() + RETRY_AFTER_MS[state];
    if (state === 'lost') {
      this.#isOfOurArchive = false;
      this.#timeline = undefined;
    }
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onChange(state, reason);
  }
}

interface Committed {
  archive_id: string;
  /** Eight hexadecimal digits: another one since each time that a standby took over (PostgreSQL 25.3.5). */
  timeline: string;
  /** Log sequence number. */
  position: string;
}

/** Throws where the database is no standby. */
async function hasReplayed(client: PoolClient, position: string): Promise<boolean> {
  const deadline = performance.now() + MOST_WAIT_MS;
  for (;;) {
    const { rows } = await inTime(
      client.query<{ is_standby: boolean; is_there: boolean }>({
        name: 'has-replayed',
        text: `SELECT pg_is_in_recovery() AS is_standby, coalesce(pg_last_wal_replay_lsn() >= $1::pg_lsn, false) AS is_there`,
        values: [position],
      }),
    );
    if (!rows[0]?.is_standby) throw new Error('the replica is no standby');
    if (rows[0].is_there) return true;
    if (performance.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
}

/** A standby of one that took over says so after its next restart point. One of the old primary never does. */
async function isOnTimeline(client: PoolClient, timeline: string): Promise<boolean> {
  const { rows } = await inTime(
    client.query<{ timeline: string }>(
      "SELECT upper(lpad(to_hex(timeline_id), 8, '0')) AS timeline FROM pg_control_checkpoint()",
    ),
  );
  return rows[0]?.timeline === timeline;
}

async function isOfArchive(client: PoolClient, archiveId: string): Promise<boolean> {
  const { rows } = await inTime(client.query<{ archive_id: string }>('SELECT archive_id FROM archive'));
  return rows[0]?.archive_id === archiveId;
}

/** Rejects where `promise` takes too long; what comes `late` is handed on. */
async function inTime<T>(promise: Promise<T>, late?: (result: T) => void): Promise<T> {
  const aborting = new AbortController();
  const timeout = sleep(MOST_CHECK_MS, undefined, { signal: aborting.signal, ref: false }).then(() => {
    if (late) promise.then(late, () => undefined);
    throw new Error('the replica does not answer in time');
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    timeout.catch(() => undefined);
    aborting.abort();
  }
}

/** The one connection in place of a pool, its faults named as a pool's are. */
function poolOf(client: PoolClient): SearchPool {
  const query = client.query.bind(client) as (...parameters: unknown[]) => Promise<unknown>;
  const translated = async (...parameters: unknown[]) => {
    try {
      return await query(...parameters);
    } catch (error) {
      throw translateIndexError(error);
    }
  };
  return { query: translated as Pool['query'] };
}
