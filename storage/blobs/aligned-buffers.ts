/** Bytes of each buffer: a multiple of what any disk wants direct writes to be aligned to. */
const ALIGNED_BUFFER_BYTES = 1024 * 1024;
/** Memory of this kind is made in pages of WebAssembly. */
const PAGE_BYTES = 64 * 1024;

/** A bounded number of buffers that begin at a page of memory, as writing past the page cache requires. */
export class AlignedBuffers {
  readonly #free: Buffer[] = [];
  #left: number;

  constructor(most: number) {
    this.#left = most;
  }

  /** Undefined where as many as there may be are in use. What it holds is of no meaning. */
  take(): Buffer | undefined {
    const free = this.#free.pop();
    if (free || this.#left === 0) return free;
    this.#left -= 1;
    const pages = ALIGNED_BUFFER_BYTES / PAGE_BYTES;
    return Buffer.from(new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer);
  }

  giveBack(buffer: Buffer): void {
    this.#free.push(buffer);
  }
}
