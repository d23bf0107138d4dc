import { fileURLToPath } from 'node:url';
import type { Pool } from './pool.ts';

const MIGRATIONS_FOLDER = fileURLToPath(new URL('./migrations', import.meta.url));

/**
 * Brings the database to this version's schema; answers the names of the migrations it ran. Processes that start at the
 * same moment wait for each other.
 */
export async function migrate(pool: Pool, schema = 'public'): Promise<string[]> {
  // Loaded for the moment it is needed: it takes 24 MB of memory.
  const { runner } = await import('node-pg-migrate');
  const client = await pool.connect();
  try {
    const ran = await runner({
      dbClient: client,
      dir: `${MIGRATIONS_FOLDER}/*.sql`,
      useGlob: true,
      direction: 'up',
      migrationsTable: 'migration',
      schema: schema === 'public' ? schema : [schema, 'public'],
      migrationsSchema: schema,
      createSchema: true,
      createMigrationsSchema: true,
      advisoryLockMode: 'wait',
      verbose: false,
      log: () => undefined,
    });
    return ran.map(({ name }) => name);
  } finally {
    client.release();
  }
}
