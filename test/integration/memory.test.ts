import { expect, it } from 'vitest';
import { buildServer } from '../support/built-server.ts';
import { checkMemory } from '../support/check-memory.ts';

// The short form of `npm run check:memory`, which takes an instance of 4 GB.

it.runIf(process.platform === 'linux')(
  'takes and gives an instance of 1 GB, and serves 200 slow clients at once, in memory that hardly grows',
  async () => {
    await buildServer();
    const { growthMib, slowAtOnce } = await checkMemory({
      sizeMib: 1024,
      slowClients: 200,
      workers: 2,
      say: () => undefined,
    });
    expect(slowAtOnce).toBe(200);
    expect(growthMib).toBeLessThan(150);
  },
  300_000,
);
