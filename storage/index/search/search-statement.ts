import type { Level } from '../attributes.ts';
import { conditionsOf } from './match.ts';
import type { Condition, Matching } from './matching.ts';
import type { SearchRequest } from './search-request.ts';
import { Parameters } from './sql-parameters.ts';

export interface SearchStatement {
  text: string;
  values: unknown[];
}

/** As many matches as are counted, unless all are to be. */
export const COUNTED_AT_MOST = 1_000;
const LEVELS: readonly Level[] = ['study', 'series', 'instance'];

const DEFAULT_ORDERS: Record<Level, readonly { key: string; direction: string }[]> = {
  study: [
    { key: 'study.study_date', direction: 'DESC NULLS LAST' },
    { key: 'study.study_time', direction: 'DESC NULLS LAST' },
    { key: 'study.study_pk', direction: 'DESC' },
  ],
  series: [
    { key: 'series.study_pk', direction: 'DESC' },
    { key: 'series.series_number', direction: 'NULLS LAST' },
    { key: 'series.series_pk', direction: '' },
  ],
  instance: [
    { key: 'instance.series_pk', direction: '' },
    { key: 'instance.instance_number', direction: 'NULLS LAST' },
    { key: 'instance.instance_pk', direction: '' },
  ],
};

const STUDY_COLUMNS = `, study.study_instance_uid, array_to_string(study.modalities_in_study, '\\') AS modalities_in_study,
  study.number_of_study_related_series, study.number_of_study_related_instances`;
const REST_OF_STUDY = `, study.sop_classes_in_study, study.study_status_id`;
const PATIENT_COUNTS = `, (SELECT json_build_object('studies', count(*), 'series', sum(number_of_study_related_series),
    'instances', sum(number_of_study_related_instances)) FROM study AS same WHERE same.patient_pk = study.patient_pk) AS patient_counts`;
const SERIES_COLUMNS = `, series.series_instance_uid, series.number_of_series_related_instances`;
const INSTANCE_COLUMNS = `, instance.sop_instance_uid, instance.attributes::text AS instance_attributes`;
const REST_OF_INSTANCE = `, instance.transfer_syntax_uid, instance.metadata_length`;

/** As many matches as `fewStatement` puts in order; its total is larger where there are more. */
export const MOST_FEW = 1_000;

interface Parts {
  parameters: Parameters;
  matching: string;
  keys: string;
  /** The same order, by the keys themselves and by their names. */
  inOrder: string;
  ordered: string;
  limit: string;
  offset: string;
}

function partsOf(request: SearchRequest): Parts {
  const { level } = request;
  const parameters = new Parameters();
  const where = whereOf(request, parameters);
  const order = orderOf(request);
  const keys = [...order.map(({ key }, i) => `${key} AS o${i}`), `${level}.${level}_pk AS pk`].join(', ');
  return {
    parameters,
    matching: `FROM ${sourceOf(level, `${where} ${keys}`)} WHERE ${where}`,
    keys,
    inOrder: order.map(({ key, direction }) => `${key} ${direction}`).join(', '),
    ordered: order.map(({ direction }, i) => `o${i} ${direction}`).join(', '),
    limit: `${parameters.bind(request.limit + 1)}::bigint`,
    offset: `${parameters.bind(request.offset)}::bigint`,
  };
}

/**
 * Finds by the indexes of what is asked for, then puts in order: what is asked for is nearly always rare, and PostgreSQL, which
 * can't know how rare conditions are together, might go through the whole archive in the order of the answer in search of the last
 * match. Undefined where the order leads to the matches by itself. Where more than `MOST_FEW` match, its rows are any of them.
 *
 * Rows come with the `total`. `study_attributes` and `series_attributes` are null where the row before is of the same study or
 * series.
 */
export function fewStatement(request: SearchRequest): SearchStatement | undefined {
  if (isInOrder(request)) return undefined;
  const { parameters, matching, keys, ordered, limit, offset } = partsOf(request);
  const { columns, tables } = columnsOf(request, ordered);
  return {
    text: `SELECT page.total${columns} FROM (
        SELECT *, count(*) OVER () AS total FROM (SELECT ${keys} ${matching} LIMIT ${MOST_FEW + 1}) AS found
        ORDER BY ${ordered} LIMIT ${limit} OFFSET ${offset}) AS page
      JOIN ${tables} ORDER BY ${ordered}`,
    values: parameters.values,
  };
}

/**
 * As `fewStatement`, but goes through the rows in the order of the answer until it has met enough. Only the row after the last of the
 * page, where there is one, may have a `total`, that of `countStatement`, where it `counts`.
 */
export function orderedStatement(request: SearchRequest, counts = true): SearchStatement {
  const { parameters, matching, keys, inOrder, ordered, limit, offset } = partsOf(request);
  const { columns, tables } = columnsOf(request, ordered);
  if (isSeldomFull(request))
    return {
      text: `SELECT NULL AS total${columns} ${matching} ORDER BY ${inOrder} LIMIT ${limit} OFFSET ${offset}`,
      values: parameters.values,
    };
  const counted = `(SELECT count(*) FROM (SELECT 1 ${matching} LIMIT ${mostCounted(request)}) AS counted)`;
  const total = counts ? `CASE WHEN page.nth = ${limit} THEN ${counted} END` : 'NULL';
  const nth = counts ? `row_number() OVER (ORDER BY ${ordered})` : 'NULL';
  return {
    text: `SELECT ${total} AS total${columns} FROM (
        SELECT *, ${nth} AS nth
        FROM (SELECT ${keys} ${matching} ORDER BY ${ordered} LIMIT ${limit} OFFSET ${offset}) AS found) AS page
      JOIN ${tables} ORDER BY ${ordered}`,
    values: parameters.values,
  };
}

/** What follows such a page is counted only where there is something. */
function isSeldomFull(request: SearchRequest): boolean {
  const { level, offset, limit } = request;
  return (
    offset === 0 && limit >= COUNTED_AT_MOST && !LEVELS.some((one) => one !== level && isTold(request, one))
  );
}

/** Counts what matches, up to `COUNTED_AT_MOST` unless all are to be counted, as `total`. */
export function countStatement(request: SearchRequest): SearchStatement {
  const parameters = new Parameters();
  const where = whereOf(request, parameters);
  return {
    text: `SELECT count(*) AS total FROM (SELECT 1 FROM ${sourceOf(request.level, where)} WHERE ${where} LIMIT ${mostCounted(request)}) AS counted`,
    values: parameters.values,
  };
}

function mostCounted({ countAll }: SearchRequest): string {
  return countAll ? 'ALL' : String(COUNTED_AT_MOST);
}

/** The tables that `sql` looks at, from `level` upwards. */
function sourceOf(level: Level, sql: string): string {
  const joined = LEVELS.slice(0, LEVELS.indexOf(level)).filter((above) => sql.includes(`${above}.`));
  return [
    level,
    ...joined.map((above) => `JOIN ${above} ON ${above}.${above}_pk = ${level}.${above}_pk`),
  ].join(' ');
}

/** What is told of the rows of `page`, and where it stands. */
function columnsOf(request: SearchRequest, ordered: string): { columns: string; tables: string } {
  const { level, withPatientCounts, withElementsOf = [], withAll = true } = request;
  const levels = LEVELS.slice(0, LEVELS.indexOf(level) + 1);
  const told = levels.filter((one) => isTold(request, one));
  const first = (pk: string) => `lag(${pk}) OVER (ORDER BY ${ordered}) IS DISTINCT FROM ${pk}`;
  const said = (of: Level) => {
    const text =
      level === of
        ? `${of}.attributes::text`
        : `CASE WHEN ${first(`${level}.${of}_pk`)} THEN ${of}.attributes::text END`;
    return `, ${text} AS ${of}_attributes`;
  };
  const known = withAll || withElementsOf.length > 0 ? levels : told.filter((one) => one !== 'instance');
  let columns = known.map((one) => `, ${level}.${one}_pk`).join('');
  if (told.includes('study')) {
    columns += STUDY_COLUMNS + said('study');
    if (withAll) columns += REST_OF_STUDY;
    if (withPatientCounts) columns += PATIENT_COUNTS;
  }
  if (told.includes('series')) columns += SERIES_COLUMNS + said('series');
  if (level === 'instance') columns += INSTANCE_COLUMNS + (withAll ? REST_OF_INSTANCE : '');
  const above = told.filter((one) => one !== level);
  const tables = [
    `${level} ON ${level}.${level}_pk = page.pk`,
    ...above.map((one) => `${one} ON ${one}.${one}_pk = ${level}.${one}_pk`),
  ].join(' JOIN ');
  return { columns, tables };
}

/** Whether answers are to have what is stored of `one` of the levels. */
function isTold({ level, attributesOf }: SearchRequest, one: Level): boolean {
  if (LEVELS.indexOf(one) > LEVELS.indexOf(level)) return false;
  return one === level || attributesOf === undefined || attributesOf.includes(one);
}

/** Whether going through the rows in the order of the answer meets what matches at once. */
function isInOrder({ level, matches, orderBy, zoneMinutes }: SearchRequest): boolean {
  if (matches.length === 0) return true;
  return (
    level === 'study' &&
    orderBy.length === 0 &&
    zoneMinutes === undefined &&
    matches.every(({ attribute, matching }) => attribute.keyword === 'StudyDate' && isOneRange(matching))
  );
}

function whereOf(request: SearchRequest, parameters: Parameters): string {
  const conditions = scopeOf(request, parameters);
  const depth = LEVELS.indexOf(request.level);
  const below: Condition[] = [];
  for (const condition of conditionsOf(request.matches, parameters, request.zoneMinutes)) {
    if (LEVELS.indexOf(condition.level) <= depth) conditions.push(condition.sql);
    else below.push(condition);
  }
  if (below.length > 0) conditions.push(conditionBelow(request.level, below));
  return conditions.join(' AND ') || 'true';
}

/** A key that is looked up once, so that what lies below is found by it and by nothing else. */
function scopeOf(
  { level, studyInstanceUID, seriesInstanceUID }: SearchRequest,
  parameters: Parameters,
): string[] {
  if (!studyInstanceUID) return [];
  const ofStudy = `named.study_instance_uid = ${parameters.bind(studyInstanceUID)}`;
  if (!seriesInstanceUID)
    return [`${level}.study_pk = (SELECT study_pk FROM study AS named WHERE ${ofStudy})`];
  return [
    `${level}.series_pk = (SELECT series_pk FROM series AS inside JOIN study AS named USING (study_pk)
      WHERE ${ofStudy} AND inside.series_instance_uid = ${parameters.bind(seriesInstanceUID)})`,
  ];
}

function isOneRange(matching: Matching): boolean {
  return matching.kind === 'range' || (matching.kind === 'any-of' && matching.values.length === 1);
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

function orderOf({ level, orderBy }: SearchRequest): { key: string; direction: string }[] {
  const wanted = orderBy.map(({ attribute, descending }) => ({
    key: `${attribute.level}.${attribute.column}`,
    direction: `${descending ? 'DESC' : 'ASC'} NULLS LAST`,
  }));
  // Sorting by the same again changes nothing.
  const all = [...wanted, ...DEFAULT_ORDERS[level]];
  const seen = new Set<string>();
  return all.filter(({ key }) => !seen.has(key) && seen.add(key));
}
