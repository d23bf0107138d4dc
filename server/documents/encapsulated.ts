import type { DataSet } from '../dicom/data-set.ts';
import { textAt } from './words.ts';

/** A document that an instance wraps (PS3.3 A.45, A.85 …). */
export interface EncapsulatedDocument {
  /** Lower case, without parameters. */
  mediaType: string;
  /** Without padding; undefined where the instance doesn't say. */
  lengthBytes: number | undefined;
}

/** PS3.4 B.5: what each SOP class wraps. */
const MEDIA_TYPE_OF_CLASS: Readonly<Record<string, string>> = {
  '1.2.840.10008.5.1.4.1.1.104.1': 'application/pdf',
  '1.2.840.10008.5.1.4.1.1.104.2': 'text/xml',
  '1.2.840.10008.5.1.4.1.1.104.3': 'model/stl',
  '1.2.840.10008.5.1.4.1.1.104.4': 'model/obj',
  '1.2.840.10008.5.1.4.1.1.104.5': 'model/mtl',
};

/** Element that holds the document. */
export const ENCAPSULATED_DOCUMENT = '00420011';

/** What `dataSet` wraps; undefined where it wraps nothing. */
export function encapsulatedDocumentOf(dataSet: DataSet): EncapsulatedDocument | undefined {
  const byClass = MEDIA_TYPE_OF_CLASS[textAt(dataSet, '00080016') ?? ''];
  if (byClass === undefined && !dataSet[ENCAPSULATED_DOCUMENT]) return undefined;
  const said = textAt(dataSet, '00420012')?.split(';')[0]?.trim().toLowerCase();
  const length = dataSet['00420015']?.Value?.[0];
  return {
    // The class can be trusted more than a text; what a browser is told must not be what a sender made up.
    mediaType:
      byClass ?? (said === 'application/pdf' || said === 'text/xml' ? said : 'application/octet-stream'),
    lengthBytes: typeof length === 'number' && Number.isInteger(length) && length >= 0 ? length : undefined,
  };
}
