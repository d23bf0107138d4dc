import type { ImageDescription } from './image-description.ts';

const images = new Map<string, ImageDescription>();

/** Makes images known by their imageId to the loader and the metadata provider. */
export function registerImages(descriptions: readonly ImageDescription[]): void {
  for (const description of descriptions) images.set(description.imageId, description);
}

export function registeredImage(imageId: string): ImageDescription | undefined {
  return images.get(imageId);
}

/** Forgets one image. */
export function forgetImage(imageId: string): void {
  images.delete(imageId);
}

/** Forgets all images, for leaving a study. */
export function forgetImages(): void {
  images.clear();
}
