/** Date-times (DT, PS3.5 6.2) as texts that sort by time: `2024-01-31T12:00:00.000000`, in UTC. */

const DATE_TIME = /^(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:\.(\d{1,6}))?([+-]\d{4})?$/;

/** Minutes east of UTC, of `+0100`; undefined for what is none. */
export function offsetMinutesOf(text: string | undefined): number | undefined {
  const found = /^([+-])(\d{2})(\d{2})$/.exec(text?.trim() ?? '');
  if (!found) return undefined;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  // PS3.5 6.2: -1200 to +1400.
  if (Number(found[3]) > 59 || minutes > 14 * 60) return undefined;
  return found[1] === '-' ? -minutes : minutes;
}

/**
 * The first moment that a DT names or, `atEnd`, the last. One without an offset is in the zone `zoneMinutes` east of UTC or, where
 * that is undefined, in the server's. Undefined where it is no date-time.
 */
export function momentOf(text: string, zoneMinutes: number | undefined, atEnd = false): string | undefined {
  const found = DATE_TIME.exec(text.trim());
  if (!found) return undefined;
  const [year = '', month, day, hour, minute, second, fraction, offset] = found.slice(1);
  if (fraction !== undefined && second === undefined) return undefined;
  // PS3.5 6.2: 60 is a leap second, which counts as the last of its minute.
  const seconds = second === '60' ? 59 : Number(second ?? 0);
  const fields = [Number(year), Number(month ?? 1), Number(day ?? 1), Number(hour ?? 0), Number(minute ?? 0)];
  const ownOffset = offset === undefined ? zoneMinutes : offsetMinutesOf(offset);
  if (offset !== undefined && ownOffset === undefined) return undefined;
  if (!isCalendarTime(fields, seconds)) return undefined;
  if (!atEnd || fraction !== undefined) {
    const micros = (fraction ?? '').padEnd(6, atEnd ? '9' : '0');
    return written(instant(fields, seconds, ownOffset), micros);
  }
  const next = nextOf([month, day, hour, minute, second].indexOf(undefined), fields, seconds);
  return written(instant(next.fields, next.seconds, ownOffset) - 1000, '999999');
}

function isCalendarTime(
  [year = 0, month = 0, day = 0, hour = 0, minute = 0]: number[],
  seconds: number,
): boolean {
  if (year === 0 || hour > 23 || minute > 59 || seconds > 59) return false;
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** The beginning of the next year, month, … second; `missing` is the first field that was not given, of month, day and so on. */
function nextOf(missing: number, fields: number[], seconds: number): { fields: number[]; seconds: number } {
  if (missing < 0) return { fields, seconds: seconds + 1 };
  return { fields: fields.map((field, i) => (i === missing ? field + 1 : field)), seconds };
}

/** Milliseconds of the epoch; fields past their range carry over. */
function instant(
  [year = 0, month = 0, day = 0, hour = 0, minute = 0]: number[],
  second: number,
  zoneMinutes: number | undefined,
): number {
  if (zoneMinutes === undefined) return new Date(year, month - 1, day, hour, minute, second).getTime();
  return Date.UTC(year, month - 1, day, hour, minute, second) - zoneMinutes * 60_000;
}

function written(milliseconds: number, micros: string): string | undefined {
  const date = new Date(milliseconds);
  const year = date.getUTCFullYear();
  // Years of another width would not sort.
  if (!(year > 0 && year <= 9999)) return undefined;
  return `${date.toISOString().slice(0, 19)}.${micros}`;
}

/** `now` as DT in UTC, to be kept in a data set. */
export function dateTimeOf(now: Date): string {
  return `${now.toISOString().replace(/[-:TZ]/g, '')}000+0000`;
}

/** A DT alone; a minus sign that may begin an offset (-0000 to -1259) does (PS3.5 6.2). */
const ONE = String.raw`\d{4,14}(?:\.\d{1,6})?(?:\+\d{4}|-(?:0\d|1[0-2])\d{2})?`;
const SINGLE = new RegExp(`^${ONE}$`);

/** `from-to`, either of which may be left out, or a single DT; undefined for anything else. */
export function dateTimeRange(text: string): { from: string; to: string } | undefined {
  if (SINGLE.test(text)) return { from: text, to: text };
  for (let at = text.indexOf('-'); at >= 0; at = text.indexOf('-', at + 1)) {
    const from = text.slice(0, at).trim();
    const to = text.slice(at + 1).trim();
    const isEnd = (end: string) => end === '' || SINGLE.test(end);
    if (isEnd(from) && isEnd(to) && from + to !== '') return { from, to };
  }
  return undefined;
}
