import { create } from 'zustand';
import type { ImageDescription } from '../viewport/image-description.ts';
import { whenReaderChanges } from '../workspace/reader.ts';
import type { Scale } from './geometry.ts';

/** What a calibration by a reader holds for: one frame, or every frame of the same size in its series. */
export type CalibrationScope = 'image' | 'series';

/** mm per unit of the header's spacing, by what it holds for; for this session only. */
export const useUserCalibrations = create<{ readonly factors: Readonly<Record<string, number>> }>(() => ({
  factors: {},
}));

function keyOf(image: ImageDescription, scope: CalibrationScope): string {
  const { studyInstanceUID, seriesInstanceUID, imageId, rows, columns } = image;
  return scope === 'image' ? imageId : `${studyInstanceUID}/${seriesInstanceUID}/${columns}x${rows}`;
}

/** Size of a pixel in mm as a reader calibrated it, keeping its shape; undefined where none did. */
export function userScaleOf(image: ImageDescription): Scale | undefined {
  const { factors } = useUserCalibrations.getState();
  const factor = factors[keyOf(image, 'image')] ?? factors[keyOf(image, 'series')];
  if (factor === undefined) return undefined;
  return { x: image.spacing.column * factor, y: image.spacing.row * factor };
}

/** What in the units of the header is `length` is `millimetres`, from now on. */
export function calibrate(
  image: ImageDescription,
  scope: CalibrationScope,
  length: number,
  millimetres: number,
): void {
  if (!(length > 0) || !(millimetres > 0)) return;
  const { factors } = useUserCalibrations.getState();
  useUserCalibrations.setState({
    factors: { ...factors, [keyOf(image, scope)]: millimetres / length },
  });
}

/** Goes back to what the header says. */
export function removeCalibration(image: ImageDescription): void {
  const factors = { ...useUserCalibrations.getState().factors };
  for (const scope of ['image', 'series'] as const) delete factors[keyOf(image, scope)];
  useUserCalibrations.setState({ factors });
}

/** Forgets all: another reader, or other studies. */
export function forgetCalibrations(): void {
  useUserCalibrations.setState({ factors: {} });
}
whenReaderChanges(forgetCalibrations);
