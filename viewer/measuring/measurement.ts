import type { ImageDescription } from '../viewport/image-description.ts';
import type { Point, Surface } from '../viewport/surface.ts';
import { cross, dot, type Vector3 } from '../viewport/vectors.ts';
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
  /** What is measured, a key of the texts `measuring.quantity`. */
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
    | 'pixelCount'
    /** Along the time axis of an ultrasound region, and along a velocity axis: at a place, or between two. */
    | 'duration'
    | 'velocity'
    /** Of a circle. */
    | 'diameter';
  /** In full precision. */
  readonly value: number;
  /** As written beside the number: `mm`, `mm²`, `px`, `px²`, `°`, `HU`, `SUVbw`; empty for a bare number. */
  readonly unit: string;
}

/** How sure the millimetres are (IHE BIR 5.10): the texts `measuring.calibration` say it beside every length that is not `patient`. */
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

export type MeasuringNotice =
  /** Not wholly within one ultrasound region, or within one that has no lengths: pixels. */
  | 'outsideRegion'
  /** Axes of the region count in different things: no angles or areas. */
  | 'mixedAxes'
  /** The outline crosses itself: no area, no statistics. */
  | 'selfCrossing'
  /** A large region on a thick slab: statistics are of places further apart than the volume's spacing. */
  | 'thinned';

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
  /** For spline and livewire: the places the reader set, which the line goes through; absent when it was read from a report. */
  readonly handles?: readonly Point[];
  /** Where the reader moved the upper left corner of its label to, on the surface; absent: beside what is measured. */
  readonly labelPoint?: Point;
  /** Given by the reader, or empty. */
  readonly label: string;
  /** CSS colour. */
  readonly color: string;
  /** When a reader last chose its colour, ISO 8601, UTC; absent: it is as it was made. */
  readonly colorChangedAt?: string;
  readonly author: string;
  /** When it was made, or its shape, numbers or label last changed by the author: ISO 8601, UTC. */
  readonly createdAt: string;
  readonly values: readonly MeasuredValue[];
  readonly calibration: CalibrationKind;
  /** Why a number is not what one might expect; a key of the texts `measuring.notice`. */
  readonly notice?: MeasuringNotice;
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

/** Within which two planes are the same: mm of distance, and the cosine of one degree. */
const samePlane = { distanceMm: 0.5, cosine: Math.cos(Math.PI / 180) };

const between = (from: Vector3, to: Vector3): Vector3 => [to[0] - from[0], to[1] - from[1], to[2] - from[2]];

/** Whether something with this placement is to be seen on this surface: the same frame, or the same plane. */
export function isPlacedOn(placement: Placement, surface: Surface): boolean {
  if (placement.kind !== surface.kind) return false;
  if (placement.kind === 'image') {
    const { sopInstanceUID, frameNumber } = surface.image;
    return placement.sopInstanceUID === sopInstanceUID && placement.frameNumber === frameNumber;
  }
  const { xDirection, yDirection, frameOfReferenceUID } = surface;
  const origin = surface.toPatient({ x: 0, y: 0 });
  if (!xDirection || !yDirection || !origin) return false;
  if (frameOfReferenceUID !== placement.frameOfReferenceUID) return false;
  const normal = cross(xDirection, yDirection);
  const itsNormal = cross(placement.xDirection, placement.yDirection);
  // A plane seen from behind is the same plane.
  if (Math.abs(dot(normal, itsNormal)) < samePlane.cosine) return false;
  return Math.abs(dot(normal, between(origin, placement.origin))) <= samePlane.distanceMm;
}

/** Takes points of a placement to the coordinates of the surface it is seen on: a plane may have been moved in itself. */
export function pointsOn(placement: Placement, points: readonly Point[], surface: Surface): readonly Point[] {
  if (placement.kind === 'image') return points;
  const { origin, xDirection, yDirection } = placement;
  return points.map((point) => {
    const along = (axis: 0 | 1 | 2) => origin[axis] + xDirection[axis] * point.x + yDirection[axis] * point.y;
    const place = surface.fromPatient([along(0), along(1), along(2)]);
    return place ? { x: place.x, y: place.y } : point;
  });
}
