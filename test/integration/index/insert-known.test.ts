import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction, type Pool } from '../../../storage/index/pool.ts';
import { addSearchableAttribute } from '../../../storage/index/searchable/searchable-attributes.ts';
import { deleteInstances } from '../../../storage/index/store/delete-instances.ts';
import { insertInstances } from '../../../storage/index/store/insert-instances.ts';
import { insertKnown } from '../../../storage/index/store/insert-known.ts';
import type { InstanceRecord } from '../../../storage/index/store/instance-record.ts';
import { wasDeleted } from '../../../storage/index/store/remember-deleted.ts';
import { testUid } from '../../support/make-instance.ts';
import { makeAuditEvent, makeRecord, readTestRecord, startTestIndex, type TestIndex } from './test-index.ts';

/** What stores in one statement where it can, and an index where nothing is stored so. */
let index: TestIndex;
let slow: TestIndex;
beforeAll(async () => {
  index = await startTestIndex();
  slow = await startTestIndex();
});
afterAll(async () => {
  await index?.stop();
  await slow?.stop();
});

const insertAll = (pool: Pool, records: readonly InstanceRecord[]) =>
  inTransaction(pool, (client) => insertInstances(client, records, readTestRecord));

/** How many of `records` were stored in one statement; the others are stored as any. */
async function insert(...records: InstanceRecord[]): Promise<number> {
  const known = await insertKnown(index.pool, records, false);
  const rest = records.filter((record) => !known.has(record));
  if (rest.length > 0) await insertAll(index.pool, rest);
  await insertAll(slow.pool, records);
  return known.size;
}

/** All that tells of a study, but keys and times. */
async function rowsOf(pool: Pool, studyInstanceUID: string): Promise<unknown> {
  const { rows } = await pool.query(
    `SELECT to_jsonb(study) - '{study_pk,patient_pk,said,created_at,updated_at}'::text[] AS study,
        to_jsonb(series) - '{series_pk,study_pk,said,created_at,updated_at}'::text[] AS series,
        to_jsonb(instance) - '{instance_pk,series_pk,study_pk,created_at}'::text[] AS instance, patient.identity
      FROM patient JOIN study USING (patient_pk) JOIN series USING (study_pk) JOIN instance USING (series_pk)
      WHERE study_instance_uid = $1 ORDER BY sop_instance_uid`,
    [studyInstanceUID],
  );
  return rows;
}

async function expectSameRows(studyInstanceUID: string): Promise<void> {
  const rows = await rowsOf(index.pool, studyInstanceUID);
  expect(rows).not.toEqual([]);
  expect(rows).toEqual(await rowsOf(slow.pool, studyInstanceUID));
}

const readStudy = (values: Record<string, string> = {}) => {
  const uids = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid() };
  const record = (own: Record<string, string> = {}) =>
    makeRecord({ ...uids, PatientID: 'P1', PatientName: 'ONE^P', Modality: 'CT', ...values, ...own });
  return { ...uids, record };
};

describe('instances that say nothing new', () => {
  it('are stored in one statement, as any other way would store them', async () => {
    const { StudyInstanceUID, record } = readStudy({ StudyDescription: 'CHEST' });
    expect(await insert(record({ InstanceNumber: '1' }))).toBe(0);
    expect(await insert(record({ InstanceNumber: '2' }), record({ ContentDate: '20240102' }))).toBe(2);
    expect(await insert(record({ SOPClassUID: '1.2.840.10008.5.1.4.1.1.2', ContentTime: '101112.5' }))).toBe(
      1,
    );
    await expectSameRows(StudyInstanceUID);
  });

  it('keep the order that they were sent in, as those before them do', async () => {
    const { StudyInstanceUID, record } = readStudy();
    const records = [9, 10, 8, 11].map((n) => record({ SOPInstanceUID: `${StudyInstanceUID}.${n}` }));
    const more = [19, 20, 18, 21].map((n) => record({ SOPInstanceUID: `${StudyInstanceUID}.${n}` }));
    expect(await insert(...records)).toBe(0);
    expect(await insert(...more)).toBe(4);
    const { rows } = await index.pool.query<{ uid: string }>(
      'SELECT sop_instance_uid AS uid FROM instance JOIN study USING (study_pk) WHERE study_instance_uid = $1 ORDER BY instance_pk',
      [StudyInstanceUID],
    );
    expect(rows.map(({ uid }) => uid)).toEqual(
      [...records, ...more].map(({ values }) => values.SOPInstanceUID?.[0]),
    );
  });

  it('are those that were heard before, whoever spoke in between', async () => {
    const { StudyInstanceUID, record } = readStudy();
    await insert(record({ StudyDescription: '' }));
    expect(await insert(record({ StudyDescription: 'HEAD' }))).toBe(0);
    expect(await insert(record({ StudyDescription: '' }), record({ StudyDescription: 'HEAD' }))).toBe(2);
    await expectSameRows(StudyInstanceUID);
  });

  it('are not those that say another thing of study, series or patient, nor those of another series or modality', async () => {
    const { StudyInstanceUID, record } = readStudy();
    await insert(record());
    expect(await insert(record({ StudyDescription: 'NEW' }))).toBe(0);
    expect(await insert(record({ SeriesDescription: 'NEW' }))).toBe(0);
    expect(await insert(record({ SeriesInstanceUID: testUid() }))).toBe(0);
    expect(await insert(record({ Modality: 'SR' }))).toBe(0);
    expect(await insert(record({ PatientID: 'P2' }))).toBe(0);
    // Another patient's are told of each time.
    expect(await insert(record({ PatientID: 'P2' }))).toBe(0);
    await expectSameRows(StudyInstanceUID);
  });

  it('are not duplicates', async () => {
    const { StudyInstanceUID, record } = readStudy();
    const twice = record();
    await insert(twice);
    const again = record();
    expect(await insert(twice, again, { ...again, blobKey: 'instances/other' })).toBe(1);
    await expectSameRows(StudyInstanceUID);
  });

  it('are only those that agree with what was left when others were deleted', async () => {
    const { StudyInstanceUID, SeriesInstanceUID, record } = readStudy();
    const first = record({ StudyDescription: 'FIRST' });
    await insert(first, record({ StudyDescription: '' }));
    expect(await insert(record({ StudyDescription: 'FIRST' }))).toBe(1);
    for (const { pool } of [index, slow]) {
      const { rows } = await pool.query<{ sop: string }>(
        `SELECT sop_instance_uid AS sop FROM instance JOIN study USING (study_pk)
          WHERE study_instance_uid = $1 AND instance.metadata LIKE '%FIRST%'`,
        [StudyInstanceUID],
      );
      for (const { sop: sopInstanceUID } of rows) {
        const scope = {
          studyInstanceUID: StudyInstanceUID,
          seriesInstanceUID: SeriesInstanceUID,
          sopInstanceUID,
        };
        await deleteInstances(pool, scope, readTestRecord, makeAuditEvent);
      }
    }
    // The study has no description any more: this one brings it back.
    expect(await insert(record({ StudyDescription: 'FIRST' }))).toBe(0);
    await expectSameRows(StudyInstanceUID);
  });

  it('are there again when they had been deleted', async () => {
    const { StudyInstanceUID, SeriesInstanceUID, record } = readStudy();
    const gone = record();
    await insert(record(), gone);
    const scope = {
      studyInstanceUID: StudyInstanceUID,
      seriesInstanceUID: SeriesInstanceUID,
      sopInstanceUID: gone.values.SOPInstanceUID?.[0] ?? '',
    };
    for (const { pool } of [index, slow]) await deleteInstances(pool, scope, readTestRecord, makeAuditEvent);
    expect(await wasDeleted(index.pool, scope)).toBe(true);
    await insert(record());
    expect(await wasDeleted(index.pool, scope)).toBe(true);
    expect(await insert({ ...gone, blobKey: 'instances/anew' })).toBe(1);
    expect(await wasDeleted(index.pool, scope)).toBe(false);
    await expectSameRows(StudyInstanceUID);
  });

  it('change when the study and series were last changed', async () => {
    const { StudyInstanceUID, record } = readStudy();
    const changedAt = async () =>
      (
        await index.pool.query<{ both: string }>(
          `SELECT concat(study.updated_at, series.updated_at) AS both FROM study JOIN series USING (study_pk) WHERE study_instance_uid = $1`,
          [StudyInstanceUID],
        )
      ).rows[0]?.both;
    await insert(record());
    const before = await changedAt();
    expect(await insert(record())).toBe(1);
    expect(await changedAt()).not.toBe(before);
  });

  it('count each once, whoever stores at the same moment', async () => {
    const { StudyInstanceUID, record } = readStudy();
    await insert(record());
    const groups = Array.from({ length: 12 }, () => Array.from({ length: 5 }, () => record()));
    const stored = await Promise.all(groups.map((group) => insertKnown(index.pool, group, false)));
    expect(stored.map(({ size }) => size)).toEqual(groups.map(() => 5));
    const { rows } = await index.pool.query(
      `SELECT number_of_study_related_instances AS study, number_of_series_related_instances AS series, count(*)::int AS there
        FROM study JOIN series USING (study_pk) JOIN instance USING (series_pk) WHERE study_instance_uid = $1 GROUP BY 1, 2`,
      [StudyInstanceUID],
    );
    expect(rows).toEqual([{ study: 61, series: 61, there: 61 }]);
  });

  it('wait for whoever indexes them where there are searchable attributes', async () => {
    const { record } = readStudy();
    await insert(record());
    await addSearchableAttribute(index.pool, {
      path: ['00080070'],
      privateCreator: '',
      keyword: 'Manufacturer',
      vr: 'LO',
      level: 'instance',
      kind: 'text',
    });
    const next = record();
    expect((await insertKnown(index.pool, [next], false)).size).toBe(0);
    expect((await insertKnown(index.pool, [next], true)).size).toBe(1);
  });
});
