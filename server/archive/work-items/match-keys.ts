import { toDate, toTime } from '../../../storage/index/search/column-value.ts';
import { foldNameGroup } from '../../../storage/index/search/fold-text.ts';
import { nameTokens } from '../../../storage/index/search/name-words.ts';
import type { NameKey, WorkItemKeys } from '../../../storage/index/work-items/work-items.ts';
import type {
  DataElement,
  DataSet,
  ElementValue,
  PersonName,
  ValueRepresentation,
} from '../../dicom/data-set.ts';
import { itemsOfElement, textOf } from './check-attributes.ts';
import { momentOf, offsetMinutesOf } from './moments.ts';

/** How values of a VR are compared. */
export type Comparison =
  | 'text'
  | 'uid'
  | 'name'
  | 'date'
  | 'time'
  | 'date-time'
  | 'number'
  | 'sequence'
  | 'none';

const COMPARISONS: Partial<Record<ValueRepresentation, Comparison>> = {
  PN: 'name',
  DA: 'date',
  TM: 'time',
  DT: 'date-time',
  UI: 'uid',
  SQ: 'sequence',
  OB: 'none',
  OD: 'none',
  OF: 'none',
  OL: 'none',
  OV: 'none',
  OW: 'none',
  UN: 'none',
};
const NUMBERS: readonly ValueRepresentation[] = ['DS', 'IS', 'FD', 'FL', 'SL', 'SS', 'SV', 'UL', 'US', 'UV'];

export function comparisonOf(vr: ValueRepresentation): Comparison {
  return NUMBERS.includes(vr) ? 'number' : (COMPARISONS[vr] ?? 'text');
}

/** Of longer texts only the beginning is compared. */
const LONGEST_TEXT = 512;

/** The values of a data set as searches compare them. */
export function keysOf(
  dataSet: DataSet,
  zoneMinutes = offsetMinutesOf(textOf(dataSet, '00080201')),
): WorkItemKeys {
  const keys: WorkItemKeys = {};
  for (const [tag, element] of Object.entries(dataSet)) {
    const values = keysOfElement(element, zoneMinutes);
    if (values.length > 0) keys[tag] = values;
  }
  return keys;
}

function keysOfElement(element: DataElement, zoneMinutes: number | undefined): WorkItemKeys[string] {
  const comparison = comparisonOf(element.vr);
  if (comparison === 'sequence') return itemsOfElement(element).map((item) => keysOf(item, zoneMinutes));
  return (element.Value ?? []).flatMap((value) => {
    const key = keyOf(value, comparison, zoneMinutes);
    return key === undefined ? [] : [key];
  });
}

function keyOf(
  value: ElementValue,
  comparison: Comparison,
  zoneMinutes: number | undefined,
): string | number | NameKey | undefined {
  if (value === null || comparison === 'none') return undefined;
  if (comparison === 'name') return typeof value === 'object' ? nameKeyOf(value as PersonName) : undefined;
  if (typeof value === 'object') return undefined;
  const text = String(value).trim();
  if (text === '') return undefined;
  switch (comparison) {
    case 'number':
      return Number.isFinite(Number(text)) ? Number(text) : undefined;
    case 'date':
      return toDate(text);
    case 'time':
      return toTime(text);
    case 'date-time':
      return momentOf(text, zoneMinutes);
    default:
      return wellFormed(text.slice(0, LONGEST_TEXT));
  }
}

/** A character of two code units may have been cut in the middle. */
function wellFormed(text: string): string {
  return text.replace(/[\uD800-\uDBFF]$/, '');
}

function nameKeyOf(name: PersonName): NameKey | undefined {
  const folded = [name.Alphabetic, name.Ideographic, name.Phonetic].map((group) =>
    wellFormed(foldNameGroup(group ?? '').slice(0, LONGEST_TEXT)),
  );
  const [a, i, p] = folded;
  if (!a && !i && !p) return undefined;
  return {
    ...(a ? { a } : {}),
    ...(i ? { i } : {}),
    ...(p ? { p } : {}),
    f: nameTokens(folded.filter((group) => group !== '')),
  };
}
