import type { DataElement, DataSet } from '../../server/dicom/data-set.ts';
import { keywordOf } from '../../server/dicom/dictionary.ts';
import { formatPersonName } from '../../server/dicom/person-name.ts';
import { parseMultipart } from '../conformance/multipart.ts';
import { get, request } from '../conformance/requests.ts';
import type { Kind } from './kinds.ts';
import type { SharedInstance, TwoArchives } from './two-archives.ts';

/** An element of an instance's metadata that ours and Orthanc give differently. */
export interface MetadataDifference {
  instance: SharedInstance;
  /** `00082112/0/00081155`; items count from 0. */
  path: string;
  tag: string;
  ours: DataElement | undefined;
  theirs: DataElement | undefined;
  /** Whether the bytes that each gives or refers to are the same, where they were compared. */
  sameBytes?: boolean;
}

/** So many binary values of an instance are compared by their bytes, at the most. */
const COMPARED_BY_BYTES = 3;

/** Asks both for an instance's metadata, and compares also some of the values that they refer to. */
export async function compareMetadata(
  two: TwoArchives,
  instance: SharedInstance,
): Promise<MetadataDifference[]> {
  const path = `${instance.path}/metadata`;
  const answers = await Promise.all([get(two.ours, path), get(two.theirs, path)]);
  const [[ours = {}] = [], [theirs = {}] = []] = answers.map(({ text }) => JSON.parse(text) as DataSet[]);
  const differences = metadataDifferences(instance, ours, theirs);
  const binary = differences.filter(({ ours: a, theirs: b }) => isBulk(a) && isBulk(b) && a?.vr === b?.vr);
  for (const difference of binary.slice(0, COMPARED_BY_BYTES)) {
    const [a, b] = [await bytesOf(difference.ours), await bytesOf(difference.theirs)];
    // PS3.5 7.1.1: values have even lengths; Orthanc adds the byte that some files lack.
    difference.sameBytes =
      a.equals(b) || (a.length % 2 === 1 && Buffer.concat([a, Buffer.alloc(1)]).equals(b));
  }
  return differences;
}

function isBulk(element: DataElement | undefined): boolean {
  return isBinary(element?.vr) && (element?.BulkDataURI ?? element?.InlineBinary) !== undefined;
}

async function bytesOf(element: DataElement | undefined): Promise<Buffer> {
  if (element?.InlineBinary !== undefined) return Buffer.from(element.InlineBinary, 'base64');
  const { origin, pathname } = new URL(element?.BulkDataURI ?? '');
  const Accept = 'multipart/related; type="application/octet-stream"; transfer-syntax=*';
  const { status, headers, body } = await request(origin, pathname, { headers: { Accept } });
  const type = headers['content-type'] ?? '';
  if (status !== 200) return Buffer.from(`${status}`);
  return type.startsWith('multipart/')
    ? Buffer.concat(parseMultipart(type, body).map((part) => part.body))
    : body;
}

/** Differences between two data sets, whatever the order of their keys; into items where both have as many. */
function metadataDifferences(
  instance: SharedInstance,
  ours: DataSet,
  theirs: DataSet,
  path = '',
): MetadataDifference[] {
  const tags = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].sort();
  return tags.flatMap((tag) => {
    const [a, b] = [ours[tag], theirs[tag]];
    if (canonical(a) === canonical(b)) return [];
    const [itemsA, itemsB] = [itemsOf(a), itemsOf(b)];
    if (itemsA && itemsA.length === itemsB?.length)
      return itemsA.flatMap((item, i) =>
        metadataDifferences(instance, item, itemsB[i] ?? {}, `${path}${tag}/${i}/`),
      );
    return [{ instance, path: path + tag, tag, ours: a, theirs: b }];
  });
}

function canonical(element: DataElement | undefined): string {
  const sorted = (_: string, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return JSON.stringify(element, sorted) ?? '';
}

function itemsOf(element: DataElement | undefined): DataSet[] | undefined {
  return element?.vr === 'SQ' ? ((element.Value ?? []) as DataSet[]) : undefined;
}

const isPrivate = (tag: string) =>
  Number.parseInt(tag.slice(3, 4), 16) % 2 === 1 && keywordOf(tag) === undefined;
const isPixelData = (tag: string) => ['7FE00008', '7FE00009', '7FE00010'].includes(tag);
const isBinary = (vr: string | undefined) => ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN'].includes(vr ?? '');
const texts = (element: DataElement | undefined) =>
  (element?.Value ?? []).map((value) => String(value ?? ''));
const names = (element: DataElement | undefined) =>
  (element?.Value ?? []).map((name) =>
    formatPersonName(name as never)
      .replace(/\^+(?==|$)/g, '')
      .replace(/=+$/, ''),
  );

export const METADATA_KINDS: readonly Kind<MetadataDifference>[] = [
  {
    what: 'Specific Character Set: Orthanc repeats the stored one although its JSON is UTF-8; ours says ISO_IR 192',
    section: 'PS3.18 F.2',
    right: 'ours',
    applies: ({ tag, ours }) => tag === '00080005' && texts(ours).join() === 'ISO_IR 192',
  },
  {
    what: 'Pixel Data: Orthanc leaves compressed pixel data out of the metadata; ours refers to it',
    section: 'PS3.18 10.4.1.1.2',
    right: 'ours',
    applies: ({ tag, ours, theirs }) =>
      isPixelData(tag) && ours?.BulkDataURI !== undefined && theirs === undefined,
  },
  {
    what: 'a value of a binary VR: by reference or inline, as each server likes; the same bytes',
    section: 'PS3.18 F.2.6, F.2.7',
    right: 'either',
    applies: ({ ours, theirs, sameBytes }) =>
      sameBytes !== false && ours?.vr === theirs?.vr && isBulk(ours) && isBulk(theirs),
  },
  {
    what: 'OD, OF: Orthanc gives the first number as Value; ours all bytes, inline or by reference',
    section: 'PS3.18 F.2.7, Table F.2.3-1',
    right: 'ours',
    applies: ({ ours, theirs }) =>
      ['OD', 'OF'].includes(ours?.vr ?? '') && !ours?.Value && theirs?.Value?.length === 1,
  },
  {
    what: "private elements of implicit VR: Orthanc knows some vendors' VRs, ours gives UN and the bytes",
    section: 'PS3.5 6.2.2',
    right: 'either',
    applies: ({ tag, ours, theirs }) =>
      isPrivate(tag) && ours?.vr === 'UN' && theirs !== undefined && theirs.vr !== 'UN',
  },
  {
    what: 'private elements of implicit VR: Orthanc leaves out those whose VR it does not know',
    section: 'PS3.18 10.4.1.1.2',
    right: 'ours',
    applies: ({ tag, ours, theirs }) => isPrivate(tag) && ours?.vr === 'UN' && theirs === undefined,
  },
  {
    what: 'person names: Orthanc keeps empty component groups and trailing delimiters, which say nothing',
    section: 'PS3.5 6.2.1.1',
    right: 'either',
    applies: ({ ours, theirs }) => theirs?.vr === 'PN' && names(ours).join('\\') === names(theirs).join('\\'),
  },
  {
    what: 'text in several character sets: Orthanc does not follow the escape sequences of ISO 2022',
    section: 'PS3.5 6.1.2.5',
    right: 'ours',
    applies: ({ ours, theirs, instance }) =>
      ['PN', 'LT'].includes(ours?.vr ?? '') &&
      theirs !== undefined &&
      /^charset\/pydicom\/chr(H32|JapMulti)/.test(instance.file),
  },
  {
    what: 'spaces at the end of values that come before a delimiter: Orthanc keeps them, though they are padding',
    section: 'PS3.5 6.2',
    right: 'either',
    applies: ({ ours, theirs }) =>
      ['CS', 'LO', 'UT'].includes(ours?.vr ?? '') &&
      texts(theirs).join('\\') !== texts(ours).join('\\') &&
      texts(theirs)
        .map((text) => text.trimEnd())
        .join('\\') === texts(ours).join('\\'),
  },
  {
    what: 'ST, UT: Orthanc takes a backslash for a delimiter, or for the end; text of these VRs has one value',
    section: 'PS3.5 6.2',
    right: 'ours',
    applies: ({ ours, theirs }) =>
      ['ST', 'UT'].includes(ours?.vr ?? '') &&
      texts(ours).join().includes('\\') &&
      texts(ours).join().startsWith(texts(theirs).join('\\')),
  },
  {
    what: 'DS, FL: Orthanc rounds numbers, those near 0 to 0',
    section: 'PS3.18 F.2.3',
    right: 'ours',
    applies: ({ ours, theirs }) =>
      ['DS', 'FL'].includes(ours?.vr ?? '') &&
      (ours?.Value ?? []).every(
        (value, i) =>
          Math.abs(Number(value) - Number(theirs?.Value?.[i])) <= 1e-14 * Math.abs(Number(value)) + 1e-15,
      ),
  },
  {
    what: 'IS that holds no whole number: Orthanc gives no value, ours the text as it is',
    section: 'PS3.18 Table F.2.3-1',
    right: 'ours',
    applies: ({ ours, theirs }) =>
      ours?.vr === 'IS' && texts(theirs).length === 0 && texts(ours).some((text) => !/^-?\d+$/.test(text)),
  },
  {
    what: 'sequences of items without attributes: Orthanc leaves the items or the sequence out',
    section: 'PS3.18 F.2.5',
    right: 'ours',
    applies: ({ ours }) =>
      ours?.vr === 'SQ' && (ours.Value ?? []).some((item) => Object.keys(item as DataSet).length === 0),
  },
  {
    what: 'Palette Color LUT Descriptors in implicit VR without a Pixel Representation that says US or SS: Orthanc leaves them out',
    section: 'PS3.5 A.1',
    right: 'ours',
    applies: ({ instance, path, theirs }) =>
      instance.file === 'color/dicom-test-files/OT-PAL-8-face.dcm' && path.startsWith('0028110') && !theirs,
  },
];
