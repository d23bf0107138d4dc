import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingBuild } from '../../bench/built.ts';
import { breakOff, makeFolder, stopAll, stoppedAtEnd } from '../../bench/peers/running.ts';

describe('what the benchmarks start', () => {
  it('is stopped once, and everybody who stops it waits until it has stopped', async () => {
    let stops = 0;
    let hasStopped = false;
    const stop = stoppedAtEnd(async () => {
      stops += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      hasStopped = true;
    });
    void stop();
    await stopAll();
    expect(hasStopped).toBe(true);
    await stop();
    expect(stops).toBe(1);
  });

  it('goes when the bench is broken off, though one thing fails to stop, and nothing new begins', async () => {
    const { folder } = await makeFolder('isocenter-running-test-');
    await writeFile(join(folder, 'file'), 'data');
    stoppedAtEnd(() => Promise.reject(new Error('stuck')));
    await breakOff();
    expect(existsSync(folder)).toBe(false);
    await expect(makeFolder('isocenter-running-test-')).rejects.toThrow('broken off');
  });
});

describe('what has to be built', () => {
  it('is named where it is missing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'isocenter-built-test-'));
    const make = async (name: string, file: string) => {
      await mkdir(join(folder, 'dist', name), { recursive: true });
      await writeFile(join(folder, 'dist', name, file), '');
    };
    try {
      expect(missingBuild(folder, false)).toBe('dist/server/cli/main.js');
      await make('server/cli', 'main.js');
      expect(missingBuild(folder, false)).toBeUndefined();
      expect(missingBuild(folder, true)).toBe('dist/viewer/index.html');
      await make('viewer', 'index.html');
      expect(missingBuild(folder, true)).toBeUndefined();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
