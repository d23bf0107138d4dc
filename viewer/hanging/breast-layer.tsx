import { type ReactNode, useEffect, useRef } from 'react';
import type { ViewportController, ViewportState } from '../viewport/viewport-controller.ts';
import { displaySetOf, tileCount, useWorkspace } from '../workspace/workspace-store.ts';
import { chestWallEdge, commonScale, edgesOf, type ImageExtent, shiftTo } from './breast-alignment.ts';
import { chestWallOf } from './hanging-store.ts';

/** Extents of the images of all tiles that are aligned, drawn or not: the scale is the same from the first picture on. */
function alignedExtents(): ImageExtent[] {
  const workspace = useWorkspace.getState();
  const tiles = Array.from({ length: tileCount(workspace) }, (_, tile) => tile);
  return tiles.flatMap((tile) => {
    const set = displaySetOf(tile, workspace);
    if (set?.kind !== 'image' || !chestWallOf(workspace.contents[tile])) return [];
    const shown = workspace.controllers[tile]?.getState();
    const image = shown?.stack === set ? set.images[shown.index] : set.images[0];
    return image
      ? [{ width: image.columns * image.columnSpacing, height: image.rows * image.rowSpacing }]
      : [];
  });
}

/** One step towards the place; true when there is nothing left to do. */
function align(side: 'left' | 'right', controller: ViewportController): boolean {
  const { surface, markers, zoom, image } = controller.getState();
  if (!surface || !image) return false;
  const edge = chestWallEdge(markers);
  if (edge === undefined) return true;
  if (edge !== side) {
    controller.flip('horizontal');
    return false;
  }
  const { clientWidth: width, clientHeight: height } = controller.element;
  const scale = commonScale(alignedExtents(), { width, height });
  const wanted = scale === undefined ? zoom : scale * image.columnSpacing;
  if (Math.abs(wanted / zoom - 1) > 1e-3) {
    controller.setZoom(wanted);
    return false;
  }
  const { top, bottom } = edgesOf(surface);
  const [right, down] = [shiftTo(side, surface, width), height / 2 - (top + bottom) / 2];
  if (Math.abs(right) < 0.5 && Math.abs(down) < 0.5) return true;
  controller.panBy(right, down);
  return false;
}

/** More steps than mirroring, zooming and moving take, so that rounding can't keep it going. */
const mostSteps = 8;

/**
 * Brings the chest wall of a mammogram to the edge of its tile, all breasts of the screen in one scale: when the image is first
 * shown, and when the tile has another size. What the reader does afterwards stays.
 */
export function BreastLayer(props: {
  tile: number;
  controller: ViewportController;
  state: ViewportState;
}): ReactNode {
  const { tile, controller, state } = props;
  const content = useWorkspace((workspace) => workspace.contents[tile]);
  const side = chestWallOf(content);
  const progress = useRef({ done: '', steps: 0 });
  useEffect(() => {
    if (!side || !state.surface) return;
    const { clientWidth, clientHeight } = controller.element;
    const goal = [state.surface.key, clientWidth, clientHeight, side].join();
    if (progress.current.done === goal || clientWidth === 0) return;
    const isOver = align(side, controller) || progress.current.steps >= mostSteps;
    progress.current = isOver
      ? { done: goal, steps: 0 }
      : { done: progress.current.done, steps: progress.current.steps + 1 };
  }, [side, controller, state]);
  return null;
}
