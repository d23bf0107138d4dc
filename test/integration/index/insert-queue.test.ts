import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteInstances } from '../../../storage/index/store/delete-instances.ts';
import { InsertQueue } from '../../../storage/index/store/insert-queue.ts';
import { testUid } from '../../support/make-instance.ts';
import {
  find,
  makeAuditEvent,
  makeRecord,
  readTestRecord,
  startTestIndex,
  type TestIndex,
} from './test-index.ts';

let index: TestIndex;
let queue: InsertQueue;
beforeAll(async () => {
  index = await startTestIndex(16);
  queue = new InsertQueue(index.pool, () => [], readTestRecord);
});
afterAll(() => index?.stop());

const studyOf = async (uid: string) =>
  (await find(index.pool, 'study', { StudyInstanceUID: { kind: 'any-of', values: [uid] } })).rows[0]?.study;

describe('inserting', () => {
  it('fails a record that the index cannot hold alone, whatever came with it', async () => {
    const good = [makeRecord(), makeRecord(), makeRecord()];
    const bad = makeRecord({}, { studyAttributes: 'this is no JSON' });
    const [first, failed, ...rest] = await Promise.allSettled(
      [good[0], bad, good[1], good[2]].map((record) => queue.insert(record ?? bad)),
    );
    expect(failed?.status).toBe('rejected');
    expect([first, ...rest].map((outcome) => outcome?.status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
    for (const { values } of good) expect(await studyOf(values.StudyInstanceUID?.[0] ?? '')).toBeDefined();
  });

  it('answers a duplicate with the digest of what is there, in one batch as in two', async () => {
    const record = makeRecord({}, { digest: Uint8Array.of(9) });
    const same = { ...record, blobKey: 'instances/other', digest: Uint8Array.of(8) };
    const [one, two] = await Promise.all([queue.insert(record), queue.insert(same)]);
    expect(one).toEqual({ kind: 'stored', patientMismatch: false, replaced: false });
    expect(two).toMatchObject({ kind: 'duplicate' });
    const three = await queue.insert(same);
    expect(three.kind === 'duplicate' && [...three.digest]).toEqual([9]);
    expect((await studyOf(record.values.StudyInstanceUID?.[0] ?? ''))?.numberOfStudyRelatedInstances).toBe(1);
  });

  it('has as the current object what came last, though what came before says something new', async () => {
    const uids = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
    await queue.insert(makeRecord({ ...uids, SOPInstanceUID: testUid() }));
    const before = makeRecord(
      { ...uids, StudyDescription: 'new' },
      { replacesOther: true, digest: Uint8Array.of(1) },
    );
    const last = makeRecord(uids, { replacesOther: true, digest: Uint8Array.of(2) });
    const outcomes = await Promise.all([queue.insert(before), queue.insert(last)]);
    expect(outcomes).toMatchObject([
      { kind: 'stored', replaced: false },
      { kind: 'stored', replaced: true },
    ]);
    const { rows } = await index.pool.query('SELECT blob_key FROM instance WHERE sop_instance_uid = $1', [
      uids.SOPInstanceUID,
    ]);
    expect(rows).toEqual([{ blob_key: last.blobKey }]);
  });

  it('takes a record again whose first try was committed but not heard of', async () => {
    const record = makeRecord();
    await queue.insert(record);
    expect(await queue.insert(record)).toEqual({ kind: 'stored', patientMismatch: false, replaced: false });
  });

  it('tells when an instance names another patient than its study has', async () => {
    const StudyInstanceUID = testUid();
    await queue.insert(makeRecord({ StudyInstanceUID, PatientID: 'A' }));
    expect(await queue.insert(makeRecord({ StudyInstanceUID, PatientID: 'B' }))).toEqual({
      kind: 'stored',
      patientMismatch: true,
      replaced: false,
    });
    const { rows } = await index.pool.query("SELECT 1 FROM patient WHERE patient_id = 'B'");
    expect(rows).toEqual([]);
  });

  it.each([
    ['one after the other', false],
    ['in one batch', true],
  ])('fills in what earlier instances left empty, when they come %s', async (_, together) => {
    const StudyInstanceUID = testUid();
    const SeriesInstanceUID = testUid();
    const names = { StudyInstanceUID, SeriesInstanceUID };
    const records = [
      makeRecord({ ...names, StudyDescription: 'first', PatientID: '' }),
      makeRecord({
        ...names,
        StudyDescription: 'second',
        PatientID: StudyInstanceUID,
        StudyDate: '20240102',
        Modality: 'CT',
        SeriesDescription: 'axial',
        'RequestAttributesSequence.ScheduledProcedureStepID': 'SPS-late',
        'OtherPatientIDsSequence.PatientID': 'OTHER-late',
      }),
    ];
    if (together) await Promise.all(records.map((record) => queue.insert(record)));
    else for (const record of records) await queue.insert(record);
    const study = await studyOf(StudyInstanceUID);
    expect(JSON.parse(study?.attributes ?? '')).toMatchObject({
      '00081030': { Value: ['first'] },
      '00100020': { Value: [StudyInstanceUID] },
      '00080020': { Value: ['20240102'] },
    });
    expect(study?.modalitiesInStudy).toEqual(['CT']);
    const found = await find(index.pool, 'series', {
      PatientID: { kind: 'any-of', values: [StudyInstanceUID] },
      SeriesDescription: { kind: 'any-of', values: ['axial'] },
    });
    expect(JSON.parse(found.rows[0]?.series?.attributes ?? '')).toMatchObject({
      '0008103E': { Value: ['axial'] },
    });
    const late = await find(index.pool, 'series', {
      StudyInstanceUID: { kind: 'any-of', values: [StudyInstanceUID] },
      'RequestAttributesSequence.ScheduledProcedureStepID': { kind: 'any-of', values: ['SPS-late'] },
      'OtherPatientIDsSequence.PatientID': { kind: 'any-of', values: ['OTHER-late'] },
    });
    expect(late.total).toBe(1);
    const patients = await index.pool.query(
      'SELECT patient.patient_id FROM patient JOIN study USING (patient_pk) WHERE study_instance_uid = $1',
      [StudyInstanceUID],
    );
    expect(patients.rows).toEqual([{ patient_id: StudyInstanceUID }]);
  });

  it.each([
    ['U+0000', 'a\0b'],
    ['a backslash before u0000', 'C:\\u0000dir'],
    ['a character in two code units where they are cut', `${'x'.repeat(511)}😀`],
    ['ten thousand characters', 'x'.repeat(10_000)],
    ['signs of SQL and JSON', `'";--\\"{}[]$1`],
    ['a date of the year 0', '00000101'],
  ])('takes values with %s', async (_, value) => {
    const StudyInstanceUID = testUid();
    await queue.insert(
      makeRecord({
        StudyInstanceUID,
        PatientName: value,
        StudyDescription: value,
        PatientID: value,
        StudyDate: value,
        StudyTime: value,
        SeriesNumber: value,
        Modality: value,
        'RequestAttributesSequence.RequestedProcedureID': [value, value],
      }),
    );
    const study = await studyOf(StudyInstanceUID);
    expect(JSON.parse(study?.attributes ?? '')['00081030'].Value).toEqual([value.replaceAll('\0', '')]);
  });
});

describe('many at once', () => {
  it('store and delete the same study hundreds of times without a fault, and the counts stay true', async () => {
    const StudyInstanceUID = testUid();
    const series = [testUid(), testUid(), testUid()];
    // As several processes: each has its own queue.
    const queues = [
      queue,
      new InsertQueue(index.pool, () => [], readTestRecord),
      new InsertQueue(index.pool, () => [], readTestRecord),
    ];
    const work = queues.map(async (own, q) => {
      for (let i = 0; i < 70; i += 1) {
        const batch = Array.from({ length: 3 }, (_, k) =>
          own.insert(
            makeRecord({
              StudyInstanceUID,
              SeriesInstanceUID: series[(i + k) % 3] ?? '',
              PatientID: `P${q}`,
              Modality: 'CT',
            }),
          ),
        );
        await Promise.all(batch);
        if (i % 5 === q)
          await deleteInstances(
            index.pool,
            { studyInstanceUID: StudyInstanceUID, seriesInstanceUID: i % 2 ? series[i % 3] : undefined },
            readTestRecord,
            makeAuditEvent,
          );
      }
    });
    await Promise.all(work);
    const study = await studyOf(StudyInstanceUID);
    const { rows } = await index.pool.query<{ instances: number; series: number }>(
      'SELECT count(*)::integer AS instances, count(DISTINCT series_pk)::integer AS series FROM instance JOIN study USING (study_pk) WHERE study_instance_uid = $1',
      [StudyInstanceUID],
    );
    expect(study?.numberOfStudyRelatedInstances ?? 0).toBe(rows[0]?.instances);
    expect(study?.numberOfStudyRelatedSeries ?? 0).toBe(rows[0]?.series);
    const orphans = await index.pool.query(
      "SELECT 1 FROM patient WHERE patient_id LIKE 'P_' AND NOT EXISTS (SELECT 1 FROM study WHERE study.patient_pk = patient.patient_pk)",
    );
    expect(orphans.rows).toEqual([]);
  });
});
