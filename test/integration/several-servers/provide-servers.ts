import { afterAll, beforeAll, inject } from 'vitest';
import { buildServer } from '../../support/built-server.ts';
import type { RealServer } from '../../support/real-server.ts';
import { type SeveralServers, startSeveralServers } from '../../support/several-servers.ts';

const objectStore = inject('objectStore');

/** Several servers need an object store that they share: where none can be had, there are no tests of them. */
export const hasObjectStore = objectStore !== null;

/** What the tests of a file share, as long as they run. */
export interface ProvidedServers {
  readonly servers: readonly RealServer[];
  /** Of the database that the servers share. */
  readonly databaseUrl: string;
}

/** Starts as many servers as `workers` has entries before the tests of a file, each with so many processes, and stops them after it. */
export function provideServers(
  workers: readonly number[],
  settings: Readonly<Record<string, string>> = {},
): ProvidedServers {
  let several: SeveralServers | undefined;
  beforeAll(async () => {
    if (!objectStore) return;
    await buildServer();
    several = await startSeveralServers({
      databaseUrl: inject('databaseUrl'),
      objectStore,
      workers,
      settings,
    });
  }, 120_000);
  afterAll(() => several?.stop());
  const started = () => {
    if (!several) throw new Error('the servers are there only while tests run');
    return several;
  };
  return {
    get servers() {
      return started().servers;
    },
    get databaseUrl() {
      return started().databaseUrl;
    },
  };
}
