import type { ArchiveParts } from '../archive/archive-parts.ts';
import { indexInBackground } from '../archive/search/searchable-attributes.ts';

const LOOK_EVERY_MS = 2000;
const AFTER_FAULT_MS = 30_000;

/**
 * Indexes what is stored by the attributes that an administrator adds, and removes what one takes away; one process of all that
 * share an archive at a time, going on where the last one stopped.
 */
export function startIndexing(parts: ArchiveParts): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout;
  let running: Promise<void> = Promise.resolve();
  const look = async () => {
    try {
      await indexInBackground(parts, stopping.signal);
      return LOOK_EVERY_MS;
    } catch (error) {
      parts.logger.warn({ err: error }, 'indexing_stopped');
      return AFTER_FAULT_MS;
    }
  };
  const schedule = (afterMs: number) => {
    timer = setTimeout(() => {
      running = look().then((nextMs) => {
        if (!stopping.signal.aborted) schedule(nextMs);
      });
    }, afterMs);
    timer.unref();
  };
  schedule(0);
  return {
    stop: async () => {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
