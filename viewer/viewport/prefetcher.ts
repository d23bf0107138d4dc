import { cacheSizeBytes } from './engine.ts';
import { isImageLoaded, loadImage } from './load-image.ts';
import { prefetchOrder } from './prefetch-order.ts';

/** Browsers open six connections to a host over HTTP/1.1: two stay free for the image asked for. */
const loadsInFlight = 4;
/** Part of the cache that one stack may fill ahead of need. */
const cacheShare = 0.5;

/** Loads the images around a moving position in the background, until stopped. */
export class Prefetcher {
  readonly #imageIds: readonly string[];
  readonly #limit: number;
  readonly #onLoaded: () => void;
  readonly #failed = new Set<string>();
  readonly #loading = new Set<string>();
  #order: number[] = [];
  #position = 0;
  #isStopped = false;

  constructor(imageIds: readonly string[], bytesPerImage: number, onLoaded: () => void) {
    this.#imageIds = imageIds;
    this.#limit = Math.max(10, Math.floor((cacheSizeBytes * cacheShare) / Math.max(1, bytesPerImage)));
    this.#onLoaded = onLoaded;
  }

  /** Tells where the reader is, and (re)starts fetching around it. */
  moveTo(position: number): void {
    const direction = position >= this.#position ? 1 : -1;
    this.#position = position;
    this.#order = prefetchOrder(position, this.#imageIds.length, direction, this.#limit);
    this.#fill();
  }

  /** How many images of the stack are in memory. */
  loadedCount(): number {
    return this.#imageIds.reduce((count, imageId) => count + (isImageLoaded(imageId) ? 1 : 0), 0);
  }

  stop(): void {
    this.#isStopped = true;
  }

  #fill(): void {
    while (!this.#isStopped && this.#loading.size < loadsInFlight) {
      const imageId = this.#next();
      if (imageId === undefined) return;
      this.#load(imageId);
    }
  }

  #next(): string | undefined {
    for (const index of this.#order) {
      const imageId = this.#imageIds[index];
      const isWanted = imageId !== undefined && !this.#loading.has(imageId) && !this.#failed.has(imageId);
      if (isWanted && !isImageLoaded(imageId)) return imageId;
    }
    return undefined;
  }

  #load(imageId: string): void {
    this.#loading.add(imageId);
    loadImage(imageId)
      // Shown as an error when the reader comes to this image; not worth trying again before that.
      .catch(() => this.#failed.add(imageId))
      .finally(() => {
        this.#loading.delete(imageId);
        if (this.#isStopped) return;
        this.#onLoaded();
        this.#fill();
      });
  }
}
