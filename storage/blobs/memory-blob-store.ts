import { Readable } from 'node:stream';
import { abortableContent } from './abortable-content.ts';
import { BlobNotFoundError } from './blob-errors.ts';
import { checkBlobKey, checkBlobPrefix } from './blob-key.ts';
import { checkByteRange } from './blob-range.ts';
import type { BlobInfo, BlobStore, ByteRange } from './blob-store.ts';

const CHUNK_BYTES = 64 * 1024;

/** Keeps blobs in memory: for tests. Nothing outlives the process. */
export class MemoryBlobStore implements BlobStore {
  readonly #blobs = new Map<string, { bytes: Buffer; modifiedAt: Date }>();

  async put(
    key: string,
    content: AsyncIterable<Uint8Array>,
    options: { signal?: AbortSignal } = {},
  ): Promise<{ sizeBytes: number }> {
    checkBlobKey(key);
    const chunks: Buffer[] = [];
    for await (const chunk of abortableContent(content, options.signal)) chunks.push(Buffer.from(chunk));
    const bytes = Buffer.concat(chunks);
    this.#blobs.set(key, { bytes, modifiedAt: new Date() });
    return { sizeBytes: bytes.length };
  }

  async get(key: string, range?: ByteRange): Promise<Readable> {
    checkBlobKey(key);
    const blob = this.#blobs.get(key);
    if (!blob) throw new BlobNotFoundError(key);
    if (range) checkByteRange(key, range, blob.bytes.length);
    return Readable.from(chunksOf(blob.bytes.subarray(range?.start, range?.endExclusive)), {
      objectMode: false,
    });
  }

  async readInto(key: string, start: number, target: Uint8Array): Promise<void> {
    checkBlobKey(key);
    const bytes = this.#blobs.get(key)?.bytes;
    if (!bytes) throw new BlobNotFoundError(key);
    const endExclusive = start + target.byteLength;
    checkByteRange(key, { start, endExclusive }, bytes.length);
    target.set(bytes.subarray(start, endExclusive));
  }

  async stat(key: string): Promise<BlobInfo | undefined> {
    checkBlobKey(key);
    const blob = this.#blobs.get(key);
    return blob && { key, sizeBytes: blob.bytes.length, modifiedAt: blob.modifiedAt };
  }

  async delete(key: string): Promise<void> {
    checkBlobKey(key);
    this.#blobs.delete(key);
  }

  async *list(prefix: string): AsyncIterable<BlobInfo> {
    checkBlobPrefix(prefix);
    for (const [key, { bytes, modifiedAt }] of [...this.#blobs]) {
      if (key.startsWith(prefix)) yield { key, sizeBytes: bytes.length, modifiedAt };
    }
  }

  /** Unfinished uploads are never kept. */
  async sweepUnfinished(): Promise<number> {
    return 0;
  }

  async check(): Promise<void> {}

  describe(): string {
    return 'memory (lost when the process ends)';
  }
}

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}
