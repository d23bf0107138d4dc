import type { DataSet } from '../../dicom/data-set.ts';
import { elementOf, itemsOf, numbersOf, textOf } from './attribute-values.ts';

/** An image's frame that a presentation state may speak of. */
export interface FrameReference {
  sopInstanceUID: string;
  /** 1-based. */
  frameNumber: number;
}

/** Whether a Referenced Image Sequence names the frame; without Referenced Frame Number it means all (PS3.3 10.3). */
export function refersTo(holder: DataSet, frame: FrameReference): boolean {
  return itemsOf(holder, 'ReferencedImageSequence').some((item) => {
    if (textOf(item, 'ReferencedSOPInstanceUID') !== frame.sopInstanceUID) return false;
    const frames = numbersOf(item, 'ReferencedFrameNumber');
    return frames.length === 0 || frames.includes(frame.frameNumber);
  });
}

/** The items of a sequence that hold for the frame: those that name it, and those that name no image at all. */
export function itemsFor(dataSet: DataSet, keyword: string, frame: FrameReference): DataSet[] {
  return itemsOf(dataSet, keyword).filter(
    (item) => !elementOf(item, 'ReferencedImageSequence')?.Value?.length || refersTo(item, frame),
  );
}

/** Whether a presentation state is about the frame (PS3.3 C.11.11). */
export function presents(presentationState: DataSet, frame: FrameReference): boolean {
  return itemsOf(presentationState, 'ReferencedSeriesSequence').some((series) => refersTo(series, frame));
}
