import { randomUUID } from 'node:crypto';
import type { Client } from 'minio';
import { PartBuffer } from './part-buffer.ts';
import { inCall, PART_SIZE_BYTES } from './s3-client.ts';
import { withRetries } from './s3-errors.ts';

/** Marks an object with the upload that made it: after a lost answer we can tell whether it is ours. */
const MARK = 'isocenter-upload';

/**
 * Uploads one object of unknown size: in a single PUT when it fits into one part, and else part by part, of which at most two are
 * in memory: one being filled, one on its way.
 */
export class S3Upload {
  readonly #client: Client;
  readonly #bucket: string;
  readonly #name: string;
  readonly #mark = randomUUID();
  readonly #failed = new AbortController();
  readonly #etags: { part: number; etag?: string }[] = [];
  #uploadId: string | undefined;
  #filling = new PartBuffer(PART_SIZE_BYTES);
  #sending = new PartBuffer(PART_SIZE_BYTES);
  #sent: Promise<void> = Promise.resolve();
  #sizeBytes = 0;

  constructor(client: Client, bucket: string, name: string) {
    this.#client = client;
    this.#bucket = bucket;
    this.#name = name;
  }

  /** Takes the next bytes, and waits while both parts are full. */
  async write(chunk: Uint8Array): Promise<void> {
    let rest = chunk;
    while (rest.length > 0) {
      // A full part goes out only once more follows: what fits into one part needs no multipart upload.
      if (this.#filling.isFull) await this.#sendPart();
      rest = this.#filling.fill(rest);
    }
    this.#sizeBytes += chunk.length;
  }

  /** Makes the object visible; answers its size in bytes. */
  async finish(): Promise<number> {
    if (this.#uploadId === undefined) {
      await this.#putWhole();
    } else {
      await this.#sendPart();
      await this.#sent;
      await this.#complete(this.#uploadId);
    }
    return this.#sizeBytes;
  }

  /** Breaks off the part on its way, so that `write` fails at once. `finish` isn't stopped once it asks for the object. */
  cancel(): void {
    this.#failed.abort();
  }

  /** Drops all that was sent. Never throws: what it can't remove, the sweeper (or the server itself) does later. */
  async abandon(): Promise<void> {
    this.cancel();
    await this.#sent.catch(() => undefined);
    const uploadId = this.#uploadId;
    if (uploadId === undefined) return;
    await withRetries(() => this.#client.abortMultipartUpload(this.#bucket, this.#name, uploadId)).catch(
      () => undefined,
    );
  }

  async #putWhole(): Promise<void> {
    const { bytes } = this.#filling;
    await withRetries(() =>
      this.#client.putObject(this.#bucket, this.#name, bytes, bytes.length, { [MARK]: this.#mark }),
    );
  }

  async #sendPart(): Promise<void> {
    this.#uploadId ??= await this.#initiate();
    await this.#sent;
    [this.#filling, this.#sending] = [this.#sending, this.#filling];
    this.#filling.clear();
    this.#sent = this.#uploadPart(this.#uploadId, this.#etags.length + 1, this.#sending.bytes);
    // Looked at with the next part; until then it must not count as unhandled.
    this.#sent.catch(() => undefined);
    this.#etags.push({ part: this.#etags.length + 1 });
  }

  #initiate(): Promise<string> {
    const headers = { [`x-amz-meta-${MARK}`]: this.#mark, 'content-type': 'application/octet-stream' };
    // Twice may leave one upload without an owner: the sweeper's business.
    return withRetries(() => this.#client.initiateNewMultipartUpload(this.#bucket, this.#name, headers));
  }

  async #uploadPart(uploadID: string, partNumber: number, bytes: Buffer): Promise<void> {
    const { signal } = this.#failed;
    const config = { bucketName: this.#bucket, objectName: this.#name, uploadID, partNumber, headers: {} };
    const { etag } = await inCall({ signal }, () =>
      withRetries(() => this.#client.uploadPart(config, bytes), signal),
    );
    this.#etags[partNumber - 1] = { part: partNumber, etag };
  }

  async #complete(uploadId: string): Promise<void> {
    try {
      await withRetries(() =>
        this.#client.completeMultipartUpload(this.#bucket, this.#name, uploadId, this.#etags),
      );
    } catch (error) {
      // The answer to a first try may have been lost, and the second found the upload done.
      if (!(await this.#isVisible())) throw error;
    }
  }

  async #isVisible(): Promise<boolean> {
    try {
      const { metaData } = await withRetries(() => this.#client.statObject(this.#bucket, this.#name));
      return metaData[MARK] === this.#mark;
    } catch {
      return false;
    }
  }
}
