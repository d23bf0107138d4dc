/** Lets only some do something at the same time; the others take their turns in the order in which they came. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#free = limit;
  }

  /** Calls `begin` when it is its turn, now or later. What is returned ends the turn, or gives it up; it may be called twice. */
  take(begin: () => void): () => void {
    let isOver = false;
    let isBegun = false;
    const start = () => {
      isBegun = true;
      begin();
    };
    const end = () => {
      if (isOver) return;
      isOver = true;
      if (isBegun) this.#pass();
      else this.#waiting.splice(this.#waiting.indexOf(start), 1);
    };
    if (this.#free > 0) {
      this.#free -= 1;
      start();
    } else {
      this.#waiting.push(start);
    }
    return end;
  }

  #pass(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
