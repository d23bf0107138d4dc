import { cache, imageLoader, type Types } from '@cornerstonejs/core';
import { RequestError } from '../dicomweb/request-error.ts';
import { DecodeError } from './pixels/raw-frame.ts';

/** Loads an image, or gives the one in the cache. A failed one is not remembered, so that it may be tried again. */
export async function loadImage(imageId: string): Promise<Types.IImage> {
  return imageLoader.loadAndCacheImage(imageId);
}

export function isImageLoaded(imageId: string): boolean {
  return cache.isLoaded(imageId);
}

/** What went wrong with an image: a key of the texts, and details for the engineer. */
export interface ImageFailure {
  readonly reason: 'network' | 'notFound' | 'server' | 'decode' | 'unexpected';
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
