import { type JsonDataSet, number, numbers, text } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';
import { functionalGroup } from './functional-groups.ts';

/** How sure the millimetres of an image are; the part of measuring's `CalibrationKind` that a header can give. */
export type SpacingKind = 'patient' | 'detector' | 'magnificationCorrected' | 'fiducial' | 'none';

/** Distances between the centres of pixels, and where they hold (PS3.3 10.7.1.3). */
export interface PixelSpacing {
  readonly kind: SpacingKind;
  /** Between rows and between columns: mm, at the detector for `detector`; for `none` only their ratio holds. */
  readonly row: number;
  readonly column: number;
  /** Estimated Radiographic Magnification Factor (0018,1114) that row and column were divided by; 1 where none was. */
  readonly magnification: number;
}

const storage = '1.2.840.10008.5.1.4.1.1';
/** SOP classes whose beams diverge: what Pixel Spacing means is said by their calibration only (PS3.3 10.7.1.3). */
const projections = [
  `${storage}.1`, // CR; DX, MG and IO are .1.1, .1.2, .1.3
  `${storage}.1.1`,
  `${storage}.1.1.1`,
  `${storage}.1.2`,
  `${storage}.1.2.1`,
  `${storage}.1.3`,
  `${storage}.1.3.1`,
  `${storage}.12.1`,
  `${storage}.12.1.1`,
  `${storage}.12.2`,
  `${storage}.12.2.1`,
];

const pair = (dataSet: JsonDataSet, tag: string): readonly [number, number] | undefined => {
  const [row, column] = numbers(dataSet, tag);
  return row !== undefined && column !== undefined && row > 0 && column > 0 ? [row, column] : undefined;
};

const spacing = (
  kind: SpacingKind,
  [row, column]: readonly [number, number],
  magnification = 1,
): PixelSpacing => ({
  kind,
  row: row / magnification,
  column: column / magnification,
  magnification,
});

/** What was measured at the detector, brought to the patient where the magnification is known. */
function fromDetector(instance: JsonDataSet, atDetector: readonly [number, number]): PixelSpacing {
  const factor = number(instance, tags.EstimatedRadiographicMagnificationFactor);
  if (factor === undefined || factor < 1) return spacing('detector', atDetector);
  return spacing('magnificationCorrected', atDetector, factor);
}

function isSame([a, b]: readonly [number, number], [c, d]: readonly [number, number]): boolean {
  return Math.abs(a - c) < 1e-6 && Math.abs(b - d) < 1e-6;
}

function ofProjection(
  instance: JsonDataSet,
  inPatient: readonly [number, number] | undefined,
  atDetector: readonly [number, number] | undefined,
): PixelSpacing | undefined {
  const calibration = text(instance, tags.PixelSpacingCalibrationType);
  if (inPatient && calibration === 'FIDUCIAL') return spacing('fiducial', inPatient);
  if (inPatient && calibration === 'GEOMETRY') return spacing('magnificationCorrected', inPatient);
  // Both, and not the same: it was calibrated, in a way that is not said.
  if (inPatient && atDetector && !isSame(inPatient, atDetector))
    return spacing('magnificationCorrected', inPatient);
  const measured = atDetector ?? inPatient;
  return measured && fromDetector(instance, measured);
}

/** The spacing of one frame. `isCalibrated` of an image means that the millimetres are those in the patient. */
export function describePixelSpacing(instance: JsonDataSet, frameIndex: number): PixelSpacing {
  const measures = functionalGroup(instance, frameIndex, tags.FramePixelSpacingSequence);
  const properties = functionalGroup(instance, frameIndex, tags.FramePixelDataPropertiesSequence);
  const inPatient = pair(measures, tags.PixelSpacing);
  const atDetector = pair(properties, tags.ImagerPixelSpacing) ?? pair(instance, tags.ImagerPixelSpacing);
  const isProjection = projections.includes(text(instance, tags.SOPClassUID) ?? '');
  if (isProjection) {
    const found = ofProjection(instance, inPatient, atDetector);
    if (found) return found;
  }
  if (inPatient) return spacing('patient', inPatient);
  if (atDetector) return fromDetector(instance, atDetector);
  return spacing('none', pair(instance, tags.PixelAspectRatio) ?? [1, 1]);
}

export const isMillimetresInPatient = ({ kind }: PixelSpacing): boolean =>
  kind !== 'detector' && kind !== 'none';
