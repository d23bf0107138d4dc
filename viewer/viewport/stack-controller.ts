import { Enums, type StackViewport, type Types } from '@cornerstonejs/core';
import { CinePlayer } from './cine-player.ts';
import { decodedBytes } from './decoded-bytes.ts';
import { disableViewport, enableViewport } from './engine.ts';
import { noteFirstImage } from './first-image.ts';
import { type ImageDescription, isColor } from './image-description.ts';
import { type Drawing, ImageDrawer, imageIdsOf } from './image-drawer.ts';
import { factsOf } from './image-facts.ts';
import { KeptPlace } from './kept-place.ts';
import type { KeptView } from './kept-view.ts';
import { describeFailure, isImageLoaded, loadImage } from './load-image.ts';
import { nearestImage } from './nearest-image.ts';
import { highestOutput } from './pixels/grey-curve.ts';
import { PlanesPainter } from './planes-painter.ts';
import { Prefetcher } from './prefetcher.ts';
import { registerImages } from './registered-images.ts';
import { seenPicture } from './seen-picture.ts';
import { fitWhole, flip, isWhole, panBy, rotate, zoomBy, zoomOf } from './stack-camera.ts';
import { StackGreys } from './stack-greys.ts';
import type { ImageStack } from './stacks.ts';
import type { Point } from './surface.ts';
import type { Vector3 } from './vectors.ts';
import { onViewOptions, startsInverted } from './view-options.ts';
import { emptyState, type ViewportController, type ViewportState } from './viewport-controller.ts';
import type { Window } from './window.ts';

/**
 * Shows one stack in one element. All that is drawn goes through here; React only listens. Cornerstone is told to show an
 * image only after it is loaded, because its own loading swallows errors and keeps the old picture.
 */
export class StackController implements ViewportController {
  readonly id: string;
  readonly #viewport: StackViewport;
  readonly element: HTMLDivElement;
  readonly #listeners = new Set<() => void>();
  #state = emptyState;
  #prefetcher: Prefetcher | undefined;
  /** Counts the stacks asked for. */
  #generation = 0;
  #movingGeneration = -1;
  #lastView: KeptView | undefined;
  #isMoving = false;
  #isDestroyed = false;
  #cine: CinePlayer | undefined;
  readonly #greys: StackGreys;
  readonly #drawer: ImageDrawer;
  readonly #place: KeptPlace;
  readonly #planes: PlanesPainter;
  readonly #stopOptions: () => void;

  constructor(id: string, element: HTMLDivElement) {
    this.id = id;
    this.element = element;
    this.#viewport = enableViewport(id, element);
    this.#greys = new StackGreys(this.#viewport);
    this.#drawer = new ImageDrawer(this.#viewport);
    this.#place = new KeptPlace(this.#viewport, element);
    this.#planes = new PlanesPainter(() => this.#isDestroyed || this.#viewport.render());
    this.#stopOptions = onViewOptions(() => this.#showGreys());
    element.addEventListener(Enums.Events.IMAGE_RENDERED, this.#onRendered);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getState = (): ViewportState => this.#state;

  /** How the stack is seen now, to be given to `show` later; undefined without one. */
  keptView(): KeptView | undefined {
    const { stack, index, isInverted, isImageDrawn, surface } = this.#state;
    if (!stack || this.#isDestroyed) return this.#lastView;
    return { index, isInverted, window: this.#greys.chosenWindow, ...this.#place.now(isImageDrawn, surface) };
  }

  destroy(): void {
    this.#lastView = this.keptView();
    this.#isDestroyed = true;
    this.#generation++;
    this.#prefetcher?.stop();
    this.#cine?.pause();
    this.#stopOptions();
    this.#drawer.forgetPart();
    this.element.removeEventListener(Enums.Events.IMAGE_RENDERED, this.#onRendered);
    disableViewport(this.id);
  }

  /**
   * Shows a stack as `view` says. Until its first image is there, nothing is seen. A stack with the id of the one shown is
   * that one grown: the reader stays at the image, with its window, zoom and turns, unless it is shown `anew`.
   */
  async show(stack: ImageStack, view: KeptView, anew = false): Promise<void> {
    const generation = ++this.#generation;
    const { stack: before, playing, cine } = this.#state;
    const isGrown = before?.id === stack.id && !anew;
    const isInverted = isGrown
      ? this.#state.isInverted
      : (view.isInverted ?? startsInverted(stack.images[0]?.modality));
    const start = isGrown
      ? this.#placeIn(stack)
      : Math.max(0, Math.min(stack.images.length - 1, Math.round(view.index)));
    if (!isGrown) {
      this.#place.take(view);
      this.#greys.chosenWindow = view.window;
    } else if (this.#state.isImageDrawn) this.#place.keep();
    this.stop();
    this.#prefetcher?.stop();
    registerImages(stack.images);
    const imageIds = imageIdsOf(stack);
    this.#greys.forgetComputed();
    this.#cine = stack.images.length > 1 ? this.#makePlayer(stack) : undefined;
    if (isGrown && cine) this.#cine?.setSettings({ mode: cine.mode, rate: cine.rate });
    this.#update({
      ...emptyState,
      isInverted,
      stack,
      status: 'loading',
      index: start,
      cine: this.#cine?.state,
    });
    const bytesPerImage = stack.images[0] ? decodedBytes(stack.images[0]) : 1;
    this.#prefetcher = new Prefetcher(imageIds, bytesPerImage, () => this.#onPrefetched(generation));
    await this.#moveToIndex(generation);
    if (isGrown && playing !== undefined && !this.#isStale(generation)) this.play(playing);
  }

  /** Where in a stack the image is that the reader wants to see now; the start when it isn't in it. */
  #placeIn(stack: ImageStack): number {
    const wanted = this.#state.stack?.images[this.#state.index]?.imageId;
    return Math.max(
      0,
      stack.images.findIndex((image) => image.imageId === wanted),
    );
  }

  /** Empties the viewport. */
  clear(): void {
    this.#generation++;
    this.stop();
    this.#cine = undefined;
    this.#prefetcher?.stop();
    this.#update(emptyState);
  }

  goTo(index: number): void {
    const { stack } = this.#state;
    if (!stack) return;
    const inside = Math.max(0, Math.min(stack.images.length - 1, Math.round(index)));
    if (inside === this.#state.index && this.#state.status !== 'failed') return;
    this.#update({ index: inside });
    void this.#moveToIndex(this.#generation);
  }

  greyOf(value: number): number | undefined {
    return this.#greys.greyOf?.(value);
  }

  scrollBy(delta: number): void {
    this.goTo(this.#state.index + delta);
  }

  goToPatient(place: Vector3, frameOfReferenceUID: string): boolean {
    const images = this.#state.stack?.images ?? [];
    const nearest = nearestImage(images, place, frameOfReferenceUID);
    if (nearest === undefined) return false;
    this.goTo(nearest);
    return true;
  }

  /** Tries again to load what failed. */
  retry(): void {
    if (this.#state.status !== 'failed') return;
    this.#update({ status: this.#state.isImageDrawn ? 'ready' : 'loading', failure: undefined });
    void this.#moveToIndex(this.#generation);
  }

  /** Sets the window for this and the following images; undefined goes back to that of each image. Not for colour. */
  setWindow(window: Window | undefined): void {
    const { image } = this.#state;
    if (!image || isColor(image)) return;
    this.#greys.chosenWindow = window;
    this.#showGreys();
  }

  /** The window to change from: the one on the screen. */
  get window(): Window | undefined {
    return this.#state.window;
  }

  /** Lowest and highest value of the image on the screen; of a VOI LUT's output, where the window is over one. */
  get valueRange(): readonly [number, number] | undefined {
    const facts = factsOf(this.#currentImage());
    const { window } = this.#state;
    const table = window?.table === undefined ? undefined : facts?.voiTables[window.table];
    return table ? [0, highestOutput(table)] : facts?.range;
  }

  toggleInvert(): void {
    if (!this.#state.image) return;
    this.#update({ isInverted: !this.#state.isInverted });
    this.#showGreys();
  }

  zoomBy(factor: number): void {
    if (this.#state.isImageDrawn) zoomBy(this.#viewport, factor);
  }

  setZoom(zoom: number): void {
    const { isImageDrawn, image } = this.#state;
    // Not from the zoom of the state, which is that of the last drawing: several may be asked for between two drawings.
    if (isImageDrawn && image && zoom > 0) this.zoomBy(zoom / zoomOf(this.#viewport, image));
  }

  centerOn(point: Point): void {
    const { surface } = this.#state;
    if (!surface) return;
    const { left, top } = surface.toScreen(point);
    this.panBy(this.element.clientWidth / 2 - left, this.element.clientHeight / 2 - top);
  }

  panBy(x: number, y: number): void {
    if (this.#state.isImageDrawn) panBy(this.#viewport, x, y);
  }

  /** Whether the picture is seen whole and centred, as `fit` makes it. */
  isFit(): boolean {
    return this.#state.isImageDrawn && isWhole(this.#viewport);
  }

  fit(): void {
    if (this.#state.isImageDrawn) fitWhole(this.#viewport);
  }

  /** Zoom, pan, turns, window and inversion as at the start; the position stays (IHE BIR 5.11). */
  reset(): void {
    if (!this.#state.isImageDrawn) return;
    this.#greys.chosenWindow = undefined;
    this.#update({ isInverted: startsInverted(this.#state.stack?.images[0]?.modality) });
    this.#viewport.resetCamera({ resetPan: true, resetZoom: true });
    this.#showGreys();
  }

  rotate(direction: 'right' | 'left'): void {
    if (this.#state.isImageDrawn) rotate(this.#viewport, direction);
  }

  flip(axis: 'horizontal' | 'vertical'): void {
    if (this.#state.isImageDrawn) flip(this.#viewport, axis);
  }

  #makePlayer(stack: ImageStack): CinePlayer {
    return new CinePlayer(stack.images, {
      index: () => this.#state.index,
      isBusy: () => this.#isMoving,
      goTo: (index) => this.goTo(index),
      onChange: () => {
        const cine = this.#cine?.state;
        this.#update({ cine, playing: cine?.isPlaying ? cine.rate : undefined });
      },
    });
  }

  /** Frames that are not there yet are waited for, never skipped in silence. */
  play(framesPerSecond?: number): void {
    this.#cine?.play(framesPerSecond);
  }

  stop(): void {
    this.#cine?.pause();
  }

  setCine(change: Parameters<CinePlayer['setSettings']>[0]): void {
    this.#cine?.setSettings(change);
  }

  #currentImage(): Types.IImage | undefined {
    return this.#state.isImageDrawn ? this.#viewport.getCornerstoneImage() : undefined;
  }

  /** Follows `state.index` until the image there is on the screen. One at a time; the newest wish wins. */
  async #moveToIndex(generation: number): Promise<void> {
    const isStale = () => this.#isStale(generation);
    if (this.#isMoving && !isStale() && this.#movingGeneration === generation) return;
    this.#isMoving = true;
    this.#movingGeneration = generation;
    const { stack } = this.#state;
    try {
      for (let shown = -1; stack && !isStale() && shown !== this.#state.index; ) {
        const { index } = this.#state;
        const description = stack.images[index];
        if (!description) return;
        // Asked for first; what lies around it comes behind it, and around the first of all when that is drawn.
        const stopParts = this.#expectParts(generation, description);
        const loading = loadImage(description.imageId).finally(stopParts);
        if (this.#state.isImageDrawn && !isImageLoaded(description.imageId)) this.#prefetcher?.moveTo(index);
        else this.#prefetcher?.place(index);
        await loading;
        if (isStale()) return;
        await this.#drawer.drawWhole(
          generation,
          stack,
          index,
          this.#drawing(generation, description, 'full'),
        );
        shown = index;
      }
      if (!isStale()) this.#prefetcher?.moveTo(this.#state.index);
    } catch (error) {
      if (!isStale()) this.#update({ status: 'failed', failure: describeFailure(error) });
    } finally {
      if (generation === this.#movingGeneration) this.#isMoving = false;
      if (!isStale()) noteFirstImage();
    }
  }

  /** The first image of a stack is seen coarse while the rest of it is on its way, where its encoding allows that. */
  #expectParts(generation: number, description: ImageDescription): () => void {
    const isWholeShown = this.#state.isImageDrawn && this.#state.fidelity === 'full';
    if (isWholeShown || isImageLoaded(description.imageId)) return () => {};
    return this.#drawer.expectParts(description, () => this.#drawing(generation, description, 'partial'));
  }

  /** What is to be done with the drawing of an image of the stack that was asked for as `generation`. */
  #drawing(generation: number, image: ImageDescription, fidelity: ViewportState['fidelity']): Drawing {
    return {
      isLate: () => this.#isStale(generation),
      begin: () => {
        // A finer image of the same is to be seen as the coarse one is.
        if (this.#state.fidelity !== 'partial') return;
        this.#place.keep();
        this.#greys.forgetComputed();
      },
      end: (isAnew) => {
        if (isAnew) this.#place.restore(image);
        const loadedCount = this.#prefetcher?.loadedCount() ?? 0;
        this.#update({
          status: 'ready',
          failure: undefined,
          image,
          isImageDrawn: true,
          fidelity,
          loadedCount,
        });
        this.#showGreys();
        if (fidelity === 'full') this.#onWholeDrawn(image);
      },
    };
  }

  #onWholeDrawn(image: ImageDescription): void {
    this.#cine?.onDrawn();
    const facts = factsOf(this.#viewport.getCornerstoneImage());
    if (facts) this.#planes.prepare(image, facts);
  }

  /** Whether another stack was asked for, or none, since `generation`. */
  #isStale(generation: number): boolean {
    return generation !== this.#generation || this.#isDestroyed;
  }

  /** Has the image on the screen drawn with the window, inversion and options that hold now. */
  #showGreys(): void {
    const { image, isInverted } = this.#state;
    const facts = factsOf(this.#currentImage());
    if (!image || !facts) return;
    this.#update(this.#greys.apply(image, facts, isInverted));
    this.#viewport.render();
  }

  readonly #onRendered = (): void => {
    const { image, isImageDrawn, fidelity } = this.#state;
    if (!image || !isImageDrawn || this.#isDestroyed) return;
    const facts = factsOf(this.#currentImage());
    const picture = seenPicture(this.#viewport, image, fidelity === 'full' ? facts?.values : undefined);
    const { greyOf } = this.#greys;
    if (facts && greyOf) this.#planes.paint(this.#viewport.canvas, picture.surface, facts, greyOf);
    this.#update(picture);
  };

  #onPrefetched(generation: number): void {
    if (generation !== this.#generation) return;
    this.#update({ loadedCount: this.#prefetcher?.loadedCount() ?? 0 });
  }

  #update(change: Partial<ViewportState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
