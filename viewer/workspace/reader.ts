let reader: string | undefined;
const forgets = new Set<() => void>();

/** Names how to forget what a room keeps of a reader beyond the screen, such as work that is not saved. */
export function whenReaderChanges(forget: () => void): void {
  forgets.add(forget);
}

/** Nothing of the reader is kept: they have gone, and were asked about what is not saved. */
export function endReading(): void {
  reader = undefined;
  for (const forget of forgets) forget();
}

/**
 * Says who reads, before anything is rendered for them. One whose session had ended finds what was not saved; nothing of it is
 * left for anybody else.
 */
export function beginReading(username: string): void {
  if (reader !== undefined && reader !== username) endReading();
  reader = username;
}
