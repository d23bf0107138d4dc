import { setTimeout as wait } from 'node:timers/promises';
import { renderFaultOf } from './render/render-errors.ts';

const FIRST_WAIT_MS = 100;
const MOST_TRIES = 10;

/**
 * Runs `work` and, as long as it finds the workers busy, again a while later: what streams already has no other way to say so than
 * to break off. Gives up after some 50 seconds, with what `work` said last; rejects with the signal's reason where that is aborted.
 */
export async function patiently<T>(
  work: () => Promise<T>,
  signal: AbortSignal | undefined,
  firstWaitMs = FIRST_WAIT_MS,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (renderFaultOf(error) !== 'BUSY' || tries === MOST_TRIES) throw error;
      await wait(firstWaitMs * 2 ** (tries - 1), undefined, signal ? { signal } : {}).catch(() =>
        signal?.throwIfAborted(),
      );
    }
  }
}
