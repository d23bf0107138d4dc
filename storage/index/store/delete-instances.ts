import { type AuditEvent, insertAuditEvents } from '../audit-events.ts';
import type { Scope } from '../find-instances.ts';
import { isContentionFault } from '../index-errors.ts';
import { inTransaction, type Pool, type PoolClient } from '../pool.ts';

const TRIES = 5;

interface StudySqlRow {
  study_pk: string;
  study_instance_uid: string;
  patient_pk: string;
}

export interface Deleted {
  instances: number;
  blobKeys: string[];
}

/**
 * Removes the rows of `scope`, and of the series, study and patient that this leaves empty, in one transaction. Answers the
 * number of instances, and the keys of the blobs that nothing refers to any more, those of earlier versions too; none where the scope holds
 * nothing. The same transaction remembers the UIDs of what went,
 * and writes the audit event that `auditOf` makes of the number of instances.
 */
export async function deleteInstances(
  pool: Pool,
  scope: Scope,
  auditOf: (instances: number) => AuditEvent,
): Promise<Deleted> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(pool, (client) => deleteInTransaction(client, scope, auditOf));
    } catch (error) {
      if (!isContentionFault(error) || attempt >= TRIES) throw error;
    }
  }
}

async function deleteInTransaction(
  client: PoolClient,
  scope: Scope,
  auditOf: (instances: number) => AuditEvent,
): Promise<Deleted> {
  // The study's row first, as storing does: whoever stores into it meanwhile waits, or we do.
  const study = await client.query<StudySqlRow>(
    'SELECT study_pk, study_instance_uid, patient_pk FROM study WHERE study_instance_uid = $1 FOR UPDATE',
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
  await recount(client, row, [...new Set(deleted.rows.map(({ series_pk }) => series_pk))]);
  await rememberDeleted(client, scope);
  await insertAuditEvents(client, [auditOf(deleted.rows.length)]);
  return {
    instances: deleted.rows.length,
    blobKeys: [...deleted.rows, ...versions.rows].map(({ blob_key }) => blob_key),
  };
}

async function recount(client: PoolClient, study: StudySqlRow, seriesPks: string[]): Promise<void> {
  await client.query(
    `UPDATE series SET number_of_series_related_instances = (SELECT count(*) FROM instance WHERE instance.series_pk = series.series_pk), updated_at = now()
      WHERE series_pk = ANY($1::bigint[])`,
    [seriesPks],
  );
  await client.query(
    'DELETE FROM series WHERE series_pk = ANY($1::bigint[]) AND number_of_series_related_instances = 0',
    [seriesPks],
  );
  await client.query(
    `UPDATE study SET
        number_of_study_related_instances = (SELECT COALESCE(sum(number_of_series_related_instances), 0) FROM series WHERE series.study_pk = study.study_pk),
        number_of_study_related_series = (SELECT count(*) FROM series WHERE series.study_pk = study.study_pk),
        modalities_in_study = ARRAY(SELECT DISTINCT modality FROM series WHERE series.study_pk = study.study_pk AND modality IS NOT NULL ORDER BY modality),
        sop_classes_in_study = ARRAY(SELECT DISTINCT sop_class_uid FROM instance WHERE instance.study_pk = study.study_pk ORDER BY sop_class_uid),
        updated_at = now()
      WHERE study_pk = $1`,
    [study.study_pk],
  );
  await client.query('DELETE FROM study WHERE study_pk = $1 AND number_of_study_related_instances = 0', [
    study.study_pk,
  ]);
  // Also the nameless patient that the study had before an instance with a Patient ID came.
  await client.query(
    `DELETE FROM patient WHERE (patient_pk = $1 OR identity = 'study:' || $2)
      AND NOT EXISTS (SELECT 1 FROM study WHERE study.patient_pk = patient.patient_pk)`,
    [study.patient_pk, study.study_instance_uid],
  );
}

/** Of what the scope names, and of the series and study that it leaves empty: those went too. */
async function rememberDeleted(client: PoolClient, scope: Scope): Promise<void> {
  const { studyInstanceUID: study, seriesInstanceUID: series = '', sopInstanceUID: sop = '' } = scope;
  await client.query(
    `INSERT INTO deleted_resource (study_instance_uid, series_instance_uid, sop_instance_uid)
      SELECT study, series, sop FROM (VALUES ($1, $2, $3), ($1, $2, ''), ($1, '', '')) AS t (study, series, sop)
      WHERE (series = $2 AND sop = $3)
        OR (sop = '' AND series = '' AND NOT EXISTS (SELECT 1 FROM study WHERE study_instance_uid = $1))
        OR (sop = '' AND series <> '' AND NOT EXISTS (
          SELECT 1 FROM study JOIN series USING (study_pk) WHERE study_instance_uid = $1 AND series_instance_uid = $2))
      GROUP BY study, series, sop
      ON CONFLICT (study_instance_uid, series_instance_uid, sop_instance_uid) DO UPDATE SET deleted_at = now()`,
    [study, series, sop],
  );
}

/** Whether `scope`, or what it lay in, was deleted. That it is not there now is for the caller to know. */
export async function wasDeleted(pool: Pool, scope: Scope): Promise<boolean> {
  const { rows } = await pool.query<{ deleted: boolean }>({
    name: 'was-deleted',
    text: `SELECT EXISTS (SELECT 1 FROM deleted_resource WHERE study_instance_uid = $1
      AND series_instance_uid IN ('', $2) AND sop_instance_uid IN ('', $3)) AS deleted`,
    values: [scope.studyInstanceUID, scope.seriesInstanceUID ?? '', scope.sopInstanceUID ?? ''],
  });
  return rows[0]?.deleted ?? false;
}
