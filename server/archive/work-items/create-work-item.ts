import type { PoolClient } from '../../../storage/index/pool.ts';
import {
  type GlobalSubscription,
  globalSubscriptions,
  lockGlobalSubscriptions,
  putSubscription,
  workItemMatches,
} from '../../../storage/index/work-items/work-item-subscriptions.ts';
import { insertWorkItem } from '../../../storage/index/work-items/work-items.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { isValidUid, makeUid } from '../../dicom/uid.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { hasValue, problemsOfCreation, textOf } from './check-attributes.ts';
import {
  assignedReport,
  FILTERED_GLOBAL_SUBSCRIPTION_UID,
  GLOBAL_SUBSCRIPTION_UID,
  stateReport,
  tell,
} from './events.ts';
import { FILTER_MATCHING, matchesOf } from './matching.ts';
import { normalised } from './normalise.ts';
import { changing, contentOf, element, stamped, UPS_PUSH_SOP_CLASS_UID } from './work-item.ts';
import { WorkItemError } from './work-item-errors.ts';

/** What a work item is labelled with that names no worklist (Table CC.2.5-3: the SCP fills it in). */
const DEFAULT_WORKLIST_LABEL = 'Default';

export interface Created {
  sopInstanceUID: string;
  /** True where values that were sent were changed, or a missing one was made up. */
  isModified: boolean;
}

/**
 * Creates a work item (PS3.4 CC.2.5), SCHEDULED, and tells those who subscribed to all. `sopInstanceUID` is what the request says
 * beside the data set; without it, the data set's own or a new one. Throws a `WorkItemError` that names each attribute at fault.
 */
export async function createWorkItem(
  parts: ArchiveParts,
  { dataSet, sopInstanceUID }: { dataSet: DataSet; sopInstanceUID: string | undefined },
): Promise<Created> {
  const uid = uidFor(dataSet, sopInstanceUID);
  const given = normalised(dataSet);
  const problems = problemsOfCreation(given);
  if (problems.length > 0)
    throw new WorkItemError(
      'WORK_ITEM_INVALID',
      'The work item cannot be created (PS3.4 Table CC.2.5-3):',
      problems,
    );
  const { filled, isModified } = filledIn(given);
  const whole = stamped(filled, uid, 'SCHEDULED', new Date());
  await changing(parts.pool, (client) => insertAndTell(client, uid, whole));
  parts.logger.info({ workItem: uid }, 'work_item_created');
  return { sopInstanceUID: uid, isModified };
}

/** (0000,1000) is how DIMSE names it, (0008,0018) how PS3.18 11.4.1.1 wants it. */
function uidFor(dataSet: DataSet, asked: string | undefined): string {
  const named = [asked, textOf(dataSet, '00080018'), textOf(dataSet, '00001000')].filter(
    (uid) => uid !== undefined,
  );
  const [first = makeUid()] = named;
  if (named.some((uid) => uid !== first))
    throw new WorkItemError('WORK_ITEM_INVALID', 'The request names two UIDs for one work item.');
  const isTaken = [GLOBAL_SUBSCRIPTION_UID, FILTERED_GLOBAL_SUBSCRIPTION_UID].includes(first);
  if (!isValidUid(first) || isTaken)
    throw new WorkItemError(
      'WORK_ITEM_INVALID',
      'What names the work item is not a UID, or the one that stands for all of them.',
    );
  return first;
}

function filledIn(given: DataSet): { filled: DataSet; isModified: boolean } {
  const sopClass = textOf(given, '00080016');
  const isLabelled = hasValue(given['00741202']);
  const isModified =
    !isLabelled ||
    hasValue(given['00404010']) ||
    (sopClass !== undefined && sopClass !== UPS_PUSH_SOP_CLASS_UID);
  const filled: DataSet = {
    '00741002': element('SQ'),
    '00741216': element('SQ'),
    ...given,
    ...(isLabelled ? {} : { '00741202': element('LO', DEFAULT_WORKLIST_LABEL) }),
  };
  return { filled, isModified };
}

async function insertAndTell(client: PoolClient, uid: string, dataSet: DataSet): Promise<void> {
  await lockGlobalSubscriptions(client, 'read');
  const content = contentOf(dataSet, {
    sopInstanceUID: uid,
    state: 'SCHEDULED',
    transactionUID: null,
    endedAt: null,
  });
  const workItemPk = await insertWorkItem(client, content);
  if (workItemPk === undefined)
    throw new WorkItemError('WORK_ITEM_DUPLICATE', 'There is a work item of that UID already.');
  const locks = new Map<string, boolean>();
  for (const subscription of await globalSubscriptions(client)) {
    if (!(await concerns(client, subscription, workItemPk))) continue;
    const { aeTitle, deletionLock } = subscription;
    locks.set(aeTitle, deletionLock || locks.get(aeTitle) === true);
  }
  for (const [aeTitle, deletionLock] of locks)
    await putSubscription(client, workItemPk, aeTitle, deletionLock);
  const assigned = assignedReport(uid, dataSet);
  await tell(
    client,
    [...locks.keys()],
    [stateReport(uid, 'SCHEDULED', dataSet), ...(assigned ? [assigned] : [])],
  );
}

async function concerns(
  client: PoolClient,
  { filtered, filter }: GlobalSubscription,
  workItemPk: string,
): Promise<boolean> {
  return !filtered || workItemMatches(client, workItemPk, matchesOf(filter, FILTER_MATCHING));
}
