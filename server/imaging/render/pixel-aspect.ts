import type { DataSet } from '../../dicom/data-set.ts';
import { numbersOf } from './attribute-values.ts';
import { functionalGroup } from './functional-groups.ts';

/** Below this the difference is that of rounded spacings. */
const tolerance = 0.005;
/** A shape beyond it is a slip of the pen, not a pixel. */
const mostStretched = 100;

/**
 * Height of a pixel divided by its width, 1 where nothing is said: from Pixel Spacing, Imager Pixel Spacing, Nominal
 * Scanned Pixel Spacing or Pixel Aspect Ratio (PS3.3 C.7.6.3.1.7: vertical size first, as in all of them).
 */
export function pixelAspectOf(dataSet: DataSet, frameNumber: number): number {
  const measures = functionalGroup(dataSet, frameNumber, 'PixelMeasuresSequence');
  const pairs = [
    ...(measures ? [numbersOf(measures, 'PixelSpacing')] : []),
    numbersOf(dataSet, 'PixelSpacing'),
    numbersOf(dataSet, 'ImagerPixelSpacing'),
    numbersOf(dataSet, 'NominalScannedPixelSpacing'),
    numbersOf(dataSet, 'PixelAspectRatio'),
  ];
  for (const [vertical, horizontal] of pairs) {
    if (vertical && horizontal) return aspectOf(vertical, horizontal);
  }
  return 1;
}

export function aspectOf(vertical: number, horizontal: number): number {
  const aspect = vertical / horizontal;
  if (!(aspect > 1 / mostStretched && aspect < mostStretched)) return 1;
  return Math.abs(aspect - 1) < tolerance ? 1 : aspect;
}
