/**
 * Why an instance was not stored, whatever the protocol; each gateway has its own codes for these (PS3.18 I.2.2, PS3.4 B.2.3).
 */
export type FailureKind =
  /** Not DICOM, cut short, malformed, or without what the index needs. */
  | 'cannot-understand'
  /** A class of objects that no archive stores, such as a DICOMDIR. */
  | 'sop-class-not-supported'
  /** Bulk data came in a transfer syntax that instances can't be made of. */
  | 'transfer-syntax-not-supported'
  /** It belongs to another study than the one that was named. */
  | 'study-mismatch'
  /** An instance of these UIDs with other bytes is stored already, and stays as it is. */
  | 'duplicate'
  | 'too-large'
  | 'out-of-resources'
  | 'processing-failure';

/** Stored all the same, and found by its UIDs; someone should look. */
export interface StoreWarning {
  kind: /** Its Patient ID is not that of the study it belongs to. */
    | 'patient-mismatch'
    /** A value is not what its VR allows, so that searches can't match it. */
    | 'invalid-value';
  /** For the sender. Names the attribute and no value. */
  detail: string;
}

/** Undefined where they were not read, or are no UIDs. */
export interface InstanceNames {
  sopClassUID: string | undefined;
  sopInstanceUID: string | undefined;
}

export interface StoredInstance {
  kind: 'stored';
  sopClassUID: string;
  sopInstanceUID: string;
  studyInstanceUID: string;
  seriesInstanceUID: string;
  /** True where the very same bytes were there before. */
  already: boolean;
  /** True where it took the place of another object, which is kept as an earlier version. */
  replaced: boolean;
  warnings: StoreWarning[];
}

export interface FailedInstance extends InstanceNames {
  kind: 'failed';
  failure: FailureKind;
  /** For the sender: what was wrong with the instance. Names no patient. */
  detail: string;
}

export type StoreOutcome = StoredInstance | FailedInstance;

/** Ends the storing of one instance with a failure of its own; the message is for the sender. */
export class InstanceRefusal extends Error {
  readonly failure: FailureKind;

  constructor(failure: FailureKind, detail: string) {
    super(detail);
    this.name = 'InstanceRefusal';
    this.failure = failure;
  }
}
