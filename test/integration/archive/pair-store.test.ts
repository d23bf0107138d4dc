import { describe, expect, it } from 'vitest';
import { sweepOrphans, TooManyOrphansError } from '../../../server/archive/upkeep/check-integrity.ts';
import { pairStoreWithIndex } from '../../../server/archive/upkeep/pair-store.ts';
import { startServer } from '../../support/start-server.ts';

describe('database and object store', () => {
  it('are refused where they belong to different archives', async () => {
    const [one, other] = [await startServer(), await startServer()];
    try {
      await pairStoreWithIndex(one.services.archive.blobs, one.services.pool);
      await expect(pairStoreWithIndex(one.services.archive.blobs, other.services.pool)).rejects.toMatchObject(
        {
          code: 'STORE_MISMATCH',
        },
      );
    } finally {
      await one.stop();
      await other.stop();
    }
  });

  it('lose nothing to a sweep after the database was replaced by an older one', async () => {
    const server = await startServer();
    try {
      const { archive } = server.services;
      async function* content() {
        yield Buffer.from('an instance whose row is gone');
      }
      const keys = Array.from({ length: 101 }, (_, i) => `instances/2026/01/01/00/${i}.dcm`);
      for (const key of keys) await archive.blobs.put(key, content());
      const later = new Date(Date.now() + 60_000);
      await expect(sweepOrphans(archive, later)).rejects.toBeInstanceOf(TooManyOrphansError);
      expect(await archive.blobs.stat(keys[0] ?? '')).toBeDefined();
      expect(await sweepOrphans(archive, later, true)).toBe(101);
    } finally {
      await server.stop();
    }
  });
});
