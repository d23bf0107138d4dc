import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface ProcessStatus {
  pid: number;
  parent: number;
  name: string;
}

async function allProcesses(): Promise<ProcessStatus[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      // proc(5): PID (NAME) STATE PPID …
      const [, name, state, parent] = /\((.*)\) (\S) (\d+)/s.exec(text) ?? [];
      return name === undefined || state === 'Z' ? [] : [{ pid: Number(pid), parent: Number(parent), name }];
    }),
  );
  return found.flat();
}

/** A process and its children's children whose names `isWanted` lets through. Linux only. */
export async function descendantsOf(pid: number, isWanted: (name: string) => boolean): Promise<number[]> {
  const all = (await allProcesses()).filter(({ name }) => isWanted(name));
  const found = all.filter((each) => each.pid === pid).map((each) => each.pid);
  for (const parent of found) {
    for (const each of all) if (each.parent === parent) found.push(each.pid);
  }
  return found;
}

/** The embedded PostgreSQL's processes, the postmaster first; empty while it is down. Linux only. */
export async function postgresOf(dataDir: string): Promise<number[]> {
  const path = join(dataDir, 'postgres', 'cluster', 'postmaster.pid');
  const postmaster = Number.parseInt(await readFile(path, 'utf8').catch(() => ''), 10);
  return Number.isNaN(postmaster) ? [] : await descendantsOf(postmaster, () => true);
}
