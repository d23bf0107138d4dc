import type { Pool } from './pool.ts';

/** Studies, and the instances that the studies count. */
export async function countRows(pool: Pool): Promise<{ studies: number; instances: number }> {
  const { rows } = await pool.query<{ studies: string; instances: string }>(
    'SELECT count(*) AS studies, COALESCE(sum(number_of_study_related_instances), 0) AS instances FROM study',
  );
  return { studies: Number(rows[0]?.studies ?? 0), instances: Number(rows[0]?.instances ?? 0) };
}
