import pg from 'pg';
import { translateIndexError } from './index-errors.ts';

export type Pool = pg.Pool;
export type PoolClient = pg.PoolClient;

/** A PostgreSQL and the schema in it that is ours. */
export interface DatabaseLocation {
  /** URL, or the folder of a unix socket. */
  connection: { connectionString: string } | { host: string; port?: number; user: string; database: string };
  /** Undefined: the server's default (`public`). */
  schema?: string | undefined;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** A search that takes longer is too broad (PS3.18 Table 10.6.3-1): it must not hold up others. */
const LONGEST_SEARCH_MS = 30_000;

/**
 * Connections for searches: as `createPool`, but statements end after `longestMs`, and go through a whole table only where no index
 * serves them. What `searchStatement` asks for is bounded where an index is used, whatever PostgreSQL expects.
 */
export function createSearchPool(
  location: DatabaseLocation,
  size: number,
  onError: (error: Error) => void,
  longestMs = LONGEST_SEARCH_MS,
): Pool {
  const options = `-c statement_timeout=${longestMs} -c enable_seqscan=off`;
  return openPool({ ...clientConfig(location, options), max: size, idleTimeoutMillis: 60_000 }, onError);
}

/** The text that node-postgres needs for `location`; the schema comes first on the search path, extensions lie in `public`. */
function clientConfig(location: DatabaseLocation, options = ''): pg.ClientConfig {
  const config: pg.ClientConfig = {
    ...location.connection,
    application_name: 'isocenter',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  };
  const path = location.schema ? `-c search_path=${location.schema},public` : '';
  if (path || options) config.options = `${path} ${options}`.trim();
  return config;
}

/**
 * Opens at most `size` connections, as they are needed. Lost idle connections are reported and replaced. Queries of a database
 * that does not answer throw an `IndexUnavailableError`.
 */
export function createPool(location: DatabaseLocation, size: number, onError: (error: Error) => void): Pool {
  return openPool({ ...clientConfig(location), max: size, idleTimeoutMillis: 60_000 }, onError);
}

function openPool(config: pg.PoolConfig, onError: (error: Error) => void): Pool {
  const pool = new pg.Pool(config);
  pool.on('error', onError);
  // The pool listens to idle connections only: one that is lost between two queries of a transaction would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const query = pool.query.bind(pool) as (...parameters: unknown[]) => Promise<unknown>;
  pool.query = (async (...parameters: unknown[]) => {
    try {
      return await query(...parameters);
    } catch (error) {
      throw translateIndexError(error);
    }
  }) as typeof pool.query;
  return pool;
}

/** A connection of its own, to the same database as `pool`, for what holds one for long. Whoever asks for it ends it. */
export async function connectApart(pool: Pool): Promise<pg.Client> {
  const client = new pg.Client(pool.options);
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw translateIndexError(error);
  }
}

/** Runs `work` in one transaction on one connection; rolls back when it throws. Names faults as queries of the pool do. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  try {
    return await runTransaction(pool, work);
  } catch (error) {
    throw translateIndexError(error);
  }
}

async function runTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
