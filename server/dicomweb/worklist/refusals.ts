import type { Context } from 'koa';
import { WorkItemError, type WorkItemFault } from '../../archive/work-items/work-item-errors.ts';
import { HttpError } from '../../http/http-errors.ts';
import type { DicomwebService } from '../service.ts';
import { warning } from './names.ts';

/** What a fault becomes: status, and the Standard's words for the Warning header where it has some. */
type Refusal = readonly [status: number, warning?: string];
export type Refusals = Partial<Record<WorkItemFault, Refusal>>;

const ANY_TRANSACTION: Refusals = {
  WORK_ITEM_INVALID: [400],
  WORK_ITEM_DUPLICATE: [409],
  NOT_FOUND: [404],
  WORK_ITEM_GONE: [410],
  SUBSCRIPTION_NOT_FOUND: [404],
  // PS3.18 Table 11.10.3-1: understood, but refused.
  TOO_MANY_SUBSCRIPTIONS: [403],
};

const INCONSISTENT = 'The submitted request is inconsistent with the current state of the Workitem.';

/** PS3.18 Table 11.6.3-1 and 11.6.3.2. */
export const UPDATE_REFUSALS: Refusals = {
  TRANSACTION_UID_MISSING: [400, 'The Transaction UID is missing.'],
  TRANSACTION_UID_WRONG: [400, 'The Transaction UID is incorrect.'],
  WORK_ITEM_ENDED: [400, INCONSISTENT],
  WORK_ITEM_NOT_CLAIMED: [409, 'The target URI did not reference a claimed Workitem.'],
};

const INCONSISTENT_STATE = 'The submitted request is inconsistent with the state of the UPS Instance.';

/** PS3.18 11.7.3. */
export const CHANGE_STATE_REFUSALS: Refusals = {
  TRANSACTION_UID_MISSING: [400, 'The Transaction UID is missing.'],
  TRANSACTION_UID_WRONG: [409, 'The Transaction UID is incorrect.'],
  WORK_ITEM_NOT_CLAIMED: [409, INCONSISTENT_STATE],
  WORK_ITEM_CLAIMED: [409, INCONSISTENT_STATE],
  WORK_ITEM_ENDED: [409, INCONSISTENT_STATE],
  FINAL_STATE_NOT_MET: [409, INCONSISTENT_STATE],
};

/** PS3.18 Table 11.8.3-1 and 11.8.3.2. */
export const CANCELLATION_REFUSALS: Refusals = {
  WORK_ITEM_COMPLETED: [409, 'The UPS is already COMPLETED.'],
  PERFORMER_UNREACHABLE: [409, 'The performer cannot be contacted.'],
};

/** Runs `work`; what it refuses becomes the answer that this transaction has for it. */
export async function refusing<T>(
  context: Context,
  service: DicomwebService,
  refusals: Refusals,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof WorkItemError)) throw error;
    const refusal = refusals[error.fault] ?? ANY_TRANSACTION[error.fault];
    if (!refusal) throw error;
    const [status, text] = refusal;
    const headers = text === undefined ? {} : { Warning: warning(context, service, text) };
    throw new HttpError(status, error.message, { cause: error, headers });
  }
}
