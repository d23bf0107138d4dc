import type { Figure } from '../figure.ts';
import { ctSlice, seriesPath } from '../load/ct.ts';
import { asJson, expectResults } from '../load/read.ts';
import { fill } from '../load/store.ts';
import { oursAndOrthancs, startArchives } from '../peers/archives.ts';
import type { RowFamily } from '../row.ts';
import { readingRates } from './reading-rates.ts';

const salt = 500;
const kinds = [
  { row: 'qido-instances-50', study: 1, instances: 50 },
  { row: 'qido-instances-1000', study: 2, instances: 1000 },
] as const;

export const seriesSearchRows: RowFamily = {
  names: kinds.map(({ row }) => row),
  measure: async (wanted, options) => {
    const archives = await startArchives(options);
    try {
      const figures: Figure[] = [];
      for (const { row, study, instances } of kinds.filter((kind) => wanted.has(kind.row))) {
        const roots = archives.all.map(({ root }) => root);
        await fill(roots, instances, (instance) => ctSlice({ salt, study, instance }, 16));
        const paths = [`${seriesPath({ salt, study })}/instances`];
        for (const root of roots) await expectResults(`${root}/${paths[0]}`, instances);
        const medians = await readingRates(archives.all, { paths, headers: asJson }, options);
        figures.push({
          row,
          what: `search instances of a series of ${instances.toLocaleString('en-US')}`,
          unit: 'requests/s',
          ...oursAndOrthancs(medians, archives),
          goal: { of: 'ratio', atLeast: 20 },
        });
      }
      return figures;
    } finally {
      await archives.stop();
    }
  },
};
