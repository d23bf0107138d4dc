import type { Types } from '@cornerstonejs/core';
import type { EncodedFrame } from '../dicomweb/frames.ts';
import { type ImageDescription, isColor } from './image-description.ts';
import { decodePart } from './pixels/codec-workers.ts';
import type { RawFrame } from './pixels/raw-frame.ts';
import { levelOfPart } from './pixels/resolution-levels.ts';

type Watcher = (image: Types.IImage) => void;

/** Makes an image of a frame of lower resolution. */
type Interpret = (image: ImageDescription, frame: RawFrame) => Types.IImage;

/** Below so many pixels an image is there as soon as a part of it. */
const smallestPixelCount = 200_000;

/** What of the header needs more than the pixels, or is decided by them for good: shown only when the image is whole. */
function canBeShownInPart(image: ImageDescription): boolean {
  const needsTables =
    image.modalityLUT !== undefined ||
    image.presentationLUT !== undefined ||
    (image.windows.length === 0 && image.voiLUTs.length > 0) ||
    image.otherWindows !== undefined ||
    (isColor(image) && image.photometricInterpretation === 'PALETTE COLOR');
  return !needsTables && image.rows * image.columns >= smallestPixelCount;
}

/** Coarse images of frames that are on their way, for those who wait for them. */
class PartialImages {
  readonly #watchers = new Map<string, Watcher>();

  /** Has `watcher` told of coarse images of one image, finer ones after coarser ones; returns how to stop that. */
  expect(imageId: string, watcher: Watcher): () => void {
    this.#watchers.set(imageId, watcher);
    return () => {
      if (this.#watchers.get(imageId) === watcher) this.#watchers.delete(imageId);
    };
  }

  /** What the request of a frame is to be told to: undefined where nobody waits, or nothing can be shown of a part. */
  watch(image: ImageDescription, interpret: Interpret): ((part: EncodedFrame) => void) | undefined {
    if (!this.#watchers.has(image.imageId) || !canBeShownInPart(image)) return undefined;
    let isDecoding = false;
    let newest: EncodedFrame | undefined;
    let shown = Number.POSITIVE_INFINITY;
    const decode = (part: EncodedFrame): void => {
      const level = levelOfPart(part.bytes, part.transferSyntaxUID);
      // Each finer one is worth drawing once.
      if (level === undefined || level >= shown) return;
      shown = level;
      isDecoding = true;
      decodePart(part.bytes, part.transferSyntaxUID, image, level)
        .then((frame) => this.#watchers.get(image.imageId)?.(interpret(image, frame)))
        // The whole image follows, and tells what is wrong with it.
        .catch(() => {})
        .finally(() => {
          isDecoding = false;
          const next = newest;
          newest = undefined;
          if (next && this.#watchers.has(image.imageId)) decode(next);
        });
    };
    return (part) => {
      if (isDecoding) newest = part;
      else decode(part);
    };
  }
}

export const partialImages = new PartialImages();
