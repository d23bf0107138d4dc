import { RenderError } from './render-errors.ts';
import type { Viewport } from './render-request.ts';

/** A part of an image: whole pixels from its top left corner; a displayed area may reach beyond the image. */
export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Which part of the (rotated and flipped) image is shown, and how large it comes out. */
export interface Placement {
  region: Region;
  /** Of the result, in pixels. */
  width: number;
  height: number;
  flipHorizontally: boolean;
  flipVertically: boolean;
}

export interface PlacementInput {
  /** Of the image as rotated and flipped. */
  width: number;
  height: number;
  /** Height of a pixel divided by its width. */
  pixelAspect: number;
  /** Of a presentation state; absent: the whole image. */
  displayedArea?: Region;
  /** Of a presentation state: pixels of the result for one of the image. */
  magnification?: number;
  viewport?: Viewport;
  maxPixels: number;
}

/**
 * PS3.18 8.3.5.1.3: the source region is cut out first, then scaled until its width or height fills the viewport; its
 * shape is kept, and so the result is smaller than the viewport in one direction. Pixels of the result are square then; without
 * viewport or displayed area the result has the image's own matrix, whatever the shape of its pixels.
 * Throws `RenderError` INVALID_PARAMETER where the region lies outside, TOO_LARGE above `maxPixels`.
 */
export function placeImage(input: PlacementInput): Placement {
  const { viewport } = input;
  const area = input.displayedArea ?? { left: 0, top: 0, width: input.width, height: input.height };
  const region = viewport?.source ? cut(area, viewport.source) : area;
  const shown = viewport || input.displayedArea ? squarePixels(region, input.pixelAspect) : region;
  const scale = viewport
    ? Math.min(viewport.width / shown.width, viewport.height / shown.height)
    : (input.magnification ?? 1);
  const fitted = (length: number, most: number) => Math.max(1, Math.min(Math.round(length * scale), most));
  const width = fitted(shown.width, viewport?.width ?? Number.POSITIVE_INFINITY);
  const height = fitted(shown.height, viewport?.height ?? Number.POSITIVE_INFINITY);
  if (width * height > input.maxPixels) {
    throw new RenderError(
      'TOO_LARGE',
      `The image would have ${width} x ${height} pixels; at most ${input.maxPixels} are rendered`,
    );
  }
  return {
    region,
    width,
    height,
    flipHorizontally: viewport?.flipHorizontally ?? false,
    flipVertically: viewport?.flipVertically ?? false,
  };
}

function cut(area: Region, source: NonNullable<Viewport['source']>): Region {
  const left = Math.floor(source.x);
  const top = Math.floor(source.y);
  const right = Math.min(area.width, Math.ceil(source.x + (source.width ?? area.width - source.x)));
  const bottom = Math.min(area.height, Math.ceil(source.y + (source.height ?? area.height - source.y)));
  if (left < 0 || top < 0 || right <= left || bottom <= top) {
    throw new RenderError(
      'INVALID_PARAMETER',
      `viewport: the region from ${source.x},${source.y} is outside of the image of ${area.width} x ${area.height} pixels`,
    );
  }
  return { left: area.left + left, top: area.top + top, width: right - left, height: bottom - top };
}

/** The size with square pixels: the direction with fewer pixels a millimetre is stretched, so that none are lost. */
function squarePixels(region: Region, pixelAspect: number): { width: number; height: number } {
  return pixelAspect >= 1
    ? { width: region.width, height: region.height * pixelAspect }
    : { width: region.width / pixelAspect, height: region.height };
}

/** Where a point of the (rotated and flipped) image comes out, both from the top left corner of the first pixel. */
export function toResult(placement: Placement, x: number, y: number): [x: number, y: number] {
  const { region, width, height } = placement;
  const across = ((x - region.left) / region.width) * width;
  const down = ((y - region.top) / region.height) * height;
  return [
    placement.flipHorizontally ? width - across : across,
    placement.flipVertically ? height - down : down,
  ];
}
