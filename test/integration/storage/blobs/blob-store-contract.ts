import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BlobKeyError, BlobNotFoundError, BlobRangeError } from '../../../../storage/blobs/blob-errors.ts';
import type { BlobInfo, BlobStore } from '../../../../storage/blobs/blob-store.ts';
import { digest, failingAfter, inChunks, readAll, sampleBytes, stallingAfter } from './blob-content.ts';

const MIB = 1024 * 1024;
const PART = 8 * MIB;

/** A store under test, and what can be seen of it from the side. */
export interface StoreUnderTest {
  store: BlobStore;
  /** How much an upload to `key` that did not end has left behind. */
  countUnfinished(key: string): Promise<number>;
  /** Removes all the store holds, and the store. */
  remove(): Promise<void>;
}

const badKeys = {
  'an empty key': '',
  'a leading slash': '/etc/x',
  'a trailing slash': 'a/',
  'an empty segment': 'a//b',
  'the folder above': '../x',
  'the folder above, inside': 'a/../../x',
  'the folder itself': './x',
  'a hidden name': 'a/.x',
  'dots alone': 'a/...',
  NUL: 'a\0b',
  'a newline': 'a\nb',
  'a backslash': 'a\\b',
  'a drive': 'C:x',
  'encoded dots': '%2e%2e/x',
  'a blank': 'a b',
  'a letter beyond ASCII': 'ä',
  'a segment too long': 'a'.repeat(201),
  'a key too long': `${'a'.repeat(100)}/`.repeat(8).slice(0, -1),
};

/** What every blob store promises. Every implementation runs it. */
export function describeBlobStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let under: StoreUnderTest;
    let store: BlobStore;

    beforeAll(async () => {
      under = await open();
      store = under.store;
    });
    afterAll(async () => {
      await under?.remove();
    });

    async function keysBelow(prefix: string): Promise<string[]> {
      const keys: string[] = [];
      for await (const info of store.list(prefix)) keys.push(info.key);
      return keys.sort();
    }

    async function expectNothingAt(key: string): Promise<void> {
      expect(await store.stat(key)).toBeUndefined();
      await expect(store.get(key)).rejects.toBeInstanceOf(BlobNotFoundError);
      expect(await keysBelow(key)).toEqual([]);
      expect(await under.countUnfinished(key)).toBe(0);
    }

    it.each([0, 1, 65_537, PART - 1, PART, PART + 1, 2 * PART, 40 * MIB + 3])(
      'keeps %i bytes as they are',
      async (size) => {
        const key = `sizes/${size}`;
        const bytes = sampleBytes(size);
        const before = Date.now();
        expect(await store.put(key, inChunks(bytes))).toEqual({ sizeBytes: size });
        expect(digest(await readAll(await store.get(key)))).toBe(digest(bytes));
        const info = await store.stat(key);
        expect(info).toMatchObject({ key, sizeBytes: size });
        // S3 tells whole seconds.
        expect(info?.modifiedAt.getTime()).toBeGreaterThan(before - 2000);
        expect(info?.modifiedAt.getTime()).toBeLessThan(Date.now() + 2000);
      },
    );

    it('takes chunks of any kind and size', async () => {
      const bytes = sampleBytes(20_000);
      await store.put(
        'chunks/odd',
        (async function* () {
          yield new Uint8Array(0);
          yield* inChunks(bytes.subarray(0, 500), 1);
          yield new Uint8Array(bytes.subarray(500, 501));
          yield Buffer.alloc(0);
          yield bytes.subarray(501);
        })(),
      );
      expect(digest(await readAll(await store.get('chunks/odd')))).toBe(digest(bytes));
    });

    it('reads ranges', async () => {
      const size = 2 * PART + 10;
      const bytes = sampleBytes(size, 2);
      await store.put('ranges/a', inChunks(bytes));
      const ranges = [
        [0, 1],
        [0, 65_537],
        [1, 2],
        [PART - 3, PART + 3],
        [100, PART + 100],
        [size - 1, size],
        [0, size],
      ] as const;
      for (const [start, endExclusive] of ranges) {
        const read = await readAll(await store.get('ranges/a', { start, endExclusive }));
        expect(digest(read), `${start} to ${endExclusive}`).toBe(digest(bytes.subarray(start, endExclusive)));
      }
    });

    it('reads into memory of the caller', async () => {
      const size = PART + 10;
      const bytes = sampleBytes(size, 4);
      await store.put('into/a', inChunks(bytes));
      const ranges = [
        [0, 1],
        [65_535, 65_538],
        [PART - 3, PART + 3],
        [0, size],
      ] as const;
      for (const [start, end] of ranges) {
        const memory = Buffer.alloc(end - start + 8, 0xee);
        await store.readInto('into/a', start, memory.subarray(4, -4));
        expect(digest(memory.subarray(4, -4)), `${start} to ${end}`).toBe(digest(bytes.subarray(start, end)));
        expect([...memory.subarray(0, 4), ...memory.subarray(-4)]).toEqual(new Array(8).fill(0xee));
      }
      await expect(store.readInto('into/a', size - 1, Buffer.alloc(2))).rejects.toThrow(BlobRangeError);
      await expect(store.readInto('into/a', size, Buffer.alloc(1))).rejects.toThrow(BlobRangeError);
      await expect(store.readInto('into/a', 0, Buffer.alloc(0))).rejects.toThrow(BlobRangeError);
      await expect(store.readInto('into/a', -1, Buffer.alloc(1))).rejects.toThrow(BlobRangeError);
      await expect(store.readInto('into/b', 0, Buffer.alloc(1))).rejects.toThrow(BlobNotFoundError);
      await expect(store.readInto('into', 0, Buffer.alloc(1))).rejects.toThrow(BlobNotFoundError);
      await expect(store.readInto('../x', 0, Buffer.alloc(1))).rejects.toThrow(BlobKeyError);
    });

    it('refuses ranges that reach past the end, and those that are none', async () => {
      await store.put('ranges/b', inChunks(sampleBytes(100)));
      await store.put('ranges/empty', inChunks(Buffer.alloc(0)));
      const ranges = [
        [0, 101],
        [99, 101],
        [100, 101],
        [5000, 5001],
        [10, 10],
        [10, 9],
        [-1, 5],
        [0.5, 5],
        [0, Number.NaN],
      ] as const;
      for (const [start, endExclusive] of ranges) {
        await expect(
          store.get('ranges/b', { start, endExclusive }),
          `${start} to ${endExclusive}`,
        ).rejects.toThrow(BlobRangeError);
      }
      await expect(store.get('ranges/empty', { start: 0, endExclusive: 1 })).rejects.toThrow(BlobRangeError);
    });

    it('knows what is absent', async () => {
      await expectNothingAt('absent/a');
      await expect(store.get('absent/a', { start: 0, endExclusive: 1 })).rejects.toThrow(BlobNotFoundError);
      await store.put('absent/folder/b', inChunks(sampleBytes(5)));
      await expectNothingAt('absent/folder/b/c');
      expect(await store.stat('absent/folder')).toBeUndefined();
      await expect(store.get('absent/folder')).rejects.toThrow(BlobNotFoundError);
      await store.delete('absent/folder');
      await store.delete('absent/a');
      expect(await keysBelow('absent/')).toEqual(['absent/folder/b']);
    });

    it('deletes', async () => {
      await store.put('deleted/a', inChunks(sampleBytes(5)));
      await store.delete('deleted/a');
      await expectNothingAt('deleted/a');
    });

    it('replaces a blob whole, whatever the reader sees meanwhile', async () => {
      const size = PART + 5;
      await store.put('replaced/a', inChunks(Buffer.alloc(size, 1)));
      let isDone = false;
      const writing = (async () => {
        for (const fill of [2, 3, 4]) await store.put('replaced/a', inChunks(Buffer.alloc(size, fill)));
        isDone = true;
      })();
      while (!isDone) {
        const read = await readAll(await store.get('replaced/a'));
        expect(read.length).toBe(size);
        expect(read.equals(Buffer.alloc(size, read[0]))).toBe(true);
      }
      await writing;
      expect((await readAll(await store.get('replaced/a')))[0]).toBe(4);
    });

    it.each([0, 3 * MIB, PART, 20 * MIB])(
      'leaves nothing when its source fails after %i bytes',
      async (size) => {
        const error = new Error('the source broke');
        const key = `failed/${size}`;
        await expect(store.put(key, failingAfter(size, error))).rejects.toBe(error);
        await expectNothingAt(key);
      },
    );

    it('keeps the older blob when its replacement fails', async () => {
      const bytes = sampleBytes(1000, 3);
      await store.put('failed/older', inChunks(bytes));
      await expect(store.put('failed/older', failingAfter(20 * MIB, new Error('x')))).rejects.toThrow('x');
      expect(digest(await readAll(await store.get('failed/older')))).toBe(digest(bytes));
    });

    it.each([0, 3 * MIB, 20 * MIB])(
      'ends at once when aborted after %i bytes, and leaves nothing',
      async (size) => {
        const abort = new AbortController();
        const reason = new Error('the client went away');
        const source = stallingAfter(size);
        const key = `aborted/${size}`;
        const storing = store.put(key, source, { signal: abort.signal });
        setTimeout(() => abort.abort(reason), 300);
        await expect(storing).rejects.toBe(reason);
        expect(source.isEnded()).toBe(true);
        await expectNothingAt(key);
      },
    );

    it('begins nothing when aborted before', async () => {
      const reason = new Error('too late');
      await expect(
        store.put('aborted/before', inChunks(sampleBytes(5)), { signal: AbortSignal.abort(reason) }),
      ).rejects.toBe(reason);
      await expectNothingAt('aborted/before');
    });

    it('takes puts of one key at the same time: the last one wins, whole', async () => {
      const contents = [1, 2, 3, 4, 5, 6].map((seed) => sampleBytes(seed % 2 ? 50_000 : PART + 1, seed));
      await Promise.all(contents.map((bytes) => store.put('contended/a', inChunks(bytes))));
      const read = digest(await readAll(await store.get('contended/a')));
      expect(contents.map(digest)).toContain(read);
      expect(await under.countUnfinished('contended/a')).toBe(0);
    });

    it('lists every blob below a prefix', async () => {
      const keys = Array.from({ length: 1205 }, (_, i) => `listed/${i % 7}/k${i}`);
      const queue = [...keys];
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (let key = queue.pop(); key; key = queue.pop())
            await store.put(key, inChunks(Buffer.from(key)));
        }),
      );
      expect(await keysBelow('listed/')).toEqual([...keys].sort());
      expect(await keysBelow('listed/3/')).toEqual(keys.filter((key) => key.startsWith('listed/3/')).sort());
      expect(await keysBelow('listed/3/k1')).toEqual(
        keys.filter((key) => key.startsWith('listed/3/k1')).sort(),
      );
      expect(await keysBelow('listed/8')).toEqual([]);
      expect(await keysBelow('list')).toHaveLength(keys.length);
      const infos: BlobInfo[] = [];
      for await (const info of store.list('listed/0/k0')) infos.push(info);
      expect(infos).toEqual([{ key: 'listed/0/k0', sizeBytes: 11, modifiedAt: expect.any(Date) }]);
    });

    it('takes keys that look like numbers for what they are', async () => {
      const keys = ['007', '1e3', '1.50', '0x10', '9007199254740993', 'true', '-1', 'a/1.2.840.10'].map(
        (key) => `odd/${key}`,
      );
      for (const key of keys) await store.put(key, inChunks(Buffer.from(key)));
      expect(await keysBelow('odd/')).toEqual([...keys].sort());
      for (const key of keys) expect(String(await readAll(await store.get(key)))).toBe(key);
    });

    it('takes the longest key', async () => {
      const key = `${`${'k'.repeat(199)}/`.repeat(3)}${'k'.repeat(100)}`;
      await store.put(key, inChunks(sampleBytes(9)));
      expect((await store.stat(key))?.sizeBytes).toBe(9);
      await store.delete(key);
    });

    it.each(Object.entries(badKeys))('refuses %s', async (_, key) => {
      const source = inChunks(sampleBytes(5));
      await expect(store.put(key, source)).rejects.toThrow(BlobKeyError);
      await expect(store.get(key)).rejects.toThrow(BlobKeyError);
      await expect(store.stat(key)).rejects.toThrow(BlobKeyError);
      await expect(store.delete(key)).rejects.toThrow(BlobKeyError);
      // A prefix may be empty or end with a slash.
      if (key !== '' && key !== 'a/') await expect(keysBelow(key)).rejects.toThrow(BlobKeyError);
    });

    it('frees what a reader held when it goes before the end', async () => {
      await store.put('dropped/a', inChunks(sampleBytes(4 * MIB)));
      const held = () =>
        process.getActiveResourcesInfo().filter((kind) => /TCPSocketWrap|FSReqPromise|FileHandle/.test(kind))
          .length;
      const idle = held();
      for (let i = 0; i < 40; i += 1) {
        const stream = await store.get('dropped/a');
        if (i % 2) await once(stream, 'readable');
        stream.destroy();
        await once(stream, 'close');
      }
      await vi.waitFor(() => expect(held()).toBeLessThanOrEqual(idle + 1), { timeout: 5000 });
    });

    it('sweeps what never ended, and nothing else', async () => {
      await store.put('swept/a', inChunks(sampleBytes(5)));
      expect(await store.sweepUnfinished(new Date(0))).toBe(0);
      await store.sweepUnfinished(new Date(Date.now() + 60_000));
      expect((await store.stat('swept/a'))?.sizeBytes).toBe(5);
    });

    it('can be checked, and leaves no trace of it', async () => {
      const before = await keysBelow('');
      await store.check();
      expect(await keysBelow('')).toEqual(before);
      expect(store.describe()).not.toBe('');
    });
  });
}
