import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../storage/index/embedded-postgres/embedded-postgres.ts';

/** A process of its own that holds the server of a folder until it is killed. */
const holder = join(import.meta.dirname, '../../support/hold-postgres.ts');
let dataDir: string;
const started: EmbeddedPostgres[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'isocenter-pg-'));
  await chmod(dataDir, 0o755);
});

afterEach(async () => {
  for (const postgres of started.splice(0)) await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(
  options: Partial<Parameters<typeof startEmbeddedPostgres>[0]> = {},
): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false, ...options });
  started.push(postgres);
  return postgres;
}

async function query(postgres: EmbeddedPostgres, sql: string): Promise<unknown> {
  const client = new Client(postgres.connection);
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

async function pidOf(postgres: EmbeddedPostgres): Promise<number> {
  const pid = await postgres.postmasterPid();
  if (pid === undefined) throw new Error('no postmaster');
  return pid;
}

/** What every process of the server sees as the user it runs under. */
async function uidOf(pid: number): Promise<number> {
  return Number(/^Uid:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

describe('the embedded PostgreSQL', () => {
  it('starts a durable UTF-8 server that only a socket leads to', async () => {
    const postgres = await start({ durable: true });
    const client = new Client({ connectionString: postgres.connectionString });
    await client.connect();
    const { rows } = await client.query(`SELECT current_database() AS database, lower('ÄŁЖ') AS lower,
      current_setting('listen_addresses') AS addresses, current_setting('fsync') AS fsync,
      current_setting('synchronous_commit') AS commit, current_setting('data_checksums') AS checksums,
      current_setting('server_encoding') AS encoding`);
    await client.end();
    expect(rows).toEqual([
      {
        database: 'isocenter',
        lower: 'äłж',
        addresses: '',
        fsync: 'on',
        commit: 'on',
        checksums: 'on',
        encoding: 'UTF8',
      },
    ]);
    expect((await stat(postgres.connection.host)).mode & 0o777).toBe(0o700);
  });

  it.runIf(process.platform === 'linux')('never runs as root', async () => {
    const uid = await uidOf(await pidOf(await start()));
    expect(uid).not.toBe(0);
    if (process.getuid?.() !== 0) expect(uid).toBe(process.getuid?.());
  });

  it('is shared: it stops with the last who uses it', async () => {
    const first = await start();
    const second = await start();
    const pid = await pidOf(first);
    expect(await pidOf(second)).toBe(pid);
    await first.stop();
    await first.stop();
    expect(await query(second, 'SELECT 7')).toBe(7);
    await second.stop();
    expect(await second.postmasterPid()).toBeUndefined();
  });

  it('keeps running while a foreign session is connected', async () => {
    const postgres = await start();
    const client = new Client(postgres.connection);
    await client.connect();
    await postgres.stop();
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
    await (await start()).stop();
  });

  it('starts once where several start it at the same moment', async () => {
    const all = await Promise.all([start(), start(), start(), start()]);
    const pids = await Promise.all(all.map(pidOf));
    expect(new Set(pids).size).toBe(1);
  });

  it('outlives a killed process and is adopted by the next', async () => {
    const holders = [1, 2].map(() =>
      spawn(process.execPath, ['--import', 'tsx', holder, dataDir], {
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    );
    const answers = await Promise.all(holders.map(async (child) => String(await once(child.stdout, 'data'))));
    expect(answers[0]).toBe(answers[1]);
    for (const child of holders) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const postgres = await start();
    expect(await pidOf(postgres)).toBe(Number(answers[0]));
    await postgres.stop();
    expect(await postgres.postmasterPid()).toBeUndefined();
  });

  it('comes back with its data when the postmaster is killed', async () => {
    const events: string[] = [];
    const postgres = await start({ durable: true, supervise: true, onLog: (event) => events.push(event) });
    await query(postgres, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const pid = await pidOf(postgres);
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(async () => expect(await query(postgres, 'SELECT answer FROM kept')).toBe(42), {
      timeout: 20_000,
      interval: 50,
    });
    await vi.waitFor(() => expect(events).toContain('postgres.recovered'), { timeout: 10_000 });
    expect(await pidOf(postgres)).not.toBe(pid);
    expect(events).toContain('postgres.lost');
  });

  it('takes hold again of a server that another supervises', async () => {
    const supervisor = await start({ supervise: true });
    const events: string[] = [];
    const user = await start({ onLog: (event) => events.push(event) });
    process.kill(await pidOf(user), 'SIGKILL');
    await vi.waitFor(() => expect(events).toContain('postgres.recovered'), { timeout: 20_000 });
    await supervisor.stop();
    expect(await query(user, 'SELECT 1')).toBe(1);
  });

  it('starts after a crash left a postmaster.pid and a lock of the socket with the number of a stranger', async () => {
    const postgres = await start();
    const pidFile = join(dataDir, 'postgres/cluster/postmaster.pid');
    const lockFile = join(postgres.connection.host, '.s.PGSQL.5432.lock');
    const files = [pidFile, lockFile];
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    await postgres.stop();
    // Of the same account: PostgreSQL sees through any other.
    const { uid, gid } = await stat(pidFile.replace('postmaster.pid', ''));
    const stranger = spawn('sleep', ['60'], process.getuid?.() === 0 ? { uid, gid } : {});
    try {
      for (const [i, file] of files.entries())
        await writeFile(file, (texts[i] ?? '').replace(/^\d+/, String(stranger.pid)));
      expect(await query(await start(), 'SELECT 1')).toBe(1);
    } finally {
      stranger.kill();
    }
  });

  it('names the version when the folder is of another release', async () => {
    await mkdir(join(dataDir, 'postgres/cluster'), { recursive: true });
    await writeFile(join(dataDir, 'postgres/cluster/PG_VERSION'), '15\n');
    await expect(start()).rejects.toMatchObject({
      code: 'POSTGRES_OTHER_VERSION',
      message: expect.stringMatching(/made by PostgreSQL 15, and this release brings PostgreSQL 18/),
    });
  });

  it('takes a short path for the socket where the data folder has a long one', async () => {
    const postgres = await start({ dataDir: join(dataDir, 'a'.repeat(60), 'b'.repeat(60)) });
    expect(postgres.connection.host.startsWith(tmpdir())).toBe(true);
    expect(await query(postgres, 'SELECT 1')).toBe(1);
    await postgres.stop();
    await rm(postgres.connection.host, { recursive: true, force: true });
  });

  it.runIf(process.getuid?.() === 0)('works in a folder only root may enter, or says which', async () => {
    const closed = join(dataDir, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const outcome = await start({ dataDir: join(closed, 'data') }).catch((error: unknown) => error);
    if (outcome instanceof Error) expect(outcome.message).toContain(closed);
    else expect(await query(outcome as EmbeddedPostgres, 'SELECT 1')).toBe(1);
  });

  it('says what went wrong when the settings of an operator keep it from starting', async () => {
    const postgres = await start();
    await query(postgres, 'SELECT 1');
    await postgres.stop();
    await writeFile(join(dataDir, 'postgres/cluster/postgresql.auto.conf'), "shared_buffers = 'many'\n");
    await expect(start()).rejects.toMatchObject({
      code: 'POSTGRES_DID_NOT_START',
      message: expect.stringContaining('shared_buffers'),
    });
  });
});
