import type { DataSet } from '../../dicom/data-set.ts';
import { numberOf, textOf } from './attribute-values.ts';
import type { Raster } from './raster.ts';
import { flipped } from './scale-raster.ts';

/** How an image is turned before it is shown (PS3.3 C.10.6): first clockwise, then mirrored left to right. */
export interface Orientation {
  rotation: 0 | 90 | 180 | 270;
  flip: boolean;
}

export const upright: Orientation = { rotation: 0, flip: false };

/** From a presentation state; angles between quarter turns, which the Standard doesn't have, are rounded. */
export function orientationOf(presentationState: DataSet): Orientation {
  const degrees = numberOf(presentationState, 'ImageRotation') ?? 0;
  const quarters = ((Math.round(degrees / 90) % 4) + 4) % 4;
  return {
    rotation: (quarters * 90) as Orientation['rotation'],
    flip: textOf(presentationState, 'ImageHorizontalFlip')?.trim() === 'Y',
  };
}

export function turnsSides(orientation: Orientation): boolean {
  return orientation.rotation === 90 || orientation.rotation === 270;
}

/** Where a point of an image of `width` x `height` comes to lie; both from the top left corner of the first pixel. */
export function orientPoint(
  { rotation, flip }: Orientation,
  width: number,
  height: number,
  x: number,
  y: number,
): [x: number, y: number] {
  const [turnedX, turnedY, turnedWidth] =
    rotation === 90
      ? [height - y, x, height]
      : rotation === 180
        ? [width - x, height - y, width]
        : rotation === 270
          ? [y, width - x, height]
          : [x, y, width];
  return [flip ? turnedWidth - turnedX : turnedX, turnedY];
}

export function orientRaster(raster: Raster, orientation: Orientation): Raster {
  if (orientation.rotation === 0) return flipped(raster, orientation.flip, false);
  const { width, height, channels } = raster;
  const sides = turnsSides(orientation) ? { width: height, height: width } : { width, height };
  const data = new Uint8Array(raster.data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // centres of pixels stay centres of pixels
      const [toX, toY] = orientPoint(orientation, width, height, x + 0.5, y + 0.5);
      const to = (Math.floor(toY) * sides.width + Math.floor(toX)) * channels;
      const from = (y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++)
        data[to + channel] = raster.data[from + channel] ?? 0;
    }
  }
  return { ...sides, channels, data };
}
