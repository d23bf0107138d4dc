import { describe, expect, it } from 'vitest';
import { ByteCache } from '../../../../server/archive/byte-cache.ts';

const KILOBYTE = 1024;
const bytes = (length: number) => Buffer.alloc(length, 'x');

describe('a cache of finished answers', () => {
  it('keeps what was made, and makes it once', async () => {
    const cache = new ByteCache(100 * KILOBYTE);
    let made = 0;
    const make = async () => {
      made += 1;
      return Buffer.from('answer');
    };
    expect((await cache.getOrMake('a', make)).toString()).toBe('answer');
    expect((await cache.getOrMake('a', make)).toString()).toBe('answer');
    expect(made).toBe(1);
    expect(cache.get('a')?.toString()).toBe('answer');
    expect(cache.get('b')).toBeUndefined();
  });

  it('makes an answer once for all who ask at the same time', async () => {
    const cache = new ByteCache(100 * KILOBYTE);
    let made = 0;
    const asked = Array.from({ length: 5 }, () =>
      cache.getOrMake('a', async () => {
        made += 1;
        await new Promise((resolve) => setImmediate(resolve));
        return bytes(10);
      }),
    );
    expect(new Set(await Promise.all(asked)).size).toBe(1);
    expect(made).toBe(1);
  });

  it('tells everyone of a failure, and keeps none', async () => {
    const cache = new ByteCache(100 * KILOBYTE);
    const fail = () => Promise.reject(new Error('no such row'));
    const both = await Promise.allSettled([cache.getOrMake('a', fail), cache.getOrMake('a', fail)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await cache.getOrMake('a', async () => bytes(1))).length).toBe(1);
  });

  it('never holds more than its bytes: the least recently used go', async () => {
    const cache = new ByteCache(100 * KILOBYTE);
    for (let i = 0; i < 50; i += 1) {
      await cache.getOrMake(`key ${i}`, async () => bytes(10 * KILOBYTE));
      cache.get('key 0');
      expect(cache.heldBytes).toBeLessThanOrEqual(100 * KILOBYTE);
    }
    expect(cache.get('key 0')).toBeDefined();
    expect(cache.get('key 1')).toBeUndefined();
    expect(cache.get('key 49')).toBeDefined();
  });

  it('does not keep what is too large for it, nor anything where it has no bytes', async () => {
    const cache = new ByteCache(100 * KILOBYTE);
    expect((await cache.getOrMake('large', async () => bytes(50 * KILOBYTE))).length).toBe(50 * KILOBYTE);
    expect(cache.get('large')).toBeUndefined();
    expect((await cache.getOrMake('fits', async () => bytes(cache.largestBytes))).length).toBe(
      cache.largestBytes,
    );
    expect(cache.get('fits')).toBeDefined();
    const none = new ByteCache(0);
    expect((await none.getOrMake('a', async () => bytes(1))).length).toBe(1);
    expect(none.get('a')).toBeUndefined();
    expect(none.heldBytes).toBe(0);
  });

  it('goes on for who still waits, and ends with the last of them', async () => {
    const cache = new ByteCache(100 * KILOBYTE);
    const [one, two] = [new AbortController(), new AbortController()];
    let finish: (made: Buffer) => void = () => undefined;
    const signals: AbortSignal[] = [];
    const make = (wanted: AbortSignal) => {
      signals.push(wanted);
      return new Promise<Buffer>((resolve, reject) => {
        finish = resolve;
        wanted.addEventListener('abort', () => reject(wanted.reason));
      });
    };
    const asked = [one, two].map(({ signal }) => cache.getOrMake('a', make, signal));
    one.abort(new Error('left'));
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    finish(bytes(3));
    expect((await Promise.all(asked)).map(({ length }) => length)).toEqual([3, 3]);
    const alone = cache.getOrMake('b', make, two.signal);
    two.abort(new Error('left too'));
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
    // Who asks right then does not get the end of the other's.
    const next = cache.getOrMake('b', make);
    finish(bytes(4));
    await expect(alone).rejects.toThrow('left too');
    expect((await next).length).toBe(4);
    await expect(cache.getOrMake('c', make, two.signal)).rejects.toThrow('left too');
  });

  it('keeps an answer without the larger buffer that it is a part of', async () => {
    const cache = new ByteCache(100 * KILOBYTE);
    await cache.getOrMake('a', async () => bytes(90 * KILOBYTE).subarray(0, 100));
    expect(cache.get('a')?.buffer.byteLength).toBe(100);
  });
});

describe('what could be had again for little', () => {
  const ask = (cache: ByteCache, key: string, times: number) => {
    for (let n = 0; n < times; n += 1) if (!cache.get(key)) cache.keepIfOftenAsked(key, Buffer.from(key));
  };

  it('is kept once it is asked for often, as a copy', () => {
    const cache = new ByteCache(100 * KILOBYTE);
    ask(cache, 'a', 1);
    expect(cache.get('a')).toBeUndefined();
    const memory = Buffer.from('a');
    for (let n = 0; n < 20; n += 1) cache.keepIfOftenAsked('a', memory);
    memory.fill('x');
    expect(cache.get('a')?.toString()).toBe('a');
  });

  it('is not kept where everything is asked for once', () => {
    const cache = new ByteCache(100 * KILOBYTE);
    for (let n = 0; n < 200; n += 1) ask(cache, `key ${n}`, 1);
    expect(cache.heldBytes).toBe(0);
  });

  it('is kept by the same bounds as all else', () => {
    const cache = new ByteCache(100 * KILOBYTE);
    for (let n = 0; n < 50; n += 1) cache.keepIfOftenAsked('large', bytes(50 * KILOBYTE));
    expect(cache.get('large')).toBeUndefined();
    for (let n = 0; n < 500; n += 1) {
      cache.keepIfOftenAsked(`key ${n % 50}`, bytes(10 * KILOBYTE));
      expect(cache.heldBytes).toBeLessThanOrEqual(100 * KILOBYTE);
    }
    expect(cache.heldBytes).toBeGreaterThan(50 * KILOBYTE);
    const none = new ByteCache(0);
    for (let n = 0; n < 50; n += 1) none.keepIfOftenAsked('a', bytes(1));
    expect(none.get('a')).toBeUndefined();
  });
});
