/** A place that a reader looks at: a stack in a viewport, and the image shown. */
export interface WatchedPlace {
  /** Index of an image in the stack, or undefined when it isn't in it. */
  indexOf(imageId: string): number | undefined;
  readonly position: number;
}

/** Images so near to one that is shown are never given up. */
export const keptAround = 3;

/** How far an image is from what is on the screen, in images; infinite when it is in no stack that is shown. */
export function distanceFromScreen(imageId: string, places: Iterable<WatchedPlace>): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const place of places) {
    const index = place.indexOf(imageId);
    if (index !== undefined) nearest = Math.min(nearest, Math.abs(index - place.position));
  }
  return nearest;
}

export interface HeldImage {
  readonly imageId: string;
  readonly bytes: number;
}

/**
 * What to give up so that at least `bytes` become free: the farthest from the screen first, and of those in no stack that is
 * shown the one loaded longest ago (`held` is in the order of loading). Only what is farther than `nearerThan` gives way, so
 * that reading ahead never drives out what is nearer; less may come free than was asked for.
 */
export function chooseEvictions(
  held: Iterable<HeldImage>,
  places: readonly WatchedPlace[],
  bytes: number,
  nearerThan = keptAround,
): string[] {
  if (bytes <= 0) return [];
  const candidates = [...held]
    .map((image) => ({ ...image, distance: distanceFromScreen(image.imageId, places) }))
    .filter(({ distance }) => distance > Math.max(keptAround, nearerThan));
  // The sort is stable: equals stay in the order of loading.
  candidates.sort((a, b) => (a.distance === b.distance ? 0 : b.distance - a.distance));
  const chosen: string[] = [];
  let freed = 0;
  for (const { imageId, bytes: size } of candidates) {
    if (freed >= bytes) break;
    chosen.push(imageId);
    freed += size;
  }
  return chosen;
}
