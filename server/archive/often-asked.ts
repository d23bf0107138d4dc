import { LRUCache } from 'lru-cache';

/** Keys that are remembered, whatever is kept. */
const REMEMBERED = 4096;
/** Who leafs again and again through more than can be kept must not fill the memory anew each time. */
const ONE_OF = 8;

/** Which of the things that could be had again for little are worth memory: some of those that are asked for a second time. */
export class OftenAsked {
  readonly #lately = new LRUCache<string, true>({ max: REMEMBERED });
  #again = 0;

  /** To be asked whenever what `key` names was wanted and is not kept. */
  isWorthKeeping(key: string): boolean {
    if (this.#lately.get(key) === undefined) {
      this.#lately.set(key, true);
      return false;
    }
    this.#again += 1;
    return this.#again % ONE_OF === 0;
  }
}
