import type { PoolClient } from '../../../storage/index/pool.ts';
import { subscribersOf } from '../../../storage/index/work-items/work-item-subscriptions.ts';
import type { WorkItemRow } from '../../../storage/index/work-items/work-items.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { makeUid } from '../../dicom/uid.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { moveTo } from './change-state.ts';
import { hasValue, itemsOfElement } from './check-attributes.ts';
import { cancelRequestedReport, stateReport, tell } from './events.ts';
import { normalised } from './normalise.ts';
import { changing, dataSetOf, element, lockOrThrow } from './work-item.ts';
import { WorkItemError } from './work-item-errors.ts';

export interface CancellationRequest {
  sopInstanceUID: string;
  /** AE title of who asks. */
  requestingAE: string;
  /** Action information of PS3.4 Table CC.2.2-1; may be empty. */
  given: DataSet;
}

/**
 * Takes the request of somebody who does not perform a work item that it be canceled (PS3.4 CC.2.2). One that is SCHEDULED is; of one
 * that is IN PROGRESS the subscribers are told, among them, it is hoped, its performer. Throws a `WorkItemError`.
 */
export async function requestCancellation(
  parts: ArchiveParts,
  { sopInstanceUID, requestingAE, given }: CancellationRequest,
): Promise<{ outcome: 'canceled' | 'passed-on' | 'already' }> {
  const reason = normalised(given);
  const outcome = await changing(parts.pool, async (client) => {
    const row = await lockOrThrow(client, sopInstanceUID);
    switch (row.procedureStepState) {
      case 'SCHEDULED':
        await cancelScheduled(client, row, reason);
        return 'canceled';
      case 'IN PROGRESS':
        await passOn(client, row, cancelRequestedReport(sopInstanceUID, requestingAE, reason));
        return 'passed-on';
      case 'CANCELED':
        return 'already';
      case 'COMPLETED':
        throw new WorkItemError(
          'WORK_ITEM_COMPLETED',
          'The work item is COMPLETED: it is too late to cancel it.',
        );
    }
  });
  parts.logger.info({ workItem: sopInstanceUID, outcome }, 'work_item_cancellation_requested');
  return { outcome };
}

/** PS3.16 CID 9300: what the final state needs where the request gives no code. */
const UNSPECIFIED_REASON: DataSet = {
  '00080100': element('SH', '110513'),
  '00080102': element('SH', 'DCM'),
  '00080104': element('LO', 'Discontinued for unspecified reason'),
};

/** `row` with why it is canceled in its progress information, after what is there. */
function withReason(row: WorkItemRow, reason: DataSet): DataSet {
  const dataSet = dataSetOf(row);
  const [progress = {}, ...rest] = itemsOfElement(dataSet['00741002']);
  const code = [reason['0074100E'], progress['0074100E']].find(hasValue);
  const reasoned: DataSet = {
    ...progress,
    ...(reason['00741238'] ? { '00741238': reason['00741238'] } : {}),
    '0074100E': code ?? element('SQ', UNSPECIFIED_REASON),
  };
  return { ...dataSet, '00741002': element('SQ', reasoned, ...rest) };
}

/** CC.2.2.3: first to IN PROGRESS and then to CANCELED; nobody else can come between. */
async function cancelScheduled(client: PoolClient, row: WorkItemRow, reason: DataSet): Promise<void> {
  const dataSet = withReason(row, reason);
  await moveTo(client, { ...row, attributes: dataSet }, 'CANCELED', makeUid(), [
    stateReport(row.sopInstanceUID, 'IN PROGRESS', dataSet),
  ]);
}

/**
 * Cancels a work item whose performer will not come back: CC.2.1.3 lets the SCP do so by itself, with caution. For administrators;
 * whoever holds its Transaction UID finds it CANCELED. Throws a `WorkItemError` where it has ended already.
 */
export async function cancelAbandoned(
  parts: ArchiveParts,
  sopInstanceUID: string,
  why: string,
): Promise<void> {
  const reason: DataSet = why === '' ? {} : { '00741238': element('LT', why) };
  await changing(parts.pool, async (client) => {
    const row = await lockOrThrow(client, sopInstanceUID);
    if (row.procedureStepState === 'SCHEDULED') return cancelScheduled(client, row, reason);
    if (row.procedureStepState !== 'IN PROGRESS')
      throw new WorkItemError('WORK_ITEM_ENDED', `The work item is ${row.procedureStepState} already.`);
    const attributes = withReason(row, reason);
    await moveTo(client, { ...row, attributes }, 'CANCELED', row.transactionUID ?? makeUid());
  });
  parts.logger.info({ workItem: sopInstanceUID }, 'work_item_abandoned');
}

async function passOn(client: PoolClient, row: WorkItemRow, report: DataSet): Promise<void> {
  const subscribers = await subscribersOf(client, row.workItemPk);
  // CC.2.2.3: a failure where the subscription list is empty.
  if (subscribers.length === 0) {
    throw new WorkItemError(
      'PERFORMER_UNREACHABLE',
      'The work item is IN PROGRESS, and nobody has subscribed to it who could be asked to cancel it.',
    );
  }
  await tell(client, subscribers, [report]);
}
