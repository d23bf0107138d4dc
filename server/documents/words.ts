import type { DataSet, PersonName } from '../dicom/data-set.ts';

/** Date (DA), as `2026-01-31`; what is none is left as it is. */
export function dateInWords(value: string): string {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(value.trim());
  return match ? `${match[1]}-${match[2]}-${match[3]}` : value;
}

/** Time (TM), as `14:05:59`; fractions are left out. */
export function timeInWords(value: string): string {
  const match = /^(\d{2})(\d{2})?(\d{2})?(\.\d+)?$/.exec(value.trim());
  return match
    ? match
        .slice(1, 4)
        .filter((part) => part !== undefined)
        .join(':')
    : value;
}

/** Date Time (DT), as `2026-01-31 14:05:59 +0100`. */
export function dateTimeInWords(value: string): string {
  const match = /^(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\.\d+)?([+-]\d{4})?$/.exec(value.trim());
  if (!match) return value;
  const [, year, month, day, hour, minute, second, , zone] = match;
  const given = (parts: (string | undefined)[], separator: string) =>
    parts.filter((part) => part !== undefined).join(separator);
  return given([given([year, month, day], '-'), given([hour, minute, second], ':') || undefined, zone], ' ');
}

/** Date and time of two elements; undefined where there is no date. */
export function dateAndTime(date: string | undefined, time: string | undefined): string | undefined {
  if (date === undefined) return undefined;
  return time === undefined ? dateInWords(date) : `${dateInWords(date)} ${timeInWords(time)}`;
}

/** `Family, Given Middle (prefix, suffix)`, each component group that is not empty. */
export function nameInWords(name: PersonName): string {
  const groups = [name.Alphabetic, name.Ideographic, name.Phonetic].flatMap((group) =>
    typeof group === 'string' && group !== '' ? [groupInWords(group)] : [],
  );
  const [first = '', ...others] = groups;
  return others.length === 0 ? first : `${first} (${others.join(', ')})`;
}

function groupInWords(group: string): string {
  // PS3.5 6.2.1.1: family ^ given ^ middle ^ prefix ^ suffix
  const [family = '', given = '', middle = '', prefix = '', suffix = ''] = group
    .split('^')
    .map((part) => part.trim());
  const called = [prefix, given, middle].filter(Boolean).join(' ');
  return [family, called, suffix].filter(Boolean).join(', ');
}

/** What a code says, for people: its meaning; without one, its value and scheme. Undefined where there is no code. */
export function codeInWords(code: DataSet | undefined): string | undefined {
  if (!code) return undefined;
  const meaning = textAt(code, '00080104');
  if (meaning !== undefined) return meaning;
  const value = codeValueOf(code);
  if (value === undefined) return undefined;
  const scheme = textAt(code, '00080102');
  return scheme === undefined ? value : `${value} (${scheme})`;
}

/** PS3.3 8.1: Code Value, Long Code Value or URN Code Value. */
export function codeValueOf(code: DataSet): string | undefined {
  return textAt(code, '00080100') ?? textAt(code, '00080119') ?? textAt(code, '00080120');
}

/** PS3.3 C.18.1.1: units as their UCUM symbol where people write it so (`mm`, `g/ml`), else in words; empty for "no units". */
export function unitsInWords(code: DataSet | undefined): string {
  if (!code) return '';
  const value = codeValueOf(code);
  const isUcum = textAt(code, '00080102') === 'UCUM';
  // Code 1 stands for "no units", and in real reports for units that UCUM has no symbol of, such as pixels: then the meaning tells.
  if (isUcum && (value === '1' || value === '{no units}')) {
    const meaning = textAt(code, '00080104') ?? '';
    return /^(1|no units?|\{?no units\}?|unity|unitless|ratio|dimensionless)$/i.test(meaning.trim())
      ? ''
      : meaning;
  }
  if (isUcum && value !== undefined && /^[\w%/.*^µ-]+$/.test(value)) return value;
  return codeInWords(code) ?? '';
}

/** First value of an element by its tag, as text; undefined where it is empty. */
export function textAt(dataSet: DataSet, tag: string): string | undefined {
  const value = dataSet[tag]?.Value?.[0];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Texts and numbers of an element, as text. */
export function textsAt(dataSet: DataSet, tag: string): string[] {
  return (dataSet[tag]?.Value ?? []).flatMap((value) =>
    typeof value === 'string' || typeof value === 'number' ? [String(value)] : [],
  );
}

/** Items of a sequence by its tag. */
export function itemsAt(dataSet: DataSet, tag: string): DataSet[] {
  const element = dataSet[tag];
  if (element?.vr !== 'SQ') return [];
  return (element.Value ?? []).filter((item): item is DataSet => typeof item === 'object' && item !== null);
}

/** Person names of an element, in words. */
export function namesAt(dataSet: DataSet, tag: string): string[] {
  return (dataSet[tag]?.Value ?? []).flatMap((value) => {
    if (typeof value !== 'object' || value === null) return [];
    const words = nameInWords(value as PersonName);
    return words === '' ? [] : [words];
  });
}
