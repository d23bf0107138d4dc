import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlobStoreFullError, BlobStoreUnavailableError } from '../../../../storage/blobs/blob-errors.ts';
import { FileBlobStore } from '../../../../storage/blobs/file-blob-store.ts';
import { translateFileError } from '../../../../storage/blobs/file-errors.ts';
import { digest, failingAfter, inChunks, readAll, sampleBytes } from './blob-content.ts';
import { describeBlobStore } from './blob-store-contract.ts';
import { growthOfPut } from './memory-of-put.ts';

describeBlobStore('the file store', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'isocenter-blobs-'));
  return {
    store: new FileBlobStore({ directory }),
    countUnfinished: async () => (await readdir(join(directory, '.unfinished'))).length,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
});

describe('the file store on a file system', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'isocenter-blobs-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  it('sweeps unfinished files by their age', async () => {
    const store = new FileBlobStore({ directory });
    await store.check();
    const [old, young] = ['old', 'young'].map((name) => join(directory, '.unfinished', name));
    if (!old || !young) throw new Error('unreachable');
    for (const path of [old, young]) await writeFile(path, 'x');
    const yesterday = new Date(Date.now() - 86_400_000);
    await utimes(old, yesterday, yesterday);
    expect(await store.sweepUnfinished(new Date(Date.now() - 3_600_000))).toBe(1);
    expect(await readdir(join(directory, '.unfinished'))).toEqual(['young']);
    await rm(young);
  });

  it('goes on after someone removed its folders', async () => {
    const store = new FileBlobStore({ directory: join(directory, 'removed') });
    await store.put('a/b', inChunks(sampleBytes(5)));
    await rm(join(directory, 'removed'), { recursive: true });
    await store.put('a/c', inChunks(sampleBytes(6)));
    expect((await store.stat('a/c'))?.sizeBytes).toBe(6);
  });

  it('lets a reader finish what was replaced or deleted meanwhile', async () => {
    const store = new FileBlobStore({ directory });
    await store.put('reader/a', inChunks(Buffer.alloc(1_000_000, 1)));
    const stream = await store.get('reader/a');
    await store.put('reader/a', inChunks(Buffer.alloc(10, 2)));
    await store.delete('reader/a');
    expect((await readAll(stream)).equals(Buffer.alloc(1_000_000, 1))).toBe(true);
  });

  it('keeps more uploads at once whole than it has memory for, some of which fail', async () => {
    const store = new FileBlobStore({ directory: join(directory, 'many') });
    const sizes = Array.from({ length: 60 }, (_, i) => 100_000 + i * 49_999);
    const put = (size: number, i: number) =>
      i % 7 === 3
        ? store.put(`failing/${i}`, failingAfter(size, new Error('cut')))
        : store.put(`many/${i}`, inChunks(sampleBytes(size, i)));
    // Twice: what the first ones held is free again.
    for (const _ of [1, 2]) {
      const outcomes = await Promise.allSettled(sizes.map(put));
      expect(outcomes.filter(({ status }) => status === 'rejected').length).toBe(9);
      for (const [i, size] of sizes.entries())
        if (i % 7 !== 3)
          expect(digest(await readAll(await store.get(`many/${i}`)))).toBe(digest(sampleBytes(size, i)));
    }
  });

  it.runIf(existsSync('/dev/shm'))(
    'keeps files whole on a file system that has no way past its cache',
    async () => {
      const inMemory = await mkdtemp('/dev/shm/isocenter-blobs-');
      try {
        const store = new FileBlobStore({ directory: inMemory });
        for (const size of [100, 65_536, 70_001, 3_000_001]) {
          await store.put(`a/${size}`, inChunks(sampleBytes(size)));
          expect(digest(await readAll(await store.get(`a/${size}`)))).toBe(digest(sampleBytes(size)));
        }
      } finally {
        await rm(inMemory, { recursive: true, force: true });
      }
    },
  );

  it('takes a link to the outside for a blob of no kind', async () => {
    const store = new FileBlobStore({ directory: join(directory, 'links') });
    await store.put('a/b', inChunks(sampleBytes(5)));
    await mkdir(join(directory, 'links', 'folder'));
    expect(await store.stat('folder')).toBeUndefined();
  });

  it.runIf(process.platform === 'linux')('keeps no file open after success or failure', async () => {
    const store = new FileBlobStore({ directory });
    const open = async () => {
      const links = await Promise.all(
        (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
      );
      return links.filter((link) => link.startsWith(directory));
    };
    await store.put('open/a', inChunks(sampleBytes(100)));
    await expect(store.put('open/b', failingAfter(100, new Error('x')))).rejects.toThrow('x');
    await readAll(await store.get('open/a'));
    (await store.get('open/a')).destroy();
    await expect(store.get('open/a', { start: 0, endExclusive: 101 })).rejects.toThrow();
    await expect(store.get('open')).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await open()).toEqual([]);
  });

  it('keeps its files from strangers', async () => {
    const store = new FileBlobStore({ directory });
    await store.put('mode/a', inChunks(sampleBytes(5)));
    expect((await stat(join(directory, 'mode/a'))).mode & 0o007).toBe(0);
    expect((await stat(join(directory, 'mode'))).mode & 0o007).toBe(0);
  });

  it.runIf(process.getuid?.() !== 0)('is unavailable where it may not write', async () => {
    const closed = join(directory, 'closed');
    await mkdir(closed);
    await chmod(closed, 0o500);
    const store = new FileBlobStore({ directory: closed });
    await expect(store.check()).rejects.toThrow(BlobStoreUnavailableError);
    await expect(store.put('a', inChunks(sampleBytes(5)))).rejects.toThrow(BlobStoreUnavailableError);
  });

  it('is unavailable where its folder is a file', async () => {
    const path = join(directory, 'file');
    await writeFile(path, '');
    const store = new FileBlobStore({ directory: path });
    await expect(store.check()).rejects.toThrow(BlobStoreUnavailableError);
    await expect(store.put('a', inChunks(sampleBytes(5)))).rejects.toThrow(BlobStoreUnavailableError);
  });

  it('tells a full disk by its error', () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    expect(translateFileError(full)).toBeInstanceOf(BlobStoreFullError);
    expect(translateFileError(Object.assign(new Error('quota'), { code: 'EDQUOT' }))).toBeInstanceOf(
      BlobStoreFullError,
    );
    expect(translateFileError(new Error('I/O'))).toBeInstanceOf(BlobStoreUnavailableError);
  });

  it('says so when the disk is full, and keeps nothing of the blob', async (context) => {
    const disk = join(directory, 'disk');
    await mkdir(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', disk], { stdio: 'ignore' });
    } catch {
      context.skip('a small disk can be mounted by root only');
    }
    try {
      const store = new FileBlobStore({ directory: disk });
      await store.put('fits', inChunks(sampleBytes(1_000_000)));
      await expect(store.put('too-large', inChunks(Buffer.alloc(8_000_000)))).rejects.toThrow(
        BlobStoreFullError,
      );
      expect(await store.stat('too-large')).toBeUndefined();
      expect(await readdir(join(disk, '.unfinished'))).toEqual([]);
      await store.put('fits-too', inChunks(sampleBytes(1_000_000)));
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('needs little memory for a large blob', async () => {
    expect(await growthOfPut({ kind: 'file', directory }, 300)).toBeLessThan(80);
  });
});
