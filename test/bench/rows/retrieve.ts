import type { Figure } from '../figure.ts';
import { ctSeries, instancePath, studyPath } from '../load/ct.ts';
import { framesAsStored, get, instancesAsStored } from '../load/read.ts';
import { fill } from '../load/store.ts';
import { drive, type Reading } from '../load/wrk.ts';
import type { BenchOptions } from '../options.ts';
import { type Archives, peerFigure, sayMissing, startArchives } from '../peers/archives.ts';
import { startNginx } from '../peers/nginx.ts';
import type { RowFamily } from '../row.ts';
import { alternate } from '../samples.ts';

const salt = 400;
const study = 1;
const slices = 50;
/** Bytes of one frame of 512 x 512 pixels. */
const frameBytes = 512 * 512 * 2;

interface RetrieveKind {
  readonly row: string;
  readonly what: string;
  readonly paths: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** No answer may be shorter, else it is not the picture that is measured. */
  readonly leastBytes: number;
  readonly goals: { readonly orthanc: number; readonly nginx: number };
}

const kinds: readonly RetrieveKind[] = [
  {
    row: 'study-multipart',
    what: 'whole study of 50 CT (26 MB), multipart, as stored',
    paths: [studyPath({ salt, study })],
    headers: instancesAsStored,
    leastBytes: slices * frameBytes,
    goals: { orthanc: 1, nginx: 0.8 },
  },
  {
    row: 'frame',
    what: 'one frame of 512 x 512, as stored',
    paths: Array.from(
      { length: slices },
      (_, i) => `${instancePath({ salt, study, instance: i + 1 })}/frames/1`,
    ),
    headers: framesAsStored,
    leastBytes: frameBytes,
    goals: { orthanc: 4, nginx: 0.6 },
  },
];

async function measureKind(kind: RetrieveKind, archives: Archives, options: BenchOptions): Promise<Figure[]> {
  const { row, what, paths, headers, leastBytes, goals } = kind;
  for (const { root } of archives.all) {
    const { body } = await get(`${root}/${paths[0]}`, headers);
    if (body.length < leastBytes) throw new Error(`${root}/${paths[0]}: only ${body.length} bytes`);
  }
  const ours = await Promise.all(paths.map((path) => get(`${archives.isocenter.root}/${path}`, headers)));
  const files = new Map(ours.map(({ body }, i) => [`${row}-${i}`, body]));
  const nginx = await startNginx(files, options.mayInstall);
  if ('missing' in nginx) sayMissing('nginx', nginx.missing);
  try {
    const readings: (Reading & { readonly name: string })[] = [
      ...archives.all.map(({ name, root }) => ({ name, root, paths, headers, leastBytes })),
      ...('root' in nginx
        ? [{ name: 'nginx', root: nginx.root, paths: [...files.keys()], headers: {}, leastBytes }]
        : []),
    ];
    const medians = await alternate(
      readings.map((reading) => ({
        name: reading.name,
        measure: async () => (await drive(reading, options)).requestsPerSecond,
      })),
      options.rounds,
    );
    const figure = { row, what, unit: 'requests/s', ours: medians.get('Isocenter') ?? Number.NaN };
    return [
      {
        ...figure,
        peer: peerFigure('Orthanc', medians, archives.orthanc),
        goal: { of: 'ratio', atLeast: goals.orthanc },
      },
      { ...figure, peer: peerFigure('nginx', medians, nginx), goal: { of: 'ratio', atLeast: goals.nginx } },
    ];
  } finally {
    if ('stop' in nginx) await nginx.stop();
  }
}

export const retrieveRows: RowFamily = {
  names: kinds.map(({ row }) => row),
  measure: async (wanted, options) => {
    const archives = await startArchives(options);
    try {
      const instances = ctSeries({ salt, study }, slices, 512);
      await fill(
        archives.all.map(({ root }) => root),
        slices,
        (number) => instances[number - 1] ?? [],
      );
      const figures: Figure[] = [];
      for (const kind of kinds.filter(({ row }) => wanted.has(row)))
        figures.push(...(await measureKind(kind, archives, options)));
      return figures;
    } finally {
      await archives.stop();
    }
  },
};
