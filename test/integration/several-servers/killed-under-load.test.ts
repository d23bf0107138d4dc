import { expect, inject, it } from 'vitest';
import { buildServer } from '../../support/built-server.ts';
import { checkServers } from '../../support/check-servers.ts';

// The short form of `npm run check:servers`.
const objectStore = inject('objectStore');

it.runIf(objectStore && process.platform === 'linux')(
  'loses no request but those on the servers that are killed, and nothing that it answered as stored',
  async () => {
    if (!objectStore) return;
    await buildServer();
    const rounds = [1, 2];
    const result = await checkServers({
      databaseUrl: inject('databaseUrl'),
      objectStore,
      workers: [1, 1, 2],
      rounds,
      say: () => undefined,
    });
    expect(result.violations).toEqual([]);
    expect(result.answered).toBeGreaterThan(100);
    // Under load something is always on a server: who kills it without a loss has not killed it.
    expect(result.excused).toBeGreaterThan(0);
    expect(result.stored).toBeGreaterThan(20);
    expect(result.deleted).toBeGreaterThan(0);
  },
  300_000,
);
