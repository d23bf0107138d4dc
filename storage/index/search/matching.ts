import type { IndexedAttribute, Level } from '../attributes.ts';
import type { SearchableAttribute } from '../searchable/searchable-attributes.ts';

/** How the values of one attribute are to match (PS3.4 C.2.2.2). Universal matching is no match at all. */
export type Matching =
  /** Single value, list of UIDs, or multiple values: any of them. */
  | { kind: 'any-of'; values: readonly string[] }
  /** Multiple value matching (C.2.2.2.8): each of them is among the attribute's values. */
  | { kind: 'all-of'; values: readonly string[] }
  /** `*` stands for any characters, also none, `?` for one. */
  | { kind: 'wildcard'; pattern: string }
  /** From the first moment of `from` to the last of `to`; either may be open. */
  | { kind: 'range'; from: string | undefined; to: string | undefined }
  /** Empty value matching (C.2.2.2.7): the attribute is absent or has no value. */
  | { kind: 'empty' }
  /** Fuzzy semantic matching of person names (C.2.2.2.1.1): any of them; they may hold wildcards. */
  | { kind: 'fuzzy'; names: readonly string[] };

export interface Match {
  attribute: IndexedAttribute | SearchableAttribute;
  matching: Matching;
}

/** A condition on the row of a level, and perhaps on those above it. */
export interface Condition {
  level: Level;
  sql: string;
}
