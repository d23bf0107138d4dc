import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestObjectStore } from './minio.ts';
import { type RealServer, startRealServer } from './real-server.ts';

/** Servers, each of processes and with a data folder of its own, over one PostgreSQL and one S3 store: as behind a load balancer. */
export interface SeveralServers {
  servers: RealServer[];
  /** URL of the database that they share. */
  databaseUrl: string;
  /** Starts one more, or, with `index` (from 0), that one again with its old data folder. */
  start(index?: number): Promise<RealServer>;
  /** Stops those that run, and removes the database. */
  stop(): Promise<void>;
}

export interface SeveralServersOptions {
  databaseUrl: string;
  objectStore: TestObjectStore;
  /** Processes that answer, of each server. */
  workers: readonly number[];
  /** Settings of all of them. */
  settings?: Readonly<Record<string, string>>;
}

/** Starts as many servers as `workers` has entries, one after the other, over a fresh database and a fresh bucket. */
export async function startSeveralServers(options: SeveralServersOptions): Promise<SeveralServers> {
  const name = `isocenter-several-${process.pid}-${randomBytes(4).toString('hex')}`;
  await asked(options.databaseUrl, `CREATE DATABASE "${name}"`);
  const databaseUrl = withDatabase(options.databaseUrl, name);
  const folder = await mkdtemp(join(tmpdir(), 'isocenter-several-'));
  const { objectStore } = options;
  const settings = {
    ISOCENTER_DATABASE_URL: databaseUrl,
    ISOCENTER_S3_ENDPOINT: objectStore.endpoint,
    ISOCENTER_S3_BUCKET: name,
    ISOCENTER_S3_REGION: objectStore.region,
    ISOCENTER_S3_ACCESS_KEY: objectStore.accessKey,
    ISOCENTER_S3_SECRET_KEY: objectStore.secretKey,
    ...options.settings,
  };
  const servers: RealServer[] = [];
  const start = async (index = servers.length) => {
    const dataDir = join(folder, `server-${index}`);
    const server = await startRealServer({ dataDir, workers: options.workers[index] ?? 1, settings });
    servers[index] = server;
    return server;
  };
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await asked(options.databaseUrl, `DROP DATABASE "${name}" WITH (FORCE)`);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    while (servers.length < options.workers.length) await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { servers, databaseUrl, start, stop };
}

function withDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

async function asked(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
