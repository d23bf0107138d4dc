import { describe, expect, it } from 'vitest';
import { readOptions } from '../../bench/options.ts';
import { figuresOf, type Growth, isGrowthWritten } from '../../bench/rows/growth.ts';

const [store, search] = ['index-growth', 'query-growth'];

function growth(studies: number, milliseconds: number): Growth {
  return {
    studies,
    instances: studies * 10,
    storeMsAnInstance: milliseconds,
    queries: { 'newest 25': { requestsPerSecond: 1, p50Ms: 1, p95Ms: milliseconds * 2 } },
    tables: [],
  };
}

describe('how the archive grows', () => {
  const both = [growth(1_000, 2), growth(100_000, 3)];

  it.each([[[store]], [[search]], [[store, search]]])('is told of %j alone', (rows) => {
    const figures = figuresOf(both, new Set(rows));
    expect(figures.map(({ row }) => row)).toEqual(rows);
    for (const { ours } of figures) expect(ours).toBe(1.5);
  });

  it('is drawn into docs with --write alone, of both rows, at full length', () => {
    const isDrawn = (...given: string[]) => {
      const options = readOptions(given);
      return isGrowthWritten(new Set(options.names), options);
    };
    expect(isDrawn(store, search, '--write')).toBe(true);
    expect(isDrawn(store, search)).toBe(false);
    expect(isDrawn(store, '--write')).toBe(false);
    expect(isDrawn(search, '--write')).toBe(false);
    // Short looks are refused together with --write.
    expect(isDrawn('all', store, search, '--seconds', '1')).toBe(false);
  });
});
