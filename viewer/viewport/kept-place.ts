import type { StackViewport, Types } from '@cornerstonejs/core';
import type { ImageDescription } from './image-description.ts';
import { imageSurface } from './image-surface.ts';
import type { KeptView } from './kept-view.ts';
import { fitWhole, isWhole } from './stack-camera.ts';
import type { Point, Surface } from './surface.ts';

/** How the picture of a stack that has grown, or that one comes back to, was seen: zoom, turns and place; nothing from the start. */
export class KeptPlace {
  readonly #viewport: StackViewport;
  readonly #element: HTMLElement;
  #presentation: Types.ViewPresentation | undefined;
  /** The place to bring to the middle with it; undefined leaves the pan that is in it. */
  #center: Point | undefined;
  /** Whether the picture is to be whole and centred, whatever size the tile has by then. */
  #isFit = false;

  constructor(viewport: StackViewport, element: HTMLElement) {
    this.#viewport = viewport;
    this.#element = element;
  }

  /** The next stack is to be seen as `view` says. */
  take({ presentation, center, isFit }: KeptView): void {
    this.#presentation = presentation as Types.ViewPresentation | undefined;
    this.#center = center;
    this.#isFit = isFit ?? false;
  }

  /** What is drawn next is to be seen as what is on the screen. */
  keep(): void {
    this.#presentation = this.#viewport.getViewPresentation();
    this.#center = undefined;
    this.#isFit = isWhole(this.#viewport);
  }

  /** How what is drawn is seen now; what waits to be restored where nothing is drawn. */
  now(
    isImageDrawn: boolean,
    surface: Surface | undefined,
  ): Pick<KeptView, 'presentation' | 'center' | 'isFit'> {
    const { clientWidth, clientHeight } = this.#element;
    const isSeen = isImageDrawn && surface !== undefined && clientWidth > 0 && clientHeight > 0;
    return {
      presentation: isImageDrawn ? this.#viewport.getViewPresentation() : this.#presentation,
      center: isSeen ? surface.fromScreen({ left: clientWidth / 2, top: clientHeight / 2 }) : this.#center,
      isFit: isImageDrawn ? isWhole(this.#viewport) : this.#isFit,
    };
  }

  /** Gives a stack that Cornerstone was told anew the zoom, turns and place that it was seen with; once. */
  restore(image: ImageDescription): void {
    const [presentation, center, isFit] = [this.#presentation, this.#center, this.#isFit];
    this.#presentation = undefined;
    this.#center = undefined;
    this.#isFit = false;
    if (presentation) this.#viewport.setViewPresentation(presentation);
    // Its zoom and place are those of the tile that it was seen in; only the turns hold in another. And what is seen for the
    // first time was fitted before it was drawn: the tile may have another size by now.
    const isWanted = isFit || (!presentation && !center);
    if (isWanted) fitWhole(this.#viewport);
    if (isWanted || !center) return;
    const { left, top } = imageSurface(image, this.#viewport, undefined).toScreen(center);
    const [x, y] = this.#viewport.getPan();
    const { clientWidth, clientHeight } = this.#element;
    this.#viewport.setPan([x + clientWidth / 2 - left, y + clientHeight / 2 - top]);
  }
}
