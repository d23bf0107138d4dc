import { onlyOne } from '../../../storage/index/only-one.ts';
import { removeOldEvents } from '../../../storage/index/work-items/work-item-events.ts';
import {
  forgetRemovedWorkItems,
  removeEndedWorkItems,
} from '../../../storage/index/work-items/work-items.ts';
import type { ArchiveParts } from '../archive-parts.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** A completed or canceled work item that nobody holds by a deletion lock is kept so long. */
export const ENDED_KEPT_MS = 30 * DAY_MS;
/** That it was there is remembered so long. */
const REMOVED_KNOWN_MS = 365 * DAY_MS;
/** Events wait so long, and so many of them, for a subscriber whose channel is not open. */
export const EVENTS_KEPT_MS = HOUR_MS;
export const MOST_EVENTS_KEPT = 100_000;
const REMOVED_AT_ONCE = 500;
/** Any number that no other job has. */
const LOCK_NUMBER = 7_410_002;

/**
 * Removes work items that ended long ago (PS3.4 CC.2.1.3), and events that nobody came for; one process of all at a time. Answers
 * how many work items went; undefined where another process is at it.
 */
export async function removeOldWorkItems(parts: ArchiveParts, now = new Date()): Promise<number | undefined> {
  let removed = 0;
  const ran = await onlyOne(parts.pool, LOCK_NUMBER, async () => {
    const before = (ageMs: number) => new Date(now.getTime() - ageMs);
    await removeOldEvents(parts.pool, before(EVENTS_KEPT_MS), MOST_EVENTS_KEPT);
    for (;;) {
      const uids = await removeEndedWorkItems(parts.pool, before(ENDED_KEPT_MS), REMOVED_AT_ONCE);
      for (const workItem of uids) parts.logger.info({ workItem }, 'work_item_removed');
      removed += uids.length;
      if (uids.length < REMOVED_AT_ONCE) break;
    }
    await forgetRemovedWorkItems(parts.pool, before(REMOVED_KNOWN_MS));
  });
  return ran ? removed : undefined;
}
