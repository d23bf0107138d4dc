/** Studies asked for at once. */
export const pageSize = 100;

/** The pages, from 0, that hold the rows from `first` to `last`, from 0, both included. */
export function pagesOf(first: number, last: number): number[] {
  const from = Math.max(0, Math.floor(first / pageSize));
  const to = Math.max(from, Math.floor(last / pageSize));
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

/** A scroll area can't be higher than some 16 million pixels in some browsers: further rows are reached by filters. */
export const mostRows = 400_000;

/**
 * How far a row has moved between two answers, in rows, when the one at `index` was `studyInstanceUID`; 0 when it is where it was, or
 * not among the rows that are known.
 */
export function shiftOf(
  studyInstanceUID: string,
  index: number,
  uidAt: (index: number) => string | undefined,
  nearby: Iterable<number>,
): number {
  if (uidAt(index) === studyInstanceUID) return 0;
  for (const place of nearby) if (uidAt(place) === studyInstanceUID) return place - index;
  return 0;
}
