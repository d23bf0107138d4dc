import type { PoolClient } from '../pool.ts';
import { firstValue, type InstanceRecord } from './instance-record.ts';

/**
 * Moves the current object under a record's UIDs to the earlier versions; its row is free then. False where the record itself is
 * one of these: an insert that is tried again after another object came. The study's row is locked by the caller, so that of two
 * objects that arrive together one replaces the other.
 */
export async function retireCurrent(
  client: PoolClient,
  record: InstanceRecord,
  seriesPk: string,
): Promise<boolean> {
  const sopInstanceUID = firstValue(record, 'SOPInstanceUID');
  const known = await client.query('SELECT 1 FROM instance_version WHERE blob_key = $1', [record.blobKey]);
  if (known.rows.length > 0) return false;
  await client.query({
    name: 'retire-instance',
    text: `WITH retired AS (DELETE FROM instance WHERE series_pk = $1 AND sop_instance_uid = $2 RETURNING *)
      INSERT INTO instance_version
        (series_pk, sop_instance_uid, version, sop_class_uid, transfer_syntax_uid, blob_key, size_bytes, digest, stored_at)
      SELECT series_pk, sop_instance_uid,
        (SELECT COALESCE(max(version), 0) + 1 FROM instance_version WHERE series_pk = $1 AND sop_instance_uid = $2),
        sop_class_uid, transfer_syntax_uid, blob_key, size_bytes, digest, created_at
      FROM retired`,
    values: [seriesPk, sopInstanceUID],
  });
  return true;
}
