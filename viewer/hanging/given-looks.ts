import type { KeptView } from '../viewport/kept-view.ts';
import type { Window } from '../viewport/window.ts';

/** What a stage may set for a display set that a reader can set too. */
export type Look = Pick<KeptView, 'window' | 'isInverted'>;

interface GivenLook {
  /** What the tiles of the stage were told: one display set may be in several. */
  readonly given: readonly Look[];
  /** How it was seen before, without any stage: nothing where it was not seen yet. */
  readonly own: Look;
}

const ofDisplaySets = new Map<string, GivenLook>();

/** Notes what the stage on the screen sets, in place of what the one before did. */
export function noteGivenLooks(looks: ReadonlyMap<string, GivenLook>): void {
  ofDisplaySets.clear();
  for (const [id, look] of looks) ofDisplaySets.set(id, look);
}

export const hasGivenLook = (displaySetId: string): boolean => ofDisplaySets.has(displaySetId);

const isSameWindow = (a: Window, b: Window): boolean =>
  a.center === b.center && a.width === b.width && a.function === b.function && a.table === b.table;

/**
 * How a display set is seen apart from what the stage on the screen has set: that ends with the stage, unless the reader has
 * made something else of it.
 */
export function ownLook(displaySetId: string, seen: Look | undefined): Look {
  const { window, isInverted } = seen ?? {};
  const look = ofDisplaySets.get(displaySetId);
  if (!look) return { window, isInverted };
  const isGivenWindow = look.given.some(
    (given) => given.window && window && isSameWindow(given.window, window),
  );
  const isGivenInversion = look.given.some((given) => given.isInverted === isInverted);
  return {
    window: isGivenWindow ? look.own.window : window,
    isInverted: isInverted !== undefined && isGivenInversion ? look.own.isInverted : isInverted,
  };
}
