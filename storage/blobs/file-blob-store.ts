import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, open as openByCallback, read } from 'node:fs';
import { mkdir, open, opendir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { abortableContent } from './abortable-content.ts';
import { BlobNotFoundError, BlobRangeError } from './blob-errors.ts';
import { checkBlobKey, checkBlobPrefix } from './blob-key.ts';
import { checkByteRange } from './blob-range.ts';
import type { BlobInfo, BlobStore, ByteRange } from './blob-store.ts';
import { isFileError, translateFileError, translatingFileErrors } from './file-errors.ts';
import { FileWriter } from './file-writer.ts';
import { FolderSync } from './folder-sync.ts';

/** No segment of a key starts with a dot: no blob can be taken for this folder, nor the other way round. */
const UNFINISHED = '.unfinished';
/** Parts up to this length, single slices among them, are read at once; of longer ones a chunk at a time waits for a slow reader. */
const READ_AT_ONCE_BYTES = 512 * 1024;
const READ_CHUNK_BYTES = 256 * 1024;
/** Each reader holds a few chunks ready; beyond so many readers at once, which are mostly slow ones, chunks are small. */
const MOST_LARGE_READERS = 8;
const MOST_SHORT_READERS = 32;
const SMALL_CHUNK_BYTES = 16 * 1024;
const FILE_MODE = 0o640;
/** How many folders are remembered as durable; beyond it we forget them all and sync them again. */
const MAX_KNOWN_FOLDERS = 100_000;

const openDescriptor = promisify(openByCallback);
const readBytes = promisify(read);

/**
 * Keeps blobs as files: the key is the path below `directory`. No key may be the folder of another (`a` and `a/b`).
 * Several processes may use one directory. Folders stay when their last blob goes.
 */
export class FileBlobStore implements BlobStore {
  readonly #directory: string;
  readonly #unfinished: string;
  /** Streams that are open. */
  #readers = 0;
  /** Folders whose own entry in their parent is known to be on the disk. */
  readonly #durableFolders = new Set<string>();
  readonly #folderSync = new FolderSync();

  constructor(options: { directory: string }) {
    this.#directory = resolve(options.directory);
    this.#unfinished = join(this.#directory, UNFINISHED);
  }

  async put(
    key: string,
    content: AsyncIterable<Uint8Array>,
    options: { signal?: AbortSignal } = {},
  ): Promise<{ sizeBytes: number }> {
    checkBlobKey(key);
    options.signal?.throwIfAborted();
    const unfinished = join(this.#unfinished, randomUUID());
    const writer = new FileWriter((flags) =>
      this.#inFolder(this.#unfinished, () => openDescriptor(unfinished, flags, FILE_MODE)),
    );
    try {
      for await (const chunk of abortableContent(content, options.signal)) {
        const waiting = writer.write(chunk);
        if (waiting) await translatingFileErrors(() => waiting);
      }
      options.signal?.throwIfAborted();
      await translatingFileErrors(() => this.#publish(unfinished, this.#pathOf(key), writer));
      return { sizeBytes: writer.sizeBytes };
    } catch (error) {
      await writer.close();
      await rm(unfinished, { force: true }).catch(() => undefined);
      throw error;
    } finally {
      await writer.close();
    }
  }

  async get(key: string, range?: ByteRange): Promise<Readable> {
    checkBlobKey(key);
    if (range) checkByteRange(key, range);
    const handle = await translatingFileErrors(() => open(this.#pathOf(key), 'r'), key);
    try {
      const found = await translatingFileErrors(() => handle.stat());
      if (!found.isFile()) throw new BlobNotFoundError(key);
      if (range) checkByteRange(key, range, found.size);
      const stream = handle.createReadStream({
        highWaterMark: chunkBytes(range, this.#readers),
        ...(range && { start: range.start, end: range.endExclusive - 1 }),
      });
      this.#readers += 1;
      stream.once('close', () => {
        this.#readers -= 1;
      });
      return stream;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async readInto(key: string, start: number, target: Uint8Array): Promise<void> {
    checkBlobKey(key);
    checkByteRange(key, { start, endExclusive: start + target.byteLength });
    await translatingFileErrors(async () => {
      const descriptor = await openDescriptor(this.#pathOf(key), 'r');
      try {
        for (let at = 0; at < target.byteLength; ) {
          const { bytesRead } = await readBytes(descriptor, target, at, target.byteLength - at, start + at);
          if (bytesRead === 0) throw new BlobRangeError(key);
          at += bytesRead;
        }
      } catch (error) {
        throw isFileError(error, 'EISDIR') ? new BlobNotFoundError(key, { cause: error }) : error;
      } finally {
        closeSync(descriptor);
      }
    }, key);
  }

  async stat(key: string): Promise<BlobInfo | undefined> {
    checkBlobKey(key);
    return await this.#statFile(key);
  }

  async delete(key: string): Promise<void> {
    checkBlobKey(key);
    const path = this.#pathOf(key);
    await translatingFileErrors(async () => {
      try {
        await unlink(path);
      } catch (error) {
        if (isFileError(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return;
        throw error;
      }
      await this.#folderSync.sync(dirname(path));
    });
  }

  async *list(prefix: string): AsyncIterable<BlobInfo> {
    checkBlobPrefix(prefix);
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    for await (const key of this.#keysBelow(folder)) {
      if (!key.startsWith(prefix)) continue;
      const info = await this.#statFile(key);
      if (info) yield info;
    }
  }

  /** Goes by the last write: an upload that still grows is left alone. */
  async sweepUnfinished(olderThan: Date): Promise<number> {
    return await translatingFileErrors(async () => {
      let removed = 0;
      for await (const name of namesIn(this.#unfinished)) {
        const path = join(this.#unfinished, name.name);
        const found = await stat(path).catch(() => undefined);
        if (!found || found.mtime >= olderThan) continue;
        await rm(path, { force: true });
        removed += 1;
      }
      return removed;
    });
  }

  async check(): Promise<void> {
    await translatingFileErrors(async () => {
      const path = join(this.#unfinished, `check-${randomUUID()}`);
      try {
        await this.#inFolder(this.#unfinished, () => writeFile(path, 'readable', { flush: true }));
        await readFile(path);
      } finally {
        await rm(path, { force: true });
      }
    });
  }

  describe(): string {
    return `files in ${this.#directory}`;
  }

  #pathOf(key: string): string {
    return join(this.#directory, key);
  }

  async #statFile(key: string): Promise<BlobInfo | undefined> {
    return await translatingFileErrors(async () => {
      try {
        const found = await stat(this.#pathOf(key));
        return found.isFile() ? { key, sizeBytes: found.size, modifiedAt: found.mtime } : undefined;
      } catch (error) {
        if (isFileError(error, 'ENOENT', 'ENOTDIR')) return undefined;
        throw error;
      }
    });
  }

  /**
   * The rename is what makes the blob visible; it lasts once the folder is synced too. Where nothing is replaced it comes before
   * the bytes are synced: file systems with a journal then bring both to the disk at once, and until `put` returns nobody counts on the blob.
   */
  async #publish(unfinished: string, path: string, writer: FileWriter): Promise<void> {
    const folder = dirname(path);
    await writer.finish();
    const replaces = existsSync(path);
    if (replaces) await writer.sync();
    await this.#inFolder(folder, () => rename(unfinished, path));
    try {
      if (!replaces) await writer.sync();
      await this.#folderSync.sync(folder);
    } catch (error) {
      if (!replaces) await rm(path, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** Does `work` in a folder that it makes where it is missing, also when someone removed it since we last looked. */
  async #inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
    await this.#makeDurableFolder(folder);
    try {
      return await work();
    } catch (error) {
      if (!isFileError(error, 'ENOENT')) throw error;
      this.#durableFolders.clear();
      await this.#makeDurableFolder(folder);
      return await work();
    }
  }

  /** Makes the folder and those above it. A folder that another process made just now isn't on the disk for sure: synced too. */
  async #makeDurableFolder(folder: string): Promise<void> {
    if (this.#durableFolders.has(folder)) return;
    if (folder === this.#directory) {
      await mkdir(folder, { recursive: true, mode: 0o750 });
    } else {
      await this.#makeDurableFolder(dirname(folder));
      await mkdir(folder, { mode: 0o750 }).catch((error: unknown) => {
        if (!isFileError(error, 'EEXIST')) throw error;
      });
    }
    await this.#folderSync.sync(dirname(folder));
    if (this.#durableFolders.size >= MAX_KNOWN_FOLDERS) this.#durableFolders.clear();
    this.#durableFolders.add(folder);
  }

  async *#keysBelow(folder: string): AsyncIterable<string> {
    for await (const entry of namesIn(join(this.#directory, folder))) {
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) yield* this.#keysBelow(`${folder}${entry.name}/`);
      else if (entry.isFile()) yield `${folder}${entry.name}`;
    }
  }
}

async function* namesIn(folder: string) {
  try {
    yield* await opendir(folder);
  } catch (error) {
    if (!isFileError(error, 'ENOENT', 'ENOTDIR')) throw translateFileError(error);
  }
}

function chunkBytes(range: ByteRange | undefined, readers: number): number {
  const length = range ? range.endExclusive - range.start : 0;
  if (length > 0 && length <= READ_AT_ONCE_BYTES && readers < MOST_SHORT_READERS) return length;
  return readers < MOST_LARGE_READERS ? READ_CHUNK_BYTES : SMALL_CHUNK_BYTES;
}
