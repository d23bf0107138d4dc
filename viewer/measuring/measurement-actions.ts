import type { ImageDescription } from '../viewport/image-description.ts';
import type { ViewportController } from '../viewport/viewport-controller.ts';
import { watchUnsaved } from '../workspace/leaving.ts';
import { useWorkspace } from '../workspace/workspace-store.ts';
import { useLive } from './live-store.ts';
import { recalibrated } from './measure.ts';
import { isPlacedOn, type Measurement } from './measurement.ts';
import {
  isUnsaved,
  type MeasurementChange,
  measurementOf,
  removeMeasurements,
  replaceResults,
  useMeasurements,
} from './measurement-store.ts';
import { signed } from './reader-change.ts';
import { type CalibrationScope, calibrate, removeCalibration } from './user-calibration.ts';

/** Deletes measurements; asks first for those that are in a report of the archive. */
export function askToDelete(trackingUIDs: readonly string[]): void {
  const isAnySaved = trackingUIDs.some((uid) => measurementOf(uid)?.saved !== undefined);
  if (isAnySaved) useLive.setState({ question: { kind: 'delete', trackingUIDs } });
  else removeMeasurements(trackingUIDs);
}

/**
 * Display Reset of IHE BIR (5.11): measurements that are not saved go from what a viewport shows; those on other images, and
 * everything in a report of the archive, stay. One step, which can be undone.
 */
export function removeUnsaved(controller: ViewportController | undefined): void {
  const surface = controller?.getState().surface;
  if (!surface) return;
  const gone = useMeasurements
    .getState()
    .measurements.filter(({ saved, placement }) => saved === undefined && isPlacedOn(placement, surface));
  if (gone.length === 0) return;
  removeMeasurements(gone.map(({ trackingUID }) => trackingUID));
  useLive.setState({ removedCount: gone.length });
}

/** The lengths of what is on images of a series anew, after their calibration has changed. */
function measureAnew(images: readonly ImageDescription[]): void {
  const imageOf = ({ placement }: Measurement) =>
    placement.kind === 'image'
      ? images.find(
          (image) =>
            image.sopInstanceUID === placement.sopInstanceUID && image.frameNumber === placement.frameNumber,
        )
      : undefined;
  const changes = new Map<string, MeasurementChange>();
  for (const measurement of useMeasurements.getState().measurements) {
    const image = imageOf(measurement);
    const hasLengths = !['probe', 'text', 'arrow'].includes(measurement.tool);
    if (image && hasLengths) changes.set(measurement.trackingUID, signed(recalibrated(measurement, image)));
  }
  replaceResults(changes);
}

/** `images` are those that the calibration may concern: the stack that the image belongs to. */
export function calibrateAndMeasure(
  image: ImageDescription,
  images: readonly ImageDescription[],
  scope: CalibrationScope,
  length: number,
  millimetres: number,
): void {
  calibrate(image, scope, length, millimetres);
  measureAnew(images);
}

export function uncalibrateAndMeasure(image: ImageDescription, images: readonly ImageDescription[]): void {
  removeCalibration(image);
  measureAnew(images);
}

/** Unsaved measurements of studies that were left are kept, and are not asked about again until the page or session ends. */
watchUnsaved('measurements', (scope) => {
  const open = new Set(useWorkspace.getState().displaySets.map((set) => set.studyInstanceUID));
  return useMeasurements
    .getState()
    .measurements.filter(
      (measurement) =>
        isUnsaved(measurement) && (scope === 'session' || open.has(measurement.placement.studyInstanceUID)),
    ).length;
});
