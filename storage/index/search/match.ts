import { type IndexedAttribute, type Level, nameGroupColumns, otherHalfOf } from '../attributes.ts';
import type { SearchableAttribute } from '../searchable/searchable-attributes.ts';
import { cutToKey } from './column-value.ts';
import { foldText } from './fold-text.ts';
import { dateCondition, momentCondition, pairCondition, timeCondition } from './match-dates.ts';
import { itemCondition } from './match-items.ts';
import { nameCondition } from './match-names.ts';
import type { Condition, Match, Matching } from './matching.ts';
import { wordsOf } from './name-words.ts';
import { likePattern, type Parameters, wildcardCondition } from './sql-parameters.ts';

/**
 * The SQL conditions that `matches` stand for, all of which must hold. `zoneMinutes` is the offset from UTC of the zone that dates
 * and times are meant in; undefined: as the objects have them. Throws a RangeError for a value that its attribute cannot have.
 */
export function conditionsOf(
  matches: readonly Match[],
  parameters: Parameters,
  zoneMinutes?: number,
): Condition[] {
  const [only] = matches;
  const key = only && matches.length === 1 ? keyCondition(only, parameters) : undefined;
  if (key) return [key];
  const conditions: Condition[] = [];
  const taken = new Set<Match>();
  for (const match of matches) {
    if (taken.has(match)) continue;
    const other = pairedRange(match, matches);
    if (other) taken.add(other);
    conditions.push({
      level: match.attribute.level,
      sql: other
        ? pairCondition([match, other], parameters, zoneMinutes)
        : conditionOf(match, parameters, zoneMinutes),
    });
  }
  return [...conditions, ...itemConditions(matches, parameters)];
}

/** Attributes of which few studies, series or instances share a value. */
const KEYS = new Set([
  'AccessionNumber',
  'PatientID',
  'StudyInstanceUID',
  'SeriesInstanceUID',
  'SOPInstanceUID',
]);

/**
 * The condition of one value of a key, alone. PostgreSQL makes one plan for all values of it; for a list, however short, it would make
 * one at each search, which takes longer than the search itself. Beside other conditions that is time well spent.
 */
function keyCondition({ attribute, matching }: Match, parameters: Parameters): Condition | undefined {
  if (!('column' in attribute) || !KEYS.has(attribute.keyword)) return undefined;
  if (matching.kind !== 'any-of' || matching.values.length !== 1) return undefined;
  const { level, column } = attribute;
  return { level, sql: `${level}.${column} = ${parameters.bind(cutToKey(matching.values[0] ?? ''))}` };
}

/** PS3.4 C.2.2.2.5.4: a date and its time of day, asked for by ranges of one form, match as if they were one. */
function pairedRange({ attribute, matching }: Match, matches: readonly Match[]): Match | undefined {
  if (!('column' in attribute) || matching.kind !== 'range') return undefined;
  const half = otherHalfOf(attribute);
  return matches.find(
    (match) =>
      match.attribute === half &&
      match.matching.kind === 'range' &&
      (match.matching.from === undefined) === (matching.from === undefined) &&
      (match.matching.to === undefined) === (matching.to === undefined),
  );
}

/** PS3.4 C.2.2.2.6: keys of one sequence must match in one and the same item. */
function itemConditions(matches: readonly Match[], parameters: Parameters): Condition[] {
  const bySequence = new Map<string, Match[]>();
  for (const match of matches) {
    const { attribute } = match;
    if (!('column' in attribute) || attribute.path.length !== 2) continue;
    const [sequence] = attribute.path;
    bySequence.set(sequence, [...(bySequence.get(sequence) ?? []), match]);
  }
  return [...bySequence.values()].flatMap((together) => {
    const [first] = together;
    if (!first || together.length < 2) return [];
    return [{ level: first.attribute.level, sql: itemCondition(together, parameters) }];
  });
}

/** What a condition looks at. */
interface Target {
  /** What errors call it. */
  keyword: string;
  /** SQL. */
  column: string;
}

/** The SQL condition that `match` stands for. Throws a RangeError for a value that its kind of column cannot hold. */
export function conditionOf(
  { attribute, matching }: Match,
  parameters: Parameters,
  zoneMinutes?: number,
): string {
  if (!('column' in attribute)) return valueCondition(attribute, matching, parameters, zoneMinutes);
  const target = { keyword: attribute.keyword, column: `${attribute.level}.${attribute.column}` };
  if (matching.kind === 'empty') return emptyCondition(attribute, target.column);
  if (attribute.kind === 'codes') {
    const condition = codesCondition(target, matching, parameters);
    return attribute.computed || matching.kind === 'wildcard'
      ? condition
      : foundFirst(attribute.level, condition);
  }
  if (attribute.kind === 'date' || attribute.kind === 'time') {
    const half = otherHalfOf(attribute);
    const inZone = { level: attribute.level, half: half?.column, zoneMinutes };
    const condition = attribute.kind === 'date' ? dateCondition : timeCondition;
    return condition(target, matching, parameters, inZone);
  }
  const condition = scalarCondition(attribute.kind, target, matching, parameters);
  return hasSeveralWords(matching) ? foundFirst(attribute.level, condition) : condition;
}

/** Words that many names have, but few together. */
function hasSeveralWords(matching: Matching): boolean {
  return matching.kind === 'fuzzy' && matching.names.some((name) => wordsOf([name]).length > 1);
}

function scalarCondition(
  kind: 'name' | 'text' | 'uid' | 'code' | 'integer',
  target: Target,
  matching: Matching,
  parameters: Parameters,
): string {
  switch (kind) {
    case 'name':
      return nameCondition(
        { groups: nameGroupColumns(target.column), words: `${target.column}_words` },
        matching,
        parameters,
      );
    case 'text':
      return textCondition(target, matching, parameters, foldText);
    case 'uid':
    case 'code':
      return textCondition(target, matching, parameters, (text) => text);
    case 'integer':
      return numberCondition(target, matching, parameters, /^\s*[+-]?\d{1,10}\s*$/, 'bigint');
  }
}

function emptyCondition({ kind }: IndexedAttribute, column: string): string {
  if (kind === 'codes') return `${column} = '{}'`;
  if (kind !== 'name') return `${column} IS NULL`;
  return `(${nameGroupColumns(column)
    .map((group) => `${group} IS NULL`)
    .join(' AND ')})`;
}

/** An attribute of an administrator's choice: one of its values, each a row, must meet the condition. */
function valueCondition(
  attribute: SearchableAttribute,
  matching: Matching,
  parameters: Parameters,
  zoneMinutes: number | undefined,
): string {
  if (matching.kind === 'all-of') {
    const each = matching.values.map((value) =>
      valueCondition(attribute, { kind: 'any-of', values: [value] }, parameters, zoneMinutes),
    );
    return `(${each.join(' AND ')})`;
  }
  const { pk, level } = attribute;
  const rows = `SELECT 1 FROM searchable_value AS v WHERE v.searchable_attribute_pk = ${parameters.bind(pk)}::integer AND v.entity_pk = ${level}.${level}_pk`;
  if (matching.kind === 'empty') return `NOT EXISTS (${rows})`;
  return `EXISTS (${rows} AND ${rowCondition(attribute, matching, parameters, zoneMinutes)})`;
}

function rowCondition(
  { keyword, kind }: SearchableAttribute,
  matching: Matching,
  parameters: Parameters,
  zoneMinutes: number | undefined,
): string {
  switch (kind) {
    case 'number':
      return numberCondition(
        { keyword, column: 'v.number_value' },
        matching,
        parameters,
        /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*$/,
        'float8',
      );
    case 'date':
      return dateCondition({ keyword, column: 'v.date_value' }, matching, parameters);
    case 'time':
      return timeCondition({ keyword, column: 'v.time_value' }, matching, parameters);
    case 'moment':
      return momentCondition({ keyword, column: 'v.moment_value' }, matching, parameters, zoneMinutes);
    default:
      return scalarCondition(kind, { keyword, column: 'v.text_value' }, matching, parameters);
  }
}

function onlyDatesMatchByRange(): never {
  throw new RangeError('only dates and times match by range');
}

function textCondition(
  { column }: Target,
  matching: Matching,
  parameters: Parameters,
  fold: (text: string) => string,
): string {
  switch (matching.kind) {
    case 'wildcard':
      return wildcardCondition(column, fold(matching.pattern), parameters);
    case 'any-of':
    case 'all-of':
      return `${column} = ANY(${parameters.bind(matching.values.map((value) => cutToKey(fold(value))))}::text[])`;
    default:
      return onlyDatesMatchByRange();
  }
}

/**
 * PostgreSQL has no good notion of how rare an identifier in a list is, or two words together, and would go through all rows in
 * the order of the answer until it meets one. Few rows have it: they are found first.
 */
function foundFirst(level: Level, condition: string): string {
  const pk = `${level}.${level}_pk`;
  return `${pk} = ANY(ARRAY(SELECT ${pk} FROM ${level} WHERE ${condition}))`;
}

function codesCondition({ column }: Target, matching: Matching, parameters: Parameters): string {
  switch (matching.kind) {
    case 'wildcard':
      return `EXISTS (SELECT 1 FROM unnest(${column}) AS v WHERE v LIKE ${parameters.bind(likePattern(matching.pattern))})`;
    case 'any-of':
      return `${column} && ${parameters.bind(matching.values)}::text[]`;
    case 'all-of':
      return `${column} @> ${parameters.bind(matching.values)}::text[]`;
    default:
      return onlyDatesMatchByRange();
  }
}

/** Numbers match by what they mean: `+7` and `007` are 7 (PS3.4 C.2.2.2.1.4 leaves it to us). */
function numberCondition(
  { keyword, column }: Target,
  matching: Matching,
  parameters: Parameters,
  written: RegExp,
  type: 'bigint' | 'float8',
): string {
  const right = type === 'bigint' ? 'a whole number' : 'a number';
  if (matching.kind !== 'any-of') throw new RangeError(`${keyword} matches by value only: ${right}`);
  const numbers = matching.values.map((value) => {
    // What was asked for is not repeated: it may be a patient's.
    if (!written.test(value)) throw new RangeError(`the value for ${keyword} is not ${right}`);
    return Number(value);
  });
  return `${column} = ANY(${parameters.bind(numbers)}::${type}[])`;
}
