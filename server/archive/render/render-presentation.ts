import { itemsOf, numbersOf, stringOf } from '../../dicom/attributes.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { NotFoundError } from '../archive-errors.ts';
import type { ArchiveParts } from '../archive-parts.ts';
import { findInstance } from '../retrieve/retrieve-instances.ts';
import { frameCountOf, type OpenSubject, openSubject } from './render-subject.ts';

/** A frame (1-based) that a presentation state shows. */
export interface PresentedFrame {
  image: OpenSubject;
  frameNumber: number;
}

/** An image that a presentation state refers to (PS3.3 C.11.11). */
interface ImageReference {
  seriesInstanceUID: string;
  sopInstanceUID: string;
  /** None: all. */
  frameNumbers: number[];
}

function referencesOf(dataSet: DataSet): ImageReference[] {
  return itemsOf(dataSet, 'ReferencedSeriesSequence').flatMap((series) => {
    const seriesInstanceUID = stringOf(series, 'SeriesInstanceUID');
    return itemsOf(series, 'ReferencedImageSequence').flatMap((image) => {
      const sopInstanceUID = stringOf(image, 'ReferencedSOPInstanceUID');
      if (seriesInstanceUID === undefined || sopInstanceUID === undefined) return [];
      return [{ seriesInstanceUID, sopInstanceUID, frameNumbers: numbersOf(image, 'ReferencedFrameNumber') }];
    });
  });
}

/**
 * The frames that a presentation state shows, one by one; they are of its own study. Images that are not stored are passed over.
 * Throws a `NotFoundError` before the first where none of them is.
 */
export async function* presentedFrames(
  parts: ArchiveParts,
  state: OpenSubject,
): AsyncGenerator<PresentedFrame> {
  let any = false;
  for (const reference of referencesOf(state.dataSet)) {
    const image = await imageOf(parts, state, reference);
    if (!image) continue;
    any = true;
    const all = Array.from({ length: frameCountOf(image) }, (_, i) => i + 1);
    const shown = reference.frameNumbers.length > 0 ? reference.frameNumbers : all;
    for (const frameNumber of shown) yield { image, frameNumber };
  }
  if (!any) throw new NotFoundError('None of the images that the presentation state refers to is stored.');
}

async function imageOf(
  parts: ArchiveParts,
  state: OpenSubject,
  { seriesInstanceUID, sopInstanceUID }: ImageReference,
): Promise<OpenSubject | undefined> {
  const { studyInstanceUID } = state.instance;
  try {
    const instance = await findInstance(parts, { studyInstanceUID, seriesInstanceUID, sopInstanceUID });
    const subject = await openSubject(parts, instance);
    return subject.category === 'image' ? subject : undefined;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

/** Whether `state` refers to the image at all, and to which of its frames; empty: all. */
export function referenceTo(state: OpenSubject, sopInstanceUID: string): number[] | undefined {
  return referencesOf(state.dataSet).find((reference) => reference.sopInstanceUID === sopInstanceUID)
    ?.frameNumbers;
}
