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

  /** Undefined where as many as there may be are in use, or the system has no room for more. What it holds is of no meaning. */
  take(): Buffer | undefined {
    const free = this.#free.pop();
    if (free || this.#left === 0) return free;
    const buffer = newBuffer();
    // Where the address space is limited (ulimit -v) it stays so: we don't ask again.
    this.#left = buffer ? this.#left - 1 : 0;
    return buffer;
  }

  giveBack(buffer: Buffer): void {
    this.#free.push(buffer);
  }
}

/** Takes about 10 GB of addresses, though not of memory, for each; undefined where the process may not have them. */
function newBuffer(): Buffer | undefined {
  const pages = ALIGNED_BUFFER_BYTES / PAGE_BYTES;
  try {
    return Buffer.from(new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
