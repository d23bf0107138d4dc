import type { PoolClient } from '../../../storage/index/pool.ts';
import {
  allSubscribers,
  deleteAllSubscriptions,
  deleteGlobalSubscription,
  deleteSubscription,
  globalSubscriptions,
  lockGlobalSubscriptions,
  putGlobalSubscription,
  putSubscription,
  subscribedItems,
  subscribersOf,
  subscribeToMatching,
} from '../../../storage/index/work-items/work-item-subscriptions.ts';
import type { KeyMatch } from '../../../storage/index/work-items/work-items.ts';
import { InvalidSearchError } from '../archive-errors.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import {
  FILTERED_GLOBAL_SUBSCRIPTION_UID,
  GLOBAL_SUBSCRIPTION_UID,
  scpStatusReport,
  stateReport,
  tell,
} from './events.ts';
import { type Criterion, FILTER_MATCHING, matchesOf } from './matching.ts';
import { changing, dataSetOf, element, lockOrThrow } from './work-item.ts';
import { WorkItemError } from './work-item-errors.ts';

/** Each is looked at whenever a work item is created. */
const MOST_GLOBAL_SUBSCRIPTIONS = 1000;
const MOST_SUBSCRIBERS_OF_ONE = 2000;
const TOLD_AT_ONCE = 1000;

export interface Subscription {
  /** A work item, or one of the well-known UIDs that stand for all, and for all that match a filter. */
  sopInstanceUID: string;
  /** AE title of who is to be told. */
  aeTitle: string;
}

function isGlobal(sopInstanceUID: string): boolean {
  return sopInstanceUID === GLOBAL_SUBSCRIPTION_UID || isFiltered(sopInstanceUID);
}

function isFiltered(sopInstanceUID: string): boolean {
  return sopInstanceUID === FILTERED_GLOBAL_SUBSCRIPTION_UID;
}

/**
 * Subscribes to the events of one work item, of all, or of all that match (PS3.4 CC.2.3), now and to come; a deletion lock keeps them
 * from being removed once they have ended. Throws a `WorkItemError` or, for a filter, an `InvalidSearchError`.
 */
export async function subscribe(
  parts: ArchiveParts,
  { sopInstanceUID, aeTitle }: Subscription,
  { deletionLock, filter }: { deletionLock: boolean; filter: readonly Criterion[] },
): Promise<void> {
  try {
    await changing(parts.pool, (client) =>
      isGlobal(sopInstanceUID)
        ? subscribeGlobally(client, { aeTitle, filtered: isFiltered(sopInstanceUID), filter, deletionLock })
        : subscribeToOne(client, sopInstanceUID, aeTitle, deletionLock),
    );
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidSearchError(error.message);
    throw error;
  }
  parts.logger.info({ workItem: sopInstanceUID, aeTitle, deletionLock }, 'work_item_subscribed');
}

async function subscribeToOne(
  client: PoolClient,
  sopInstanceUID: string,
  aeTitle: string,
  deletionLock: boolean,
): Promise<void> {
  const row = await lockOrThrow(client, sopInstanceUID);
  const others = (await subscribersOf(client, row.workItemPk)).filter((one) => one !== aeTitle);
  if (others.length >= MOST_SUBSCRIBERS_OF_ONE) throw tooMany();
  await putSubscription(client, row.workItemPk, aeTitle, deletionLock);
  await tell(client, [aeTitle], [stateReport(sopInstanceUID, row.procedureStepState, dataSetOf(row))]);
}

async function subscribeGlobally(
  client: PoolClient,
  {
    aeTitle,
    filtered,
    filter,
    deletionLock,
  }: { aeTitle: string; filtered: boolean; filter: readonly Criterion[]; deletionLock: boolean },
): Promise<void> {
  const matches = matchesOf(filter, FILTER_MATCHING);
  if (filtered && matches.length === 0)
    throw new InvalidSearchError(
      'a filtered subscription needs a filter: attributes and the values to match',
    );
  await lockGlobalSubscriptions(client, 'write');
  const others = (await globalSubscriptions(client)).filter((one) => one.aeTitle !== aeTitle);
  if (others.length >= MOST_GLOBAL_SUBSCRIPTIONS) throw tooMany();
  await putGlobalSubscription(client, { aeTitle, filtered, filter: [...filter], deletionLock });
  await subscribeToMatching(client, aeTitle, deletionLock, matches);
  // CC.2.4.3: with a deletion lock, a report for every work item that there is.
  if (deletionLock) await tellOfAll(client, aeTitle, matches);
}

async function tellOfAll(client: PoolClient, aeTitle: string, matches: readonly KeyMatch[]): Promise<void> {
  for (let after = '0'; ; ) {
    const items = await subscribedItems(client, aeTitle, matches, { after, atMost: TOLD_AT_ONCE });
    const reports = items.map(({ sopInstanceUID, procedureStepState, inputReadinessState }) =>
      stateReport(sopInstanceUID, procedureStepState, {
        '00404041': inputReadinessState === null ? element('CS') : element('CS', inputReadinessState),
      }),
    );
    await tell(client, [aeTitle], reports);
    const last = items.at(-1);
    if (!last || items.length < TOLD_AT_ONCE) return;
    after = last.workItemPk;
  }
}

/**
 * Ends a subscription. Ending a global one ends those to single work items too (PS3.4 Table CC.2.3-2). Throws a `WorkItemError` where
 * there is none.
 */
export async function unsubscribe(
  parts: ArchiveParts,
  { sopInstanceUID, aeTitle }: Subscription,
): Promise<void> {
  const found = await changing(parts.pool, async (client) => {
    if (!isGlobal(sopInstanceUID)) {
      const { workItemPk } = await lockOrThrow(client, sopInstanceUID);
      return deleteSubscription(client, workItemPk, aeTitle);
    }
    await lockGlobalSubscriptions(client, 'write');
    const wasGlobal = await deleteGlobalSubscription(client, aeTitle, isFiltered(sopInstanceUID));
    return (await deleteAllSubscriptions(client, aeTitle)) || wasGlobal;
  });
  if (!found) throw notSubscribed();
  parts.logger.info({ workItem: sopInstanceUID, aeTitle }, 'work_item_unsubscribed');
}

/** No more subscriptions to new work items; those that there are stay. Throws a `WorkItemError` where there is no global one. */
export async function suspendSubscription(
  parts: ArchiveParts,
  { sopInstanceUID, aeTitle }: Subscription,
): Promise<void> {
  if (!isGlobal(sopInstanceUID))
    throw new WorkItemError('WORK_ITEM_INVALID', 'Only global subscriptions can be suspended.');
  const found = await changing(parts.pool, async (client) => {
    await lockGlobalSubscriptions(client, 'write');
    return deleteGlobalSubscription(client, aeTitle, isFiltered(sopInstanceUID));
  });
  if (!found) throw notSubscribed();
  parts.logger.info({ workItem: sopInstanceUID, aeTitle }, 'work_item_subscription_suspended');
}

function notSubscribed(): WorkItemError {
  return new WorkItemError('SUBSCRIPTION_NOT_FOUND', 'There is no such subscription.');
}

function tooMany(): WorkItemError {
  return new WorkItemError('TOO_MANY_SUBSCRIPTIONS', 'There are as many subscribers as this server keeps.');
}

/** Tells all subscribers that the SCP has started again (SCP Status Change, PS3.4 Table CC.2.4-1). */
export async function announceRestart(parts: ArchiveParts): Promise<void> {
  await changing(parts.pool, async (client) =>
    tell(client, await allSubscribers(client), [scpStatusReport('RESTARTED')]),
  );
}
