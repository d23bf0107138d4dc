import type { DataElement, DataSet, ElementValue, PersonName } from './data-set.ts';
import { tagOf } from './dictionary.ts';

/** The element of a keyword (or tag); `undefined` when it is absent. Throws `TypeError` for an unknown keyword. */
export function elementOf(dataSet: DataSet, keyword: string): DataElement | undefined {
  const tag = tagOf(keyword);
  if (tag === undefined) throw new TypeError(`not a keyword of PS3.6: ${keyword}`);
  return dataSet[tag];
}

function valuesOf(dataSet: DataSet, keyword: string): ElementValue[] {
  return elementOf(dataSet, keyword)?.Value ?? [];
}

/** The values as text, also of DS and IS; "" for empty ones. Person names and items are left out. */
export function stringsOf(dataSet: DataSet, keyword: string): string[] {
  return valuesOf(dataSet, keyword).flatMap((value) => {
    if (typeof value === 'string') return [value];
    if (typeof value === 'number') return [String(value)];
    return value === null ? [''] : [];
  });
}

/** The first value as text; `undefined` when there is none. */
export function stringOf(dataSet: DataSet, keyword: string): string | undefined {
  return stringsOf(dataSet, keyword)[0] || undefined;
}

/** The values as numbers, also where text holds a number ("12.0", "NaN"); anything else is left out. */
export function numbersOf(dataSet: DataSet, keyword: string): number[] {
  return valuesOf(dataSet, keyword).flatMap((value) => {
    const number = toNumber(value);
    return number === undefined ? [] : [number];
  });
}

/** The first value as a number; `undefined` when there is none or it is no number. */
export function numberOf(dataSet: DataSet, keyword: string): number | undefined {
  return toNumber(valuesOf(dataSet, keyword)[0] ?? null);
}

function toNumber(value: ElementValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) return undefined;
  return Number(value);
}

/** The person names; `null` for empty ones. */
export function personNamesOf(dataSet: DataSet, keyword: string): (PersonName | null)[] {
  return valuesOf(dataSet, keyword).flatMap((value) => {
    if (value === null) return [null];
    return isPersonName(value) ? [value] : [];
  });
}

/** The first person name; `undefined` when there is none. */
export function personNameOf(dataSet: DataSet, keyword: string): PersonName | undefined {
  return personNamesOf(dataSet, keyword)[0] ?? undefined;
}

/** The items of a sequence, empty ones too. */
export function itemsOf(dataSet: DataSet, keyword: string): DataSet[] {
  const element = elementOf(dataSet, keyword);
  if (element?.vr !== 'SQ') return [];
  return (element.Value ?? []).filter(
    (value): value is DataSet => typeof value === 'object' && value !== null,
  );
}

function isPersonName(value: ElementValue): value is PersonName {
  if (typeof value !== 'object' || value === null) return false;
  return 'Alphabetic' in value || 'Ideographic' in value || 'Phonetic' in value;
}
