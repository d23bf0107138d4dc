import { toDicomDate } from '../../dicomweb/dates.ts';

/** Spans of days that end today (or are yesterday), so that a saved filter means the same tomorrow. */
export const datePresets = ['today', 'yesterday', '3days', '7days', '30days', '12months', 'any'] as const;
export type DatePreset = (typeof datePresets)[number];

/** `YYYY-MM-DD`, or empty for an open end. */
export interface DateSpan {
  readonly from: string;
  readonly to: string;
}

export const anyDate: DateSpan = { from: '', to: '' };

function isoDate(date: Date): string {
  return toDicomDate(date).replace(/(\d{4})(\d{2})(\d{2})/, '$1-$2-$3');
}

/** The days of a preset, first and last included, by the calendar of this workplace. */
export function daysOfPreset(preset: DatePreset, today = new Date()): DateSpan {
  const [year, month, day] = [today.getFullYear(), today.getMonth(), today.getDate()];
  const since = (daysAgo: number) => ({
    from: isoDate(new Date(year, month, day - daysAgo)),
    to: isoDate(today),
  });
  switch (preset) {
    case 'today':
      return since(0);
    case 'yesterday': {
      const yesterday = isoDate(new Date(year, month, day - 1));
      return { from: yesterday, to: yesterday };
    }
    case '3days':
      return since(2);
    case '7days':
      return since(6);
    case '30days':
      return since(29);
    case '12months':
      return { from: isoDate(new Date(year - 1, month, day)), to: isoDate(today) };
    case 'any':
      return anyDate;
  }
}

/**
 * A date as someone types it, as `YYYY-MM-DD`: 2024-01-31, 20240131 or 31.1.2024. Undefined for what is no day of the calendar, or can be
 * read in two ways, as 1/2/2024.
 */
export function readTypedDate(typed: string): string | undefined {
  const text = typed.trim();
  const iso = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(text) ?? /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  const dotted = /^(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})$/.exec(text);
  const [year, month, day] = iso
    ? [iso[1], iso[2], iso[3]].map(Number)
    : dotted
      ? [dotted[3], dotted[2], dotted[1]].map(Number)
      : [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const date = new Date(year, month - 1, day);
  // Years below 100 are taken for others by Date, and the 31st of a shorter month for the first of the next.
  const isReal = date.getFullYear() === year && date.getMonth() === month - 1 && date.getDate() === day;
  return isReal ? isoDate(date) : undefined;
}

/** A span as Search matches it (PS3.4 C.2.2.2.5.1); undefined when it is open at both ends. */
export function dateMatching({ from, to }: DateSpan): string | undefined {
  const [first, last] = [from, to].map((date) => date.replaceAll('-', ''));
  if (!first && !last) return undefined;
  return first === last ? first : `${first}-${last}`;
}
