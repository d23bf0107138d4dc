import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import {
  INDEXED_ATTRIBUTES,
  type IndexedAttribute,
  indexedAttribute,
  type Level,
} from '../../../storage/index/attributes.ts';
import type { AuditEvent } from '../../../storage/index/audit-events.ts';
import { migrate } from '../../../storage/index/migrate.ts';
import { createPool, type DatabaseLocation, type Pool } from '../../../storage/index/pool.ts';
import type { Matching } from '../../../storage/index/search/matching.ts';
import { type SearchResult, search } from '../../../storage/index/search/search.ts';
import type { InstanceRecord, InstanceStatement } from '../../../storage/index/store/instance-record.ts';
import { testUid } from '../../support/make-instance.ts';
import { dropSchema, freshSchemaName } from '../../support/postgres.ts';

export interface TestIndex {
  pool: Pool;
  location: DatabaseLocation;
  schema: string;
  stop(): Promise<void>;
}

/** A migrated schema of one's own. */
export async function startTestIndex(size = 8): Promise<TestIndex> {
  const databaseUrl = inject('databaseUrl');
  const schema = freshSchemaName();
  const location = { connection: { connectionString: databaseUrl }, schema };
  const pool = createPool(location, size, () => undefined);
  await migrate(pool, schema);
  const stop = async () => {
    await pool.end();
    await dropSchema(databaseUrl, schema);
  };
  return { pool, location, schema, stop };
}

export function attributeNamed(name: string): IndexedAttribute {
  const found = indexedAttribute(name);
  if (!found) throw new Error(`${name} is not indexed`);
  return found;
}

/** A record as the archive makes them: `values` by keyword; the JSON of each level holds what is among its attributes. */
export function makeRecord(
  values: Record<string, string | string[]> = {},
  other: Partial<InstanceRecord> = {},
): InstanceRecord {
  const all: Record<string, string[]> = {
    StudyInstanceUID: [testUid()],
    SeriesInstanceUID: [testUid()],
    SOPInstanceUID: [testUid()],
    SOPClassUID: ['1.2.840.10008.5.1.4.1.1.7'],
    ...Object.fromEntries(Object.entries(values).map(([keyword, value]) => [keyword, [value].flat()])),
  };
  const jsonOf = (level: Level) =>
    JSON.stringify(
      Object.fromEntries(
        INDEXED_ATTRIBUTES.filter(
          (entry) => entry.level === level && entry.path.length === 1 && all[entry.keyword]?.[0],
        ).map(({ keyword, path }) => [path[0], { vr: 'UN', Value: all[keyword] }]),
      ),
    );
  const statement = {
    values: all,
    studyAttributes: jsonOf('study'),
    seriesAttributes: jsonOf('series'),
  };
  return {
    ...statement,
    instanceAttributes: jsonOf('instance'),
    metadata: JSON.stringify(statement),
    transferSyntaxUID: '1.2.840.10008.1.2.1',
    frameIndex: null,
    bulkData: null,
    blobKey: `instances/${randomUUID()}`,
    sizeBytes: 1,
    digest: Uint8Array.of(1, 2, 3),
    ...other,
  };
}

/** What `makeRecord` wrote as metadata. */
export function readTestRecord(metadata: string): InstanceStatement {
  return JSON.parse(metadata);
}

/** All that match, by the attributes' names. */
export function find(pool: Pool, level: Level, matches: Record<string, Matching>): Promise<SearchResult> {
  return search(pool, {
    level,
    matches: Object.entries(matches).map(([name, matching]) => ({
      attribute: attributeNamed(name),
      matching,
    })),
    orderBy: [],
    limit: 1000,
    offset: 0,
  });
}

export function makeAuditEvent(instances: number): AuditEvent {
  return {
    at: new Date(),
    actor: 'tester',
    roles: ['administrator'],
    address: '127.0.0.1',
    transaction: 'Delete',
    method: 'DELETE',
    status: 204,
    studyInstanceUID: null,
    seriesInstanceUID: null,
    sopInstanceUID: null,
    resource: null,
    detail: { instances },
    requestId: null,
  };
}
