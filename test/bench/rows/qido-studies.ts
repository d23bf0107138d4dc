import type { Figure } from '../figure.ts';
import { accessionNumberOf, ctSlice, familyNameOf, patientIDOf, studyDateOf } from '../load/ct.ts';
import { asJson, expectResults } from '../load/read.ts';
import { fill } from '../load/store.ts';
import { oursAndOrthancs, startArchives } from '../peers/archives.ts';
import type { RowFamily } from '../row.ts';
import { readingRates } from './reading-rates.ts';

const salt = 300;

interface SearchKind {
  readonly row: string;
  readonly what: string;
  /** Other ones for each `study`, from 1. */
  path(study: number): string;
  /** Of `path(study)`. */
  readonly results: number;
}

interface ArchiveSize {
  readonly studies: number;
  /** Of Orthanc's rate at least. */
  readonly goal: number;
  /** What follows the names of its rows. */
  readonly suffix: string;
  readonly dates: Omit<SearchKind, 'row'>;
}

/** Studies have one of 4,000 days. */
const SIZES: Readonly<Record<'small' | 'large', ArchiveSize>> = {
  small: {
    studies: 2_000,
    goal: 20,
    suffix: '',
    dates: {
      what: 'studies of a week',
      path: (study) => `studies?StudyDate=${studyDateOf(study)}-${studyDateOf(study + 6)}`,
      results: 7,
    },
  },
  large: {
    studies: 100_000,
    goal: 100,
    suffix: '-100000',
    dates: {
      what: 'studies of a day',
      path: (study) => `studies?StudyDate=${studyDateOf(study)}-${studyDateOf(study)}`,
      results: 25,
    },
  },
};

const kindsOf = ({ suffix, dates }: ArchiveSize): readonly SearchKind[] => [
  {
    row: `qido-name${suffix}`,
    what: 'studies by name prefix, limit 25',
    path: (study) => `studies?PatientName=${familyNameOf(study)}*&limit=25`,
    results: 25,
  },
  { row: `qido-date${suffix}`, ...dates },
  {
    row: `qido-accession${suffix}`,
    what: 'studies by accession number',
    path: (study) => `studies?AccessionNumber=${accessionNumberOf(study)}`,
    results: 1,
  },
  {
    row: `qido-patient-id${suffix}`,
    what: 'studies by patient ID',
    path: (study) => `studies?PatientID=${patientIDOf(study)}`,
    results: 1,
  },
];

const differentSearches = 120;

function rowsOf(size: ArchiveSize): Omit<RowFamily, 'isInAll'> {
  const { studies, goal } = size;
  const kinds = kindsOf(size);
  return {
    names: kinds.map(({ row }) => row),
    measure: async (wanted, options) => {
      const archives = await startArchives(options);
      try {
        const roots = archives.all.map(({ root }) => root);
        await fill(roots, studies, (study) => ctSlice({ salt, study, instance: 1 }, 16));
        const figures: Figure[] = [];
        for (const { row, what, path, results } of kinds.filter((kind) => wanted.has(kind.row))) {
          // Spread over the archive.
          const paths = Array.from({ length: differentSearches }, (_, i) =>
            path(1 + (((i + 1) * 619) % (studies - 10))),
          );
          for (const root of roots) await expectResults(`${root}/${paths[0]}`, results);
          const medians = await readingRates(archives.all, { paths, headers: asJson }, options);
          figures.push({
            row,
            what: `search ${what}, ${studies.toLocaleString('en-US')} studies`,
            unit: 'requests/s',
            ...oursAndOrthancs(medians, archives),
            goal: { of: 'ratio', atLeast: goal },
          });
        }
        return figures;
      } finally {
        await archives.stop();
      }
    },
  };
}

export const qidoStudiesRows: RowFamily = rowsOf(SIZES.small);

/** Takes a quarter of an hour, nearly all of it to fill the archives. */
export const qidoManyStudiesRows: RowFamily = { ...rowsOf(SIZES.large), isInAll: false };
