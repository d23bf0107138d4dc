import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const running = new Set<() => Promise<void>>();
let isOver = false;

/** Makes `stop` run once, whether its caller calls it or the bench is broken off; both wait until it has stopped. */
export function stoppedAtEnd(stop: () => Promise<void>): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  const stopOnce = () => {
    stopped ??= stop().finally(() => running.delete(stopOnce));
    return stopped;
  };
  running.add(stopOnce);
  return stopOnce;
}

/** Stops what is still running, the last first. */
export async function stopAll(): Promise<void> {
  for (const stop of [...running].reverse()) await stop().catch(() => {});
}

/** Stops what is still running, and lets nothing begin that needs a folder. */
export async function breakOff(): Promise<void> {
  isOver = true;
  // What was just beginning runs by now.
  while (running.size > 0) await stopAll();
}

export interface TemporaryFolder {
  readonly folder: string;
  remove(): Promise<void>;
}

/** A new folder among the system's temporary files, which goes at the end of the bench at the latest. */
export async function makeFolder(prefix: string): Promise<TemporaryFolder> {
  if (isOver) throw new Error('the bench is broken off');
  const folder = await mkdtemp(join(tmpdir(), prefix));
  // Whoever wrote into it may write a last file meanwhile.
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  return { folder, remove: stoppedAtEnd(remove) };
}

export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
