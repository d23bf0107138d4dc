import type { PoolClient } from '../pool.ts';
import { toColumns } from '../search/column-value.ts';
import {
  type ArrayColumn,
  attributeColumns,
  bytesOf,
  fromArrays,
  jsonColumn,
  selected,
} from './array-columns.ts';
import { firstsBy, instanceKey, sayingOf, seriesKey, studyKey, wavesBy } from './distinct-records.ts';
import { firstValue, type InsertOutcome, type InstanceRecord, patientIdentity } from './instance-record.ts';
import { insertPatients, removeUnusedPatients } from './patients.ts';
import { type ReadRecord, rebuildStudy } from './rebuild-study.ts';
import { forgetDeleted } from './remember-deleted.ts';
import { retireCurrent } from './replace-instances.ts';
import { insertSeries, insertStudies, type StudyRow } from './upsert-studies.ts';

/**
 * Writes `records` in the caller's transaction, answering an outcome for each. The first object of a study or series gives its
 * attributes; later ones fill in only what was empty.
 */
export async function insertInstances(
  client: PoolClient,
  records: readonly InstanceRecord[],
  readRecord: ReadRecord,
): Promise<InsertOutcome[]> {
  await insertPatients(client, records);
  const studies = new Map<string, StudyRow>();
  const strangers = new Set<string>();
  for (const wave of wavesBy(records, studyKey, ({ studyAttributes }) => studyAttributes)) {
    for (const [key, row] of await insertStudies(client, wave)) studies.set(key, row);
    for (const record of wave)
      if (!studies.get(studyKey(record))?.isSamePatient) strangers.add(sayingOf(record));
  }
  await removeUnusedPatients(
    client,
    records.flatMap((record) => {
      const identity = patientIdentity(record);
      return studies.get(studyKey(record))?.identity === identity ? [] : [identity];
    }),
  );
  const series = new Map<string, string>();
  for (const wave of wavesBy(records, seriesKey, ({ seriesAttributes }) => seriesAttributes))
    for (const [key, pk] of await insertSeries(client, wave, studies)) series.set(key, pk);
  // Whoever else stores into these studies waits for their rows, locked above: the order of sending can be kept.
  const candidates = [...firstsBy(records, instanceKey).values()];
  const inserted = await insertInstanceRows(client, candidates, studies, series);
  const stored = candidates.filter(({ blobKey }) => inserted.has(blobKey));
  await countInserted(client, stored, studies, series);
  await forgetDeleted(client, stored);
  const outcomes: InsertOutcome[] = [];
  const replacing: Placed[] = [];
  const rest = records.filter(({ blobKey }) => !inserted.has(blobKey));
  const existing = await findExisting(client, rest, series);
  for (const record of records) {
    const earlier = existing.get(instanceKey(record));
    // A retry after a lost connection meets the row that its first try committed.
    if (inserted.has(record.blobKey) || earlier?.blobKey === record.blobKey) {
      outcomes.push({ kind: 'stored', patientMismatch: strangers.has(sayingOf(record)), replaced: false });
      continue;
    }
    if (!earlier) throw new Error('an instance was neither inserted nor found');
    if (!record.replacesOther || Buffer.compare(earlier.digest, record.digest) === 0) {
      outcomes.push({ kind: 'duplicate', digest: earlier.digest, blobKey: earlier.blobKey });
      continue;
    }
    const placed = await replaceInstance(client, record, studies, series);
    existing.set(instanceKey(record), record);
    if (placed) replacing.push(placed);
    outcomes.push({ kind: 'stored', patientMismatch: false, replaced: true });
  }
  const others = await rebuildReplaced(client, replacing, readRecord);
  return outcomes.map((outcome, i) =>
    outcome.kind === 'stored' && records[i] && others.has(records[i])
      ? { ...outcome, patientMismatch: true }
      : outcome,
  );
}

interface Placed {
  record: InstanceRecord;
  studyPk: string;
  seriesPk: string;
}

/** Puts a record in the place of the object under its UIDs; undefined where it was there, and another came since. */
async function replaceInstance(
  client: PoolClient,
  record: InstanceRecord,
  studies: ReadonlyMap<string, StudyRow>,
  series: ReadonlyMap<string, string>,
): Promise<Placed | undefined> {
  const studyPk = studies.get(studyKey(record))?.studyPk;
  const seriesPk = series.get(seriesKey(record));
  if (studyPk === undefined || seriesPk === undefined)
    throw new Error('a study or series was neither inserted nor found');
  if (!(await retireCurrent(client, record, seriesPk))) return undefined;
  await insertInstanceRows(client, [record], studies, series);
  return { record, studyPk, seriesPk };
}

/** Once a study, however many of its objects were replaced. Answers the records that are not of their study's patient. */
async function rebuildReplaced(
  client: PoolClient,
  replacing: readonly Placed[],
  readRecord: ReadRecord,
): Promise<Set<InstanceRecord>> {
  const others = new Set<InstanceRecord>();
  for (const studyPk of new Set(replacing.map((one) => one.studyPk))) {
    const placed = replacing.filter((one) => one.studyPk === studyPk);
    // The newest word counts.
    const newest = placed.toReversed();
    const seriesPks = placed.map(({ seriesPk }) => seriesPk);
    const strangers = await rebuildStudy(client, studyPk, seriesPks, readRecord, newest);
    for (const { record } of placed) if (strangers.has(sayingOf(record))) others.add(record);
  }
  return others;
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
    { name: 'patient_identity', type: 'text', values: records.map(patientIdentity) },
    // Empty: it says none. Null is for rows older than the column.
    { name: 'modality', type: 'text', values: records.map((r) => modalityOf(r) ?? '') },
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

function modalityOf(record: InstanceRecord) {
  return toColumns('code', record.values.Modality ?? [])[0];
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
    stored.map(modalityOf),
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
