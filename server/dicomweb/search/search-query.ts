import type { PrivateCreators } from '../../archive/search/search-archive.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { HttpError } from '../../http/http-errors.ts';

/** What the query component of a search asks for (PS3.18 8.3.4 and 10.6.1.2). */
export interface SearchQuery {
  criteria: { attribute: string; value: string }[];
  /** By their tags (gggg,00bb): they say whose the private attributes are, and match nothing themselves. */
  privateCreators: PrivateCreators;
  /** Tags in upper-case hexadecimal; those of an attribute inside sequences joined by dots. */
  includedPaths: string[];
  includeAll: boolean;
  orderBy: string[];
  limit: number;
  offset: number;
  fuzzyMatching: boolean;
  emptyValueMatching: boolean;
  multipleValueMatching: boolean;
  /** Timezone Offset From UTC of the dates and times asked for, in minutes. */
  zoneMinutes: number | undefined;
}

/** Results of one answer, at the most: more are asked for by offset. */
export const MOST_RESULTS = 5000;
const DEFAULT_RESULTS = 1000;
const MOST_CRITERIA = 100;
const MOST_INCLUDED = 1000;
/** Of sequences inside each other. */
const DEEPEST_PATH = 16;

/** Throws a 400 that names the parameter that cannot be understood. Percent-encoding is decoded; `+` is a space. */
export function parseSearchQuery(querystring: string): SearchQuery {
  const creators = new Map<string, string>();
  const query: SearchQuery = {
    criteria: [],
    privateCreators: {},
    includedPaths: [],
    includeAll: false,
    orderBy: [],
    limit: DEFAULT_RESULTS,
    offset: 0,
    fuzzyMatching: false,
    emptyValueMatching: false,
    multipleValueMatching: false,
    zoneMinutes: undefined,
  };
  for (const [name, value] of pairsOf(querystring)) {
    if (!takeOption(query, name, value)) takeAttribute(query, creators, name, value);
    if (query.criteria.length + creators.size > MOST_CRITERIA)
      throw new HttpError(400, `More than ${MOST_CRITERIA} matching parameters.`);
    if (query.includedPaths.length > MOST_INCLUDED)
      throw new HttpError(400, `More than ${MOST_INCLUDED} attributes to include.`);
  }
  query.privateCreators = Object.fromEntries(creators);
  return query;
}

/** Most queries have nothing encoded, and are taken apart in a fraction of the time. */
function pairsOf(querystring: string): Iterable<[string, string]> {
  if (/[%+?]/.test(querystring)) return new URLSearchParams(querystring);
  return querystring
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    });
}

/** False where `name` is none of the parameters of PS3.18 Table 8.3.4-1. */
function takeOption(query: SearchQuery, name: string, value: string): boolean {
  switch (name.toLowerCase()) {
    case 'limit':
      query.limit = Math.min(MOST_RESULTS, wholeNumber(name, value));
      return true;
    case 'offset':
      query.offset = wholeNumber(name, value);
      return true;
    case 'includefield':
      includeFields(query, value);
      return true;
    case 'orderby':
      query.orderBy.push(...listOf(value));
      return true;
    case 'fuzzymatching':
      query.fuzzyMatching = trueOrFalse(name, value);
      return true;
    case 'emptyvaluematching':
      query.emptyValueMatching = trueOrFalse(name, value);
      return true;
    case 'multiplevaluematching':
      query.multipleValueMatching = trueOrFalse(name, value);
      return true;
    case 'accept':
    case 'charset':
      return true;
    default:
      return false;
  }
}

function takeAttribute(query: SearchQuery, creators: Map<string, string>, name: string, value: string): void {
  const attribute = attributeName(name);
  switch (tagOf(attribute) ?? attribute) {
    // PS3.4 C.2.2.2: never matched; queries are UTF-8 (RFC 3986).
    case '00080005':
      return;
    case '00080201':
      query.zoneMinutes = offsetMinutes(value);
      return;
    default:
      if (/^[0-9A-F]{3}[13579BDF]00[1-9A-F][0-9A-F]$/.test(attribute)) creators.set(attribute, value);
      else query.criteria.push({ attribute, value });
  }
}

function wholeNumber(name: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new HttpError(400, `${name} must be a whole number, 0 or more.`);
  return Number(value);
}

function trueOrFalse(name: string, value: string): boolean {
  if (value !== 'true' && value !== 'false') throw new HttpError(400, `${name} must be true or false.`);
  return value === 'true';
}

/** PS3.3 C.12.1.1.8. The plus sign may have come unescaped, which in a query is a space. */
function offsetMinutes(value: string): number | undefined {
  if (value.trim() === '') return undefined;
  const found = /^([ +-])(\d{2})([0-5]\d)$/.exec(value);
  if (!found || Number(found[2]) > 14)
    throw new HttpError(400, 'TimezoneOffsetFromUTC must be an offset as +0100 or -0530.');
  return (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3]));
}

function listOf(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function includeFields(query: SearchQuery, value: string): void {
  for (const field of listOf(value)) {
    if (field === 'all') query.includeAll = true;
    else query.includedPaths.push(pathOf(field, 'includefield'));
  }
}

/** Attributes are named by keyword or tag; those inside sequences by a path of them, joined by dots (PS3.18 8.3.4.1). */
function attributeName(name: string): string {
  if (name.includes('.') || /^[0-9a-f]{8}$/i.test(name)) return pathOf(name, 'the query');
  knownTag(name, 'the query');
  return name;
}

function pathOf(name: string, where: string): string {
  const parts = name.split('.', DEEPEST_PATH + 1);
  if (parts.length > DEEPEST_PATH)
    throw new HttpError(400, `An attribute in ${where} lies in more than ${DEEPEST_PATH - 1} sequences.`);
  return parts.map((part) => knownTag(part, where)).join('.');
}

function knownTag(name: string, where: string): string {
  const tag = tagOf(name);
  if (tag === undefined)
    throw new HttpError(
      400,
      `${JSON.stringify(name.slice(0, 64))} in ${where} is no parameter of searches, and neither an attribute's keyword nor its tag.`,
    );
  return tag;
}
