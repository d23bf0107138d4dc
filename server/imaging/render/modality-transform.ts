import type { DataSet } from '../../dicom/data-set.ts';
import { type AttributeSource, itemAt, numberOf, textOf } from './attribute-values.ts';
import { functionalGroup } from './functional-groups.ts';
import { lookUp, readLookupTable } from './lookup-table.ts';

/** Stored values to the values that windows are given in (PS3.4 N.2.1.1). */
export interface ModalityTransform {
  apply(stored: number): number;
  /** Whether results can be negative where stored values are `signed`. */
  canBeNegative: boolean;
  /** Of a table: what its entries can be. */
  outputRange?: { low: number; high: number };
}

/**
 * Their Modality LUT leads back to X-Ray beam intensity and is no part of display where values are already a logarithm or
 * meant for display (PS3.3 C.8.7.1.1.2, C.11.1.1.2).
 */
const projectionsForDisplay = new Set([
  '1.2.840.10008.5.1.4.1.1.12.1', // X-Ray Angiographic Image
  '1.2.840.10008.5.1.4.1.1.12.2', // X-Ray Radiofluoroscopic Image
  '1.2.840.10008.5.1.4.1.1.12.3', // X-Ray Angiographic Bi-Plane Image (retired)
]);

const identity = (canBeNegative: boolean): ModalityTransform => ({
  apply: (stored) => stored,
  canBeNegative,
});

/** Of an image's frame (1-based). */
export function modalityOfImage(
  source: AttributeSource,
  frameNumber: number,
  signed: boolean,
): ModalityTransform {
  const { dataSet } = source;
  const relationship = textOf(dataSet, 'PixelIntensityRelationship');
  const isForDisplay = relationship === 'LOG' || relationship === 'DISP';
  if (isForDisplay && projectionsForDisplay.has(textOf(dataSet, 'SOPClassUID') ?? ''))
    return identity(signed);
  const group = functionalGroup(dataSet, frameNumber, 'PixelValueTransformationSequence');
  return modalityOf(source, group ?? dataSet, signed);
}

/** Of a Modality LUT Module or macro (PS3.3 C.11.1), wherever it stands; the identity where it says nothing. */
export function modalityOf(source: AttributeSource, holder: DataSet, signed: boolean): ModalityTransform {
  const item = itemAt(holder, 'ModalityLUTSequence', 0);
  if (item) {
    const table = readLookupTable(source, item, signed);
    const outputRange = { low: 0, high: 2 ** table.bitsPerEntry - 1 };
    return { apply: (stored) => lookUp(table, stored), canBeNegative: false, outputRange };
  }
  // A slope of 0 would make every pixel the same: a field left empty by a modality, not a transformation.
  const slope = numberOf(holder, 'RescaleSlope') || 1;
  const intercept = numberOf(holder, 'RescaleIntercept') ?? 0;
  if (slope === 1 && intercept === 0) return identity(signed);
  return {
    apply: (stored) => stored * slope + intercept,
    canBeNegative: signed || intercept < 0 || slope < 0,
  };
}
