import { inTransaction, type PoolClient } from '../../../storage/index/pool.ts';
import { subscribersOf } from '../../../storage/index/work-item-subscriptions.ts';
import type { WorkItemRow } from '../../../storage/index/work-items.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { makeUid } from '../../dicom/uid.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { moveTo } from './change-state.ts';
import { hasValue } from './check-attributes.ts';
import { cancelRequestedReport, stateReport, tell } from './events.ts';
import { normalised } from './normalise.ts';
import { dataSetOf, element, lockOrThrow } from './work-item.ts';
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
  const outcome = await inTransaction(parts.pool, async (client) => {
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

/** CC.2.2.3: first to IN PROGRESS and then to CANCELED; nobody else can come between. */
async function cancelScheduled(client: PoolClient, row: WorkItemRow, reason: DataSet): Promise<void> {
  const code = reason['0074100E'];
  const progress: DataSet = {
    ...(reason['00741238'] ? { '00741238': reason['00741238'] } : {}),
    '0074100E': code && hasValue(code) ? code : element('SQ', UNSPECIFIED_REASON),
  };
  const dataSet = { ...dataSetOf(row), '00741002': element('SQ', progress) };
  await moveTo(client, { ...row, attributes: dataSet }, 'CANCELED', makeUid(), [
    stateReport(row.sopInstanceUID, 'IN PROGRESS', dataSet),
  ]);
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
