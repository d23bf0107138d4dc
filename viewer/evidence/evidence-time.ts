/** Date and time as DICOM writes them, in the zone that the document names. */

const pad = (value: number, length: number) => String(value).padStart(length, '0');

/** Minutes east of UTC as `&ZZXX` (PS3.5 6.2, DT). */
export function offsetText(minutes: number): string {
  const distance = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(distance / 60), 2)}${pad(distance % 60, 2)}`;
}

/** Minutes east of UTC of `&ZZXX`; undefined when it is no offset. */
export function offsetMinutes(text: string | undefined): number | undefined {
  const match = text?.match(/^([+-])(\d{2})(\d{2})$/);
  if (!match) return undefined;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}

/** A moment as DA and TM of a zone, to the millisecond. */
export function dateAndTimeOf(
  moment: Date,
  zoneMinutes: number,
): { readonly date: string; readonly time: string } {
  const there = new Date(moment.getTime() + zoneMinutes * 60_000);
  const date = `${pad(there.getUTCFullYear(), 4)}${pad(there.getUTCMonth() + 1, 2)}${pad(there.getUTCDate(), 2)}`;
  const time = `${pad(there.getUTCHours(), 2)}${pad(there.getUTCMinutes(), 2)}${pad(there.getUTCSeconds(), 2)}`;
  return { date, time: `${time}.${pad(there.getUTCMilliseconds(), 3)}000` };
}

/** A moment as DT without a zone of its own: the zone is that of the document. */
export function dateTimeOf(moment: Date, zoneMinutes: number): string {
  const { date, time } = dateAndTimeOf(moment, zoneMinutes);
  return `${date}${time}`;
}

/**
 * DA and TM, or a DT, as ISO 8601 in UTC. Without a zone of its own it is of `zoneMinutes`, and where that is not known either
 * of the place where it is read. Undefined when it is no date.
 */
export function momentOf(text: string, zoneMinutes: number | undefined): string | undefined {
  const match = text.match(/^(\d{4})(\d{2})(\d{2})(\d{2})?(\d{2})?(\d{2})?(\.\d{1,6})?([+-]\d{4})?$/);
  if (!match) return undefined;
  const part = (index: number) => Number(match[index] ?? 0);
  const parts = [part(1), part(2) - 1, part(3), part(4), part(5), part(6), part(7) * 1000] as const;
  const zone = offsetMinutes(match[8]) ?? zoneMinutes;
  const moment = zone === undefined ? new Date(...parts) : new Date(Date.UTC(...parts) - zone * 60_000);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}
