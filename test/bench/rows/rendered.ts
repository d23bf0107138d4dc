import { sendAll } from '../load/client.ts';
import { ctSlice, instancePath } from '../load/ct.ts';
import { get } from '../load/read.ts';
import { fill } from '../load/store.ts';
import { oursAndOrthancs, startArchives } from '../peers/archives.ts';
import type { RowFamily } from '../row.ts';
import { alternate } from '../samples.ts';
import { readingRates } from './reading-rates.ts';

const row = 'rendered';
const salt = 600;
const study = 1;
/** Instances that are rendered for the first time in one round, so many that the codec's time is measured and not V8's. */
const eachRound = 400;
const asJpeg = { Accept: 'image/jpeg' };

const pathOf = (instance: number) => `${instancePath({ salt, study, instance })}/rendered`;

async function expectJpeg(url: string): Promise<void> {
  const { body, headers } = await get(url, asJpeg);
  const isJpeg = body.readUInt16BE(0) === 0xffd8;
  if (!isJpeg || !headers.get('content-type')?.startsWith('image/jpeg')) throw new Error(`${url}: no JPEG`);
}

export const renderedRow: RowFamily = {
  names: [row],
  measure: async (_wanted, options) => {
    const archives = await startArchives(options);
    try {
      const roots = archives.all.map(({ root }) => root);
      await fill(roots, eachRound * (options.rounds + 1), (instance) =>
        ctSlice({ salt, study, instance }, 512),
      );
      const first = await alternate(
        archives.all.map(({ name, root }) => ({
          name,
          measure: (round: number) =>
            sendAll(
              Array.from({ length: eachRound }, (_, i) => ({
                url: `${root}/${pathOf(round * eachRound + i + 1)}`,
                headers: asJpeg,
              })),
            ),
        })),
        options.rounds,
      );
      for (const root of roots) await expectJpeg(`${root}/${pathOf(1)}`);
      const paths = Array.from({ length: 50 }, (_, i) => pathOf(i + 1));
      const again = await readingRates(archives.all, { paths, headers: asJpeg }, options);
      const figure = { row, unit: 'requests/s' };
      return [
        {
          ...figure,
          what: 'rendered JPEG of 512 x 512, first time',
          ...oursAndOrthancs(first, archives),
          goal: { of: 'ratio', atLeast: 1 },
        },
        {
          ...figure,
          what: 'rendered JPEG of 512 x 512, again',
          ...oursAndOrthancs(again, archives),
          goal: { of: 'ratio', atLeast: 20 },
        },
      ];
    } finally {
      await archives.stop();
    }
  },
};
