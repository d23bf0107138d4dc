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
 * What reports say together: of each tracking UID the group that was changed last, that of the newer report where they are of
 * one time, and nothing that a report of ours says was removed since. So who saves what they read long ago undoes no change
 * of a colleague: what they left unchanged has its old time. Colours have a time of their own, so that neither a new colour
 * undoes another change, nor the other way round. A report that another names as predecessor says nothing any more.
 */
export function currentGroups(reports: readonly ReadReport[]): readonly CurrentGroup[] {
  const newest = newestOf(reports).toSorted((a, b) => (a.writtenAt < b.writtenAt ? -1 : 1));
  const current = new Map<string, CurrentGroup>();
  for (const report of newest) {
    for (const group of report.groups) {
      const known = current.get(group.trackingUID);
      const isLater = !known || known.changedAt <= group.changedAt;
      const [last, other] = isLater ? [{ ...group, report }, known] : [known, group];
      current.set(group.trackingUID, withLaterColor(last, other));
    }
  }
  const isRemoved = ({ trackingUID, changedAt, report }: CurrentGroup) =>
    newest.some(
      (other) => other !== report && other.removedUIDs.includes(trackingUID) && changedAt <= other.writtenAt,
    );
  return [...current.values()].filter((group) => !isRemoved(group));
}

/** A group in the colour of another one, where that was chosen later. */
function withLaterColor(group: CurrentGroup, other: ReadGroup | undefined): CurrentGroup {
  const { result } = group;
  if (!other || typeof result === 'string' || typeof other.result === 'string') return group;
  const { color, colorChangedAt } = other.result;
  if (!colorChangedAt || colorChangedAt <= (result.colorChangedAt ?? '')) return group;
  return { ...group, result: { ...result, color, colorChangedAt } };
}

export function isShown<T extends ReadGroup>(group: T): group is T & { readonly result: Measurement } {
  return typeof group.result !== 'string';
}
