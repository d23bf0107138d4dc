import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { search } from '../../../storage/index/search/search.ts';
import { indexNextPiece, noteIndexingError } from '../../../storage/index/searchable/index-in-background.ts';
import {
  addSearchableAttribute,
  listSearchableAttributes,
  markForRemoval,
  type SearchableAttribute,
} from '../../../storage/index/searchable/searchable-attributes.ts';
import type { FindValues } from '../../../storage/index/searchable/searchable-values.ts';
import { InsertQueue } from '../../../storage/index/store/insert-queue.ts';
import { makeRecord, readTestRecord, startTestIndex, type TestIndex } from './test-index.ts';

let index: TestIndex;
let pk: number;
const INSTANCES = 450;

/** The metadata of these tests is the value itself. */
const findValues: FindValues = (metadata, attributes) => {
  if (metadata === 'broken') throw new Error('cannot be read');
  return attributes.map((attribute) => ({
    attribute,
    values: [metadata],
    zone: undefined,
    element: null,
    unreadable: false,
  }));
};

beforeAll(async () => {
  index = await startTestIndex();
  const queue = new InsertQueue(index.pool, findValues, readTestRecord);
  await Promise.all(
    Array.from({ length: INSTANCES }, (_, i) =>
      queue.insert(makeRecord({}, { metadata: i % 150 === 7 ? 'broken' : `v${i % 3}` })),
    ),
  );
});
afterAll(() => index?.stop());

beforeEach(async () => {
  ({ pk } = await addSearchableAttribute(index.pool, {
    path: ['00104000'],
    privateCreator: '',
    keyword: 'PatientComments',
    vr: 'LT',
    kind: 'text',
    level: 'study',
  }));
});
afterEach(async () => {
  await markForRemoval(index.pool, pk);
  while (await indexNextPiece(index.pool, findValues));
  expect(await listSearchableAttributes(index.pool)).toEqual([]);
});

async function attribute(): Promise<SearchableAttribute> {
  const [only] = await listSearchableAttributes(index.pool);
  if (!only) throw new Error('there is none');
  return only;
}

async function count(value: string): Promise<number> {
  const matching = { kind: 'any-of', values: [value] } as const;
  const matches = [{ attribute: await attribute(), matching }];
  return (await search(index.pool, { level: 'study', matches, orderBy: [], limit: 1, offset: 0 })).total;
}

describe('indexing in the background', () => {
  it('goes piece by piece, each kept whatever becomes of the next', async () => {
    await indexNextPiece(index.pool, findValues);
    const after = await attribute();
    expect(after).toMatchObject({ state: 'indexing', indexedInstances: 200, totalInstances: INSTANCES });
    const rows = async () =>
      (await index.pool.query('SELECT count(*)::integer AS count FROM searchable_value')).rows[0].count;
    const kept = await rows();
    // Whoever dies in the middle of a piece leaves nothing of it.
    await index.pool.query(
      'ALTER TABLE searchable_attribute ADD CONSTRAINT cut CHECK (indexed_instances < 300)',
    );
    await expect(indexNextPiece(index.pool, findValues)).rejects.toMatchObject({ code: '23514' });
    await index.pool.query('ALTER TABLE searchable_attribute DROP CONSTRAINT cut');
    expect([await rows(), (await attribute()).indexedInstances]).toEqual([kept, 200]);
    for (let pieces = 0; (await attribute()).state === 'indexing'; pieces += 1) {
      expect(pieces).toBeLessThan(5);
      await indexNextPiece(index.pool, findValues);
    }
    const end = await attribute();
    expect(end.indexedInstances).toBe(INSTANCES);
    expect((await count('v0')) + (await count('v1')) + (await count('v2'))).toBe(INSTANCES - 3);
  });

  it('passes over what cannot be read, and says which', async () => {
    while (await indexNextPiece(index.pool, findValues));
    const { state, unreadableInstances, unreadableSamples } = await attribute();
    expect([state, unreadableInstances, unreadableSamples.length]).toEqual(['ready', 3, 3]);
  });

  it('stores what cannot be read by an attribute all the same', async () => {
    while (await indexNextPiece(index.pool, findValues));
    const queue = new InsertQueue(index.pool, findValues, readTestRecord);
    const outcomes = await Promise.all(
      ['broken', 'v9'].map((metadata) => queue.insert(makeRecord({}, { metadata }))),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(['stored', 'stored']);
    expect(await count('v9')).toBe(1);
    expect((await attribute()).unreadableInstances).toBe(4);
  });

  it('tells what stopped it, until it goes on', async () => {
    await noteIndexingError(index.pool, 'indexing stopped');
    expect((await attribute()).lastError).toBe('indexing stopped');
    await indexNextPiece(index.pool, findValues);
    expect((await attribute()).lastError).toBeNull();
  });
});
