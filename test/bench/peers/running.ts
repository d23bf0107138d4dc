import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const running = new Set<() => Promise<void>>();

/** Makes `stop` run once, whether its caller calls it or the bench is broken off. */
export function stoppedAtEnd(stop: () => Promise<void>): () => Promise<void> {
  const stopOnce = async () => {
    if (running.delete(stopOnce)) await stop();
  };
  running.add(stopOnce);
  return stopOnce;
}

/** Stops what is still running, the last first. */
export async function stopAll(): Promise<void> {
  for (const stop of [...running].reverse()) await stop().catch(() => {});
}

export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
