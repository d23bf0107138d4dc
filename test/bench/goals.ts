/** What a row measures, and the goal that the archive is held to. */
export interface StatedGoal {
  readonly what: string;
  /** Undefined: what it finds is printed and held against nothing. */
  readonly goal?: string;
}

const qidoGoal = { goal: '>= 20x Orthanc' };
const qidoManyGoal = { goal: '>= 100x Orthanc' };

/** By the row's name. */
export const GOALS: Readonly<Record<string, StatedGoal>> = {
  'store-ct': {
    what: 'STOW of CT slices, 10 a request, 4 clients, durable',
    goal: '>= 2x Orthanc, >= 50 % of the plain loop',
  },
  'store-tiny': { what: 'STOW of tiny instances, 1 a request', goal: '>= 4x Orthanc' },
  'store-large': {
    what: 'STOW of one multi-frame instance of 4 GB',
    goal: 'memory grows by <= 150 MB, >= 60 % of the rate of writing the file',
  },
  'qido-name': { what: 'QIDO of studies by name prefix, among 2,000', ...qidoGoal },
  'qido-date': { what: 'QIDO of studies by date range, among 2,000', ...qidoGoal },
  'qido-accession': { what: 'QIDO of studies by accession number, among 2,000', ...qidoGoal },
  'qido-patient-id': { what: 'QIDO of studies by patient ID, among 2,000', ...qidoGoal },
  'qido-instances-50': { what: 'QIDO of the instances of a series of 50', ...qidoGoal },
  'qido-instances-1000': { what: 'QIDO of the instances of a series of 1,000', ...qidoGoal },
  'metadata-50': {
    what: 'metadata of a series of 50, first and later reads',
    goal: '>= 4x and >= 40x Orthanc, If-None-Match answers 304 with no blob read',
  },
  'metadata-500': {
    what: 'metadata of a series of 500, first and later reads',
    goal: '>= 4x and >= 40x Orthanc, If-None-Match answers 304 with no blob read',
  },
  'study-multipart': { what: 'a whole study, multipart', goal: '>= Orthanc, >= 80 % of nginx' },
  frame: { what: 'a frame as stored', goal: '>= 4x Orthanc, >= 60 % of nginx' },
  'wsi-frame': {
    what: 'frame 300,000 of a whole-slide image',
    goal: '>= 0.9x the rate of frame 1',
  },
  rendered: { what: 'a rendered JPEG, first time and again', goal: '>= 1x and >= 20x Orthanc' },
  'htj2k-transcode': {
    what: 'frames transcoded to HTJ2K',
    goal: "all cores busy, the event loop's p99 delay <= 50 ms meanwhile",
  },
  start: { what: 'server start, embedded PostgreSQL, existing data', goal: '<= 3 s to ready' },
  'index-growth': {
    what: 'storing an instance at 1,000,000 instances, against 10,000',
    goal: '<= 1.3x the time',
  },
  'query-growth': {
    what: 'p95 of searches at 100,000 studies, against 1,000',
    goal: '<= 1.5x the time',
  },
  'qido-name-100000': { what: 'QIDO of studies by name prefix, among 100,000', ...qidoManyGoal },
  'qido-date-100000': { what: 'QIDO of studies by date, among 100,000', ...qidoManyGoal },
  'qido-accession-100000': { what: 'QIDO of studies by accession number, among 100,000', ...qidoManyGoal },
  'qido-patient-id-100000': { what: 'QIDO of studies by patient ID, among 100,000', ...qidoManyGoal },
  'viewer-first-image': {
    what: 'viewer, navigation to the first image, cold cache',
    goal: "<= 1/3 of OHIF's time on the same archive",
  },
  'viewer-bytes': {
    what: 'viewer, scripts sent before the first image',
    goal: "<= 60 % of OHIF's bytes",
  },
  'viewer-scroll': {
    what: 'viewer, scroll through 200 cached CT slices, drawn in software',
    goal: ">= OHIF's rate",
  },
  'viewer-long-day': { what: 'viewer, 200 studies opened and closed: prints what the page still holds' },
};
