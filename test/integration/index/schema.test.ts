import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { columnsOf, INDEXED_ATTRIBUTES } from '../../../storage/index/attributes.ts';
import { migrate } from '../../../storage/index/migrate.ts';
import { createPool, inTransaction } from '../../../storage/index/pool.ts';
import { conditionOf } from '../../../storage/index/search/match.ts';
import type { Matching } from '../../../storage/index/search/matching.ts';
import { Parameters } from '../../../storage/index/search/sql-parameters.ts';
import { insertInstances } from '../../../storage/index/store/insert-instances.ts';
import { dropSchema, freshSchemaName } from '../../support/postgres.ts';
import { attributeNamed, makeRecord, readTestRecord, startTestIndex, type TestIndex } from './test-index.ts';

let index: TestIndex;
beforeAll(async () => {
  index = await startTestIndex();
});
afterAll(() => index?.stop());

describe('the migrations', () => {
  it('do nothing the second time', async () => {
    expect(await migrate(index.pool, index.schema)).toEqual([]);
  });

  it('run once when many processes start at the same moment', async () => {
    const schema = freshSchemaName();
    const databaseUrl = inject('databaseUrl');
    const pools = Array.from({ length: 5 }, () =>
      createPool({ connection: { connectionString: databaseUrl }, schema }, 2, () => undefined),
    );
    try {
      const ran = await Promise.all(pools.map((pool) => migrate(pool, schema)));
      const all = ran.flat();
      expect(all.length).toBeGreaterThan(0);
      expect(new Set(all).size).toBe(all.length);
    } finally {
      await Promise.all(pools.map((pool) => pool.end()));
      await dropSchema(databaseUrl, schema);
    }
  });

  it('made every column that an indexed attribute names', async () => {
    const { rows } = await index.pool.query<{ table_name: string; column_name: string }>(
      'SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = $1',
      [index.schema],
    );
    const columns = new Set(rows.map((row) => `${row.table_name}.${row.column_name}`));
    const missing = INDEXED_ATTRIBUTES.flatMap((attribute) =>
      columnsOf(attribute).map((column) => `${attribute.level}.${column}`),
    ).filter((name) => !columns.has(name));
    expect(missing).toEqual([]);
  });
});

describe('PostgreSQL uses an index', () => {
  beforeAll(async () => {
    const records = Array.from({ length: 300 }, (_, i) =>
      makeRecord({
        PatientName: `Name${i}^X`,
        PatientID: `ID${i}`,
        AccessionNumber: `ACC${i}`,
        StudyDate: `2024${String((i % 12) + 1).padStart(2, '0')}01`,
        StudyDescription: `CT ${i}`,
        Modality: 'CT',
        SeriesDescription: 's',
        'RequestAttributesSequence.ScheduledProcedureStepID': `SPS${i}`,
      }),
    );
    await inTransaction(index.pool, (client) => insertInstances(client, records, readTestRecord));
    await index.pool.query('ANALYZE study, series, instance');
  });

  it.each<[string, Matching]>([
    ['PatientName', { kind: 'wildcard', pattern: 'name1*' }],
    ['PatientName', { kind: 'wildcard', pattern: '*ame12*' }],
    ['PatientID', { kind: 'any-of', values: ['ID5'] }],
    ['PatientID', { kind: 'wildcard', pattern: 'ID5*' }],
    ['PatientName', { kind: 'fuzzy', names: ['nahme12'] }],
    ['PatientName', { kind: 'fuzzy', names: ['*name1*'] }],
    ['OtherPatientIDsSequence.PatientID', { kind: 'any-of', values: ['X'] }],
    ['AccessionNumber', { kind: 'any-of', values: ['ACC7'] }],
    ['AccessionNumber', { kind: 'wildcard', pattern: 'ACC7*' }],
    ['StudyDate', { kind: 'range', from: '20240101', to: '20240115' }],
    ['StudyDescription', { kind: 'wildcard', pattern: '*ct 12*' }],
    ['ReferringPhysicianName', { kind: 'any-of', values: ['nobody'] }],
    ['PerformingPhysicianName', { kind: 'wildcard', pattern: 'nob*' }],
    ['ModalitiesInStudy', { kind: 'any-of', values: ['XA'] }],
    ['StudyInstanceUID', { kind: 'any-of', values: ['1.2.3'] }],
    ['SeriesInstanceUID', { kind: 'any-of', values: ['1.2.3'] }],
    ['RequestAttributesSequence.ScheduledProcedureStepID', { kind: 'any-of', values: ['SPS1'] }],
    ['SOPInstanceUID', { kind: 'any-of', values: ['1.2.3'] }],
  ])('to match %s by %o', async (name, matching) => {
    const attribute = attributeNamed(name);
    const parameters = new Parameters();
    const condition = conditionOf({ attribute, matching }, parameters);
    const plan = await inTransaction(index.pool, async (client) => {
      await client.query('SET LOCAL enable_seqscan = off');
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT 1 FROM ${attribute.level} WHERE ${condition}`,
        parameters.values,
      );
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).toMatch(/Index Cond|Bitmap Index Scan/);
    expect(plan).not.toMatch(/Seq Scan/);
  });
});

describe('a database that goes away', () => {
  it('is named as such, by queries and by transactions', async () => {
    const pool = createPool(
      { connection: { connectionString: 'postgresql://nobody@127.0.0.1:1/none' } },
      1,
      () => undefined,
    );
    await expect(pool.query('SELECT 1')).rejects.toMatchObject({ code: 'INDEX_UNAVAILABLE' });
    await expect(inTransaction(pool, async () => 1)).rejects.toMatchObject({ code: 'INDEX_UNAVAILABLE' });
    await pool.end();
  });

  it('is named when it cuts the connection in the middle, and the pool goes on', async () => {
    const pool = createPool({ connection: { connectionString: inject('databaseUrl') } }, 2, () => undefined);
    const cut = inTransaction(pool, (client) =>
      client.query('SELECT pg_terminate_backend(pg_backend_pid())'),
    );
    await expect(cut).rejects.toMatchObject({ code: 'INDEX_UNAVAILABLE' });
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });
});
