import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;

/**
 * Runs `work` while holding the lock file at `path`, so that two processes don't start or stop one PostgreSQL at the same moment.
 * Waits as long as its holder lives; a lock whose holder has died is taken over.
 */
export async function withLockFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  const holder = `${process.pid} ${(await startTimeOf(process.pid)) ?? ''} ${randomUUID()}`;
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, holder, { mode: 0o644 });
  try {
    // A hard link appears whole or not at all: nobody ever reads a half-written lock.
    while (!(await tryLink(own, path))) {
      await removeIfDead(path);
      await sleep(POLL_MS);
    }
  } finally {
    await rm(own, { force: true });
  }
  try {
    return await work();
  } finally {
    if ((await readFile(path, 'utf8').catch(() => '')) === holder) await rm(path, { force: true });
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function removeIfDead(path: string): Promise<void> {
  const holder = await readFile(path, 'utf8').catch(() => undefined);
  if (holder === undefined || (await isHolderAlive(holder))) return;
  // Moved aside first, then read again: between reading and removing, another may have taken the lock over.
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const moved = await readFile(aside, 'utf8');
  if (moved !== holder && (await isHolderAlive(moved))) await tryLink(aside, path);
  await rm(aside, { force: true });
}

async function isHolderAlive(holder: string): Promise<boolean> {
  const [pid = '', startTime = ''] = holder.split(' ');
  if (!(await isAlive(Number(pid)))) return false;
  const now = await startTimeOf(Number(pid));
  return now === undefined || startTime === '' || now === startTime;
}

/** Whether a process of that number runs; one of another account counts, a zombie doesn't. */
export async function isAlive(pid: number): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  // In a container without an init process nobody buries orphans: they stay zombies, which kill(2) takes for alive.
  return (await processFields(pid))?.[0] !== 'Z';
}

/** When the process started (clock ticks since boot, Linux only): tells a process from a later one with its number. */
async function startTimeOf(pid: number): Promise<string | undefined> {
  return (await processFields(pid))?.[19];
}

/** proc(5): the fields of /proc/PID/stat from the 3rd, the state, on; the 2nd, the name, is in brackets and may hold blanks. */
async function processFields(pid: number): Promise<string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}
