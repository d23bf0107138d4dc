import type { StudyRow } from './study-row.ts';

/** The studies that are ticked, by Study Instance UID, in the order of ticking: their rows may have scrolled away. */
export type Selection = ReadonlyMap<string, StudyRow>;

export const noSelection: Selection = new Map();

export function withToggled(selection: Selection, row: StudyRow): Selection {
  const next = new Map(selection);
  if (!next.delete(row.studyInstanceUID)) next.set(row.studyInstanceUID, row);
  return next;
}

export function withAdded(selection: Selection, rows: readonly StudyRow[]): Selection {
  return new Map([...selection, ...rows.map((row): [string, StudyRow] => [row.studyInstanceUID, row])]);
}

export function without(selection: Selection, studyInstanceUIDs: readonly string[]): Selection {
  return new Map([...selection].filter(([uid]) => !studyInstanceUIDs.includes(uid)));
}

/** Places from `a` to `b`, whichever is first, both included. */
export function placesBetween(a: number, b: number): number[] {
  const first = Math.min(a, b);
  return Array.from({ length: Math.abs(a - b) + 1 }, (_, at) => first + at);
}
