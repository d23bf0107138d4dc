import type { Readable } from 'node:stream';

/** Bytes of a blob: `start` is 0-based and inside, `endExclusive` is outside. Both in bytes. */
export interface ByteRange {
  start: number;
  endExclusive: number;
}

export interface BlobInfo {
  key: string;
  sizeBytes: number;
  modifiedAt: Date;
}

/**
 * Where whole objects lie: DICOM instances as they arrived, byte for byte.
 *
 * Keys are relative paths of `[A-Za-z0-9._-]` segments parted by `/`; no segment starts with a dot. Anything else is
 * refused with a `BlobKeyError` before any input or output. A segment has at most 200 characters, a key at most 700; no key may be the
 * folder of another (`a` and `a/b`).
 *
 * Every implementation passes the same suite: test/integration/storage/blobs/blob-store-contract.ts.
 */
export interface BlobStore {
  /**
   * Stores all of `content` under `key`. On return the blob is durable (fsync, or a completed PUT) and visible whole;
   * when it throws, no blob is visible under a new key, and an older one under the same key is untouched or, where only the very last
   * step failed, replaced by all of the new one. That holds for one `put` of a key at a time: what has to last gets a key of its own.
   * If `content` itself throws, or `signal` aborts, that error is passed on as it is.
   * Memory is bounded whatever the length.
   */
  put(
    key: string,
    content: AsyncIterable<Uint8Array>,
    options?: { signal?: AbortSignal },
  ): Promise<{ sizeBytes: number }>;

  /**
   * Opens the blob, or the part of it that `range` names, for reading. Throws `BlobNotFoundError` before the first byte when
   * it is absent, `BlobRangeError` when the range reaches past its end. A store that does not answer is a
   * `BlobStoreUnavailableError`, never "not found". Destroying the stream frees all it held.
   */
  get(key: string, range?: ByteRange): Promise<Readable>;

  /**
   * Fills `target`, which is not empty, with the bytes of the blob from `start` (0-based) on: for what is short enough to be in memory as
   * a whole. Throws as `get` does.
   */
  readInto(key: string, start: number, target: Uint8Array): Promise<void>;

  /** Size and time of the blob, or undefined where there is none. */
  stat(key: string): Promise<BlobInfo | undefined>;

  /** Removes the blob; quiet where there is none. */
  delete(key: string): Promise<void>;

  /** Every blob whose key starts with `prefix`, in no set order. Unfinished uploads are not listed. */
  list(prefix: string): AsyncIterable<BlobInfo>;

  /** Removes what uploads that never ended left behind, where they began before `olderThan`; answers how many. */
  sweepUnfinished(olderThan: Date): Promise<number>;

  /** Throws a `BlobStoreUnavailableError` that names the cause unless the store can be read and written. */
  check(): Promise<void>;

  /** What and where the store is, for logs and `doctor`; never a secret. */
  describe(): string;
}
