import type { IndexedAttribute, Level } from './attributes.ts';
import { conditionOf, type Match, Parameters } from './match.ts';
import type { Pool } from './pool.ts';

/** Attributes as DICOM JSON; this room does not look inside. */
export type StoredAttributes = Record<string, { vr: string; Value?: unknown[] }>;

export interface SearchRequest {
  level: Level;
  studyInstanceUID?: string | undefined;
  seriesInstanceUID?: string | undefined;
  /** All must hold. Those of a lower level hold where any one series or instance below meets them together. */
  matches: readonly Match[];
  /** Undefined, or after these: newest studies first, then by series and instance number. */
  orderBy: readonly { attribute: IndexedAttribute; descending: boolean }[];
  limit: number;
  offset: number;
}

export interface StudyRow {
  studyInstanceUID: string;
  attributes: StoredAttributes;
  modalitiesInStudy: string[];
  sopClassesInStudy: string[];
  numberOfStudyRelatedSeries: number;
  numberOfStudyRelatedInstances: number;
}

export interface SeriesRow {
  seriesInstanceUID: string;
  attributes: StoredAttributes;
  numberOfSeriesRelatedInstances: number;
}

export interface InstanceRow {
  sopInstanceUID: string;
  transferSyntaxUID: string;
  attributes: StoredAttributes;
  instancePk: string;
  /** Characters of its DICOM JSON text. */
  metadataLength: number;
}

export interface FoundRow {
  study: StudyRow;
  series?: SeriesRow;
  instance?: InstanceRow;
}

export interface SearchResult {
  rows: FoundRow[];
  /** How many match in all; a lower bound unless `totalIsExact`. */
  total: number;
  totalIsExact: boolean;
}

const COUNTED_AT_MOST = 10_000;
const LEVELS: readonly Level[] = ['study', 'series', 'instance'];

const STUDY_COLUMNS = `study.study_instance_uid, study.attributes AS study_attributes, study.modalities_in_study, study.sop_classes_in_study,
  study.number_of_study_related_series, study.number_of_study_related_instances`;
const SERIES_COLUMNS = `, series.series_instance_uid, series.attributes AS series_attributes, series.number_of_series_related_instances`;
const INSTANCE_COLUMNS = `, instance.sop_instance_uid, instance.attributes AS instance_attributes, instance.transfer_syntax_uid,
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

/** Runs one search (PS3.18 10.6). Throws a RangeError naming a value that cannot be matched. */
export async function search(pool: Pool, request: SearchRequest): Promise<SearchResult> {
  const parameters = new Parameters();
  const fromWhere = `FROM ${SOURCES[request.level]} ${whereOf(request, parameters)}`;
  const counting = [...parameters.values];
  const text = `SELECT ${columnsAt(request)} ${fromWhere} ORDER BY ${orderOf(request)}
    LIMIT ${parameters.bind(request.limit + 1)} OFFSET ${parameters.bind(request.offset)}`;
  const { rows } = await pool.query<SqlRow>(text, parameters.values);
  const page = rows.slice(0, request.limit).map(toFoundRow);
  if (rows.length <= request.limit && (rows.length > 0 || request.offset === 0)) {
    return { rows: page, total: request.offset + rows.length, totalIsExact: true };
  }
  const counted = await pool.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM (SELECT 1 ${fromWhere} LIMIT ${COUNTED_AT_MOST}) AS counted`,
    counting,
  );
  const count = counted.rows[0]?.count ?? 0;
  const total = Math.max(count, page.length > 0 ? request.offset + rows.length : 0);
  return { rows: page, total, totalIsExact: count < COUNTED_AT_MOST };
}

function columnsAt({ level }: SearchRequest): string {
  let columns = STUDY_COLUMNS;
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
  const below: Match[] = [];
  for (const match of request.matches) {
    if (LEVELS.indexOf(match.attribute.level) <= depth) conditions.push(conditionOf(match, parameters));
    else below.push(match);
  }
  if (below.length > 0) conditions.push(conditionBelow(request.level, below, parameters));
  return conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
}

/** One series, or one instance, below the row must meet all of `matches` together. */
function conditionBelow(level: Level, matches: readonly Match[], parameters: Parameters): string {
  const conditions = matches.map((match) => conditionOf(match, parameters));
  const reachesInstances = matches.some(({ attribute }) => attribute.level === 'instance');
  if (level === 'series')
    return `EXISTS (SELECT 1 FROM instance WHERE instance.series_pk = series.series_pk AND ${conditions.join(' AND ')})`;
  const source = reachesInstances ? 'series JOIN instance USING (series_pk)' : 'series';
  return `EXISTS (SELECT 1 FROM ${source} WHERE series.study_pk = study.study_pk AND ${conditions.join(' AND ')})`;
}

function orderOf({ level, orderBy }: SearchRequest): string {
  const wanted = orderBy.map(
    ({ attribute, descending }) =>
      `${attribute.level}.${attribute.column} ${descending ? 'DESC' : 'ASC'} NULLS LAST`,
  );
  return [...wanted, DEFAULT_ORDERS[level]].join(', ');
}

interface SqlRow {
  study_instance_uid: string;
  study_attributes: StoredAttributes;
  modalities_in_study: string[];
  sop_classes_in_study: string[];
  number_of_study_related_series: number;
  number_of_study_related_instances: number;
  series_instance_uid?: string;
  series_attributes?: StoredAttributes;
  number_of_series_related_instances?: number;
  sop_instance_uid?: string;
  transfer_syntax_uid?: string;
  instance_attributes?: StoredAttributes;
  instance_pk?: string;
  metadata_length?: number;
}

function toFoundRow(row: SqlRow): FoundRow {
  const found: FoundRow = {
    study: {
      studyInstanceUID: row.study_instance_uid,
      attributes: row.study_attributes,
      modalitiesInStudy: row.modalities_in_study,
      sopClassesInStudy: row.sop_classes_in_study,
      numberOfStudyRelatedSeries: row.number_of_study_related_series,
      numberOfStudyRelatedInstances: row.number_of_study_related_instances,
    },
  };
  if (row.series_instance_uid !== undefined) {
    found.series = {
      seriesInstanceUID: row.series_instance_uid,
      attributes: row.series_attributes ?? {},
      numberOfSeriesRelatedInstances: row.number_of_series_related_instances ?? 0,
    };
  }
  if (row.sop_instance_uid !== undefined) {
    found.instance = {
      sopInstanceUID: row.sop_instance_uid,
      transferSyntaxUID: row.transfer_syntax_uid ?? '',
      attributes: row.instance_attributes ?? {},
      instancePk: row.instance_pk ?? '',
      metadataLength: row.metadata_length ?? 0,
    };
  }
  return found;
}
