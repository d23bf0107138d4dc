// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeWithWorker } from '../../../viewer/viewport/pixels/codec-workers.ts';
import type { PixelLayout } from '../../../viewer/viewport/pixels/raw-frame.ts';
import { WorkerPool } from '../../../viewer/viewport/pixels/worker-pool.ts';

/** Names of the workers that hang: a frame that begins with 0xbad makes its worker one of them, until it is ended. */
const hung = new Set<string>();
const never = new Promise<never>(() => {});

vi.mock('@cornerstonejs/core', () => {
  const registry: Record<string, { workerFn: () => object }> = {};
  const manager = {
    workerRegistry: registry,
    registerWorker: (name: string, workerFn: () => object) => {
      registry[name] = { workerFn };
    },
    terminate: (name: string) => void hung.delete(name),
    executeTask: async (name: string, _method: string, task: { pixelData: Uint8Array }) => {
      if (task.pixelData[0] === 0xba) hung.add(name);
      return hung.has(name) ? never : { pixelData: task.pixelData };
    },
  };
  return { getWebWorkerManager: () => manager };
});
const jpegLS = '1.2.840.10008.1.2.4.80';
const layout = { rows: 1, columns: 2, samplesPerPixel: 1, bitsAllocated: 8, bitsStored: 8 } as PixelLayout;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('codec workers', () => {
  it('decode on after damaged frames made as many of them hang as there are', async () => {
    const damaged = Array.from({ length: 8 }, () =>
      decodeWithWorker(Uint8Array.of(0xba, 0xd0), jpegLS, layout).catch(String),
    );
    await vi.advanceTimersByTimeAsync(8 * 30_000);
    expect(new Set(await Promise.all(damaged))).toEqual(new Set(['DecodeError: The decoder did not answer']));
    expect(hung.size).toBe(0);
    const frame = await decodeWithWorker(Uint8Array.of(1, 2), jpegLS, layout);
    expect([...frame.samples]).toEqual([1, 2]);
  });
});

describe('a pool of workers', () => {
  const timeout = () => new Error('too late');

  it('gives each worker one task at a time, in order', async () => {
    const answers: (() => void)[] = [];
    const started: string[] = [];
    const run = (task: string) =>
      new Promise<string>((resolve) => {
        started.push(task);
        answers.push(() => resolve(task.toUpperCase()));
      });
    const end = vi.fn();
    const pool = new WorkerPool([{ run, end }], 1000, timeout);
    const done = Promise.all(['a', 'b', 'c'].map((task) => pool.run(task)));
    for (const expected of [['a'], ['a', 'b'], ['a', 'b', 'c']]) {
      await vi.advanceTimersByTimeAsync(900);
      expect(started).toEqual(expected);
      answers.at(-1)?.();
    }
    expect(await done).toEqual(['A', 'B', 'C']);
    expect(end).not.toHaveBeenCalled();
  });

  it('passes on what a worker rejects with, and uses it again', async () => {
    const run = async (task: string) => {
      if (task === 'bad') throw new Error('damaged');
      return task;
    };
    const pool = new WorkerPool([{ run, end: vi.fn() }], 1000, timeout);
    await expect(pool.run('bad')).rejects.toThrow('damaged');
    expect(await pool.run('good')).toBe('good');
  });
});
