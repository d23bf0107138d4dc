import type { Point } from './curves.ts';

/** Points of an image or a displayed area, in pixels of the result. */
export interface GraphicMapping {
  /** From the top left corner of the first pixel of the image as stored. */
  ofImage(point: Point): Point;
  /** From 0,0 to 1,1 over the displayed area. */
  ofDisplay(point: Point): Point;
  /** Of the result, in pixels. */
  width: number;
  height: number;
}

/** PIXEL and MATRIX count in the image, DISPLAY in fractions of the displayed area (C.10.5.1.2). */
export function mappingOf(units: string | undefined, mapping: GraphicMapping): (point: Point) => Point {
  return units?.trim() === 'DISPLAY' ? mapping.ofDisplay : mapping.ofImage;
}
