import type { DataSet } from '../../dicom/data-set.ts';
import { itemAt } from './attribute-values.ts';

/**
 * The item of a functional group macro that holds for a frame (PS3.3 C.7.6.16.1): of the frame itself, else the shared
 * one. `frameNumber` is 1-based, `keyword` names the macro's sequence. `undefined` where the image has none.
 */
export function functionalGroup(dataSet: DataSet, frameNumber: number, keyword: string): DataSet | undefined {
  const perFrame = itemAt(dataSet, 'PerFrameFunctionalGroupsSequence', frameNumber - 1);
  const shared = itemAt(dataSet, 'SharedFunctionalGroupsSequence', 0);
  return itemAt(perFrame, keyword, 0) ?? itemAt(shared, keyword, 0);
}
