import type { Measurement, Placement } from '../measuring/measurement.ts';
import type { ImageDescription } from '../viewport/image-description.ts';
import type { Point } from '../viewport/surface.ts';
import { between, cross, dot, unit, type Vector3 } from '../viewport/vectors.ts';
import type { InstanceReference } from './content-items.ts';
import {
  type Graphic,
  type GraphicType,
  type Shape,
  shapeOf,
  type ToolHint,
} from './measurement-graphics.ts';
import type { OwnGroupFacts } from './own-elements.ts';

/** Why something of a report is not shown; keys of the texts `evidence.skipped`. */
export type SkipReason =
  /** The image is not in the archive, or not in what is open. */
  | 'imageMissing'
  /** No coordinates: a number by itself, or one of a segmentation. */
  | 'noFigure'
  /** Of several frames of a clip, or of all of them (PS3.3 10.3): a measurement is of one. */
  | 'severalFrames'
  /** Figures that the viewer does not draw. */
  | 'unknownFigure'
  /** A figure in space that lies in no plane the viewer can show. */
  | 'noPlane'
  /** Not arranged as in TID 1500. */
  | 'otherTemplate';

/** Finds what reports refer to among what is open. */
export interface ImageFinder {
  readonly byReference: (reference: InstanceReference) => ImageDescription | undefined;
  /** All images with this Frame of Reference, those of a series first when it is named. */
  readonly byFrameOfReference: (uid: string, seriesInstanceUID?: string) => readonly ImageDescription[];
}

/** A figure as a report has it: image coordinates (PS3.3 C.18.6), or LPS in mm (C.18.9). */
export interface FigureInReport {
  readonly isInSpace: boolean;
  readonly type: GraphicType;
  readonly points: readonly (readonly number[])[];
  readonly reference: InstanceReference | undefined;
  readonly frameOfReferenceUID: string | undefined;
}

type Placed = Shape & Pick<Measurement, 'placement'>;

const hasNumbers = ({ points }: FigureInReport): boolean =>
  points.length > 0 && points.every((point) => point.every(Number.isFinite));

function placeOnImage(
  figures: readonly FigureInReport[],
  hint: ToolHint,
  finder: ImageFinder,
): Placed | SkipReason {
  const [first] = figures;
  const reference = first?.reference;
  if (!reference) return 'noFigure';
  const key = (figure: FigureInReport) =>
    `${figure.reference?.sopInstanceUID}/${figure.reference?.frameNumbers?.[0] ?? 1}`;
  if (figures.some((figure) => key(figure) !== key(first))) return 'unknownFigure';
  const shape = shapeOf(
    figures.map(
      ({ type, points }): Graphic => ({
        type,
        points: points.map(([x = 0, y = 0]) => ({ x: x - 0.5, y: y - 0.5 })),
      }),
    ),
    hint,
  );
  if (!shape) return 'unknownFigure';
  const image = finder.byReference(reference);
  if (!image) return 'imageMissing';
  if (image.numberOfFrames > 1 && reference.frameNumbers?.length !== 1) return 'severalFrames';
  const { studyInstanceUID, seriesInstanceUID, sopClassUID, sopInstanceUID, frameNumber } = image;
  const placement: Placement = {
    kind: 'image',
    studyInstanceUID,
    seriesInstanceUID,
    sopClassUID,
    sopInstanceUID,
    frameNumber,
  };
  return { ...shape, placement };
}

interface Plane {
  readonly origin: Vector3;
  readonly xDirection: Vector3;
  readonly yDirection: Vector3;
}

const toVector = ([x = 0, y = 0, z = 0]: readonly number[]): Vector3 => [x, y, z];

/** How far points may lie from their plane, mm. */
const flatness = 0.5;

function isFlatOn({ origin, xDirection, yDirection }: Plane, points: readonly Vector3[]): boolean {
  const normal = cross(xDirection, yDirection);
  return points.every((point) => Math.abs(dot(between(origin, point), normal)) <= flatness);
}

/** Axial, coronal and sagittal, as the planes of a volume are laid on the screen. */
const namedPlanes: readonly (readonly [x: Vector3, y: Vector3])[] = [
  [
    [1, 0, 0],
    [0, 1, 0],
  ],
  [
    [1, 0, 0],
    [0, 0, -1],
  ],
  [
    [0, 1, 0],
    [0, 0, -1],
  ],
];

/** The plane that three points of a figure span; undefined when they are on one line. */
function spannedPlane(points: readonly Vector3[]): Plane | undefined {
  const [origin] = points;
  if (!origin) return undefined;
  const arms = points.slice(1).map((point) => between(origin, point));
  const longest = arms.toSorted((a, b) => dot(b, b) - dot(a, a))[0];
  const xDirection = longest && unit(longest);
  if (!xDirection) return undefined;
  const upright = arms
    .map((arm): Vector3 => {
      const along = dot(arm, xDirection);
      return [arm[0] - along * xDirection[0], arm[1] - along * xDirection[1], arm[2] - along * xDirection[2]];
    })
    .toSorted((a, b) => dot(b, b) - dot(a, a))[0];
  const yDirection = upright && dot(upright, upright) > flatness ** 2 ? unit(upright) : undefined;
  return yDirection ? { origin, xDirection, yDirection } : undefined;
}

/** A plane for a figure of another writer: that of a slice, else one by name, else the one that it spans itself. */
function planeFor(points: readonly Vector3[], images: readonly ImageDescription[]): Plane | undefined {
  const [origin] = points;
  const [image] = images;
  if (!origin) return undefined;
  const acquired =
    image?.rowDirection && image.columnDirection
      ? [{ origin, xDirection: image.rowDirection, yDirection: image.columnDirection }]
      : [];
  const named = namedPlanes.map(([xDirection, yDirection]) => ({ origin, xDirection, yDirection }));
  return [...acquired, ...named].find((plane) => isFlatOn(plane, points)) ?? spannedPlane(points);
}

function planeOfOurs(plane: readonly number[]): Plane {
  const [origin, xDirection, yDirection] = [0, 3, 6].map((at) => toVector(plane.slice(at, at + 3)));
  return {
    origin: origin ?? [0, 0, 0],
    xDirection: xDirection ?? [1, 0, 0],
    yDirection: yDirection ?? [0, 1, 0],
  };
}

function pointOn({ origin, xDirection, yDirection }: Plane, place: Vector3): Point {
  const offset = between(origin, place);
  return { x: dot(offset, xDirection), y: dot(offset, yDirection) };
}

function placeInSpace(
  figures: readonly FigureInReport[],
  hint: ToolHint,
  own: OwnGroupFacts,
  finder: ImageFinder,
): Placed | SkipReason {
  const frameOfReferenceUID = figures[0]?.frameOfReferenceUID;
  if (!frameOfReferenceUID || figures.some((figure) => figure.frameOfReferenceUID !== frameOfReferenceUID))
    return 'unknownFigure';
  const images = finder.byFrameOfReference(frameOfReferenceUID, own.seriesInstanceUID);
  const [image] = images;
  if (!image) return 'imageMissing';
  const places = figures.flatMap((figure) => figure.points.map(toVector));
  const plane = own.plane ? planeOfOurs(own.plane) : planeFor(places, images);
  if (!plane || !isFlatOn(plane, places)) return 'noPlane';
  const shape = shapeOf(
    figures.map(
      ({ type, points }): Graphic => ({
        type,
        points: points.map((point) => pointOn(plane, toVector(point))),
      }),
    ),
    hint,
  );
  if (!shape) return 'unknownFigure';
  const { studyInstanceUID, seriesInstanceUID } = image;
  return {
    ...shape,
    placement: { kind: 'plane', studyInstanceUID, seriesInstanceUID, frameOfReferenceUID, ...plane },
  };
}

/** A measurement's shape and place from its figures, or why it has none. */
export function placeFigures(
  figures: readonly FigureInReport[],
  hint: ToolHint,
  own: OwnGroupFacts,
  finder: ImageFinder,
): Placed | SkipReason {
  if (!figures.every(hasNumbers)) return 'unknownFigure';
  const inSpace = figures.filter((figure) => figure.isInSpace);
  if (inSpace.length === 0) return placeOnImage(figures, hint, finder);
  return inSpace.length === figures.length ? placeInSpace(figures, hint, own, finder) : 'unknownFigure';
}
