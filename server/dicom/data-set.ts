/**
 * Data sets as the DICOM JSON Model has them (PS3.18 Annex F), the form that everything behind the Part 10 reader
 * works on.
 */

/** The Value Representations of PS3.5 6.2. */
export type ValueRepresentation =
  | 'AE'
  | 'AS'
  | 'AT'
  | 'CS'
  | 'DA'
  | 'DS'
  | 'DT'
  | 'FD'
  | 'FL'
  | 'IS'
  | 'LO'
  | 'LT'
  | 'OB'
  | 'OD'
  | 'OF'
  | 'OL'
  | 'OV'
  | 'OW'
  | 'PN'
  | 'SH'
  | 'SL'
  | 'SQ'
  | 'SS'
  | 'ST'
  | 'SV'
  | 'TM'
  | 'UC'
  | 'UI'
  | 'UL'
  | 'UN'
  | 'UR'
  | 'US'
  | 'UT'
  | 'UV';

/** A person's name, one entry for each component group that is not empty (PS3.18 F.2.2). */
export interface PersonName {
  Alphabetic?: string;
  Ideographic?: string;
  Phonetic?: string;
}

export type ElementValue = string | number | null | PersonName | DataSet;

/** One element; at most one of `Value`, `InlineBinary` (base64) and `BulkDataURI` is there, none when it is empty. */
export interface DataElement {
  vr: ValueRepresentation;
  Value?: ElementValue[];
  InlineBinary?: string;
  BulkDataURI?: string;
}

/** Elements by tag: eight hexadecimal digits in upper case, group first. Write it out with `stringifyDataSet`: some tags look like integers to JavaScript and lose their place. */
export type DataSet = Record<string, DataElement>;
