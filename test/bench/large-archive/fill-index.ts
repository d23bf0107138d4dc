import { inTransaction, type Pool, type PoolClient } from '../../../storage/index/pool.ts';
import { copyRows } from './copy-rows.ts';
import {
  type Fullness,
  INSTANCE_NUMBER,
  type Row,
  type RowsOfStudy,
  rowsOfStudy,
  SLICE_LOCATION,
  SOP_INSTANCE_UID,
} from './rows-of-study.ts';

export interface Filling extends Fullness {
  /** The first study's number, and one more than the last's. */
  from: number;
  to: number;
  /** Told now and then how many studies are in. */
  onProgress?: (studies: number) => void;
  /** Ends the filling between two thousands of studies, with what `reason` says. */
  signal?: AbortSignal;
}

const STUDIES_AT_ONCE = 1_000;
/** While PostgreSQL writes the rows of one, the next are made. */
const LANES = 2;
const TABLES = ['patient', 'study', 'series', 'instance'];

/** Puts made-up studies into the index, whose indexes are built anew afterwards. Answers the instances added. */
export function fillIndex(pool: Pool, filling: Filling): Promise<number> {
  return withoutIndexes(pool, () => fillTables(pool, filling));
}

/**
 * Has `work` write to the tables of the index while these have no indexes but those of their constraints; they have them again however
 * it ends, unless the process is killed. Takes a superuser, and an index that nobody else writes to.
 */
export async function withoutIndexes<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  const definitions = await dropIndexes(pool);
  try {
    return await work();
  } finally {
    await makeIndexes(pool, definitions);
  }
}

/** Tries all of them; throws with those that could not be made. */
async function makeIndexes(pool: Pool, definitions: readonly string[]): Promise<void> {
  const client = await pool.connect();
  const missing: string[] = [];
  try {
    await client.query("SET maintenance_work_mem = '512MB'");
    for (const definition of definitions)
      await client.query(definition).catch((error: Error) => missing.push(`${definition}: ${error.message}`));
    if (missing.length === 0) await client.query(`VACUUM (ANALYZE) ${TABLES.join(', ')}`);
  } finally {
    // With its setting.
    client.release(true);
  }
  if (missing.length > 0)
    throw new Error(`this archive lacks indexes, and is to be thrown away:\n${missing.join('\n')}`);
}

/** Rows without objects, but such as storing would write; foreign keys are not checked. Answers the instances added. */
export async function fillTables(pool: Pool, filling: Filling): Promise<number> {
  let next = filling.from;
  let instances = 0;
  const lane = async () => {
    while (next < filling.to) {
      filling.signal?.throwIfAborted();
      const at = next;
      next = Math.min(at + STUDIES_AT_ONCE, filling.to);
      const studies = Array.from({ length: next - at }, (_, i) => rowsOfStudy(at + i, filling));
      try {
        instances += await inTransaction(pool, (one) => fillStudies(one, studies));
      } catch (error) {
        // Nor is the other lane to go on: it would leave a gap.
        next = filling.to;
        throw error;
      }
      filling.onProgress?.(next);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: LANES }, lane));
  // Not before all have ended: nobody writes while the indexes are made.
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  return instances;
}

/** Drops what only makes searching quick; answers how to make it again. */
async function dropIndexes(client: Pool): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
      WHERE indrelid = ANY($1::regclass[]) AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)`,
    [TABLES],
  );
  // All or none.
  if (rows.length > 0) await client.query(`DROP INDEX ${rows.map(({ name }) => name).join(', ')}`);
  return rows.map(({ definition }) => definition);
}

async function fillStudies(client: PoolClient, studies: readonly RowsOfStudy[]): Promise<number> {
  await client.query('SET LOCAL session_replication_role = replica');
  await client.query(
    `INSERT INTO patient (identity, patient_id, issuer_of_patient_id)
      SELECT DISTINCT ON (i) i, p, s FROM unnest($1::text[], $2::text[], $3::text[]) AS t(i, p, s) ORDER BY i
      ON CONFLICT (identity) DO NOTHING`,
    (['identity', 'patient_id', 'issuer_of_patient_id'] as const).map((name) =>
      studies.map(({ patient }) => patient[name]),
    ),
  );
  const { rows: patients } = await client.query<{ identity: string; patient_pk: string }>(
    'SELECT identity, patient_pk FROM patient WHERE identity = ANY($1::text[])',
    [studies.map(({ patient }) => patient.identity)],
  );
  const patientPks = new Map(patients.map(({ identity, patient_pk }) => [identity, patient_pk]));
  const studyPks = await nextPks(client, 'study', studies.length);
  await copyRows(
    client,
    'study',
    studies.map(({ study, patient }, i) => ({
      study_pk: studyPks[i] ?? null,
      patient_pk: patientPks.get(String(patient.identity)) ?? null,
      ...study,
    })),
  );
  const series = studies.flatMap((study, i) =>
    study.series.map((one) => ({ ...one, studyPk: studyPks[i] ?? '' })),
  );
  const seriesPks = await nextPks(client, 'series', series.length);
  await copyRows(
    client,
    'series',
    series.map(({ row, studyPk }, i) => ({ series_pk: seriesPks[i] ?? null, study_pk: studyPk, ...row })),
  );
  return await fillInstances(
    client,
    series.map(({ instance, instances, studyPk }, i) => ({
      study_pk: studyPk,
      series_pk: seriesPks[i] ?? null,
      instances,
      ...instance,
    })),
  );
}

async function nextPks(client: PoolClient, table: string, count: number): Promise<string[]> {
  const { rows } = await client.query<{ pk: string }>(
    `SELECT nextval(pg_get_serial_sequence($1, $1 || '_pk')) AS pk FROM generate_series(1, $2)`,
    [table, count],
  );
  return rows.map(({ pk }) => pk);
}

const OWN_TEXTS = [SOP_INSTANCE_UID, INSTANCE_NUMBER, SLICE_LOCATION];

/** SQL: a text of the series with what is the instance's own put in. */
function own(column: string): string {
  const [uid, number, location] = OWN_TEXTS;
  return `replace(replace(replace(s.${column}, '${uid}', s.uid || '.' || n), '${number}', n::text), '${location}', n::text)`;
}

/** One row a series to PostgreSQL, which makes the instances of it. */
async function fillInstances(client: PoolClient, series: readonly Row[]): Promise<number> {
  await client.query(
    `CREATE TEMPORARY TABLE made_up_series (study_pk bigint, series_pk bigint, instances integer, uid text, sop_class_uid text,
      content_date date, content_time time, transfer_syntax_uid text, attributes text, metadata text, bulk_data json, frame_index bytea,
      size_bytes bigint, patient_identity text, modality text) ON COMMIT DROP`,
  );
  await copyRows(client, 'made_up_series', series);
  const { rowCount } = await client.query(
    `INSERT INTO instance (study_pk, series_pk, sop_instance_uid, sop_class_uid, instance_number, content_date, content_time,
        transfer_syntax_uid, attributes, metadata, metadata_length, bulk_data, frame_index, blob_key, size_bytes, digest, patient_identity, modality)
      SELECT study_pk, series_pk, uid || '.' || n, sop_class_uid, n, content_date, content_time,
        transfer_syntax_uid, own.attributes::json, own.metadata, octet_length(own.metadata), bulk_data, frame_index,
        'instances/' || to_char(COALESCE(content_date, 'today'), 'YYYY/MM/DD') || '/'
          || to_char(COALESCE(content_time, '00:00'), 'HH24') || '/' || gen_random_uuid() || '.dcm',
        size_bytes, sha256(convert_to(uid || '.' || n, 'UTF8')), patient_identity, modality
      FROM made_up_series AS s, generate_series(1, instances) AS n,
        LATERAL (SELECT ${own('attributes')} AS attributes, ${own('metadata')} AS metadata) AS own
      ORDER BY series_pk, n`,
  );
  return rowCount ?? 0;
}
