import { type ImageDescription, isColor } from './image-description.ts';

/** Bytes that a decoded image takes: whole numbers as they are stored, or floats where values are no whole numbers. */
export function decodedBytes(image: ImageDescription): number {
  const perPixel = isColor(image) ? 3 : image.isFloat || image.bitsAllocated > 16 ? 4 : 2;
  return image.rows * image.columns * perPixel;
}
