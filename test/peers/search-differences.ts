import { type Json, request } from '../conformance/requests.ts';
import type { SharedInstance, TwoArchives } from './two-archives.ts';

/** What ours and Orthanc answer differently to a search. */
export interface SearchDifference {
  query: string;
  /** The result's UIDs; empty for the answer as a whole. */
  uids: string;
  /** Of an attribute; `status`, or `result` for one that only one of them has. */
  what: string;
  ours: string;
  theirs: string;
  /** Whether the instances of the result disagree about this attribute. */
  isDisputed: boolean;
}

/** Of each study and series, which attributes its instances have different values for: `UID TAG`. */
export function disputes(instances: readonly SharedInstance[]): Set<string> {
  const first = new Map<string, string>();
  const disputed = new Set<string>();
  for (const { dataSet, study, series } of instances) {
    for (const [tag, element] of Object.entries(dataSet)) {
      for (const key of [`${study} ${tag}`, `${series} ${tag}`]) {
        const value = JSON.stringify(element.Value ?? []);
        const before = first.get(key);
        if (before === undefined) first.set(key, value);
        else if (before !== value) disputed.add(key);
      }
    }
  }
  return disputed;
}

/** (0020,000D), (0020,000E), (0008,0018). */
const UIDS = ['0020000D', '0020000E', '00080018'];

/** Asks both, and compares status, results and each attribute that both give. */
export async function searchDifferences(
  two: TwoArchives,
  query: string,
  disputed: ReadonlySet<string>,
): Promise<SearchDifference[]> {
  const [ours, theirs] = await Promise.all([
    request(two.ours.url, `/dicom-web${query}`),
    request(two.theirs.url, `/dicom-web${query}`),
  ]);
  const differences: SearchDifference[] = [];
  const note = (uids: string, what: string, a: string, b: string) => {
    const isDisputed = uids.split(' ').some((uid) => disputed.has(`${uid} ${what}`));
    differences.push({ query, uids, what, ours: a, theirs: b, isDisputed });
  };
  if (ours.status !== theirs.status) note('', 'status', String(ours.status), String(theirs.status));
  const [a, b] = [rowsOf(ours), rowsOf(theirs)];
  for (const uids of new Set([...a.keys(), ...b.keys()])) {
    const [ourRow, theirRow] = [a.get(uids), b.get(uids)];
    if (!ourRow || !theirRow) {
      note(uids, 'result', ourRow ? 'there' : '', theirRow ? 'there' : '');
      continue;
    }
    for (const tag of new Set([...Object.keys(ourRow), ...Object.keys(theirRow)])) {
      const [x, y] = [canonical(ourRow, tag), canonical(theirRow, tag)];
      if (x !== y) note(uids, tag, x, y);
    }
  }
  return differences;
}

function rowsOf({ status, text }: { status: number; text: string }): Map<string, Json> {
  const rows: Json[] = status === 200 ? JSON.parse(text) : [];
  const uidsOf = (row: Json) =>
    UIDS.map((tag) => String(row[tag]?.Value?.[0] ?? ''))
      .join(' ')
      .trim();
  return new Map(rows.map((row) => [uidsOf(row), row]));
}

/** VR and values as text; '' where the attribute is not there. */
function canonical(row: Json, tag: string): string {
  const element = row[tag];
  // (0008,1190) Retrieve URL: each has a root of its own.
  const text = JSON.stringify(element?.Value ?? []).replace(/http:\/\/127\.0\.0\.1:\d+/, '');
  return element ? `${element.vr} ${text}` : '';
}
