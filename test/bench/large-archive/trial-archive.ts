import { HOLD_NAME } from '../../../storage/index/embedded-postgres/embedded-postgres.ts';
import type { Pool } from '../../../storage/index/pool.ts';
import { ROOT_UID, studyUidOf } from './studies.ts';

const NUMBERS_AT_ONCE = 10_000;

/**
 * Throws unless the archive is there to be tried out: it holds no study but made-up ones, none of the numbers `from` to `to` - 1, and nobody
 * has been using it since before `started`.
 */
export async function assertTrialArchive(
  pool: Pool,
  { from, to, started }: { from: number; to: number; started: Date },
): Promise<void> {
  const others = await pool.query(
    `SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
        AND (datname = current_database() OR application_name = $2) AND backend_start < $1`,
    [started, HOLD_NAME],
  );
  if (others.rows.length > 0)
    throw new Error(
      'Somebody else is using this archive: stop its server first (or wait a minute after it).',
    );
  const { rows: schema } = await pool.query<{ study: string | null }>(`SELECT to_regclass('study') AS study`);
  if (schema[0]?.study === null) return;
  const real = await pool.query('SELECT 1 FROM study WHERE NOT starts_with(study_instance_uid, $1) LIMIT 1', [
    `${ROOT_UID}.`,
  ]);
  if (real.rows.length > 0)
    throw new Error(
      'This archive holds studies that are not made up; take another one (ISOCENTER_DATA_DIR).',
    );
  for (let at = from; at < to; at += NUMBERS_AT_ONCE) {
    const length = Math.min(NUMBERS_AT_ONCE, to - at);
    const { rows } = await pool.query(
      'SELECT 1 FROM study WHERE study_instance_uid = ANY($1::text[]) LIMIT 1',
      [Array.from({ length }, (_, i) => studyUidOf(at + i))],
    );
    if (rows.length > 0) {
      const { rows: counted } = await pool.query<{ count: string }>('SELECT count(*) FROM study');
      throw new Error(
        `Some of these studies are there already (${counted[0]?.count} in all); begin behind them with --from.`,
      );
    }
  }
}
