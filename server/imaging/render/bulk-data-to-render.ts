import type { DataSet } from '../../dicom/data-set.ts';
import { itemAt, itemsOf } from './attribute-values.ts';

/** Elements that a rendering reads and that may be bulk data: tables, overlays, ICC profiles. */
const wanted = /^(0028120[1-4]|0028122[1-4]|00283006|00282000|60[01][02468ACE]3000)$/;
const sequences = [
  'ModalityLUTSequence',
  'VOILUTSequence',
  'FrameVOILUTSequence',
  'SoftcopyVOILUTSequence',
  'PresentationLUTSequence',
  'OpticalPathSequence',
];

/**
 * The BulkDataURIs, as they stand in the data set, whose bytes a rendering of a frame (1-based) needs as
 * `RenderRequest.bulkData`; for a presentation state as `presentationBulkData`.
 */
export function bulkDataToRender(dataSet: DataSet, frameNumber: number): string[] {
  const groups = [
    itemAt(dataSet, 'PerFrameFunctionalGroupsSequence', frameNumber - 1),
    itemAt(dataSet, 'SharedFunctionalGroupsSequence', 0),
  ];
  return [...new Set([dataSet, ...groups].flatMap((holder) => (holder ? urisOf(holder) : [])))];
}

/** Depth is that of the sequences named above. */
function urisOf(dataSet: DataSet): string[] {
  const own = Object.keys(dataSet).flatMap((tag) => {
    const uri = dataSet[tag]?.BulkDataURI;
    return uri !== undefined && wanted.test(tag) ? [uri] : [];
  });
  return [...own, ...sequences.flatMap((keyword) => itemsOf(dataSet, keyword).flatMap(urisOf))];
}
