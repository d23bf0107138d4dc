import { inTransaction, type Pool, type PoolClient } from '../pool.ts';
import { Parameters } from '../search/sql-parameters.ts';
import { type KeyMatch, keysCondition, type WorkItemKeys } from './work-item-match.ts';

export type { KeyMatch, KeyMatching, NameGroupMatch, NameKey, WorkItemKeys } from './work-item-match.ts';

/** (0074,1000). */
export type ProcedureStepState = 'SCHEDULED' | 'IN PROGRESS' | 'COMPLETED' | 'CANCELED';

/** DICOM JSON; this room does not look inside. */
export type WorkItemAttributes = Record<string, { vr: string; Value?: unknown[]; InlineBinary?: string }>;

export interface WorkItemRow {
  workItemPk: string;
  sopInstanceUID: string;
  procedureStepState: ProcedureStepState;
  transactionUID: string | null;
  attributes: WorkItemAttributes;
}

/** What of a work item is written. */
export interface WorkItemContent {
  sopInstanceUID: string;
  procedureStepState: ProcedureStepState;
  transactionUID: string | null;
  /** DICOM JSON text. */
  attributes: string;
  keys: WorkItemKeys;
  /** As text that sorts by time. */
  scheduledStart: string | null;
  endedAt: Date | null;
}

interface SqlRow {
  work_item_pk: string;
  sop_instance_uid: string;
  procedure_step_state: ProcedureStepState;
  transaction_uid: string | null;
  attributes: WorkItemAttributes;
}

const COLUMNS = 'work_item_pk, sop_instance_uid, procedure_step_state, transaction_uid, attributes';

function toRow(row: SqlRow): WorkItemRow {
  return {
    workItemPk: row.work_item_pk,
    sopInstanceUID: row.sop_instance_uid,
    procedureStepState: row.procedure_step_state,
    transactionUID: row.transaction_uid,
    attributes: row.attributes,
  };
}

/** Answers the new row's key; undefined where there is a work item of that UID already. */
export async function insertWorkItem(
  client: PoolClient,
  content: WorkItemContent,
): Promise<string | undefined> {
  const { rows } = await client.query<{ work_item_pk: string }>(
    `INSERT INTO work_item (sop_instance_uid, procedure_step_state, transaction_uid, attributes, attributes_length, keys, scheduled_start)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (sop_instance_uid) DO NOTHING RETURNING work_item_pk`,
    [
      content.sopInstanceUID,
      content.procedureStepState,
      content.transactionUID,
      content.attributes,
      content.attributes.length,
      JSON.stringify(content.keys),
      content.scheduledStart,
    ],
  );
  return rows[0]?.work_item_pk;
}

export async function findWorkItem(pool: Pool, sopInstanceUID: string): Promise<WorkItemRow | undefined> {
  const { rows } = await pool.query<SqlRow>(`SELECT ${COLUMNS} FROM work_item WHERE sop_instance_uid = $1`, [
    sopInstanceUID,
  ]);
  return rows[0] && toRow(rows[0]);
}

/** Finds it and holds it until the transaction ends: of several who want to change it, one goes first. */
export async function lockWorkItem(
  client: PoolClient,
  sopInstanceUID: string,
): Promise<WorkItemRow | undefined> {
  const { rows } = await client.query<SqlRow>(
    `SELECT ${COLUMNS} FROM work_item WHERE sop_instance_uid = $1 FOR NO KEY UPDATE`,
    [sopInstanceUID],
  );
  return rows[0] && toRow(rows[0]);
}

/** True where a work item of that UID was there and has been removed. */
export async function wasRemoved(pool: Pool | PoolClient, sopInstanceUID: string): Promise<boolean> {
  const { rowCount } = await pool.query('SELECT 1 FROM removed_work_item WHERE sop_instance_uid = $1', [
    sopInstanceUID,
  ]);
  return rowCount === 1;
}

/** Writes the content of a row that `lockWorkItem` holds. */
export async function writeWorkItem(
  client: PoolClient,
  workItemPk: string,
  content: WorkItemContent,
): Promise<void> {
  await client.query(
    `UPDATE work_item SET procedure_step_state = $2, transaction_uid = $3, attributes = $4, attributes_length = $5,
       keys = $6, scheduled_start = $7, modified_at = now(), ended_at = $8 WHERE work_item_pk = $1`,
    [
      workItemPk,
      content.procedureStepState,
      content.transactionUID,
      content.attributes,
      content.attributes.length,
      JSON.stringify(content.keys),
      content.scheduledStart,
      content.endedAt,
    ],
  );
}

export interface WorkItemSearch {
  matches: readonly KeyMatch[];
  /** Top-level attributes by tag; after these, or without: what is to begin first. */
  orderBy: readonly { tag: string; descending: boolean }[];
  limit: number;
  offset: number;
}

const COUNTED_AT_MOST = 10_000;

/** A work item that was found, not read yet. */
export interface FoundWorkItem {
  workItemPk: string;
  /** Characters of its attributes' text. */
  attributesLength: number;
}

/** Finds work items; `total` is a lower bound unless `totalIsExact`. Throws a RangeError for values PostgreSQL cannot take. */
export async function searchWorkItems(
  pool: Pool,
  search: WorkItemSearch,
): Promise<{ found: FoundWorkItem[]; total: number; totalIsExact: boolean }> {
  const parameters = new Parameters();
  const fromWhere = `FROM work_item WHERE ${keysCondition(search.matches, parameters)}`;
  const counting = [...parameters.values];
  const order = search.orderBy.flatMap(({ tag, descending }) => {
    const first = `keys->${parameters.bind(tag)}::text->0`;
    const direction = descending ? 'DESC' : 'ASC';
    // Names by their alphabetic group; it is NULL of what is no name.
    return [`(${first}->>'a') COLLATE "C" ${direction} NULLS LAST`, `${first} ${direction} NULLS LAST`];
  });
  const { rows } = await pool.query<{ work_item_pk: string; attributes_length: number }>(
    `SELECT work_item_pk, attributes_length ${fromWhere} ORDER BY ${[...order, 'scheduled_start NULLS LAST', 'work_item_pk'].join(', ')}
     LIMIT ${parameters.bind(search.limit + 1)} OFFSET ${parameters.bind(search.offset)}`,
    parameters.values,
  );
  const page = rows
    .slice(0, search.limit)
    .map((row) => ({ workItemPk: row.work_item_pk, attributesLength: row.attributes_length }));
  if (rows.length <= search.limit && (rows.length > 0 || search.offset === 0))
    return { found: page, total: search.offset + rows.length, totalIsExact: true };
  const counted = await pool.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM (SELECT 1 ${fromWhere} LIMIT ${COUNTED_AT_MOST}) AS counted`,
    counting,
  );
  const count = counted.rows[0]?.count ?? 0;
  const total = Math.max(count, page.length > 0 ? search.offset + rows.length : 0);
  return { found: page, total, totalIsExact: count < COUNTED_AT_MOST };
}

/** Reads work items, in this order; without those that have gone meanwhile. */
export async function readWorkItems(pool: Pool, workItemPks: readonly string[]): Promise<WorkItemRow[]> {
  const { rows } = await pool.query<SqlRow>(
    `SELECT ${COLUMNS} FROM work_item JOIN unnest($1::bigint[]) WITH ORDINALITY AS wanted(work_item_pk, n) USING (work_item_pk) ORDER BY n`,
    [workItemPks],
  );
  return rows.map(toRow);
}

/** Removes those that ended before `before` and that nobody holds by a deletion lock, some at a time; answers their UIDs. */
export function removeEndedWorkItems(pool: Pool, before: Date, atMost: number): Promise<string[]> {
  const isHeld = `EXISTS (SELECT 1 FROM work_item_subscription AS held
    WHERE held.work_item_pk = work_item.work_item_pk AND held.deletion_lock)`;
  return inTransaction(pool, async (client) => {
    const candidates = await client.query<{ work_item_pk: string }>(
      `SELECT work_item_pk FROM work_item WHERE ended_at < $1 AND NOT ${isHeld}
       ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [before, atMost],
    );
    // Asked again now that nobody can subscribe: a deletion lock may have come between.
    const { rows } = await client.query<{ sop_instance_uid: string }>(
      `WITH removed AS (
         DELETE FROM work_item WHERE work_item_pk = ANY($1::bigint[]) AND NOT ${isHeld} RETURNING sop_instance_uid)
       INSERT INTO removed_work_item (sop_instance_uid) SELECT sop_instance_uid FROM removed
       ON CONFLICT (sop_instance_uid) DO UPDATE SET removed_at = now() RETURNING sop_instance_uid`,
      [candidates.rows.map((row) => row.work_item_pk)],
    );
    return rows.map((row) => row.sop_instance_uid);
  });
}

/** Forgets work items that were removed before `before`. */
export async function forgetRemovedWorkItems(pool: Pool, before: Date): Promise<void> {
  await pool.query('DELETE FROM removed_work_item WHERE removed_at < $1', [before]);
}
