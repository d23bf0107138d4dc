import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteInstances } from '../../../storage/index/store/delete-instances.ts';
import { InsertQueue } from '../../../storage/index/store/insert-queue.ts';
import { versionsOf } from '../../../storage/index/store/instance-versions.ts';
import { testUid } from '../../support/make-instance.ts';
import { makeAuditEvent, makeRecord, readTestRecord, startTestIndex, type TestIndex } from './test-index.ts';

let index: TestIndex;
let queues: InsertQueue[];
beforeAll(async () => {
  index = await startTestIndex(16);
  // As several processes: each has its own queue.
  queues = Array.from({ length: 3 }, () => new InsertQueue(index.pool, () => [], readTestRecord));
});
afterAll(() => index?.stop());

const newUids = () => ({
  StudyInstanceUID: testUid(),
  SeriesInstanceUID: testUid(),
  SOPInstanceUID: testUid(),
});

let objects = 0;
/** An object whose bytes no other has. */
function replacing(uids: Record<string, string>, PatientID = 'P') {
  const number = ++objects;
  const digest = Uint8Array.of(number >> 8, number & 0xff);
  return makeRecord(
    { ...uids, PatientID },
    { blobKey: `instances/replacing-${number}`, digest, replacesOther: true },
  );
}

const scopeOf = ({ StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID }: ReturnType<typeof newUids>) => ({
  studyInstanceUID: StudyInstanceUID,
  seriesInstanceUID: SeriesInstanceUID,
  sopInstanceUID: SOPInstanceUID,
});

async function numbersOf(study: string) {
  const { rows } = await index.pool.query<{ counted: number; instances: number; versions: number }>(
    `SELECT number_of_study_related_instances AS counted,
        (SELECT count(*)::integer FROM instance WHERE instance.study_pk = study.study_pk) AS instances,
        (SELECT count(*)::integer FROM instance_version JOIN series USING (series_pk) WHERE series.study_pk = study.study_pk) AS versions
      FROM study WHERE study_instance_uid = $1`,
    [study],
  );
  return rows[0];
}

describe('objects that replace each other', () => {
  it('from several processes at once are all kept, one of them current, and counted once', async () => {
    const uids = newUids();
    const records = Array.from({ length: 60 }, () => replacing(uids));
    const outcomes = await Promise.all(records.map((record, i) => queues[i % 3]?.insert(record)));
    expect(outcomes.every((outcome) => outcome?.kind === 'stored')).toBe(true);
    const versions = await versionsOf(index.pool, scopeOf(uids));
    expect(versions.map(({ version }) => version)).toEqual(records.map((_, i) => i + 1));
    expect(versions.map(({ blobKey }) => blobKey).sort()).toEqual(
      records.map(({ blobKey }) => blobKey).sort(),
    );
    expect(versions.filter(({ replacedAt }) => replacedAt === null)).toHaveLength(1);
    expect(await numbersOf(uids.StudyInstanceUID)).toEqual({ counted: 1, instances: 1, versions: 59 });
  });

  it('are not confused by an insert that is tried again after another came', async () => {
    const uids = newUids();
    const [first, second] = [replacing(uids), replacing(uids)];
    await queues[0]?.insert(first);
    await queues[1]?.insert(second);
    expect(await queues[0]?.insert(first)).toMatchObject({ kind: 'stored' });
    const versions = await versionsOf(index.pool, scopeOf(uids));
    expect(versions.map(({ blobKey }) => blobKey)).toEqual([first.blobKey, second.blobKey]);
  });

  it('may be deleted meanwhile: every blob is of a row or was given back, and the counts stay true', async () => {
    const uids = newUids();
    const kept = new Set<string>();
    const work = queues.map(async (queue, q) => {
      for (let i = 0; i < 40; i++) {
        const record = replacing(uids, `Q${q}`);
        kept.add(record.blobKey);
        await queue.insert(record);
        if (i % 9 !== q) continue;
        const { blobKeys } = await deleteInstances(
          index.pool,
          { studyInstanceUID: uids.StudyInstanceUID },
          readTestRecord,
          makeAuditEvent,
        );
        for (const key of blobKeys) kept.delete(key);
      }
    });
    await Promise.all(work);
    const versions = await versionsOf(index.pool, scopeOf(uids));
    expect(new Set(versions.map(({ blobKey }) => blobKey))).toEqual(kept);
    const numbers = await numbersOf(uids.StudyInstanceUID);
    expect(numbers?.counted ?? 0).toBe(numbers?.instances ?? 0);
    const { rows } = await index.pool.query(
      "SELECT 1 FROM patient WHERE patient_id LIKE 'Q_' AND NOT EXISTS (SELECT 1 FROM study WHERE study.patient_pk = patient.patient_pk)",
    );
    expect(rows).toEqual([]);
  });

  it('never set the time of change back, however long one waited for the other', async () => {
    const uids = newUids();
    await queues[0]?.insert(replacing(uids));
    const changed = async () => {
      const { rows } = await index.pool.query<{ study: string; series: string; instance: string }>(
        `SELECT study.updated_at::text AS study, series.updated_at::text AS series, instance.created_at::text AS instance
          FROM study JOIN series USING (study_pk) JOIN instance USING (series_pk) WHERE study_instance_uid = $1`,
        [uids.StudyInstanceUID],
      );
      const [row] = rows;
      if (!row) throw new Error('it is not there');
      return row;
    };
    const holder = await index.pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM study WHERE study_instance_uid = $1 FOR UPDATE', [
      uids.StudyInstanceUID,
    ]);
    const waiting = queues[1]?.insert(replacing(uids));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { rows } = await holder.query<{ at: string }>(
      'UPDATE study SET updated_at = clock_timestamp() WHERE study_instance_uid = $1 RETURNING updated_at::text AS at',
      [uids.StudyInstanceUID],
    );
    await holder.query('COMMIT');
    holder.release();
    await waiting;
    const after = await changed();
    for (const at of Object.values(after)) expect(at > (rows[0]?.at ?? '')).toBe(true);
  });
});
