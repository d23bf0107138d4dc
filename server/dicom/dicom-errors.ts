/** Why bytes could not be read as a DICOM instance. The codes are stable: gateways map them to Failure Reasons. */
export type DicomReadErrorCode =
  /** Neither "DICM" at byte 128 nor anything that looks like a data set. */
  | 'NOT_DICOM'
  /** The bytes end inside an element, item or sequence. */
  | 'TRUNCATED'
  /** The structure contradicts PS3.5. */
  | 'MALFORMED'
  /** One of `ReadLimits` was reached. */
  | 'LIMIT_EXCEEDED'
  /** The data set of a deflated transfer syntax does not inflate. */
  | 'BAD_DEFLATE'
  /** An encoding that can't be read at all. */
  | 'UNSUPPORTED_TRANSFER_SYNTAX';

/** Thrown by `Part10Reader`. The message names tags and offsets, never values: it may be logged. */
export class DicomReadError extends Error {
  readonly code: DicomReadErrorCode;
  /**
   * Where, in bytes from the beginning of the instance; for a deflated data set, as if the inflated bytes followed
   * the file meta information.
   */
  readonly offsetBytes: number;

  constructor(code: DicomReadErrorCode, message: string, offsetBytes: number, options?: ErrorOptions) {
    super(`${message} (at byte ${offsetBytes})`, options);
    this.name = 'DicomReadError';
    this.code = code;
    this.offsetBytes = offsetBytes;
  }
}

/** Thrown where a data set of the JSON or XML model can't be taken. The message names tags, never values: it may be logged. */
export class DataSetError extends Error {
  /** Such as `(0008,1140)[2].(0008,1155)`, items 1-based; empty for what is outside of elements. */
  readonly path: string;

  constructor(message: string, path = '', options?: ErrorOptions) {
    super(path === '' ? message : `${path}: ${message}`, options);
    this.name = 'DataSetError';
    this.path = path;
  }
}
