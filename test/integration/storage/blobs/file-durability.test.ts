import { constants } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BlobStore } from '../../../../storage/blobs/blob-store.ts';
import { digest, inChunks, readAll, sampleBytes } from './blob-content.ts';
import {
  type FileEvent,
  fileEvents,
  observeAnew,
  observedFs,
  observedFsPromises,
  openPaths,
} from './observed-files.ts';

/** The store as it is loaded on the observed file system; whoever loads it afterwards has the true one. */
async function loadObserved() {
  vi.resetModules();
  vi.doMock('node:fs', async (original) => observedFs(await original<typeof import('node:fs')>()));
  vi.doMock('node:fs/promises', async (original) =>
    observedFsPromises(await original<typeof import('node:fs/promises')>()),
  );
  const { FileBlobStore } = await import('../../../../storage/blobs/file-blob-store.ts');
  const { FolderSync } = await import('../../../../storage/blobs/folder-sync.ts');
  const { BlobStoreUnavailableError } = await import('../../../../storage/blobs/blob-errors.ts');
  vi.doUnmock('node:fs');
  vi.doUnmock('node:fs/promises');
  vi.resetModules();
  return { FileBlobStore, FolderSync, BlobStoreUnavailableError };
}

const { FileBlobStore, FolderSync, BlobStoreUnavailableError } = await loadObserved();

const SMALL_BYTES = 1001;
/** More than one buffer of the writer, and no whole number of blocks. */
const LARGE_BYTES = 2_500_001;

let directory: string;
let store: BlobStore;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'isocenter-blobs-'));
  store = new FileBlobStore({ directory: join(directory, 'store') });
});
afterEach(async () => {
  observeAnew();
  await rm(directory, { recursive: true, force: true });
});

const pathOf = (key: string) => join(directory, 'store', key);

/** Puts, and notes among the calls of the file system when it was told done. */
async function put(key: string, bytes: Uint8Array): Promise<void> {
  await store.put(key, inChunks(bytes));
  fileEvents.push({ call: 'put', path: pathOf(key), phase: 'ended' });
}

const contentOf = async (key: string) => digest(await readAll(await store.get(key)));

/** Where in the order of events the only one of that kind stands; throws where there is none, or more than one. */
function at(phase: FileEvent['phase'], call: string, path?: string): number {
  const found = fileEvents.flatMap((event, i) =>
    event.call === call && event.phase === phase && (path === undefined || event.path === path) ? [i] : [],
  );
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} times ${call} ${phase}`);
  return first;
}

/** Where the last event stands with which the content of a file changed. */
const lastChange = () =>
  fileEvents.findLastIndex(
    ({ call, phase }) => phase === 'ended' && (call === 'write' || call === 'ftruncate'),
  );

/** The file that was written, by the name it had then, is the one that is synced, after all of it is written. */
function expectContentSynced(): void {
  const written = fileEvents.find(({ call }) => call === 'write')?.path;
  expect(written && dirname(written)).toBe(pathOf('.unfinished'));
  expect(at('began', 'fdatasync', written)).toBeGreaterThan(lastChange());
  expect(at('ended', 'fdatasync')).toBeLessThan(at('ended', 'put'));
}

function expectNameSynced(key: string): void {
  const folder = dirname(pathOf(key));
  expect(at('began', 'fsync', folder)).toBeGreaterThan(at('ended', 'rename', pathOf(key)));
  expect(at('ended', 'fsync', folder)).toBeLessThan(at('ended', 'put'));
}

describe('a blob that was put into files', () => {
  it.each([SMALL_BYTES, LARGE_BYTES, 65_536])(
    'has its bytes and its name on the disk: %i bytes',
    async (size) => {
      await put('a/first', sampleBytes(10));
      observeAnew();
      await put('a/b', sampleBytes(size));
      expectContentSynced();
      expectNameSynced('a/b');
      expect(await contentOf('a/b')).toBe(digest(sampleBytes(size)));
    },
  );

  it.each([SMALL_BYTES, LARGE_BYTES])(
    'is on the disk before it takes the place of another: %i bytes',
    async (size) => {
      await put('a/b', sampleBytes(77, 2));
      observeAnew();
      await put('a/b', sampleBytes(size));
      expectContentSynced();
      expect(at('ended', 'fdatasync')).toBeLessThan(at('began', 'rename'));
      expectNameSynced('a/b');
    },
  );

  it('has all folders above it on the disk that were made for it', async () => {
    await put('a/b/c/d', sampleBytes(SMALL_BYTES));
    expectContentSynced();
    expectNameSynced('a/b/c/d');
    for (const folder of [directory, pathOf('a'), pathOf('a/b')])
      expect(at('ended', 'fsync', folder)).toBeLessThan(at('ended', 'put'));
    const ofStore = fileEvents.filter(
      ({ call, phase, path }) => call === 'fsync' && phase === 'ended' && path === dirname(pathOf('a')),
    );
    // For `.unfinished` and for `a`.
    expect(ofStore.length).toBe(2);
  });
});

describe('a disk that fails', () => {
  const refused = async (key: string, bytes: Uint8Array) => {
    const error = await store.put(key, inChunks(bytes)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BlobStoreUnavailableError);
    expect((error as Error).cause).toMatchObject({ code: 'EIO' });
    expect(await readdir(pathOf('.unfinished'))).toEqual([]);
  };

  it.each([SMALL_BYTES, LARGE_BYTES])(
    'to sync the bytes refuses the blob and leaves nothing: %i bytes',
    async (size) => {
      await put('a/old', sampleBytes(77, 2));
      observeAnew((call) => (call === 'fdatasync' ? 'EIO' : undefined));
      await refused('a/new', sampleBytes(size));
      expect(await store.stat('a/new')).toBeUndefined();
      await refused('a/old', sampleBytes(size));
      expect(await contentOf('a/old')).toBe(digest(sampleBytes(77, 2)));
    },
  );

  it('to cut the file refuses the blob and leaves nothing', async (context) => {
    await put('a/old', sampleBytes(LARGE_BYTES));
    const isCut = fileEvents.some(({ call }) => call === 'ftruncate');
    if (!isCut) context.skip('this file system has no way past its cache');
    observeAnew((call) => (call === 'ftruncate' ? 'EIO' : undefined));
    await refused('a/new', sampleBytes(LARGE_BYTES));
    expect(await store.stat('a/new')).toBeUndefined();
  });

  it('to sync the name refuses the blob: it is gone or, where it replaces another, whole', async () => {
    await put('a/old', sampleBytes(77, 2));
    observeAnew((call) => (call === 'fsync' ? 'EIO' : undefined));
    await refused('a/new', sampleBytes(SMALL_BYTES));
    expect(await store.stat('a/new')).toBeUndefined();
    await refused('a/old', sampleBytes(SMALL_BYTES));
    expect(await contentOf('a/old')).toBe(digest(sampleBytes(SMALL_BYTES)));
  });

  it('to sync a new folder refuses the blob, and the folder is synced with the next one', async () => {
    await put('first', sampleBytes(10));
    observeAnew((call) => (call === 'fsync' ? 'EIO' : undefined));
    await refused('a/b', sampleBytes(SMALL_BYTES));
    expect(fileEvents.some(({ call }) => call === 'rename')).toBe(false);
    observeAnew();
    await put('a/b', sampleBytes(SMALL_BYTES));
    expect(at('ended', 'fsync', dirname(pathOf('a')))).toBeLessThan(at('began', 'rename'));
  });
});

describe.runIf(constants.O_DIRECT !== undefined)(
  'a file system that refuses to be written past its cache',
  () => {
    /** Refuses what `isRefused` says of the direct writes, counted from 0; the system itself knows nothing of it. */
    const refuseDirectWrites = (isRefused: (n: number) => boolean, code = 'EINVAL') => {
      let direct = 0;
      const fault = (call: string, _path: string, flags: number) => {
        if (call !== 'write' || (flags & constants.O_DIRECT) === 0) return undefined;
        direct += 1;
        return isRefused(direct - 1) ? code : undefined;
      };
      observeAnew(fault, constants.O_DIRECT);
      return () => direct;
    };

    it.each([
      { size: 65_536, refused: 0 },
      { size: 70_001, refused: 0 },
      { size: LARGE_BYTES, refused: 0 },
      { size: LARGE_BYTES, refused: 1 },
      { size: LARGE_BYTES, refused: 2 },
    ])('with write $refused of $size bytes is written through it, and synced', async ({ size, refused }) => {
      await put('a/first', sampleBytes(10));
      const directWrites = refuseDirectWrites((n) => n >= refused);
      await put('a/b', sampleBytes(size));
      expect(directWrites()).toBe(refused + 1);
      expectContentSynced();
      expectNameSynced('a/b');
      expect(openPaths()).toEqual([]);
      expect(await contentOf('a/b')).toBe(digest(sampleBytes(size)));
    });

    it('is no excuse for one that fails', async () => {
      await put('a/first', sampleBytes(10));
      refuseDirectWrites(() => true, 'EIO');
      await expect(put('a/b', sampleBytes(LARGE_BYTES))).rejects.toThrow(BlobStoreUnavailableError);
      expect(await store.stat('a/b')).toBeUndefined();
      expect(openPaths()).toEqual([]);
    });
  },
);

describe('the sync of a folder', () => {
  const folderSync = new FolderSync();
  const sync = async (name: string) => {
    await folderSync.sync(directory);
    fileEvents.push({ call: name, path: directory, phase: 'ended' });
  };
  /** Where each sync of the folder stands. */
  const syncs = (phase: FileEvent['phase']) =>
    fileEvents.flatMap((event, i) => (event.call === 'fsync' && event.phase === phase ? [i] : []));

  it('answers those who ask while one is under way by one that begins afterwards, and only one', async () => {
    observeAnew();
    const first = sync('first');
    expect(fileEvents.map(({ call, phase }) => `${call} ${phase}`)).toEqual(['fsync began']);
    await Promise.all([first, sync('second'), sync('third')]);
    const [began, ended] = [syncs('began'), syncs('ended')];
    expect([began.length, ended.length]).toEqual([2, 2]);
    expect(at('ended', 'first')).toBeGreaterThan(ended[0] ?? Infinity);
    expect(began[1]).toBeGreaterThan(ended[0] ?? Infinity);
    for (const name of ['second', 'third']) expect(at('ended', name)).toBeGreaterThan(ended[1] ?? Infinity);
  });

  it('that fails is told to those whom it was for, and not to the next', async () => {
    let isFirst = true;
    observeAnew((call) => {
      if (call !== 'fsync' || !isFirst) return undefined;
      isFirst = false;
      return 'EIO';
    });
    const outcomes = await Promise.allSettled([sync('first'), sync('second')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(syncs('began').length).toBe(2);
  });

  it('of a folder that is not there is a fault', async () => {
    const missing = join(directory, basename(directory));
    await expect(folderSync.sync(missing)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
