import { cache, Enums, eventTarget } from '@cornerstonejs/core';
import { chooseEvictions, type HeldImage, type WatchedPlace } from './eviction.ts';
import { isInVolume } from './images-in-volumes.ts';
import { memoryBudget } from './memory-budget.ts';

const holder = 'images';
/** Decoded images in memory, in the order in which they were last put there. */
const held = new Map<string, number>();
const places = new Set<WatchedPlace>();
const listeners = new Set<(imageId: string, isLoaded: boolean) => void>();
let heldBytes = 0;

function onAdded(event: Event): void {
  const { image } = (event as CustomEvent<{ image: { imageId: string; sizeInBytes: number } }>).detail;
  note(image.imageId, image.sizeInBytes);
}

function onRemoved(event: Event): void {
  note((event as CustomEvent<{ imageId: string }>).detail.imageId, 0);
}

function note(imageId: string, bytes: number): void {
  const before = held.get(imageId) ?? 0;
  if (bytes > 0) held.set(imageId, bytes);
  else held.delete(imageId);
  if (before === bytes) return;
  heldBytes += bytes - before;
  memoryBudget.report(holder, heldBytes);
  for (const listener of listeners) listener(imageId, bytes > 0);
}

/** Keeps account of what Cornerstone's cache holds. Call once. */
export function watchImageCache(): void {
  // Room is made here, by what is on the screen. Cornerstone would throw out the oldest, shown or not.
  cache.setMaxCacheSize(Number.MAX_SAFE_INTEGER);
  eventTarget.addEventListener(Enums.Events.IMAGE_CACHE_IMAGE_ADDED, onAdded);
  eventTarget.addEventListener(Enums.Events.IMAGE_CACHE_IMAGE_REMOVED, onRemoved);
  memoryBudget.subscribe(() => {
    if (memoryBudget.isHeapCritical()) makeRoom(heldBytes * 0.3);
    else makeRoom(0);
  });
}

/** Tells of every image that comes into memory or leaves it; returns how to stop that. */
export function onImageHeld(listener: (imageId: string, isLoaded: boolean) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A place whose surroundings stay in memory as long as that is possible; returns how to take it off. */
export function watchPlace(place: WatchedPlace): () => void {
  places.add(place);
  return () => places.delete(place);
}

/** What may be given up. */
function* evictableImages(): Generator<HeldImage> {
  for (const [imageId, bytes] of held) if (!isInVolume(imageId)) yield { imageId, bytes };
}

let isMakingRoom = false;

/**
 * Gives up images until `bytes` more fit into the budget; those farther from the screen than `nearerThan` only. False when that
 * is not enough: what is needed at once is loaded nevertheless, what is not can wait.
 */
export function makeRoom(bytes: number, nearerThan?: number): boolean {
  // Each image given up reports the new sum, which leads here again.
  if (isMakingRoom) return true;
  isMakingRoom = true;
  try {
    const missing = () => memoryBudget.usedBytes + bytes - memoryBudget.limitBytes;
    if (missing() <= 0) return true;
    for (const imageId of chooseEvictions(evictableImages(), [...places], missing(), nearerThan)) {
      cache.removeImageLoadObject(imageId, { force: true });
    }
    return missing() <= 0;
  } finally {
    isMakingRoom = false;
  }
}

/** How many images are in memory. */
export const heldImageCount = (): number => held.size;
