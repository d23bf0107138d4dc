import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { problemOf } from '../../../server/http/problem.ts';
import { createSearchPool, inTransaction, type Pool } from '../../../storage/index/pool.ts';
import { search } from '../../../storage/index/search/search.ts';
import { startTestIndex, type TestIndex } from './test-index.ts';

let index: TestIndex;
let searchPool: Pool;
beforeAll(async () => {
  index = await startTestIndex();
  const location = { connection: { connectionString: inject('databaseUrl') }, schema: index.schema };
  searchPool = createSearchPool(location, 1, () => undefined, 100);
});
afterAll(async () => {
  await searchPool?.end();
  await index?.stop();
});

describe('a search that takes too long', () => {
  it('is ended, and said to be too broad (PS3.18 Table 10.6.3-1)', async () => {
    const request = { level: 'study', matches: [], orderBy: [], limit: 10, offset: 0 } as const;
    const error = await inTransaction(index.pool, async (client) => {
      // Whoever reads the table waits for us.
      await client.query('LOCK TABLE study IN ACCESS EXCLUSIVE MODE');
      return search(searchPool, request).catch((fault: unknown) => fault);
    });
    expect(error).toMatchObject({ code: 'SEARCH_TOO_BROAD' });
    expect(problemOf(error)).toMatchObject({
      status: 413,
      detail: expect.stringContaining('narrow it down'),
    });
    // The connection that it had serves the next.
    expect((await search(searchPool, request)).total).toBe(0);
  });
});
