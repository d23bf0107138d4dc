import { decodedBytes } from './decoded-bytes.ts';
import { makeRoom } from './image-cache.ts';
import type { ImageDescription } from './image-description.ts';
import { cancelLoading, isImageLoaded, prefetchQueue } from './load-image.ts';
import { memoryBudget } from './memory-budget.ts';
import type { PrefetchSource } from './prefetch-queue.ts';
import { registerImages } from './registered-images.ts';

/** What is read ahead never fills more of the budget than this: the stacks that are shown have the rest for themselves. */
const shareOfBudget = 0.7;

/** Loads stacks that are not shown yet, one after the other, when nothing else is to be loaded. */
class ReadAhead implements PrefetchSource {
  #images: readonly ImageDescription[] = [];
  #from = 0;

  /** What to read ahead from now on, in this order. */
  set(images: readonly ImageDescription[]): void {
    registerImages(images);
    this.#images = images;
    this.#from = 0;
    const isWanted = new Set(images.map(({ imageId }) => imageId));
    for (const imageId of prefetchQueue.remove(this)) if (!isWanted.has(imageId)) cancelLoading(imageId);
    if (images.length > 0) prefetchQueue.wake(this, true);
  }

  next(): string | undefined {
    for (; this.#from < this.#images.length; this.#from++) {
      const image = this.#images[this.#from];
      if (!image || isImageLoaded(image.imageId) || prefetchQueue.isLoading(image.imageId)) continue;
      const bytes = decodedBytes(image);
      const isRoom = memoryBudget.usedBytes + bytes <= memoryBudget.limitBytes * shareOfBudget;
      // It drives out nothing that is in a stack on the screen.
      if (!isRoom || !makeRoom(bytes, Number.MAX_SAFE_INTEGER)) return undefined;
      return image.imageId;
    }
    return undefined;
  }

  onSettled(imageId: string, isLoaded: boolean): void {
    // One that can't be had is passed over, and told when it is looked at.
    if (!isLoaded && this.#images[this.#from]?.imageId === imageId) this.#from++;
  }
}

export const readAhead = new ReadAhead();
