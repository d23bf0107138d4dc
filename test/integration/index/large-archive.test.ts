import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeInstance } from '../../../server/archive/store/store-instance.ts';
import type { Pool } from '../../../storage/index/pool.ts';
import { fileOf } from '../../bench/large-archive/data-sets.ts';
import { fillIndex, withoutIndexes } from '../../bench/large-archive/fill-index.ts';
import { makeUpStudy } from '../../bench/large-archive/studies.ts';
import { assertTrialArchive } from '../../bench/large-archive/trial-archive.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { startTestIndex, type TestIndex } from './test-index.ts';

const MOST_PIXELS = 1024 * 1024;

/** Small ones, one of each kind that has small images. */
const numbers = [
  ...new Map(
    Array.from({ length: 400 }, (_, number) => number)
      .filter((number) => {
        const { series } = makeUpStudy(number);
        const pixels = series.map(
          ({ acquisition }) => Number(acquisition.Rows ?? 0) * Number(acquisition.Columns ?? 0),
        );
        return (
          series.reduce((sum, { instances }) => sum + instances, 0) <= 8 && Math.max(...pixels) <= MOST_PIXELS
        );
      })
      .map((number) => [makeUpStudy(number).series[0]?.attributes.Modality, number]),
  ).values(),
];

let server: TestServer;
let index: TestIndex;
beforeAll(async () => {
  server = await startServer({ store: 'files' });
  index = await startTestIndex();
  for (const number of numbers) await fillIndex(index.pool, { from: number, to: number + 1 });
});
afterAll(async () => {
  await server?.stop();
  await index?.stop();
});

async function storeReally(number: number): Promise<void> {
  const study = makeUpStudy(number);
  for (const series of study.series) {
    for (let instance = 1; instance <= series.instances; instance += 1) {
      const bytes = fileOf(study, series, instance, { thin: false });
      const outcome = await storeInstance(server.services.archive, {
        content: (async function* () {
          yield bytes;
        })(),
      }).outcome;
      expect(outcome.kind).toBe('stored');
    }
  }
}

/** Where a row lies, when it came, and what storing alone leaves: what depends on bytes, and digests of what was said. */
const OF_THE_MOMENT = new Set(
  `patient_pk study_pk series_pk instance_pk created_at updated_at blob_key digest size_bytes frame_index bulk_data said`.split(
    ' ',
  ),
);

async function rowsOf(pool: Pool, table: string, order: string) {
  const { rows } = await pool.query<Record<string, unknown>>(
    `SELECT ${table}.* FROM ${table} ORDER BY ${order} COLLATE "C"`,
  );
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !OF_THE_MOMENT.has(name))),
  );
}

describe('made-up studies in the index', () => {
  it('have the rows that storing their files would write', async () => {
    expect(numbers.length).toBeGreaterThan(2);
    for (const number of numbers) await storeReally(number);
    for (const [table, order] of [
      ['patient', 'identity'],
      ['study', 'study_instance_uid'],
      ['series', 'series_instance_uid'],
      ['instance', 'sop_instance_uid'],
    ] as const) {
      const stored = await rowsOf(server.services.pool, table, order);
      expect(stored.length).toBeGreaterThan(0);
      expect(await rowsOf(index.pool, table, order)).toEqual(stored);
    }
  });

  it('are about ten instances each, and several studies of one patient', () => {
    const studies = Array.from({ length: 2000 }, (_, i) => makeUpStudy(i));
    const instances = studies.flatMap(({ series }) => series.map((one) => one.instances));
    const mean = instances.reduce((sum, one) => sum + one, 0) / studies.length;
    expect(mean).toBeGreaterThan(8);
    expect(mean).toBeLessThan(12);
    const patients = new Set(studies.map(({ attributes }) => attributes.PatientID));
    expect(patients.size / studies.length).toBeGreaterThan(0.3);
    expect(patients.size / studies.length).toBeLessThan(0.7);
  });
});

describe('an archive that is filled for a trial', () => {
  const indexesOf = async () => {
    const { rows } = await index.pool.query<{ indexdef: string }>(
      `SELECT indexdef FROM pg_indexes WHERE tablename IN ('patient', 'study', 'series', 'instance')
          AND schemaname = current_schema() ORDER BY indexdef`,
    );
    return rows.map(({ indexdef }) => indexdef);
  };
  const before = new Date(0);
  const past = Math.max(...numbers) + 1;

  it('has its indexes again when the filling fails, or is stopped', async () => {
    const indexes = await indexesOf();
    expect(indexes.length).toBeGreaterThan(40);
    await expect(withoutIndexes(index.pool, () => Promise.reject(new Error('failed')))).rejects.toThrow(
      'failed',
    );
    expect(await indexesOf()).toEqual(indexes);
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(fillIndex(index.pool, { from: past, to: past + 5000, signal })).rejects.toThrow('stopped');
    expect(await indexesOf()).toEqual(indexes);
  });

  it('is refused where one of the studies is there, and taken where none is', async () => {
    const [number = 0] = numbers;
    await assertTrialArchive(index.pool, { from: past, to: past + 12_000, started: before });
    await expect(assertTrialArchive(index.pool, { from: number, to: past, started: before })).rejects.toThrow(
      '--from',
    );
  });

  it('is refused where somebody has been using it', async () => {
    await server.services.pool.query('SELECT 1');
    await sleep(20);
    const asked = { from: past, to: past + 1, started: new Date() };
    await expect(assertTrialArchive(index.pool, asked)).rejects.toThrow('using this archive');
  });

  it('is refused where it holds a real study', async () => {
    await index.pool.query('UPDATE study SET study_instance_uid = $1 WHERE study_instance_uid = $2', [
      '1.2.3',
      makeUpStudy(numbers[0] ?? 0).attributes.StudyInstanceUID,
    ]);
    const asked = { from: past, to: past + 1, started: before };
    await expect(assertTrialArchive(index.pool, asked)).rejects.toThrow('not made up');
  });
});
