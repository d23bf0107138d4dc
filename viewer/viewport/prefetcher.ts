import { distanceFromScreen, type WatchedPlace } from './eviction.ts';
import { makeRoom, onImageHeld, watchPlace } from './image-cache.ts';
import { cancelLoading, isImageLoaded, prefetchQueue } from './load-image.ts';
import { prefetchOrder } from './prefetch-order.ts';
import type { PrefetchSource } from './prefetch-queue.ts';

/** How often, at most, a viewport is told how many images are there, ms. */
const tellEveryMs = 200;

/** Loads the images around a moving position in the background, until stopped. */
export class Prefetcher implements PrefetchSource, WatchedPlace {
  readonly #imageIds: readonly string[];
  readonly #indices: ReadonlyMap<string, number>;
  readonly #bytesPerImage: number;
  readonly #failed = new Set<string>();
  readonly #stops: readonly (() => void)[];
  readonly #onLoaded: () => void;
  #loadedCount: number;
  #order: readonly number[] = [];
  /** Where in `#order` the search for the next image goes on. */
  #from = 0;
  #isFull = false;
  #isStopped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  position = 0;

  constructor(imageIds: readonly string[], bytesPerImage: number, onLoaded: () => void) {
    this.#imageIds = imageIds;
    this.#indices = new Map(imageIds.map((imageId, index) => [imageId, index]));
    this.#bytesPerImage = Math.max(1, bytesPerImage);
    this.#onLoaded = onLoaded;
    this.#loadedCount = imageIds.filter(isImageLoaded).length;
    this.#stops = [onImageHeld((imageId, isLoaded) => this.#note(imageId, isLoaded)), watchPlace(this)];
  }

  /** Tells where the reader is, and (re)starts fetching around it. */
  moveTo(position: number): void {
    if (this.#isStopped) return;
    const direction = position >= this.position ? 1 : -1;
    this.position = position;
    this.#order = prefetchOrder(position, this.#imageIds.length, direction, this.#imageIds.length);
    this.#from = 0;
    this.#isFull = false;
    prefetchQueue.wake(this);
  }

  /** Tells where the reader is, without loading anything: what is nearest to it stays in memory. */
  place(position: number): void {
    this.position = position;
  }

  /** How many images of the stack are in memory. */
  loadedCount(): number {
    return this.#loadedCount;
  }

  /** Loads nothing more, and gives up what is on its way. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    for (const stop of this.#stops) stop();
    for (const imageId of prefetchQueue.remove(this)) cancelLoading(imageId);
  }

  indexOf(imageId: string): number | undefined {
    return this.#indices.get(imageId);
  }

  next(): string | undefined {
    if (this.#isStopped || this.#isFull) return undefined;
    for (; this.#from < this.#order.length; this.#from++) {
      const imageId = this.#imageIds[this.#order[this.#from] ?? -1];
      if (imageId === undefined || this.#failed.has(imageId)) continue;
      if (isImageLoaded(imageId) || prefetchQueue.isLoading(imageId)) continue;
      // Nothing nearer has to give way to this one, nor to those behind it.
      this.#isFull = !makeRoom(this.#bytesPerImage, distanceFromScreen(imageId, [this]));
      return this.#isFull ? undefined : imageId;
    }
    return undefined;
  }

  onSettled(imageId: string, isLoaded: boolean): void {
    // Shown as an error when the reader comes to this image; not worth trying again before that.
    if (!isLoaded && !this.#isStopped) this.#failed.add(imageId);
  }

  #note(imageId: string, isLoaded: boolean): void {
    if (!this.#indices.has(imageId)) return;
    this.#loadedCount += isLoaded ? 1 : -1;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#onLoaded();
    }, tellEveryMs);
  }
}
