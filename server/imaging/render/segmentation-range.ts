import type { DataSet } from '../../dicom/data-set.ts';
import { numberOf, textOf } from './attribute-values.ts';
import type { ValueRange } from './grey-pipeline.ts';

const segmentations = new Set([
  '1.2.840.10008.5.1.4.1.1.66.4', // Segmentation
  '1.2.840.10008.5.1.4.1.1.66.7', // Label Map Segmentation
]);

/**
 * What becomes black and white in a segmentation, whose values are fractions or numbers of segments and no grey levels
 * (PS3.3 C.8.20.2): from 0 to the Maximum Fractional Value, or to the highest segment. `undefined` for other images.
 */
export function segmentationRange(dataSet: DataSet): ValueRange | undefined {
  if (!segmentations.has(textOf(dataSet, 'SOPClassUID') ?? '')) return undefined;
  const high = highestValue(dataSet, textOf(dataSet, 'SegmentationType')?.trim());
  return high !== undefined && high > 0 ? { low: 0, high } : undefined;
}

function highestValue(dataSet: DataSet, type: string | undefined): number | undefined {
  if (type === 'FRACTIONAL') return numberOf(dataSet, 'MaximumFractionalValue');
  if (type !== 'LABELMAP') return undefined;
  const segments = dataSet['00620002']?.Value ?? [];
  let highest: number | undefined;
  for (const segment of segments) {
    const number = numberOf((segment ?? {}) as DataSet, 'SegmentNumber') ?? 0;
    highest = Math.max(highest ?? 0, number);
  }
  return highest;
}
