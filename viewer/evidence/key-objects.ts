import { type JsonDataSet, text } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';
import { type Code, code, concepts, isSameConcept } from './codes.ts';
import {
  codedItem,
  compositeItem,
  container,
  element,
  imageItem,
  nameItem,
  template,
  textItem,
} from './content-items.ts';
import { childOf, childrenOf, conceptOf, observerOf, referenceOf, valueTypeOf } from './content-tree.ts';
import {
  documentHeader,
  readReferencedStudies,
  referencedStudies,
  type StoredReference,
} from './evidence-document.ts';
import { momentOf, offsetMinutes } from './evidence-time.ts';
import { ownDocumentElements, readOwnDocument } from './own-elements.ts';

export const keyObjectSelection = '1.2.840.10008.5.1.4.1.1.88.59';

/** Titles that a reader can give (CID 7010); names are keys of the texts `evidence.title`. */
export const keyTitles = {
  ofInterest: code('113000', 'DCM', 'Of Interest'),
  forReferringProvider: code('113002', 'DCM', 'For Referring Provider'),
  forSurgery: code('113003', 'DCM', 'For Surgery'),
  forTeaching: code('113004', 'DCM', 'For Teaching'),
  forConference: code('113005', 'DCM', 'For Conference'),
  forTherapy: code('113006', 'DCM', 'For Therapy'),
  forPatient: code('113007', 'DCM', 'For Patient'),
  forPeerReview: code('113008', 'DCM', 'For Peer Review'),
  forResearch: code('113009', 'DCM', 'For Research'),
  qualityIssue: code('113010', 'DCM', 'Quality Issue'),
  bestInSet: code('113013', 'DCM', 'Best In Set'),
} as const satisfies Record<string, Code>;
export type KeyTitle = keyof typeof keyTitles;

/** Titles that say that images must not be used (IHE RAD KIN, IOCM); they are shown with a warning, and not hidden. */
export const rejectionTitles = {
  rejectedForQuality: code('113001', 'DCM', 'Rejected for Quality Reasons'),
  rejectedForSafety: code('113037', 'DCM', 'Rejected for Patient Safety Reasons'),
  wrongWorklistEntry: code('113038', 'DCM', 'Incorrect Modality Worklist Entry'),
  retentionExpired: code('113039', 'DCM', 'Data Retention Policy Expired'),
} as const satisfies Record<string, Code>;
export type RejectionTitle = keyof typeof rejectionTitles;

/** An image, or some frames of one, that a document marks. */
export interface MarkedImage {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  /** From 1; empty for the whole instance. */
  readonly frameNumbers: readonly number[];
}

/** A Key Object Selection document as read. */
export interface KeyObjects {
  readonly studyInstanceUID: string;
  readonly reference: StoredReference;
  readonly isOurs: boolean;
  readonly title: KeyTitle | RejectionTitle | undefined;
  /** As the writer called the title, for titles that are none of these. */
  readonly titleMeaning: string;
  readonly isRejection: boolean;
  readonly description: string;
  readonly author: string;
  /** ISO 8601, UTC; empty where the document does not say. */
  readonly writtenAt: string;
  readonly predecessorUIDs: readonly string[];
  readonly images: readonly MarkedImage[];
  readonly evidence: readonly StoredReference[];
}

export interface KeyObjectsToWrite {
  readonly studyInstanceUID: string;
  /** Any instance of the study. */
  readonly source: JsonDataSet;
  readonly title: KeyTitle;
  readonly description: string;
  readonly images: readonly MarkedImage[];
  readonly references: readonly StoredReference[];
  readonly predecessors: readonly StoredReference[];
  readonly author: string;
  readonly now: Date;
}

type Selection = Omit<KeyObjectsToWrite, 'title' | 'images'> & {
  readonly title: Code;
  readonly items: readonly JsonDataSet[];
};

function selectionDocument(selection: Selection): JsonDataSet {
  const { studyInstanceUID, source, author, now, description, predecessors } = selection;
  const { [tags.RelationshipType]: _, ...root } = container(
    selection.title,
    [
      codedItem('HAS CONCEPT MOD', concepts.language, concepts.english),
      codedItem('HAS OBS CONTEXT', concepts.observerType, concepts.person),
      nameItem('HAS OBS CONTEXT', concepts.personObserverName, author),
      ...(description ? [textItem('CONTAINS', concepts.keyObjectDescription, description)] : []),
      ...selection.items,
    ],
    template('2010'),
  );
  return {
    ...documentHeader({
      sopClassUID: keyObjectSelection,
      modality: 'KO',
      studyInstanceUID,
      source,
      seriesNumber: 9901,
      seriesDescription: 'Key images',
      now,
    }),
    [tags.CurrentRequestedProcedureEvidenceSequence]: element(
      'SQ',
      ...referencedStudies(selection.references),
    ),
    ...(predecessors.length > 0
      ? { [tags.PredecessorDocumentsSequence]: element('SQ', ...referencedStudies(predecessors)) }
      : {}),
    ...ownDocumentElements([]),
    ...root,
  };
}

/** A Key Object Selection (PS3.16 TID 2010) of images of one study. The predecessors are a Standard Extension of ours. */
export function writeKeyObjects({ title, images, ...document }: KeyObjectsToWrite): JsonDataSet {
  const items = images.map((image) => imageItem('CONTAINS', image));
  return selectionDocument({ ...document, title: keyTitles[title], items });
}

/**
 * Takes key object documents back: a selection without images is none (TID 2010), and so the documents themselves are rejected,
 * as in IHE RAD IOCM.
 */
export function writeWithdrawal(
  document: Omit<KeyObjectsToWrite, 'title' | 'images' | 'references' | 'description'>,
): JsonDataSet {
  const items = document.predecessors.map((reference) => compositeItem('CONTAINS', reference));
  const references = document.predecessors;
  const title = rejectionTitles.rejectedForQuality;
  return selectionDocument({ ...document, title, items, references, description: '' });
}

function nameOfTitle<T extends string>(titles: Readonly<Record<T, Code>>, title: Code | undefined) {
  return (Object.keys(titles) as T[]).find((name) => isSameConcept(titles[name], title));
}

/** Reads a Key Object Selection of any writer. UIDs of study and series are those it is addressed by. */
export function readKeyObjects(
  document: JsonDataSet,
  studyInstanceUID: string,
  seriesInstanceUID: string,
): KeyObjects {
  const title = conceptOf(document);
  const rejection = nameOfTitle(rejectionTitles, title);
  const description = childOf(document, concepts.keyObjectDescription);
  const zone = offsetMinutes(text(document, tags.TimezoneOffsetFromUTC));
  const date = text(document, tags.ContentDate);
  const evidence = readReferencedStudies(document, tags.CurrentRequestedProcedureEvidenceSequence);
  const marked = childrenOf(document).filter((child) =>
    ['IMAGE', 'COMPOSITE', 'WAVEFORM'].includes(valueTypeOf(child)),
  );
  return {
    studyInstanceUID,
    reference: {
      studyInstanceUID,
      seriesInstanceUID,
      sopClassUID: text(document, tags.SOPClassUID) ?? '',
      sopInstanceUID: text(document, tags.SOPInstanceUID) ?? '',
    },
    isOurs: readOwnDocument(document).isOurs,
    title: rejection ?? nameOfTitle(keyTitles, title),
    titleMeaning: title?.meaning ?? '',
    isRejection: rejection !== undefined,
    description: (description && text(description, tags.TextValue)) ?? '',
    author: observerOf(document) ?? '',
    writtenAt: (date && momentOf(`${date}${text(document, tags.ContentTime) ?? ''}`, zone)) ?? '',
    predecessorUIDs: readReferencedStudies(document, tags.PredecessorDocumentsSequence).map(
      (reference) => reference.sopInstanceUID,
    ),
    images: marked.flatMap((child): MarkedImage[] => {
      const reference = referenceOf(child);
      return reference ? [{ ...reference, frameNumbers: reference.frameNumbers ?? [] }] : [];
    }),
    evidence,
  };
}
