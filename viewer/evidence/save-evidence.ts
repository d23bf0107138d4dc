import { items, type JsonDataSet, text } from '../dicomweb/data-set.ts';
import { type StoreOutcome, storeFiles } from '../dicomweb/store.ts';
import { tags } from '../dicomweb/tags.ts';
import type { Measurement } from '../measuring/measurement.ts';
import { isUnsaved, markSaved, useMeasurements } from '../measuring/measurement-store.ts';
import type { ImageDescription } from '../viewport/image-description.ts';
import { type DisplaySet, firstInstance } from '../viewport/stacks.ts';
import { watchUnsaved } from '../workspace/leaving.ts';
import { useWorkspace } from '../workspace/workspace-store.ts';
import { concepts } from './codes.ts';
import { childrenOf, isOfConcept } from './content-tree.ts';
import type { StoredReference } from './evidence-document.ts';
import { type SaveOutcome, type UnstoredFile, useEvidence } from './evidence-store.ts';
import { type KeyObjectsChange, keyObjectsToSave } from './key-images.ts';
import { type MarkedImage, readKeyObjects, writeKeyObjects, writeWithdrawal } from './key-objects.ts';
import { imageFinder, removedUIDs } from './load-evidence.ts';
import { type CurrentGroup, currentGroups, isShown, newestOf } from './newest-documents.ts';
import type { ImageFinder } from './place-figures.ts';
import { readMeasurementReport } from './read-measurement-report.ts';
import { writeMeasurementReport } from './write-measurement-report.ts';
import { writePart10 } from './write-part10.ts';

/** One document to be stored, and what is to be noted when it is. */
interface Planned {
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
  const { reports, loadedUIDs } = useEvidence.getState();
  useEvidence.setState({
    reports: report ? [...reports, report] : reports,
    loadedUIDs: new Set([...loadedUIDs, ...written.map(({ trackingUID }) => trackingUID)]),
  });
}

const isOf = (studyInstanceUID: string) => (entry: { readonly studyInstanceUID: string }) =>
  entry.studyInstanceUID === studyInstanceUID;

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

function planReport(study: StudyToSave): Planned | undefined {
  const { studyInstanceUID, source, finder, now } = study;
  const { ours, current, carried } = predecessorsOf(studyInstanceUID);
  const all = useMeasurements
    .getState()
    .measurements.filter((entry) => isOf(studyInstanceUID)(entry.placement));
  const ourUIDs = new Set(ours.map(({ reference }) => reference.sopInstanceUID));
  const removed = removedUIDs().filter((uid) =>
    current.some((group) => group.trackingUID === uid && isOf(studyInstanceUID)(group.report)),
  );
  const unsaved = all.filter(isUnsaved);
  if (unsaved.length === 0 && removed.length === 0) return undefined;
  // What is in other writers' reports stays there, unless it was changed.
  const written = all.filter(
    (entry) => isUnsaved(entry) || (entry.saved && ourUIDs.has(entry.saved.sopInstanceUID)),
  );
  const foreign = removed.filter((uid) =>
    current.some((group) => group.trackingUID === uid && !group.report.isOurs),
  );
  const { reader } = useEvidence.getState();
  const document = writeMeasurementReport({
    studyInstanceUID,
    source,
    measurements: written,
    imageOf: ({ placement }) => anyImageOf(placement, finder),
    keptItems: (uid) => keptItems(current.find((group) => group.trackingUID === uid)),
    carriedGroups: carried.map(({ group }) => group),
    carriedReferences: evidenceFor(carried),
    predecessors: ours.map(({ reference }) => reference),
    removedUIDs: [...new Set([...ours.flatMap((report) => report.removedUIDs), ...foreign])],
    author: reader.name,
    now,
  });
  return {
    document,
    name: 'measurements.dcm',
    noteStored: () => noteReport(document, study, written),
    counts: { measurements: unsaved.length, keyImages: 0, removals: removed.length },
  };
}

/** Marks of one instance are one reference, with all its frames. */
function markedImages({ images }: KeyObjectsChange): readonly MarkedImage[] {
  const byInstance = new Map<string, MarkedImage>();
  for (const { sopClassUID, sopInstanceUID, frameNumber } of images) {
    const frames = byInstance.get(sopInstanceUID)?.frameNumbers ?? [];
    const frameNumbers = frameNumber === undefined ? frames : [...frames, frameNumber];
    byInstance.set(sopInstanceUID, { sopClassUID, sopInstanceUID, frameNumbers });
  }
  return [...byInstance.values()];
}

function noteKeyObjects(document: JsonDataSet, change: KeyObjectsChange): void {
  const { studyInstanceUID, title } = change;
  const series = text(document, tags.SeriesInstanceUID) ?? '';
  const read = readKeyObjects(document, studyInstanceUID, series);
  const { keyDocuments, newKeyImages, unmarked, notes } = useEvidence.getState();
  const isSettled = (key: string) => key.endsWith(`/${title}`);
  useEvidence.setState({
    keyDocuments: [...keyDocuments, read],
    newKeyImages: newKeyImages.filter((image) => !change.images.includes(image)),
    unmarked: new Set([...unmarked].filter((key) => !isSettled(key))),
    notes: Object.fromEntries(
      Object.entries(notes).filter(([key]) => key !== `${studyInstanceUID}/${title}`),
    ),
  });
}

function planKeyObjects(change: KeyObjectsChange, study: StudyToSave): Planned {
  const { studyInstanceUID, source, now } = study;
  const author = useEvidence.getState().reader.name;
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
    document,
    name: 'key-images.dcm',
    noteStored: () => noteKeyObjects(document, change),
    counts: { measurements: 0, keyImages: added, removals: added === 0 ? 1 : 0 },
  };
}

/** What is to be stored of the open studies: at most one report a study, and one document a study and title. */
function planAll(displaySets: readonly DisplaySet[], now: Date): readonly Planned[] {
  const finder = imageFinder(displaySets);
  const studies = new Map(displaySets.map((set) => [set.studyInstanceUID, firstInstance(set)]));
  return [...studies].flatMap(([studyInstanceUID, source]) => {
    if (!source) return [];
    const study = { studyInstanceUID, source, finder, now };
    const report = planReport(study);
    const keys = keyObjectsToSave(useEvidence.getState(), studyInstanceUID);
    return [...(report ? [report] : []), ...keys.map((change) => planKeyObjects(change, study))];
  });
}

/** Key images, their notes, and removals that are not saved; measurements count themselves. */
function unsavedMarks(): number {
  const evidence = useEvidence.getState();
  const open = new Set(useWorkspace.getState().displaySets.map((set) => set.studyInstanceUID));
  const changes = [...open].flatMap((uid) => keyObjectsToSave(evidence, uid));
  const elsewhere = evidence.newKeyImages.filter((image) => !open.has(image.studyInstanceUID));
  return removedUIDs().length + changes.length + elsewhere.length;
}
watchUnsaved('marks', unsavedMarks);

function reasonOf({ explanation, failureReason }: StoreOutcome): string {
  const code =
    failureReason === undefined ? '' : `0x${failureReason.toString(16).toUpperCase().padStart(4, '0')}`;
  return [explanation, code].filter(Boolean).join(', ');
}

async function storeAll(planned: readonly Planned[]): Promise<SaveOutcome> {
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
  return files.length > 0 ? { kind: 'failed', reasons, files } : { kind: 'saved', ...sum };
}

async function save(): Promise<SaveOutcome> {
  if (!useEvidence.getState().reader.mayStore) return { kind: 'notPermitted' };
  try {
    const planned = planAll(useWorkspace.getState().displaySets, new Date());
    return planned.length === 0 ? { kind: 'nothing' } : await storeAll(planned);
  } catch (error) {
    return { kind: 'failed', reasons: [error instanceof Error ? error.message : String(error)], files: [] };
  }
}

/** Stores what is new or changed. Never rejects, and loses nothing: what failed is told, and is there to be saved again. */
export async function saveEvidence(): Promise<void> {
  if (useEvidence.getState().isSaving) return;
  useEvidence.setState({ isSaving: true, outcome: undefined, isNoticeOpen: true });
  const outcome = await save();
  useEvidence.setState({ isSaving: false, outcome, isNoticeOpen: true });
}
