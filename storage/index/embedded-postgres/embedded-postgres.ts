import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import {
  type Cluster,
  findPostmaster,
  launchPostmaster,
  openCluster,
  openSocketDirectory,
  PORT,
  prepareCluster,
  removeForeignLocks,
  SUPERUSER,
  writeSettings,
} from './embedded-postgres-cluster.ts';
import { EmbeddedPostgresError } from './embedded-postgres-errors.ts';
import { isAlive, withLockFile } from './embedded-postgres-lock.ts';

const DATABASE = 'isocenter';
/** Every process that uses the server keeps one session of this name open: the count of those who still need it. */
export const HOLD_NAME = 'isocenter-hold';
/** Crash recovery replays at most `max_wal_size`, yet on a slow disk that takes minutes. */
const START_TIMEOUT_MS = 10 * 60_000;
/** How long the remains of a killed server may keep a new one from starting. */
const RETRY_MS = 60_000;
const POLL_MS = 50;
/** How long `stop` waits for sessions of processes which are themselves about to end. */
const LINGER_MS = 3_000;
const SHUTDOWN_TIMEOUT_MS = 60_000;
const MAX_BACK_OFF_MS = 10_000;

export interface EmbeddedPostgresOptions {
  /** Isocenter's data folder; the cluster lies in `postgres/` inside. */
  dataDir: string;
  /** False turns fsync off: for tests, whose data nobody misses after a power cut. Default true. */
  durable?: boolean;
  /** Start the server again, with back-off, whenever it dies. Without it, only reconnect to one that another started. Default false. */
  supervise?: boolean;
  /** Told what happens: an event name and a sentence without patient data. */
  onLog?: (event: string, detail: string) => void;
}

/** What pg's `Pool` and `Client` take. `host` is the folder of the unix socket. */
export interface EmbeddedPostgresConnection {
  host: string;
  port: number;
  user: string;
  database: string;
}

export interface EmbeddedPostgres {
  readonly connection: EmbeddedPostgresConnection;
  /** The same as a URL, for those who take a URL only. */
  readonly connectionString: string;
  /** Process number of the postmaster, or undefined while it is down. */
  postmasterPid(): Promise<number | undefined>;
  /** Lets go of the server, and shuts it down unless another process or session still uses it. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL server that npm brought, on a unix socket only, or adopts the one that runs on this data folder already.
 * On return the database `isocenter` exists and accepts connections. Throws an `EmbeddedPostgresError` that says what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = await openCluster(join(options.dataDir, 'postgres'), options.durable ?? true);
  const keeper = new ServerKeeper(cluster, options.supervise ?? false, options.onLog ?? (() => undefined));
  const host = await keeper.start();
  const connection = { host, port: PORT, user: SUPERUSER, database: DATABASE };
  return {
    connection,
    connectionString: `postgresql://${SUPERUSER}@localhost:${PORT}/${DATABASE}?host=${encodeURIComponent(host)}`,
    postmasterPid: async () => (await findPostmaster(cluster))?.pid,
    stop: () => keeper.stop(),
  };
}

/** What @types/pg forgets: whether the session keeps our process alive. */
type RefCounted = Client & { ref(): void; unref(): void };

/** Keeps one server up, and one session to it open as a sign that we need it. */
class ServerKeeper {
  readonly #cluster: Cluster;
  readonly #supervise: boolean;
  readonly #log: (event: string, detail: string) => void;
  #hold: Client | undefined;
  #stopped: Promise<void> | undefined;

  constructor(cluster: Cluster, supervise: boolean, log: (event: string, detail: string) => void) {
    this.#cluster = cluster;
    this.#supervise = supervise;
    this.#log = log;
  }

  /** Answers the folder of the server's socket. */
  async start(): Promise<string> {
    return await this.#underLock(async () => {
      await prepareCluster(this.#cluster);
      const host = await this.#bringUp();
      await createDatabase(host);
      return host;
    });
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  #underLock<T>(work: () => Promise<T>): Promise<T> {
    return withLockFile(join(this.#cluster.home, 'lock'), work);
  }

  /** Finds or starts the server and takes hold of it. Call under the lock. */
  async #bringUp(): Promise<string> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    const retryUntil = Date.now() + RETRY_MS;
    for (;;) {
      const running = await findPostmaster(this.#cluster);
      const host = running
        ? await this.#adopt(running.pid, running.socketDirectory, deadline)
        : await this.#launch(deadline, retryUntil);
      if (host !== undefined) return host;
      await sleep(4 * POLL_MS);
    }
  }

  /** Undefined when it died before it accepted us. */
  async #adopt(pid: number, host: string, deadline: number): Promise<string | undefined> {
    if (!(await this.#takeHold(host, deadline, () => isAlive(pid)))) return undefined;
    if (await writeSettings(this.#cluster, host)) process.kill(pid, 'SIGHUP');
    this.#log('postgres.adopted', `process ${pid} already serves ${this.#cluster.directory}`);
    return host;
  }

  /** Undefined when the reason why it did not start passes by itself. */
  async #launch(deadline: number, retryUntil: number): Promise<string | undefined> {
    const host = await openSocketDirectory(this.#cluster);
    await writeSettings(this.#cluster, host);
    const { child, ended } = await launchPostmaster(this.#cluster);
    const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
    if (await this.#takeHold(host, deadline, isRunning)) {
      this.#log('postgres.started', `process ${child.pid} serves ${this.#cluster.directory}`);
      return host;
    }
    const said = await ended;
    // After kill -9 of the postmaster its children take a moment to notice.
    const passes =
      /pre-existing shared memory block|lock file "[^"]*(postmaster\.pid|\.lock)" already exists/.test(said);
    if (!passes || Date.now() > retryUntil) {
      throw new EmbeddedPostgresError('POSTGRES_DID_NOT_START', `PostgreSQL did not start: ${said}`);
    }
    await removeForeignLocks(this.#cluster, host);
    return undefined;
  }

  /** Waits until the server accepts a session and keeps it; false when `isRunning` turns false before. */
  async #takeHold(
    host: string,
    deadline: number,
    isRunning: () => boolean | Promise<boolean>,
  ): Promise<boolean> {
    while (await isRunning()) {
      const client = await tryConnect(host);
      if (client) {
        this.#keep(client, host);
        return true;
      }
      if (Date.now() > deadline) {
        throw new EmbeddedPostgresError(
          'POSTGRES_DID_NOT_START',
          `PostgreSQL in ${this.#cluster.directory} runs but accepts no connection; see its log folder there`,
        );
      }
      await sleep(POLL_MS);
    }
    return false;
  }

  #keep(client: Client, host: string): void {
    this.#hold = client;
    // No reason for the process to stay alive.
    (client as RefCounted).unref();
    client.on('error', () => undefined);
    client.once('end', () => {
      if (this.#hold !== client || this.#stopped) return;
      this.#hold = undefined;
      this.#log('postgres.lost', 'the server ended the session: it has died or restarts');
      void this.#recover(host);
    });
  }

  async #recover(host: string): Promise<void> {
    let backOffMs = POLL_MS;
    while (!this.#stopped && !this.#hold) {
      try {
        if (this.#supervise) await this.#underLock(async () => this.#stopped ?? (await this.#bringUp()));
        else await this.#takeHold(host, Date.now() + START_TIMEOUT_MS, () => !this.#stopped);
      } catch (error) {
        this.#log('postgres.restart-failed', error instanceof Error ? error.message : String(error));
        await sleep(backOffMs, undefined, { ref: false });
        backOffMs = Math.min(backOffMs * 2, MAX_BACK_OFF_MS);
      }
    }
    if (this.#hold && !this.#stopped) this.#log('postgres.recovered', 'the server accepts connections again');
  }

  async #stop(): Promise<void> {
    await this.#underLock(async () => {
      const hold = this.#hold;
      this.#hold = undefined;
      if (!hold) return;
      (hold as RefCounted).ref();
      const isLast = await waitUntilLast(hold).catch(() => false);
      const running = isLast ? await findPostmaster(this.#cluster) : undefined;
      await hold.end().catch(() => undefined);
      if (!running) {
        this.#log('postgres.left-running', 'others still use the server');
        return;
      }
      await shutDown(running.pid);
      this.#log('postgres.stopped', `process ${running.pid} has shut down`);
    });
  }
}

async function tryConnect(host: string, database = 'postgres'): Promise<Client | undefined> {
  const client = new Client({
    host,
    port: PORT,
    user: SUPERUSER,
    database,
    application_name: HOLD_NAME,
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch {
    await client.end().catch(() => undefined);
    return undefined;
  }
}

async function createDatabase(host: string): Promise<void> {
  const client = new Client({ host, port: PORT, user: SUPERUSER, database: 'postgres' });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

/** Whether no session but ours is left. Sessions of processes that hold the server aren't waited for, others for a moment. */
async function waitUntilLast(hold: Client): Promise<boolean> {
  const deadline = Date.now() + LINGER_MS;
  for (;;) {
    const { rows } = await hold.query<{ holds: number; sessions: number }>(
      `SELECT count(*) FILTER (WHERE application_name = $1)::int AS holds, count(*)::int AS sessions
         FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
      [HOLD_NAME],
    );
    const others = rows[0];
    if (others?.sessions === 0) return true;
    if (others === undefined || others.holds > 0 || Date.now() > deadline) return false;
    await sleep(POLL_MS);
  }
}

/** PostgreSQL's fast shutdown, and, when that takes too long, the immediate one, which the next start recovers from. */
async function shutDown(pid: number): Promise<void> {
  const deadline = Date.now() + SHUTDOWN_TIMEOUT_MS;
  process.kill(pid, 'SIGINT');
  while (await isAlive(pid)) {
    if (Date.now() > deadline) {
      process.kill(pid, 'SIGQUIT');
      return;
    }
    await sleep(POLL_MS);
  }
}
