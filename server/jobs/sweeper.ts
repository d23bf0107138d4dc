import type { ArchiveParts } from '../archive/archive-parts.ts';
import { sweepOrphansOnce } from '../archive/upkeep/check-integrity.ts';

const HOUR_MS = 60 * 60 * 1000;
const EVERY_MS = 6 * HOUR_MS;
/** Far longer than any upload takes; long enough to notice that the database was restored from an older backup. */
const ORPHAN_AGE_MS = 30 * 24 * HOUR_MS;
const FIRST_AFTER_MS = 10 * 60 * 1000;

/** Removes now and then what cut-off uploads left behind; one process of all that share an archive at a time. */
export function startSweeper(parts: ArchiveParts): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;
  let stopped = false;
  const sweep = async () => {
    try {
      const removed = await sweepOrphansOnce(parts, new Date(Date.now() - ORPHAN_AGE_MS));
      if (removed !== undefined) parts.logger.info({ removed }, 'orphans_swept');
    } catch (error) {
      parts.logger.warn({ err: error }, 'sweep_failed');
    }
  };
  const schedule = (afterMs: number) => {
    timer = setTimeout(() => {
      running = sweep().finally(() => {
        if (!stopped) schedule(EVERY_MS);
      });
    }, afterMs);
    timer.unref();
  };
  schedule(FIRST_AFTER_MS);
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
