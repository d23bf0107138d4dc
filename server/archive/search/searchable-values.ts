import type { SearchableAttribute } from '../../../storage/index/searchable/searchable-attributes.ts';
import type { FoundValues } from '../../../storage/index/searchable/searchable-values.ts';
import { stringOf, stringsOf } from '../../dicom/attributes.ts';
import { textDecoding } from '../../dicom/characters/character-sets.ts';
import type { DataElement, DataSet, ElementValue } from '../../dicom/data-set.ts';
import { parseDataSet, stringifyDataSet } from '../../dicom/models/data-set-json.ts';
import { creatorTagOf, isPrivateTag, tagIn } from '../../dicom/private-elements.ts';
import { numberValues, tagValues, textValues } from '../../dicom/read/value-conversion.ts';
import { findVrTraits } from '../../dicom/value-representations.ts';
import { textsAt } from './element-texts.ts';

/** Longer elements are not kept for answers; instances' own are in their metadata. */
const LONGEST_ELEMENT_CHARACTERS = 2048;
/** Of an element that may be anything (UN) no more is read. */
const LONGEST_UNKNOWN_BYTES = 1024;

/** What the instance of the DICOM JSON text `metadata` says of each of `attributes`; those it does not have are left out. */
export function findValues(metadata: string, attributes: readonly SearchableAttribute[]): FoundValues[] {
  const dataSet = parseDataSet(metadata);
  const zone = stringOf(dataSet, 'TimezoneOffsetFromUTC');
  return attributes.flatMap((attribute) => {
    const [root] = attribute.path;
    const tag = tagIn(dataSet, root, attribute.privateCreator);
    const element = tag === undefined ? undefined : dataSet[tag];
    if (tag === undefined || !element) return [];
    const read = readable(dataSet, attribute, tag, element);
    const values = read ? textsAt(read, pathIn(read, attribute, tag)) : [];
    const kept: DataSet = { [tag]: read?.[tag] ?? element };
    const creator = isPrivateTag(tag) ? dataSet[creatorTagOf(tag)] : undefined;
    if (creator) kept[creatorTagOf(tag)] = creator;
    const text = stringifyDataSet(kept);
    return [
      {
        attribute,
        values,
        zone,
        element: text.length <= LONGEST_ELEMENT_CHARACTERS ? text : null,
        unreadable: read === undefined,
      },
    ];
  });
}

/** The path as the data set has it, whatever blocks its private creators reserve. */
function pathIn(dataSet: DataSet, { path, privateCreator }: SearchableAttribute, root: string): string[] {
  const tags = [root];
  let items = [dataSet];
  for (const tag of path.slice(1)) {
    items = items.flatMap((item) => (item[tags.at(-1) ?? '']?.Value ?? []) as DataSet[]);
    const found = items.flatMap((item) => tagIn(item, tag, privateCreator) ?? []);
    tags.push(found[0] ?? tag);
  }
  return tags;
}

/**
 * `dataSet` with the element as its VR has it, where the file did not tell the VR (UN, in PS3.5 6.2.2): Implicit VR leaves all private
 * elements so. Undefined where it cannot be read.
 */
function readable(
  dataSet: DataSet,
  { vr, path }: SearchableAttribute,
  tag: string,
  element: DataElement,
): DataSet | undefined {
  if (path.length > 1 || element.vr !== 'UN' || element.InlineBinary === undefined)
    return element.BulkDataURI === undefined ? dataSet : undefined;
  const bytes = Buffer.from(element.InlineBinary, 'base64');
  const traits = findVrTraits(vr);
  if (!traits || bytes.length > LONGEST_UNKNOWN_BYTES) return undefined;
  const at = { bytes, start: 0, end: bytes.length, bigEndian: false };
  if (traits.kind === 'number' && bytes.length % traits.unitBytes !== 0) return undefined;
  const Value = valuesOf(traits.kind, at, dataSet, traits);
  return { ...dataSet, [tag]: { vr: traits.vr, ...(Value && { Value }) } };
}

function valuesOf(
  kind: NonNullable<ReturnType<typeof findVrTraits>>['kind'],
  at: Parameters<typeof numberValues>[1],
  dataSet: DataSet,
  traits: NonNullable<ReturnType<typeof findVrTraits>>,
): ElementValue[] | undefined {
  if (kind === 'number') return numberValues(traits, at);
  if (kind === 'tag') return tagValues(at);
  const ignore = () => undefined;
  return textValues(traits, at, textDecoding(stringsOf(dataSet, 'SpecificCharacterSet'), ignore, ignore));
}
