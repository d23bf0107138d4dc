import type { Pool } from '../pool.ts';

/**
 * Gives the instance whose blob is lost another blob of the same bytes. False where no instance has the lost one any more: it was
 * deleted, or somebody else was quicker.
 */
export async function takeBlob(pool: Pool, lostBlobKey: string, blobKey: string): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'take-blob',
    text: 'UPDATE instance SET blob_key = $2 WHERE blob_key = $1',
    values: [lostBlobKey, blobKey],
  });
  return rowCount === 1;
}
