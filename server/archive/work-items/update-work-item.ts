import { subscribersOf } from '../../../storage/index/work-items/work-item-subscriptions.ts';
import { type WorkItemRow, writeWorkItem } from '../../../storage/index/work-items/work-items.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { hasValue, problemsOfUpdate, textOf } from './check-attributes.ts';
import { reportsOfUpdate, tell } from './events.ts';
import { normalised } from './normalise.ts';
import { changing, contentOf, dataSetOf, lockOrThrow, stamped } from './work-item.ts';
import { WorkItemError } from './work-item-errors.ts';

export interface Update {
  sopInstanceUID: string;
  /** What the request says beside the data set; the data set may say it too. */
  transactionUID: string | undefined;
  changes: DataSet;
  /** Called with the state, before anything is changed: throws where the caller may not change it then. */
  mayUpdate: (state: WorkItemRow['procedureStepState']) => void;
}

/**
 * Changes attributes of a work item (PS3.4 CC.2.6): all of `changes` or nothing; a sequence is replaced whole. While it is
 * performed, only by whoever has its Transaction UID; once it has ended, never. Answers whether what was sent was changed on the
 * way in. Throws a `WorkItemError`.
 */
export async function updateWorkItem(
  parts: ArchiveParts,
  { sopInstanceUID, transactionUID, changes, mayUpdate }: Update,
): Promise<{ isModified: boolean }> {
  const key = transactionUIDOf(changes, transactionUID);
  const { '00081195': _lock, '00080005': _charset, ...given } = normalised(changes);
  const isModified = hasValue(given['00404010']);
  await changing(parts.pool, async (client) => {
    const row = await lockOrThrow(client, sopInstanceUID);
    const state = row.procedureStepState;
    mayUpdate(state);
    checkHolder(row, key);
    const before = dataSetOf(row);
    const problems = problemsOfUpdate(given, before);
    if (problems.length > 0)
      throw new WorkItemError(
        'WORK_ITEM_INVALID',
        'The work item cannot be so updated (PS3.4 Table CC.2.5-3):',
        problems,
      );
    const after = stamped({ ...before, ...given }, sopInstanceUID, state, new Date());
    const content = contentOf(after, {
      sopInstanceUID,
      state,
      transactionUID: row.transactionUID,
      endedAt: null,
    });
    await writeWorkItem(client, row.workItemPk, content);
    const reports = reportsOfUpdate(sopInstanceUID, state, before, after);
    if (reports.length > 0) await tell(client, await subscribersOf(client, row.workItemPk), reports);
  });
  parts.logger.info({ workItem: sopInstanceUID }, 'work_item_updated');
  return { isModified };
}

function transactionUIDOf(changes: DataSet, beside: string | undefined): string | undefined {
  const inside = textOf(changes, '00081195');
  if (beside !== undefined && inside !== undefined && beside !== inside)
    throw new WorkItemError('WORK_ITEM_INVALID', 'The request holds two different Transaction UIDs.');
  return beside ?? inside;
}

/** PS3.4 CC.2.6.2 and CC.2.6.3. */
function checkHolder(row: WorkItemRow, key: string | undefined): void {
  switch (row.procedureStepState) {
    case 'SCHEDULED':
      if (key !== undefined)
        throw new WorkItemError(
          'WORK_ITEM_NOT_CLAIMED',
          'The work item is SCHEDULED: nobody has claimed it with a Transaction UID; update it without one.',
        );
      return;
    case 'IN PROGRESS':
      if (key === undefined)
        throw new WorkItemError(
          'TRANSACTION_UID_MISSING',
          'The work item is IN PROGRESS: updating it takes its Transaction UID.',
        );
      if (key !== row.transactionUID)
        throw new WorkItemError(
          'TRANSACTION_UID_WRONG',
          'That is not the Transaction UID of this work item.',
        );
      return;
    default:
      throw new WorkItemError(
        'WORK_ITEM_ENDED',
        `The work item is ${row.procedureStepState}, and stays as it is.`,
      );
  }
}
