import type { ImageDescription } from '../viewport/image-description.ts';
import type { Point, Surface } from '../viewport/surface.ts';
import type { Vector3 } from '../viewport/vectors.ts';
import type { MeasuringTool } from '../workspace/tools.ts';

/** What a measurement is on: one frame of an instance, or a plane through a volume. */
export type Placement =
  | {
      readonly kind: 'image';
      readonly studyInstanceUID: string;
      readonly seriesInstanceUID: string;
      readonly sopClassUID: string;
      readonly sopInstanceUID: string;
      /** From 1. */
      readonly frameNumber: number;
    }
  | {
      readonly kind: 'plane';
      readonly studyInstanceUID: string;
      /** Series whose images make the volume. */
      readonly seriesInstanceUID: string;
      readonly frameOfReferenceUID: string;
      /** Patient coordinates (LPS, mm) of x = y = 0, and the directions of x and y (unit vectors). */
      readonly origin: Vector3;
      readonly xDirection: Vector3;
      readonly yDirection: Vector3;
    };

/** A number that a measurement gives. */
export interface MeasuredValue {
  /** What is measured, a key of the texts `quantity.NAME`. */
  readonly quantity:
    | 'length'
    | 'longAxis'
    | 'shortAxis'
    | 'angle'
    | 'area'
    | 'perimeter'
    | 'value'
    | 'mean'
    | 'standardDeviation'
    | 'minimum'
    | 'maximum'
    | 'pixelCount';
  readonly value: number;
  /** As written beside the number: `mm`, `mm²`, `px`, `°`, `HU`, `SUVbw`; empty for a bare number. */
  readonly unit: string;
}

/** How sure the millimetres are (IHE BIR 5.10): texts `calibration.NAME` say it beside every length that is not `patient`. */
export type CalibrationKind =
  | 'patient'
  /** Imager Pixel Spacing: at the detector, larger than in the patient. */
  | 'detector'
  /** Corrected by Estimated Radiographic Magnification Factor or Pixel Spacing Calibration Type GEOMETRY. */
  | 'magnificationCorrected'
  /** Pixel Spacing Calibration Type FIDUCIAL. */
  | 'fiducial'
  /** An ultrasound region (PS3.3 C.8.5.5). */
  | 'region'
  /** By a reader, with the calibration tool. */
  | 'user'
  /** No millimetres: pixels. */
  | 'none';

export interface Measurement {
  /** Tracking Unique Identifier (0062,0021): a DICOM UID, the same whenever the measurement is saved again. */
  readonly trackingUID: string;
  readonly tool: Exclude<MeasuringTool, 'calibrate'>;
  readonly placement: Placement;
  /**
   * On the surface, in the order in which they were set. probe, text: one; length: two; arrow: tip, then end; bidirectional:
   * both ends of the long axis, then of the short one; angle: end, vertex, end; cobbAngle: both ends of one segment, then of
   * the other; rectangle: four corners around; ellipse: both ends of one axis, then of the other; circle: centre, then a point
   * of the line; freehand, spline, livewire: the closed (or open) line itself.
   */
  readonly points: readonly Point[];
  /** For freehand, spline and livewire: whether the last point is joined to the first. */
  readonly isClosed: boolean;
  /** Given by the reader, or empty. */
  readonly label: string;
  /** CSS colour. */
  readonly color: string;
  readonly author: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly values: readonly MeasuredValue[];
  readonly calibration: CalibrationKind;
  /** The report it was read from or last saved in, and whether it was changed since; undefined when it never was saved. */
  readonly saved: { readonly sopInstanceUID: string; readonly isChanged: boolean } | undefined;
}

/** Where something drawn on a surface is. */
export function placementOn(surface: Surface): Placement | undefined {
  const { image, frameOfReferenceUID, xDirection, yDirection } = surface;
  if (surface.kind === 'image') return placementOnImage(image);
  const origin = surface.toPatient({ x: 0, y: 0 });
  if (!origin || !frameOfReferenceUID || !xDirection || !yDirection) return undefined;
  const { studyInstanceUID, seriesInstanceUID } = image;
  return {
    kind: 'plane',
    studyInstanceUID,
    seriesInstanceUID,
    frameOfReferenceUID,
    origin,
    xDirection,
    yDirection,
  };
}

function placementOnImage(image: ImageDescription): Placement {
  const { studyInstanceUID, seriesInstanceUID, sopClassUID, sopInstanceUID, frameNumber } = image;
  return { kind: 'image', studyInstanceUID, seriesInstanceUID, sopClassUID, sopInstanceUID, frameNumber };
}
