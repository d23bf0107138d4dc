import type { ImageStack } from '../viewport/stacks.ts';
import { viewOf } from '../workspace/kept-views.ts';
import { linkByOffset, linkTiles, useLinks } from '../workspace/link-store.ts';
import { displaySetOf, useWorkspace } from '../workspace/workspace-store.ts';
import { isRising } from './follow.ts';
import { tilesWithImages } from './links-on-screen.ts';

/** The image, from 0, as far through one stack as `index` is through the other; stacks may run against each other. */
export function relativeIndex(from: ImageStack, index: number, to: ImageStack): number {
  const fraction = index / Math.max(1, from.images.length - 1);
  const [a, b] = [isRising(from), isRising(to)];
  const isAgainst = a !== undefined && b !== undefined && a !== b;
  return Math.round((isAgainst ? 1 - fraction : fraction) * (to.images.length - 1));
}

/** Whether a stack still stands where it was opened: then its place is no choice of the reader. */
function isUntouched(tile: number): boolean {
  const { contents, controllers } = useWorkspace.getState();
  const content = contents[tile];
  return content !== undefined && viewOf(content)?.index === controllers[tile]?.getState().index;
}

/** Brings stacks of other studies that nobody has scrolled yet as far as the one that is read. */
function bringAlong(tiles: readonly number[]): void {
  const { activeTile, controllers } = useWorkspace.getState();
  const moved = tiles.filter((tile) => !isUntouched(tile));
  const lead = moved.includes(activeTile) ? activeTile : moved[0];
  if (lead === undefined) return;
  const from = controllers[lead]?.getState();
  if (!from?.stack) return;
  for (const tile of tiles) {
    const isOther = displaySetOf(tile)?.studyInstanceUID !== displaySetOf(lead)?.studyInstanceUID;
    const stack = controllers[tile]?.getState().stack;
    if (isOther && stack && !moved.includes(tile)) {
      controllers[tile]?.goTo(relativeIndex(from.stack, from.index, stack));
    }
  }
}

/**
 * Has the viewports that were linked, else all with images, scroll together from here, whatever their Frames of Reference.
 * A study that the reader has not scrolled in yet comes to the matching relative place first.
 */
export function scrollTogether(): void {
  if (useLinks.getState().members.size < 2) linkTiles(tilesWithImages());
  bringAlong([...useLinks.getState().members]);
  linkByOffset(true);
}
