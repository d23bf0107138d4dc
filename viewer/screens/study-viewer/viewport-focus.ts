import { useWorkspace } from '../../workspace/workspace-store.ts';

/** The id of a tile's element in the page. */
export const tileElementId = (tile: number): string => `tile-${tile}`;

/**
 * Gives the focus to the viewport that commands act on: whoever has chosen from a menu goes on reading, and the arrow keys are those
 * of the images, not of the menu's button.
 */
export function focusActiveViewport(): void {
  const { activeTile } = useWorkspace.getState();
  document.getElementById(tileElementId(activeTile))?.focus({ preventScroll: true });
}
