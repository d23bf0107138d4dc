import { isContentionFault } from '../../../storage/index/index-errors.ts';
import { inTransaction, type Pool, type PoolClient } from '../../../storage/index/pool.ts';
import {
  findWorkItem,
  lockWorkItem,
  type ProcedureStepState,
  type WorkItemContent,
  type WorkItemRow,
  wasRemoved,
} from '../../../storage/index/work-items/work-items.ts';
import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { stringifyDataSet } from '../../dicom/models/data-set-json.ts';
import { textOf } from './check-attributes.ts';
import { keysOf } from './match-keys.ts';
import { dateTimeOf, momentOf, offsetMinutesOf } from './moments.ts';
import { WorkItemError } from './work-item-errors.ts';

export type { ProcedureStepState } from '../../../storage/index/work-items/work-items.ts';

/** PS3.4 CC.3.1: all work items are instances of this SOP class. */
export const UPS_PUSH_SOP_CLASS_UID = '1.2.840.10008.5.1.4.34.6.1';

export interface WorkItem {
  sopInstanceUID: string;
  state: ProcedureStepState;
  /** Without (0008,1195), which is nobody's to see. */
  dataSet: DataSet;
}

export function element(vr: DataElement['vr'], ...values: NonNullable<DataElement['Value']>): DataElement {
  return values.length > 0 ? { vr, Value: values } : { vr };
}

/** The index hands out what this room gave it. */
export function dataSetOf(row: WorkItemRow): DataSet {
  return row.attributes as DataSet;
}

/** `dataSet` with what the SCP itself says: which work item it is, in which state, when it was changed. */
export function stamped(
  dataSet: DataSet,
  sopInstanceUID: string,
  state: ProcedureStepState,
  now: Date,
): DataSet {
  const { '00081195': _lock, ...rest } = dataSet;
  return {
    ...rest,
    '00080005': element('CS', 'ISO_IR 192'),
    '00080016': element('UI', UPS_PUSH_SOP_CLASS_UID),
    '00080018': element('UI', sopInstanceUID),
    '00404010': element('DT', dateTimeOf(now)),
    '00741000': element('CS', state),
  };
}

/** What the index keeps of a stamped data set. */
export function contentOf(
  dataSet: DataSet,
  other: {
    sopInstanceUID: string;
    state: ProcedureStepState;
    transactionUID: string | null;
    endedAt: Date | null;
  },
): WorkItemContent {
  const start = textOf(dataSet, '00404005');
  const zone = offsetMinutesOf(textOf(dataSet, '00080201'));
  return {
    sopInstanceUID: other.sopInstanceUID,
    procedureStepState: other.state,
    transactionUID: other.transactionUID,
    attributes: stringifyDataSet(dataSet),
    keys: keysOf(dataSet),
    scheduledStart: (start !== undefined && momentOf(start, zone)) || null,
    endedAt: other.endedAt,
  };
}

const TRIES = 5;

/** Runs `work` in one transaction; again, where PostgreSQL ended it because of another one. */
export async function changing<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(pool, work);
    } catch (error) {
      if (!isContentionFault(error) || attempt >= TRIES) throw error;
    }
  }
}

/** Throws a `WorkItemError` where there is none, or none any more. */
export async function findOrThrow(pool: Pool, sopInstanceUID: string): Promise<WorkItemRow> {
  const row = await findWorkItem(pool, sopInstanceUID);
  if (row) return row;
  throw await missing(pool, sopInstanceUID);
}

/** Holds the work item for the rest of the transaction. Throws a `WorkItemError` where there is none. */
export async function lockOrThrow(client: PoolClient, sopInstanceUID: string): Promise<WorkItemRow> {
  const row = await lockWorkItem(client, sopInstanceUID);
  if (row) return row;
  throw await missing(client, sopInstanceUID);
}

async function missing(pool: Pool | PoolClient, sopInstanceUID: string): Promise<WorkItemError> {
  return (await wasRemoved(pool, sopInstanceUID))
    ? new WorkItemError('WORK_ITEM_GONE', 'That work item has ended and been removed.')
    : new WorkItemError('NOT_FOUND', 'There is no work item of that UID.');
}
