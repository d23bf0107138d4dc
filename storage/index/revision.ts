import type { Scope } from './find-instances.ts';
import type { Pool } from './pool.ts';

/** Tells one state of a study, series or instance from every other that it had or will have. */
export interface Revision {
  /** Opaque. */
  state: string;
  changedAt: Date;
}

/** The state of what `scope` names; undefined where nothing of that name is stored. */
export async function revisionOf(pool: Pool, scope: Scope): Promise<Revision | undefined> {
  const { rows } = await pool.query<Revision>(
    scope.seriesInstanceUID === undefined
      ? {
          name: 'revision-of-study',
          // Storing and deleting both set updated_at, to the microsecond.
          text: `SELECT concat_ws('/', study_pk, extract(epoch FROM updated_at), number_of_study_related_instances) AS state, updated_at AS "changedAt"
            FROM study WHERE study_instance_uid = $1`,
          values: [scope.studyInstanceUID],
        }
      : scope.sopInstanceUID === undefined
        ? {
            name: 'revision-of-series',
            text: `SELECT concat_ws('/', series_pk, extract(epoch FROM series.updated_at), number_of_series_related_instances) AS state,
                series.updated_at AS "changedAt"
              FROM study JOIN series USING (study_pk) WHERE study_instance_uid = $1 AND series_instance_uid = $2`,
            values: [scope.studyInstanceUID, scope.seriesInstanceUID],
          }
        : {
            name: 'revision-of-instance',
            text: `SELECT concat_ws('/', instance_pk, encode(digest, 'hex')) AS state, instance.created_at AS "changedAt"
              FROM study JOIN instance USING (study_pk) JOIN series USING (series_pk)
              WHERE study_instance_uid = $1 AND series_instance_uid = $2 AND sop_instance_uid = $3`,
            values: [scope.studyInstanceUID, scope.seriesInstanceUID, scope.sopInstanceUID],
          },
  );
  return rows[0];
}
