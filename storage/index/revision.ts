import type { InstanceLocation, Scope } from './find-instances.ts';
import type { Pool } from './pool.ts';

/** Tells one state of a study, series or instance from every other that it had or will have. */
export interface Revision {
  /** Opaque. */
  state: string;
  changedAt: Date;
}

/** The state of a study or, where `scope` names one, a series of it; undefined where nothing of that name is stored. */
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
      : {
          name: 'revision-of-series',
          text: `SELECT concat_ws('/', series_pk, extract(epoch FROM series.updated_at), number_of_series_related_instances) AS state,
              series.updated_at AS "changedAt"
            FROM study JOIN series USING (study_pk) WHERE study_instance_uid = $1 AND series_instance_uid = $2`,
          values: [scope.studyInstanceUID, scope.seriesInstanceUID],
        },
  );
  return rows[0];
}

/** The state of an instance: that of its bytes. */
export function revisionOfInstance({ instancePk, digest, storedAt }: InstanceLocation): Revision {
  return { state: `${instancePk}/${digest}`, changedAt: storedAt };
}
