import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Figure } from '../figure.ts';
import { sendAll } from '../load/client.ts';
import { ctSlice, seriesPath } from '../load/ct.ts';
import { asJson, expectResults, get } from '../load/read.ts';
import { fill } from '../load/store.ts';
import { drive } from '../load/wrk.ts';
import type { BenchOptions } from '../options.ts';
import { type Archives, oursAndOrthancs, startArchives } from '../peers/archives.ts';
import type { Isocenter } from '../peers/isocenter.ts';
import type { RowFamily } from '../row.ts';
import { alternate } from '../samples.ts';
import { readingRates } from './reading-rates.ts';

const salt = 510;

interface MetadataKind {
  readonly row: string;
  readonly instances: number;
  /** Series that are read for the first time in one round. */
  readonly seriesEachRound: number;
  /** Rows and columns. */
  readonly size: number;
  /** Study of the series; those of the rounds are numbered from 1. */
  readonly study: number;
}

const kinds: readonly MetadataKind[] = [
  { row: 'metadata-50', instances: 50, seriesEachRound: 12, size: 512, study: 1 },
  { row: 'metadata-500', instances: 500, seriesEachRound: 2, size: 128, study: 2 },
];

const pathOf = ({ study }: MetadataKind, series: number) => `${seriesPath({ salt, study, series })}/metadata`;

/** Series `index` (from 0) of `round` (from 0). */
const seriesIn = ({ seriesEachRound }: MetadataKind, round: number, index: number) =>
  1 + round * seriesEachRound + index;

async function measureFirst(
  kind: MetadataKind,
  archives: Archives,
  { rounds }: BenchOptions,
): Promise<Figure> {
  const medians = await alternate(
    archives.all.map(({ name, root }) => ({
      name,
      measure: (round: number) =>
        sendAll(
          Array.from({ length: kind.seriesEachRound }, (_, index) => ({
            url: `${root}/${pathOf(kind, seriesIn(kind, round, index))}`,
            headers: asJson,
          })),
        ),
    })),
    rounds,
  );
  return {
    row: kind.row,
    what: `metadata of a series of ${kind.instances}, first read`,
    unit: 'requests/s',
    ...oursAndOrthancs(medians, archives),
    goal: { of: 'ratio', atLeast: 4 },
  };
}

async function measureLater(
  kind: MetadataKind,
  archives: Archives,
  options: BenchOptions,
  encoding: 'gzip' | 'identity',
): Promise<Figure> {
  const paths = [pathOf(kind, 1)];
  const headers = { ...asJson, 'Accept-Encoding': encoding };
  const medians = await readingRates(archives.all, { paths, headers }, options);
  return {
    row: kind.row,
    what: `metadata of a series of ${kind.instances}, later reads, ${encoding === 'gzip' ? 'compressed where the server can' : 'not compressed'}`,
    unit: 'requests/s',
    ...oursAndOrthancs(medians, archives),
    goal: { of: 'ratio', atLeast: 40 },
  };
}

/** Moves the objects away, so that whoever reads one fails, while `work` runs. */
async function withoutBlobs<T>({ dataFolder }: Isocenter, work: () => Promise<T>): Promise<T> {
  const [objects, away] = [join(dataFolder, 'objects'), join(dataFolder, 'objects-away')];
  await rename(objects, away);
  try {
    return await work();
  } finally {
    await rename(away, objects);
  }
}

/** Not modified: the rate of 304s, with no blob to read. */
async function measureUnchanged(
  kind: MetadataKind,
  { isocenter }: Archives,
  options: BenchOptions,
): Promise<Figure> {
  const path = pathOf(kind, 1);
  const url = `${isocenter.root}/${path}`;
  const etag = (await get(url, asJson)).headers.get('etag');
  if (!etag) throw new Error(`${url} came without an ETag`);
  const headers = { ...asJson, 'If-None-Match': etag };
  const rate = await withoutBlobs(isocenter, async () => {
    const { status } = await fetch(url, { headers });
    if (status !== 304) throw new Error(`${url} with If-None-Match was answered ${status}`);
    return drive({ root: isocenter.root, paths: [path], headers }, options);
  });
  return {
    row: kind.row,
    what: `metadata of a series of ${kind.instances}, If-None-Match, the blobs moved away meanwhile`,
    unit: 'requests/s',
    ours: rate.requestsPerSecond,
    goal: { of: 'ours', atLeast: 1, text: '304 with no blob read' },
  };
}

async function measureKind(kind: MetadataKind, archives: Archives, options: BenchOptions): Promise<Figure[]> {
  const roots = archives.all.map(({ root }) => root);
  const series = kind.seriesEachRound * (options.rounds + 1);
  await fill(roots, series * kind.instances, (number) =>
    ctSlice(
      {
        salt,
        study: kind.study,
        series: Math.ceil(number / kind.instances),
        instance: 1 + (number % kind.instances),
      },
      kind.size,
    ),
  );
  const first = await measureFirst(kind, archives, options);
  for (const root of roots) await expectResults(`${root}/${pathOf(kind, 1)}`, kind.instances);
  return [
    first,
    await measureLater(kind, archives, options, 'identity'),
    await measureLater(kind, archives, options, 'gzip'),
    await measureUnchanged(kind, archives, options),
  ];
}

export const metadataRows: RowFamily = {
  names: kinds.map(({ row }) => row),
  measure: async (wanted, options) => {
    const archives = await startArchives(options);
    try {
      const figures: Figure[] = [];
      for (const kind of kinds.filter(({ row }) => wanted.has(row)))
        figures.push(...(await measureKind(kind, archives, options)));
      return figures;
    } finally {
      await archives.stop();
    }
  },
};
