/** Each connection keeps what it has prepared. */
const MOST_NAMES = 200;
const MOST_COUNTED = 2_000;
const OFTEN = 3;

/** Names for statements that come again and again, so that PostgreSQL reads each of them once a connection. */
export class StatementNames {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** The name of `text`; undefined while it is rare, and where there are many. */
  of(text: string): string | undefined {
    const name = this.#names.get(text);
    if (name !== undefined || this.#names.size >= MOST_NAMES) return name;
    const count = (this.#counts.get(text) ?? 0) + 1;
    if (count < OFTEN) {
      if (this.#counts.size >= MOST_COUNTED) this.#counts.clear();
      this.#counts.set(text, count);
      return undefined;
    }
    this.#counts.delete(text);
    this.#names.set(text, `search-${this.#names.size}`);
    return this.#names.get(text);
  }
}
