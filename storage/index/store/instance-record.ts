import type { AttributeText } from '../search/column-value.ts';

/** What an instance says about its study, patient and series. */
export interface InstanceStatement {
  /** What the object says of each indexed attribute, by keyword (see attributes.ts). */
  values: Readonly<Record<string, AttributeText>>;
  /** DICOM JSON texts of the attributes of each level. */
  studyAttributes: string;
  seriesAttributes: string;
}

/** All that the index keeps of one instance and of what it says about its series, study and patient. */
export interface InstanceRecord extends InstanceStatement {
  instanceAttributes: string;
  /** DICOM JSON text of all attributes; BulkDataURIs relative to the instance. */
  metadata: string;
  transferSyntaxUID: string;
  /** As server/dicom/frames/frame-index.ts encodes it. */
  frameIndex: Uint8Array | null;
  /** JSON text: where other bulk values lie. */
  bulkData: string | null;
  blobKey: string;
  sizeBytes: number;
  /** SHA-256 of the blob. */
  digest: Uint8Array;
  /** Takes the place of another object under the same UIDs, which is kept as an earlier version. */
  replacesOther?: boolean;
}

/** How the index took a record. */
export type InsertOutcome =
  | {
      kind: 'stored';
      patientMismatch: boolean;
      replaced: boolean;
      /** An earlier try got no answer: it may have stored it, and somebody may have deleted that with the blob. */
      isUncertain?: true;
    }
  /** An instance of these UIDs was there already, of the same bytes or not to be replaced; it is untouched. */
  | { kind: 'duplicate'; digest: Uint8Array; blobKey: string };

export function firstValue(record: InstanceStatement, keyword: string): string {
  return record.values[keyword]?.[0] ?? '';
}

/** Whose study it is: issuer and ID, or, without an ID, the study alone. */
export function patientIdentity(record: InstanceStatement): string {
  const patientID = firstValue(record, 'PatientID').replaceAll('\0', '');
  if (patientID === '') return `study:${firstValue(record, 'StudyInstanceUID')}`;
  return `id:${firstValue(record, 'IssuerOfPatientID').replaceAll('\0', '')}\\${patientID}`.slice(0, 512);
}
