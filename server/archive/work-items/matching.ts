import { toDate, toTime } from '../../../storage/index/search/column-value.ts';
import { foldNameGroup } from '../../../storage/index/search/fold-text.ts';
import { wantedTokens } from '../../../storage/index/search/name-words.ts';
import type { KeyMatch, KeyMatching, NameGroupMatch } from '../../../storage/index/work-items/work-items.ts';
import { dictionaryEntry, tagOf } from '../../dicom/dictionary.ts';
import { InvalidSearchError } from '../archive-errors.ts';
import { comparisonOf } from './match-keys.ts';
import { dateTimeRange, momentOf } from './moments.ts';

/** Keyword or tag, or a path of them joined by dots, and the value to match as it was sent. */
export interface Criterion {
  attribute: string;
  value: string;
}

const DEEPEST_PATH = 8;
const TRANSACTION_UID = '00081195';

/** The tags that `attribute` names, from the data set's root. Throws an `InvalidSearchError` for what is none. */
export function pathOf(attribute: string): [string, ...string[]] {
  const tags = attribute.split('.').map((part) => {
    const tag = tagOf(part);
    if (tag === undefined || !/^[0-9A-F]{8}$/.test(tag)) throw notSearchable(attribute);
    return tag;
  });
  const [first, ...rest] = tags;
  if (first === undefined || tags.length > DEEPEST_PATH) throw notSearchable(attribute);
  // Table CC.2.5-3: cannot be queried; it is what keeps others from the work item.
  if (tags.includes(TRANSACTION_UID)) throw notSearchable(attribute);
  return [first, ...rest];
}

function notSearchable(attribute: string): InvalidSearchError {
  return new InvalidSearchError(`${attribute.slice(0, 100)} is not an attribute that can be searched`);
}

export interface MatchingOptions {
  fuzzyMatching: boolean;
  /** Two quotation marks stand for no value (PS3.4 C.2.2.2.7). */
  emptyValueMatching: boolean;
  /** Of several values each must be there (C.2.2.2.8), not any. */
  multipleValueMatching: boolean;
  /** Offset from UTC of date-times that tell none; undefined: the server's. */
  zoneMinutes: number | undefined;
}

/** How filters of subscriptions match. */
export const FILTER_MATCHING: MatchingOptions = {
  fuzzyMatching: false,
  emptyValueMatching: true,
  multipleValueMatching: false,
  zoneMinutes: undefined,
};

/** What `criteria` ask for (PS3.4 C.2.2.2); those of universal matching ask for nothing. Throws an `InvalidSearchError`. */
export function matchesOf(criteria: readonly Criterion[], options: MatchingOptions): KeyMatch[] {
  return gathered(criteria).flatMap((asked) => {
    const { path } = asked;
    const matching = matchingOf(asked, options);
    if (!matching) return [];
    if (matching.kind === 'any-of' && options.multipleValueMatching)
      return matching.values.map((one) => ({ path, matching: { kind: 'any-of' as const, values: [one] } }));
    return [{ path, matching }];
  });
}

interface Asked {
  attribute: string;
  path: [string, ...string[]];
  value: string;
}

/** An attribute that is named more than once has several values, as if backslashes parted them. */
function gathered(criteria: readonly Criterion[]): Asked[] {
  const byPath = new Map<string, Asked>();
  for (const { attribute, value } of criteria) {
    const path = pathOf(attribute);
    const before = byPath.get(path.join('.'));
    const values = [before?.value ?? '', value.trim()].filter((one) => one !== '');
    byPath.set(path.join('.'), { attribute, path, value: values.join('\\') });
  }
  return [...byPath.values()];
}

function matchingOf(
  { attribute, path, value }: Asked,
  { fuzzyMatching, emptyValueMatching, zoneMinutes }: MatchingOptions,
): KeyMatching | undefined {
  if (value.includes('\0')) throw wrongValue(attribute, 'text: it holds the character U+0000');
  if (value === '' || /^\*+$/.test(value)) return undefined;
  if (value === '""' && emptyValueMatching) return { kind: 'empty' };
  const vr = dictionaryEntry(path.at(-1) ?? '')?.vrs[0] ?? 'UN';
  switch (comparisonOf(vr)) {
    case 'name':
      return fuzzyMatching ? tokensMatching(value) : nameMatching(value);
    case 'date':
      return rangesOf(attribute, value, (text) => toDate(text));
    case 'time':
      return rangesOf(attribute, value, toTime);
    case 'date-time':
      return dateTimeMatching(attribute, value, zoneMinutes);
    case 'number':
      return numberMatching(attribute, value);
    case 'uid':
      return { kind: 'any-of', values: listOf(value, /[,\\]/) };
    case 'text':
      return textMatching(listOf(value, /\\/));
    default:
      throw notSearchable(attribute);
  }
}

function textMatching(values: readonly string[]): KeyMatching {
  return values.some((value) => /[*?]/.test(value))
    ? { kind: 'wildcard', patterns: values }
    : { kind: 'any-of', values };
}

function listOf(text: string, separator: RegExp): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** What was asked for is not repeated: it may be a patient's. */
function wrongValue(attribute: string, right: string): InvalidSearchError {
  return new InvalidSearchError(`the value for ${attribute.slice(0, 100)} is not ${right}`);
}

/** A date or time, or a range of them; several, parted by backslashes. A value of less precision stands for all it includes. */
function rangesOf(
  attribute: string,
  value: string,
  read: (text: string, atEnd: boolean) => string | undefined,
): KeyMatching {
  const right = 'a date as YYYYMMDD or a time as HHMMSS.FFFFFF, or a range of them';
  const ranges = listOf(value, /[,\\]/).map((text) => {
    const hyphen = text.indexOf('-');
    const [from, to] =
      hyphen < 0 ? [text, text] : [text.slice(0, hyphen).trim(), text.slice(hyphen + 1).trim()];
    if (from === '' && to === '') throw wrongValue(attribute, right);
    const read1 = (end: string, atEnd: boolean) => {
      if (end === '') return undefined;
      const found = read(end, atEnd);
      if (found === undefined) throw wrongValue(attribute, right);
      return found;
    };
    return { from: read1(from, false), to: read1(to, true) };
  });
  return { kind: 'range', ranges };
}

function dateTimeMatching(attribute: string, value: string, zoneMinutes: number | undefined): KeyMatching {
  const right = 'a date-time as YYYYMMDDHHMMSS.FFFFFF&ZZXX, or a range of them';
  // In a query component, a plus sign that was not escaped comes as a space.
  const ranges = listOf(value, /[,\\]/).map((text) => {
    const range = dateTimeRange(text.replaceAll(' ', '+'));
    if (!range) throw wrongValue(attribute, right);
    const end = (one: string, atEnd: boolean) => {
      if (one === '') return undefined;
      const moment = momentOf(one, zoneMinutes, atEnd);
      if (moment === undefined) throw wrongValue(attribute, right);
      return moment;
    };
    return { from: end(range.from, false), to: end(range.to, true) };
  });
  return { kind: 'range', ranges };
}

function numberMatching(attribute: string, value: string): KeyMatching {
  const values = listOf(value, /\\/).map((text) => {
    if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(text)) throw wrongValue(attribute, 'a number');
    return Number(text);
  });
  return { kind: 'any-of', values };
}

const GROUPS = ['a', 'i', 'p'] as const;

/** PS3.4 C.2.2.2.1: a name without "=" may match in any component group, one with "=" matches group by group. */
function nameMatching(value: string): KeyMatching {
  const alternatives = listOf(value, /\\/).map((name): NameGroupMatch[] => {
    if (!name.includes('=')) return [{ group: undefined, pattern: foldNameGroup(name) }];
    return name.split('=').flatMap((text, n) => {
      const group = GROUPS[n];
      const pattern = foldNameGroup(text);
      return group === undefined || pattern === '' ? [] : [{ group, pattern }];
    });
  });
  return { kind: 'name', alternatives };
}

function tokensMatching(value: string): KeyMatching {
  return { kind: 'tokens', wanted: wantedTokens(value.split('=').map(foldNameGroup)) };
}
