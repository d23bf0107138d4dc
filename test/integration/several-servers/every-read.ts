import { renderedRows } from '../../../server/dicomweb/rendered/routes.ts';
import { retrieveRows } from '../../../server/dicomweb/retrieve/routes.ts';
import { searchRows } from '../../../server/dicomweb/search/routes.ts';
import type { TransactionRow } from '../../../server/dicomweb/transaction.ts';
import { WADO_URI_PREFIX, wadoUriRows } from '../../../server/dicomweb/wado-uri/routes.ts';
import { type Answer, type RequestOptions, request, type Served } from '../../conformance/requests.ts';
import { makeInstance, testUid } from '../../support/make-instance.ts';

/** The UIDs of one instance. */
export interface Named {
  study: string;
  series: string;
  instance: string;
}

/** One way to read what is stored: a path, and a media type where the route has several. */
export interface Read {
  template: string;
  path: string;
  accept: string | undefined;
  /** What it shows: all of a study, of a series, one instance; or what was searched for. */
  shows: 'study' | 'series' | 'instance' | 'matches';
}

const AS_STORED = [
  'multipart/related; type="application/dicom"; transfer-syntax=*',
  'multipart/related; type="application/octet-stream"; transfer-syntax=*',
  'application/octet-stream; transfer-syntax=*',
  'application/dicom; transfer-syntax=*',
];
/** Encodings other than that of `instanceLike`. */
const TRANSCODED = [
  'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.90',
  'multipart/related; type="image/jphc"; transfer-syntax=1.2.840.10008.1.2.4.201',
];
const QUERIES_OF_SEARCH = ['', '&includefield=all', '&PatientName=Guard*', '&limit=5&orderby=StudyDate'];
const QUERIES_OF_RENDERING = ['', '?viewport=8,8', '?window=60,100,linear'];

/** An image of two frames, of its own look for each `look` (0 to 9): no rendering of one is that of another. */
export function instanceLike(named: Named, look: number, comment: string): Uint8Array {
  const side = 32;
  const pixelBytes = Uint8Array.from({ length: side * side * 2 }, (_, at) => {
    const [x, y] = [at % side, Math.floor(at / side) % side];
    const isSecond = at >= side * side;
    return (x >> 2) + (isSecond ? y : 31 - y) > 6 + look * 3 ? 200 : 20 + look * 4;
  });
  return makeInstance({
    attributes: {
      StudyInstanceUID: named.study,
      SeriesInstanceUID: named.series,
      SOPInstanceUID: named.instance,
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.7.2',
      PatientID: named.study,
      PatientName: 'Guard^Cache',
      Modality: 'OT',
      ImageComments: comment,
      WindowCenter: '110',
      WindowWidth: '220',
    },
    image: { rows: side, columns: side, frames: 2, pixelBytes },
  });
}

/** A study of two series: two instances in the first, one in the second. */
export function newStudy(): [Named, Named, Named] {
  const [study, one, other] = [testUid(), testUid(), testUid()];
  return [
    { study, series: one, instance: testUid() },
    { study, series: one, instance: testUid() },
    { study, series: other, instance: testUid() },
  ];
}

/** Every path and media type of the route tables by which `named` can be read or found. */
function readsOf(named: Named): Read[] {
  const inDicomweb = [...retrieveRows, ...renderedRows, ...searchRows].flatMap((row) =>
    pathsOf(row, named).flatMap((path) => withAccepts(row, `/dicom-web${path}`)),
  );
  const { study, series, instance } = named;
  const uri = `${WADO_URI_PREFIX}?requestType=WADO&studyUID=${study}&seriesUID=${series}&objectUID=${instance}`;
  const byUri = wadoUriRows.flatMap(({ template, produces }) =>
    produces.map((type): Read => {
      const path = `${uri}&contentType=${encodeURIComponent(type)}`;
      return { template: `${WADO_URI_PREFIX}${template}`, path, accept: undefined, shows: 'instance' };
    }),
  );
  return [...inDicomweb, ...byUri];
}

function pathsOf({ template, transaction }: TransactionRow, { study, series, instance }: Named): string[] {
  const path = template
    .replace('{study}', study)
    .replace('{series}', series)
    .replace('{instance}', instance)
    // The longest value of these instances.
    .replace('{*path}', '7FE00010');
  if (transaction === 'Search') {
    const key = template.includes('{instance}') ? '' : `?StudyInstanceUID=${study}`;
    return QUERIES_OF_SEARCH.map((query) => `${path}${key}${query}`);
  }
  if (!renderedRows.some((row) => row.template === template))
    return ['1', '1,2']
      .map((list) => path.replace('{frames}', list))
      .slice(0, path.includes('{frames}') ? 2 : 1);
  const rendered = path.replace('{frames}', path.endsWith('thumbnail') ? '2' : '1,2');
  return path.endsWith('/rendered') ? QUERIES_OF_RENDERING.map((query) => rendered + query) : [rendered];
}

function withAccepts(row: TransactionRow, path: string): Read[] {
  const { template } = row;
  const shows = showsOf(row);
  const isRetrieval = retrieveRows.includes(row) && !template.endsWith('/metadata');
  const accepts = [...producedFor(row, path), ...(isRetrieval ? [...AS_STORED, ...TRANSCODED] : [])];
  return [undefined, ...accepts].map((accept) => ({ template, path, accept, shows }));
}

/** Encoding images is work: a rendered route is asked for some media types only, each for others. */
function producedFor(row: TransactionRow, path: string): readonly string[] {
  const { produces } = row;
  const at = renderedRows.indexOf(row);
  if (at < 0) return path.includes('&') ? produces.slice(0, 1) : produces;
  const some = path.includes('?') ? 1 : 3;
  return Array.from({ length: some }, (_, i) => produces[(at + i * 3) % produces.length] ?? '');
}

function showsOf({ template, transaction }: TransactionRow): Read['shows'] {
  if (transaction === 'Search') return 'matches';
  if (template.includes('{instance}')) return 'instance';
  return template.includes('{series}') ? 'series' : 'study';
}

export function send(server: Served, read: Read, options: RequestOptions = {}): Promise<Answer> {
  const accept: Record<string, string> = read.accept === undefined ? {} : { Accept: read.accept };
  return request(server.url, read.path, { ...options, headers: { ...accept, ...options.headers } });
}

/**
 * Those reads of `named` that `server` answers: images have no text/html, and so on. Throws where a route answers none at all, or fails.
 */
export async function possibleReads(server: Served, named: Named): Promise<Read[]> {
  const reads = readsOf(named);
  const statuses = await eachOf(reads, async (read) => (await send(server, read)).status);
  const strange = reads.filter((_, i) => ![200, 206, 406].includes(statuses[i] ?? 0));
  if (strange.length > 0) throw new Error(`not answered: ${JSON.stringify(strange)}`);
  const possible = reads.filter((_, i) => statuses[i] === 200);
  const templates = new Set(reads.map(({ template }) => template));
  for (const { template } of possible) templates.delete(template);
  if (templates.size > 0) throw new Error(`no media type was answered for ${[...templates].join(', ')}`);
  return possible;
}

/** Runs `work` on each of `list`, four at a time; results in the order of the list. */
export async function eachOf<T, R>(list: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const run = async () => {
    while (next < list.length) {
      const at = next;
      next += 1;
      results[at] = await work(list[at] as T);
    }
  };
  await Promise.all(Array.from({ length: 4 }, run));
  return results;
}
