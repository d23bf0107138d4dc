import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../../storage/index/embedded-postgres/embedded-postgres.ts';
import {
  openCluster,
  PORT,
  SUPERUSER,
} from '../../storage/index/embedded-postgres/embedded-postgres-cluster.ts';

export interface Standby {
  /** URL of the same database as on the primary. */
  url: string;
  start(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
}

export interface StreamedPostgres {
  primaryUrl: string;
  standbys: [Standby, ...Standby[]];
  stop(): Promise<void>;
}

/** A PostgreSQL server, and `count` hot standbys that stream from it (PostgreSQL 26.2.5). */
export async function startStreamedPostgres(count = 1): Promise<StreamedPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'isocenter-streamed-'));
  const primary = await startEmbeddedPostgres({ dataDir: join(folder, 'primary') });
  const from = join(folder, 'primary', 'postgres', 'cluster');
  await writeFile(join(from, 'pg_hba.conf'), `local all,replication ${SUPERUSER} trust\n`);
  const { host } = primary.connection;
  const makeStandby = async (home: string): Promise<Standby> => {
    const cluster = await openCluster(join(home, 'postgres'), true);
    await copyRunning(primary.connectionString, from, cluster.directory);
    const socket = cluster.home;
    await writeFile(join(cluster.directory, 'standby.signal'), '');
    await writeFile(
      join(cluster.directory, 'postgresql.auto.conf'),
      `primary_conninfo = 'host=${host} port=${PORT} user=${SUPERUSER}'\nunix_socket_directories = '${socket}'\nhot_standby_feedback = on\n`,
    );
    await giveAway(home, cluster.account);
    const url = primary.connectionString.replace(/host=.*$/, `host=${encodeURIComponent(socket)}`);
    let child: ReturnType<typeof spawn> | undefined;
    const start = async () => {
      const { file, args, options } = cluster.account.command(cluster.binaries.postgres, [
        '-D',
        cluster.directory,
      ]);
      child = spawn(file, args, { ...options, stdio: 'ignore' });
      await untilAnswering(url);
    };
    const kill = async () => {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child?.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      // Its children notice by themselves.
      while (await answers(url)) await sleep(50);
    };
    await start();
    return { url, start, kill };
  };
  const standbys: [Standby, ...Standby[]] = [await makeStandby(join(folder, 'standby'))];
  while (standbys.length < count)
    standbys.push(await makeStandby(join(folder, `standby-${standbys.length}`)));
  return {
    primaryUrl: primary.connectionString,
    standbys,
    stop: async () => {
      for (const { kill } of standbys) await kill();
      await primary.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** A base backup of a server that runs, through its own account of it (PostgreSQL 25.3.4). */
async function copyRunning(url: string, from: string, to: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SELECT pg_reload_conf()');
    await client.query("SELECT pg_backup_start('standby', true)");
    await cp(from, to, { recursive: true, filter: (path) => !/postmaster\.(pid|opts)$/.test(path) });
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    await writeFile(join(to, 'backup_label'), rows[0]?.labelfile ?? '');
  } finally {
    await client.end();
  }
}

/** Run by root, files are copied as root's. */
async function giveAway(home: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const ended = spawn('chown', ['-R', `${uid}:${gid}`, home], { stdio: 'ignore' });
  await new Promise((resolve) => ended.once('exit', resolve));
}

async function untilAnswering(url: string): Promise<void> {
  while (!(await answers(url))) await sleep(50);
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
