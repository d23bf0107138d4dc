/**
 * Bytes that have arrived but are not read yet. A chunk is looked at in place where nothing is left over from the one
 * before; what is left over at the end of a write is copied, so callers may reuse their buffers.
 */
export class ByteQueue {
  bytes: Uint8Array = new Uint8Array(0);
  /** Next unread byte in `bytes`. */
  position = 0;
  /** End of what has arrived, in `bytes`. */
  end = 0;
  /** Offset of `bytes[0]` from the beginning of the stream. */
  private base: number;
  private store: Uint8Array = new Uint8Array(0);

  constructor(offsetBytes = 0) {
    this.base = offsetBytes;
  }

  /** Offset of the next unread byte from the beginning of the stream. */
  get offset(): number {
    return this.base + this.position;
  }

  get available(): number {
    return this.end - this.position;
  }

  push(chunk: Uint8Array): void {
    const left = this.end - this.position;
    if (left === 0) {
      this.base += this.position;
      this.bytes = chunk;
      this.position = 0;
      this.end = chunk.length;
      return;
    }
    const needed = left + chunk.length;
    if (this.bytes === this.store && this.end + chunk.length <= this.store.length) {
      this.store.set(chunk, this.end);
      this.end += chunk.length;
      return;
    }
    const old = this.bytes.subarray(this.position, this.end);
    if (needed > this.store.length) {
      // doubling, so that many small chunks cost no more than one large one
      this.store = new Uint8Array(Math.max(256, needed * 2));
      this.store.set(old);
    } else if (this.bytes === this.store) {
      this.store.copyWithin(0, this.position, this.end);
    } else {
      this.store.set(old);
    }
    this.store.set(chunk, left);
    this.base += this.position;
    this.bytes = this.store;
    this.position = 0;
    this.end = needed;
  }

  /** Copies what is left of the last chunk, which belongs to the caller of `push`. */
  detach(): void {
    const left = this.end - this.position;
    if (this.bytes === this.store && left > 0) return;
    this.base += this.position;
    if (left === 0) {
      // a store that grew for one long value is not kept
      if (this.store.length > 65536) this.store = new Uint8Array(0);
    } else {
      if (left > this.store.length) this.store = new Uint8Array(Math.max(256, left * 2));
      this.store.set(this.bytes.subarray(this.position, this.end));
    }
    this.bytes = this.store;
    this.position = 0;
    this.end = left;
  }

  /** Passes over as many as are there of `count` bytes and returns how many that were. */
  skip(count: number): number {
    const skipped = Math.min(count, this.end - this.position);
    this.position += skipped;
    return skipped;
  }

  /** The unsigned 16-bit number `at` bytes after the next unread byte; the caller has checked `available`. */
  u16(at: number, bigEndian: boolean): number {
    const p = this.position + at;
    const a = this.bytes[p] as number;
    const b = this.bytes[p + 1] as number;
    return bigEndian ? (a << 8) | b : (b << 8) | a;
  }

  /** The unsigned 32-bit number `at` bytes after the next unread byte; the caller has checked `available`. */
  u32(at: number, bigEndian: boolean): number {
    const first = this.u16(at, bigEndian);
    const second = this.u16(at + 2, bigEndian);
    return bigEndian ? first * 65536 + second : second * 65536 + first;
  }

  /** A tag: group * 65536 + element. */
  tag(at: number, bigEndian: boolean): number {
    return this.u16(at, bigEndian) * 65536 + this.u16(at + 2, bigEndian);
  }
}
