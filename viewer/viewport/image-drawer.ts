import type { StackViewport, Types } from '@cornerstonejs/core';
import type { ImageDescription } from './image-description.ts';
import { holdPartialImage, isImageLoaded } from './load-image.ts';
import { partialImages } from './partial-images.ts';
import type { ImageStack } from './stacks.ts';

export function imageIdsOf(stack: ImageStack): string[] {
  return stack.images.map((image) => image.imageId);
}

/** What goes with the drawing of one image. */
export interface Drawing {
  /** Whether something else was asked for since: then what is drawn is not this one's. */
  readonly isLate: () => boolean;
  /** Just before Cornerstone draws. */
  readonly begin: () => void;
  /** The image is on the screen; `isAnew` when Cornerstone was told of its stack anew, and has forgotten zoom and turns. */
  readonly end: (isAnew: boolean) => void;
}

/**
 * Has Cornerstone put images on the screen. One after the other: it can't be told to stop, and of two at the same time the older may
 * win.
 */
export class ImageDrawer {
  readonly #viewport: StackViewport;
  #last: Promise<void> = Promise.resolve();
  /** The stack that Cornerstone was given last, by the number it was asked for under; -1 when it has to be given anew. */
  #givenGeneration = -1;
  /** Takes the coarse image that was drawn last out of memory. */
  #forgetPart = () => {};

  constructor(viewport: StackViewport) {
    this.#viewport = viewport;
  }

  /** Draws an image of a stack that was asked for as `generation`. Rejects when Cornerstone has not drawn it. */
  drawWhole(generation: number, stack: ImageStack, index: number, drawing: Drawing): Promise<void> {
    return this.#inTurn(() => this.#drawWhole(generation, stack, index, drawing));
  }

  async #drawWhole(generation: number, stack: ImageStack, index: number, drawing: Drawing): Promise<void> {
    const description = stack.images[index];
    if (!description || drawing.isLate()) return;
    const isGiven = this.#givenGeneration === generation;
    drawing.begin();
    // Given anew if anything goes wrong: Cornerstone takes an image it was once told of for shown.
    this.#givenGeneration = -1;
    if (isGiven) await this.#viewport.setImageIdIndex(index);
    else await this.#viewport.setStack(imageIdsOf(stack), index);
    // While Cornerstone was drawing, the reader may have turned to another stack: what is on the screen now is not its.
    if (drawing.isLate()) return;
    if (this.#viewport.getCornerstoneImage()?.imageId !== description.imageId) {
      throw new Error('The image was loaded, but not drawn');
    }
    this.#givenGeneration = generation;
    this.forgetPart();
    drawing.end(!isGiven);
  }

  /** Draws coarse images of one that is on its way, finer ones after coarser ones; returns how to stop that. */
  expectParts(description: ImageDescription, drawing: () => Drawing): () => void {
    return partialImages.expect(description.imageId, (image) => {
      // That it could not be drawn is no matter: the whole one comes.
      this.#drawPart(description, image, drawing()).catch(() => {});
    });
  }

  /** Draws a coarse image under a name of its own, so that it is never taken for the whole one; not once that is there. */
  #drawPart(description: ImageDescription, image: Types.IImage, drawing: Drawing): Promise<void> {
    return this.#inTurn(async () => {
      if (drawing.isLate() || isImageLoaded(description.imageId)) return;
      drawing.begin();
      this.#givenGeneration = -1;
      const forget = holdPartialImage(description, image);
      this.forgetPart();
      this.#forgetPart = forget;
      await this.#viewport.setStack([image.imageId], 0);
      if (!drawing.isLate()) drawing.end(true);
    });
  }

  forgetPart(): void {
    this.#forgetPart();
    this.#forgetPart = () => {};
  }

  #inTurn(draw: () => Promise<void>): Promise<void> {
    const drawing = this.#last.then(draw);
    this.#last = drawing.catch(() => {});
    return drawing;
  }
}
