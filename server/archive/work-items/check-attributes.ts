import { isDeepStrictEqual } from 'node:util';
import type { DataElement, DataSet, ElementValue } from '../../dicom/data-set.ts';
import { keywordOf } from '../../dicom/dictionary.ts';
import { isValidUid } from '../../dicom/uid.ts';
import { momentOf } from './moments.ts';
import { ENUMERATED, REQUIREMENTS, type Requirement } from './requirements.ts';

/** True where the element says something: a value that is not empty, or an item. */
export function hasValue(element: DataElement | undefined): boolean {
  if (element?.InlineBinary !== undefined) return element.InlineBinary !== '';
  return (element?.Value ?? []).some((value) => {
    if (typeof value === 'string') return value.trim() !== '';
    return value !== null;
  });
}

/** The items of a sequence. */
export function itemsOfElement(element: DataElement | undefined): DataSet[] {
  if (element?.vr !== 'SQ') return [];
  return (element.Value ?? []).filter(isItem);
}

function isItem(value: ElementValue): value is DataSet {
  return typeof value === 'object' && value !== null;
}

/** First value as text, without padding; undefined where there is none. */
export function textOf(dataSet: DataSet, tag: string): string | undefined {
  const value = dataSet[tag]?.Value?.[0];
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return String(value).trim() || undefined;
}

/** `PatientName (0010,0010)`, after the sequences it lies in. */
function named(path: readonly string[]): string {
  const tag = path.at(-1) ?? '';
  const inWords = `(${tag.slice(0, 4)},${tag.slice(4)})`;
  return `${path.map((one) => keywordOf(one) ?? one).join('.')} ${inWords}`;
}

type Rule = (requirement: Requirement, element: DataElement | undefined, path: readonly string[]) => string[];

/** Applies `rule` to the attributes of the table, in `dataSet` and in the items of its sequences. */
function checkAll(
  dataSet: DataSet,
  requirements: readonly Requirement[],
  rule: Rule,
  above: readonly string[],
): string[] {
  return requirements.flatMap((requirement) => {
    const element = dataSet[requirement.tag];
    const path = [...above, requirement.tag];
    const problems = rule(requirement, element, path);
    if (problems.length > 0 || requirement.items.length === 0) return problems;
    return itemsOfElement(element).flatMap((item) => checkAll(item, requirement.items, rule, path));
  });
}

const createRule: Rule = ({ create }, element, path) => {
  switch (create) {
    case 'value':
      return hasValue(element) ? [] : [`${named(path)} must have a value`];
    case 'present':
      return element ? [] : [`${named(path)} must be present, even if empty`];
    case 'empty':
      return hasValue(element) ? [`${named(path)} must be empty`] : [];
    case 'never':
      return element ? [`${named(path)} must be absent`] : [];
    case 'free':
      return [];
  }
};

/** What keeps `dataSet` from being created (Table CC.2.5-3, N-CREATE). */
export function problemsOfCreation(dataSet: DataSet): string[] {
  const problems = checkAll(dataSet, REQUIREMENTS, createRule, []);
  const state = textOf(dataSet, '00741000');
  // CC.2.5.3: created SCHEDULED or not at all.
  if (state !== undefined && state !== 'SCHEDULED') problems.push(`${named(['00741000'])} must be SCHEDULED`);
  return [...problems, ...problemsOfValues(dataSet)];
}

/** What keeps `changes` from being made to `current` (Table CC.2.5-3, N-SET). What they repeat unchanged is no change. */
export function problemsOfUpdate(changes: DataSet, current: DataSet): string[] {
  const real = Object.fromEntries(
    Object.entries(changes).filter(([tag, element]) => !isDeepStrictEqual(element, current[tag])),
  );
  const rule: Rule = ({ update }, element, path) => {
    const isInItem = path.length > 1;
    if (update === 'kept' && (element || isInItem))
      return hasValue(element) ? [] : [`${named(path)} must have a value`];
    return update === 'never' && element ? [`${named(path)} must not be changed`] : [];
  };
  return [...checkAll(real, REQUIREMENTS, rule, []), ...problemsOfValues(real)];
}

/** What is missing before the state may become `state` (Table CC.2.5-3, Final State). */
export function problemsOfFinalState(dataSet: DataSet, state: 'COMPLETED' | 'CANCELED'): string[] {
  const rule: Rule = ({ final }, element, path) => {
    if (final === 'present-completed')
      return element || state !== 'COMPLETED' ? [] : [`${named(path)} must be present, even if empty`];
    const isRequired = final === 'always' || final.toUpperCase() === state;
    return isRequired && !hasValue(element) ? [`${named(path)} must have a value`] : [];
  };
  return checkAll(dataSet, REQUIREMENTS, rule, []);
}

const DATE_TIMES = ['00404005', '00404008', '00404011'];
const UIDS = ['0020000D', '00080018'];

/** Values that could not be worked with. They are not repeated: they may be a patient's. */
function problemsOfValues(dataSet: DataSet): string[] {
  const problems: string[] = [];
  for (const [tag, values] of Object.entries(ENUMERATED)) {
    const value = textOf(dataSet, tag);
    if (value !== undefined && !values.includes(value))
      problems.push(`${named([tag])} must be one of ${values.join(', ')}`);
  }
  for (const tag of DATE_TIMES) {
    const value = textOf(dataSet, tag);
    if (value !== undefined && momentOf(value, undefined) === undefined)
      problems.push(`${named([tag])} must be a date-time, as YYYYMMDDHHMMSS.FFFFFF&ZZXX`);
  }
  for (const tag of UIDS) {
    const value = textOf(dataSet, tag);
    if (value !== undefined && !isValidUid(value)) problems.push(`${named([tag])} must be a UID`);
  }
  return problems;
}
