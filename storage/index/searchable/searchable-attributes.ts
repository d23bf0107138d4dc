import type { ColumnKind, Level } from '../attributes.ts';
import { IndexError } from '../index-errors.ts';
import { inTransaction, type Pool, type PoolClient } from '../pool.ts';

/** The attributes that an administrator makes searchable, beside those of attributes.ts. */
export interface SearchableAttribute extends NewSearchableAttribute {
  pk: number;
  state: 'indexing' | 'ready' | 'removing';
  /** How many of the instances that were there at the beginning the background job has looked at. */
  indexedInstances: number;
  totalInstances: number;
  /** Instances whose value does not fit the VR; and a few of their SOP Instance UIDs. */
  unreadableInstances: number;
  unreadableSamples: string[];
  /** What last stopped the job, which goes on by itself; null when nothing did. */
  lastError: string | null;
  createdAt: Date;
}

export interface NewSearchableAttribute {
  /** Tags from the data set's root; private ones with 10 for their block. */
  path: readonly [string, ...string[]];
  /** Empty for standard attributes. */
  privateCreator: string;
  /** What errors call it: its keyword, its keywords joined by dots, or its tags. */
  keyword: string;
  vr: string;
  level: Level;
  kind: Exclude<ColumnKind, 'codes' | 'integer'> | 'number' | 'moment';
}

export const MOST_SEARCHABLE_ATTRIBUTES = 128;

/** The attribute is there already, or there are as many as there may be. */
export class SearchableAttributeConflictError extends IndexError {
  constructor(message: string) {
    super('CONFLICT', message);
  }
}

/**
 * Advisory lock that whoever stores shares and whoever changes the list takes alone: a transaction that stores has ended before
 * the list changes, or reads the list as it is afterwards. So the background job, which begins later, misses no instance.
 */
const LIST_LOCK = 7_224_006;

const COLUMNS = `searchable_attribute_pk AS pk, path, private_creator, keyword, vr, kind, level, state, indexed_instances, total_instances,
  unreadable_instances, unreadable_samples, last_error, created_at`;

interface SqlRow {
  pk: number;
  path: string;
  private_creator: string;
  keyword: string;
  vr: string;
  kind: SearchableAttribute['kind'];
  level: Level;
  state: SearchableAttribute['state'];
  indexed_instances: string;
  total_instances: string;
  unreadable_instances: string;
  unreadable_samples: string[];
  last_error: string | null;
  created_at: Date;
}

function toAttribute(row: SqlRow): SearchableAttribute {
  const [first = '', ...rest] = row.path.split('.');
  return {
    pk: row.pk,
    path: [first, ...rest],
    privateCreator: row.private_creator,
    keyword: row.keyword,
    vr: row.vr,
    kind: row.kind,
    level: row.level,
    state: row.state,
    indexedInstances: Number(row.indexed_instances),
    totalInstances: Number(row.total_instances),
    unreadableInstances: Number(row.unreadable_instances),
    unreadableSamples: row.unreadable_samples,
    lastError: row.last_error,
    createdAt: row.created_at,
  };
}

/** All, also those being removed, in the order of adding. */
export async function listSearchableAttributes(
  queryable: Pick<Pool | PoolClient, 'query'>,
): Promise<SearchableAttribute[]> {
  const { rows } = await queryable.query<SqlRow>({
    name: 'list-searchable-attributes',
    text: `SELECT ${COLUMNS} FROM searchable_attribute ORDER BY searchable_attribute_pk`,
  });
  return rows.map(toAttribute);
}

/** Those that instances of this transaction must be indexed by; holds off changes of the list until the transaction ends. */
export async function searchableAttributesForStoring(client: PoolClient): Promise<SearchableAttribute[]> {
  await client.query({
    name: 'share-searchable-attributes',
    text: 'SELECT pg_advisory_xact_lock_shared($1)',
    values: [LIST_LOCK],
  });
  return (await listSearchableAttributes(client)).filter(({ state }) => state !== 'removing');
}

/** Adds an attribute, which the background job then indexes. Throws a `SearchableAttributeConflictError`. */
export async function addSearchableAttribute(
  pool: Pool,
  { path, privateCreator, keyword, vr, kind, level }: NewSearchableAttribute,
): Promise<SearchableAttribute> {
  return inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LIST_LOCK]);
    const listed = await listSearchableAttributes(client);
    const same = listed.find(
      (one) => one.path.join('.') === path.join('.') && one.privateCreator === privateCreator,
    );
    if (same) {
      const still = same.state === 'removing' ? 'still being removed' : 'searchable already';
      throw new SearchableAttributeConflictError(`${keyword} is ${still}`);
    }
    if (listed.length >= MOST_SEARCHABLE_ATTRIBUTES)
      throw new SearchableAttributeConflictError(
        `there are ${MOST_SEARCHABLE_ATTRIBUTES} searchable attributes, which is the most there can be`,
      );
    const { rows } = await client.query<SqlRow>(
      `INSERT INTO searchable_attribute (path, private_creator, keyword, vr, kind, level, to_index_to, total_instances)
        SELECT $1, $2, $3, $4, $5, $6, (SELECT COALESCE(max(instance_pk), 0) FROM instance),
          COALESCE(sum(number_of_study_related_instances), 0) FROM study RETURNING ${COLUMNS}`,
      [path.join('.'), privateCreator, keyword, vr, kind, level],
    );
    const [row] = rows;
    if (!row) throw new Error('an inserted row was not returned');
    return toAttribute(row);
  });
}

/** From now on nobody searches by it; its values go in the background. False where there is none. */
export async function markForRemoval(pool: Pool, pk: number): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LIST_LOCK]);
    const { rowCount } = await client.query(
      "UPDATE searchable_attribute SET state = 'removing' WHERE searchable_attribute_pk = $1 AND state <> 'removing'",
      [pk],
    );
    return rowCount === 1;
  });
}
