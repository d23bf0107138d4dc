import type { PoolClient } from '../../../storage/index/pool.ts';
import { subscribersOf } from '../../../storage/index/work-items/work-item-subscriptions.ts';
import { type WorkItemRow, writeWorkItem } from '../../../storage/index/work-items/work-items.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { isValidUid } from '../../dicom/uid.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { hasValue, itemsOfElement, problemsOfFinalState, textOf } from './check-attributes.ts';
import { stateReport, tell } from './events.ts';
import { dateTimeOf } from './moments.ts';
import {
  changing,
  contentOf,
  dataSetOf,
  element,
  lockOrThrow,
  type ProcedureStepState,
  stamped,
} from './work-item.ts';
import { WorkItemError } from './work-item-errors.ts';

type Target = 'IN PROGRESS' | 'COMPLETED' | 'CANCELED';
const TARGETS: readonly string[] = ['IN PROGRESS', 'COMPLETED', 'CANCELED'];

/**
 * Changes the Procedure Step State (PS3.4 CC.2.1) as `action`, the action information of Table CC.2.1-1, asks: claims, completes or
 * cancels the work item. Of several who claim it at once, one gets it. Answers `already` where it was completed or canceled before,
 * by the same performer. Throws a `WorkItemError`.
 */
export async function changeState(
  parts: ArchiveParts,
  sopInstanceUID: string,
  action: DataSet,
): Promise<{ outcome: 'changed' | 'already'; state: Target }> {
  const { target, transactionUID } = askedBy(action);
  const outcome = await changing(parts.pool, async (client) => {
    const row = await lockOrThrow(client, sopInstanceUID);
    if (checkChange(row, target, transactionUID) === 'already') return 'already';
    await moveTo(client, row, target, transactionUID);
    return 'changed';
  });
  if (outcome === 'changed')
    parts.logger.info({ workItem: sopInstanceUID, state: target }, 'work_item_state_changed');
  return { outcome, state: target };
}

function askedBy(action: DataSet): { target: Target; transactionUID: string } {
  const state = textOf(action, '00741000');
  if (state === undefined || !isTarget(state)) {
    throw new WorkItemError(
      'WORK_ITEM_INVALID',
      `ProcedureStepState (0074,1000) must be one of ${TARGETS.join(', ')}.`,
    );
  }
  const transactionUID = textOf(action, '00081195');
  if (transactionUID === undefined)
    throw new WorkItemError('TRANSACTION_UID_MISSING', 'TransactionUID (0008,1195) must have a value.');
  if (!isValidUid(transactionUID))
    throw new WorkItemError('WORK_ITEM_INVALID', 'TransactionUID (0008,1195) must be a UID.');
  return { target: state, transactionUID };
}

function isTarget(state: string): state is Target {
  return TARGETS.includes(state);
}

/** PS3.4 Table CC.1.1-2. */
function checkChange(row: WorkItemRow, target: Target, transactionUID: string): 'go-on' | 'already' {
  const state = row.procedureStepState;
  if (state === 'SCHEDULED') {
    if (target === 'IN PROGRESS') return 'go-on';
    throw new WorkItemError(
      'WORK_ITEM_NOT_CLAIMED',
      'The work item is SCHEDULED; it must be IN PROGRESS before it can be completed or canceled.',
    );
  }
  const isOver = state === 'COMPLETED' || state === 'CANCELED';
  if (isOver && target !== state)
    throw new WorkItemError('WORK_ITEM_ENDED', `The work item is ${state}, and stays so.`);
  if (transactionUID !== row.transactionUID)
    throw new WorkItemError('TRANSACTION_UID_WRONG', 'That is not the Transaction UID of this work item.');
  if (isOver) return 'already';
  if (target === 'IN PROGRESS')
    throw new WorkItemError('WORK_ITEM_CLAIMED', 'The work item is IN PROGRESS already.');
  return 'go-on';
}

/** Writes the new state, if the attributes allow it, and tells the subscribers. */
export async function moveTo(
  client: PoolClient,
  row: WorkItemRow,
  target: Target,
  transactionUID: string,
  reports: DataSet[] = [],
): Promise<void> {
  const now = new Date();
  const { sopInstanceUID } = row;
  const before = dataSetOf(row);
  const dataSet = stamped(
    target === 'CANCELED' ? withCancellationTime(before, now) : before,
    sopInstanceUID,
    target,
    now,
  );
  if (target !== 'IN PROGRESS') checkFinalState(dataSet, target);
  const content = contentOf(dataSet, {
    sopInstanceUID,
    state: target,
    transactionUID,
    endedAt: target === 'IN PROGRESS' ? null : now,
  });
  await writeWorkItem(client, row.workItemPk, content);
  await tell(client, await subscribersOf(client, row.workItemPk), [
    ...reports,
    stateReport(sopInstanceUID, target satisfies ProcedureStepState, dataSet),
  ]);
}

function checkFinalState(dataSet: DataSet, target: 'COMPLETED' | 'CANCELED'): void {
  const problems = problemsOfFinalState(dataSet, target);
  if (problems.length > 0) {
    throw new WorkItemError(
      'FINAL_STATE_NOT_MET',
      `The work item cannot be ${target} yet (PS3.4 Table CC.2.5-3, Final State):`,
      problems,
    );
  }
}

/** Table CC.2.5-3: without a Procedure Step Cancellation DateTime, the SCP fills it in. */
function withCancellationTime(dataSet: DataSet, now: Date): DataSet {
  const [progress = {}, ...rest] = itemsOfElement(dataSet['00741002']);
  if (hasValue(progress['00404052'])) return dataSet;
  const filled = { ...progress, '00404052': element('DT', dateTimeOf(now)) };
  return { ...dataSet, '00741002': element('SQ', filled, ...rest) };
}
