import type { Figure } from '../figure.ts';
import { accessionNumberOf, ctSlice, familyNameOf, patientIDOf, studyDateOf } from '../load/ct.ts';
import { asJson, expectResults } from '../load/read.ts';
import { fill } from '../load/store.ts';
import { drive } from '../load/wrk.ts';
import { peerFigure, startArchives } from '../peers/archives.ts';
import type { RowFamily } from '../row.ts';
import { alternate } from '../samples.ts';

const studies = 2000;
const salt = 300;

interface SearchKind {
  readonly row: string;
  readonly what: string;
  /** Other ones for each `k`, from 1. */
  path(k: number): string;
  /** Of `path(k)`, at 2,000 studies. */
  readonly results: number;
}

/** Studies spread over the archive. */
const spread = (k: number) => 1 + ((k * 619) % (studies - 10));

const kinds: readonly SearchKind[] = [
  {
    row: 'qido-name',
    what: 'studies by name prefix, limit 25',
    path: (k) => `studies?PatientName=${familyNameOf(k)}*&limit=25`,
    results: 25,
  },
  {
    row: 'qido-date',
    what: 'studies of a week',
    path: (k) => `studies?StudyDate=${studyDateOf(spread(k))}-${studyDateOf(spread(k) + 6)}`,
    results: 7,
  },
  {
    row: 'qido-accession',
    what: 'studies by accession number',
    path: (k) => `studies?AccessionNumber=${accessionNumberOf(spread(k))}`,
    results: 1,
  },
  {
    row: 'qido-patient-id',
    what: 'studies by patient ID',
    path: (k) => `studies?PatientID=${patientIDOf(spread(k))}`,
    results: 1,
  },
];

const differentSearches = 120;

export const qidoStudiesRows: RowFamily = {
  names: kinds.map(({ row }) => row),
  measure: async (wanted, options) => {
    const archives = await startArchives(options);
    try {
      const roots = archives.all.map(({ root }) => root);
      await fill(roots, studies, (study) => ctSlice({ salt, study, instance: 1 }, 16));
      const figures: Figure[] = [];
      for (const { row, what, path, results } of kinds.filter((kind) => wanted.has(kind.row))) {
        const paths = Array.from({ length: differentSearches }, (_, i) => path(i + 1));
        for (const root of roots) await expectResults(`${root}/${paths[0]}`, results);
        const medians = await alternate(
          archives.all.map(({ name, root }) => ({
            name,
            measure: async () => (await drive({ root, paths, headers: asJson }, options)).requestsPerSecond,
          })),
          options.rounds,
        );
        figures.push({
          row,
          what: `search ${what}, 2,000 studies`,
          unit: 'requests/s',
          ours: medians.get('Isocenter') ?? Number.NaN,
          peer: peerFigure('Orthanc', medians, archives.orthanc),
          goal: { of: 'ratio', atLeast: 20 },
        });
      }
      return figures;
    } finally {
      await archives.stop();
    }
  },
};
