import type { ImageDescription } from '../viewport/image-description.ts';
import {
  type Evidence,
  type KeyImage,
  keyOfImage,
  keyOfMark,
  keyOfNote,
  useEvidence,
} from './evidence-store.ts';
import { type KeyObjects, type KeyTitle, keyTitles, type RejectionTitle } from './key-objects.ts';
import { newestOf } from './newest-documents.ts';

const isKeyTitle = (title: string | undefined): title is KeyTitle =>
  title !== undefined && Object.hasOwn(keyTitles, title);

/** Documents that hold: the last of each chain, and none that a rejection note takes back. */
export function currentKeyDocuments(documents: readonly KeyObjects[]): readonly KeyObjects[] {
  const newest = newestOf(documents);
  const rejected = new Set(
    newest
      .filter((document) => document.isRejection)
      .flatMap(({ images }) => images.map((i) => i.sopInstanceUID)),
  );
  return newest.filter((document) => !rejected.has(document.reference.sopInstanceUID));
}

function imagesOf(document: KeyObjects): KeyImage[] {
  const series = new Map(document.evidence.map((entry) => [entry.sopInstanceUID, entry.seriesInstanceUID]));
  return document.images.flatMap(({ sopClassUID, sopInstanceUID, frameNumbers }) =>
    (frameNumbers.length > 0 ? frameNumbers : [undefined]).map(
      (frameNumber): KeyImage => ({
        studyInstanceUID: document.studyInstanceUID,
        seriesInstanceUID: series.get(sopInstanceUID) ?? '',
        sopClassUID,
        sopInstanceUID,
        frameNumber,
        title: isKeyTitle(document.title) ? document.title : undefined,
        titleMeaning: document.titleMeaning,
        author: document.author,
        createdAt: document.writtenAt,
        document,
      }),
    ),
  );
}

/** Marks of the archive as the reader left them, and those that are new. Rejection notes are no marks. */
export function keyImagesOf(
  evidence: Pick<Evidence, 'keyDocuments' | 'newKeyImages' | 'unmarked'>,
): readonly KeyImage[] {
  const saved = currentKeyDocuments(evidence.keyDocuments)
    .filter((document) => !document.isRejection)
    .flatMap(imagesOf)
    .filter((image) => !image.document?.isOurs || !evidence.unmarked.has(keyOfMark(image)));
  const known = new Set(saved.map(keyOfMark));
  return [...saved, ...evidence.newKeyImages.filter((image) => !known.has(keyOfMark(image)))];
}

/** Why an instance must not be used, by its SOP Instance UID. */
export function rejectionsOf(documents: readonly KeyObjects[]): ReadonlyMap<string, RejectionTitle> {
  const entries = newestOf(documents).flatMap((document) =>
    document.isRejection
      ? document.images.map(
          ({ sopInstanceUID }) => [sopInstanceUID, document.title as RejectionTitle] as const,
        )
      : [],
  );
  return new Map(entries);
}

export const frameOf = (image: ImageDescription): number | undefined =>
  image.numberOfFrames > 1 ? image.frameNumber : undefined;

/** The marks of an image: of its frame, or of the whole instance. */
export function marksOf(image: ImageDescription, keyImages: readonly KeyImage[]): readonly KeyImage[] {
  return keyImages.filter(
    (entry) =>
      entry.sopInstanceUID === image.sopInstanceUID &&
      (entry.frameNumber === undefined || entry.frameNumber === image.frameNumber),
  );
}

/** How many of these images are marked. */
export function countMarked(images: readonly ImageDescription[], keyImages: readonly KeyImage[]): number {
  const ofInstance = new Set(keyImages.map((entry) => entry.sopInstanceUID));
  return images.filter(
    (image) => ofInstance.has(image.sopInstanceUID) && marksOf(image, keyImages).length > 0,
  ).length;
}

/** Whether the reader can take a mark away: it is new, or in a document of this viewer. */
export const canUnmark = (image: KeyImage): boolean => image.document === undefined || image.document.isOurs;

export function unmark(image: KeyImage): void {
  const { newKeyImages, unmarked } = useEvidence.getState();
  useEvidence.setState({
    newKeyImages: newKeyImages.filter((entry) => keyOfMark(entry) !== keyOfMark(image)),
    unmarked: image.document ? new Set([...unmarked, keyOfMark(image)]) : unmarked,
  });
}

export function mark(image: ImageDescription, title: KeyTitle): void {
  const { newKeyImages, unmarked, reader } = useEvidence.getState();
  const added: KeyImage = {
    studyInstanceUID: image.studyInstanceUID,
    seriesInstanceUID: image.seriesInstanceUID,
    sopClassUID: image.sopClassUID,
    sopInstanceUID: image.sopInstanceUID,
    frameNumber: frameOf(image),
    title,
    titleMeaning: keyTitles[title].meaning,
    author: reader.name,
    createdAt: new Date().toISOString(),
    document: undefined,
  };
  const key = keyOfMark(added);
  if (unmarked.has(key)) {
    useEvidence.setState({ unmarked: new Set([...unmarked].filter((entry) => entry !== key)) });
    return;
  }
  useEvidence.setState({ newKeyImages: [...newKeyImages, added] });
}

/** Marks the image, or takes away the marks that the reader can take away. */
export function toggleKeyImage(image: ImageDescription): void {
  const marks = marksOf(image, keyImagesOf(useEvidence.getState())).filter(canUnmark);
  if (marks.length > 0) for (const entry of marks) unmark(entry);
  else mark(image, 'ofInterest');
}

/** Gives a mark another title. */
export function retitle(image: KeyImage, title: KeyTitle): void {
  unmark(image);
  const { newKeyImages, reader } = useEvidence.getState();
  const { meaning } = keyTitles[title];
  const changed = { ...image, title, titleMeaning: meaning, author: reader.name, document: undefined };
  useEvidence.setState({ newKeyImages: [...newKeyImages, changed] });
}

/** The note to the key images of a study and title: as the reader left it, else as it is saved. */
export function noteOf(
  { keyDocuments, notes }: Pick<Evidence, 'keyDocuments' | 'notes'>,
  studyInstanceUID: string,
  title: KeyTitle,
): string {
  const saved = currentKeyDocuments(keyDocuments).find(
    (document) =>
      document.isOurs && document.studyInstanceUID === studyInstanceUID && document.title === title,
  );
  return notes[keyOfNote(studyInstanceUID, title)] ?? saved?.description ?? '';
}

export function setNote(studyInstanceUID: string, title: KeyTitle, text: string): void {
  const { notes } = useEvidence.getState();
  useEvidence.setState({ notes: { ...notes, [keyOfNote(studyInstanceUID, title)]: text } });
}

/** What is to be written anew: all marks of ours of one study and title, where they or their note differ from what is saved. */
export interface KeyObjectsChange {
  readonly studyInstanceUID: string;
  readonly title: KeyTitle;
  readonly images: readonly KeyImage[];
  readonly note: string;
  readonly predecessors: readonly KeyObjects[];
}

export function keyObjectsToSave(evidence: Evidence, studyInstanceUID: string): readonly KeyObjectsChange[] {
  const ours = keyImagesOf(evidence).filter(
    (image) => image.studyInstanceUID === studyInstanceUID && canUnmark(image),
  );
  const saved = currentKeyDocuments(evidence.keyDocuments).filter(
    (document) => document.isOurs && document.studyInstanceUID === studyInstanceUID && !document.isRejection,
  );
  return (Object.keys(keyTitles) as KeyTitle[]).flatMap((title): KeyObjectsChange[] => {
    const predecessors = saved.filter((document) => document.title === title);
    const images = ours.filter((image) => image.title === title);
    const before = predecessors.flatMap(imagesOf).map(keyOfImage).sort().join();
    const now = images.map(keyOfImage).sort().join();
    const note = noteOf(evidence, studyInstanceUID, title);
    const isNoteChanged = images.length > 0 && note !== (predecessors[0]?.description ?? '');
    return before === now && !isNoteChanged ? [] : [{ studyInstanceUID, title, images, note, predecessors }];
  });
}
