import { readFile } from 'node:fs/promises';

/** What a line of /proc says for each process together; those that have ended count nothing. Linux only. */
async function sumOf(pids: readonly number[], read: (pid: number) => Promise<number>): Promise<number> {
  const values = await Promise.all(pids.map((pid) => read(pid).catch(() => 0)));
  return values.reduce((sum, value) => sum + value, 0);
}

/** Resident memory; what processes share counts once (proc(5): Pss). */
export function residentMegabytes(pids: readonly number[]): Promise<number> {
  return sumOf(pids, async (pid) => {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
    return (Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024) / 1e6;
  });
}

/** USER_HZ of proc(5), the same on every Linux. */
const ticksPerSecond = 100;

/** Processor time that the processes have used since they started, all threads together. */
export function cpuSeconds(pids: readonly number[]): Promise<number> {
  return sumOf(pids, async (pid) => {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // proc(5): PID (NAME) STATE …; user and system time are the 14th and 15th.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  });
}
