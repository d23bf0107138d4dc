import { items, type JsonDataSet, text } from '../dicomweb/data-set.ts';
import { type StoreOutcome, storeFiles } from '../dicomweb/store.ts';
import { tags } from '../dicomweb/tags.ts';
import type { Measurement } from '../measuring/measurement.ts';
import { isUnsaved, markSaved, useMeasurements } from '../measuring/measurement-store.ts';
import type { ImageDescription } from '../viewport/image-description.ts';
import { type DisplaySet, firstInstance } from '../viewport/stacks.ts';
import { type LeavingScope, watchUnsaved } from '../workspace/leaving.ts';
import { useWorkspace } from '../workspace/workspace-store.ts';
import { concepts } from './codes.ts';
import { childrenOf, isOfConcept } from './content-tree.ts';
import type { StoredReference } from './evidence-document.ts';
import { keyOfImage, type SaveOutcome, type UnstoredFile, useEvidence } from './evidence-store.ts';
import { type KeyObjectsChange, keyObjectsToSave } from './key-images.ts';
import { type MarkedImage, readKeyObjects, writeKeyObjects, writeWithdrawal } from './key-objects.ts';
import { imageFinder, removedUIDs } from './load-evidence.ts';
import { type CurrentGroup, currentGroups, isShown, newestOf } from './newest-documents.ts';
import type { ImageFinder } from './place-figures.ts';
import { readMeasurementReport } from './read-measurement-report.ts';
import { isWritable, writeMeasurementReport } from './write-measurement-report.ts';
import { writePart10 } from './write-part10.ts';

/** One document to be stored, and what is to be noted when it is. */
interface Planned {
  readonly studyInstanceUID: string;
  readonly document: JsonDataSet;
  readonly name: string;
  readonly noteStored: () => void;
  readonly counts: { readonly measurements: number; readonly keyImages: number; readonly removals: number };
}

const anyImageOf = (
  placement: Measurement['placement'],
  finder: ImageFinder,
): ImageDescription | undefined =>
  placement.kind === 'image'
    ? finder.byReference({ ...placement, frameNumbers: [placement.frameNumber] })
    : finder.byFrameOfReference(placement.frameOfReferenceUID, placement.seriesInstanceUID)[0];

/** Findings and sites that another writer gave; the label as a finding is written anew. */
function keptItems(group: CurrentGroup | undefined): readonly JsonDataSet[] {
  if (!group) return [];
  return childrenOf(group.group).filter((child) => {
    const isFinding = isOfConcept(child, concepts.finding) || isOfConcept(child, concepts.findingSite);
    const value = items(child, tags.ConceptCodeSequence)[0];
    return isFinding && value !== undefined && text(value, tags.CodeValue) !== 'label';
  });
}

const isOf = (studyInstanceUID: string) => (entry: { readonly studyInstanceUID: string }) =>
  entry.studyInstanceUID === studyInstanceUID;

/** Whether a study is still on the desk: what was on its way while it was left is not told to the next one. */
const isOpen = (studyInstanceUID: string): boolean =>
  useWorkspace.getState().displaySets.some(isOf(studyInstanceUID));

const uidOf = (document: JsonDataSet): string => text(document, tags.SOPInstanceUID) ?? '';

interface StudyToSave {
  readonly studyInstanceUID: string;
  readonly source: JsonDataSet;
  readonly finder: ImageFinder;
  readonly now: Date;
}

/** Adds what was stored to what is known, as if it had been read from the archive. */
function noteReport(
  document: JsonDataSet,
  { studyInstanceUID, finder }: StudyToSave,
  written: readonly Measurement[],
) {
  const series = text(document, tags.SeriesInstanceUID) ?? '';
  const report = readMeasurementReport(document, studyInstanceUID, series, finder);
  const present = new Set(useMeasurements.getState().measurements);
  // What was changed while it was on its way is not what is stored now.
  const asWritten = written.filter((measurement) => present.has(measurement));
  markSaved(
    asWritten.map(({ trackingUID }) => trackingUID),
    uidOf(document),
  );
  if (!isOpen(studyInstanceUID)) return;
  const { reports, loadedUIDs } = useEvidence.getState();
  useEvidence.setState({
    reports: report ? [...reports, report] : reports,
    loadedUIDs: new Set([...loadedUIDs, ...written.map(({ trackingUID }) => trackingUID)]),
  });
}

/** What the last reports of ours on a study say, and of it what goes on unseen. */
function predecessorsOf(studyInstanceUID: string) {
  const { reports } = useEvidence.getState();
  const ofStudy = reports.filter(isOf(studyInstanceUID));
  const ours = newestOf(ofStudy).filter((report) => report.isOurs);
  const current = currentGroups(ofStudy);
  const carried = current.filter((group) => group.report.isOurs && !isShown(group));
  return { ours, current, carried };
}

function evidenceFor(carried: readonly CurrentGroup[]): readonly StoredReference[] {
  const texts = carried.map(({ group }) => JSON.stringify(group));
  const all = carried.flatMap(({ report }) => report.evidence);
  return all.filter(({ sopInstanceUID }) => texts.some((entry) => entry.includes(`"${sopInstanceUID}"`)));
}

/** The report to be written of a study, if any, and how many of its measurements can't be in it. */
function planReport(study: StudyToSave): { readonly report?: Planned; readonly unwritable: number } {
  const { studyInstanceUID, source, finder, now } = study;
  const { ours, current, carried: unseen } = predecessorsOf(studyInstanceUID);
  const imageOf = ({ placement }: Measurement) => anyImageOf(placement, finder);
  const present = useMeasurements
    .getState()
    .measurements.filter((entry) => isOf(studyInstanceUID)(entry.placement));
  const all = present.filter((entry) => isWritable(entry, imageOf(entry)));
  // One whose image is not open holds nothing up: what is saved of it goes on as it is, and the rest waits.
  const waiting = new Set(present.filter((entry) => !all.includes(entry)).map((entry) => entry.trackingUID));
  const unwritable = present.filter((entry) => waiting.has(entry.trackingUID) && isUnsaved(entry)).length;
  const carried = [
    ...unseen,
    ...current.filter((group) => group.report.isOurs && isShown(group) && waiting.has(group.trackingUID)),
  ];
  const ourUIDs = new Set(ours.map(({ reference }) => reference.sopInstanceUID));
  const removed = removedUIDs().filter((uid) =>
    current.some((group) => group.trackingUID === uid && isOf(studyInstanceUID)(group.report)),
  );
  const unsaved = all.filter(isUnsaved);
  if (unsaved.length === 0 && removed.length === 0) return { unwritable };
  // What is in other writers' reports stays there, unless it was changed.
  const written = all.filter(
    (entry) => isUnsaved(entry) || (entry.saved && ourUIDs.has(entry.saved.sopInstanceUID)),
  );
  const isPresent = (uid: string) => present.some((entry) => entry.trackingUID === uid);
  const gone = [...ours.flatMap((report) => report.removedUIDs), ...removed];
  const { reader } = useEvidence.getState();
  const document = writeMeasurementReport({
    studyInstanceUID,
    source,
    measurements: written,
    imageOf,
    keptItems: (uid) => keptItems(current.find((group) => group.trackingUID === uid)),
    carriedGroups: carried.map(({ group }) => group),
    carriedReferences: evidenceFor(carried),
    predecessors: ours.map(({ reference }) => reference),
    // Those of our reports too: a colleague who opened the study before may still write them.
    removedUIDs: [...new Set(gone)].filter((uid) => !isPresent(uid)),
    author: reader.name,
    now,
  });
  const report: Planned = {
    studyInstanceUID,
    document,
    name: 'measurements.dcm',
    noteStored: () => noteReport(document, study, written),
    counts: { measurements: unsaved.length, keyImages: 0, removals: removed.length },
  };
  return { report, unwritable };
}

/** Marks of frames of one instance are one reference; that of all of it is another. */
function markedImages({ images }: KeyObjectsChange): readonly MarkedImage[] {
  const byInstance = new Map<string, MarkedImage>();
  for (const { sopClassUID, sopInstanceUID, frameNumber } of images) {
    const key = keyOfImage({ sopInstanceUID, frameNumber: frameNumber === undefined ? undefined : 0 });
    const frames = byInstance.get(key)?.frameNumbers ?? [];
    const frameNumbers = frameNumber === undefined ? frames : [...frames, frameNumber];
    byInstance.set(key, { sopClassUID, sopInstanceUID, frameNumbers });
  }
  return [...byInstance.values()];
}

function noteKeyObjects(
  document: JsonDataSet,
  change: KeyObjectsChange,
  takenAway: ReadonlySet<string>,
): void {
  const { studyInstanceUID, title } = change;
  const series = text(document, tags.SeriesInstanceUID) ?? '';
  const read = readKeyObjects(document, studyInstanceUID, series);
  const { keyDocuments, newKeyImages, unmarked, notes } = useEvidence.getState();
  const instances = new Set(
    [...change.images, ...change.predecessors.flatMap(({ images }) => images)].map(
      ({ sopInstanceUID }) => sopInstanceUID,
    ),
  );
  // What is taken away of other instances, or was while this was on its way, is still to be saved.
  const isSettled = (key: string) =>
    takenAway.has(key) && key.endsWith(`/${title}`) && instances.has(key.split('/')[0] ?? '');
  useEvidence.setState({
    keyDocuments: isOpen(studyInstanceUID) ? [...keyDocuments, read] : keyDocuments,
    newKeyImages: newKeyImages.filter((image) => !change.images.includes(image)),
    unmarked: new Set([...unmarked].filter((key) => !isSettled(key))),
    notes: Object.fromEntries(
      Object.entries(notes).filter(([key]) => key !== `${studyInstanceUID}/${title}`),
    ),
  });
}

function planKeyObjects(change: KeyObjectsChange, study: StudyToSave): Planned {
  const { studyInstanceUID, source, now } = study;
  const { reader, unmarked } = useEvidence.getState();
  const author = reader.name;
  const predecessors = change.predecessors.map(({ reference }) => reference);
  const common = { studyInstanceUID, source, predecessors, author, now };
  const document =
    change.images.length > 0
      ? writeKeyObjects({
          ...common,
          title: change.title,
          description: change.note,
          images: markedImages(change),
          references: change.images,
        })
      : writeWithdrawal(common);
  const added = change.images.filter((image) => image.document === undefined).length;
  return {
    studyInstanceUID,
    document,
    name: 'key-images.dcm',
    noteStored: () => noteKeyObjects(document, change, unmarked),
    counts: { measurements: 0, keyImages: added, removals: added === 0 ? 1 : 0 },
  };
}

/** What is to be stored of the open studies: at most one report a study, and one document a study and title. */
function planAll(
  displaySets: readonly DisplaySet[],
  now: Date,
): { readonly planned: readonly Planned[]; readonly unwritable: number } {
  let unwritable = 0;
  const finder = imageFinder(displaySets);
  const studies = new Map(displaySets.map((set) => [set.studyInstanceUID, firstInstance(set)]));
  const planned = [...studies].flatMap(([studyInstanceUID, source]) => {
    if (!source) return [];
    const study = { studyInstanceUID, source, finder, now };
    const { report, unwritable: left } = planReport(study);
    unwritable += left;
    const keys = keyObjectsToSave(useEvidence.getState(), studyInstanceUID);
    return [...(report ? [report] : []), ...keys.map((change) => planKeyObjects(change, study))];
  });
  return { planned, unwritable };
}

/**
 * Key images, their notes, and removals that are not saved; measurements count themselves. Marks of studies that were left are
 * kept, and not asked about again until the page or session ends.
 */
function unsavedMarks(scope: LeavingScope): number {
  const evidence = useEvidence.getState();
  const open = new Set(useWorkspace.getState().displaySets.map((set) => set.studyInstanceUID));
  const changes = [...open].flatMap((uid) => keyObjectsToSave(evidence, uid));
  const elsewhere =
    scope === 'session' ? evidence.newKeyImages.filter((image) => !open.has(image.studyInstanceUID)) : [];
  return removedUIDs().length + changes.length + elsewhere.length;
}
watchUnsaved('marks', unsavedMarks);

function reasonOf({ explanation, failureReason }: StoreOutcome): string {
  const code =
    failureReason === undefined ? '' : `0x${failureReason.toString(16).toUpperCase().padStart(4, '0')}`;
  return [explanation, code].filter(Boolean).join(', ');
}

async function storeAll(planned: readonly Planned[], unwritable: number): Promise<SaveOutcome> {
  const sum = { measurements: 0, keyImages: 0, removals: 0 };
  const reasons: string[] = [];
  const files: UnstoredFile[] = [];
  const toStore = planned.map((entry) => ({ ...entry, bytes: writePart10(entry.document) }));
  const outcomes = await storeFiles(
    toStore.map(({ name, bytes, document }) => ({
      name,
      bytes: bytes.buffer,
      sopInstanceUID: uidOf(document),
    })),
  );
  for (const [index, entry] of toStore.entries()) {
    const outcome = outcomes[index];
    if (outcome?.stored) {
      entry.noteStored();
      sum.measurements += entry.counts.measurements;
      sum.keyImages += entry.counts.keyImages;
      sum.removals += entry.counts.removals;
    } else {
      reasons.push(outcome ? reasonOf(outcome) : '');
      files.push({ name: entry.name, bytes: entry.bytes });
    }
  }
  return files.length > 0
    ? { kind: 'failed', reasons, files, unwritable }
    : { kind: 'saved', ...sum, unwritable };
}

async function save(): Promise<SaveOutcome> {
  if (!useEvidence.getState().reader.mayStore) return { kind: 'notPermitted' };
  try {
    const { planned, unwritable } = planAll(useWorkspace.getState().displaySets, new Date());
    return planned.length === 0 ? { kind: 'nothing', unwritable } : await storeAll(planned, unwritable);
  } catch (error) {
    const reasons = [error instanceof Error ? error.message : String(error)];
    return { kind: 'failed', reasons, files: [], unwritable: 0 };
  }
}

let latestSave = 0;

/** Stores what is new or changed. Never rejects, and loses nothing: what failed is told, and is there to be saved again. */
export async function saveEvidence(): Promise<void> {
  if (useEvidence.getState().isSaving) return;
  latestSave += 1;
  const own = latestSave;
  const studies = [...new Set(useWorkspace.getState().displaySets.map((set) => set.studyInstanceUID))];
  useEvidence.setState({ isSaving: true, outcome: undefined, isNoticeOpen: true });
  const outcome = await save();
  // Left meanwhile, and another study may be saving.
  if (own !== latestSave) return;
  const isTold = studies.length === 0 || studies.some(isOpen);
  useEvidence.setState({ isSaving: false, ...(isTold ? { outcome, isNoticeOpen: true } : {}) });
}
