/** Where in the list the reader was when opening a study, so that coming back is coming back. */
export interface ListPlace {
  /** The query component of the list's address. */
  readonly search: string;
  readonly scrollTop: number;
  /** The row that had the focus: its place and its study. */
  readonly active: { readonly index: number; readonly studyInstanceUID: string } | undefined;
}

let place: ListPlace | undefined;

export function rememberPlace(current: ListPlace): void {
  place = current;
}

/** The place last left, when it is of the same address. */
export function placeOf(search: string): ListPlace | undefined {
  return place?.search === search ? place : undefined;
}

/** The list as it was last left; the whole list at first. */
export function listAddress(): string {
  return place?.search ? `/?${place.search}` : '/';
}

/** Nothing of one reader is left for the next. */
export function forgetPlace(): void {
  place = undefined;
}
