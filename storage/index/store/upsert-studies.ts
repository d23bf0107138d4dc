import { columnsOf, storedAttributes } from '../attributes.ts';
import { LostRaceError } from '../index-errors.ts';
import type { PoolClient } from '../pool.ts';
import { toColumns } from '../search/column-value.ts';
import { type ArrayColumn, attributeColumns, fromArrays, jsonColumn, selected } from './array-columns.ts';
import { seriesKey, studyKey } from './distinct-records.ts';
import { firstValue, type InstanceStatement, patientIdentity } from './instance-record.ts';
import { saidWith, whatIsSaid } from './said.ts';

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
  const columns = storedAttributes(table)
    .filter(({ kind }) => kind !== 'uid')
    .flatMap((attribute) =>
      columnsOf(attribute).map((name) => ({ name, isList: attribute.kind === 'codes' })),
    );
  // A list is empty where others are null.
  const value = (row: string, { name, isList }: { name: string; isList: boolean }) =>
    isList ? `NULLIF(${row}.${name}, '{}')` : `${row}.${name}`;
  const filled = columns
    .map((column) => `(${value(table, column)} IS NULL AND ${value('excluded', column)} IS NOT NULL)`)
    .join(' OR ');
  const sets = columns.map((column) => {
    const own = `${table}.${column.name}`;
    const other = `excluded.${column.name}`;
    return `${column.name} = CASE WHEN ${allowed} THEN COALESCE(${value(table, column)}, ${other}) ELSE ${own} END`;
  });
  sets.push(
    `attributes = CASE WHEN (${allowed}) AND (${filled}) THEN (excluded.attributes::jsonb || (
       SELECT COALESCE(jsonb_object_agg(e.key, e.value), '{}') FROM jsonb_each(${table}.attributes::jsonb) AS e WHERE e.value ? 'Value'
     ))::json ELSE ${table}.attributes END`,
    `said = CASE WHEN ${allowed} THEN ${saidWith(table)} ELSE ${table}.said END`,
    `updated_at = ${changedAt(table)}`,
  );
  return sets.join(', ');
}

/**
 * SQL: when a row of `table` changes. Not now(), when the transaction began: one that waited for the row's lock would set the time
 * back. Each change has a time of its own, whatever the clock does.
 */
export function changedAt(table: 'study' | 'series'): string {
  return `GREATEST(clock_timestamp(), ${table}.updated_at + interval '1 microsecond')`;
}

function saidColumn(level: 'study' | 'series', records: readonly InstanceStatement[]): ArrayColumn {
  return { name: 'said', type: 'bytea', values: records.map((record) => whatIsSaid(level, record)) };
}

export interface StudyRow {
  studyPk: string;
  identity: string;
  /** Whether what was just written into it can be of the study's patient. */
  isSamePatient: boolean;
}

/** Writes or fills in one study a record; by Study Instance UID. Throws a `LostRaceError` where its patient went meanwhile. */
export async function insertStudies(
  client: PoolClient,
  records: readonly InstanceStatement[],
): Promise<Map<string, StudyRow>> {
  const columns = [
    ...attributeColumns('study', records),
    jsonColumn(
      'attributes',
      records.map((r) => r.studyAttributes),
    ),
    saidColumn('study', records),
    // Of a new study: set later, its entries in all indexes would be written twice. Of any other, counting adds it.
    {
      name: 'modalities_in_study',
      type: 'json',
      values: records.map((r) => JSON.stringify(toColumns('code', r.values.Modality ?? []).filter(Boolean))),
    },
    {
      name: 'sop_classes_in_study',
      type: 'json',
      values: records.map((r) => JSON.stringify(toColumns('uid', r.values.SOPClassUID ?? []))),
    },
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

/** Writes or fills in one series a record; their primary keys by `seriesKey`. */
export async function insertSeries(
  client: PoolClient,
  records: readonly InstanceStatement[],
  studies: ReadonlyMap<string, Pick<StudyRow, 'studyPk'>>,
): Promise<Map<string, string>> {
  const columns = [
    { name: 'study_pk', type: 'bigint', values: records.map((r) => studies.get(studyKey(r))?.studyPk) },
    ...attributeColumns('series', records),
    jsonColumn(
      'attributes',
      records.map((r) => r.seriesAttributes),
    ),
    saidColumn('series', records),
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
