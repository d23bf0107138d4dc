import type { Scope } from '../find-instances.ts';
import type { Pool, PoolClient } from '../pool.ts';
import { firstValue, type InstanceRecord } from './instance-record.ts';

/** Of what the scope names, and of the series and study that it leaves empty: those went too. */
export async function rememberDeleted(client: PoolClient, scope: Scope): Promise<void> {
  const { studyInstanceUID: study, seriesInstanceUID: series = '', sopInstanceUID: sop = '' } = scope;
  await client.query(
    `INSERT INTO deleted_resource (study_instance_uid, series_instance_uid, sop_instance_uid)
      SELECT study, series, sop FROM (VALUES ($1, $2, $3), ($1, $2, ''), ($1, '', '')) AS t (study, series, sop)
      WHERE (series = $2 AND sop = $3)
        OR (sop = '' AND series = '' AND NOT EXISTS (SELECT 1 FROM study WHERE study_instance_uid = $1))
        OR (sop = '' AND series <> '' AND NOT EXISTS (
          SELECT 1 FROM study JOIN series USING (study_pk) WHERE study_instance_uid = $1 AND series_instance_uid = $2))
      GROUP BY study, series, sop
      ON CONFLICT (study_instance_uid, series_instance_uid, sop_instance_uid) DO UPDATE SET deleted_at = clock_timestamp()`,
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

/** What is stored again is not deleted any more: nor its series and study, so that what was never in them is not gone but unknown. */
export async function forgetDeleted(client: PoolClient, stored: readonly InstanceRecord[]): Promise<void> {
  if (stored.length === 0) return;
  await client.query({
    name: 'forget-deleted',
    text: `DELETE FROM deleted_resource USING unnest($1::text[], $2::text[], $3::text[]) AS t(study, series, sop)
      WHERE study_instance_uid = study AND (
        (series_instance_uid = '' AND sop_instance_uid = '') OR (series_instance_uid = series AND sop_instance_uid IN ('', sop)))`,
    values: ['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID'].map((keyword) =>
      stored.map((record) => firstValue(record, keyword)),
    ),
  });
}
