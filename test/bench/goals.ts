/** The goals that the archive is held to, and the rows that measure each. */
export interface StatedGoal {
  readonly what: string;
  readonly goal: string;
  readonly rows: readonly string[];
}

export const GOALS: readonly StatedGoal[] = [
  {
    what: 'STOW CT, 10 a request, 4 clients, durable',
    goal: '>= 2x Orthanc, and >= 50 % of the plain loop',
    rows: ['store-ct'],
  },
  { what: 'STOW tiny, 1 a request', goal: '>= 4x Orthanc', rows: ['store-tiny'] },
  {
    what: 'STOW, one 4 GB multi-frame instance',
    goal: 'resident memory grows by < 150 MB; >= 60 % of the rate of writing the file',
    rows: ['store-large'],
  },
  {
    what: 'QIDO studies, selective (name prefix, date range, accession, patient ID)',
    goal: '>= 20x Orthanc at 2,000 studies, >= 100x at 100,000; p95 at 100,000 <= 1.5x p95 at 1,000',
    rows: [
      'qido-name',
      'qido-date',
      'qido-accession',
      'qido-patient-id',
      'qido-name-100000',
      'qido-date-100000',
      'qido-accession-100000',
      'qido-patient-id-100000',
    ],
  },
  {
    what: 'QIDO instances of a series of 50 / of 1,000',
    goal: '>= 20x / >= 20x',
    rows: ['qido-instances-50', 'qido-instances-1000'],
  },
  {
    what: 'metadata of a series of 50 and of 500, first read / later reads',
    goal: '>= 4x / >= 40x; `If-None-Match` answers 304 with no blob read',
    rows: ['metadata-50', 'metadata-500'],
  },
  { what: 'whole study, multipart', goal: '>= Orthanc, >= 80 % of nginx', rows: ['study-multipart'] },
  {
    what: 'frame as stored',
    goal: '>= 4x Orthanc, >= 60 % of nginx; frame 300,000 of a whole-slide image costs what frame 1 costs',
    rows: ['frame', 'wsi-frame'],
  },
  { what: 'rendered JPEG, first time / again', goal: '>= Orthanc / >= 20x', rows: ['rendered'] },
  {
    what: 'HTJ2K transcode',
    goal: "all cores busy; the event loop's p99 delay < 50 ms meanwhile",
    rows: ['htj2k-transcode'],
  },
  {
    what: 'viewer, navigation to first image, cold cache',
    goal: '<= 1/3 of OHIF on the same archive',
    rows: ['viewer-first-image'],
  },
  {
    what: 'viewer, script sent before the first image',
    goal: "<= 60 % of OHIF's bytes",
    rows: ['viewer-bytes'],
  },
  {
    what: 'viewer, scroll through 200 cached CT slices',
    goal: "no frame missed on a GPU; >= OHIF's rate under software rendering",
    rows: ['viewer-scroll'],
  },
  {
    what: 'index growth',
    goal: 'the cost of storing an instance at 1,000,000 instances <= 1.3x that at 10,000',
    rows: ['index-growth', 'query-growth'],
  },
  { what: 'server start, embedded, existing data', goal: '<= 3 s to ready', rows: ['start'] },
];
