import type { Measurement } from '../measuring/measurement.ts';
import type { ReadGroup, ReadReport } from './read-measurement-report.ts';

interface Document {
  readonly reference: { readonly sopInstanceUID: string };
  readonly predecessorUIDs: readonly string[];
}

/** Documents that no other one names as its predecessor: the last of each chain. */
export function newestOf<T extends Document>(documents: readonly T[]): readonly T[] {
  const superseded = new Set(documents.flatMap((document) => document.predecessorUIDs));
  return documents.filter((document) => !superseded.has(document.reference.sopInstanceUID));
}

/** A group that is to be shown or told of, with the report it is of. */
export interface CurrentGroup extends ReadGroup {
  readonly report: ReadReport;
}

/**
 * What reports say together: of each tracking UID that of the newest report, and nothing that a newer report of ours says was
 * removed. A report that another names as predecessor says nothing any more.
 */
export function currentGroups(reports: readonly ReadReport[]): readonly CurrentGroup[] {
  const newest = newestOf(reports).toSorted((a, b) => (a.writtenAt < b.writtenAt ? -1 : 1));
  const current = new Map<string, CurrentGroup>();
  for (const report of newest) {
    for (const uid of report.removedUIDs) current.delete(uid);
    for (const group of report.groups) current.set(group.trackingUID, { ...group, report });
  }
  return [...current.values()];
}

export function isShown<T extends ReadGroup>(group: T): group is T & { readonly result: Measurement } {
  return typeof group.result !== 'string';
}
