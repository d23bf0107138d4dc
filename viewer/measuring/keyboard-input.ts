import { isModalOpen } from '../components/own-focus.tsx';
import type { Point, Surface } from '../viewport/surface.ts';
import { isMeasuringTool } from '../workspace/tools.ts';
import { activeController, useWorkspace } from '../workspace/workspace-store.ts';
import {
  clampToPicture,
  drawingIn,
  drawingPlace,
  finishPath,
  type Gesture,
  moveTo,
  pressAt,
  releaseAt,
} from './drawing.ts';
import { abandon, useLive } from './live-store.ts';

/** Directions of the arrow keys, on the screen. */
const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** CSS pixels of one press; Shift takes ten steps at once. */
const fineStep = 1;
const coarseStep = 10;

/** Elements that have their own use for Enter, Escape and arrows; the slider of the position has none for them. */
const keyboardOwners =
  'input:not([type="range"]), textarea, select, button, a, [contenteditable], [role="menu"], [role="dialog"], [role="listbox"]';

function activeGesture(point: Point): Gesture | undefined {
  const workspace = useWorkspace.getState();
  const controller = activeController(workspace);
  return controller && { tile: workspace.activeTile, controller, point, isConstrained: false };
}

function setCursor(surface: Surface, point: Point): void {
  const gesture = activeGesture(clampToPicture(surface, point));
  if (!gesture) return;
  useLive.setState({ cursor: { tile: gesture.tile, surfaceKey: surface.key, point: gesture.point } });
  moveTo(gesture);
}

/** Where the cursor is in the active tile; undefined when it is not on what is on the screen. */
function cursorOn(surface: Surface): Point | undefined {
  const { cursor } = useLive.getState();
  const { activeTile } = useWorkspace.getState();
  return cursor?.tile === activeTile && cursor.surfaceKey === surface.key ? cursor.point : undefined;
}

/** Enter: the cursor appears in the middle; then it sets a place; on the last place of a path it ends it. */
function onEnter(surface: Surface): boolean {
  const { tool, activeTile } = useWorkspace.getState();
  const controller = activeController();
  if (!controller || !isMeasuringTool(tool)) return false;
  const point = cursorOn(surface);
  if (!point) {
    if (finishPath(activeTile, controller)) return true;
    const { clientWidth, clientHeight } = controller.element;
    setCursor(surface, surface.fromScreen({ left: clientWidth / 2, top: clientHeight / 2 }));
    return true;
  }
  const gesture = activeGesture(point);
  const last = drawingIn(activeTile, controller)?.places.at(-1);
  const isSame = last !== undefined && drawingPlace(controller, false)?.isSame(last, point);
  if (isSame && finishPath(activeTile, controller)) return true;
  if (gesture && pressAt(gesture)) releaseAt(gesture, false);
  return true;
}

function onArrow(surface: Surface, [right, down]: readonly [number, number], step: number): boolean {
  const point = cursorOn(surface);
  if (!point) return false;
  const { left, top } = surface.toScreen(point);
  setCursor(surface, surface.fromScreen({ left: left + right * step, top: top + down * step }));
  return true;
}

function handle(event: KeyboardEvent): boolean {
  if (event.key === 'Escape') return abandon();
  const surface = activeController()?.getState().surface;
  if (!surface || event.ctrlKey || event.altKey || event.metaKey) return false;
  const arrow = arrows[event.key];
  if (arrow) return onArrow(surface, arrow, event.shiftKey ? coarseStep : fineStep);
  return event.key === 'Enter' && onEnter(surface);
}

/**
 * Measuring by keyboard (WCAG 2.2, 2.5.7): Enter and arrow keys set places, Escape abandons. Heard before the commands, which
 * don't get what was meant for the measurement: Escape resets a display only when nothing is being drawn.
 */
export function onMeasuringKey(event: KeyboardEvent): void {
  const { target } = event;
  if (useLive.getState().question || useLive.getState().menu || isModalOpen()) return;
  if (event.key !== 'Escape' && target instanceof Element && target.closest(keyboardOwners)) return;
  if (!handle(event)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}
