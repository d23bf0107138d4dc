import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseAccount, openAccount, type PostgresAccount } from './embedded-postgres-account.ts';
import { findPostgresBinaries, majorVersionOf, type PostgresBinaries } from './embedded-postgres-binaries.ts';
import { EmbeddedPostgresError } from './embedded-postgres-errors.ts';
import { isAlive } from './embedded-postgres-lock.ts';
import { hostAccessRules, serverSettings } from './embedded-postgres-settings.ts';

export const SUPERUSER = 'isocenter';
export const PORT = 5432;
/** Longest path of a unix socket (unix(7): sun_path has 108 bytes with the closing zero; 104 on macOS). */
const MAX_SOCKET_PATH_BYTES = process.platform === 'darwin' ? 103 : 107;

const RECENT_MS = 60_000;

/** A PostgreSQL data folder with what it takes to run it. */
export interface Cluster {
  binaries: PostgresBinaries;
  account: PostgresAccount;
  /** Holds `cluster/`, the lock, the log of the last start, and the socket where its path is short enough. */
  home: string;
  /** PostgreSQL's data directory. */
  directory: string;
  durable: boolean;
}

/** A running server of a cluster, as its postmaster.pid tells. */
export interface Postmaster {
  pid: number;
  socketDirectory: string;
}

/** Prepares the folder `home` and finds programs and account. Makes no cluster yet. */
export async function openCluster(home: string, durable: boolean): Promise<Cluster> {
  await mkdir(home, { recursive: true });
  const resolved = await realpath(home);
  const binaries = findPostgresBinaries();
  const { uid, gid } = await chooseAccount(resolved);
  await giveTo(resolved, { uid, gid });
  const account = await openAccount({ uid, gid }, resolved, binaries.postgres);
  return { binaries, account, home: resolved, directory: join(resolved, 'cluster'), durable };
}

async function giveTo(folder: string, account: { uid: number; gid: number }): Promise<void> {
  const { uid } = await lstat(folder);
  if (process.getuid?.() === 0 && uid !== account.uid) await chown(folder, account.uid, account.gid);
  if (process.getuid?.() === 0 || uid === process.getuid?.()) await chmod(folder, 0o700);
}

/** Makes the cluster where there is none, and writes its settings. Throws `POSTGRES_OTHER_VERSION`. Call under the lock. */
export async function prepareCluster(cluster: Cluster): Promise<void> {
  const found = await readFile(join(cluster.directory, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (found === undefined) {
    await initialise(cluster);
    return;
  }
  const major = await majorVersionOf(cluster.binaries.postgres);
  if (Number(found.trim()) !== major) {
    throw new EmbeddedPostgresError(
      'POSTGRES_OTHER_VERSION',
      `${cluster.directory} was made by PostgreSQL ${found.trim()}, and this release brings PostgreSQL ${major}: ` +
        `start the release that made it, or move the database with pg_dump and pg_restore`,
    );
  }
}

async function initialise(cluster: Cluster): Promise<void> {
  for (const name of await readdir(cluster.home)) {
    if (name.startsWith('new-')) await rm(join(cluster.home, name), { recursive: true, force: true });
  }
  // Made aside and renamed when whole, so that a crash here leaves nothing that looks like a cluster.
  const fresh = join(cluster.home, `new-${randomUUID().slice(0, 8)}`);
  const { file, args, options } = cluster.account.command(cluster.binaries.initdb, [
    '--pgdata',
    fresh,
    '--username',
    SUPERUSER,
    '--auth=trust',
    '--encoding=UTF8',
    // Sorts by code point and yet knows upper and lower case of every script, the same on every machine.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--data-checksums',
    ...(cluster.durable ? [] : ['--no-sync']),
  ]);
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  child.stdout.on('data', (chunk) => output.push(String(chunk)));
  child.stderr.on('data', (chunk) => output.push(String(chunk)));
  const problem = await new Promise<Error | number | null>((resolve) => {
    child.once('error', resolve);
    child.once('close', resolve);
  });
  if (problem !== 0) {
    throw new EmbeddedPostgresError(
      'POSTGRES_DID_NOT_START',
      `initdb failed: ${problem instanceof Error ? problem.message : output.join('').trim().slice(-1000)}`,
    );
  }
  await rename(fresh, cluster.directory);
}

/**
 * Writes the settings files; answers whether they differ from what was there. A running server takes them up on SIGHUP.
 */
export async function writeSettings(cluster: Cluster, socketDirectory: string): Promise<boolean> {
  const settings = serverSettings({ socketDirectory, port: PORT, durable: cluster.durable });
  const changed = await replaceFile(cluster, 'postgresql.conf', settings);
  return (await replaceFile(cluster, 'pg_hba.conf', hostAccessRules(SUPERUSER))) || changed;
}

async function replaceFile(cluster: Cluster, name: string, text: string): Promise<boolean> {
  const path = join(cluster.directory, name);
  if ((await readFile(path, 'utf8').catch(() => '')) === text) return false;
  const aside = `${path}.${randomUUID().slice(0, 8)}`;
  await writeFile(aside, text, { mode: 0o600, flush: true });
  if (process.getuid?.() === 0) await chown(aside, cluster.account.uid, cluster.account.gid);
  await rename(aside, path);
  return true;
}

/** Makes the folder of the socket: in the cluster's home, or, where that path is too long, a short one under the temporary folder. */
export async function openSocketDirectory(cluster: Cluster): Promise<string> {
  const inside = join(cluster.home, 'socket');
  const socketName = `/.s.PGSQL.${PORT}`;
  const fits = Buffer.byteLength(inside) + socketName.length <= MAX_SOCKET_PATH_BYTES;
  const hash = createHash('sha256').update(cluster.directory).digest('hex').slice(0, 16);
  const folder = fits ? inside : join(tmpdir(), `isocenter-${hash}`);
  await mkdir(folder, { mode: 0o700 }).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const found = await lstat(folder);
  const allowed = [cluster.account.uid, process.getuid?.()];
  if (!found.isDirectory() || !allowed.includes(found.uid)) {
    // Someone else's folder (or link) in a shared /tmp: whoever owns it could answer in PostgreSQL's place.
    throw new EmbeddedPostgresError(
      'POSTGRES_FOLDER_CLOSED',
      `${folder} belongs to another account: remove it`,
    );
  }
  await giveTo(folder, cluster.account);
  return folder;
}

/** The live server of this cluster, or undefined. It may not accept connections yet (crash recovery). */
export async function findPostmaster(cluster: Cluster): Promise<Postmaster | undefined> {
  const text = await readFile(join(cluster.directory, 'postmaster.pid'), 'utf8').catch(() => undefined);
  // Lines of postmaster.pid: pid, data directory, start time, port, socket directory, listen address, shared memory, status.
  const [pidLine = '', , , , socketDirectory = ''] = (text ?? '').split('\n');
  const pid = Math.abs(Number.parseInt(pidLine, 10));
  if (socketDirectory === '' || !(await isAlive(pid))) return undefined;
  if (!(await worksIn(pid, cluster.directory))) return undefined;
  return { pid, socketDirectory };
}

/** Whether the process works in `directory`, as PostgreSQL's do in the data directory; yes where it can't be known. */
async function worksIn(pid: number, directory: string): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === directory;
  } catch (error) {
    // ENOENT: gone, or a zombie. EACCES: another account's.
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}

/** A server just spawned; `ended` resolves once it has ended, with what it said. */
export interface Launch {
  child: ChildProcess;
  ended: Promise<string>;
}

/** Starts the server in a session of its own: Ctrl-C in our terminal doesn't reach it, and it outlives us. */
export async function launchPostmaster(cluster: Cluster): Promise<Launch> {
  const log = await open(
    join(cluster.home, 'start.log'),
    constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC,
    0o600,
  );
  try {
    const { file, args, options } = cluster.account.command(cluster.binaries.postgres, [
      '-D',
      cluster.directory,
    ]);
    const child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', log.fd, log.fd] });
    child.unref();
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => {
        void lastWords(cluster).then((words) => resolve(words || `ended with ${signal ?? code}`));
      });
    });
    return { child, ended };
  } finally {
    await log.close();
  }
}

/** What a server that has just ended said: first on its standard error, and then, once that is redirected, in its log. */
async function lastWords(cluster: Cluster): Promise<string> {
  const folder = join(cluster.directory, 'log');
  const names = await readdir(folder).catch(() => []);
  const paths = [join(cluster.home, 'start.log'), ...names.map((name) => join(folder, name))];
  const texts = await Promise.all(
    paths.map(async (path) => {
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
      // Log files of other weekdays are of no interest.
      return Date.now() - mtimeMs < RECENT_MS ? await readFile(path, 'utf8').catch(() => '') : '';
    }),
  );
  return texts
    .map((text) => text.trim().slice(-1000))
    .filter(Boolean)
    .join('\n');
}

/**
 * Removes a postmaster.pid, and the lock of the socket, whose number now belongs to a stranger or to a zombie that nobody buries, for
 * which PostgreSQL itself refuses to start. Only where no process at all works in the data directory (an orphaned backend would).
 */
export async function removeForeignLocks(cluster: Cluster, socketDirectory: string): Promise<void> {
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  if (processes.length === 0) return;
  for (const name of processes) {
    const owner = await stat(`/proc/${name}`).catch(() => undefined);
    const isOfAccount = owner?.uid === cluster.account.uid && Number(name) !== process.pid;
    if (isOfAccount && (await worksIn(Number(name), cluster.directory))) return;
  }
  await rm(join(cluster.directory, 'postmaster.pid'), { force: true });
  await rm(join(socketDirectory, `.s.PGSQL.${PORT}.lock`), { force: true });
}
