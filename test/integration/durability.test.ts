import { beforeAll, expect, it } from 'vitest';
import { buildServer } from '../support/built-server.ts';
import { checkDurability, type Victim } from '../support/check-durability.ts';

// The short form of `npm run check:durability`.
beforeAll(buildServer, 120_000);

it.runIf(process.platform === 'linux')(
  'keeps what it answered as stored when it, or PostgreSQL, is killed in the middle',
  async () => {
    const rounds: Victim[] = ['server', 'postgres'];
    const result = await checkDurability({ rounds, workers: 2, uploaders: 3, say: () => undefined });
    expect(result.violations).toEqual([]);
    expect(result.acknowledged).toBeGreaterThan(rounds.length);
    expect(result.visible).toBeGreaterThanOrEqual(result.acknowledged);
  },
  180_000,
);
