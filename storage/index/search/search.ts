import type { Level } from '../attributes.ts';
import { isCanceled, SearchTooBroadError } from '../index-errors.ts';
import { elementsOf } from '../searchable/searchable-values.ts';
import type { SearchPool } from './search-replica.ts';
import type { SearchRequest } from './search-request.ts';
import {
  COUNTED_AT_MOST,
  countStatement,
  fewStatement,
  MOST_FEW,
  orderedStatement,
  type SearchStatement,
} from './search-statement.ts';
import { StatementNames } from './statement-names.ts';

export type { SearchRequest } from './search-request.ts';

/** Attributes as DICOM JSON; this room does not look inside. */
type StoredAttributes = Record<string, { vr: string; Value?: unknown[] }>;

/** Everything that is stored of the patient of a study (PS3.4 C.3.4). */
export interface PatientCounts {
  studies: number;
  series: number;
  instances: number;
}

export interface StudyRow {
  studyInstanceUID: string;
  /** Where the search asked for them. */
  patientCounts?: PatientCounts;
  /** JSON text of `StoredAttributes`. */
  attributes: string;
  modalitiesInStudy: string[];
  sopClassesInStudy: string[];
  numberOfStudyRelatedSeries: number;
  numberOfStudyRelatedInstances: number;
  studyStatusID: string;
}

export interface SeriesRow {
  seriesInstanceUID: string;
  /** JSON text of `StoredAttributes`. */
  attributes: string;
  numberOfSeriesRelatedInstances: number;
}

export interface InstanceRow {
  sopInstanceUID: string;
  transferSyntaxUID: string;
  /** JSON text of `StoredAttributes`. */
  attributes: string;
  instancePk: string;
  /** Characters of its DICOM JSON text. */
  metadataLength: number;
}

export interface FoundRow {
  study: StudyRow;
  series?: SeriesRow;
  instance?: InstanceRow;
  /** Elements of searchable attributes, as DICOM JSON by tag, that the search asked for. */
  elements: StoredAttributes;
}

export interface SearchResult {
  rows: FoundRow[];
  /** How many match in all; a lower bound unless `totalIsExact`. */
  total: number;
  totalIsExact: boolean;
}

/**
 * Runs one search (PS3.18 10.6). Throws a RangeError naming a value that cannot be matched, and a `SearchTooBroadError` where
 * the search takes too long.
 */
export async function search(pool: SearchPool, request: SearchRequest): Promise<SearchResult> {
  try {
    const { rows, total, totalIsExact } = await matchesOf(pool, request);
    const page = toFoundRows(rows.slice(0, request.limit), request);
    await addElements(pool, request, page);
    return { rows: page.map(({ row }) => row), total, totalIsExact };
  } catch (error) {
    if (isCanceled(error)) throw new SearchTooBroadError({ cause: error });
    throw error;
  }
}

const names = new StatementNames();

/** Of the page, and of the one that follows it, where there is one. */
interface Matches {
  rows: SqlRow[];
  total: number;
  totalIsExact: boolean;
}

async function matchesOf(pool: SearchPool, request: SearchRequest): Promise<Matches> {
  const rows = await fewOf(pool, request);
  if (!rows) return matchesInOrder(pool, request);
  // Where the offset leads beyond the last, nobody is there to tell the total.
  const telling =
    rows.length > 0 || request.offset === 0 ? rows : await fewOf(pool, { ...request, limit: 0, offset: 0 });
  const total = Number(telling?.[0]?.total ?? 0);
  return total > MOST_FEW ? matchesInOrder(pool, request, true) : { rows, total, totalIsExact: true };
}

async function fewOf(pool: SearchPool, request: SearchRequest): Promise<SqlRow[] | undefined> {
  const statement = fewStatement(request);
  return statement && run(pool, request, statement);
}

/** `areMany`: more than are counted. */
async function matchesInOrder(pool: SearchPool, request: SearchRequest, areMany = false): Promise<Matches> {
  const { limit, offset, countAll = false } = request;
  const counts = countAll || !areMany;
  // Whether to go through the newest or through the matches depends on how many there are, which the plan for all values can't know.
  const rows = await run(pool, request, orderedStatement(request, counts), areMany);
  const reached = offset + rows.length;
  if (rows.length <= limit && (rows.length > 0 || offset === 0))
    return { rows, total: reached, totalIsExact: true };
  if (!counts) return { rows, total: Math.max(COUNTED_AT_MOST, reached), totalIsExact: false };
  const told = rows.at(-1)?.total ?? (await run(pool, request, countStatement(request)))[0]?.total;
  const counted = Number(told);
  const total = rows.length > 0 ? Math.max(counted, reached) : counted;
  return { rows, total, totalIsExact: countAll || counted < COUNTED_AT_MOST };
}

async function run(
  pool: SearchPool,
  request: SearchRequest,
  { text, values }: SearchStatement,
  hasPlanOfItsOwn = false,
): Promise<SqlRow[]> {
  const name = !hasPlanOfItsOwn && hasPlanForAll(request, text) ? names.of(text) : undefined;
  const { rows } = await pool.query<SqlRow>({ text, values, ...(name !== undefined && { name }) });
  return rows;
}

/**
 * Whether one plan serves all values of a search. What a pattern leads to depends on the pattern; of several conditions, which of them is
 * rare depends on their values, and a plan that begins with the other one goes through a third of the archive. What lies below a study
 * or series is found by that.
 */
function hasPlanForAll({ studyInstanceUID, matches }: SearchRequest, text: string): boolean {
  if (text.includes(' LIKE ') || matches.some(({ matching }) => matching.kind === 'fuzzy')) return false;
  return studyInstanceUID !== undefined || matches.length <= 1;
}

/** Adds what the index keeps of the searchable attributes that were asked for. */
async function addElements(
  pool: SearchPool,
  { withElementsOf = [] }: SearchRequest,
  found: readonly { row: FoundRow; pks: Record<Level, string> }[],
): Promise<void> {
  if (withElementsOf.length === 0 || found.length === 0) return;
  const wanted = new Set(found.flatMap(({ pks }) => Object.values(pks).filter((pk) => pk !== '')));
  const elements = await elementsOf(pool, withElementsOf, [...wanted]);
  for (const { row, pks } of found) {
    for (const { level, entityPk, element } of elements)
      if (pks[level] === entityPk) Object.assign(row.elements, element);
  }
}

interface SqlRow {
  /** Null where the statement does not tell it. */
  total: string | null;
  study_pk?: string;
  /** As all of the study, undefined where answers do not tell it. */
  study_instance_uid?: string;
  study_attributes?: string | null;
  /** Parted by backslashes. */
  modalities_in_study?: string;
  number_of_study_related_series?: number;
  number_of_study_related_instances?: number;
  sop_classes_in_study?: string[];
  study_status_id?: string;
  patient_counts?: PatientCounts;
  series_pk?: string;
  series_instance_uid?: string;
  series_attributes?: string | null;
  number_of_series_related_instances?: number;
  sop_instance_uid?: string;
  transfer_syntax_uid?: string;
  instance_attributes?: string;
  instance_pk?: string;
  metadata_length?: number;
}

/** Rows of one study or series, which follow each other, share an object for it. */
function toFoundRows(
  rows: readonly SqlRow[],
  request: SearchRequest,
): { row: FoundRow; pks: Record<Level, string> }[] {
  const { studyInstanceUID = '', seriesInstanceUID = '' } = request;
  const studies = new Map<string, StudyRow>();
  const series = new Map<string, SeriesRow>();
  const untold = { study: untoldStudy(studyInstanceUID), series: untoldSeries(seriesInstanceUID) };
  return rows.map((row) => {
    const { study_pk = '', series_pk = '', instance_pk = '' } = row;
    if (row.study_attributes) studies.set(study_pk, toStudyRow(row, row.study_attributes));
    if (row.series_attributes) series.set(series_pk, toSeriesRow(row, row.series_attributes));
    const study = studies.get(study_pk) ?? untold.study;
    if (study.studyInstanceUID === '') throw new Error('a study came without its attributes');
    const found: FoundRow = { elements: {}, study };
    if (request.level !== 'study') found.series = series.get(series_pk) ?? untold.series;
    if (row.sop_instance_uid !== undefined) found.instance = toInstanceRow(row, row.sop_instance_uid);
    return { row: found, pks: { study: study_pk, series: series_pk, instance: instance_pk } };
  });
}

function toStudyRow(row: SqlRow, attributes: string): StudyRow {
  return {
    studyInstanceUID: row.study_instance_uid ?? '',
    ...(row.patient_counts && { patientCounts: row.patient_counts }),
    attributes,
    modalitiesInStudy: row.modalities_in_study ? row.modalities_in_study.split('\\') : [],
    sopClassesInStudy: row.sop_classes_in_study ?? [],
    numberOfStudyRelatedSeries: row.number_of_study_related_series ?? 0,
    numberOfStudyRelatedInstances: row.number_of_study_related_instances ?? 0,
    studyStatusID: row.study_status_id ?? '',
  };
}

/** Of a study that the search named, and of which answers tell nothing else. */
function untoldStudy(studyInstanceUID: string): StudyRow {
  return {
    studyInstanceUID,
    attributes: '{}',
    modalitiesInStudy: [],
    sopClassesInStudy: [],
    numberOfStudyRelatedSeries: 0,
    numberOfStudyRelatedInstances: 0,
    studyStatusID: '',
  };
}

function toSeriesRow(row: SqlRow, attributes: string): SeriesRow {
  return {
    seriesInstanceUID: row.series_instance_uid ?? '',
    attributes,
    numberOfSeriesRelatedInstances: row.number_of_series_related_instances ?? 0,
  };
}

function untoldSeries(seriesInstanceUID: string): SeriesRow {
  return { seriesInstanceUID, attributes: '{}', numberOfSeriesRelatedInstances: 0 };
}

function toInstanceRow(row: SqlRow, sopInstanceUID: string): InstanceRow {
  return {
    sopInstanceUID,
    transferSyntaxUID: row.transfer_syntax_uid ?? '',
    attributes: row.instance_attributes ?? '{}',
    instancePk: row.instance_pk ?? '',
    metadataLength: row.metadata_length ?? 0,
  };
}
