import type { Pool, PoolClient } from '../pool.ts';
import { toColumns } from '../search/column-value.ts';
import { bytesOf, jsonColumn } from './array-columns.ts';
import { instanceKey } from './distinct-records.ts';
import { firstValue, type InstanceRecord, patientIdentity } from './instance-record.ts';
import { newRows } from './new-rows.ts';
import { whatIsSaid } from './said.ts';

export interface AtOnce {
  /** Whether the caller indexes by the searchable attributes, in the same transaction; where it does not and there are any, none is stored. */
  indexesSearchable: boolean;
  /** Whether studies and series that are not there are made; where they all are, saying so would cost for nothing. */
  makesRows: boolean;
}

/**
 * Stores, in one statement, those of `given` that say nothing new of a study and series that were there before, and that are no
 * duplicates: nearly all that a modality sends. Answers them; the others are for `insertInstances`.
 */
export async function insertAtOnce<T extends InstanceRecord>(
  db: Pool | PoolClient,
  given: readonly T[],
  { indexesSearchable, makesRows }: AtOnce,
): Promise<Set<T>> {
  // Of several under the same UIDs each has to be looked at after those before it.
  const times = new Map<string, number>();
  for (const record of given) times.set(instanceKey(record), (times.get(instanceKey(record)) ?? 0) + 1);
  const records = given.filter((record) => times.get(instanceKey(record)) === 1);
  if (records.length === 0) return new Set();
  const first = (keyword: string) => records.map((record) => firstValue(record, keyword));
  const column = (kind: 'integer' | 'date' | 'time' | 'uid' | 'code', keyword: string) =>
    records.map((record) => toColumns(kind, record.values[keyword] ?? [])[0] ?? null);
  const made = makesRows ? newRows(records) : undefined;
  const { rows } = await db.query<{ stored: string[] }>({
    name: 'store-in-one-statement',
    text: `SELECT store_in_one_statement(${Array.from({ length: 23 }, (_, i) => `$${i + 1}`).join(', ')}) AS stored`,
    values: [
      indexesSearchable,
      first('StudyInstanceUID'),
      records.map((record) => whatIsSaid('study', record)),
      first('SeriesInstanceUID'),
      records.map((record) => whatIsSaid('series', record)),
      column('uid', 'SOPInstanceUID'),
      column('uid', 'SOPClassUID'),
      column('integer', 'InstanceNumber'),
      column('date', 'ContentDate'),
      column('time', 'ContentTime'),
      jsonColumn(
        'attributes',
        records.map((record) => record.instanceAttributes),
      ).values,
      records.map((record) => record.transferSyntaxUID),
      records.map((record) => record.metadata),
      records.map((record) => Buffer.byteLength(record.metadata)),
      records.map((record) => bytesOf(record.frameIndex)),
      records.map((record) => record.bulkData),
      records.map((record) => record.blobKey),
      records.map((record) => record.sizeBytes),
      records.map((record) => bytesOf(record.digest)),
      records.map(patientIdentity),
      // Empty: it says none.
      column('code', 'Modality').map((modality) => modality ?? ''),
      made?.studies ?? null,
      made?.series ?? null,
    ],
  });
  const stored = new Set(rows[0]?.stored);
  return new Set(records.filter(({ blobKey }) => stored.has(blobKey)));
}
