import { indexedAttribute, type Level } from '../../../storage/index/attributes.ts';
import { metadataOf } from '../../../storage/index/find-instances.ts';
import type { Match } from '../../../storage/index/search/matching.ts';
import {
  type FoundRow,
  type SearchRequest,
  type SearchResult,
  search,
} from '../../../storage/index/search/search.ts';
import {
  listSearchableAttributes,
  type SearchableAttribute,
} from '../../../storage/index/searchable/searchable-attributes.ts';
import { isPrivateTag } from '../../dicom/private-elements.ts';
import { InvalidSearchError } from '../archive-errors.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { ATTRIBUTES_OF_LEVEL } from './level-attributes.ts';
import {
  addedAttribute,
  attributeOf,
  type PrivateCreators,
  pathOf,
  type SearchableBy,
} from './search-attributes.ts';
import { isUniversal, type MatchingOptions, matchingOf, mergedMatching } from './search-values.ts';

export type { Level } from '../../../storage/index/attributes.ts';
export type { FoundRow, SearchResult } from '../../../storage/index/search/search.ts';
export type { PrivateCreators } from './search-attributes.ts';

export interface Search extends MatchingOptions {
  level: Level;
  studyInstanceUID?: string | undefined;
  seriesInstanceUID?: string | undefined;
  /** Keyword or tags (`StudyDate`, `00080020`, `00400275.00400009`) and the value to match, as it was sent. */
  criteria: readonly { attribute: string; value: string }[];
  privateCreators: PrivateCreators;
  /** Minutes from UTC of the zone that dates and times to match are meant in; undefined: as the objects have them. */
  zoneMinutes: number | undefined;
  /** Attributes to sort by, by keyword or tag; a `-` in front sorts downwards. */
  orderBy: readonly string[];
  limit: number;
  offset: number;
  /** Count all matches, however many. */
  countAll?: boolean | undefined;
  /** Tags, joined by dots, of what answers are to have beside the usual. */
  includedPaths: readonly string[];
  includeAll: boolean;
}

/** What was found, and what answers are to have of it: what was asked for and, by PS3.18 10.6.3.3, what was matched. */
export interface ArchiveSearchResult extends SearchResult {
  includedPaths: string[];
  /** Of what was asked for, what answers of this level never have. */
  ignoredPaths: string[];
}

/**
 * Finds studies, series or instances (PS3.4 C.2.2.2). Throws an `InvalidSearchError` naming what cannot be matched, and a
 * `SearchTooBroadError`.
 */
export async function searchArchive(parts: ArchiveParts, request: Search): Promise<ArchiveSearchResult> {
  const by = await searchableBy(parts, request);
  const matches = matchesOf(request, by);
  const includedPaths = [
    ...request.includedPaths,
    ...request.criteria.map(({ attribute }) => pathOf(attribute)),
  ];
  try {
    const wanted: SearchRequest = {
      level: request.level,
      studyInstanceUID: request.studyInstanceUID,
      seriesInstanceUID: request.seriesInstanceUID,
      matches,
      zoneMinutes: request.zoneMinutes,
      withElementsOf: request.includeAll ? readyAmong(by) : addedAmong(includedPaths, by),
      withPatientCounts: request.includeAll || includedPaths.some((path) => PATIENT_COUNTS.has(path)),
      withAll: isRareAsked(request, includedPaths),
      attributesOf: levelsTold(request, includedPaths),
      orderBy: request.orderBy.map((key) => orderOf(key, request.level, by)),
      limit: request.limit,
      offset: request.offset,
      countAll: request.countAll,
    };
    const result = await parts.searches.run((pool) => search(pool, wanted));
    return { ...result, includedPaths, ignoredPaths: ignoredOf(request, by) };
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidSearchError(error.message);
    throw error;
  }
}

const LEVELS: readonly Level[] = ['study', 'series', 'instance'];

/** PS3.4 Table C.3-1: Number of Patient Related Studies, Series, Instances. */
const PATIENT_COUNTS = new Set(['00201200', '00201202', '00201204']);

/** SOPClassesInStudy, AvailableTransferSyntaxUID, StudyStatusID. */
const RARE = new Set(['00080062', '00083002', '0032000A']);

function isRareAsked({ level, includeAll }: Search, includedPaths: readonly string[]): boolean {
  return (
    includeAll ||
    includedPaths.some((path) => RARE.has(path)) ||
    needsMetadata({ level, includeAll, includedPaths })
  );
}

/** PS3.18 10.6.3.3.2: what the URI names is not told again, unless something of it is asked for. */
function levelsTold(request: Search, includedPaths: readonly string[]): Level[] {
  const { level, includeAll, studyInstanceUID, seriesInstanceUID } = request;
  const named = { study: studyInstanceUID, series: seriesInstanceUID, instance: undefined };
  const isAsked = includeAll || includedPaths.length > 0;
  return LEVELS.filter((one) => one === level || isAsked || !named[one]);
}

/** The attributes that an administrator added are asked for only where the others do not do. */
async function searchableBy(parts: ArchiveParts, request: Search): Promise<SearchableBy> {
  const matched = request.criteria.some(({ attribute }) => !indexedAttribute(pathOf(attribute)));
  const needed =
    matched || request.includeAll || request.includedPaths.some((path) => !KEPT_TAGS.has(path.slice(0, 8)));
  return {
    searchable: needed ? await listSearchableAttributes(parts.pool) : [],
    privateCreators: request.privateCreators,
  };
}

/** PS3.18 10.6.3.3: studies come without the attributes of series and instances, series without those of instances. */
function ignoredOf({ level, includedPaths }: Search, by: SearchableBy): string[] {
  if (level === 'instance' || includedPaths.length === 0) return [];
  const levels = levelsDownTo(level);
  return includedPaths.filter((path) => {
    if (KEPT_DOWN_TO[level].has(path.slice(0, 8))) return false;
    const added = addedAttribute(path, by);
    return !(added?.state === 'ready' && levels.includes(added.level));
  });
}

/** Universal matching is none (PS3.4 C.2.2.2.3): such an attribute is only to be among the answers. */
function matchesOf(request: Search, by: SearchableBy): Match[] {
  const byAttribute = new Map<Match['attribute'], Match['matching'][]>();
  for (const { attribute: name, value } of request.criteria) {
    if (isUniversal(value)) continue;
    const attribute = attributeOf(name, request.level, by);
    const matching = matchingOf(attribute, value, request);
    byAttribute.set(attribute, [...(byAttribute.get(attribute) ?? []), matching]);
  }
  return [...byAttribute].map(([attribute, matchings]) => ({
    attribute,
    matching: mergedMatching(attribute, matchings),
  }));
}

function readyAmong({ searchable }: SearchableBy): number[] {
  return searchable.filter(({ state }) => state === 'ready').map(({ pk }) => pk);
}

/** Of the attributes that an administrator added, those that `paths` name. */
function addedAmong(paths: readonly string[], by: SearchableBy): number[] {
  if (by.searchable.length === 0) return [];
  const added = paths.flatMap((path): SearchableAttribute[] => {
    const found = addedAttribute(path, by);
    return found ? [found] : [];
  });
  return [...new Set(added.map(({ pk }) => pk))];
}

function orderOf(key: string, level: Level, by: SearchableBy): SearchRequest['orderBy'][number] {
  const descending = key.startsWith('-');
  const attribute = attributeOf(descending ? key.slice(1) : key, level, by);
  if (!('column' in attribute))
    throw new InvalidSearchError(`${key.slice(0, 100)} is an added attribute, which cannot sort`);
  if (LEVELS.indexOf(attribute.level) > LEVELS.indexOf(level))
    throw new InvalidSearchError(`${key.slice(0, 100)} cannot sort a search for a higher level`);
  return { attribute, descending };
}

/** What answers have that is made for them (PS3.18 Tables 10.6.3-3 to 10.6.3-5). */
const KEPT_BESIDE: Readonly<Record<Level, readonly string[]>> = {
  study: [
    '00080005',
    '00080056',
    '00080061',
    '00080062',
    '00081190',
    '00201206',
    '00201208',
    '0032000A',
    ...PATIENT_COUNTS,
  ],
  series: ['00201209'],
  instance: ['00083002'],
};

const levelsDownTo = (level: Level) => LEVELS.slice(0, LEVELS.indexOf(level) + 1);

/** What answers of a level can have, by tag. */
const keptDownTo = (level: Level): ReadonlySet<string> =>
  new Set(levelsDownTo(level).flatMap((one) => [...KEPT_BESIDE[one], ...ATTRIBUTES_OF_LEVEL[one]]));
const KEPT_DOWN_TO = {
  study: keptDownTo('study'),
  series: keptDownTo('series'),
  instance: keptDownTo('instance'),
};
const KEPT_TAGS = KEPT_DOWN_TO.instance;

/** What an instance says itself, and its study or series may have of another one. */
const SAID_BY_INSTANCES = new Set<string>(
  [...ATTRIBUTES_OF_LEVEL.study, ...ATTRIBUTES_OF_LEVEL.series].filter(
    (tag) => tag !== '0020000D' && tag !== '0020000E',
  ),
);

/** True where answers take more of an instance than the index keeps apart. */
export function needsMetadata({
  level,
  includeAll,
  includedPaths,
}: Pick<Search, 'level' | 'includeAll' | 'includedPaths'>): boolean {
  if (level !== 'instance') return false;
  return (
    includeAll ||
    includedPaths.some((path) => {
      const tag = path.slice(0, 8);
      return isPrivateTag(tag) || !KEPT_TAGS.has(tag) || SAID_BY_INSTANCES.has(tag);
    })
  );
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
