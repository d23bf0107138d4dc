import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { BlobStoreUnavailableError } from './blob-errors.ts';
import { translateS3Error } from './s3-errors.ts';

/**
 * The body of S3's answer, which must be `sizeBytes` long. Fails when S3 is silent for `idleTimeoutMs` while the reader waits;
 * a slow reader may take its time. Destroying it drops the connection.
 */
export class S3Download extends Readable {
  readonly #response: IncomingMessage;
  #missingBytes: number;
  readonly #timer: NodeJS.Timeout;

  constructor(response: IncomingMessage, options: { key: string; sizeBytes: number; idleTimeoutMs: number }) {
    super();
    const { key, idleTimeoutMs } = options;
    this.#response = response;
    this.#missingBytes = options.sizeBytes;
    this.#timer = setTimeout(() => {
      if (!response.isPaused())
        this.destroy(new BlobStoreUnavailableError(`the S3 store went silent within ${key}`));
    }, idleTimeoutMs);
    this.#timer.unref();
    response.on('data', (chunk: Buffer) => this.#pass(chunk));
    response.on('end', () => this.#finish(key));
    response.on('error', (error) => this.destroy(translateS3Error(error, key)));
    response.pause();
  }

  override _read(): void {
    this.#timer.refresh();
    this.#response.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#timer);
    this.#response.destroy();
    callback(error);
  }

  #pass(chunk: Buffer): void {
    this.#missingBytes -= chunk.length;
    this.#timer.refresh();
    if (!this.push(chunk)) this.#response.pause();
  }

  #finish(key: string): void {
    if (this.#missingBytes === 0) this.push(null);
    else
      this.destroy(
        new BlobStoreUnavailableError(`the S3 store cut ${key} short by ${this.#missingBytes} bytes`),
      );
  }
}
