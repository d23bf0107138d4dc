/**
 * The attributes that searches match on: keyword -> tag -> level -> column. The only source of SQL identifiers.
 * PS3.18 Tables 10.6.1-5 (required matching), 10.6.3-3 to 10.6.3-5 (returned).
 */

export type Level = 'study' | 'series' | 'instance';

/**
 * How a column holds and matches values (PS3.4 C.2.2.2):
 * uid: exact or list; code: case-sensitive, wildcards; text: case- and accent-insensitive, wildcards;
 * name: a column for each component group, case- and accent-insensitive, wildcards, and one of words for fuzzy matching;
 * date, time: ranges; integer: exact; codes: any of several values.
 */
export type ColumnKind = 'uid' | 'code' | 'text' | 'name' | 'date' | 'time' | 'integer' | 'codes';

export interface IndexedAttribute {
  keyword: string;
  /** Tags from the data set's root; more than one where the attribute lies in a sequence. */
  path: readonly [string, ...string[]];
  level: Level;
  column: string;
  kind: ColumnKind;
  /** True where a study, series or instance may have several values, so that multiple value matching can ask for all of them. */
  multiple?: true;
  /** True where storing takes no value from the object: the index computes it. */
  computed?: true;
}

function attribute(
  level: Level,
  kind: ColumnKind,
  keyword: string,
  ...path: [string, ...string[]]
): IndexedAttribute {
  return { level, kind, keyword, path, column: columnOf(keyword) };
}

/** `StudyInstanceUID` -> `study_instance_uid`, `PatientID` -> `patient_id`. */
function columnOf(keyword: string): string {
  const last = keyword.slice(keyword.lastIndexOf('.') + 1);
  return last
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}

export const INDEXED_ATTRIBUTES: readonly IndexedAttribute[] = [
  attribute('study', 'uid', 'StudyInstanceUID', '0020000D'),
  attribute('study', 'date', 'StudyDate', '00080020'),
  attribute('study', 'time', 'StudyTime', '00080030'),
  attribute('study', 'code', 'AccessionNumber', '00080050'),
  { ...attribute('study', 'codes', 'ModalitiesInStudy', '00080061'), computed: true, multiple: true },
  { ...attribute('study', 'codes', 'SOPClassesInStudy', '00080062'), computed: true },
  attribute('study', 'name', 'ReferringPhysicianName', '00080090'),
  attribute('study', 'text', 'StudyDescription', '00081030'),
  attribute('study', 'name', 'PatientName', '00100010'),
  attribute('study', 'code', 'PatientID', '00100020'),
  attribute('study', 'code', 'IssuerOfPatientID', '00100021'),
  attribute('study', 'date', 'PatientBirthDate', '00100030'),
  attribute('study', 'code', 'PatientSex', '00100040'),
  {
    ...attribute('study', 'codes', 'OtherPatientIDsSequence.PatientID', '00101002', '00100020'),
    column: 'other_patient_ids',
  },
  attribute('study', 'code', 'StudyID', '00200010'),
  // How far the reading is, see study-status.ts: of the archive, not of the objects.
  { ...attribute('study', 'code', 'StudyStatusID', '0032000A'), computed: true },
  { ...attribute('study', 'integer', 'NumberOfStudyRelatedSeries', '00201206'), computed: true },
  { ...attribute('study', 'integer', 'NumberOfStudyRelatedInstances', '00201208'), computed: true },

  attribute('series', 'uid', 'SeriesInstanceUID', '0020000E'),
  attribute('series', 'code', 'Modality', '00080060'),
  attribute('series', 'date', 'SeriesDate', '00080021'),
  attribute('series', 'time', 'SeriesTime', '00080031'),
  attribute('series', 'text', 'InstitutionName', '00080080'),
  attribute('series', 'code', 'StationName', '00081010'),
  attribute('series', 'text', 'SeriesDescription', '0008103E'),
  attribute('series', 'name', 'PerformingPhysicianName', '00081050'),
  attribute('series', 'code', 'BodyPartExamined', '00180015'),
  attribute('series', 'text', 'ProtocolName', '00181030'),
  attribute('series', 'integer', 'SeriesNumber', '00200011'),
  attribute('series', 'code', 'Laterality', '00200060'),
  attribute('series', 'date', 'PerformedProcedureStepStartDate', '00400244'),
  attribute('series', 'time', 'PerformedProcedureStepStartTime', '00400245'),
  attribute('series', 'codes', 'RequestAttributesSequence.ScheduledProcedureStepID', '00400275', '00400009'),
  attribute('series', 'codes', 'RequestAttributesSequence.RequestedProcedureID', '00400275', '00401001'),

  attribute('instance', 'uid', 'SOPInstanceUID', '00080018'),
  attribute('instance', 'uid', 'SOPClassUID', '00080016'),
  attribute('instance', 'date', 'ContentDate', '00080023'),
  attribute('instance', 'time', 'ContentTime', '00080033'),
  attribute('instance', 'integer', 'InstanceNumber', '00200013'),
];

/** The columns of `attribute`: four for a person's name, one otherwise. */
export function columnsOf(attribute: IndexedAttribute): readonly string[] {
  if (attribute.kind !== 'name') return [attribute.column];
  return [...nameGroupColumns(attribute.column), `${attribute.column}_words`];
}

/** The columns of a name's alphabetic, ideographic and phonetic groups. */
export function nameGroupColumns(column: string): [string, string, string] {
  return [column, `${column}_ideographic`, `${column}_phonetic`];
}

/** The times of day that belong to dates, by keyword: PS3.4 C.2.2.2.5.4 matches ranges of both as one. */
const TIME_OF_DATE: Readonly<Record<string, string>> = {
  StudyDate: 'StudyTime',
  SeriesDate: 'SeriesTime',
  ContentDate: 'ContentTime',
  PerformedProcedureStepStartDate: 'PerformedProcedureStepStartTime',
};
const DATE_OF_TIME = new Map(Object.entries(TIME_OF_DATE).map(([date, time]) => [time, date]));

/** The time of day that belongs to a date, or the date to a time of day; undefined for any other attribute. */
export function otherHalfOf({ keyword }: IndexedAttribute): IndexedAttribute | undefined {
  const other = TIME_OF_DATE[keyword] ?? DATE_OF_TIME.get(keyword);
  return other === undefined ? undefined : byKeyword.get(other);
}

const byKeyword = new Map(INDEXED_ATTRIBUTES.map((entry) => [entry.keyword, entry]));
const byPath = new Map(INDEXED_ATTRIBUTES.map((entry) => [entry.path.join('.'), entry]));

/** Finds by keyword (`StudyDate`) or by tags (`00080020`, `00400275.00400009`). */
export function indexedAttribute(keywordOrTags: string): IndexedAttribute | undefined {
  return byKeyword.get(keywordOrTags) ?? byPath.get(keywordOrTags.toUpperCase());
}

export function storedAttributes(level: Level): IndexedAttribute[] {
  return INDEXED_ATTRIBUTES.filter((entry) => entry.level === level && !entry.computed);
}
