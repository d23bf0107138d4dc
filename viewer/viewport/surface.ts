import type { ImageDescription } from './image-description.ts';
import type { Vector3 } from './vectors.ts';

/**
 * A place on a surface. On an image: column and row, from 0 at the centre of the first pixel, fractions lie between pixels
 * (a DICOM SCOORD, PS3.3 C.18.6, is this plus 0.5). On a plane through a volume: mm along its two axes from its origin.
 */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A place on the screen: CSS pixels from the upper left corner of the viewport's element. */
export interface ScreenPoint {
  readonly left: number;
  readonly top: number;
}

/**
 * What a viewport shows at the moment, as something that can be pointed at and measured on: one frame, or a plane through a
 * volume. A new object whenever the picture moves, so that whatever is drawn over it can follow.
 */
export interface Surface {
  /** The same for the same frame or plane, however it is zoomed or turned: an imageId, or the plane in numbers. */
  readonly key: string;
  readonly kind: 'image' | 'plane';
  /** The frame; for a plane the nearest frame of the volume, whose header says whose and what it is. */
  readonly image: ImageDescription;
  /** Undefined where nothing is known of the place in the patient: such a surface is never linked or localised on. */
  readonly frameOfReferenceUID: string | undefined;
  /** Directions of growing x and y in patient coordinates (LPS), unit vectors; undefined as above. */
  readonly xDirection: Vector3 | undefined;
  readonly yDirection: Vector3 | undefined;
  toScreen(point: Point): ScreenPoint;
  fromScreen(point: ScreenPoint): Point;
  /** Patient coordinates (LPS, mm) of a place on the surface. */
  toPatient(point: Point): Vector3 | undefined;
  /** The place on the surface nearest to a place in the patient, and how far away that is along the normal, mm, with sign. */
  fromPatient(place: Vector3): (Point & { readonly distance: number }) | undefined;
  /**
   * The value at a place, after the modality transformation (HU, SUV, …; never after VOI), of the pixel the place is in. Of
   * classic MR, XA and RF it is not the one that is displayed and windowed (`image.measured` leads from that to this). For
   * colour red, green and blue, 0 to 255. Undefined outside and where the pixels are not in memory. Planes interpolate.
   */
  valueAt(point: Point): number | readonly [number, number, number] | undefined;
  /** How many samples of a volume make one value, where that is more than one: the planes of a slab. */
  readonly samplesPerValue?: number;
  /** What values are counted in: `HU`, `SUVbw`, `Bq/ml`; empty where nothing is known. */
  readonly valueUnit: string;
}
