/** Bytes that many may hold in memory together. Who wants more than is left waits for the others, first come, first served. */
export class ByteBudget {
  readonly #total: number;
  readonly #waiting: { bytes: number; begin(): void }[] = [];
  #held = 0;

  constructor(totalBytes: number) {
    this.#total = totalBytes;
  }

  /** Held at present. */
  get heldBytes(): number {
    return this.#held;
  }

  /**
   * Runs `work` once its `bytes` fit; what is larger than the whole runs when nothing else is held. Rejects with the signal's reason
   * where it is aborted while waiting.
   */
  async with<T>(bytes: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const share = Math.min(bytes, this.#total);
    signal.throwIfAborted();
    await this.#take(share, signal);
    try {
      return await work();
    } finally {
      this.#held -= share;
      this.#next();
    }
  }

  #take(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.#waiting.length === 0 && this.#held + bytes <= this.#total) {
      this.#held += bytes;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const entry = {
        bytes,
        begin: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        reject(signal.reason);
        this.#next();
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(entry);
    });
  }

  #next(): void {
    for (
      let [first] = this.#waiting;
      first && this.#held + first.bytes <= this.#total;
      [first] = this.#waiting
    ) {
      this.#waiting.shift();
      this.#held += first.bytes;
      first.begin();
    }
  }
}
