import type { DisplaySet } from '../../viewport/stacks.ts';

/** A series as far as it is loaded; `displaySets` is missing while it is on its way, and when it failed. */
export interface SeriesToOpen {
  readonly displaySets: readonly DisplaySet[] | undefined;
  readonly isFailed: boolean;
}

/** What to open with: a display set, and the place in it, from 0. */
export interface InitialView {
  readonly set: DisplaySet;
  readonly index: number;
}

function findInstance(sets: readonly DisplaySet[], sopInstanceUID: string): InitialView | undefined {
  for (const set of sets) {
    if (set.kind !== 'image') continue;
    const index = set.images.findIndex((image) => image.sopInstanceUID === sopInstanceUID);
    if (index !== -1) return { set, index };
  }
  return undefined;
}

/**
 * Where reading begins: at the instance the address names, else at the first images in the order of the panel. Undefined
 * while an answer that could change this is missing, so that the same study always opens the same way. `isComplete`
 * says whether all series are known.
 */
export function initialView(
  series: readonly SeriesToOpen[],
  isComplete: boolean,
  sopInstanceUID: string | undefined,
): InitialView | undefined {
  const sets = series.flatMap((entry) => entry.displaySets ?? []);
  const named = sopInstanceUID === undefined ? undefined : findInstance(sets, sopInstanceUID);
  if (named) return named;
  const isAllThere = isComplete && series.every((entry) => entry.displaySets || entry.isFailed);
  // The named instance may still come; if it never does, the study is opened from its start.
  if (sopInstanceUID !== undefined && !isAllThere) return undefined;
  for (const entry of series) {
    if (!entry.displaySets && !entry.isFailed) return undefined;
    const set = entry.displaySets?.find((candidate) => candidate.kind === 'image');
    if (set) return { set, index: 0 };
  }
  return isAllThere && sets[0] ? { set: sets[0], index: 0 } : undefined;
}
