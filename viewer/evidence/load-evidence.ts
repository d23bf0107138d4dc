import { text } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';
import {
  addLoadedMeasurements,
  renewLoadedMeasurements,
  useMeasurements,
} from '../measuring/measurement-store.ts';
import type { ImageDescription } from '../viewport/image-description.ts';
import type { DisplaySet } from '../viewport/stacks.ts';
import { useEvidence } from './evidence-store.ts';
import { type KeyObjects, readKeyObjects } from './key-objects.ts';
import { currentGroups, isShown } from './newest-documents.ts';
import type { ImageFinder } from './place-figures.ts';
import { type ReadReport, readMeasurementReport } from './read-measurement-report.ts';

/** Looks things up among the display sets that are known so far. */
export function imageFinder(displaySets: readonly DisplaySet[]): ImageFinder {
  const images = displaySets.flatMap((set) => (set.kind === 'image' ? set.images : []));
  const byInstance = new Map<string, ImageDescription[]>();
  for (const image of images) {
    const list = byInstance.get(image.sopInstanceUID);
    if (list) list.push(image);
    else byInstance.set(image.sopInstanceUID, [image]);
  }
  return {
    byReference: ({ sopInstanceUID, frameNumbers }) =>
      byInstance.get(sopInstanceUID)?.find((image) => image.frameNumber === (frameNumbers?.[0] ?? 1)),
    byFrameOfReference: (uid, seriesInstanceUID) =>
      images
        .filter((image) => image.frameOfReferenceUID === uid)
        .toSorted(
          (a, b) =>
            Number(b.seriesInstanceUID === seriesInstanceUID) -
            Number(a.seriesInstanceUID === seriesInstanceUID),
        ),
  };
}

/** Documents that were stored by this session and are not among the display sets yet stay known. */
function withThoseOf<T extends ReadReport | KeyObjects>(
  read: readonly T[],
  known: readonly T[],
): readonly T[] {
  const uids = new Set(read.map((document) => document.reference.sopInstanceUID));
  return [...read, ...known.filter((document) => !uids.has(document.reference.sopInstanceUID))];
}

/** Tracking UIDs of what some report has and all of them together have no more: reports come one by one, in any order. */
function saidNoMore(
  reports: readonly ReadReport[],
  current: readonly { readonly trackingUID: string }[],
): ReadonlySet<string> {
  const said = new Set(reports.flatMap(({ groups }) => groups.map(({ trackingUID }) => trackingUID)));
  for (const { trackingUID } of current) said.delete(trackingUID);
  return said;
}

/**
 * Reads the reports and key objects among the display sets, and adds their measurements to those that are known. May be called
 * again whenever more display sets are there; `isComplete` says whether these are all.
 */
export function loadEvidence(displaySets: readonly DisplaySet[], isComplete: boolean): void {
  const finder = imageFinder(displaySets);
  const known = useEvidence.getState();
  const documents = (kind: DisplaySet['kind']) =>
    displaySets.flatMap((set) =>
      set.kind === kind && set.kind !== 'image' ? set.instances.map((instance) => ({ instance, set })) : [],
    );
  const reports = documents('structuredReport').flatMap(
    ({ instance, set }) =>
      readMeasurementReport(instance, set.studyInstanceUID, set.seriesInstanceUID, finder) ?? [],
  );
  const keyDocuments = documents('keyObjects')
    .filter(({ instance }) => text(instance, tags.SOPInstanceUID))
    .map(({ instance, set }) => readKeyObjects(instance, set.studyInstanceUID, set.seriesInstanceUID));
  const all = withThoseOf(reports, known.reports);
  const current = currentGroups(all);
  const shown = current.filter(isShown);
  const added = shown.filter(({ trackingUID }) => !known.loadedUIDs.has(trackingUID));
  addLoadedMeasurements(added.map(({ result }) => result));
  renewLoadedMeasurements(
    shown.map(({ result }) => result),
    saidNoMore(all, current),
  );
  const hasNews =
    reports.some(
      ({ reference }) =>
        !known.reports.some((old) => old.reference.sopInstanceUID === reference.sopInstanceUID),
    ) || keyDocuments.length > known.keyDocuments.length;
  useEvidence.setState({
    reports: all,
    keyDocuments: withThoseOf(keyDocuments, known.keyDocuments),
    loadedUIDs: new Set([...known.loadedUIDs, ...added.map(({ trackingUID }) => trackingUID)]),
    isComplete,
    ...(hasNews ? { isNoticeOpen: true } : {}),
  });
}

/** Tracking UIDs of measurements that were read from the archive and that the reader has removed since. */
export function removedUIDs(): readonly string[] {
  const present = new Set(useMeasurements.getState().measurements.map(({ trackingUID }) => trackingUID));
  const { reports, loadedUIDs } = useEvidence.getState();
  return currentGroups(reports)
    .filter(isShown)
    .map(({ trackingUID }) => trackingUID)
    .filter((uid) => loadedUIDs.has(uid) && !present.has(uid));
}
