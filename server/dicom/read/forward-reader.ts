import { DicomReadError } from '../dicom-errors.ts';
import { ByteQueue } from './byte-queue.ts';

/** Passing over fewer bytes is quicker than opening anew. */
const reopenFromBytes = 1024 * 1024;

/**
 * Reads bytes that come from front to back, in chunks that their source does not write over. What is at hand can be looked at in `queue`;
 * memory is a chunk, or what `fill` and `take` ask for.
 */
export class ForwardReader {
  queue: ByteQueue;
  readonly #reopen: ((offset: number) => AsyncIterable<Uint8Array>) | undefined;
  #chunks: AsyncIterator<Uint8Array>;
  #ended = false;

  /**
   * `offsetBytes`: what the first byte's offset is said to be. `reopen` gives the bytes from an offset on, where they can be had
   * without reading those before.
   */
  constructor(
    chunks: AsyncIterable<Uint8Array>,
    offsetBytes = 0,
    reopen?: (offset: number) => AsyncIterable<Uint8Array>,
  ) {
    this.queue = new ByteQueue(offsetBytes);
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#reopen = reopen;
  }

  /** Offset of the next byte. */
  get offset(): number {
    return this.queue.offset;
  }

  /** Waits until so many bytes are at hand; false where fewer are left. */
  async fill(bytes: number): Promise<boolean> {
    while (this.queue.available < bytes) if (!(await this.#more())) return false;
    return true;
  }

  /** The next bytes, as a copy. Throws a `DicomReadError` where fewer are left. */
  async take(length: number): Promise<Uint8Array> {
    const taken = new Uint8Array(length);
    let at = 0;
    for await (const piece of this.stream(length)) {
      taken.set(piece, at);
      at += piece.length;
    }
    return taken;
  }

  /** The next bytes, in pieces. Throws a `DicomReadError` where fewer are left. */
  async *stream(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0; ) {
      await this.#some();
      const { queue } = this;
      // copied: the queue uses its bytes again
      const piece = queue.bytes.slice(queue.position, Math.min(queue.position + left, queue.end));
      queue.position += piece.length;
      left -= piece.length;
      yield piece;
    }
  }

  /** Passes over the bytes before `offset`, which may be where the reader stands. */
  async skipTo(offset: number): Promise<void> {
    if (offset < this.offset) throw new RangeError('a forward reader was asked to go back');
    this.queue.skip(offset - this.offset);
    if (this.#reopen && offset - this.offset > reopenFromBytes) {
      await this.#chunks.return?.();
      this.#chunks = this.#reopen(offset)[Symbol.asyncIterator]();
      this.queue = new ByteQueue(offset);
    }
    while (this.offset < offset) {
      await this.#some();
      this.queue.skip(offset - this.offset);
    }
  }

  /** Gives back what the source holds. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#chunks.return?.();
  }

  async #some(): Promise<void> {
    if (!(await this.fill(1))) throw new DicomReadError('TRUNCATED', 'the bytes end early', this.offset);
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    const { done, value } = await this.#chunks.next();
    if (done) this.#ended = true;
    else this.queue.push(value);
    return !done;
  }
}
