import { readListAddress, writeListAddress } from './list-address.ts';
import type { StudyFilter } from './study-filter.ts';

/** A filter that the reader has given a name; kept as the address has it. */
export interface SavedFilter {
  readonly name: string;
  readonly search: string;
}

const longestName = 60;
const mostFilters = 40;

/** Saved filters as a preference holds them; what is no such thing is left out. */
export function parseSavedFilters(value: unknown): readonly SavedFilter[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((entry): SavedFilter[] => {
    const { name, search } = (typeof entry === 'object' && entry !== null ? entry : {}) as Partial<
      Record<keyof SavedFilter, unknown>
    >;
    return typeof name === 'string' && name.trim() !== '' && typeof search === 'string'
      ? [{ name: name.slice(0, longestName), search }]
      : [];
  });
}

/** Adds a filter, or gives the one of that name another content; the newest last. */
export function withSaved(
  saved: readonly SavedFilter[],
  name: string,
  filter: StudyFilter,
): readonly SavedFilter[] {
  const trimmed = name.trim().slice(0, longestName);
  if (trimmed === '') return saved;
  const added = { name: trimmed, search: writeListAddress({ filter, preview: undefined }) };
  const at = saved.findIndex((one) => one.name === trimmed);
  const next = at < 0 ? [...saved, added] : saved.map((one, index) => (index === at ? added : one));
  return next.slice(-mostFilters);
}

export function filterOf(saved: SavedFilter): StudyFilter {
  return readListAddress(saved.search).filter;
}
