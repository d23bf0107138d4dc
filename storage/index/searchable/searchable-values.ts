import type { Level } from '../attributes.ts';
import type { Pool, PoolClient } from '../pool.ts';
import { nameColumns, storable, toDate, toMoment, toOffsetMinutes, toTime } from '../search/column-value.ts';
import { foldText } from '../search/fold-text.ts';
import type { SearchableAttribute } from './searchable-attributes.ts';

/** What an instance says of a searchable attribute. */
export interface FoundValues {
  attribute: SearchableAttribute;
  /** As text; for names, `Alphabetic=Ideographic=Phonetic`. */
  values: readonly string[];
  /** Timezone Offset From UTC of the instance, where it tells it. */
  zone: string | undefined;
  /** DICOM JSON of the element, and of the private creator that belongs to it, by tag; null where that is long. */
  element: string | null;
  /** The element is there, but not as its VR would have it. */
  unreadable: boolean;
}

/** Finds what an instance, given as DICOM JSON text, says of each of `attributes`. */
export type FindValues = (metadata: string, attributes: readonly SearchableAttribute[]) => FoundValues[];

export interface InstanceToIndex {
  instancePk: string;
  studyPk: string;
  seriesPk: string;
  sopInstanceUID: string;
  metadata: string;
}

const MOST_VALUES = 100;

interface ValueRow {
  attributePk: number;
  entityPk: string;
  instancePk: string;
  key: string;
  columns: ValueColumns;
  element: string | null;
}

interface ValueColumns {
  text?: string | null;
  ideographic?: string | null;
  phonetic?: string | null;
  words?: string[] | null;
  number?: number;
  date?: string;
  time?: string;
  moment?: string;
}

/** The columns that a value is found by; undefined where it is none of its kind. */
function valueColumns(
  { kind }: SearchableAttribute,
  text: string,
  zone: string | undefined,
): ValueColumns | undefined {
  switch (kind) {
    case 'name': {
      const [alphabetic, ideographic, phonetic, words] = nameColumns(text) as [
        string | null,
        string | null,
        string | null,
        string[] | null,
      ];
      return { text: alphabetic, ideographic, phonetic, words };
    }
    case 'text':
      return { text: storable(foldText(text)) };
    case 'uid':
    case 'code':
      return { text: storable(text) };
    case 'number': {
      const number = text.trim() === '' ? Number.NaN : Number(text);
      return Number.isFinite(number) ? { number } : undefined;
    }
    case 'date': {
      const date = toDate(text);
      return date === undefined ? undefined : { date };
    }
    case 'time': {
      const time = toTime(text);
      return time === undefined ? undefined : { time };
    }
    case 'moment': {
      const moment = toMoment(text, zone === undefined ? undefined : toOffsetMinutes(zone));
      return moment === undefined ? undefined : { moment };
    }
  }
}

function entityOf({ level }: SearchableAttribute, instance: InstanceToIndex): string {
  if (level === 'study') return instance.studyPk;
  return level === 'series' ? instance.seriesPk : instance.instancePk;
}

/** Instances whose value of an attribute could not be read. */
export type Unreadable = { attributePk: number; sopInstanceUID: string }[];

/** Writes what `instances` say of `attributes`, in the caller's transaction; may be done again. Answers what could not be read. */
export async function indexValues(
  client: PoolClient,
  instances: readonly InstanceToIndex[],
  attributes: readonly SearchableAttribute[],
  findValues: FindValues,
): Promise<Unreadable> {
  const unreadable: Unreadable = [];
  const rows = new Map<string, ValueRow>();
  for (const instance of instances) {
    for (const found of findInOne(instance, attributes, findValues)) {
      const ofInstance = rowsOf(found, instance);
      if (found.unreadable || ofInstance.unreadable)
        unreadable.push({ attributePk: found.attribute.pk, sopInstanceUID: instance.sopInstanceUID });
      for (const row of ofInstance.rows) {
        const place = `${row.attributePk}/${row.entityPk}/${row.key}`;
        if (!rows.has(place)) rows.set(place, row);
      }
    }
  }
  // One order for all transactions, so that concurrent ones cannot deadlock.
  await insertRows(
    client,
    [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row),
  );
  return unreadable;
}

/** Law 5: what cannot be read of one instance neither keeps it from being stored nor the others from being indexed. */
function findInOne(
  { metadata }: InstanceToIndex,
  attributes: readonly SearchableAttribute[],
  findValues: FindValues,
): FoundValues[] {
  try {
    return findValues(metadata, attributes);
  } catch {
    return attributes.map((attribute) => ({
      attribute,
      values: [],
      zone: undefined,
      element: null,
      unreadable: true,
    }));
  }
}

function rowsOf(
  { attribute, values, zone, element }: FoundValues,
  instance: InstanceToIndex,
): { rows: ValueRow[]; unreadable: boolean } {
  let unreadable = false;
  const rows = values.slice(0, MOST_VALUES).flatMap((text): ValueRow[] => {
    const key = storable(text);
    if (key.trim() === '' || /^=+$/.test(key)) return [];
    const columns = valueColumns(attribute, text, zone);
    if (!columns) unreadable = true;
    if (!columns) return [];
    const entityPk = entityOf(attribute, instance);
    return [{ attributePk: attribute.pk, entityPk, instancePk: instance.instancePk, key, columns, element }];
  });
  return { rows, unreadable };
}

async function insertRows(client: PoolClient, rows: readonly ValueRow[]): Promise<void> {
  if (rows.length === 0) return;
  const of = <T>(pick: (row: ValueRow) => T) => rows.map(pick);
  await client.query({
    name: 'insert-searchable-values',
    text: `INSERT INTO searchable_value (searchable_attribute_pk, entity_pk, value_key, instance_pk, text_value, text_value_ideographic,
        text_value_phonetic, text_value_words, number_value, date_value, time_value, moment_value, element)
      SELECT a, e, k, i, x, xi, xp, CASE WHEN xw IS NOT NULL THEN ARRAY(SELECT json_array_elements_text(xw)) END, n, d, t, m, el
      FROM unnest($1::integer[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::json[], $9::float8[],
        $10::date[], $11::time[], $12::timestamp[], $13::json[]) AS v(a, e, k, i, x, xi, xp, xw, n, d, t, m, el)
      ON CONFLICT (searchable_attribute_pk, entity_pk, value_key) DO NOTHING`,
    values: [
      of((row) => row.attributePk),
      of((row) => row.entityPk),
      of((row) => row.key),
      of((row) => row.instancePk),
      of((row) => row.columns.text ?? null),
      of((row) => row.columns.ideographic ?? null),
      of((row) => row.columns.phonetic ?? null),
      of((row) => (row.columns.words ? JSON.stringify(row.columns.words) : null)),
      of((row) => row.columns.number ?? null),
      of((row) => row.columns.date ?? null),
      of((row) => row.columns.time ?? null),
      of((row) => row.columns.moment ?? null),
      of((row) => row.element),
    ],
  });
}

/** The elements that make rows findable, for answers, by study, series or instance. */
export async function elementsOf(
  pool: Pick<Pool, 'query'>,
  attributePks: readonly number[],
  entityPks: readonly string[],
): Promise<{ level: Level; entityPk: string; element: unknown }[]> {
  const { rows } = await pool.query<{ level: Level; entity_pk: string; element: unknown }>(
    `SELECT DISTINCT ON (searchable_attribute_pk, entity_pk) level, entity_pk, element
      FROM searchable_value JOIN searchable_attribute USING (searchable_attribute_pk)
      WHERE searchable_attribute_pk = ANY($1::integer[]) AND entity_pk = ANY($2::bigint[]) AND element IS NOT NULL
      ORDER BY searchable_attribute_pk, entity_pk, searchable_value.instance_pk`,
    [attributePks, entityPks],
  );
  return rows.map(({ level, entity_pk, element }) => ({ level, entityPk: entity_pk, element }));
}
