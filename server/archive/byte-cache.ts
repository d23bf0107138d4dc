import { LRUCache } from 'lru-cache';

/** What an entry takes beside its bytes: its key, and the cache's own notes. */
const ENTRY_BYTES = 512;
/** One answer never pushes out more than an eighth of the others. */
const LARGEST_SHARE = 8;

/**
 * Finished answers in memory, the least recently used thrown out first. It knows of no change: a key holds the state of what it shows
 * (what its ETag is made of), read from the index by each request that asks, so that what is no longer the case is not asked for again.
 */
export class ByteCache {
  readonly #entries: LRUCache<string, Buffer> | undefined;
  readonly #making = new Map<string, Promise<Buffer>>();
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
   * What is kept under `key`, or what `make` makes: once for all who ask meanwhile, so it must not end with the request of one of them.
   * What it throws is thrown to each, and not kept.
   */
  async getOrMake(key: string, make: () => Promise<Buffer>): Promise<Buffer> {
    const kept = this.get(key);
    if (kept) return kept;
    const making = this.#making.get(key) ?? this.#make(key, make);
    return making;
  }

  #make(key: string, make: () => Promise<Buffer>): Promise<Buffer> {
    const making = make()
      .then((bytes) => {
        if (bytes.length <= this.largestBytes) this.#entries?.set(key, withoutSurroundings(bytes));
        return bytes;
      })
      .finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    return making;
  }
}

/** A view into a larger buffer would keep all of that in memory. */
function withoutSurroundings(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.length) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}
