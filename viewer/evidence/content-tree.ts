import { items, type JsonDataSet, numbers, text, values } from '../dicomweb/data-set.ts';
import { formatPersonName } from '../dicomweb/person-name.ts';
import { tags } from '../dicomweb/tags.ts';
import { type Code, concepts, isSameConcept, readCode } from './codes.ts';
import type { InstanceReference } from './content-items.ts';

/** Reads parts of SR documents (PS3.3 C.17.3) in the DICOM JSON model, by codes and never by their English meanings. */

export const childrenOf = (item: JsonDataSet): readonly JsonDataSet[] => items(item, tags.ContentSequence);
export const conceptOf = (item: JsonDataSet): Code | undefined =>
  readCode(item, tags.ConceptNameCodeSequence);
export const valueTypeOf = (item: JsonDataSet): string => text(item, tags.ValueType) ?? '';

export const isOfConcept = (item: JsonDataSet, concept: Code): boolean =>
  isSameConcept(conceptOf(item), concept);

export const childOf = (item: JsonDataSet, concept: Code): JsonDataSet | undefined =>
  childrenOf(item).find((child) => isOfConcept(child, concept));

/** Content items below one, in order, to any depth; those of `stop` are given but not entered. */
export function descendantsOf(
  item: JsonDataSet,
  stop: (item: JsonDataSet) => boolean = () => false,
): readonly JsonDataSet[] {
  return childrenOf(item).flatMap((child) => [child, ...(stop(child) ? [] : descendantsOf(child, stop))]);
}

/** Who observed what an item says: the observer named in it (PS3.16 TID 1003); some writers give the name as text. */
export function observerOf(item: JsonDataSet): string | undefined {
  const observer = childOf(item, concepts.personObserverName);
  if (!observer) return undefined;
  return formatPersonName(values(observer, tags.PersonName)[0]) ?? text(observer, tags.TextValue);
}

/** What an item refers to (PS3.3 C.18.4). */
export function referenceOf(item: JsonDataSet): InstanceReference | undefined {
  const reference = items(item, tags.ReferencedSOPSequence)[0];
  const sopInstanceUID = reference && text(reference, tags.ReferencedSOPInstanceUID);
  if (!reference || !sopInstanceUID) return undefined;
  const frameNumbers = numbers(reference, tags.ReferencedFrameNumber).flatMap((frame) => frame ?? []);
  return { sopClassUID: text(reference, tags.ReferencedSOPClassUID) ?? '', sopInstanceUID, frameNumbers };
}
