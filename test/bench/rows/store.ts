import type { Figure } from '../figure.ts';
import { ctSeries, ctSlice } from '../load/ct.ts';
import { store } from '../load/store.ts';
import type { BenchOptions } from '../options.ts';
import { type Archives, oursAndOrthancs, peerFigure, startArchives } from '../peers/archives.ts';
import { startPlainLoop } from '../peers/plain-loop.ts';
import type { RowFamily } from '../row.ts';
import { alternate } from '../samples.ts';

const ct = 'store-ct';
const tiny = 'store-tiny';

/** Studies of 50 slices of `size` x `size` pixels. A round lasts for some seconds: a server is measured as it runs all day. */
function ctStudies(salt: number, studies: number, size: number): Buffer[] {
  return Array.from({ length: studies }, (_, i) => ctSeries({ salt, study: i + 1 }, 50, size)).flat();
}

const tinyKinds = [
  {
    what: 'store tiny instances, 1 a request, 4 clients, 50 a study',
    make: (round: number) => ctStudies(200 + round, 24, 16),
  },
  {
    what: 'store tiny instances, 1 a request, 4 clients, each of a new study',
    make: (round: number) =>
      Array.from({ length: 1_200 }, (_, i) => ctSlice({ salt: 250 + round, study: i + 1, instance: 1 }, 16)),
  },
];

/** Every archive gets the same instances in a round, and other ones in each round. */
function once<T>(make: (round: number) => T): (round: number) => T {
  let last: { round: number; made: T } | undefined;
  return (round) => {
    if (last?.round !== round) last = { round, made: make(round) };
    return last.made;
  };
}

async function measureCt(archives: Archives, { rounds }: BenchOptions): Promise<Figure[]> {
  const loop = await startPlainLoop();
  try {
    const instances = once((round) => ctStudies(100 + round, 16, 512));
    const medians = await alternate(
      [
        ...archives.all.map(({ name, root }) => ({
          name,
          measure: (round: number) => store(root, instances(round), 10),
        })),
        { name: 'plain loop', measure: (round) => loop.write(instances(round), 4) },
      ],
      rounds,
    );
    const figure = {
      row: ct,
      what: 'store CT 512 x 512, 10 a request, 4 clients',
      unit: 'instances/s',
      ours: medians.get('Isocenter') ?? Number.NaN,
    };
    return [
      {
        ...figure,
        peer: peerFigure('Orthanc', medians, archives.orthanc),
        goal: { of: 'ratio', atLeast: 2 },
      },
      { ...figure, peer: peerFigure('plain loop', medians, {}), goal: { of: 'ratio', atLeast: 0.5 } },
    ];
  } finally {
    await loop.stop();
  }
}

async function measureTiny(archives: Archives, { rounds }: BenchOptions): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { what, make } of tinyKinds) {
    const instances = once(make);
    const medians = await alternate(
      archives.all.map(({ name, root }) => ({
        name,
        measure: (round: number) => store(root, instances(round), 1),
      })),
      rounds,
    );
    figures.push({
      row: tiny,
      what,
      unit: 'instances/s',
      ...oursAndOrthancs(medians, archives),
      goal: { of: 'ratio', atLeast: 4 },
    });
  }
  return figures;
}

export const storeRows: RowFamily = {
  names: [ct, tiny],
  measure: async (wanted, options) => {
    const archives = await startArchives(options);
    try {
      return [
        ...(wanted.has(ct) ? await measureCt(archives, options) : []),
        ...(wanted.has(tiny) ? await measureTiny(archives, options) : []),
      ];
    } finally {
      await archives.stop();
    }
  },
};
