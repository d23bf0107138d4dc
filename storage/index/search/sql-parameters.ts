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

/**
 * SQL: whether `column`, which is compared by bytes, is as `wildcard` says. What begins in a certain way lies between two texts: a
 * condition that an index serves whatever the texts are.
 */
export function wildcardCondition(column: string, wildcard: string, parameters: Parameters): string {
  const prefix = /^([^*?]+)\*+$/.exec(wildcard)?.[1];
  const end = prefix === undefined ? undefined : afterAllBeginningWith(prefix);
  if (prefix === undefined || end === undefined)
    return `${column} LIKE ${parameters.bind(likePattern(wildcard))}`;
  return `(${column} >= ${parameters.bind(prefix)} AND ${column} < ${parameters.bind(end)})`;
}

const LAST_BEFORE_SURROGATES = 0xd7ff;
const FIRST_AFTER_SURROGATES = 0xe000;
const LAST_CHARACTER = 0x10ffff;

/** The first text, in the order of UTF-8 bytes, after all that begin with `prefix`; undefined where there is none. */
function afterAllBeginningWith(prefix: string): string | undefined {
  const characters = [...prefix];
  const last = characters.pop()?.codePointAt(0);
  // A lone surrogate is no character: the driver writes another one for it.
  if (last === undefined || last === LAST_CHARACTER || /\p{Surrogate}/u.test(prefix)) return undefined;
  const next = last === LAST_BEFORE_SURROGATES ? FIRST_AFTER_SURROGATES : last + 1;
  return characters.join('') + String.fromCodePoint(next);
}
