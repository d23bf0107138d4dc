import { drive, type Reading } from '../load/wrk.ts';
import type { BenchOptions } from '../options.ts';
import type { Archive } from '../peers/archive.ts';
import { alternate } from '../samples.ts';

/** A server that runs all day is measured, not how it is compiled: V8 takes some ten thousand requests for that. */
const WARM_UP_TIMES = 3;

/** How many requests a second each of `archives` answers to the same reading: medians by name. */
export function readingRates(
  archives: readonly Archive[],
  reading: Omit<Reading, 'root'>,
  options: BenchOptions,
): Promise<ReadonlyMap<string, number>> {
  return alternate(
    archives.map(({ name, root }) => ({
      name,
      measure: async (round) => {
        const seconds = options.seconds * (round === 0 ? WARM_UP_TIMES : 1);
        return (await drive({ root, ...reading }, { ...options, seconds })).requestsPerSecond;
      },
    })),
    options.rounds,
  );
}
