import type { IndexedAttribute, Level } from '../attributes.ts';
import { isCanceled, SearchTooBroadError } from '../index-errors.ts';
import { inTransaction, type Pool, type PoolClient } from '../pool.ts';
import { elementsOf } from '../searchable/searchable-values.ts';
import { conditionsOf } from './match.ts';
import type { Condition, Match } from './matching.ts';
import { Parameters } from './sql-parameters.ts';

/** Attributes as DICOM JSON; this room does not look inside. */
type StoredAttributes = Record<string, { vr: string; Value?: unknown[] }>;

export interface SearchRequest {
  level: Level;
  studyInstanceUID?: string | undefined;
  seriesInstanceUID?: string | undefined;
  /** All must hold. Those of a lower level hold where any one series or instance below meets them together. */
  matches: readonly Match[];
  /** The offset from UTC of the zone that dates and times to match are meant in; undefined: as the objects have them. */
  zoneMinutes?: number | undefined;
  /** Searchable attributes of which answers are to have the elements, by primary key. */
  withElementsOf?: readonly number[] | undefined;
  /** Whether to count what else of the patient is stored. */
  withPatientCounts?: boolean | undefined;
  /** Undefined, or after these: newest studies first, then by series and instance number. */
  orderBy: readonly { attribute: IndexedAttribute; descending: boolean }[];
  limit: number;
  offset: number;
  /** Count all matches, however many; otherwise ten thousand at the most. */
  countAll?: boolean | undefined;
  /** A search that takes longer is too broad; half a minute by default. */
  longestMs?: number | undefined;
}

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

const COUNTED_AT_MOST = 10_000;
const LEVELS: readonly Level[] = ['study', 'series', 'instance'];

/** A search that takes longer is too broad (PS3.18 Table 10.6.3-1): it must not hold up others. */
const LONGEST_SEARCH_MS = 30_000;

const STUDY_COLUMNS = `study.study_pk, study.study_instance_uid, study.attributes::text AS study_attributes, study.modalities_in_study, study.sop_classes_in_study,
  study.number_of_study_related_series, study.number_of_study_related_instances, study.study_status_id`;
const PATIENT_COUNTS = `, (SELECT json_build_object('studies', count(*), 'series', sum(number_of_study_related_series),
    'instances', sum(number_of_study_related_instances)) FROM study AS same WHERE same.patient_pk = study.patient_pk) AS patient_counts`;
const SERIES_COLUMNS = `, series.series_pk, series.series_instance_uid, series.attributes::text AS series_attributes, series.number_of_series_related_instances`;
const INSTANCE_COLUMNS = `, instance.sop_instance_uid, instance.attributes::text AS instance_attributes, instance.transfer_syntax_uid,
  instance.instance_pk, instance.metadata_length`;

const SOURCES: Record<Level, string> = {
  study: 'study',
  series: 'study JOIN series USING (study_pk)',
  instance: 'study JOIN series USING (study_pk) JOIN instance USING (series_pk)',
};

const DEFAULT_ORDERS: Record<Level, string> = {
  study: 'study.study_date DESC NULLS LAST, study.study_time DESC NULLS LAST, study.study_pk DESC',
  series: 'series.study_pk DESC, series.series_number NULLS LAST, series.series_pk',
  instance: 'instance.series_pk, instance.instance_number NULLS LAST, instance.instance_pk',
};

/**
 * Runs one search (PS3.18 10.6). Throws a RangeError naming a value that cannot be matched, and a `SearchTooBroadError` where
 * the search takes too long.
 */
export async function search(pool: Pool, request: SearchRequest): Promise<SearchResult> {
  const parameters = new Parameters();
  const fromWhere = `FROM ${SOURCES[request.level]} ${whereOf(request, parameters)}`;
  const counting = [...parameters.values];
  const limitOfCount = request.countAll ? 'ALL' : COUNTED_AT_MOST;
  const text = `SELECT ${columnsAt(request)} ${fromWhere} ORDER BY ${orderOf(request)}
    LIMIT ${parameters.bind(request.limit + 1)} OFFSET ${parameters.bind(request.offset)}`;
  try {
    return await inTransaction(pool, async (client) => {
      await client.query(`SET LOCAL statement_timeout = ${request.longestMs ?? LONGEST_SEARCH_MS}`);
      const { rows } = await client.query<SqlRow>(text, parameters.values);
      const page = rows.slice(0, request.limit);
      const found = page.map(toFoundRow);
      await addElements(client, request, page, found);
      if (rows.length <= request.limit && (rows.length > 0 || request.offset === 0))
        return { rows: found, total: request.offset + rows.length, totalIsExact: true };
      const counted = await client.query<{ count: number }>(
        `SELECT count(*)::integer AS count FROM (SELECT 1 ${fromWhere} LIMIT ${limitOfCount}) AS counted`,
        counting,
      );
      const count = counted.rows[0]?.count ?? 0;
      const total = Math.max(count, page.length > 0 ? request.offset + rows.length : 0);
      return { rows: found, total, totalIsExact: request.countAll === true || count < COUNTED_AT_MOST };
    });
  } catch (error) {
    if (isCanceled(error)) throw new SearchTooBroadError({ cause: error });
    throw error;
  }
}

/** Adds what the index keeps of the searchable attributes that were asked for. */
async function addElements(
  client: PoolClient,
  { withElementsOf = [] }: SearchRequest,
  rows: readonly SqlRow[],
  found: readonly FoundRow[],
): Promise<void> {
  if (withElementsOf.length === 0 || rows.length === 0) return;
  const pks = new Set(
    rows.flatMap(({ study_pk, series_pk, instance_pk }) =>
      [study_pk, series_pk ?? [], instance_pk ?? []].flat(),
    ),
  );
  const elements = await elementsOf(client, withElementsOf, [...pks]);
  rows.forEach((row, i) => {
    const pkOf = { study: row.study_pk, series: row.series_pk, instance: row.instance_pk };
    for (const { level, entityPk, element } of elements)
      if (pkOf[level] === entityPk) Object.assign(found[i]?.elements ?? {}, element);
  });
}

function columnsAt({ level, withPatientCounts }: SearchRequest): string {
  let columns = STUDY_COLUMNS;
  if (withPatientCounts) columns += PATIENT_COUNTS;
  if (level !== 'study') columns += SERIES_COLUMNS;
  if (level === 'instance') columns += INSTANCE_COLUMNS;
  return columns;
}

function whereOf(request: SearchRequest, parameters: Parameters): string {
  const conditions: string[] = [];
  if (request.studyInstanceUID)
    conditions.push(`study.study_instance_uid = ${parameters.bind(request.studyInstanceUID)}`);
  if (request.seriesInstanceUID)
    conditions.push(`series.series_instance_uid = ${parameters.bind(request.seriesInstanceUID)}`);
  const depth = LEVELS.indexOf(request.level);
  const below: Condition[] = [];
  for (const condition of conditionsOf(request.matches, parameters, request.zoneMinutes)) {
    if (LEVELS.indexOf(condition.level) <= depth) conditions.push(condition.sql);
    else below.push(condition);
  }
  if (below.length > 0) conditions.push(conditionBelow(request.level, below));
  return conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
}

/** One series, or one instance, below the row must meet all of `conditions` together. */
function conditionBelow(level: Level, conditions: readonly Condition[]): string {
  const all = conditions.map(({ sql }) => sql).join(' AND ');
  if (level === 'series')
    return `EXISTS (SELECT 1 FROM instance WHERE instance.series_pk = series.series_pk AND ${all})`;
  const reachesInstances = conditions.some((condition) => condition.level === 'instance');
  const source = reachesInstances ? 'series JOIN instance USING (series_pk)' : 'series';
  return `EXISTS (SELECT 1 FROM ${source} WHERE series.study_pk = study.study_pk AND ${all})`;
}

function orderOf({ level, orderBy }: SearchRequest): string {
  const wanted = orderBy.map(
    ({ attribute, descending }) =>
      `${attribute.level}.${attribute.column} ${descending ? 'DESC' : 'ASC'} NULLS LAST`,
  );
  return [...wanted, DEFAULT_ORDERS[level]].join(', ');
}

interface SqlRow {
  study_pk: string;
  study_instance_uid: string;
  study_attributes: string;
  modalities_in_study: string[];
  sop_classes_in_study: string[];
  number_of_study_related_series: number;
  number_of_study_related_instances: number;
  study_status_id: string;
  patient_counts?: PatientCounts;
  series_pk?: string;
  series_instance_uid?: string;
  series_attributes?: string;
  number_of_series_related_instances?: number;
  sop_instance_uid?: string;
  transfer_syntax_uid?: string;
  instance_attributes?: string;
  instance_pk?: string;
  metadata_length?: number;
}

function toFoundRow(row: SqlRow): FoundRow {
  const found: FoundRow = {
    elements: {},
    study: {
      studyInstanceUID: row.study_instance_uid,
      ...(row.patient_counts && { patientCounts: row.patient_counts }),
      attributes: row.study_attributes,
      modalitiesInStudy: row.modalities_in_study,
      sopClassesInStudy: row.sop_classes_in_study,
      numberOfStudyRelatedSeries: row.number_of_study_related_series,
      numberOfStudyRelatedInstances: row.number_of_study_related_instances,
      studyStatusID: row.study_status_id,
    },
  };
  if (row.series_instance_uid !== undefined) {
    found.series = {
      seriesInstanceUID: row.series_instance_uid,
      attributes: row.series_attributes ?? '{}',
      numberOfSeriesRelatedInstances: row.number_of_series_related_instances ?? 0,
    };
  }
  if (row.sop_instance_uid !== undefined) {
    found.instance = {
      sopInstanceUID: row.sop_instance_uid,
      transferSyntaxUID: row.transfer_syntax_uid ?? '',
      attributes: row.instance_attributes ?? '{}',
      instancePk: row.instance_pk ?? '',
      metadataLength: row.metadata_length ?? 0,
    };
  }
  return found;
}
