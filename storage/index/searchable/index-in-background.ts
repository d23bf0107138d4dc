import { inTransaction, type Pool, type PoolClient } from '../pool.ts';
import { nameTokens } from '../search/name-words.ts';
import { listSearchableAttributes, type SearchableAttribute } from './searchable-attributes.ts';
import { type FindValues, type InstanceToIndex, indexValues, type Unreadable } from './searchable-values.ts';

const MOST_INSTANCES = 200;
const MOST_METADATA_CHARACTERS = 8 * 1024 * 1024;
const MOST_ROWS = 1000;
const MOST_SAMPLES = 10;

/**
 * Does the next piece of what is to be indexed in the background, in a transaction of its own, so that whoever comes after a crash
 * goes on from there. One process at a time. Answers false when nothing is left.
 */
export async function indexNextPiece(pool: Pool, findValues: FindValues): Promise<boolean> {
  const attributes = await listSearchableAttributes(pool);
  const removing = attributes.find(({ state }) => state === 'removing');
  if (removing) {
    await removeSome(pool, removing.pk);
    return true;
  }
  if (attributes.length > 0 && (await refreshOne(pool, attributes, findValues))) return true;
  const indexing = attributes.filter(({ state }) => state === 'indexing');
  if (indexing.length > 0) {
    await indexSome(pool, indexing, findValues);
    return true;
  }
  return addNameWords(pool);
}

/** Notes what stopped the job, for whoever asks how it goes. */
export async function noteIndexingError(pool: Pool, message: string): Promise<void> {
  await pool.query("UPDATE searchable_attribute SET last_error = $1 WHERE state = 'indexing'", [
    message.slice(0, 500),
  ]);
}

async function removeSome(pool: Pool, pk: number): Promise<void> {
  const { rowCount } = await pool.query(
    `DELETE FROM searchable_value WHERE (searchable_attribute_pk, entity_pk, value_key) IN (
      SELECT searchable_attribute_pk, entity_pk, value_key FROM searchable_value WHERE searchable_attribute_pk = $1 LIMIT ${MOST_ROWS})`,
    [pk],
  );
  if (rowCount === 0)
    await pool.query('DELETE FROM searchable_attribute WHERE searchable_attribute_pk = $1', [pk]);
}

/** Attributes that were added one after the other are indexed together, from where the last of them stands. */
async function indexSome(
  pool: Pool,
  attributes: readonly SearchableAttribute[],
  findValues: FindValues,
): Promise<void> {
  const pks = attributes.map(({ pk }) => pk);
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ done: string; last: string }>(
      'SELECT min(indexed_to) AS done, max(to_index_to) AS last FROM searchable_attribute WHERE searchable_attribute_pk = ANY($1::integer[])',
      [pks],
    );
    const { done = '0', last = '0' } = rows[0] ?? {};
    const instances = await instancesAfter(client, done, last);
    const unreadable = await indexValues(client, instances, attributes, findValues);
    const indexedTo = instances.at(-1)?.instancePk ?? last;
    await client.query(
      `UPDATE searchable_attribute SET last_error = NULL,
          indexed_instances = indexed_instances + (SELECT count(*) FROM unnest($3::bigint[]) AS i(pk) WHERE pk > indexed_to AND pk <= to_index_to),
          indexed_to = GREATEST(indexed_to, $2::bigint),
          state = CASE WHEN state = 'indexing' AND $2::bigint >= to_index_to THEN 'ready' ELSE state END
        WHERE searchable_attribute_pk = ANY($1::integer[])`,
      [pks, indexedTo, instances.map(({ instancePk }) => instancePk)],
    );
    await noteUnreadable(client, unreadable);
  });
}

/** A study or series whose value was said by an instance that is gone: others of it may say it too. */
async function refreshOne(
  pool: Pool,
  attributes: readonly SearchableAttribute[],
  findValues: FindValues,
): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ pk: number; entity_pk: string; indexed_to: string }>(
      'SELECT searchable_attribute_pk AS pk, entity_pk, indexed_to FROM searchable_refresh LIMIT 1 FOR UPDATE',
    );
    const [row] = rows;
    if (!row) return false;
    const attribute = attributes.find(({ pk }) => pk === row.pk);
    const ofEntity = attribute?.level === 'study' ? 'study_pk' : 'series_pk';
    const instances = attribute
      ? await instancesAfter(client, row.indexed_to, LAST_PK, { column: ofEntity, pk: row.entity_pk })
      : [];
    if (attribute) await indexValues(client, instances, [attribute], findValues);
    const last = instances.at(-1);
    await client.query(
      last
        ? 'UPDATE searchable_refresh SET indexed_to = $3 WHERE searchable_attribute_pk = $1 AND entity_pk = $2'
        : 'DELETE FROM searchable_refresh WHERE searchable_attribute_pk = $1 AND entity_pk = $2 AND $3::bigint IS NULL',
      [row.pk, row.entity_pk, last?.instancePk ?? null],
    );
    return true;
  });
}

/** The largest bigint. */
const LAST_PK = '9223372036854775807';

/** A piece of the instances after `done`, up to `last`; of one study or series, where that is given. */
async function instancesAfter(
  client: PoolClient,
  done: string,
  last: string,
  of?: { column: 'study_pk' | 'series_pk'; pk: string },
): Promise<InstanceToIndex[]> {
  const { rows } = await client.query<{
    instance_pk: string;
    study_pk: string;
    series_pk: string;
    sop_instance_uid: string;
    metadata: string;
  }>(
    `SELECT instance_pk, study_pk, series_pk, sop_instance_uid, metadata FROM instance WHERE instance_pk IN (
        SELECT instance_pk FROM (
          SELECT instance_pk, sum(metadata_length) OVER (ORDER BY instance_pk) - metadata_length AS before FROM (
            SELECT instance_pk, metadata_length FROM instance WHERE instance_pk > $1 AND instance_pk <= $2${of ? ` AND ${of.column} = $3` : ''}
            ORDER BY instance_pk LIMIT ${MOST_INSTANCES}) AS next) AS summed
        WHERE before < ${MOST_METADATA_CHARACTERS})
      ORDER BY instance_pk`,
    of ? [done, last, of.pk] : [done, last],
  );
  return rows.map((row) => ({
    instancePk: row.instance_pk,
    studyPk: row.study_pk,
    seriesPk: row.series_pk,
    sopInstanceUID: row.sop_instance_uid,
    metadata: row.metadata,
  }));
}

/** Counts the instances whose value could not be read, and keeps the UIDs of a few. */
export async function noteUnreadable(client: PoolClient, unreadable: Unreadable): Promise<void> {
  for (const pk of new Set(unreadable.map(({ attributePk }) => attributePk))) {
    const uids = unreadable
      .filter(({ attributePk }) => attributePk === pk)
      .map(({ sopInstanceUID }) => sopInstanceUID);
    await client.query(
      `UPDATE searchable_attribute SET unreadable_instances = unreadable_instances + $2,
        unreadable_samples = (unreadable_samples || $3::text[])[1:${MOST_SAMPLES}] WHERE searchable_attribute_pk = $1`,
      [pk, uids.length, uids.slice(0, MOST_SAMPLES)],
    );
  }
}

interface NamedRow {
  pk: string;
  names: (string | null)[][];
}

/** Names that were stored before fuzzy matching was: PostgreSQL cannot tell how a word sounds. */
async function addNameWords(pool: Pool): Promise<boolean> {
  const studies = await addWordsOf(pool, 'study', ['patient_name', 'referring_physician_name']);
  return (await addWordsOf(pool, 'series', ['performing_physician_name'])) || studies;
}

async function addWordsOf(pool: Pool, table: 'study' | 'series', columns: string[]): Promise<boolean> {
  const groups = (column: string) => `${column}, ${column}_ideographic, ${column}_phonetic`;
  // Word for word the condition of the partial index.
  const wordless = columns
    .map((column) => `(${column}_words IS NULL AND COALESCE(${groups(column)}) IS NOT NULL)`)
    .join(' OR ');
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<NamedRow>(
      `SELECT ${table}_pk AS pk, json_build_array(${columns.map((column) => `json_build_array(${groups(column)})`).join(', ')}) AS names
        FROM ${table} WHERE ${wordless} ORDER BY ${table}_pk LIMIT ${MOST_ROWS} FOR UPDATE`,
    );
    if (rows.length === 0) return false;
    const words = columns.map((_, i) => rows.map(({ names }) => JSON.stringify(tokensOf(names[i] ?? []))));
    const sets = columns.map(
      (column, i) => `${column}_words = ARRAY(SELECT json_array_elements_text(w${i}))`,
    );
    await client.query(
      `UPDATE ${table} SET ${sets.join(', ')} FROM unnest($1::bigint[], ${columns.map((_, i) => `$${i + 2}::json[]`).join(', ')})
        AS t(pk, ${columns.map((_, i) => `w${i}`).join(', ')}) WHERE ${table}_pk = t.pk`,
      [rows.map(({ pk }) => pk), ...words],
    );
    return true;
  });
}

function tokensOf(groups: readonly (string | null)[]): string[] {
  return nameTokens(groups.flatMap((group) => group ?? []));
}
