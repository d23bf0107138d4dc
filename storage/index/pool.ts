import pg from 'pg';

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

/** The text that node-postgres needs for `location`; the schema comes first on the search path, extensions lie in `public`. */
function clientConfig(location: DatabaseLocation): pg.ClientConfig {
  const config: pg.ClientConfig = {
    ...location.connection,
    application_name: 'isocenter',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  };
  if (location.schema) config.options = `-c search_path=${location.schema},public`;
  return config;
}

/** Opens at most `size` connections, as they are needed. Lost idle connections are reported and replaced. */
export function createPool(location: DatabaseLocation, size: number, onError: (error: Error) => void): Pool {
  const pool = new pg.Pool({ ...clientConfig(location), max: size, idleTimeoutMillis: 60_000 });
  pool.on('error', onError);
  return pool;
}

/** Runs `work` in one transaction on one connection; rolls back when it throws. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
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
