import type { PoolClient } from '../pool.ts';
import { Parameters } from '../search/sql-parameters.ts';
import { type KeyMatch, keysCondition } from './work-item-match.ts';
import type { ProcedureStepState } from './work-items.ts';

/**
 * Keeps the global subscriptions as they are until the transaction ends (`read`), or keeps others from reading them (`write`): a
 * work item made at the same moment as a global subscription must be seen by one of the two.
 */
export async function lockGlobalSubscriptions(client: PoolClient, to: 'read' | 'write'): Promise<void> {
  const mode = to === 'read' ? 'SHARE' : 'SHARE ROW EXCLUSIVE';
  await client.query(`LOCK TABLE work_item_global_subscription IN ${mode} MODE`);
}

/** Subscribers of one work item, by AE title. */
export async function subscribersOf(client: PoolClient, workItemPk: string): Promise<string[]> {
  const { rows } = await client.query<{ ae_title: string }>(
    'SELECT ae_title FROM work_item_subscription WHERE work_item_pk = $1 ORDER BY ae_title',
    [workItemPk],
  );
  return rows.map((row) => row.ae_title);
}

/** Subscribes, or changes the deletion lock of who is subscribed. */
export async function putSubscription(
  client: PoolClient,
  workItemPk: string,
  aeTitle: string,
  deletionLock: boolean,
): Promise<void> {
  await client.query(
    `INSERT INTO work_item_subscription (work_item_pk, ae_title, deletion_lock) VALUES ($1, $2, $3)
     ON CONFLICT (work_item_pk, ae_title) DO UPDATE SET deletion_lock = excluded.deletion_lock`,
    [workItemPk, aeTitle, deletionLock],
  );
}

/** True where there was a subscription. */
export async function deleteSubscription(
  client: PoolClient,
  workItemPk: string,
  aeTitle: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    'DELETE FROM work_item_subscription WHERE work_item_pk = $1 AND ae_title = $2',
    [workItemPk, aeTitle],
  );
  return rowCount === 1;
}

/** Subscribes to all work items that match and, with `deletionLock`, locks also those that were subscribed to already. */
export async function subscribeToMatching(
  client: PoolClient,
  aeTitle: string,
  deletionLock: boolean,
  matches: readonly KeyMatch[],
): Promise<void> {
  const parameters = new Parameters();
  const title = parameters.bind(aeTitle);
  const lock = parameters.bind(deletionLock);
  await client.query(
    `INSERT INTO work_item_subscription (work_item_pk, ae_title, deletion_lock)
     SELECT work_item_pk, ${title}::text, ${lock}::boolean FROM work_item WHERE ${keysCondition(matches, parameters)}
     ON CONFLICT (work_item_pk, ae_title) DO UPDATE SET deletion_lock = true
       WHERE excluded.deletion_lock AND NOT work_item_subscription.deletion_lock`,
    parameters.values,
  );
}

export interface SubscribedItem {
  workItemPk: string;
  sopInstanceUID: string;
  procedureStepState: ProcedureStepState;
  inputReadinessState: string | null;
}

/** The work items after `after` that `aeTitle` is subscribed to and that match, in the order of their making. */
export async function subscribedItems(
  client: PoolClient,
  aeTitle: string,
  matches: readonly KeyMatch[],
  { after, atMost }: { after: string; atMost: number },
): Promise<SubscribedItem[]> {
  const parameters = new Parameters();
  const { rows } = await client.query<{
    work_item_pk: string;
    sop_instance_uid: string;
    procedure_step_state: ProcedureStepState;
    input_readiness_state: string | null;
  }>(
    `SELECT work_item_pk, sop_instance_uid, procedure_step_state, keys #>> '{00404041,0}' AS input_readiness_state
     FROM work_item JOIN work_item_subscription USING (work_item_pk)
     WHERE ae_title = ${parameters.bind(aeTitle)} AND work_item_pk > ${parameters.bind(after)}
       AND ${keysCondition(matches, parameters)}
     ORDER BY work_item_pk LIMIT ${parameters.bind(atMost)}`,
    parameters.values,
  );
  return rows.map((row) => ({
    workItemPk: row.work_item_pk,
    sopInstanceUID: row.sop_instance_uid,
    procedureStepState: row.procedure_step_state,
    inputReadinessState: row.input_readiness_state,
  }));
}

/** True where there was any. */
export async function deleteAllSubscriptions(client: PoolClient, aeTitle: string): Promise<boolean> {
  const { rowCount } = await client.query('DELETE FROM work_item_subscription WHERE ae_title = $1', [
    aeTitle,
  ]);
  return (rowCount ?? 0) > 0;
}

export interface GlobalSubscription {
  aeTitle: string;
  filtered: boolean;
  /** The search's parameters, as they were sent. */
  filter: { attribute: string; value: string }[];
  deletionLock: boolean;
}

export async function putGlobalSubscription(
  client: PoolClient,
  { aeTitle, filtered, filter, deletionLock }: GlobalSubscription,
): Promise<void> {
  await client.query(
    `INSERT INTO work_item_global_subscription (ae_title, filtered, filter, deletion_lock) VALUES ($1, $2, $3, $4)
     ON CONFLICT (ae_title, filtered) DO UPDATE SET filter = excluded.filter, deletion_lock = excluded.deletion_lock`,
    [aeTitle, filtered, JSON.stringify(filter), deletionLock],
  );
}

/** True where there was one. */
export async function deleteGlobalSubscription(
  client: PoolClient,
  aeTitle: string,
  filtered: boolean,
): Promise<boolean> {
  const { rowCount } = await client.query(
    'DELETE FROM work_item_global_subscription WHERE ae_title = $1 AND filtered = $2',
    [aeTitle, filtered],
  );
  return rowCount === 1;
}

export async function globalSubscriptions(client: PoolClient): Promise<GlobalSubscription[]> {
  const { rows } = await client.query<{
    ae_title: string;
    filtered: boolean;
    filter: GlobalSubscription['filter'];
    deletion_lock: boolean;
  }>(
    'SELECT ae_title, filtered, filter, deletion_lock FROM work_item_global_subscription ORDER BY ae_title, filtered',
  );
  return rows.map((row) => ({
    aeTitle: row.ae_title,
    filtered: row.filtered,
    filter: row.filter,
    deletionLock: row.deletion_lock,
  }));
}

/** True where the row's keys match. */
export async function workItemMatches(
  client: PoolClient,
  workItemPk: string,
  matches: readonly KeyMatch[],
): Promise<boolean> {
  const parameters = new Parameters();
  const key = parameters.bind(workItemPk);
  const { rowCount } = await client.query(
    `SELECT 1 FROM work_item WHERE work_item_pk = ${key} AND ${keysCondition(matches, parameters)}`,
    parameters.values,
  );
  return rowCount === 1;
}

/** Everybody who is subscribed to anything. */
export async function allSubscribers(client: PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ ae_title: string }>(
    `SELECT ae_title FROM work_item_global_subscription UNION SELECT ae_title FROM work_item_subscription ORDER BY ae_title`,
  );
  return rows.map((row) => row.ae_title);
}
