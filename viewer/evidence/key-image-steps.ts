import type { ImageDescription } from '../viewport/image-description.ts';
import type { ImageStack } from '../viewport/stacks.ts';
import type { ViewportController } from '../viewport/viewport-controller.ts';
import { showDisplaySet, useWorkspace } from '../workspace/workspace-store.ts';
import { type KeyImage, useEvidence } from './evidence-store.ts';
import { keyImagesOf, marksOf, toggleKeyImage } from './key-images.ts';

/** A key image among what is open: its stack, and where in it, from 0. */
export interface KeyPlace {
  readonly stack: ImageStack;
  readonly index: number;
}

/** What a viewport shows as an image; a plane through a volume can't be marked. */
function shownImage(controller: ViewportController | undefined): ImageDescription | undefined {
  const state = controller?.getState();
  return state?.surface?.kind === 'plane' ? undefined : state?.image;
}

export function placeOf(image: KeyImage): KeyPlace | undefined {
  for (const set of useWorkspace.getState().displaySets) {
    if (set.kind !== 'image') continue;
    const index = set.images.findIndex((candidate) => marksOf(candidate, [image]).length > 0);
    if (index !== -1) return { stack: set, index };
  }
  return undefined;
}

/** All key images that are open, in the order of the panel and of their series; each place once. */
function keyPlaces(): readonly KeyPlace[] {
  const marks = keyImagesOf(useEvidence.getState());
  return useWorkspace
    .getState()
    .displaySets.flatMap((set) =>
      set.kind === 'image'
        ? set.images.flatMap((image, index) =>
            marksOf(image, marks).length > 0 ? [{ stack: set, index }] : [],
          )
        : [],
    );
}

/** Shows a place in a tile, the active one, as soon as its stack is there. */
export function showKeyPlace({ stack, index }: KeyPlace): void {
  const { activeTile, contents, controllers } = useWorkspace.getState();
  const controller = controllers[activeTile];
  if (contents[activeTile]?.displaySetId === stack.id && controller?.getState().stack?.id === stack.id) {
    controller.goTo(index);
    return;
  }
  showDisplaySet(stack.id, activeTile);
  if (!controller) return;
  const off = controller.subscribe(() => {
    const state = controller.getState();
    if (state.stack?.id !== stack.id || state.status !== 'ready') return;
    off();
    queueMicrotask(() => controller.goTo(index));
  });
}

/** The next or previous key image from the one on the screen, around the end. */
export function stepKeyImage(controller: ViewportController | undefined, step: 1 | -1): void {
  const places = keyPlaces();
  if (places.length === 0) return;
  const state = controller?.getState();
  const { displaySets } = useWorkspace.getState();
  const order = ({ stack, index }: KeyPlace) => displaySets.indexOf(stack) * 1e6 + index;
  const stack = displaySets.find((set) => set.id === state?.stack?.id);
  const here = stack?.kind === 'image' ? order({ stack, index: state?.index ?? 0 }) : -1;
  const next =
    step === 1
      ? (places.find((place) => order(place) > here) ?? places[0])
      : (places.findLast((place) => order(place) < here) ?? places.at(-1));
  if (next) showKeyPlace(next);
}

export function toggleShownKeyImage(controller: ViewportController | undefined): void {
  const image = shownImage(controller);
  if (image) toggleKeyImage(image);
}

export function isKeyImage(controller: ViewportController | undefined): boolean {
  const image = shownImage(controller);
  return image !== undefined && marksOf(image, keyImagesOf(useEvidence.getState())).length > 0;
}
