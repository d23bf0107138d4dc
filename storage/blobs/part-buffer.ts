const FIRST_CAPACITY_BYTES = 64 * 1024;

/** Gathers chunks into one piece of memory that grows up to `maxBytes`, and is used again for the next part. */
export class PartBuffer {
  readonly #maxBytes: number;
  #memory = Buffer.alloc(0);
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isFull(): boolean {
    return this.#length === this.#maxBytes;
  }

  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  /** Takes as much of `chunk` as fits; answers the rest. The chunk itself isn't kept. */
  fill(chunk: Uint8Array): Uint8Array {
    const taken = chunk.subarray(0, this.#maxBytes - this.#length);
    this.#reserve(this.#length + taken.length);
    this.#memory.set(taken, this.#length);
    this.#length += taken.length;
    return chunk.subarray(taken.length);
  }

  clear(): void {
    this.#length = 0;
  }

  #reserve(needed: number): void {
    if (needed <= this.#memory.length) return;
    let capacity = Math.max(this.#memory.length, FIRST_CAPACITY_BYTES);
    while (capacity < needed) capacity *= 2;
    const larger = Buffer.allocUnsafeSlow(Math.min(capacity, this.#maxBytes));
    larger.set(this.bytes);
    this.#memory = larger;
  }
}
