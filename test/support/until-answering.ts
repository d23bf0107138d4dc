import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const START_TIMEOUT_MS = 60_000;

/** Waits until `url`, which `child` is to serve, answers with success. @returns how many milliseconds that took */
export async function untilAnswering(url: string, child: ChildProcess, everyMs = 50): Promise<number> {
  const begin = performance.now();
  while (performance.now() - begin < START_TIMEOUT_MS) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`${child.spawnfile} ended before it answered at ${url}`);
    const answer = await fetch(url).catch(() => undefined);
    // What is not read holds its connection.
    await answer?.arrayBuffer();
    if (answer?.ok) return performance.now() - begin;
    await sleep(everyMs);
  }
  throw new Error(`nothing answers at ${url}`);
}
