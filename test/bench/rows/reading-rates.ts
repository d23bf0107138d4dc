import { drive, type Reading } from '../load/wrk.ts';
import type { BenchOptions } from '../options.ts';
import type { Archive } from '../peers/archive.ts';
import { alternate } from '../samples.ts';

/** How many requests a second each of `archives` answers to the same reading: medians by name. */
export function readingRates(
  archives: readonly Archive[],
  reading: Omit<Reading, 'root'>,
  options: BenchOptions,
): Promise<ReadonlyMap<string, number>> {
  return alternate(
    archives.map(({ name, root }) => ({
      name,
      measure: async () => (await drive({ root, ...reading }, options)).requestsPerSecond,
    })),
    options.rounds,
  );
}
