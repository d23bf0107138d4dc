import type { JsonDataSet, JsonElement } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';
import type { Code } from './codes.ts';

/** Makes parts of SR documents (PS3.3 C.17.3) in the DICOM JSON model. */

export const element = (vr: string, ...Value: readonly unknown[]): JsonElement =>
  Value.length > 0 ? { vr, Value } : { vr };

export function codeItem({ value, scheme, meaning }: Code): JsonDataSet {
  return {
    [tags.CodeValue]: element('SH', value),
    [tags.CodingSchemeDesignator]: element('SH', scheme),
    // A meaning is type 1, and at most 64 characters.
    [tags.CodeMeaning]: element('LO', (meaning || value).replaceAll('\\', '/').slice(0, 64)),
  };
}

export type Relationship =
  | 'CONTAINS'
  | 'HAS CONCEPT MOD'
  | 'HAS OBS CONTEXT'
  | 'HAS PROPERTIES'
  | 'INFERRED FROM'
  | 'SELECTED FROM';

/** A content item with its children; `concept` may be left out where the template has none (PS3.16 TID 320). */
export function contentItem(
  relationship: Relationship,
  valueType: string,
  concept: Code | undefined,
  value: JsonDataSet,
  children: readonly JsonDataSet[] = [],
): JsonDataSet {
  return {
    [tags.RelationshipType]: element('CS', relationship),
    [tags.ValueType]: element('CS', valueType),
    ...(concept ? { [tags.ConceptNameCodeSequence]: element('SQ', codeItem(concept)) } : {}),
    ...value,
    ...(children.length > 0 ? { [tags.ContentSequence]: element('SQ', ...children) } : {}),
  };
}

export function template(identifier: string): JsonDataSet {
  return {
    [tags.ContentTemplateSequence]: element('SQ', {
      [tags.MappingResource]: element('CS', 'DCMR'),
      [tags.TemplateIdentifier]: element('CS', identifier),
    }),
  };
}

export function container(
  concept: Code,
  children: readonly JsonDataSet[],
  more: JsonDataSet = {},
): JsonDataSet {
  const value = { [tags.ContinuityOfContent]: element('CS', 'SEPARATE'), ...more };
  return contentItem('CONTAINS', 'CONTAINER', concept, value, children);
}

export const textItem = (relationship: Relationship, concept: Code, value: string): JsonDataSet =>
  contentItem(relationship, 'TEXT', concept, { [tags.TextValue]: element('UT', value) });

export const codedItem = (
  relationship: Relationship,
  concept: Code,
  value: Code,
  children: readonly JsonDataSet[] = [],
): JsonDataSet =>
  contentItem(
    relationship,
    'CODE',
    concept,
    { [tags.ConceptCodeSequence]: element('SQ', codeItem(value)) },
    children,
  );

export const uidItem = (relationship: Relationship, concept: Code, uid: string): JsonDataSet =>
  contentItem(relationship, 'UIDREF', concept, { [tags.UID]: element('UI', uid) });

/** A name for a PN: a backslash and an equals sign would divide it. */
const asName = (name: string) => ({ Alphabetic: name.replaceAll(/[\\=]/g, ' ').slice(0, 64) });

export const nameElement = (name: string): JsonElement => element('PN', asName(name));

export const nameItem = (relationship: Relationship, concept: Code, name: string): JsonDataSet =>
  contentItem(relationship, 'PNAME', concept, { [tags.PersonName]: nameElement(name) });

/** A number as a decimal string of at most 16 characters (PS3.5 6.2, DS), with as many digits as these hold. */
export function decimalString(value: number): string {
  const plain = String(value);
  if (plain.length <= 16) return plain;
  for (let digits = 15; digits > 0; digits--) {
    const shorter = String(Number(value.toPrecision(digits)));
    if (shorter.length <= 16) return shorter;
  }
  return value.toExponential(8);
}

/** A number with its unit (PS3.3 C.18.1); without a value where there is none, as for the place of an arrow. */
export function numberItem(
  concept: Code,
  measured: { readonly value: number; readonly unit: Code } | undefined,
  children: readonly JsonDataSet[] = [],
): JsonDataSet {
  const values = measured
    ? [
        {
          [tags.MeasurementUnitsCodeSequence]: element('SQ', codeItem(measured.unit)),
          [tags.NumericValue]: element('DS', decimalString(measured.value)),
          // All digits: a decimal string holds some 14.
          [tags.FloatingPointValue]: element('FD', measured.value),
        },
      ]
    : [];
  return contentItem(
    'CONTAINS',
    'NUM',
    concept,
    { [tags.MeasuredValueSequence]: element('SQ', ...values) },
    children,
  );
}

/** An instance, or some of its frames, that a content item refers to. */
export interface InstanceReference {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  /** From 1; left out for the whole instance. */
  readonly frameNumbers?: readonly number[];
}

function instanceItem(
  relationship: Relationship,
  valueType: 'IMAGE' | 'COMPOSITE',
  { sopClassUID, sopInstanceUID, frameNumbers = [] }: InstanceReference,
): JsonDataSet {
  const reference = {
    [tags.ReferencedSOPClassUID]: element('UI', sopClassUID),
    [tags.ReferencedSOPInstanceUID]: element('UI', sopInstanceUID),
    ...(frameNumbers.length > 0 ? { [tags.ReferencedFrameNumber]: element('IS', ...frameNumbers) } : {}),
  };
  return contentItem(relationship, valueType, undefined, {
    [tags.ReferencedSOPSequence]: element('SQ', reference),
  });
}

export const imageItem = (relationship: Relationship, reference: InstanceReference): JsonDataSet =>
  instanceItem(relationship, 'IMAGE', reference);

export const compositeItem = (relationship: Relationship, reference: InstanceReference): JsonDataSet =>
  instanceItem(relationship, 'COMPOSITE', reference);
