import { columnsOf, storedAttributes } from '../attributes.ts';
import { metadataOf } from '../find-instances.ts';
import type { PoolClient } from '../pool.ts';
import { attributeColumns, fromArrays, jsonColumn, selected } from './array-columns.ts';
import { sayingOf, seriesKey, studyKey, wavesBy } from './distinct-records.ts';
import { type InstanceStatement, patientIdentity } from './instance-record.ts';
import { insertPatients, removeUnusedPatients } from './patients.ts';
import { changedAt, insertSeries, insertStudies } from './upsert-studies.ts';

/** Reads what an instance says out of its stored DICOM JSON text. */
export type ReadRecord = (metadata: string) => InstanceStatement;

/** What one of the instances that are there now says. */
interface Said {
  record: InstanceStatement;
  seriesPk: string;
}

/** Of a series that lost an object so many, of any other one: what they all say is nearly always the same. */
const OLDEST_OF_TOUCHED_SERIES = 8;
const READ_AT_ONCE_CHARACTERS = 4 * 1024 * 1024;

/**
 * Makes the study, whose row the caller has locked, and those of its series that lost or changed an object what the instances
 * that are there say of them, as if these had been stored one after the other: first `newest`, the objects that replaced others,
 * then the oldest of each series. The study's patient stays as long as one of its instances names it. Series and studies without
 * instances go, and patients without studies. Answers what (see `sayingOf`) is not said of the study's patient.
 */
export async function rebuildStudy(
  client: PoolClient,
  studyPk: string,
  touchedSeriesPks: readonly string[],
  readRecord: ReadRecord,
  newest: readonly Said[] = [],
): Promise<Set<string>> {
  const touched = [...new Set(touchedSeriesPks)].sort();
  const { rows } = await client.query<{ identity: string; study_instance_uid: string }>({
    name: 'patient-of-study',
    text: 'SELECT identity, study_instance_uid FROM study JOIN patient USING (patient_pk) WHERE study_pk = $1',
    values: [studyPk],
  });
  const [before] = rows;
  if (!before) throw new Error('the study to rebuild is not there');
  await removeEmptySeries(client, touched);
  const oldest = await oldestOf(client, studyPk, touched, before.identity, readRecord);
  const said = [...newest, ...oldest.map(({ instance }) => instance)];
  const named = said.map(({ record }) => patientIdentity(record));
  let strangers = new Set<string>();
  if (said.length > 0) {
    await rebuildSeries(client, studyPk, touched, said);
    const keepsPatient = oldest.find(({ namesPatient }) => namesPatient)?.instance;
    strangers = await rebuildRow(client, studyPk, firstWord(said, keepsPatient, before.identity));
  }
  await recount(client, studyPk);
  // Also the nameless patient that the study had before an instance with a Patient ID came.
  await removeUnusedPatients(client, [before.identity, `study:${before.study_instance_uid}`, ...named]);
  return strangers;
}

/** What is said, first what counts most: of the patient that the study keeps, or else of all. */
function firstWord(said: readonly Said[], keepsPatient: Said | undefined, identity: string): Said[] {
  if (!keepsPatient) return [...said];
  const first = said.find(({ record }) => patientIdentity(record) === identity) ?? keepsPatient;
  return [first, ...said.filter((one) => one !== first)];
}

async function removeEmptySeries(client: PoolClient, seriesPks: readonly string[]): Promise<void> {
  await client.query({
    name: 'count-touched-series',
    text: `UPDATE series SET updated_at = ${changedAt('series')},
        number_of_series_related_instances = (SELECT count(*) FROM instance WHERE instance.series_pk = series.series_pk)
      WHERE series_pk = ANY($1::bigint[])`,
    values: [seriesPks],
  });
  await client.query({
    name: 'remove-empty-series',
    text: 'DELETE FROM series WHERE series_pk = ANY($1::bigint[]) AND number_of_series_related_instances = 0',
    values: [seriesPks],
  });
}

/** The oldest instances of each series, and the oldest that names the study's patient, in the order of storing. */
async function oldestOf(
  client: PoolClient,
  studyPk: string,
  touched: readonly string[],
  identity: string,
  readRecord: ReadRecord,
): Promise<{ instance: Said; namesPatient: boolean }[]> {
  const { rows } = await client.query<{
    instance_pk: string;
    series_pk: string;
    metadata_length: number;
    names_patient: boolean;
  }>({
    name: 'oldest-of-study',
    text: `SELECT instance_pk, series_pk, metadata_length, COALESCE(patient_identity, $3) = $3 AS names_patient FROM instance
      WHERE instance_pk IN (
        SELECT of_series.instance_pk FROM series, LATERAL (
          SELECT instance_pk FROM instance WHERE instance.study_pk = $1 AND instance.series_pk = series.series_pk ORDER BY instance_pk
          LIMIT CASE WHEN series.series_pk = ANY($2::bigint[]) THEN ${OLDEST_OF_TOUCHED_SERIES} ELSE 1 END
        ) AS of_series WHERE series.study_pk = $1)
      OR instance_pk = (SELECT min(instance_pk) FROM instance WHERE study_pk = $1 AND COALESCE(patient_identity, $3) = $3)
      ORDER BY instance_pk`,
    values: [studyPk, touched, identity],
  });
  const found: { instance: Said; namesPatient: boolean }[] = [];
  for (let start = 0; start < rows.length; ) {
    let end = start;
    for (let characters = 0; end < rows.length; end += 1) {
      characters += rows[end]?.metadata_length ?? 0;
      if (end > start && characters > READ_AT_ONCE_CHARACTERS) break;
    }
    const group = rows.slice(start, end);
    const texts = await metadataOf(
      client,
      group.map(({ instance_pk }) => instance_pk),
    );
    for (const row of group)
      found.push({
        instance: { record: readRecord(texts.get(row.instance_pk) ?? '{}'), seriesPk: row.series_pk },
        namesPatient: row.names_patient,
      });
    start = end;
  }
  return found;
}

async function rebuildSeries(
  client: PoolClient,
  studyPk: string,
  touched: readonly string[],
  said: readonly Said[],
): Promise<void> {
  for (const pk of touched) {
    const records = said.flatMap(({ record, seriesPk }) => (seriesPk === pk ? [record] : []));
    const [first, ...others] = records;
    if (!first) continue;
    await overwrite(client, 'series', pk, first);
    const studies = new Map([[studyKey(first), { studyPk }]]);
    for (const wave of wavesBy(others, seriesKey, ({ seriesAttributes }) => seriesAttributes))
      await insertSeries(client, wave, studies);
  }
}

async function rebuildRow(client: PoolClient, studyPk: string, said: readonly Said[]): Promise<Set<string>> {
  const records = said.map(({ record }) => record);
  const [first, ...others] = records;
  const strangers = new Set<string>();
  if (!first) return strangers;
  await insertPatients(client, records);
  await overwrite(client, 'study', studyPk, first);
  for (const wave of wavesBy(others, studyKey, ({ studyAttributes }) => studyAttributes)) {
    const studies = await insertStudies(client, wave);
    for (const record of wave)
      if (!studies.get(studyKey(record))?.isSamePatient) strangers.add(sayingOf(record));
  }
  return strangers;
}

/** The row becomes what the record says, and nothing else. */
async function overwrite(
  client: PoolClient,
  table: 'study' | 'series',
  pk: string,
  record: InstanceStatement,
): Promise<void> {
  const attributes = table === 'study' ? record.studyAttributes : record.seriesAttributes;
  const columns = [...attributeColumns(table, [record]), jsonColumn('attributes', [attributes])];
  const uids = storedAttributes(table).flatMap((one) => (one.kind === 'uid' ? columnsOf(one) : []));
  const sets = columns
    .filter(({ name }) => !uids.includes(name))
    .map((column) => `${column.name} = ${selected(column)}`);
  const values: unknown[] = [...columns.map((column) => column.values), pk];
  if (table === 'study') {
    sets.push(`patient_pk = (SELECT patient.patient_pk FROM patient WHERE identity = $${values.length + 1})`);
    values.push(patientIdentity(record));
  }
  await client.query({
    name: `overwrite-${table}`,
    text: `UPDATE ${table} SET ${sets.join(', ')}, said = '{}', updated_at = ${changedAt(table)}
      FROM ${fromArrays(columns)} WHERE ${table}.${table}_pk = $${columns.length + 1}`,
    values,
  });
}

/** What the index computes: modalities and SOP classes are those of the instances, as when they are stored. */
async function recount(client: PoolClient, studyPk: string): Promise<void> {
  await client.query({
    name: 'recount-study',
    text: `UPDATE study SET
        number_of_study_related_instances = (SELECT COALESCE(sum(number_of_series_related_instances), 0) FROM series WHERE series.study_pk = study.study_pk),
        number_of_study_related_series = (SELECT count(*) FROM series WHERE series.study_pk = study.study_pk),
        modalities_in_study = ARRAY(
          SELECT DISTINCT m FROM instance JOIN series USING (series_pk), NULLIF(COALESCE(instance.modality, series.modality), '') AS m
          WHERE instance.study_pk = study.study_pk AND m IS NOT NULL ORDER BY m),
        sop_classes_in_study = ARRAY(SELECT DISTINCT sop_class_uid FROM instance WHERE instance.study_pk = study.study_pk ORDER BY sop_class_uid),
        updated_at = ${changedAt('study')}
      WHERE study_pk = $1`,
    values: [studyPk],
  });
  await client.query({
    name: 'remove-empty-study',
    text: 'DELETE FROM study WHERE study_pk = $1 AND number_of_study_related_instances = 0',
    values: [studyPk],
  });
}
