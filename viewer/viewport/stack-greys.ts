import type { StackViewport } from '@cornerstonejs/core';
import { type Display, displayOf, shownWindow, voiChoices } from './grey-display.ts';
import { type ImageDescription, isColor } from './image-description.ts';
import type { ImageFacts } from './image-facts.ts';
import type { GreyCurve } from './pixels/grey-curve.ts';
import { TransferFunctionSetter } from './transfer-function.ts';
import type { ViewportState } from './viewport-controller.ts';
import type { Window } from './window.ts';

/** The grey levels of one stack: its window, and what Cornerstone is told of it. */
export class StackGreys {
  readonly #transferFunction: TransferFunctionSetter;
  #display: Display | undefined;
  /** Set by the reader; undefined follows the header of each image. */
  chosenWindow: Window | undefined;
  /** Computed for the first image of the stack without a window, and kept for its others. */
  #computedWindow: Window | undefined;

  constructor(viewport: StackViewport) {
    this.#transferFunction = new TransferFunctionSetter(viewport);
  }

  /** Another stack, or finer pixels of the same, have a window of their own to compute. */
  forgetComputed(): void {
    this.#computedWindow = undefined;
  }

  /** How grey a value of the image is drawn; undefined before one was. */
  get greyOf(): GreyCurve | undefined {
    return this.#display?.greyOf;
  }

  /** Tells Cornerstone how an image is to be drawn with the window, inversion and options that hold now; answers what they are. */
  apply(
    image: ImageDescription,
    facts: ImageFacts,
    isInverted: boolean,
  ): Pick<ViewportState, 'voiChoices' | 'window'> {
    const computed = () => {
      this.#computedWindow ??= facts.computedWindow();
      return this.#computedWindow;
    };
    const choices = voiChoices(image, facts, computed);
    const initial = choices[0]?.window() ?? facts.computedWindow();
    const shown = shownWindow(this.chosenWindow, facts, initial);
    this.#display = displayOf(image, facts, shown, isInverted);
    this.#transferFunction.apply(this.#display.key, this.#display.sample);
    return { voiChoices: choices, window: isColor(image) ? undefined : shown.window };
  }
}
