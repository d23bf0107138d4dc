import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../../storage/index/embedded-postgres/embedded-postgres.ts';

/** A PostgreSQL for tests to share; each test works in a schema of its own. */
export interface TestPostgres {
  url: string;
  /** Such as `PostgreSQL 18.4 (embedded, from npm)`. */
  description: string;
  stop(): Promise<void>;
}

/** The PostgreSQL that ISOCENTER_DATABASE_URL names, or else a fresh embedded one (without fsync) in the temporary folder. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const given = process.env.ISOCENTER_DATABASE_URL;
  if (given) {
    const version = await serverVersion(given);
    return {
      url: given,
      description: `PostgreSQL ${version} (given by ISOCENTER_DATABASE_URL)`,
      stop: async () => {},
    };
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'isocenter-test-'));
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false });
  const version = await serverVersion(postgres.connectionString);
  return {
    url: postgres.connectionString,
    description: `PostgreSQL ${version} (embedded, from npm)`,
    stop: async () => {
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function serverVersion(url: string): Promise<string> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version ?? 'of unknown version';
  });
}

/** A name no other test uses. The schema itself is made by the migrations. */
export function freshSchemaName(): string {
  return `test_${process.pid}_${randomBytes(4).toString('hex')}`;
}

/** Removes the schema and all in it. */
export async function dropSchema(url: string, schema: string): Promise<void> {
  await withClient(url, (client) =>
    client.query(`DROP SCHEMA IF EXISTS ${client.escapeIdentifier(schema)} CASCADE`),
  );
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
