import { join } from 'node:path';
import { ctSlice } from '../load/ct.ts';
import { fill } from '../load/store.ts';
import { startIsocenter } from '../peers/isocenter.ts';
import { makeFolder } from '../peers/running.ts';
import type { RowFamily } from '../row.ts';
import { median } from '../samples.ts';

const row = 'start';
const instances = 1000;
const starts = 5;

export const startRow: RowFamily = {
  names: [row],
  measure: async () => {
    const { folder, remove } = await makeFolder('isocenter-start-bench-');
    const dataFolder = join(folder, 'data');
    try {
      const first = await startIsocenter({ dataFolder });
      await fill([first.root], instances, (study) => ctSlice({ salt: 800, study, instance: 1 }, 16));
      await first.stop();
      const milliseconds: number[] = [];
      for (let start = 0; start < starts; start++) {
        const server = await startIsocenter({ dataFolder });
        milliseconds.push(server.readyAfterMs);
        await server.stop();
      }
      return [
        {
          row,
          what: 'start with the embedded PostgreSQL and 1,000 studies, until /readyz answers 200',
          unit: 's',
          ours: median(milliseconds) / 1000,
          goal: { of: 'ours', atMost: 3 },
        },
      ];
    } finally {
      await remove();
    }
  },
};
