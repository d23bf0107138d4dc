import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { abortableContent } from './abortable-content.ts';
import { BlobRangeError, BlobStoreUnavailableError } from './blob-errors.ts';
import { checkBlobKey, checkBlobPrefix } from './blob-key.ts';
import { checkByteRange } from './blob-range.ts';
import type { BlobInfo, BlobStore, ByteRange } from './blob-store.ts';
import { connectS3, inCall, type S3Connection, type S3Options } from './s3-client.ts';
import { S3Download } from './s3-download.ts';
import { isRefusal, saysAbsent, translateS3Error, withRetries } from './s3-errors.ts';
import { S3Upload } from './s3-upload.ts';

/**
 * Keeps blobs as objects of an S3 bucket: MinIO, AWS, or any other that speaks it (path style).
 * Where the answer to the last request of a `put` is lost for good, the blob may be there although `put` threw.
 */
export class S3BlobStore implements BlobStore {
  readonly #connection: S3Connection;
  readonly #bucket: string;
  readonly #region: string;
  readonly #prefix: string;
  readonly #endpoint: string;
  #opened: Promise<void> | undefined;

  constructor(options: S3Options) {
    this.#connection = connectS3(options);
    this.#bucket = options.bucket;
    this.#region = options.region;
    this.#endpoint = new URL(options.endpoint).origin;
    const prefix = options.prefix?.replace(/^\/+|\/+$/g, '') ?? '';
    if (prefix !== '') checkBlobKey(prefix);
    this.#prefix = prefix === '' ? '' : `${prefix}/`;
  }

  /** Makes the bucket where it is missing and we may. Done by itself before the first `put`, `list` or `check`. */
  async open(): Promise<void> {
    this.#opened ??= this.#request('', () => this.#ensureBucket()).catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    await this.#opened;
  }

  /** Drops the connections kept open. */
  close(): void {
    this.#connection.close();
  }

  async put(
    key: string,
    content: AsyncIterable<Uint8Array>,
    options: { signal?: AbortSignal } = {},
  ): Promise<{ sizeBytes: number }> {
    checkBlobKey(key);
    const { signal } = options;
    signal?.throwIfAborted();
    await this.open();
    const upload = new S3Upload(this.#client, this.#bucket, this.#nameOf(key));
    const cancel = () => upload.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      for await (const chunk of abortableContent(content, signal)) {
        await this.#request(key, () => upload.write(chunk));
      }
      signal?.throwIfAborted();
      return { sizeBytes: await this.#request(key, () => upload.finish()) };
    } catch (error) {
      await upload.abandon();
      throw signal?.aborted ? signal.reason : error;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  async get(key: string, range?: ByteRange): Promise<Readable> {
    checkBlobKey(key);
    if (range) checkByteRange(key, range);
    const response = await this.#request(key, () =>
      inCall({ isDownload: true }, () => withRetries(() => this.#openDownload(key, range))),
    );
    const sizeBytes = Number(response.headers['content-length']);
    // S3 cuts a range off at the end of the object.
    if (range && sizeBytes !== range.endExclusive - range.start) {
      response.destroy();
      throw new BlobRangeError(key);
    }
    return new S3Download(response, { key, sizeBytes, idleTimeoutMs: this.#connection.idleTimeoutMs });
  }

  async readInto(key: string, start: number, target: Uint8Array): Promise<void> {
    let at = 0;
    for await (const chunk of await this.get(key, { start, endExclusive: start + target.byteLength })) {
      target.set(chunk, at);
      at += chunk.length;
    }
  }

  async stat(key: string): Promise<BlobInfo | undefined> {
    checkBlobKey(key);
    return await this.#request(key, async () => {
      try {
        const found = await withRetries(() => this.#client.statObject(this.#bucket, this.#nameOf(key)));
        return { key, sizeBytes: found.size, modifiedAt: found.lastModified };
      } catch (error) {
        if (!saysAbsent(error)) throw error;
        // HEAD has no body that would tell a missing object from a missing bucket.
        await this.#requireBucket();
        return undefined;
      }
    });
  }

  async delete(key: string): Promise<void> {
    checkBlobKey(key);
    await this.#request(key, () =>
      withRetries(() => this.#client.removeObject(this.#bucket, this.#nameOf(key))),
    );
  }

  async *list(prefix: string): AsyncIterable<BlobInfo> {
    checkBlobPrefix(prefix);
    await this.open();
    const found = this.#client.listObjectsV2(this.#bucket, this.#prefix + prefix, true);
    try {
      for await (const { name, size, lastModified } of found) {
        const key = String(name).slice(this.#prefix.length);
        if (!key.startsWith('.')) yield { key, sizeBytes: size, modifiedAt: lastModified };
      }
    } catch (error) {
      throw translateS3Error(error, prefix);
    }
  }

  /** MinIO lists the uploads of one key only, and itself removes those older than a day: there is nothing to do for us then. */
  async sweepUnfinished(olderThan: Date): Promise<number> {
    return await this.#request('', async () => {
      let removed = 0;
      const uploads = this.#client.listIncompleteUploads(this.#bucket, this.#prefix, true);
      for await (const { key, uploadId, initiated } of uploads) {
        if (initiated >= olderThan) continue;
        await withRetries(() => this.#client.abortMultipartUpload(this.#bucket, key, uploadId));
        removed += 1;
      }
      return removed;
    });
  }

  async check(): Promise<void> {
    await this.open();
    const name = `${this.#prefix}.check-${randomUUID()}`;
    await this.#request('', async () => {
      await withRetries(() => this.#client.putObject(this.#bucket, name, Buffer.from('readable')));
      await withRetries(() => this.#client.statObject(this.#bucket, name));
      await withRetries(() => this.#client.removeObject(this.#bucket, name));
    });
  }

  describe(): string {
    return `S3 bucket ${this.#bucket}${this.#prefix && `, ${this.#prefix}`} at ${this.#endpoint}`;
  }

  get #client() {
    return this.#connection.client;
  }

  #nameOf(key: string): string {
    return this.#prefix + key;
  }

  async #request<T>(key: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw translateS3Error(error, key);
    }
  }

  async #openDownload(key: string, range: ByteRange | undefined): Promise<IncomingMessage> {
    const name = this.#nameOf(key);
    const stream = range
      ? await this.#client.getPartialObject(this.#bucket, name, range.start, range.endExclusive - range.start)
      : await this.#client.getObject(this.#bucket, name);
    return stream as IncomingMessage;
  }

  async #ensureBucket(): Promise<void> {
    try {
      if (await withRetries(() => this.#client.bucketExists(this.#bucket))) return;
    } catch (error) {
      // Whoever may only read and write objects may not look at the bucket; the next request tells whether it is there.
      if (isRefusal(error)) return;
      throw error;
    }
    try {
      await this.#client.makeBucket(this.#bucket, this.#region);
    } catch (error) {
      // Another process may have been faster.
      if (!(await this.#client.bucketExists(this.#bucket).catch(() => false))) throw error;
    }
  }

  async #requireBucket(): Promise<void> {
    if (await withRetries(() => this.#client.bucketExists(this.#bucket))) return;
    throw new BlobStoreUnavailableError(`the S3 bucket ${this.#bucket} does not exist`);
  }
}
