import { cache, imageLoader, type Types } from '@cornerstonejs/core';
import { RequestError } from '../dicomweb/request-error.ts';
import { decodedBytes } from './decoded-bytes.ts';
import { heldImageCount, makeRoom } from './image-cache.ts';
import type { ImageDescription } from './image-description.ts';
import { DecodeError } from './pixels/raw-frame.ts';
import { PrefetchQueue } from './prefetch-queue.ts';
import { forgetImage, registeredImage, registerImages } from './registered-images.ts';

/** Browsers open six connections to a host over HTTP/1.1: two stay free for the image asked for. */
const loadsInBackground = 4;

/** What was broken off, and has not ended yet. */
const cancelled = new Set<string>();

async function load(imageId: string): Promise<Types.IImage> {
  const isEnding = cancelled.has(imageId);
  try {
    return await imageLoader.loadAndCacheImage(imageId);
  } catch (error) {
    cancelled.delete(imageId);
    if (!isEnding) throw error;
    // What was broken off is wanted again: when it is out of the cache, it is loaded anew.
    await new Promise((resolve) => setTimeout(resolve));
    return imageLoader.loadAndCacheImage(imageId);
  }
}

/** What is loaded ahead of need, for the whole page. */
export const prefetchQueue = new PrefetchQueue(load, loadsInBackground);

/** How often an image is waited for by a reader now. */
const wanted = new Map<string, number>();

function want(imageId: string, change: 1 | -1): void {
  const count = (wanted.get(imageId) ?? 0) + change;
  if (count > 0) wanted.set(imageId, count);
  else wanted.delete(imageId);
}

/**
 * Loads an image that is to be seen now, or gives the one in the cache: before everything that is loaded ahead of need. A failed
 * one is not remembered, so that it may be tried again.
 */
export async function loadImage(imageId: string): Promise<Types.IImage> {
  if (isImageLoaded(imageId)) return imageLoader.loadAndCacheImage(imageId);
  const image = registeredImage(imageId);
  if (image) makeRoom(decodedBytes(image));
  want(imageId, 1);
  try {
    return await prefetchQueue.waitFor(load(imageId));
  } finally {
    want(imageId, -1);
  }
}

/** Breaks off the loading of an image that was to be loaded ahead of need, unless a reader waits for it by now. */
export function cancelLoading(imageId: string): void {
  if (wanted.has(imageId) || isImageLoaded(imageId)) return;
  const loading = cache.getImageLoadObject(imageId);
  if (!loading) return;
  cancelled.add(imageId);
  loading.cancelFn?.();
}

let partCount = 0;

/**
 * Puts a coarse image into Cornerstone's cache, under a name of its own, which it gets here. Returns how to take it out again.
 */
export function holdPartialImage(description: ImageDescription, image: Types.IImage): () => void {
  partCount += 1;
  image.imageId = `${description.imageId}/part-${partCount}`;
  registerImages([{ ...description, imageId: image.imageId }]);
  cache.putImageSync(image.imageId, image);
  return () => {
    if (isImageLoaded(image.imageId)) cache.removeImageLoadObject(image.imageId, { force: true });
    forgetImage(image.imageId);
  };
}

export function isImageLoaded(imageId: string): boolean {
  return cache.isLoaded(imageId);
}

/** How many images are being loaded now, and how many are in memory. */
export interface LoadingState {
  readonly inFlight: number;
  readonly heldCount: number;
}

export function loadingState(): LoadingState {
  return { inFlight: prefetchQueue.inFlight + wanted.size, heldCount: heldImageCount() };
}

/** What went wrong with an image: a key of the texts, and details for the engineer. */
export interface ImageFailure {
  readonly reason: 'network' | 'notFound' | 'server' | 'decode' | 'unexpected' | 'noVolume';
  readonly detail: string;
}

export function describeFailure(error: unknown): ImageFailure {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof DecodeError) return { reason: 'decode', detail };
  if (error instanceof RequestError) {
    if (error.status === 0) return { reason: 'network', detail };
    if (error.status === 404 || error.status === 410) return { reason: 'notFound', detail };
    // 406: the archive has no form of these pixels that a browser could show.
    return { reason: error.status === 406 ? 'decode' : 'server', detail };
  }
  return { reason: 'unexpected', detail };
}
