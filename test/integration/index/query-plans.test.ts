import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createSearchPool, type Pool } from '../../../storage/index/pool.ts';
import type { Match } from '../../../storage/index/search/matching.ts';
import { type SearchRequest, search } from '../../../storage/index/search/search.ts';
import type { SearchPool } from '../../../storage/index/search/search-replica.ts';
import {
  fewStatement,
  MOST_FEW,
  orderedStatement,
  type SearchStatement,
} from '../../../storage/index/search/search-statement.ts';
import { fillTables, withoutIndexes } from '../../bench/large-archive/fill-index.ts';
import { makeUpStudy } from '../../bench/large-archive/studies.ts';
import { copyStudies } from './copy-studies.ts';
import { type QueryShape, queryShapes } from './query-shapes.ts';
import { attributeNamed, startTestIndex, type TestIndex } from './test-index.ts';

/** Made up one by one; the others are their copies, which takes a fraction of the time. */
const MADE_UP = 10_000;
const STUDIES = 100_000;

/**
 * Shapes that no index serves: counts, which change with every instance stored, numbers that are searched for within a study, parts of
 * words in series, and dates of instances, of which an archive has a hundred times more than studies. docs/SCALE.md has their cost.
 */
const WITHOUT_INDEX =
  /NumberOfStudyRelated|SeriesNumber|Content(Date|Time)|(SeriesDescription|ProtocolName|InstitutionName) (nobody )?inside/;

let index: TestIndex;
let pool: Pool;
let shapes: QueryShape[];
beforeAll(async () => {
  index = await startTestIndex();
  await withoutIndexes(index.pool, async () => {
    await fillTables(index.pool, { from: 0, to: MADE_UP, bare: true, series: 1, instances: 1 });
    await copyStudies(index.pool, STUDIES / MADE_UP - 1);
  });
  const location = { connection: { connectionString: inject('databaseUrl') }, schema: index.schema };
  pool = createSearchPool(location, 1, () => undefined);
  const { attributes, series } = makeUpStudy(777);
  const seriesInstanceUID = series[0]?.attributes.SeriesInstanceUID ?? '';
  shapes = queryShapes({
    studyInstanceUID: attributes.StudyInstanceUID,
    seriesInstanceUID,
    sopInstanceUID: `${seriesInstanceUID}.1`,
  });
}, 300_000);
afterAll(async () => {
  await pool?.end();
  await index?.stop();
});

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Loops': number;
  'Actual Rows': number;
  'Rows Removed by Filter'?: number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: PlanNode[];
}

/** Of the statements that a search of `request` makes. */
async function plansOf({ request }: QueryShape, total: number): Promise<PlanNode[]> {
  const few = fewStatement(request);
  const statements = few && total <= MOST_FEW ? [few] : [...(few ? [few] : []), orderedStatement(request)];
  const plans: PlanNode[] = [];
  for (const { text, values } of statements) {
    const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
      values,
    );
    const plan = rows[0]?.['QUERY PLAN'][0].Plan;
    if (plan) plans.push(plan);
  }
  expect(plans).toHaveLength(statements.length);
  return plans;
}

function pagesOf(plans: readonly PlanNode[]): number {
  return plans.reduce((sum, plan) => sum + plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], 0);
}

function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

const BIG_TABLES = new Set(['patient', 'study', 'series', 'instance']);

/** Tables that the plans go through from end to end. */
function scannedTables(plans: readonly PlanNode[]): string[] {
  return plans
    .flatMap(nodesOf)
    .flatMap((node) =>
      node['Node Type'] === 'Seq Scan' &&
      node['Actual Loops'] > 0 &&
      BIG_TABLES.has(node['Relation Name'] ?? '')
        ? [node['Relation Name'] ?? '']
        : [],
    );
}

/** Pages of 8 KiB that any search may look at; a table of 100,000 studies has 10,000 and more. */
const PAGES = 3_500;
/** For each match that is put in order or counted, with what is below and above it. */
const PAGES_A_MATCH = 15;

/** Whose statements PostgreSQL comes to plan without looking at the values. */
const ONE_PLAN =
  /: (AccessionNumber|PatientID|(Study|Series|SOP)InstanceUID) (one|nobody)$|^(series|instances) of a (study|series|patient)$|say themselves/;
/** Of which a plan that goes through more than a hundredth of an archive would be none of ours. */
const PAGES_OF_ONE_PLAN = 100;

async function genericPlanOf({ text, values }: SearchStatement): Promise<PlanNode[]> {
  const client = await pool.connect();
  try {
    await client.query('SET plan_cache_mode = force_generic_plan');
    await client.query(`PREPARE one_plan AS ${text}`);
    const given = values.map((value) => client.escapeLiteral(String(value))).join(', ');
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE one_plan (${given})`,
    );
    return rows.map((row) => row['QUERY PLAN'][0].Plan);
  } finally {
    // With what was set and prepared on it.
    client.release(true);
  }
}

describe(`searches in ${STUDIES} studies`, () => {
  it('have an archive of that size to look in', async () => {
    const { rows } = await index.pool.query<{ count: number }>(
      'SELECT count(*)::integer AS count FROM study',
    );
    expect(rows[0]?.count).toBe(STUDIES);
  });

  it('find by indexes, and look at no more than what matches', async () => {
    const dear: string[] = [];
    for (const one of shapes.filter(({ name }) => !WITHOUT_INDEX.test(name))) {
      const { total } = await search(pool, one.request);
      const plans = await plansOf(one, total);
      const pages = pagesOf(plans);
      const scanned = scannedTables(plans);
      const allowed = PAGES + PAGES_A_MATCH * total;
      if (scanned.length > 0 || pages > allowed)
        dear.push(
          `${one.name}: ${pages} pages for ${total} matches; all of ${scanned.join(', ') || 'no table'}`,
        );
    }
    expect(dear).toEqual([]);
  });

  it('find one value of a key, and what a URI names, by one plan for all values', async () => {
    const ofOnePlan = shapes.filter(({ name }) => ONE_PLAN.test(name));
    expect(ofOnePlan.length).toBeGreaterThan(10);
    const dear: string[] = [];
    for (const one of ofOnePlan) {
      const { total } = await search(pool, one.request);
      const statement = fewStatement(one.request) ?? orderedStatement(one.request);
      const pages = pagesOf(await genericPlanOf(statement));
      if (pages > PAGES_OF_ONE_PLAN + PAGES_A_MATCH * total)
        dear.push(`${one.name}: ${pages} pages for ${total} matches`);
    }
    expect(dear).toEqual([]);
  });

  it('are planned by their values where several conditions meet or many match, however often they come', async () => {
    const name: Match = {
      attribute: attributeNamed('PatientName'),
      matching: { kind: 'wildcard', pattern: 'm*' },
    };
    const dates: Match = {
      attribute: attributeNamed('StudyDate'),
      matching: { kind: 'range', from: '20240101', to: '20260331' },
    };
    const asked: { name?: string; text: string }[] = [];
    const watched = {
      query: (query: { name?: string; text: string }) => {
        asked.push(query);
        return pool.query(query);
      },
    } as unknown as SearchPool;
    const searchFor = async (matches: Match[]) => {
      const request: SearchRequest = { level: 'study', matches, orderBy: [], limit: 25, offset: 0 };
      for (let n = 0; n < 5; n += 1) await search(watched, request);
      asked.length = 0;
      return search(watched, request);
    };
    const names = () => asked.map((one) => one.name);
    await searchFor([name, dates]);
    expect(new Set(names())).toEqual(new Set([undefined]));
    expect(await searchFor([name])).toMatchObject({ total: 1_000, totalIsExact: false });
    expect(names()).toEqual([expect.any(String), undefined]);
    expect(asked.filter(({ text }) => text.includes('counted'))).toEqual([]);
    await searchFor([dates]);
    expect(names()).toEqual([expect.any(String)]);
  });

  it('know which shapes no index serves', async () => {
    // A shape that an index serves by now is none to be excused.
    const excused = shapes.filter(
      ({ name }) => WITHOUT_INDEX.test(name) && /(nobody|before all|inside)/.test(name),
    );
    const cheap: string[] = [];
    for (const one of excused) {
      const { total } = await search(pool, one.request);
      if (pagesOf(await plansOf(one, total)) <= PAGES) cheap.push(one.name);
    }
    expect(excused.length).toBeGreaterThan(5);
    expect(cheap).toEqual([]);
  });
});
