import { setTimeout as sleep } from 'node:timers/promises';

/** What some work cost this process, threads and all. */
export interface Watched<T> {
  result: T;
  /** The most resident memory meanwhile, above that at the beginning. */
  bytes: number;
  /** Of the processors, in milliseconds: however busy the machine is with other things. */
  cpuMs: number;
}

/** Does `work` and watches the resident memory of this process, every 10 ms. */
export async function watchWork<T>(work: () => Promise<T>): Promise<Watched<T>> {
  const before = process.memoryUsage.rss();
  const cpuBefore = process.cpuUsage();
  let peak = before;
  let done = false;
  const sampling = (async () => {
    while (!done) {
      peak = Math.max(peak, process.memoryUsage.rss());
      await sleep(10);
    }
  })();
  try {
    const result = await work();
    peak = Math.max(peak, process.memoryUsage.rss());
    const { user, system } = process.cpuUsage(cpuBefore);
    return { result, bytes: peak - before, cpuMs: (user + system) / 1000 };
  } finally {
    done = true;
    await sampling;
  }
}
