import { type AuditEvent, insertAuditEvents } from '../audit-events.ts';
import type { Scope } from '../find-instances.ts';
import { isContentionFault } from '../index-errors.ts';
import { inTransaction, type Pool, type PoolClient } from '../pool.ts';
import { type ReadRecord, rebuildStudy } from './rebuild-study.ts';
import { rememberDeleted } from './remember-deleted.ts';

const TRIES = 5;

export interface Deleted {
  instances: number;
  blobKeys: string[];
}

/**
 * Removes the rows of `scope`, and of the series, study and patient that this leaves empty, in one transaction; series, study and
 * patient that it does not are what is left says of them, which `readRecord` reads. Answers the
 * number of instances, and the keys of the blobs that nothing refers to any more, those of earlier versions too; none where the scope holds
 * nothing. The same transaction remembers the UIDs of what went,
 * and writes the audit event that `auditOf` makes of the number of instances.
 */
export async function deleteInstances(
  pool: Pool,
  scope: Scope,
  readRecord: ReadRecord,
  auditOf: (instances: number) => AuditEvent,
): Promise<Deleted> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(pool, (client) => deleteInTransaction(client, scope, readRecord, auditOf));
    } catch (error) {
      if (!isContentionFault(error) || attempt >= TRIES) throw error;
    }
  }
}

async function deleteInTransaction(
  client: PoolClient,
  scope: Scope,
  readRecord: ReadRecord,
  auditOf: (instances: number) => AuditEvent,
): Promise<Deleted> {
  // The study's row first, as storing does: whoever stores into it meanwhile waits, or we do.
  const study = await client.query<{ study_pk: string }>(
    'SELECT study_pk FROM study WHERE study_instance_uid = $1 FOR UPDATE',
    [scope.studyInstanceUID],
  );
  const [row] = study.rows;
  if (!row) return { instances: 0, blobKeys: [] };
  const deleted = await client.query<{ blob_key: string; series_pk: string }>(
    `DELETE FROM instance USING series WHERE instance.series_pk = series.series_pk AND instance.study_pk = $1
        AND ($2::text IS NULL OR series.series_instance_uid = $2) AND ($3::text IS NULL OR instance.sop_instance_uid = $3)
      RETURNING instance.blob_key, instance.series_pk`,
    [row.study_pk, scope.seriesInstanceUID ?? null, scope.sopInstanceUID ?? null],
  );
  if (deleted.rows.length === 0) return { instances: 0, blobKeys: [] };
  const versions = await client.query<{ blob_key: string }>(
    `DELETE FROM instance_version USING series WHERE instance_version.series_pk = series.series_pk AND series.study_pk = $1
        AND ($2::text IS NULL OR series.series_instance_uid = $2) AND ($3::text IS NULL OR instance_version.sop_instance_uid = $3)
      RETURNING blob_key`,
    [row.study_pk, scope.seriesInstanceUID ?? null, scope.sopInstanceUID ?? null],
  );
  const seriesPks = deleted.rows.map(({ series_pk }) => series_pk);
  await rebuildStudy(client, row.study_pk, seriesPks, readRecord);
  await rememberDeleted(client, scope);
  await insertAuditEvents(client, [auditOf(deleted.rows.length)]);
  return {
    instances: deleted.rows.length,
    blobKeys: [...deleted.rows, ...versions.rows].map(({ blob_key }) => blob_key),
  };
}
