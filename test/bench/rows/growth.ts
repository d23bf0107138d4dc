import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../../storage/index/embedded-postgres/embedded-postgres.ts';
import { migrate } from '../../../storage/index/migrate.ts';
import { createPool, type Pool } from '../../../storage/index/pool.ts';
import type { Figure } from '../figure.ts';
import { fillIndex } from '../large-archive/fill-index.ts';
import { makeUpStudy } from '../large-archive/studies.ts';
import { ctSeries } from '../load/ct.ts';
import { asJson } from '../load/read.ts';
import { store } from '../load/store.ts';
import { drive } from '../load/wrk.ts';
import type { BenchOptions } from '../options.ts';
import { startIsocenter } from '../peers/isocenter.ts';
import { makeFolder, stoppedAtEnd } from '../peers/running.ts';
import type { RowFamily } from '../row.ts';
import { median } from '../samples.ts';
import { drawChart } from './growth-chart.ts';

const indexGrowth = 'index-growth';
const queryGrowth = 'query-growth';
/** About ten instances each. */
const SIZES = [100, 1_000, 10_000, 100_000];
const documents = join(import.meta.dirname, '..', '..', '..', 'docs');
const kept = join(documents, 'growth.json');

interface TableSize {
  table: string;
  rows: number;
  tableBytes: number;
  indexBytes: number;
}

/** What was measured of an archive of one size. */
export interface Growth {
  studies: number;
  instances: number;
  /** Of one client's time, by the rate of four that store at once. NaN: not asked for. */
  storeMsAnInstance: number;
  /** Empty: not asked for. */
  queries: Record<string, { requestsPerSecond: number; p50Ms: number; p95Ms: number }>;
  tables: TableSize[];
}

const FAMILIES = ['smith', 'muller', 'garcia', 'johnson', 'nguyen', 'kowalski', 'williams', 'yamada'];

/** Searches whose answers are of one length whatever the archive's size: for each, one for the study of a number. */
const QUERIES: Readonly<Record<string, (study: number) => string>> = {
  'name prefix, newest 3': (study) => `studies?PatientName=${FAMILIES[study % FAMILIES.length]}*&limit=3`,
  'three months, newest 20': (study) => {
    const year = 2019 + (study % 7);
    const month = 1 + (study % 9);
    return `studies?StudyDate=${year}${String(month).padStart(2, '0')}01-${year}${String(month + 3).padStart(2, '0')}01&limit=20`;
  },
  'accession number': (study) => `studies?AccessionNumber=A${String(study).padStart(9, '0')}`,
  'patient ID, newest study': (study) =>
    `studies?PatientID=${makeUpStudy(study).attributes.PatientID}&limit=1`,
  'name and 27 months, newest': (study) =>
    `studies?PatientName=${FAMILIES[study % FAMILIES.length]}*&StudyDate=20240101-20260331&limit=1`,
  'newest 25': () => 'studies?limit=25',
  'series of a study': (study) => `studies/${makeUpStudy(study).attributes.StudyInstanceUID}/series?limit=1`,
};
const DIFFERENT = 60;

async function withPool<T>(dataFolder: string, work: (pool: Pool) => Promise<T>): Promise<T> {
  const postgres = await startEmbeddedPostgres({ dataDir: dataFolder });
  const stop = stoppedAtEnd(() => postgres.stop());
  const pool = createPool({ connection: postgres.connection }, 4, () => undefined);
  try {
    await migrate(pool);
    return await work(pool);
  } finally {
    await pool.end();
    await stop();
  }
}

/** Adds made-up studies until the archive in `dataFolder`, which nobody uses, has `studies` of them. */
async function growTo(dataFolder: string, studies: number): Promise<TableSize[]> {
  return await withPool(dataFolder, async (pool) => {
    const { rows: made } = await pool.query<{ next: number }>(
      "SELECT COALESCE(max(substr(accession_number, 2)::integer) + 1, 0) AS next FROM study WHERE accession_number LIKE 'A00%'",
    );
    await fillIndex(pool, { from: made[0]?.next ?? 0, to: studies });
    const { rows } = await pool.query<{
      table: string;
      rows: number;
      table_bytes: string;
      index_bytes: string;
    }>(
      `SELECT relname AS table, reltuples::integer AS rows, pg_table_size(oid) AS table_bytes, pg_indexes_size(oid) AS index_bytes
        FROM pg_class WHERE oid = ANY('{patient,study,series,instance}'::regclass[]) ORDER BY oid`,
    );
    return rows.map((row) => ({
      table: row.table,
      rows: row.rows,
      tableBytes: Number(row.table_bytes),
      indexBytes: Number(row.index_bytes),
    }));
  });
}

const STORED_A_ROUND = 400;
const ROUNDS = 5;
let salt = 5_000;

/** Milliseconds for each small instance, of those that four clients store, ten a request and fifty a series. */
async function measureStore(root: string): Promise<number> {
  const rates: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    salt += 1;
    const instances = Array.from({ length: STORED_A_ROUND / 50 }, (_, i) =>
      ctSeries({ salt, study: i + 1 }, 50, 16),
    ).flat();
    const rate = await store(root, instances, 10);
    // The first round warms up.
    if (round > 0) rates.push(rate);
  }
  return 1000 / median(rates);
}

async function measureQueries(
  root: string,
  studies: number,
  options: { seconds: number; mayInstall: boolean },
): Promise<Growth['queries']> {
  const queries: Growth['queries'] = {};
  for (const [name, path] of Object.entries(QUERIES)) {
    const paths = Array.from({ length: DIFFERENT }, (_, i) => path(Math.floor((i * studies) / DIFFERENT)));
    const reading = { root, paths, headers: asJson };
    await drive(reading, { ...options, seconds: 1 });
    queries[name] = await drive(reading, options);
  }
  return queries;
}

/** Measures what is wanted of the archive in `dataFolder`, which has `studies` made-up studies. */
async function measureGrowth(
  dataFolder: string,
  studies: number,
  tables: TableSize[],
  wanted: ReadonlySet<string>,
  options: { seconds: number; mayInstall: boolean },
): Promise<Growth> {
  const { root, stop } = await startIsocenter({ dataFolder });
  try {
    const queries = wanted.has(queryGrowth) ? await measureQueries(root, studies, options) : {};
    const storeMsAnInstance = wanted.has(indexGrowth) ? await measureStore(root) : Number.NaN;
    const instances = tables.find(({ table }) => table === 'instance')?.rows ?? 0;
    return { studies, instances, storeMsAnInstance, queries, tables };
  } finally {
    await stop();
  }
}

/** docs/growth.json and its pictures show both rows together, each at its full length: else they stay as they are. */
export function isGrowthWritten(
  wanted: ReadonlySet<string>,
  { isWritten }: Pick<BenchOptions, 'isWritten'>,
): boolean {
  return isWritten && growthRows.names.every((row) => wanted.has(row));
}

/** Writes what was measured, and what it looks like, into docs. */
async function writeGrowth(growth: readonly Growth[]): Promise<void> {
  const sizes = growth.map(({ instances }) => instances);
  const xName = 'instances in the archive, ten a study';
  const names = Object.keys(QUERIES);
  const of = (pick: (query: Growth['queries'][string]) => number) =>
    names.map((name) => ({
      name,
      values: growth.map(({ queries }) => (queries[name] ? pick(queries[name]) : Number.NaN)),
    }));
  await writeFile(kept, `${JSON.stringify(growth, null, 2)}\n`);
  await writeFile(
    join(documents, 'growth-store.svg'),
    drawChart({
      title: 'Time of storing one more instance',
      unit: 'ms an instance, 4 clients',
      xName,
      sizes,
      lines: [{ name: 'store', values: growth.map(({ storeMsAnInstance }) => storeMsAnInstance) }],
    }),
  );
  await writeFile(
    join(documents, 'growth-search.svg'),
    drawChart({
      title: 'Time of a search, 95th percentile',
      unit: 'ms, 4 clients at once',
      xName,
      sizes,
      lines: of(({ p95Ms }) => p95Ms),
    }),
  );
}

/** Of the rows that are wanted. */
export function figuresOf(growth: readonly Growth[], wanted: ReadonlySet<string>): Figure[] {
  const at = (studies: number) => growth.find((one) => one.studies === studies);
  const [small, large] = [at(1_000), at(100_000)];
  if (!small || !large) return [];
  const ratios = Object.entries(large.queries).map(([name, { p95Ms }]) => ({
    name,
    ratio: p95Ms / (small.queries[name]?.p95Ms ?? Number.NaN),
  }));
  const count = (instances: number) => instances.toLocaleString('en-US');
  const figures: Figure[] = [
    {
      row: indexGrowth,
      what: `storing an instance at ${count(large.instances)} instances, against ${count(small.instances)}`,
      unit: 'times the time',
      ours: large.storeMsAnInstance / small.storeMsAnInstance,
      goal: { of: 'ours', atMost: 1.3 },
    },
    ...ratios.map(({ name, ratio }) => ({
      row: queryGrowth,
      what: `search, ${name}: p95 at 100,000 studies, against 1,000`,
      unit: 'times the time',
      ours: ratio,
      goal: { of: 'ours' as const, atMost: 1.5 },
    })),
  ];
  return figures.filter(({ row }) => wanted.has(row));
}

/** What was measured at one size, for whoever waits for the next. */
function progressOf({ studies, instances, storeMsAnInstance, queries }: Growth): string {
  const milliseconds = (value: number) => `${value.toFixed(2)} ms`;
  return [
    `  ${studies} studies, ${instances} instances`,
    ...(Number.isNaN(storeMsAnInstance) ? [] : [`storing ${milliseconds(storeMsAnInstance)} an instance`]),
    ...Object.entries(queries).map(([name, { p95Ms }]) => `${name} p95 ${milliseconds(p95Ms)}`),
  ].join('; ');
}

/** Takes a quarter of an hour, nearly all of it to fill the archive. */
export const growthRows: RowFamily = {
  names: [indexGrowth, queryGrowth],
  isInAll: false,
  measure: async (wanted, options) => {
    const { folder: dataFolder, remove } = await makeFolder('isocenter-growth-');
    try {
      const growth: Growth[] = [];
      for (const studies of SIZES) {
        const tables = await growTo(dataFolder, studies);
        const measured = await measureGrowth(dataFolder, studies, tables, wanted, options);
        growth.push(measured);
        console.error(progressOf(measured));
      }
      if (isGrowthWritten(wanted, options)) await writeGrowth(growth);
      return figuresOf(growth, wanted);
    } finally {
      await remove();
    }
  },
};
