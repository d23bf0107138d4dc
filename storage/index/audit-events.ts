import type { Pool, PoolClient } from './pool.ts';

/** Who did what to which resource, and how it ended. Names no patient. */
export interface AuditEvent {
  at: Date;
  /** A user's name; null: nobody had shown who they are. */
  actor: string | null;
  roles: readonly string[];
  /** Network address that the request came from. */
  address: string | null;
  /** As the route table calls it. */
  transaction: string;
  method: string;
  /** Status of the answer. */
  status: number;
  studyInstanceUID: string | null;
  seriesInstanceUID: string | null;
  sopInstanceUID: string | null;
  /** The path of another resource. */
  resource: string | null;
  detail: Readonly<Record<string, unknown>> | null;
  requestId: string | null;
}

/** Adds `events` in one statement; in the caller's transaction where `db` is its client. */
export async function insertAuditEvents(db: Pool | PoolClient, events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  await db.query({
    name: 'insert-audit-events',
    text: `INSERT INTO audit_event (at, actor, roles, address, transaction, method, status, study_instance_uid, series_instance_uid,
        sop_instance_uid, resource, detail, request_id)
      SELECT at, actor, ARRAY(SELECT jsonb_array_elements_text(roles)), address, transaction, method, status, study, series, sop, resource, detail, request
      FROM unnest($1::timestamptz[], $2::text[], $3::jsonb[], $4::text[], $5::text[], $6::text[], $7::smallint[], $8::text[], $9::text[],
        $10::text[], $11::text[], $12::jsonb[], $13::text[])
        AS t (at, actor, roles, address, transaction, method, status, study, series, sop, resource, detail, request)`,
    values: [
      events.map(({ at }) => at),
      events.map(({ actor }) => actor),
      events.map(({ roles }) => JSON.stringify(roles)),
      events.map(({ address }) => address),
      events.map(({ transaction }) => transaction),
      events.map(({ method }) => method),
      events.map(({ status }) => status),
      events.map(({ studyInstanceUID }) => studyInstanceUID),
      events.map(({ seriesInstanceUID }) => seriesInstanceUID),
      events.map(({ sopInstanceUID }) => sopInstanceUID),
      events.map(({ resource }) => resource),
      events.map(({ detail }) => (detail ? JSON.stringify(detail) : null)),
      events.map(({ requestId }) => requestId),
    ],
  });
}

export interface AuditFilter {
  from?: Date | undefined;
  /** Exclusive. */
  to?: Date | undefined;
  actor?: string | undefined;
  studyInstanceUID?: string | undefined;
  transaction?: string | undefined;
  /** Only events before this one: the last `id` of the page before. */
  before?: string | undefined;
  limit: number;
}

export type StoredAuditEvent = AuditEvent & { id: string };

/** The newest events that `filter` lets through, newest first. */
export async function findAuditEvents(pool: Pool, filter: AuditFilter): Promise<StoredAuditEvent[]> {
  const { rows } = await pool.query<StoredAuditEvent>({
    name: 'find-audit-events',
    text: `SELECT audit_event_id AS id, at, actor, roles, address, transaction, method, status, study_instance_uid AS "studyInstanceUID",
        series_instance_uid AS "seriesInstanceUID", sop_instance_uid AS "sopInstanceUID", resource, detail, request_id AS "requestId"
      FROM audit_event
      WHERE ($1::timestamptz IS NULL OR at >= $1) AND ($2::timestamptz IS NULL OR at < $2) AND ($3::text IS NULL OR actor = $3)
        AND ($4::text IS NULL OR study_instance_uid = $4) AND ($5::text IS NULL OR transaction = $5)
        AND ($6::bigint IS NULL OR audit_event_id < $6)
      ORDER BY audit_event_id DESC LIMIT $7`,
    values: [
      filter.from ?? null,
      filter.to ?? null,
      filter.actor ?? null,
      filter.studyInstanceUID ?? null,
      filter.transaction ?? null,
      filter.before ?? null,
      filter.limit,
    ],
  });
  return rows;
}
