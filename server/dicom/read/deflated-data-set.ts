import { createInflate, createInflateRaw, type InflateRaw } from 'node:zlib';
import { DicomReadError } from '../dicom-errors.ts';
import type { ReadLimits } from './read-limits.ts';

/**
 * PS3.5 A.5 wants RFC 1951; the header of RFC 1950, two bytes, can't begin such a stream (it would be a stored block of
 * contradictory length).
 */
export function startsWithZlibHeader(bytes: Uint8Array): boolean {
  const first = bytes[0] ?? 0;
  return (first & 0x0f) === 8 && (first * 256 + (bytes[1] ?? 0)) % 31 === 0 && first === 0x78;
}

/** Inflates the data set of a deflated transfer syntax (PS3.5 A.5), chunk by chunk. */
export class DeflatedDataSet {
  private inflate: InflateRaw | undefined;
  private readonly limits: ReadLimits;
  private readonly offsetBytes: number;
  private readonly onBytes: (bytes: Uint8Array) => void;
  private readonly onZlibHeader: () => void;
  private failure: Error | undefined;
  private finished = false;
  private deflatedBytes = 0;
  private inflatedBytes = 0;
  private wake: (() => void) | undefined;
  private first: Uint8Array = new Uint8Array(0);

  /** `onBytes` may throw; what it throws comes out of `write` or `end`. `offsetBytes` is where the data set begins. */
  constructor(
    limits: ReadLimits,
    offsetBytes: number,
    onBytes: (bytes: Uint8Array) => void,
    onZlibHeader: () => void,
  ) {
    this.limits = limits;
    this.offsetBytes = offsetBytes;
    this.onBytes = onBytes;
    this.onZlibHeader = onZlibHeader;
  }

  /** Resolves once the chunk has been inflated and handed on. */
  async write(chunk: Uint8Array): Promise<void> {
    let bytes = chunk;
    if (!this.inflate) {
      bytes = Buffer.concat([this.first, chunk]);
      this.first = bytes;
      if (bytes.length < 2) return;
      this.inflate = this.open(bytes);
    }
    this.deflatedBytes += bytes.length;
    const { inflate } = this;
    // after the end of the deflated stream comes at most a padding byte; anything else there is left alone
    if (!this.finished && !this.failure) {
      await this.settled((done) => inflate.write(bytes, done));
    }
    if (this.failure) throw this.failure;
  }

  async end(): Promise<void> {
    const { inflate } = this;
    if (!inflate) throw this.error('TRUNCATED', 'the deflated data set is missing');
    if (!this.finished && !this.failure) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        inflate.end();
      });
    }
    if (this.failure) throw this.failure;
  }

  /** Gives the memory of zlib back. */
  destroy(): void {
    this.inflate?.destroy();
  }

  private open(bytes: Uint8Array): InflateRaw {
    const hasHeader = startsWithZlibHeader(bytes);
    if (hasHeader) this.onZlibHeader();
    const inflate = hasHeader ? createInflate() : createInflateRaw();
    inflate.on('data', (inflated: Uint8Array) => this.take(inflated));
    inflate.on('end', () => this.settle(undefined));
    inflate.on('error', (cause: NodeJS.ErrnoException) => {
      const truncated = cause.code === 'Z_BUF_ERROR';
      const code = truncated ? 'TRUNCATED' : 'BAD_DEFLATE';
      const text = truncated ? 'the deflated data set ends early' : 'the data set does not inflate';
      this.settle(this.error(code, text, cause));
    });
    return inflate;
  }

  private take(inflated: Uint8Array): void {
    if (this.failure) return;
    this.inflatedBytes += inflated.length;
    try {
      this.checkLimits();
      this.onBytes(inflated);
    } catch (error) {
      this.settle(error instanceof Error ? error : new Error(String(error)));
      this.inflate?.destroy();
    }
  }

  private checkLimits(): void {
    const { inflatedBytes, inflateRatio, inflatedBytesFree } = this.limits;
    const tooMany = this.inflatedBytes > inflatedBytes;
    const free = this.inflatedBytes <= inflatedBytesFree;
    if (!tooMany && (free || this.inflatedBytes <= this.deflatedBytes * inflateRatio)) return;
    throw this.error('LIMIT_EXCEEDED', 'the data set inflates to too many bytes');
  }

  private settle(failure: Error | undefined): void {
    this.finished = true;
    this.failure ??= failure;
    this.wake?.();
  }

  /** Waits for the callback of a write, or for an error or the end of the stream, after which none may come. */
  private async settled(start: (done: () => void) => void): Promise<void> {
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      start(resolve);
    });
    this.wake = undefined;
  }

  private error(
    code: 'TRUNCATED' | 'BAD_DEFLATE' | 'LIMIT_EXCEEDED',
    text: string,
    cause?: Error,
  ): DicomReadError {
    return new DicomReadError(code, text, this.offsetBytes + this.inflatedBytes, { cause });
  }
}
