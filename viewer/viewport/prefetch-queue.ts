/** Somebody who would like images to be loaded ahead of need. */
export interface PrefetchSource {
  /** The image to load next, or undefined when there is none (now). */
  next(): string | undefined;
  /** The image that `next` named is there, or failed. */
  onSettled(imageId: string, isLoaded: boolean): void;
}

/**
 * Loads images in the background, a few at a time for the whole page. As long as a reader waits for an image nothing new is
 * begun; what moved last comes before the others.
 */
export class PrefetchQueue {
  readonly #load: (imageId: string) => Promise<unknown>;
  readonly #limit: number;
  /** The most urgent one first. */
  #sources: PrefetchSource[] = [];
  readonly #inFlight = new Map<string, PrefetchSource>();
  #waitingReaders = 0;

  constructor(load: (imageId: string) => Promise<unknown>, limit: number) {
    this.#load = load;
    this.#limit = limit;
  }

  /** Puts a source before all others, or (`isLast`) behind them, and goes on loading. */
  wake(source: PrefetchSource, isLast = false): void {
    const others = this.#sources.filter((other) => other !== source);
    this.#sources = isLast ? [...others, source] : [source, ...others];
    this.#fill();
  }

  /** Asks a source no more. Answers what is being loaded for it. */
  remove(source: PrefetchSource): string[] {
    this.#sources = this.#sources.filter((other) => other !== source);
    return [...this.#inFlight].flatMap(([imageId, owner]) => (owner === source ? [imageId] : []));
  }

  isLoading(imageId: string): boolean {
    return this.#inFlight.has(imageId);
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Holds the background back while a reader waits for `loading`. */
  async waitFor<T>(loading: Promise<T>): Promise<T> {
    this.#waitingReaders += 1;
    try {
      return await loading;
    } finally {
      this.#waitingReaders -= 1;
      this.#fill();
    }
  }

  #fill(): void {
    while (this.#waitingReaders === 0 && this.#inFlight.size < this.#limit) {
      const isBegun = this.#sources.some((source) => {
        const imageId = source.next();
        if (imageId !== undefined) this.#begin(source, imageId);
        return imageId !== undefined;
      });
      if (!isBegun) return;
    }
  }

  #begin(source: PrefetchSource, imageId: string): void {
    this.#inFlight.set(imageId, source);
    this.#load(imageId)
      .then(
        () => true,
        () => false,
      )
      .then((isLoaded) => {
        this.#inFlight.delete(imageId);
        source.onSettled(imageId, isLoaded);
        this.#fill();
      });
  }
}
