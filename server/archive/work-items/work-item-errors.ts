import { ArchiveError } from '../archive-errors.ts';

/** Why a work item's transaction is refused; the codes of PS3.4 CC.2 in brackets. */
export type WorkItemFault =
  /** The data set does not meet the column of Table CC.2.5-3 (0106H, 0120H). */
  | 'WORK_ITEM_INVALID'
  /** There is a work item of that UID already (0111H). */
  | 'WORK_ITEM_DUPLICATE'
  /** There is no such work item (C307H). */
  | 'NOT_FOUND'
  /** There was one. */
  | 'WORK_ITEM_GONE'
  /** It is performed by somebody, and the request says no Transaction UID (C301H). */
  | 'TRANSACTION_UID_MISSING'
  /** Another Transaction UID holds it (C301H). */
  | 'TRANSACTION_UID_WRONG'
  /** It is scheduled yet: nobody has claimed it (C310H). */
  | 'WORK_ITEM_NOT_CLAIMED'
  /** It is performed by somebody already (C302H). */
  | 'WORK_ITEM_CLAIMED'
  /** It is completed or canceled, and stays so (C300H). */
  | 'WORK_ITEM_ENDED'
  /** It cannot be completed or canceled: attributes that it must have by then are missing (C304H). */
  | 'FINAL_STATE_NOT_MET'
  /** Nobody listens who could cancel it (C312H). */
  | 'PERFORMER_UNREACHABLE'
  /** It is completed: too late to cancel (C311H). */
  | 'WORK_ITEM_COMPLETED'
  /** There is no such subscription. */
  | 'SUBSCRIPTION_NOT_FOUND'
  /** More subscribers than are kept. */
  | 'TOO_MANY_SUBSCRIPTIONS';

/** `problems`, where there are any, name an attribute each. */
export class WorkItemError extends ArchiveError {
  readonly fault: WorkItemFault;
  readonly problems: readonly string[];

  constructor(fault: WorkItemFault, message: string, problems: readonly string[] = []) {
    super(fault, problems.length > 0 ? `${message} ${problems.join('; ')}` : message);
    this.fault = fault;
    this.problems = problems;
  }
}
