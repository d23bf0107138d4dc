/** The protocol counts to 65535; nobody asks for so much in earnest. */
const MOST_PARAMETERS = 10_000;

/** Collects the bound values of one statement. */
export class Parameters {
  readonly values: unknown[] = [];

  /** Binds `value`; answers its placeholder. Throws a RangeError for what PostgreSQL cannot take. */
  bind(value: unknown): string {
    if ([value].flat().some((one) => typeof one === 'string' && one.includes('\0')))
      throw new RangeError('a value holds the character U+0000, which no stored value has');
    if (this.values.length >= MOST_PARAMETERS) throw new RangeError('too many values to match');
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/** `*` and `?` to LIKE's `%` and `_`; what LIKE would take for its own is escaped. */
export function likePattern(wildcard: string): string {
  return wildcard
    .replace(/[\\%_]/g, '\\$&')
    .replace(/\*+/g, '%')
    .replaceAll('?', '_');
}
