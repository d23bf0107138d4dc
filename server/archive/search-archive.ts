import { type IndexedAttribute, indexedAttribute, type Level } from '../../storage/index/attributes.ts';
import { metadataOf } from '../../storage/index/find-instances.ts';
import type { Match, Matching } from '../../storage/index/match.ts';
import { type FoundRow, type SearchResult, search } from '../../storage/index/search.ts';
import { InvalidSearchError } from './archive-errors.ts';
import type { ArchiveParts } from './archive-parts.ts';
import { ATTRIBUTES_OF_LEVEL } from './level-attributes.ts';

export type { Level } from '../../storage/index/attributes.ts';
export type { FoundRow, SearchResult, StoredAttributes } from '../../storage/index/search.ts';

export interface Search {
  level: Level;
  studyInstanceUID?: string | undefined;
  seriesInstanceUID?: string | undefined;
  /** Keyword or tags (`StudyDate`, `00080020`, `00400275.00400009`) and the value to match, as it was sent. */
  criteria: readonly { attribute: string; value: string }[];
  /** Attributes to sort by, by keyword or tag; a `-` in front sorts downwards. */
  orderBy: readonly string[];
  limit: number;
  offset: number;
  /** Tags that the answer is to have. Those that the index does not keep apart make it read the instance's metadata. */
  includedTags: readonly string[];
  includeAll: boolean;
}

/** Finds studies, series or instances (PS3.4 C.2.2.2). Throws an `InvalidSearchError` naming what cannot be matched. */
export async function searchArchive(parts: ArchiveParts, request: Search): Promise<SearchResult> {
  const matches = request.criteria.flatMap(({ attribute, value }) =>
    matchOf(attribute, value, request.level),
  );
  const orderBy = request.orderBy.map((key) => orderOf(key, request.level));
  try {
    return await search(parts.pool, {
      level: request.level,
      studyInstanceUID: request.studyInstanceUID,
      seriesInstanceUID: request.seriesInstanceUID,
      matches,
      orderBy,
      limit: request.limit,
      offset: request.offset,
    });
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidSearchError(error.message);
    throw error;
  }
}

const KEPT_TAGS = new Set<string>(Object.values(ATTRIBUTES_OF_LEVEL).flat());

/** True where answers take more of an instance than the index keeps apart. */
export function needsMetadata({
  level,
  includeAll,
  includedTags,
}: Pick<Search, 'level' | 'includeAll' | 'includedTags'>): boolean {
  if (level !== 'instance') return false;
  return includeAll || includedTags.some((tag) => !KEPT_TAGS.has(tag));
}

const READ_AT_ONCE_CHARACTERS = 4 * 1024 * 1024;

/** The DICOM JSON texts of the instances found, by `instancePk`, a few megabytes at a time; with the rows they belong to. */
export async function* withMetadata(
  parts: ArchiveParts,
  rows: readonly FoundRow[],
): AsyncGenerator<{ row: FoundRow; metadata: string | undefined }> {
  for (let start = 0; start < rows.length; ) {
    let end = start;
    for (let characters = 0; end < rows.length; end += 1) {
      characters += rows[end]?.instance?.metadataLength ?? 0;
      if (end > start && characters > READ_AT_ONCE_CHARACTERS) break;
    }
    const group = rows.slice(start, end);
    const texts = await metadataOf(
      parts.pool,
      group.flatMap(({ instance }) => (instance ? [instance.instancePk] : [])),
    );
    for (const row of group) yield { row, metadata: row.instance && texts.get(row.instance.instancePk) };
    start = end;
  }
}

const LEVELS: readonly Level[] = ['study', 'series', 'instance'];

function attributeOf(name: string, level: Level): IndexedAttribute {
  // Clients ask studies for a Modality; what they mean is one of its series (PS3.3 C.7.2.1, ModalitiesInStudy).
  const found = indexedAttribute(
    level === 'study' && (name === 'Modality' || name === '00080060') ? 'ModalitiesInStudy' : name,
  );
  if (!found) throw new InvalidSearchError(`${name.slice(0, 100)} is not an attribute that can be searched`);
  return found;
}

function matchOf(name: string, value: string, level: Level): Match[] {
  const attribute = attributeOf(name, level);
  const matching = matchingOf(attribute, value);
  return matching ? [{ attribute, matching }] : [];
}

function orderOf(key: string, level: Level): { attribute: IndexedAttribute; descending: boolean } {
  const descending = key.startsWith('-');
  const attribute = attributeOf(descending ? key.slice(1) : key, level);
  if (LEVELS.indexOf(attribute.level) > LEVELS.indexOf(level)) {
    throw new InvalidSearchError(`${key.slice(0, 100)} cannot sort a search for a higher level`);
  }
  return { attribute, descending };
}

/** The kind of matching that `value` asks for (PS3.4 C.2.2.2.1 to C.2.2.2.5); undefined for universal matching. */
function matchingOf({ kind }: IndexedAttribute, value: string): Matching | undefined {
  const text = value.trim();
  if (text === '' || /^\*+$/.test(text)) return undefined;
  switch (kind) {
    case 'uid':
      return { kind: 'any-of', values: listOf(text, /[,\\]/) };
    case 'date':
    case 'time':
      return rangeOf(text) ?? { kind: 'any-of', values: listOf(text, /[,\\]/) };
    case 'integer':
      return { kind: 'any-of', values: listOf(text, /\\/) };
    case 'codes':
      return /[*?]/.test(text)
        ? { kind: 'wildcard', pattern: text }
        : { kind: 'any-of', values: listOf(text, /[,\\]/) };
    case 'code':
    case 'text':
    case 'name':
      return /[*?]/.test(text)
        ? { kind: 'wildcard', pattern: text }
        : { kind: 'any-of', values: listOf(text, /\\/) };
  }
}

function listOf(text: string, separator: RegExp): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** `20240101-20240131`, `-20240131`, `20240101-`. */
function rangeOf(text: string): Matching | undefined {
  const hyphen = text.indexOf('-');
  if (hyphen < 0) return undefined;
  const from = text.slice(0, hyphen).trim();
  const to = text.slice(hyphen + 1).trim();
  if (from === '' && to === '') throw new InvalidSearchError('a range needs a beginning or an end');
  return { kind: 'range', from: from || undefined, to: to || undefined };
}
