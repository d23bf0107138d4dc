import type { Pool, PoolClient } from '../pool.ts';
import { toColumns } from '../search/column-value.ts';
import { bytesOf, jsonColumn } from './array-columns.ts';
import { firstValue, type InstanceRecord, patientIdentity } from './instance-record.ts';
import { whatIsSaid } from './said.ts';

/**
 * Stores, in one statement, those of `records` whose study and series are there and that say nothing new of them, and that are no
 * duplicates: nearly all that a modality sends. Answers them; the others are for `insertInstances`. Where there are searchable
 * attributes none is stored, unless `indexesSearchable` promises that the caller indexes them in the same transaction.
 */
export async function insertKnown<T extends InstanceRecord>(
  db: Pool | PoolClient,
  records: readonly T[],
  indexesSearchable: boolean,
): Promise<Set<T>> {
  const first = (keyword: string) => records.map((record) => firstValue(record, keyword));
  const column = (kind: 'integer' | 'date' | 'time' | 'uid' | 'code', keyword: string) =>
    records.map((record) => toColumns(kind, record.values[keyword] ?? [])[0] ?? null);
  const { rows } = await db.query<{ stored: string[] }>({
    name: 'store-what-says-nothing-new',
    text: `SELECT store_what_says_nothing_new(${Array.from({ length: 21 }, (_, i) => `$${i + 1}`).join(', ')}) AS stored`,
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
    ],
  });
  const stored = new Set(rows[0]?.stored);
  return new Set(records.filter(({ blobKey }) => stored.has(blobKey)));
}
