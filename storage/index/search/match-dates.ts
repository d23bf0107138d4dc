import type { Level } from '../attributes.ts';
import { toDate, toMoment, toTime } from './column-value.ts';
import type { Match, Matching } from './matching.ts';
import type { Parameters } from './sql-parameters.ts';

interface Target {
  /** What errors call it. */
  keyword: string;
  /** SQL. */
  column: string;
}

/** Where a date or time stands: the other half of it, and the zone that it is asked for in. */
interface InZone {
  level: Level;
  /** The column of the time of day that belongs to a date, or of the date to a time. */
  half: string | undefined;
  zoneMinutes: number | undefined;
}

const DATE_RIGHT = 'a date as YYYYMMDD';
const TIME_RIGHT = 'a time as HHMMSS.FFFFFF';
const MOMENT_RIGHT = 'a date-time as YYYYMMDDHHMMSS.FFFFFF&ZZXX';

/** What was asked for is not repeated: it may be a patient's. */
function wanted<T>(value: T | undefined, { keyword }: Target, right: string): T {
  if (value === undefined) throw new RangeError(`the value for ${keyword} is not ${right}`);
  return value;
}

/** Single values are ranges from their first moment to their last. */
function rangesOf(
  matching: Matching,
  { keyword }: Target,
): readonly { from: string | undefined; to: string | undefined }[] {
  if (matching.kind === 'range') return [matching];
  if (matching.kind === 'any-of' || matching.kind === 'all-of')
    return matching.values.map((value) => ({ from: value, to: value }));
  throw new RangeError(`${keyword} matches by value and by range only`);
}

/** Two days hold any difference between two zones. */
const ANY_SHIFT = "interval '2 days'";

/** Matches a date, moved into the zone that is asked for where there is one and the object tells its own and a time of day. */
export function dateCondition(
  target: Target,
  matching: Matching,
  parameters: Parameters,
  inZone?: InZone,
): string {
  if (matching.kind === 'wildcard') throw new RangeError(notADate(target));
  const { column } = target;
  const shifted = shiftedParts(column, 'date', parameters, inZone);
  const conditions = rangesOf(matching, target).map(({ from, to }) => {
    const bounds: string[] = [];
    if (from) {
      const first = `${parameters.bind(wanted(toDate(from), target, DATE_RIGHT))}::date`;
      bounds.push(`${shifted?.date ?? column} >= ${first}`);
      if (shifted) bounds.push(`${column} >= ${first} - ${ANY_SHIFT}`);
    }
    if (to) {
      const last = `${parameters.bind(wanted(toDate(to), target, DATE_RIGHT))}::date`;
      bounds.push(`${shifted?.date ?? column} <= ${last}`);
      if (shifted) bounds.push(`${column} <= ${last} + ${ANY_SHIFT}`);
    }
    return `(${bounds.join(' AND ')})`;
  });
  return `(${conditions.join(' OR ')})`;
}

function notADate({ keyword }: Target): string {
  return `the value for ${keyword} is not ${DATE_RIGHT}: dates do not match by wildcard`;
}

/** Matches a time of day; PS3.4 C.2.2.2.5.2: never across midnight. */
export function timeCondition(
  target: Target,
  matching: Matching,
  parameters: Parameters,
  inZone?: InZone,
): string {
  const shifted = shiftedParts(target.column, 'time', parameters, inZone);
  const time = shifted?.time ?? target.column;
  const conditions = rangesOf(matching, target).map(({ from, to }) => {
    const bounds: string[] = [];
    if (from) bounds.push(`${time} >= ${parameters.bind(wanted(toTime(from), target, TIME_RIGHT))}::time`);
    if (to) bounds.push(`${time} <= ${parameters.bind(wanted(toTime(to, true), target, TIME_RIGHT))}::time`);
    return bounds.join(' AND ');
  });
  return `(${conditions.join(' OR ')})`;
}

/** SQL of date and time of day in the zone asked for; undefined where none is, or where a date has no time of day. */
function shiftedParts(
  column: string,
  kind: 'date' | 'time',
  parameters: Parameters,
  inZone: InZone | undefined,
): { date: string; time: string } | undefined {
  if (inZone?.zoneMinutes === undefined || inZone.half === undefined) return undefined;
  const { level, half, zoneMinutes } = inZone;
  const [date, time] = kind === 'date' ? [column, `${level}.${half}`] : [`${level}.${half}`, column];
  const shift = `shift_to_zone(${level}.attributes, ${parameters.bind(zoneMinutes)}::integer)`;
  return {
    date: `CASE WHEN ${time} IS NULL THEN ${date} ELSE (${date} + ${time} + ${shift})::date END`,
    time: `(${time} + ${shift})`,
  };
}

/**
 * PS3.4 C.2.2.2.5.4: ranges of a date and of its time of day as one range of moments. An object without a time matches on the days
 * between, not on the first and last.
 */
export function pairCondition(
  pair: readonly [Match, Match],
  parameters: Parameters,
  zoneMinutes: number | undefined,
): string {
  const [date, time] = halves(pair);
  const shifted = shiftedParts(date.column, 'date', parameters, {
    level: date.level,
    half: time.half,
    zoneMinutes,
  });
  const moment = `(${shifted?.date ?? date.column}, ${shifted?.time ?? time.column})`;
  const bounds: string[] = [];
  if (date.range.from && time.range.from) {
    const day = `${parameters.bind(wanted(toDate(date.range.from), date, DATE_RIGHT))}::date`;
    const hour = `${parameters.bind(wanted(toTime(time.range.from), time, TIME_RIGHT))}::time`;
    bounds.push(
      `${moment} >= (${day}, ${hour})`,
      `${date.column} >= ${day}${shifted ? ` - ${ANY_SHIFT}` : ''}`,
    );
  }
  if (date.range.to && time.range.to) {
    const day = `${parameters.bind(wanted(toDate(date.range.to), date, DATE_RIGHT))}::date`;
    const hour = `${parameters.bind(wanted(toTime(time.range.to, true), time, TIME_RIGHT))}::time`;
    bounds.push(
      `${moment} <= (${day}, ${hour})`,
      `${date.column} <= ${day}${shifted ? ` + ${ANY_SHIFT}` : ''}`,
    );
  }
  return `(${bounds.join(' AND ')})`;
}

interface Half extends Target {
  level: Level;
  half: string;
  range: { from: string | undefined; to: string | undefined };
}

/** The date first. */
function halves(pair: readonly [Match, Match]): [Half, Half] {
  const [one, other] = pair.map(({ attribute, matching }): Half & { kind: string } => {
    if (!('column' in attribute) || matching.kind !== 'range')
      throw new Error('a pair is of two ranges of indexed attributes');
    const { keyword, level, column, kind } = attribute;
    return { keyword, level, kind, half: column, column: `${level}.${column}`, range: matching };
  });
  if (!one || !other) throw new Error('a pair is of two');
  return one.kind === 'date' ? [one, other] : [other, one];
}

/** Matches a date-time (DT); one without an offset is meant in the zone asked for or, without that, as it stands. */
export function momentCondition(
  target: Target,
  matching: Matching,
  parameters: Parameters,
  zoneMinutes: number | undefined,
): string {
  const { column } = target;
  const conditions = rangesOf(matching, target).map(({ from, to }) => {
    const bounds: string[] = [];
    if (from) {
      const first = wanted(toMoment(from, zoneMinutes), target, MOMENT_RIGHT);
      bounds.push(`${column} >= ${parameters.bind(first)}::timestamp`);
    }
    if (to) {
      const last = wanted(toMoment(to, zoneMinutes, true), target, MOMENT_RIGHT);
      bounds.push(`${column} <= ${parameters.bind(last)}::timestamp`);
    }
    return `(${bounds.join(' AND ')})`;
  });
  return `(${conditions.join(' OR ')})`;
}
