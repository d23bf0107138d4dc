import { columnsOf, type IndexedAttribute, type Level, storedAttributes } from './attributes.ts';
import { type ColumnValue, toColumns } from './column-value.ts';
import { LostRaceError } from './index-errors.ts';
import { firstValue, type InsertOutcome, type InstanceRecord, patientIdentity } from './instance-record.ts';
import type { PoolClient } from './pool.ts';

/** A column of an INSERT out of arrays: its name, its SQL type, and its value in each row. */
interface ArrayColumn {
  name: string;
  type: string;
  values: unknown[];
}

const SQL_TYPES: Record<IndexedAttribute['kind'], string> = {
  uid: 'text',
  code: 'text',
  text: 'text',
  name: 'text',
  date: 'date',
  time: 'time',
  integer: 'integer',
  codes: 'json',
};

function attributeColumns(level: Level, records: readonly InstanceRecord[]): ArrayColumn[] {
  return storedAttributes(level).flatMap((attribute) => {
    const rows = records.map((record) => toColumns(attribute.kind, record.values[attribute.keyword] ?? []));
    return columnsOf(attribute).map((name, i) => ({
      name,
      type: SQL_TYPES[attribute.kind],
      values: rows.map((row) => parameterOf(row[i] ?? null)),
    }));
  });
}

/** PostgreSQL's arrays of arrays must be rectangular, so a list travels as JSON. */
function parameterOf(value: ColumnValue): unknown {
  return Array.isArray(value) ? JSON.stringify(value) : value;
}

function selected(column: ArrayColumn): string {
  return column.type === 'json' && column.name !== 'attributes' && column.name !== 'bulk_data'
    ? `ARRAY(SELECT json_array_elements_text(t.${column.name}))`
    : `t.${column.name}`;
}

function fromArrays(columns: readonly ArrayColumn[]): string {
  const parameters = columns.map(({ type }, i) => `$${i + 1}::${type}[]`).join(', ');
  return `unnest(${parameters}) AS t(${columns.map(({ name }) => name).join(', ')})`;
}

function jsonColumn(name: string, values: string[]): ArrayColumn {
  return { name, type: 'json', values: values.map(withoutNul) };
}

/** json accepts the escape of U+0000 but nothing that reads it as text does. A backslash that is escaped itself begins none. */
function withoutNul(json: string): string {
  if (!json.includes('\\u0000')) return json;
  return json.replace(/\\(u0000|.)/g, (written, what) => (what === 'u0000' ? '' : written));
}

/** Rows to write once each, in one order for all transactions, so that concurrent ones cannot deadlock. */
function distinctBy(
  records: readonly InstanceRecord[],
  keyOf: (record: InstanceRecord) => string,
): InstanceRecord[] {
  const firsts = new Map<string, InstanceRecord>();
  for (const record of records) {
    const key = keyOf(record);
    if (!firsts.has(key)) firsts.set(key, record);
  }
  return [...firsts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record);
}

/**
 * As `distinctBy`, and what further records say otherwise of the same study or series, one of each a wave: what the first left
 * empty they fill in. Nearly always there is one wave.
 */
function wavesBy(
  records: readonly InstanceRecord[],
  keyOf: (record: InstanceRecord) => string,
  sayingOf: (record: InstanceRecord) => string,
): InstanceRecord[][] {
  const waves: InstanceRecord[][] = [];
  const seen = new Map<string, Set<string>>();
  for (const record of records) {
    const said = seen.get(keyOf(record)) ?? new Set();
    seen.set(keyOf(record), said);
    if (said.has(sayingOf(record))) continue;
    waves[said.size] = [...(waves[said.size] ?? []), record];
    said.add(sayingOf(record));
  }
  return waves.map((wave) => distinctBy(wave, keyOf));
}

const studyKey = (record: InstanceRecord) => firstValue(record, 'StudyInstanceUID');
const sayingOf = (record: InstanceRecord) => `${studyKey(record)}/${record.studyAttributes}`;
const seriesKey = (record: InstanceRecord) =>
  `${studyKey(record)}/${firstValue(record, 'SeriesInstanceUID')}`;
const instanceKey = (record: InstanceRecord) =>
  `${seriesKey(record)}/${firstValue(record, 'SOPInstanceUID')}`;

/**
 * Writes `records` in the caller's transaction, answering an outcome for each. The first object of a study or series gives its
 * attributes; later ones fill in only what was empty.
 */
export async function insertInstances(
  client: PoolClient,
  records: readonly InstanceRecord[],
): Promise<InsertOutcome[]> {
  await insertPatients(client, records);
  const studies = new Map<string, StudyRow>();
  const strangers = new Set<string>();
  for (const wave of wavesBy(records, studyKey, ({ studyAttributes }) => studyAttributes)) {
    for (const [key, row] of await insertStudies(client, wave)) studies.set(key, row);
    for (const record of wave)
      if (!studies.get(studyKey(record))?.isSamePatient) strangers.add(sayingOf(record));
  }
  await removeUnusedPatients(client, records, studies);
  const series = new Map<string, string>();
  for (const wave of wavesBy(records, seriesKey, ({ seriesAttributes }) => seriesAttributes))
    for (const [key, pk] of await insertSeries(client, wave, studies)) series.set(key, pk);
  const candidates = distinctBy(records, instanceKey);
  const inserted = await insertInstanceRows(client, candidates, studies, series);
  const stored = candidates.filter(({ blobKey }) => inserted.has(blobKey));
  await countInserted(client, stored, studies, series);
  const existing = await findExisting(
    client,
    records.filter(({ blobKey }) => !inserted.has(blobKey)),
    series,
  );
  return records.map((record): InsertOutcome => {
    const earlier = existing.get(instanceKey(record));
    // A retry after a lost connection meets the row that its first try committed.
    if (inserted.has(record.blobKey) || earlier?.blobKey === record.blobKey) {
      return { kind: 'stored', patientMismatch: strangers.has(sayingOf(record)) };
    }
    if (!earlier) throw new Error('an instance was neither inserted nor found');
    return { kind: 'duplicate', digest: earlier.digest };
  });
}

async function insertPatients(client: PoolClient, records: readonly InstanceRecord[]): Promise<void> {
  const patients = distinctBy(records, patientIdentity);
  const columns: ArrayColumn[] = [
    { name: 'identity', type: 'text', values: patients.map(patientIdentity) },
    {
      name: 'patient_id',
      type: 'text',
      values: patients.map((r) => toColumns('code', r.values.PatientID ?? [])[0]),
    },
    {
      name: 'issuer_of_patient_id',
      type: 'text',
      values: patients.map((r) => toColumns('code', r.values.IssuerOfPatientID ?? [])[0]),
    },
  ];
  await client.query({
    name: 'insert-patients',
    text: `INSERT INTO patient (identity, patient_id, issuer_of_patient_id)
      SELECT * FROM ${fromArrays(columns)} ORDER BY t.identity ON CONFLICT (identity) DO NOTHING`,
    values: columns.map(({ values }) => values),
  });
}

/** A study keeps the patient it has; one that a record named in vain, and no other study has, was made for nothing. */
async function removeUnusedPatients(
  client: PoolClient,
  records: readonly InstanceRecord[],
  studies: ReadonlyMap<string, StudyRow>,
): Promise<void> {
  const inVain = records.flatMap((record) => {
    const identity = patientIdentity(record);
    return studies.get(studyKey(record))?.identity === identity ? [] : [identity];
  });
  if (inVain.length === 0) return;
  await client.query(
    `DELETE FROM patient WHERE identity = ANY($1::text[])
      AND NOT EXISTS (SELECT 1 FROM study WHERE study.patient_pk = patient.patient_pk)`,
    [inVain],
  );
}

/**
 * SQL: whether `other` can be of the patient of `study`. Where both have an ID, that decides; else names and birth dates must not
 * contradict each other.
 */
function isSamePatient(study: string, other: string): string {
  const agrees = (column: string) =>
    `(${study}.${column} IS NULL OR ${other}.${column} IS NULL OR ${study}.${column} = ${other}.${column})`;
  return `CASE WHEN ${study}.patient_id IS NOT NULL AND ${other}.patient_id IS NOT NULL
    THEN ${study}.patient_id = ${other}.patient_id AND ${agrees('issuer_of_patient_id')}
    ELSE ${agrees('patient_name')} AND ${agrees('patient_birth_date')} END`;
}

/** `ON CONFLICT DO UPDATE` that fills empty columns of `table`, and its JSON where that filled any, as far as `allowed` (SQL) holds. */
function fillEmpty(table: 'study' | 'series', allowed: string): string {
  const names = storedAttributes(table)
    .filter(({ kind }) => kind !== 'codes' && kind !== 'uid')
    .flatMap(columnsOf);
  const filled = names
    .map((name) => `(${table}.${name} IS NULL AND excluded.${name} IS NOT NULL)`)
    .join(' OR ');
  const sets = names.map(
    (name) =>
      `${name} = CASE WHEN ${allowed} THEN COALESCE(${table}.${name}, excluded.${name}) ELSE ${table}.${name} END`,
  );
  sets.push(
    `attributes = CASE WHEN (${allowed}) AND (${filled}) THEN (excluded.attributes::jsonb || (
       SELECT COALESCE(jsonb_object_agg(e.key, e.value), '{}') FROM jsonb_each(${table}.attributes::jsonb) AS e WHERE e.value ? 'Value'
     ))::json ELSE ${table}.attributes END`,
    'updated_at = now()',
  );
  return sets.join(', ');
}

interface StudyRow {
  studyPk: string;
  identity: string;
  /** Whether what was just written into it can be of the study's patient. */
  isSamePatient: boolean;
}

async function insertStudies(
  client: PoolClient,
  records: readonly InstanceRecord[],
): Promise<Map<string, StudyRow>> {
  const columns = [
    ...attributeColumns('study', records),
    jsonColumn(
      'attributes',
      records.map((r) => r.studyAttributes),
    ),
  ];
  const identity: ArrayColumn = { name: 'identity', type: 'text', values: records.map(patientIdentity) };
  const names = columns.map(({ name }) => name);
  const { rows } = await client.query<{
    study_pk: string;
    study_instance_uid: string;
    identity: string;
    is_same_patient: boolean;
  }>({
    name: 'insert-studies',
    // A study never mixes two patients: what an object of another one says of the study is not taken over.
    text: `WITH t AS (SELECT * FROM ${fromArrays([...columns, identity])}),
      upserted AS (
        INSERT INTO study (patient_pk, ${names.join(', ')})
        SELECT patient.patient_pk, ${columns.map(selected).join(', ')} FROM t JOIN patient ON patient.identity = t.identity
        ORDER BY t.study_instance_uid
        ON CONFLICT (study_instance_uid) DO UPDATE SET
          patient_pk = CASE WHEN study.patient_id IS NULL AND ${isSamePatient('study', 'excluded')} THEN excluded.patient_pk ELSE study.patient_pk END,
          ${fillEmpty('study', isSamePatient('study', 'excluded'))}
        RETURNING study.*)
      SELECT upserted.study_pk, upserted.study_instance_uid, patient.identity, ${isSamePatient('upserted', 't')} AS is_same_patient
      FROM upserted JOIN patient USING (patient_pk) JOIN t USING (study_instance_uid)`,
    values: [...columns, identity].map(({ values }) => values),
  });
  // The patient was deleted, or the study was stored with another one, since the statement before.
  if (rows.length < records.length) throw new LostRaceError();
  return new Map(
    rows.map((row) => [
      row.study_instance_uid,
      { studyPk: row.study_pk, identity: row.identity, isSamePatient: row.is_same_patient },
    ]),
  );
}

async function insertSeries(
  client: PoolClient,
  records: readonly InstanceRecord[],
  studies: ReadonlyMap<string, StudyRow>,
): Promise<Map<string, string>> {
  const columns = [
    { name: 'study_pk', type: 'bigint', values: records.map((r) => studies.get(studyKey(r))?.studyPk) },
    ...attributeColumns('series', records),
    jsonColumn(
      'attributes',
      records.map((r) => r.seriesAttributes),
    ),
  ];
  const { rows } = await client.query<{ series_pk: string; study_pk: string; series_instance_uid: string }>({
    name: 'insert-series',
    text: `INSERT INTO series (${columns.map(({ name }) => name).join(', ')})
      SELECT ${columns.map(selected).join(', ')} FROM ${fromArrays(columns)} ORDER BY t.study_pk, t.series_instance_uid
      ON CONFLICT (study_pk, series_instance_uid) DO UPDATE SET ${fillEmpty('series', 'true')}
      RETURNING series_pk, study_pk, series_instance_uid`,
    values: columns.map(({ values }) => values),
  });
  const byRow = new Map(rows.map((row) => [`${row.study_pk}/${row.series_instance_uid}`, row.series_pk]));
  return new Map(
    records.map((record) => {
      const seriesPk = byRow.get(
        `${studies.get(studyKey(record))?.studyPk}/${firstValue(record, 'SeriesInstanceUID')}`,
      );
      if (seriesPk === undefined) throw new Error('a series was neither inserted nor found');
      return [seriesKey(record), seriesPk];
    }),
  );
}

/** Answers the blob keys of the rows that were written; the others were there. */
async function insertInstanceRows(
  client: PoolClient,
  records: readonly InstanceRecord[],
  studies: ReadonlyMap<string, StudyRow>,
  series: ReadonlyMap<string, string>,
): Promise<Set<string>> {
  const columns: ArrayColumn[] = [
    { name: 'study_pk', type: 'bigint', values: records.map((r) => studies.get(studyKey(r))?.studyPk) },
    { name: 'series_pk', type: 'bigint', values: records.map((r) => series.get(seriesKey(r))) },
    ...attributeColumns('instance', records),
    jsonColumn(
      'attributes',
      records.map((r) => r.instanceAttributes),
    ),
    { name: 'transfer_syntax_uid', type: 'text', values: records.map((r) => r.transferSyntaxUID) },
    { name: 'metadata', type: 'text', values: records.map((r) => r.metadata) },
    { name: 'metadata_length', type: 'integer', values: records.map((r) => Buffer.byteLength(r.metadata)) },
    { name: 'frame_index', type: 'bytea', values: records.map((r) => bytesOf(r.frameIndex)) },
    { name: 'bulk_data', type: 'json', values: records.map((r) => r.bulkData) },
    { name: 'blob_key', type: 'text', values: records.map((r) => r.blobKey) },
    { name: 'size_bytes', type: 'bigint', values: records.map((r) => r.sizeBytes) },
    { name: 'digest', type: 'bytea', values: records.map((r) => bytesOf(r.digest)) },
  ];
  const { rows } = await client.query<{ blob_key: string }>({
    name: 'insert-instances',
    text: `INSERT INTO instance (${columns.map(({ name }) => name).join(', ')})
      SELECT ${columns.map(selected).join(', ')} FROM ${fromArrays(columns)}
      ON CONFLICT (series_pk, sop_instance_uid) DO NOTHING RETURNING blob_key`,
    values: columns.map(({ values }) => values),
  });
  return new Set(rows.map(({ blob_key }) => blob_key));
}

function bytesOf(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function countInserted(
  client: PoolClient,
  stored: readonly InstanceRecord[],
  studies: ReadonlyMap<string, StudyRow>,
  series: ReadonlyMap<string, string>,
): Promise<void> {
  if (stored.length === 0) return;
  const values = [
    stored.map((r) => studies.get(studyKey(r))?.studyPk),
    stored.map((r) => series.get(seriesKey(r))),
    stored.map((r) => toColumns('code', r.values.Modality ?? [])[0]),
    stored.map((r) => toColumns('uid', r.values.SOPClassUID ?? [])[0]),
  ];
  await client.query({
    name: 'count-series',
    text: `UPDATE series SET number_of_series_related_instances = number_of_series_related_instances + n.count
      FROM (SELECT pk, count(*) FROM unnest($1::bigint[]) AS t(pk) GROUP BY pk) AS n WHERE series.series_pk = n.pk`,
    values: [values[1]],
  });
  await client.query({
    name: 'count-studies',
    text: `UPDATE study SET
        number_of_study_related_instances = number_of_study_related_instances + n.count,
        number_of_study_related_series = (SELECT count(*) FROM series WHERE series.study_pk = study.study_pk),
        modalities_in_study = ARRAY(SELECT DISTINCT m FROM unnest(modalities_in_study || n.modalities) AS m WHERE m IS NOT NULL ORDER BY m),
        sop_classes_in_study = ARRAY(SELECT DISTINCT c FROM unnest(sop_classes_in_study || n.classes) AS c WHERE c IS NOT NULL ORDER BY c)
      FROM (
        SELECT pk, count(*), array_agg(modality) AS modalities, array_agg(class) AS classes
        FROM unnest($1::bigint[], $2::text[], $3::text[]) AS t(pk, modality, class) GROUP BY pk
      ) AS n WHERE study.study_pk = n.pk`,
    values: [values[0], values[2], values[3]],
  });
}

async function findExisting(
  client: PoolClient,
  records: readonly InstanceRecord[],
  series: ReadonlyMap<string, string>,
): Promise<Map<string, { blobKey: string; digest: Uint8Array }>> {
  if (records.length === 0) return new Map();
  const seriesPks = records.map((record) => series.get(seriesKey(record)));
  const { rows } = await client.query<{
    series_pk: string;
    sop_instance_uid: string;
    blob_key: string;
    digest: Buffer;
  }>({
    name: 'find-existing',
    text: `SELECT series_pk, sop_instance_uid, blob_key, digest FROM instance
      JOIN (SELECT DISTINCT * FROM unnest($1::bigint[], $2::text[]) AS t(series_pk, sop_instance_uid)) AS wanted USING (series_pk, sop_instance_uid)`,
    values: [seriesPks, records.map((record) => firstValue(record, 'SOPInstanceUID'))],
  });
  const found = new Map(rows.map((row) => [`${row.series_pk}/${row.sop_instance_uid}`, row]));
  const existing = new Map<string, { blobKey: string; digest: Uint8Array }>();
  for (const record of records) {
    const row = found.get(`${series.get(seriesKey(record))}/${firstValue(record, 'SOPInstanceUID')}`);
    if (row) existing.set(instanceKey(record), { blobKey: row.blob_key, digest: row.digest });
  }
  return existing;
}
