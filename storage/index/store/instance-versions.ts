import type { Scope } from '../find-instances.ts';
import type { Pool } from '../pool.ts';

/** One of the objects that were stored under the same UIDs. */
export interface InstanceVersion {
  /** From 1, in the order in which they came. */
  version: number;
  sopClassUID: string;
  transferSyntaxUID: string;
  blobKey: string;
  sizeBytes: number;
  /** SHA-256 of the blob. */
  digest: Uint8Array;
  storedAt: Date;
  /** Null: it is the current one. */
  replacedAt: Date | null;
}

/** All versions of an instance, the current one last; none where it is not stored. */
export async function versionsOf(pool: Pool, scope: Required<Scope>): Promise<InstanceVersion[]> {
  const { rows } = await pool.query<{
    version: number | null;
    sop_class_uid: string;
    transfer_syntax_uid: string;
    blob_key: string;
    size_bytes: string;
    digest: Buffer;
    stored_at: Date;
    replaced_at: Date | null;
  }>(
    `WITH wanted AS (
        SELECT series_pk FROM study JOIN series USING (study_pk) WHERE study_instance_uid = $1 AND series_instance_uid = $2)
      SELECT version, sop_class_uid, transfer_syntax_uid, blob_key, size_bytes, digest, stored_at, replaced_at
        FROM instance_version JOIN wanted USING (series_pk) WHERE sop_instance_uid = $3
      UNION ALL
      SELECT NULL, sop_class_uid, transfer_syntax_uid, blob_key, size_bytes, digest, created_at, NULL
        FROM instance JOIN wanted USING (series_pk) WHERE sop_instance_uid = $3
      ORDER BY version NULLS LAST`,
    [scope.studyInstanceUID, scope.seriesInstanceUID, scope.sopInstanceUID],
  );
  return rows.map((row, i) => ({
    version: row.version ?? (rows[i - 1]?.version ?? 0) + 1,
    sopClassUID: row.sop_class_uid,
    transferSyntaxUID: row.transfer_syntax_uid,
    blobKey: row.blob_key,
    sizeBytes: Number(row.size_bytes),
    digest: row.digest,
    storedAt: row.stored_at,
    replacedAt: row.replaced_at,
  }));
}
