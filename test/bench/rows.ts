import { makeInstance } from '../support/make-instance.ts';
import { type Answer, ratePerSecond, request } from './load.ts';

/** One row of the table: prepares a server, then measures a rate, more being better. */
export interface Row {
  name: string;
  unit: string;
  prepare?(root: string): Promise<void>;
  measure(root: string, round: number): Promise<number>;
}

const ROOT_UID = '1.2.826.0.1.3680043.10.1389.9';

interface Place {
  study: number;
  series?: number;
  instance: number;
}

function studyUid(study: number): string {
  return `${ROOT_UID}.${study}`;
}

/** A CT slice of `size` x `size` of 16 bits, of a patient whom searches can tell apart. */
function ctSlice({ study, series = 1, instance }: Place, size: number): Buffer {
  const bytes = makeInstance({
    attributes: {
      PatientName: `${['SMITH', 'MUELLER', 'TANAKA', 'GARCIA', 'KOWALSKI'][study % 5]}^${study}`,
      PatientID: `P${study}`,
      AccessionNumber: `A${study}`,
      StudyInstanceUID: studyUid(study),
      StudyDate: `2024${String(1 + (study % 12)).padStart(2, '0')}15`,
      Modality: 'CT',
      SeriesInstanceUID: `${studyUid(study)}.${series}`,
      SOPInstanceUID: `${studyUid(study)}.${series}.${instance}`,
      InstanceNumber: String(instance),
    },
    image: { rows: size, columns: size, bitsAllocated: 16 },
  });
  return Buffer.from(bytes);
}

function storeRequest(root: string, instances: readonly Buffer[]): Promise<Answer> {
  const parts = instances.flatMap((bytes) => [
    Buffer.from('\r\n--B0UNDARY\r\nContent-Type: application/dicom\r\n\r\n'),
    bytes,
  ]);
  const body = Buffer.concat([...parts, Buffer.from('\r\n--B0UNDARY--\r\n')]);
  const headers = {
    'Content-Type': 'multipart/related; type="application/dicom"; boundary=B0UNDARY',
    Accept: 'application/dicom+json',
    'Content-Length': String(body.length),
  };
  return request('POST', `${root}/studies`, headers, body);
}

async function measureStore(
  root: string,
  round: number,
  size: number,
  perRequest: number,
  requests: number,
): Promise<number> {
  const bodies = Array.from({ length: requests }, (_, i) =>
    Array.from({ length: perRequest }, (_, k) =>
      ctSlice({ study: round * 10_000 + i, instance: k + 1 }, size),
    ),
  );
  return perRequest * (await ratePerSecond(requests, 4, (i) => storeRequest(root, bodies[i] ?? [])));
}

const STUDIES = 500;

async function storeStudies(root: string): Promise<void> {
  await ratePerSecond(STUDIES, 4, (study) => storeRequest(root, [ctSlice({ study, instance: 1 }, 16)]));
}

async function storeSeries(root: string): Promise<void> {
  for (let instance = 1; instance <= 50; instance += 10) {
    await storeRequest(
      root,
      Array.from({ length: 10 }, (_, k) => ctSlice({ study: 1, instance: instance + k }, 512)),
    );
  }
}

function get(root: string, path: string, accept = 'application/dicom+json'): Promise<Answer> {
  return request('GET', `${root}/${path}`, { Accept: accept });
}

const SERIES_PATH = `studies/${studyUid(1)}/series/${studyUid(1)}.1`;
const AS_STORED = 'transfer-syntax=*';

export const ROWS: readonly Row[] = [
  { name: 'store-ct', unit: 'instances/s', measure: (root, round) => measureStore(root, round, 512, 10, 20) },
  {
    name: 'store-tiny',
    unit: 'instances/s',
    measure: (root, round) => measureStore(root, round, 16, 1, 200),
  },
  {
    name: 'query-name',
    unit: 'requests/s',
    prepare: storeStudies,
    measure: (root) => ratePerSecond(100, 4, () => get(root, 'studies?PatientName=SMITH*&limit=25')),
  },
  {
    name: 'query-accession',
    unit: 'requests/s',
    prepare: storeStudies,
    measure: (root) => ratePerSecond(100, 4, (i) => get(root, `studies?AccessionNumber=A${i}`)),
  },
  {
    name: 'metadata-series',
    unit: 'requests/s',
    prepare: storeSeries,
    measure: (root) => ratePerSecond(50, 4, () => get(root, `${SERIES_PATH}/metadata`)),
  },
  {
    name: 'frame',
    unit: 'requests/s',
    prepare: storeSeries,
    measure: (root) =>
      ratePerSecond(200, 4, (i) =>
        get(
          root,
          `${SERIES_PATH}/instances/${studyUid(1)}.1.${1 + (i % 50)}/frames/1`,
          `multipart/related; type="application/octet-stream"; ${AS_STORED}`,
        ),
      ),
  },
  {
    name: 'study',
    unit: 'requests/s',
    prepare: storeSeries,
    measure: (root) =>
      ratePerSecond(12, 4, () =>
        get(root, `studies/${studyUid(1)}`, `multipart/related; type="application/dicom"; ${AS_STORED}`),
      ),
  },
];
