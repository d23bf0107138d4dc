import { LRUCache } from 'lru-cache';
import { OftenAsked } from './often-asked.ts';

/** What an entry takes beside its bytes: its key, and the cache's own notes. */
const ENTRY_BYTES = 512;
/** One answer never pushes out more than an eighth of the others. */
const LARGEST_SHARE = 8;

/** What is being made, for so many who wait for it. */
interface Making {
  bytes: Promise<Buffer>;
  wanted: AbortController;
  askers: number;
}

/**
 * Finished answers in memory, the least recently used thrown out first. It knows of no change: a key holds the state of what it shows
 * (what its ETag is made of), read from the index by each request that asks, so that what is no longer the case is not asked for again.
 */
export class ByteCache {
  readonly #entries: LRUCache<string, Buffer> | undefined;
  readonly #making = new Map<string, Making>();
  readonly #asked = new OftenAsked();
  /** What is larger is not kept. */
  readonly largestBytes: number;

  /** Keeps at most `totalBytes`; nothing at all where that is 0. */
  constructor(totalBytes: number) {
    this.largestBytes = Math.max(0, Math.floor(totalBytes / LARGEST_SHARE) - ENTRY_BYTES);
    if (this.largestBytes > 0)
      this.#entries = new LRUCache({
        maxSize: totalBytes,
        maxEntrySize: this.largestBytes + ENTRY_BYTES,
        sizeCalculation: ({ length }) => length + ENTRY_BYTES,
      });
  }

  /** In use at present, in bytes. */
  get heldBytes(): number {
    return this.#entries?.calculatedSize ?? 0;
  }

  /** Nobody may write to what it answers. */
  get(key: string): Buffer | undefined {
    return this.#entries?.get(key);
  }

  /**
   * What is kept under `key`, or what `make` makes, once for all who ask meanwhile. Its signal aborts when all of them have left, each by
   * its own `signal`. What it throws is thrown to each, and not kept.
   */
  async getOrMake(
    key: string,
    make: (wanted: AbortSignal) => Promise<Buffer>,
    signal?: AbortSignal,
  ): Promise<Buffer> {
    signal?.throwIfAborted();
    const kept = this.get(key);
    if (kept) return kept;
    const making = this.#making.get(key) ?? this.#make(key, make);
    making.askers += 1;
    const leave = () => this.#leave(key, making, signal);
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await making.bytes;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  /** Keeps a copy of `bytes`, which can be had again for little, once they were asked for often; who holds the memory may go on using it. */
  keepIfOftenAsked(key: string, bytes: Uint8Array): void {
    if (bytes.length > this.largestBytes || !this.#asked.isWorthKeeping(key)) return;
    const own = Buffer.allocUnsafeSlow(bytes.length);
    own.set(bytes);
    this.#entries?.set(key, own);
  }

  #make(key: string, make: (wanted: AbortSignal) => Promise<Buffer>): Making {
    const wanted = new AbortController();
    const making: Making = { wanted, askers: 0, bytes: this.#kept(key, make(wanted.signal)) };
    this.#making.set(key, making);
    const end = () => this.#forget(key, making);
    making.bytes.then(end, end);
    return making;
  }

  async #kept(key: string, made: Promise<Buffer>): Promise<Buffer> {
    const bytes = await made;
    if (bytes.length <= this.largestBytes) this.#entries?.set(key, withoutSurroundings(bytes));
    return bytes;
  }

  #leave(key: string, making: Making, signal: AbortSignal | undefined): void {
    making.askers -= 1;
    if (making.askers > 0) return;
    // Who asks from now on begins anew.
    this.#forget(key, making);
    making.wanted.abort(signal?.reason);
  }

  #forget(key: string, making: Making): void {
    if (this.#making.get(key) === making) this.#making.delete(key);
  }
}

/** A view into a larger buffer would keep all of that in memory. */
function withoutSurroundings(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.length) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}
