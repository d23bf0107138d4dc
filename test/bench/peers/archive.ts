import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** A DICOMweb server under measurement. */
export interface Archive {
  readonly name: 'Isocenter' | 'Orthanc';
  /** The DICOMweb root, without a slash at its end. */
  readonly root: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;

/** Waits until `url` answers with success. @returns how many milliseconds that took */
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
