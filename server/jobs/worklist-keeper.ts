import type { ArchiveParts } from '../archive/archive-parts.ts';
import { removeOldWorkItems } from '../archive/work-items/remove-old.ts';
import { announceRestart } from '../archive/work-items/subscribe.ts';

const EVERY_MS = 5 * 60 * 1000;

/**
 * Tells the subscribers of the worklist that the server has started again; then removes, now and then, work items that ended long
 * ago and events that nobody came for.
 */
export function startWorklistKeeper(parts: ArchiveParts): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout;
  let stopped = false;
  const removeOld = async () => {
    const removed = await removeOldWorkItems(parts);
    if (removed !== undefined && removed > 0) parts.logger.info({ removed }, 'work_items_removed');
  };
  const run = async (work: () => Promise<void>) => {
    await work().catch((error: unknown) => parts.logger.warn({ err: error }, 'worklist_not_kept'));
    if (!stopped) schedule();
  };
  const schedule = () => {
    timer = setTimeout(() => {
      running = run(removeOld);
    }, EVERY_MS);
    timer.unref();
  };
  let running: Promise<void> = run(() => announceRestart(parts));
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
