import { itemsOf, stringOf } from '../attributes.ts';
import type { DataElement, DataSet, ElementValue, PersonName } from '../data-set.ts';
import { tagOf, vrOf } from '../dictionary.ts';
import { explicitElement, sequenceElement, textElement } from './explicit-elements.ts';

/** Directory Record Type (0004,1430) of what a file holds (PS3.3 F.4). */
export interface RecordKind {
  type: string;
  /** Keywords of the attributes that PS3.3 F.5 asks for as Type 1, 1C or 2; the SOP Instance UID apart. */
  keys: readonly string[];
}

const CONTENT = ['ContentDate', 'ContentTime'];
/** PS3.3 Table 10-12, Content Identification Macro. */
const IDENTIFIED = ['InstanceNumber', 'ContentLabel', 'ContentDescription', 'ContentCreatorName'];
const number = ['InstanceNumber'];

/** PS3.3 F.5.1 to F.5.3; birth date, sex and series description besides, which people tell entries by. */
export const PATIENT_KEYS = ['PatientName', 'PatientID', 'PatientBirthDate', 'PatientSex'];
export const STUDY_KEYS = [
  'StudyDate',
  'StudyTime',
  'AccessionNumber',
  'StudyDescription',
  'StudyInstanceUID',
  'StudyID',
];
export const SERIES_KEYS = ['Modality', 'SeriesDescription', 'SeriesInstanceUID', 'SeriesNumber'];

/** Keys by Directory Record Type: PS3.3 F.5.4 to F.5.46. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  // ImageType and ReferencedImageSequence: what the General Purpose profiles add (PS3.11 D.3.3.1)
  IMAGE: [...number, 'ImageType', 'ReferencedImageSequence'],
  'RT DOSE': [...number, 'DoseSummationType'],
  'RT STRUCTURE SET': [...number, 'StructureSetLabel', 'StructureSetDate', 'StructureSetTime'],
  'RT PLAN': [...number, 'RTPlanLabel', 'RTPlanDate', 'RTPlanTime'],
  'RT TREAT RECORD': [...number, 'TreatmentDate', 'TreatmentTime'],
  RADIOTHERAPY: [
    ...number,
    'UserContentLabel',
    'UserContentLongLabel',
    'ContentDescription',
    'ContentCreatorName',
  ],
  PLAN: [...number, 'TreatmentDate', 'TreatmentTime'],
  PRESENTATION: [
    ...IDENTIFIED,
    'PresentationCreationDate',
    'PresentationCreationTime',
    'ReferencedSeriesSequence',
    'BlendingSequence',
  ],
  WAVEFORM: [...number, ...CONTENT],
  'SR DOCUMENT': [
    ...number,
    'CompletionFlag',
    'VerificationFlag',
    ...CONTENT,
    'VerificationDateTime',
    'ConceptNameCodeSequence',
    'ContentSequence',
  ],
  'KEY OBJECT DOC': [...number, ...CONTENT, 'ConceptNameCodeSequence', 'ContentSequence'],
  SPECTROSCOPY: [
    'ImageType',
    ...CONTENT,
    ...number,
    'NumberOfFrames',
    'Rows',
    'Columns',
    'DataPointRows',
    'DataPointColumns',
  ],
  'RAW DATA': [...CONTENT, ...number],
  REGISTRATION: [...CONTENT, ...IDENTIFIED],
  FIDUCIAL: [...CONTENT, ...IDENTIFIED],
  'ENCAP DOC': [
    ...CONTENT,
    ...number,
    'DocumentTitle',
    'HL7InstanceIdentifier',
    'ConceptNameCodeSequence',
    'MIMETypeOfEncapsulatedDocument',
  ],
  'VALUE MAP': [...CONTENT, ...IDENTIFIED],
  STEREOMETRIC: number,
  MEASUREMENT: [...CONTENT, ...IDENTIFIED],
  SURFACE: [...CONTENT, ...IDENTIFIED],
  'SURFACE SCAN': CONTENT,
  TRACT: [...CONTENT, ...IDENTIFIED],
  ASSESSMENT: [...number, 'InstanceCreationDate', 'InstanceCreationTime'],
  ANNOTATION: [...CONTENT, ...IDENTIFIED],
  PRIVATE: number,
};

/** Record types of SOP Classes below 1.2.840.10008.5.1.4.1.1, longest beginning first (PS3.3 F.4, PS3.4 I.4). */
const BY_CLASS: [RegExp, string][] = [
  [/^88\.59$/, 'KEY OBJECT DOC'],
  [/^(88|78\.6$|79\.1$)/, 'SR DOCUMENT'],
  [/^104\./, 'ENCAP DOC'],
  [/^(11\.|9\.100\.)/, 'PRESENTATION'],
  [/^9\.\d/, 'WAVEFORM'],
  [/^481\.2$/, 'RT DOSE'],
  [/^481\.3$/, 'RT STRUCTURE SET'],
  [/^481\.[58]$/, 'RT PLAN'],
  [/^481\.[4679]$/, 'RT TREAT RECORD'],
  [/^481\.(1$|2[34]$)/, 'IMAGE'],
  [/^481\.\d\d/, 'RADIOTHERAPY'],
  [/^4\.2$/, 'SPECTROSCOPY'],
  [/^66$/, 'RAW DATA'],
  [/^66\.[13]$/, 'REGISTRATION'],
  [/^66\.2$/, 'FIDUCIAL'],
  [/^66\.5$/, 'SURFACE'],
  [/^66\.6$/, 'TRACT'],
  [/^67$/, 'VALUE MAP'],
  [/^68\.[12]$/, 'SURFACE SCAN'],
  [/^77\.1\.5\.3$/, 'STEREOMETRIC'],
  [/^(78\.[1-578]|80\.1)$/, 'MEASUREMENT'],
  [/^90\.1$/, 'ASSESSMENT'],
  [/^91\.1$/, 'ANNOTATION'],
];

const STORAGE_CLASSES = '1.2.840.10008.5.1.4.1.1.';
const BEAMS_DELIVERY = /^1\.2\.840\.10008\.5\.1\.4\.34\.(7|10)$/;

/**
 * The record of an instance by its SOP Class: most of the Standard's are images; of one that isn't the Standard's, IMAGE where it has rows
 * of pixels, else PRIVATE.
 */
export function recordKindOf(sopClassUID: string, metadata: DataSet): RecordKind {
  const otherwise = sopClassUID.startsWith(STORAGE_CLASSES) || metadata['00280010'] ? 'IMAGE' : 'PRIVATE';
  const type = typeOf(sopClassUID) ?? otherwise;
  return { type, keys: KEYS[type] ?? number };
}

function typeOf(sopClassUID: string): string | undefined {
  if (BEAMS_DELIVERY.test(sopClassUID)) return 'PLAN';
  if (!sopClassUID.startsWith(STORAGE_CLASSES)) return undefined;
  const rest = sopClassUID.slice(STORAGE_CLASSES.length);
  return BY_CLASS.find(([pattern]) => pattern.test(rest))?.[1];
}

/** What sequences among the keys keep of their items: the Type 1 and 2 attributes of what F.5 includes. */
const OF_ITEMS: Readonly<Record<string, readonly string[]>> = {
  ConceptNameCodeSequence: ['CodeValue', 'CodingSchemeDesignator', 'CodingSchemeVersion', 'CodeMeaning'],
  ReferencedSeriesSequence: ['ReferencedImageSequence', 'SeriesInstanceUID'],
  ReferencedImageSequence: ['ReferencedSOPClassUID', 'ReferencedSOPInstanceUID', 'ReferencedFrameNumber'],
  BlendingSequence: ['ReferencedSeriesSequence', 'StudyInstanceUID'],
  ContentSequence: [
    'RelationshipType',
    'ValueType',
    'ConceptNameCodeSequence',
    'ConceptCodeSequence',
    'TextValue',
  ],
  ConceptCodeSequence: ['CodeValue', 'CodingSchemeDesignator', 'CodingSchemeVersion', 'CodeMeaning'],
};
/** Only where the instance has them (Type 1C); other keys are there without a value then: nothing is made up. */
const ONLY_WHERE_PRESENT = new Set([
  'HL7InstanceIdentifier',
  'ReferencedSeriesSequence',
  'BlendingSequence',
  'ReferencedFrameNumber',
  'CodingSchemeVersion',
  'CodeValue',
  'ImageType',
  'ReferencedImageSequence',
  'VerificationDateTime',
  'ContentSequence',
  'ConceptCodeSequence',
  'TextValue',
]);

/** The keys of a record, encoded in Explicit VR Little Endian and in order; text in UTF-8, with the character set where it needs one. */
export function encodeKeys(metadata: DataSet, keywords: readonly string[]): Uint8Array {
  const keys = encodeAttributes({ ...lastVerification(metadata), ...metadata }, keywords);
  if (keys.every((byte) => byte < 0x80)) return keys;
  return Buffer.concat([textElement(0x00080005, 'CS', 'ISO_IR 192'), keys]);
}

function encodeAttributes(dataSet: DataSet, keywords: readonly string[]): Uint8Array {
  const elements = keywords.flatMap((keyword) => {
    const tag = tagOf(keyword);
    if (tag === undefined) throw new TypeError(`not a keyword of PS3.6: ${keyword}`);
    const element = dataSet[tag] ?? { vr: vrOf(tag) ?? 'UN' };
    const isAbsent = keyword === 'ContentSequence' ? modifiersOf(dataSet).length === 0 : !element.Value;
    if (isAbsent && ONLY_WHERE_PRESENT.has(keyword)) return [];
    return [{ tag, bytes: encodeAttribute(keyword, Number.parseInt(tag, 16), element, dataSet) }];
  });
  elements.sort((a, b) => (a.tag < b.tag ? -1 : 1));
  return Buffer.concat(elements.map(({ bytes }) => bytes));
}

function encodeAttribute(keyword: string, tag: number, element: DataElement, dataSet: DataSet): Uint8Array {
  const { vr, Value = [] } = element;
  if (vr === 'SQ') {
    const all = keyword === 'ContentSequence' ? modifiersOf(dataSet) : itemsOf(dataSet, keyword);
    const items = all.map((item) => encodeAttributes(item, OF_ITEMS[keyword] ?? []));
    return sequenceElement(tag, items);
  }
  if (vr === 'US' || vr === 'UL') {
    const unit = vr === 'US' ? 2 : 4;
    const bytes = Buffer.alloc(Value.length * unit);
    for (const [i, value] of Value.entries()) bytes.writeUIntLE(Number(value), i * unit, unit);
    return explicitElement(tag, vr, bytes);
  }
  return textElement(tag, vr, ...Value.map(textOf));
}

/** PS3.3 F.5.23: when a verified document was verified last, which it says within its observers. */
function lastVerification(dataSet: DataSet): DataSet {
  const times = itemsOf(dataSet, 'VerifyingObserverSequence').flatMap(
    (item) => stringOf(item, 'VerificationDateTime') ?? [],
  );
  const last = times.sort().at(-1);
  return last === undefined ? {} : { '0040A030': { vr: 'DT', Value: [last] } };
}

/** PS3.3 F.5.23, F.5.24: of the content only what modifies the concept of the title. */
function modifiersOf(dataSet: DataSet): DataSet[] {
  return itemsOf(dataSet, 'ContentSequence').filter(
    (item) => stringOf(item, 'RelationshipType') === 'HAS CONCEPT MOD',
  );
}

function textOf(value: ElementValue): string {
  if (value === null) return '';
  if (typeof value !== 'object') return String(value);
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = value as PersonName;
  return [Alphabetic, Ideographic, Phonetic].join('=').replace(/=+$/, '');
}
