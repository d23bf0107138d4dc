/** How many volumes use the pixels of an image. */
const counts = new Map<string, number>();

/**
 * Images whose pixels a volume uses as they are: to give them up would free nothing, so that the image cache keeps them, and
 * counts them, until the volume lets them go. Returns how to do that.
 */
export function holdForVolume(imageIds: readonly string[]): () => void {
  for (const imageId of imageIds) counts.set(imageId, (counts.get(imageId) ?? 0) + 1);
  return () => {
    for (const imageId of imageIds) {
      const count = (counts.get(imageId) ?? 0) - 1;
      if (count > 0) counts.set(imageId, count);
      else counts.delete(imageId);
    }
  };
}

export const isInVolume = (imageId: string): boolean => counts.has(imageId);
