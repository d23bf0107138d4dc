import { columnsOf, storedAttributes } from '../attributes.ts';
import type { PoolClient } from '../pool.ts';
import { toColumns } from '../search/column-value.ts';
import { type ArrayColumn, attributeColumns, fromArrays, jsonColumn, selected } from './array-columns.ts';
import { firstValue, type InstanceRecord, patientIdentity } from './instance-record.ts';

/** What is there under the UIDs of a record that is to take its place. */
export interface Replacement {
  record: InstanceRecord;
  studyPk: string;
  seriesPk: string;
}

/**
 * Moves the current object under a record's UIDs to the earlier versions; its row is free then. False where the record itself is
 * one of these: an insert that is tried again after another object came. The study's row is locked by the caller, so that of two
 * objects that arrive together one replaces the other.
 */
export async function retireCurrent(client: PoolClient, { record, seriesPk }: Replacement): Promise<boolean> {
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

/**
 * Takes over what a replacing object, whose row is written, says of its series and study: the newest word counts. A study changes its
 * patient only when all its objects say so; while others say another, it keeps the one it has. Answers whether the object is of the study's patient now.
 */
export async function takeOverAttributes(client: PoolClient, replacement: Replacement): Promise<boolean> {
  const { record, studyPk, seriesPk } = replacement;
  await takeOver(client, 'series', seriesPk, record, record.seriesAttributes);
  const isOwnPatient = await movePatient(client, replacement);
  if (isOwnPatient) await takeOver(client, 'study', studyPk, record, record.studyAttributes);
  await client.query({
    name: 'recompute-study',
    text: `UPDATE study SET updated_at = now(),
        modalities_in_study = ARRAY(SELECT DISTINCT modality FROM series WHERE series.study_pk = $1 AND modality IS NOT NULL ORDER BY modality),
        sop_classes_in_study = ARRAY(SELECT DISTINCT sop_class_uid FROM instance WHERE instance.study_pk = $1 ORDER BY sop_class_uid)
      WHERE study_pk = $1`,
    values: [studyPk],
  });
  return isOwnPatient;
}

/** Writes what the record says over what is there; what it leaves empty stays. */
async function takeOver(
  client: PoolClient,
  table: 'study' | 'series',
  pk: string,
  record: InstanceRecord,
  attributes: string,
): Promise<void> {
  const columns: ArrayColumn[] = [
    ...attributeColumns(table, [record]),
    jsonColumn('attributes', [attributes]),
  ];
  const isList = new Set(
    storedAttributes(table).flatMap((one) => (one.kind === 'codes' ? columnsOf(one) : [])),
  );
  const sets = columns
    .filter(({ name }) => name !== 'attributes')
    .map((column) => {
      const given = selected(column);
      const value = isList.has(column.name) ? `NULLIF(${given}, '{}')` : given;
      return `${column.name} = COALESCE(${value}, ${table}.${column.name})`;
    });
  await client.query({
    name: `take-over-${table}`,
    text: `UPDATE ${table} SET ${sets.join(', ')}, updated_at = now(),
        attributes = (${table}.attributes::jsonb || (
          SELECT COALESCE(jsonb_object_agg(e.key, e.value), '{}') FROM jsonb_each(t.attributes::jsonb) AS e
          WHERE e.value ? 'Value' OR NOT ${table}.attributes::jsonb ? e.key))::json
      FROM ${fromArrays(columns)} WHERE ${table}.${table}_pk = $${columns.length + 1}`,
    values: [...columns.map(({ values }) => values), pk],
  });
}

/** True where the study is of the record's patient, or is now: no other object of it says otherwise. */
async function movePatient(client: PoolClient, { record, studyPk }: Replacement): Promise<boolean> {
  const identity = patientIdentity(record);
  const { rows } = await client.query<{ current: string; others: boolean }>({
    name: 'patients-of-study',
    text: `SELECT patient.identity AS current, EXISTS (
        SELECT 1 FROM instance WHERE instance.study_pk = $1 AND COALESCE(instance.patient_identity, patient.identity) <> $2
      ) AS others
      FROM study JOIN patient USING (patient_pk) WHERE study_pk = $1`,
    values: [studyPk, identity],
  });
  const [row] = rows;
  if (!row || row.current === identity) return true;
  if (row.others) return false;
  await client.query({
    name: 'insert-patient-of-replacement',
    text: `INSERT INTO patient (identity, patient_id, issuer_of_patient_id) VALUES ($1, $2, $3) ON CONFLICT (identity) DO NOTHING`,
    values: [identity, codeOf(record, 'PatientID'), codeOf(record, 'IssuerOfPatientID')],
  });
  // What was known of the other patient goes with them.
  await client.query({
    name: 'move-study',
    text: `UPDATE study SET patient_pk = patient.patient_pk, attributes = '{}', ${emptied().join(', ')}
      FROM patient WHERE study_pk = $1 AND patient.identity = $2`,
    values: [studyPk, identity],
  });
  await client.query(
    `DELETE FROM patient WHERE identity = $1 AND NOT EXISTS (SELECT 1 FROM study WHERE study.patient_pk = patient.patient_pk)`,
    [row.current],
  );
  return true;
}

function codeOf(record: InstanceRecord, keyword: string) {
  return toColumns('code', record.values[keyword] ?? [])[0] ?? null;
}

function emptied(): string[] {
  return storedAttributes('study').flatMap((attribute) => {
    if (attribute.kind === 'uid') return [];
    const empty = attribute.kind === 'codes' ? "'{}'" : 'NULL';
    return columnsOf(attribute).map((name) => `${name} = ${empty}`);
  });
}
