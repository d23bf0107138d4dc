import type { IndexedAttribute } from './attributes.ts';
import { toDate, toTime } from './column-value.ts';
import { foldNameGroup, foldText } from './fold-text.ts';

/** How the values of one attribute are to match (PS3.4 C.2.2.2). Universal matching is no match at all. */
export type Matching =
  /** Single value, list of UIDs, or multiple values: any of them. */
  | { kind: 'any-of'; values: readonly string[] }
  /** `*` stands for any characters, also none, `?` for one. */
  | { kind: 'wildcard'; pattern: string }
  /** From the first moment of `from` to the last of `to`; either may be open. */
  | { kind: 'range'; from: string | undefined; to: string | undefined };

export interface Match {
  attribute: IndexedAttribute;
  matching: Matching;
}

/** The protocol counts to 65535; nobody asks for so much in earnest. */
const MOST_PARAMETERS = 10_000;

/** Collects the bound values of one statement. */
export class Parameters {
  readonly values: unknown[] = [];

  /** Binds `value`; answers its placeholder. Throws a RangeError for what PostgreSQL cannot take. */
  bind(value: unknown): string {
    if ([value].flat().some((one) => typeof one === 'string' && one.includes('\0')))
      throw new RangeError('a value holds the character U+0000, which no stored value has');
    if (this.values.length >= MOST_PARAMETERS) throw new RangeError('too many values to match');
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/** `*` and `?` to LIKE's `%` and `_`; what LIKE would take for its own is escaped. */
export function likePattern(wildcard: string): string {
  return wildcard
    .replace(/[\\%_]/g, '\\$&')
    .replaceAll('*', '%')
    .replaceAll('?', '_');
}

/** The SQL condition that `match` stands for. Throws a RangeError for a value that its kind of column cannot hold. */
export function conditionOf({ attribute, matching }: Match, parameters: Parameters): string {
  const { keyword } = attribute;
  const column = `${attribute.level}.${attribute.column}`;
  switch (attribute.kind) {
    case 'name':
      return nameCondition(column, matching, parameters);
    case 'text':
      return textCondition(column, matching, parameters, foldText);
    case 'uid':
    case 'code':
      return textCondition(column, matching, parameters, (text) => text);
    case 'codes':
      return codesCondition(column, matching, parameters);
    case 'date':
      return dateCondition({ keyword, column }, matching, parameters);
    case 'time':
      return timeCondition({ keyword, column }, matching, parameters);
    case 'integer':
      return integerCondition({ keyword, column }, matching, parameters);
  }
}

function textCondition(
  column: string,
  matching: Matching,
  parameters: Parameters,
  fold: (text: string) => string,
): string {
  switch (matching.kind) {
    case 'wildcard':
      return `${column} LIKE ${parameters.bind(likePattern(fold(matching.pattern)))}`;
    case 'any-of':
      return `${column} = ANY(${parameters.bind(matching.values.map(fold))}::text[])`;
    case 'range':
      throw new RangeError('only dates and times match by range');
  }
}

/** PS3.4 C.2.2.2.1: a name without "=" may match in any component group, one with "=" matches group by group. */
function nameCondition(column: string, matching: Matching, parameters: Parameters): string {
  if (matching.kind === 'range') throw new RangeError('only dates and times match by range');
  const columns = [column, `${column}_ideographic`, `${column}_phonetic`];
  const alternatives = matching.kind === 'wildcard' ? [matching.pattern] : matching.values;
  const conditions = alternatives.map((name) => {
    const groupwise = name.includes('=');
    const groups = name.split('=').slice(0, 3);
    const parts = columns.flatMap((groupColumn, i) => {
      const group = groupwise ? groups[i] : name;
      if (!group) return [];
      return [oneGroup(groupColumn, { kind: matching.kind, group }, parameters)];
    });
    return `(${parts.join(groupwise ? ' AND ' : ' OR ') || 'true'})`;
  });
  return `(${conditions.join(' OR ')})`;
}

function oneGroup(
  column: string,
  wanted: { kind: 'wildcard' | 'any-of'; group: string },
  parameters: Parameters,
): string {
  const folded = foldNameGroup(wanted.group);
  if (wanted.kind === 'any-of') return `${column} = ${parameters.bind(folded)}`;
  return `${column} LIKE ${parameters.bind(likePattern(folded))}`;
}

function codesCondition(column: string, matching: Matching, parameters: Parameters): string {
  switch (matching.kind) {
    case 'wildcard':
      return `EXISTS (SELECT 1 FROM unnest(${column}) AS v WHERE v LIKE ${parameters.bind(likePattern(matching.pattern))})`;
    case 'any-of':
      return `${column} && ${parameters.bind(matching.values)}::text[]`;
    case 'range':
      throw new RangeError('only dates and times match by range');
  }
}

interface Named {
  /** What errors call the column. */
  keyword: string;
  column: string;
}

/** What was asked for is not repeated: it may be a patient's. */
function wanted<T>(value: T | undefined, keyword: string, right: string): T {
  if (value === undefined) throw new RangeError(`the value for ${keyword} is not ${right}`);
  return value;
}

const DATE_RIGHT = 'a date as YYYYMMDD';
const TIME_RIGHT = 'a time as HHMMSS.FFFFFF';

function dateCondition({ keyword, column }: Named, matching: Matching, parameters: Parameters): string {
  switch (matching.kind) {
    case 'any-of':
      return `${column} = ANY(${parameters.bind(matching.values.map((v) => wanted(toDate(v), keyword, DATE_RIGHT)))}::date[])`;
    case 'range': {
      const { from, to } = matching;
      const bounds: string[] = [];
      if (from)
        bounds.push(`${column} >= ${parameters.bind(wanted(toDate(from), keyword, DATE_RIGHT))}::date`);
      if (to) bounds.push(`${column} <= ${parameters.bind(wanted(toDate(to), keyword, DATE_RIGHT))}::date`);
      return `(${bounds.join(' AND ')})`;
    }
    case 'wildcard':
      throw new RangeError('dates do not match by wildcard');
  }
}

function timeCondition({ keyword, column }: Named, matching: Matching, parameters: Parameters): string {
  if (matching.kind === 'wildcard') throw new RangeError('times do not match by wildcard');
  const ranges =
    matching.kind === 'range' ? [matching] : matching.values.map((value) => ({ from: value, to: value }));
  const conditions = ranges.map(({ from, to }) => {
    const bounds: string[] = [];
    if (from) bounds.push(`${column} >= ${parameters.bind(wanted(toTime(from), keyword, TIME_RIGHT))}::time`);
    if (to)
      bounds.push(`${column} <= ${parameters.bind(wanted(toTime(to, true), keyword, TIME_RIGHT))}::time`);
    return bounds.join(' AND ');
  });
  return `(${conditions.join(' OR ')})`;
}

function integerCondition({ keyword, column }: Named, matching: Matching, parameters: Parameters): string {
  if (matching.kind !== 'any-of') throw new RangeError('whole numbers match by value only');
  const numbers = matching.values.map((value) => {
    const number = /^\s*[+-]?\d{1,10}\s*$/.test(value) ? Number(value) : undefined;
    return wanted(number, keyword, 'a whole number');
  });
  return `${column} = ANY(${parameters.bind(numbers)}::bigint[])`;
}
