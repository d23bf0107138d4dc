import type { CineState } from './cine-player.ts';
import type { CineSettings } from './cine-timing.ts';
import type { VoiChoice } from './grey-display.ts';
import type { ImageDescription } from './image-description.ts';
import type { KeptView } from './kept-view.ts';
import type { ImageFailure } from './load-image.ts';
import type { OrientationMarkers } from './orientation.ts';
import type { ImageStack } from './stacks.ts';
import type { Surface } from './surface.ts';
import type { Window } from './window.ts';

/** What a viewport shows; a new object whenever anything changes. */
export interface ViewportState {
  readonly stack: ImageStack | undefined;
  /** `loading`: nothing of this stack has been drawn yet, and nothing else may be seen. */
  readonly status: 'empty' | 'loading' | 'ready' | 'failed';
  readonly failure: ImageFailure | undefined;
  /** Where the reader wants to be, from 0, of as many places as {@link positionsOf} says. */
  readonly index: number;
  /** The places of a plane through a volume; undefined for a stack, whose places are its images. */
  readonly positionCount: number | undefined;
  /** The image on the screen; while another is on its way this is the old one, and so are all texts beside it. */
  readonly image: ImageDescription | undefined;
  readonly isImageDrawn: boolean;
  /** What is on the screen, to be measured on; undefined until something is drawn. */
  readonly surface: Surface | undefined;
  readonly window: Window | undefined;
  readonly isInverted: boolean;
  /** Screen pixels (CSS) for one column of the image. */
  readonly zoom: number;
  readonly markers: OrientationMarkers | undefined;
  readonly loadedCount: number;
  /** Frames per second while playing. */
  readonly playing: number | undefined;
  /** Ways to show the grey values of the image on the screen; empty for colour. */
  readonly voiChoices: readonly VoiChoice[];
  /** `partial`: of a lower resolution or lossy, while the whole image is on its way. */
  readonly fidelity: 'full' | 'partial';
  /** How the stack is played; undefined where nothing can be. */
  readonly cine: CineState | undefined;
}

export const emptyState: ViewportState = {
  stack: undefined,
  status: 'empty',
  failure: undefined,
  index: 0,
  positionCount: undefined,
  image: undefined,
  isImageDrawn: false,
  surface: undefined,
  window: undefined,
  isInverted: false,
  zoom: 1,
  markers: undefined,
  loadedCount: 0,
  playing: undefined,
  voiChoices: [],
  fidelity: 'full',
  cine: undefined,
};

/** How many places a viewport can be scrolled through. */
export function positionsOf({
  positionCount,
  stack,
}: Pick<ViewportState, 'positionCount' | 'stack'>): number {
  return positionCount ?? stack?.images.length ?? 0;
}

/** Where what is on the screen is among them, from 0. Planes are drawn where they are asked for. */
export function shownPosition({ image, stack, index, positionCount }: ViewportState): number {
  return positionCount === undefined && image && stack ? stack.images.indexOf(image) : index;
}

/**
 * What can be done with any viewport, whatever it shows. Commands, tools, overlays and links work on this only; a stack of
 * images and a volume each have their own way of doing it.
 */
export interface ViewportController {
  readonly id: string;
  readonly element: HTMLDivElement;
  /** `subscribe` and `getState` are what React's useSyncExternalStore asks for. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly getState: () => ViewportState;
  /** The window to change from: the one on the screen; undefined for colour and where nothing is drawn. */
  readonly window: Window | undefined;
  /** Lowest and highest displayed value of what is on the screen. */
  readonly valueRange: readonly [number, number] | undefined;
  /** The grey, 0 (black) to 1 (white), that a value of the image on the screen has now; left out by what has no pixels. */
  greyOf?(value: number): number | undefined;
  clear(): void;
  destroy(): void;
  /** How the content is seen now; left out by those that can't be seen the same way again. */
  keptView?(): KeptView | undefined;
  goTo(index: number): void;
  scrollBy(delta: number): void;
  /** Goes to the place nearest to a point in the patient (LPS, mm); false when it is not of this Frame of Reference. */
  goToPatient(place: readonly [number, number, number], frameOfReferenceUID: string): boolean;
  retry(): void;
  /** Undefined goes back to the window of the header. Not for colour. */
  setWindow(window: Window | undefined): void;
  toggleInvert(): void;
  zoomBy(factor: number): void;
  /** Sets the zoom: CSS pixels for one column of the image (for a plane: for the spacing of its volume). */
  setZoom(zoom: number): void;
  /** Moves the picture by CSS pixels. */
  panBy(x: number, y: number): void;
  /** Brings a place of the surface to the middle of the element. */
  centerOn(point: { readonly x: number; readonly y: number }): void;
  /** Whole picture, centred. */
  fit(): void;
  /** Zoom, pan, turns, window and inversion as at the start; the position stays (IHE BIR 5.11). */
  reset(): void;
  rotate(direction: 'right' | 'left'): void;
  flip(axis: 'horizontal' | 'vertical'): void;
  /** Plays at a rate, at the recorded one when none is given. */
  play(framesPerSecond?: number): void;
  stop(): void;
  /** How the stack is played; what can't be played leaves it out. */
  setCine?(change: Partial<CineSettings> & { readonly rate?: number }): void;
}
