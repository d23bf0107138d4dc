import { tagOf } from '../../dicom/dictionary.ts';
import { HttpError } from '../../http/http-errors.ts';

/** What the query component of a search asks for (PS3.18 8.3.4 and 10.6.1.2). */
export interface SearchQuery {
  criteria: { attribute: string; value: string }[];
  /** Upper-case hexadecimal. */
  includedTags: string[];
  includeAll: boolean;
  orderBy: string[];
  limit: number;
  offset: number;
  fuzzyMatching: boolean;
}

/** Results of one answer, at the most: more are asked for by offset. */
const MOST_RESULTS = 5000;
const DEFAULT_RESULTS = 1000;
const MOST_CRITERIA = 100;

/** Throws a 400 that names the parameter that cannot be understood. Percent-encoding is decoded; `+` is a space. */
export function parseSearchQuery(querystring: string): SearchQuery {
  const query: SearchQuery = {
    criteria: [],
    includedTags: [],
    includeAll: false,
    orderBy: [],
    limit: DEFAULT_RESULTS,
    offset: 0,
    fuzzyMatching: false,
  };
  for (const [name, value] of new URLSearchParams(querystring)) {
    switch (name.toLowerCase()) {
      case 'limit':
        query.limit = Math.min(MOST_RESULTS, wholeNumber(name, value));
        break;
      case 'offset':
        query.offset = wholeNumber(name, value);
        break;
      case 'includefield':
        includeFields(query, value);
        break;
      case 'orderby':
        query.orderBy.push(
          ...value
            .split(',')
            .map((key) => key.trim())
            .filter(Boolean),
        );
        break;
      case 'fuzzymatching':
        query.fuzzyMatching = trueOrFalse(name, value);
        break;
      case 'accept':
      case 'charset':
        break;
      default:
        query.criteria.push({ attribute: attributeName(name), value });
    }
  }
  if (query.criteria.length > MOST_CRITERIA)
    throw new HttpError(400, `More than ${MOST_CRITERIA} matching parameters.`);
  return query;
}

function wholeNumber(name: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new HttpError(400, `${name} must be a whole number, 0 or more.`);
  return Number(value);
}

function trueOrFalse(name: string, value: string): boolean {
  if (value !== 'true' && value !== 'false') throw new HttpError(400, `${name} must be true or false.`);
  return value === 'true';
}

function includeFields(query: SearchQuery, value: string): void {
  for (const field of value.split(',').map((part) => part.trim())) {
    if (field === '') continue;
    if (field === 'all') query.includeAll = true;
    else query.includedTags.push(knownTag(field.split('.')[0] ?? '', 'includefield'));
  }
}

/** Attributes are named by keyword or tag; those inside sequences by a path of them, joined by dots (PS3.18 8.3.4.1). */
function attributeName(name: string): string {
  const parts = name.split('.');
  if (parts.length === 1) return /^[0-9a-f]{8}$/i.test(name) ? name.toUpperCase() : keywordOr400(name);
  return parts.map((part) => knownTag(part, 'the query')).join('.');
}

function keywordOr400(name: string): string {
  knownTag(name, 'the query');
  return name;
}

function knownTag(name: string, where: string): string {
  const tag = tagOf(name);
  if (tag === undefined)
    throw new HttpError(
      400,
      `${JSON.stringify(name.slice(0, 64))} in ${where} is neither an attribute's keyword nor its tag.`,
    );
  return tag;
}
