import type { ColumnKind } from '../attributes.ts';
import { foldNameGroup, foldText } from './fold-text.ts';
import { nameTokens } from './name-words.ts';

/** What an object says of an indexed attribute: its values as text; for names, `Alphabetic=Ideographic=Phonetic`. */
export type AttributeText = readonly string[];

const LONGEST_KEY = 512;

/** PostgreSQL's text cannot hold U+0000, and an index entry must stay under a third of a page. */
export function storable(text: string): string {
  return cutToKey(text.replaceAll('\0', ''));
}

/** As much of a text as is kept to be found by, and can therefore be asked for. */
export function cutToKey(text: string): string {
  const cut = text.slice(0, LONGEST_KEY);
  // A character of two code units may have been cut in the middle.
  return text.length > LONGEST_KEY && /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}

/** DA as YYYYMMDD, or YYYY.MM.DD of ACR-NEMA (PS3.5 6.2), as an ISO date; undefined when it is no real date. */
export function toDate(text: string): string | undefined {
  const found = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(text.trim());
  if (!found) return undefined;
  const iso = `${found[1]}-${found[2]}-${found[3]}`;
  const time = Date.parse(`${iso}T00:00:00Z`);
  // SQL has no year 0.
  if (found[1] === '0000') return undefined;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(iso) ? iso : undefined;
}

/**
 * TM as HH[MM[SS[.FFFFFF]]], or with colons, as an SQL time: the first moment that the text names or, `atEnd`, the last.
 * Undefined when it is no time.
 */
export function toTime(text: string, atEnd = false): string | undefined {
  const found = /^(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.(\d{1,6}))?)?)?$/.exec(text.trim());
  if (!found) return undefined;
  const fill = atEnd ? '59' : '00';
  const [hours = '', minutes = fill, seconds = fill, fraction = ''] = found.slice(1);
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return undefined;
  // PS3.5 6.2: 60 is a leap second; SQL has none, so it counts as the last moment of the minute.
  const second = seconds === '60' ? '59' : seconds;
  return `${hours}:${minutes}:${second}.${fraction.padEnd(6, atEnd ? '9' : '0')}`;
}

/** Hours of the largest offset from UTC that PS3.5 6.2 has. */
const MOST_OFFSET_HOURS = 14;

/** Timezone Offset From UTC (PS3.3 C.12.1.1.8), `+0100`, in minutes; undefined for anything else. */
export function toOffsetMinutes(text: string): number | undefined {
  const found = /^([+-])(\d{2})([0-5]\d)$/.exec(text.trim());
  if (!found || Number(found[2]) > MOST_OFFSET_HOURS) return undefined;
  return (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3]));
}

/**
 * DT as YYYY[MM[DD[HH[MM[SS[.FFFFFF]]]]]][&ZZXX] as an SQL timestamp: the first moment that the text names or, `atEnd`, the last;
 * in UTC where it says its offset or `zoneMinutes` does, else as it stands. Undefined when it is no date-time.
 */
export function toMoment(text: string, zoneMinutes?: number, atEnd = false): string | undefined {
  const found = /^(\d{4})(\d{2})?(\d{2})?(\d{2}(?:\d{2}(?:\d{2}(?:\.\d{1,6})?)?)?)?([+-]\d{4})?$/.exec(
    text.trim(),
  );
  if (!found) return undefined;
  const [year = '', month, day, time, zone] = found.slice(1);
  if (time !== undefined && day === undefined) return undefined;
  const offset = zone === undefined ? zoneMinutes : toOffsetMinutes(zone);
  if (zone !== undefined && offset === undefined) return undefined;
  const lastMonth = month ?? (atEnd ? '12' : '01');
  const date = toDate(`${year}${lastMonth}${day ?? (atEnd ? lastDayOf(year, lastMonth) : '01')}`);
  const clock = toTime(time ?? (atEnd ? '235959.999999' : '000000'), atEnd);
  if (date === undefined || clock === undefined) return undefined;
  // JavaScript counts milliseconds: the rest of the fraction is put back as it was.
  const moved = new Date(Date.parse(`${date}T${clock.slice(0, 8)}Z`) - (offset ?? 0) * 60_000);
  const iso = moved.toISOString();
  // An offset may lead out of the years that SQL and DICOM have.
  return /^(?!0000)\d{4}-/.test(iso) ? `${iso.slice(0, 19)}${clock.slice(8)}` : undefined;
}

function lastDayOf(year: string, month: string): string {
  return String(new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()).padStart(2, '0');
}

function toInteger(text: string): number | undefined {
  const value = Number(text.trim());
  return text.trim() !== '' && Number.isInteger(value) && Math.abs(value) <= 2_147_483_647
    ? value
    : undefined;
}

export type ColumnValue = string | number | string[] | null;

/** The values of a name's columns: its groups, folded, and what fuzzy matching finds it by. */
export function nameColumns(name: string): [...(string | null)[], string[] | null] {
  const groups = name.split('=');
  const folded = [0, 1, 2].map((i) => storable(foldNameGroup(groups[i] ?? '')));
  const tokens = nameTokens(folded);
  return [...folded.map((group) => group || null), tokens.length > 0 ? tokens : null];
}

/** The values of the attribute's columns (four for a name, else one); null where the object has none that fits. */
export function toColumns(kind: ColumnKind, values: AttributeText): ColumnValue[] {
  const first = values[0] ?? '';
  switch (kind) {
    case 'name':
      return nameColumns(first);
    case 'date':
      return [toDate(first) ?? null];
    case 'time':
      return [toTime(first) ?? null];
    case 'integer':
      return [toInteger(first) ?? null];
    case 'codes':
      return [values.map(storable).filter((value) => value !== '')];
    case 'text':
      // All values count: a description with a backslash in it is still one text to whoever searches.
      return [storable(foldText(values.join('\\'))) || null];
    case 'uid':
    case 'code':
      return [storable(first) || null];
  }
}
