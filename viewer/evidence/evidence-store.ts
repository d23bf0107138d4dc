import { create } from 'zustand';
import { whenReaderChanges } from '../workspace/reader.ts';
import type { KeyObjects, KeyTitle } from './key-objects.ts';
import type { ReadReport } from './read-measurement-report.ts';

/** An image that a reader has marked, or that a document of the archive marks. */
export interface KeyImage {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  /** From 1; undefined for an instance that is one image, or all of it. */
  readonly frameNumber: number | undefined;
  /** Undefined for a title of another writer that the viewer has no name for. */
  readonly title: KeyTitle | undefined;
  readonly titleMeaning: string;
  readonly author: string;
  /** ISO 8601, UTC; empty where nobody says. */
  readonly createdAt: string;
  /** The document it was read from; undefined when it is not saved. */
  readonly document: KeyObjects | undefined;
}

/** A file that could not be stored, to be kept by the reader. */
export interface UnstoredFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What became of saving. */
export type SaveOutcome =
  | {
      readonly kind: 'saved';
      readonly measurements: number;
      readonly keyImages: number;
      readonly removals: number;
      /** Measurements that were left out, and are still to be saved: their image is not open. */
      readonly unwritable: number;
    }
  | { readonly kind: 'nothing'; readonly unwritable: number }
  | { readonly kind: 'notPermitted' }
  | {
      readonly kind: 'failed';
      readonly reasons: readonly string[];
      readonly files: readonly UnstoredFile[];
      readonly unwritable: number;
    };

export interface Evidence {
  /** Who reads, and whether they may store. */
  readonly reader: { readonly name: string; readonly mayStore: boolean };
  /** Reports and key object documents of the open studies, whoever wrote them. */
  readonly reports: readonly ReadReport[];
  readonly keyDocuments: readonly KeyObjects[];
  /** Tracking UIDs of the measurements that were read from reports in this session of reading. */
  readonly loadedUIDs: ReadonlySet<string>;
  /** Marks of the reader that are not saved: made, and taken away (by key of {@link keyOfMark}). */
  readonly newKeyImages: readonly KeyImage[];
  readonly unmarked: ReadonlySet<string>;
  /** Notes that are not saved, by study and title (see {@link keyOfNote}). */
  readonly notes: Readonly<Record<string, string>>;
  /** Whether all series of the open studies are known: until then an image that is not there may still come. */
  readonly isComplete: boolean;
  readonly isSaving: boolean;
  readonly outcome: SaveOutcome | undefined;
  /** Whether the notice of what was read, and of what became of saving, is seen. */
  readonly isNoticeOpen: boolean;
}

const initial: Evidence = {
  reader: { name: '', mayStore: false },
  reports: [],
  keyDocuments: [],
  loadedUIDs: new Set(),
  newKeyImages: [],
  unmarked: new Set(),
  notes: {},
  isComplete: false,
  isSaving: false,
  outcome: undefined,
  isNoticeOpen: false,
};

/** What of the open studies is saved, and what is to be. Measurements themselves are in the room `measuring`. */
export const useEvidence = create<Evidence>(() => initial);

/** Forgets the studies that are left. Marks that are not saved stay for when the reader comes back in this session. */
export function forgetStudies(): void {
  const { reader, newKeyImages, unmarked, notes } = useEvidence.getState();
  useEvidence.setState({ ...initial, reader, newKeyImages, unmarked, notes });
}

export function setReader(name: string, mayStore: boolean): void {
  const { reader } = useEvidence.getState();
  if (reader.name === name && reader.mayStore === mayStore) return;
  useEvidence.setState({ reader: { name, mayStore } });
}
whenReaderChanges(() => useEvidence.setState(initial));

export const closeNotice = (): void => useEvidence.setState({ isNoticeOpen: false, outcome: undefined });
export const openNotice = (): void => useEvidence.setState({ isNoticeOpen: true });

/** What an image is known by among marks: instance, frame. */
export const keyOfImage = (image: Pick<KeyImage, 'sopInstanceUID' | 'frameNumber'>): string =>
  `${image.sopInstanceUID}/${image.frameNumber ?? ''}`;

export const keyOfMark = (image: Pick<KeyImage, 'sopInstanceUID' | 'frameNumber' | 'title'>): string =>
  `${keyOfImage(image)}/${image.title ?? ''}`;

export const keyOfNote = (studyInstanceUID: string, title: string): string => `${studyInstanceUID}/${title}`;
