/** What one instance may cost. Reaching a limit is a `DicomReadError` with code LIMIT_EXCEEDED. */
export interface ReadLimits {
  /** Sequences within sequences. */
  depth: number;
  /** Elements and items, at all depths together. */
  elements: number;
  /** The DICOM JSON of the data set and the file meta information, in (roughly) characters. */
  jsonBytes: number;
  /** One value that is kept inline. Longer ones are referred to by BulkDataURI where PS3.18 allows, else refused. */
  valueBytes: number;
  /** Basic and Extended Offset Tables, each. */
  offsetTableBytes: number;
  /** Fragments of encapsulated pixel data. */
  fragments: number;
  /** Warnings kept; the ones after that are only counted. */
  warnings: number;
  /** A deflated data set, inflated. */
  inflatedBytes: number;
  /** Inflated bytes per deflated byte, looked at once `inflatedBytesFree` have come out. */
  inflateRatio: number;
  /** Inflated bytes that are let through whatever the ratio. */
  inflatedBytesFree: number;
}

export const defaultReadLimits: ReadLimits = {
  depth: 64,
  elements: 500_000,
  jsonBytes: 32 * 2 ** 20,
  valueBytes: 2 ** 20,
  offsetTableBytes: 64 * 2 ** 20,
  fragments: 4_000_000,
  warnings: 100,
  inflatedBytes: 4 * 2 ** 30,
  // deflate itself cannot exceed about 1032
  inflateRatio: 500,
  inflatedBytesFree: 16 * 2 ** 20,
};

/** A binary value (OB, OD, OF, OL, OV, OW, UN) up to this many bytes is InlineBinary, a longer one BulkDataURI. */
export const inlineBinaryBytes = 1024;
