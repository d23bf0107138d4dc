import type { JsonDataSet, JsonElement } from '../../../viewer/dicomweb/data-set.ts';
import { tags } from '../../../viewer/dicomweb/tags.ts';

type Keyword = keyof typeof tags;

/** A data set of the DICOM JSON model from keywords and values; one value needs no list. */
export function makeDataSet(attributes: Partial<Record<Keyword, unknown>>): JsonDataSet {
  return Object.fromEntries(
    Object.entries(attributes).map(([keyword, value]): [string, JsonElement] => [
      tags[keyword as Keyword],
      { Value: Array.isArray(value) ? value : [value] },
    ]),
  );
}

const axial = [1, 0, 0, 0, 1, 0];

/** A CT slice of 4 x 4 pixels at a height, mm. */
export function makeSlice(
  number: number,
  z: number,
  more: Partial<Record<Keyword, unknown>> = {},
): JsonDataSet {
  return makeDataSet({
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
    SOPInstanceUID: `1.2.3.${number}`,
    Modality: 'CT',
    InstanceNumber: number,
    Rows: 4,
    Columns: 4,
    BitsAllocated: 16,
    BitsStored: 12,
    PixelRepresentation: 0,
    ImageOrientationPatient: axial,
    ImagePositionPatient: [0, 0, z],
    ...more,
  });
}
