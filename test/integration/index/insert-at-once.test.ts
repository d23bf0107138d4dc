import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, inTransaction, type Pool } from '../../../storage/index/pool.ts';
import { addSearchableAttribute } from '../../../storage/index/searchable/searchable-attributes.ts';
import { deleteInstances } from '../../../storage/index/store/delete-instances.ts';
import { insertAtOnce } from '../../../storage/index/store/insert-at-once.ts';
import { insertInstances } from '../../../storage/index/store/insert-instances.ts';
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
async function insertBoth(makesRows: boolean, records: InstanceRecord[]): Promise<number> {
  const atOnce = await insertAtOnce(index.pool, records, { indexesSearchable: false, makesRows });
  const rest = records.filter((record) => !atOnce.has(record));
  if (rest.length > 0) await insertAll(index.pool, rest);
  await insertAll(slow.pool, records);
  return atOnce.size;
}

const insert = (...records: InstanceRecord[]) => insertBoth(false, records);
const insertNew = (...records: InstanceRecord[]) => insertBoth(true, records);

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

  it('keep that order whatever PostgreSQL knows of the tables', async () => {
    const studies = Array.from({ length: 9 }, () => readStudy());
    await insertBoth(
      true,
      studies.map(({ record }) => record()),
    );
    await index.pool.query('ANALYZE');
    for (const { StudyInstanceUID, record } of studies) {
      const records = [5, 3, 1, 4, 2].map((n) => record({ SOPInstanceUID: `${StudyInstanceUID}.${n}` }));
      // A connection of its own plans anew.
      const fresh = createPool(index.location, 1, () => undefined);
      try {
        expect(
          (await insertAtOnce(fresh, records, { indexesSearchable: false, makesRows: false })).size,
        ).toBe(5);
      } finally {
        await fresh.end();
      }
      const { rows } = await index.pool.query<{ uid: string }>(
        `SELECT sop_instance_uid AS uid FROM instance JOIN study USING (study_pk)
          WHERE study_instance_uid = $1 ORDER BY instance_pk OFFSET 1`,
        [StudyInstanceUID],
      );
      expect(rows.map(({ uid }) => uid)).toEqual(records.map(({ values }) => values.SOPInstanceUID?.[0]));
    }
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
    // Of those that come twice in one group the second has to be looked at after the first.
    expect(await insert(twice, again, { ...again, blobKey: 'instances/other' }, record())).toBe(1);
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
    const stored = await Promise.all(
      groups.map((group) => insertAtOnce(index.pool, group, { indexesSearchable: false, makesRows: false })),
    );
    expect(stored.map(({ size }) => size)).toEqual(groups.map(() => 5));
    const { rows } = await index.pool.query(
      `SELECT number_of_study_related_instances AS study, number_of_series_related_instances AS series, count(*)::int AS there
        FROM study JOIN series USING (study_pk) JOIN instance USING (series_pk) WHERE study_instance_uid = $1 GROUP BY 1, 2`,
      [StudyInstanceUID],
    );
    expect(rows).toEqual([{ study: 61, series: 61, there: 61 }]);
  });
});

const patientsOf = async (pool: Pool) =>
  (await pool.query<{ identity: string }>('SELECT identity FROM patient ORDER BY identity')).rows.map(
    ({ identity }) => identity,
  );

describe('the first instances of a study or series', () => {
  it('are stored in one statement, as any other way would store them', async () => {
    const { StudyInstanceUID, record } = readStudy({
      StudyDate: '20240229',
      StudyTime: '101112.25',
      AccessionNumber: 'A "1" \\x',
      ReferringPhysicianName: 'REF^ERRING=字^漢=かな',
      StudyDescription: 'CHÊST\u0000 "quoted" \\ back',
      PatientName: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
      IssuerOfPatientID: 'HOSPITAL',
      PatientBirthDate: '19700101',
      PatientSex: 'F',
      StudyID: '7',
      InstitutionName: 'ÄB',
      PerformingPhysicianName: 'PER^FORMING',
      SeriesNumber: '3',
      SeriesDate: 'no date',
      PerformedProcedureStepStartDate: '20240229',
      PerformedProcedureStepStartTime: '10',
    });
    const several = {
      'OtherPatientIDsSequence.PatientID': ['X1', 'X"2'],
      'RequestAttributesSequence.ScheduledProcedureStepID': ['S1', 'S2'],
    };
    const of = (own: Record<string, string>) => {
      const made = record(own);
      return { ...made, values: { ...made.values, ...several } };
    };
    const other = testUid();
    expect(await insertNew(of({}), of({ InstanceNumber: '2' }), of({ SeriesInstanceUID: other }))).toBe(3);
    expect(await insertNew(of({ SeriesInstanceUID: testUid() }), of({}))).toBe(2);
    await expectSameRows(StudyInstanceUID);
  });

  it('are those of all studies of a group, known and new', async () => {
    const studies = [readStudy(), readStudy({ PatientID: '' }), readStudy({ PatientID: 'P3' })];
    expect(await insertNew(...studies.slice(0, 2).map(({ record }) => record()))).toBe(2);
    expect(await insertNew(...studies.toReversed().map(({ record }) => record()))).toBe(3);
    for (const { StudyInstanceUID } of studies) await expectSameRows(StudyInstanceUID);
    expect(await patientsOf(index.pool)).toEqual(await patientsOf(slow.pool));
  });

  it('leave to others what says another thing of the study or series that they make', async () => {
    const { StudyInstanceUID, record } = readStudy();
    const records = [
      record({ StudyDescription: '' }),
      record({ StudyDescription: 'HEAD' }),
      record({ SeriesDescription: 'NEW' }),
      record({ PatientID: 'P2' }),
    ];
    expect(await insertNew(...records)).toBe(1);
    expect(await insertNew(record({ PatientID: 'P4' }))).toBe(0);
    expect(await insertNew(record({ PatientID: 'P4', SeriesInstanceUID: testUid() }))).toBe(0);
    await expectSameRows(StudyInstanceUID);
    // A patient that no study has does not stay.
    expect(await patientsOf(index.pool)).toEqual(await patientsOf(slow.pool));
  });

  it('make each row once, whoever stores at the same moment', async () => {
    const studies = Array.from({ length: 6 }, (_, i) => readStudy({ PatientID: `PARALLEL${i % 2}` }));
    const groups = Array.from({ length: 16 }, (_, i) => {
      const order = i % 2 === 0 ? studies : studies.toReversed();
      return order.map(({ record }) => record(i % 3 === 0 ? { SeriesInstanceUID: `1.2.${i}` } : {}));
    });
    const stored = await Promise.all(
      groups.map((group) => insertAtOnce(index.pool, group, { indexesSearchable: false, makesRows: true })),
    );
    expect(stored.map(({ size }) => size)).toEqual(groups.map(() => 6));
    for (const { StudyInstanceUID } of studies) {
      const { rows } = await index.pool.query(
        `SELECT number_of_study_related_instances AS study, number_of_study_related_series AS series,
            sum(number_of_series_related_instances)::int AS sum, count(*)::int AS count
          FROM study JOIN series USING (study_pk) WHERE study_instance_uid = $1 GROUP BY 1, 2`,
        [StudyInstanceUID],
      );
      expect(rows).toEqual([{ study: 16, series: 7, sum: 16, count: 7 }]);
    }
  });

  it('are there again when the study had been deleted', async () => {
    const { StudyInstanceUID, SeriesInstanceUID, record } = readStudy();
    const gone = record();
    await insertNew(gone);
    const scope = { studyInstanceUID: StudyInstanceUID };
    for (const { pool } of [index, slow]) await deleteInstances(pool, scope, readTestRecord, makeAuditEvent);
    const series = { ...scope, seriesInstanceUID: SeriesInstanceUID };
    expect(await wasDeleted(index.pool, series)).toBe(true);
    expect(await insertNew({ ...gone, blobKey: 'instances/back' })).toBe(1);
    expect(await wasDeleted(index.pool, series)).toBe(false);
    await expectSameRows(StudyInstanceUID);
  });
});

describe('where there are searchable attributes, instances', () => {
  it('wait for whoever indexes them', async () => {
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
    expect(
      (await insertAtOnce(index.pool, [next], { indexesSearchable: false, makesRows: false })).size,
    ).toBe(0);
    expect((await insertAtOnce(index.pool, [next], { indexesSearchable: true, makesRows: false })).size).toBe(
      1,
    );
  });
});
