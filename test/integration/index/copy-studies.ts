import type { Pool } from '../../../storage/index/pool.ts';

/** Columns that a copy has otherwise than its original: SQL over the copy's number `n`. */
const OWN_COLUMNS: Readonly<Record<string, string>> = {
  study_pk: 'study_pk + n * $1',
  series_pk: 'series_pk + n * $1',
  instance_pk: 'instance_pk + n * $1',
  study_instance_uid: "study_instance_uid || '.' || n",
  series_instance_uid: "series_instance_uid || '.' || n",
  sop_instance_uid: "sop_instance_uid || '.' || n",
  accession_number: "accession_number || '-' || n",
  blob_key: "blob_key || '-' || n",
  study_date: 'study_date - n * 3',
  series_date: 'series_date - n * 3',
  content_date: 'content_date - n * 3',
  performed_procedure_step_start_date: 'performed_procedure_step_start_date - n * 3',
};

/** Adds `copies` of every study in the index, each of its own UIDs, accession number and dates. Quick only `withoutIndexes`. */
export async function copyStudies(pool: Pool, copies: number): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('SET session_replication_role = replica');
    const { rows: distances } = await client.query<{ distance: string }>(
      'SELECT GREATEST((SELECT max(study_pk) FROM study), (SELECT max(series_pk) FROM series), (SELECT max(instance_pk) FROM instance)) AS distance',
    );
    for (const table of ['study', 'series', 'instance']) {
      const { rows: columns } = await client.query<{ name: string }>(
        'SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped',
        [table],
      );
      const names = columns.map(({ name }) => name);
      await client.query(
        `INSERT INTO ${table} (${names.join(', ')}) OVERRIDING SYSTEM VALUE
          SELECT ${names.map((name) => OWN_COLUMNS[name] ?? name).join(', ')} FROM ${table}, generate_series(1, $2) AS n`,
        [distances[0]?.distance, copies],
      );
    }
  } finally {
    // With its setting.
    client.release(true);
  }
}
