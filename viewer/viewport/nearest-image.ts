import type { ImageDescription } from './image-description.ts';
import { cross, dot, type Vector3 } from './vectors.ts';

/**
 * Which image lies nearest to a place in the patient (LPS, mm), measured along the normals; undefined when none of them is
 * placed in that Frame of Reference (PS3.3 C.7.4.1: places of different ones have nothing to do with each other).
 */
export function nearestImage(
  images: readonly ImageDescription[],
  place: Vector3,
  frameOfReferenceUID: string,
): number | undefined {
  let nearest: number | undefined;
  let smallest = Number.POSITIVE_INFINITY;
  for (const [index, image] of images.entries()) {
    const { position, rowDirection, columnDirection } = image;
    if (image.frameOfReferenceUID !== frameOfReferenceUID || !position || !rowDirection || !columnDirection)
      continue;
    const normal = cross(rowDirection, columnDirection);
    const distance = Math.abs(dot(normal, place) - dot(normal, position));
    if (distance >= smallest) continue;
    smallest = distance;
    nearest = index;
  }
  return nearest;
}
