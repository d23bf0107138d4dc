import { items, type JsonDataSet, type JsonElement } from '../dicomweb/data-set.ts';

/** One attribute, in the order of the data set, those of items below their sequence. */
export interface TagRow {
  /** Unique within an instance: tags and item numbers from the root. */
  readonly path: string;
  /** As `(gggg,eeee)`. */
  readonly tag: string;
  readonly vr: string;
  /** Keyword of PS3.6, or empty. */
  readonly keyword: string;
  readonly value: string;
  readonly depth: number;
  readonly isPrivate: boolean;
}

/** Tells the keyword of a tag of eight hexadecimal digits, or nothing. */
export type KeywordOf = (tag: string) => string | undefined;

const isPrivate = (tag: string): boolean => Number.parseInt(tag.slice(3, 4), 16) % 2 === 1;

/** PS3.5 6.2: the groups of a name, divided by `=`. */
function nameText(value: object): string {
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = value as Record<string, string | undefined>;
  return [Alphabetic, Ideographic, Phonetic].join('=').replace(/=+$/, '');
}

function valueText(element: JsonElement): string {
  if (element.BulkDataURI !== undefined) return '…';
  if (element.InlineBinary !== undefined) {
    const binary = atob(element.InlineBinary);
    const bytes = Array.from(binary.slice(0, 64), (c) => c.charCodeAt(0).toString(16).padStart(2, '0'));
    return `${bytes.join('\\')}${binary.length > 64 ? '…' : ''} [${binary.length}]`;
  }
  return (element.Value ?? [])
    .map((value) =>
      typeof value === 'object' && value !== null ? nameText(value) : value === null ? '' : String(value),
    )
    .join('\\');
}

/** All attributes of a data set, nested ones too, each on a row of its own. */
export function tagRows(
  dataSet: JsonDataSet,
  keywordOf: KeywordOf,
  depth = 0,
  parent = '',
): readonly TagRow[] {
  return Object.keys(dataSet)
    .sort()
    .flatMap((tag): readonly TagRow[] => {
      const element = dataSet[tag];
      if (!element) return [];
      const path = `${parent}/${tag}`;
      const nested = element.vr === 'SQ' ? items(dataSet, tag) : [];
      const row: TagRow = {
        path,
        tag: `(${tag.slice(0, 4).toLowerCase()},${tag.slice(4).toLowerCase()})`,
        vr: element.vr ?? 'UN',
        keyword: keywordOf(tag) ?? '',
        value: element.vr === 'SQ' ? `[${nested.length}]` : valueText(element),
        depth,
        isPrivate: isPrivate(tag),
      };
      return [
        row,
        ...nested.flatMap((item, index) => tagRows(item, keywordOf, depth + 1, `${path}[${index + 1}]`)),
      ];
    });
}

/** Rows that hold all words, in tag, VR, keyword or value; sequences that hold such a row stay above it. */
export function matchingRows(rows: readonly TagRow[], search: string): readonly TagRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  const found = rows.filter(({ tag, vr, keyword, value }) => {
    const text = `${tag} ${tag.replace(/[(),]/g, '')} ${vr} ${keyword} ${value}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return rows.filter((row) => found.some((hit) => hit === row || hit.path.startsWith(`${row.path}[`)));
}
