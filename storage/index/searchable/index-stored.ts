import type { PoolClient } from '../pool.ts';
import type { InstanceRecord } from '../store/instance-record.ts';
import { noteUnreadable } from './index-in-background.ts';
import { searchableAttributesForStoring } from './searchable-attributes.ts';
import { type FindValues, indexValues } from './searchable-values.ts';

/**
 * Indexes `records`, as far as this transaction stored them, by the searchable attributes that there are now. Whoever adds one
 * waits for this transaction to end, or this one reads it. Answers whether there are any.
 */
export async function indexStored(
  client: PoolClient,
  records: readonly InstanceRecord[],
  findValues: FindValues,
): Promise<boolean> {
  const attributes = await searchableAttributesForStoring(client);
  if (attributes.length === 0) return false;
  const metadata = new Map(records.map((record) => [record.blobKey, record.metadata]));
  const { rows } = await client.query<{
    instance_pk: string;
    study_pk: string;
    series_pk: string;
    sop_instance_uid: string;
    blob_key: string;
  }>({
    name: 'stored-instances',
    text: 'SELECT instance_pk, study_pk, series_pk, sop_instance_uid, blob_key FROM instance WHERE blob_key = ANY($1::text[])',
    values: [[...metadata.keys()]],
  });
  // What an earlier object under the same UIDs said.
  await client.query({
    name: 'forget-searchable-values',
    text: 'DELETE FROM searchable_value WHERE instance_pk = ANY($1::bigint[])',
    values: [rows.map(({ instance_pk }) => instance_pk)],
  });
  const instances = rows.map((row) => ({
    instancePk: row.instance_pk,
    studyPk: row.study_pk,
    seriesPk: row.series_pk,
    sopInstanceUID: row.sop_instance_uid,
    metadata: metadata.get(row.blob_key) ?? '{}',
  }));
  await noteUnreadable(client, await indexValues(client, instances, attributes, findValues));
  return true;
}
