import { inTransaction, type Pool } from './pool.ts';

/** How far the reading of a study is; each new study is NEW. Kept as (0032,000A) Study Status ID. */
export type StudyStatus = 'NEW' | 'OPENED' | 'REPORTED';

export interface StudyStatusRow {
  status: StudyStatus;
  /** Null: nobody has set it yet. */
  changedAt: Date | null;
  /** A user's name. */
  changedBy: string | null;
}

export interface StudyStatusChange {
  studyInstanceUID: string;
  status: StudyStatus;
  /** Nothing is changed where the study has another status than this one. */
  from?: StudyStatus | undefined;
  changedBy: string | null;
}

const COLUMNS = `study_status_id AS status, study_status_changed_at AS "changedAt", study_status_changed_by AS "changedBy"`;

/** Undefined where there is no such study. */
export async function findStudyStatus(
  pool: Pool,
  studyInstanceUID: string,
): Promise<StudyStatusRow | undefined> {
  const { rows } = await pool.query<StudyStatusRow>({
    name: 'find-study-status',
    text: `SELECT ${COLUMNS} FROM study WHERE study_instance_uid = $1`,
    values: [studyInstanceUID],
  });
  return rows[0];
}

/**
 * Sets the status of a study; answers what it was and what it is now, undefined where there is no such study. `updated_at` stays: what
 * is stored of the study is still the same, and what clients have cached of it still good.
 */
export async function updateStudyStatus(
  pool: Pool,
  { studyInstanceUID, status, from, changedBy }: StudyStatusChange,
): Promise<{ before: StudyStatusRow; after: StudyStatusRow } | undefined> {
  return inTransaction(pool, async (client) => {
    const found = await client.query<StudyStatusRow>({
      name: 'lock-study-status',
      text: `SELECT ${COLUMNS} FROM study WHERE study_instance_uid = $1 FOR NO KEY UPDATE`,
      values: [studyInstanceUID],
    });
    const [before] = found.rows;
    if (!before) return undefined;
    if (before.status === status || (from !== undefined && before.status !== from))
      return { before, after: before };
    const { rows } = await client.query<StudyStatusRow>({
      name: 'update-study-status',
      text: `UPDATE study SET study_status_id = $2, study_status_changed_at = clock_timestamp(), study_status_changed_by = $3
        WHERE study_instance_uid = $1 RETURNING ${COLUMNS}`,
      values: [studyInstanceUID, status, changedBy],
    });
    return { before, after: rows[0] ?? before };
  });
}
