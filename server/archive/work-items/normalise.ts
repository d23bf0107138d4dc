import type { DataElement, DataSet, ElementValue, ValueRepresentation } from '../../dicom/data-set.ts';
import { dictionaryEntry } from '../../dicom/dictionary.ts';
import { parsePersonName } from '../../dicom/person-name.ts';
import { vrTraits } from '../../dicom/value-representations.ts';
import { itemsOfElement } from './check-attributes.ts';
import { WorkItemError } from './work-item-errors.ts';

/**
 * `dataSet` as work items are kept: standard attributes in the VR that PS3.6 gives them (senders mix up CS and LO, say), names in
 * their component groups, texts as text; without command (0000) and file meta (0002) elements and group lengths. Throws a
 * `WorkItemError` naming what cannot be kept: values elsewhere (BulkDataURI), or of another kind.
 */
export function normalised(dataSet: DataSet): DataSet {
  const problems: string[] = [];
  const result = normalisedSet(dataSet, problems);
  if (problems.length > 0)
    throw new WorkItemError('WORK_ITEM_INVALID', 'The data set cannot be taken:', problems);
  return result;
}

function normalisedSet(dataSet: DataSet, problems: string[]): DataSet {
  const result: DataSet = {};
  for (const [tag, element] of Object.entries(dataSet)) {
    if (/^000[02]/.test(tag) || tag.endsWith('0000')) continue;
    result[tag] = normalisedElement(tag, element, problems);
  }
  return result;
}

function normalisedElement(tag: string, element: DataElement, problems: string[]): DataElement {
  const place = `(${tag.slice(0, 4)},${tag.slice(4)})`;
  if (element.BulkDataURI !== undefined) {
    problems.push(`${place} refers to a value elsewhere; send the value`);
    return { vr: element.vr };
  }
  const vr = vrFor(tag, element.vr);
  if (vr === undefined) {
    problems.push(`${place} is not of VR ${element.vr}`);
    return { vr: element.vr };
  }
  if (element.InlineBinary !== undefined) return { vr, InlineBinary: element.InlineBinary };
  if (!element.Value) return { vr };
  if (vr === 'SQ') {
    const items = itemsOfElement(element).map((item) => normalisedSet(item, problems));
    return items.length > 0 ? { vr, Value: items } : { vr };
  }
  const values = element.Value.map((value) => normalisedValue(value, vr));
  return values.every((value) => value === null) ? { vr } : { vr, Value: values };
}

/** The VR of PS3.6, where `given` differs but is of the same kind; undefined where it is of another. */
function vrFor(tag: string, given: ValueRepresentation): ValueRepresentation | undefined {
  const vrs = dictionaryEntry(tag)?.vrs;
  const [right] = vrs ?? [];
  if (!vrs || right === undefined || vrs.includes(given)) return given;
  // UN says that the sender did not know it; what is inside cannot be read here.
  return isPlain(right) && isPlain(given) ? right : undefined;
}

/** Values that JSON writes as text or number. */
function isPlain(vr: ValueRepresentation): boolean {
  const { kind } = vrTraits(vr);
  return kind === 'text' || kind === 'number' || kind === 'tag';
}

function normalisedValue(value: ElementValue, vr: ValueRepresentation): ElementValue {
  if (value === null || value === '') return null;
  if (vr === 'PN') return typeof value === 'object' ? value : parsePersonName(String(value));
  const isNumeric = vr === 'DS' || vr === 'IS' || vrTraits(vr).kind === 'number';
  return isNumeric || typeof value !== 'number' ? value : String(value);
}
