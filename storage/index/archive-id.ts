import type { Pool } from './pool.ts';

/** A UUID made with the database's schema: the archive that this index belongs to. */
export async function archiveId(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ archive_id: string }>('SELECT archive_id FROM archive');
  return rows[0]?.archive_id ?? '';
}
