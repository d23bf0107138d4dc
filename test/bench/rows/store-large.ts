import { largeInstance, storeLargeInstance } from '../../support/large-instance.ts';
import type { Figure } from '../figure.ts';
import { residentMegabytes } from '../load/processes.ts';
import { peerFigure } from '../peers/archives.ts';
import { startIsocenter } from '../peers/isocenter.ts';
import { startPlainLoop } from '../peers/plain-loop.ts';
import type { RowFamily } from '../row.ts';
import { alternate } from '../samples.ts';

const row = 'store-large';
/** As much as one native value can hold (PS3.5 7.1.2: 32 bits of length), in whole frames of 32 MiB. */
const sizeMib = 4064;
const warmUpMib = 512;
const sampleEveryMs = 100;

export const storeLargeRow: RowFamily = {
  names: [row],
  measure: async (_wanted, { rounds }): Promise<readonly Figure[]> => {
    const isocenter = await startIsocenter();
    const loop = await startPlainLoop();
    const megabytes = async () =>
      residentMegabytes([...(await isocenter.pids()), ...(await isocenter.postgresPids())]);
    try {
      // What a server allocates as it starts is not what an instance costs.
      await new Promise((resolve) => setTimeout(resolve, 3000));
      const before = await megabytes();
      let peak = before;
      const store = async (round: number) => {
        const large = largeInstance(round === 0 ? warmUpMib : sizeMib);
        const watch = setInterval(() => {
          void megabytes().then((now) => {
            peak = Math.max(peak, now);
          });
        }, sampleEveryMs);
        const begin = performance.now();
        await storeLargeInstance(isocenter.root, large);
        clearInterval(watch);
        return large.sizeBytes / 1000 / (performance.now() - begin);
      };
      const write = async (round: number) =>
        (await loop.writeOne(largeInstance(round === 0 ? warmUpMib : sizeMib).bytes())) / 1e6;
      const medians = await alternate(
        [
          { name: 'Isocenter', measure: store },
          { name: 'writing the file', measure: write },
        ],
        Math.min(rounds, 2),
      );
      return [
        {
          row,
          what: 'store one instance of 4 GB: resident memory of all server processes, growth from idle to the peak',
          unit: 'MB',
          ours: peak - before,
          goal: { of: 'ours', atMost: 150 },
          note: `idle ${before.toFixed(0)} MB, PostgreSQL included`,
        },
        {
          row,
          what: 'store one instance of 4 GB: rate',
          unit: 'MB/s',
          ours: medians.get('Isocenter') ?? Number.NaN,
          peer: peerFigure('writing the file', medians, {}),
          goal: { of: 'ratio', atLeast: 0.6 },
        },
      ];
    } finally {
      await isocenter.stop();
      await loop.stop();
    }
  },
};
