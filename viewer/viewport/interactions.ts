import type { ViewportController } from './viewport-controller.ts';
import { rangeToWindow, windowToRange } from './window.ts';

/** What dragging with a button does. */
export type DragAction = 'window' | 'pan' | 'zoom' | 'scroll';

/** Displayed values of the image for one CSS pixel of dragging, as a part of its range. */
const windowSpeed = 1 / 1024;
const zoomSpeed = 0.006;
/** CSS pixels of dragging for one image of a long stack. */
const scrollStepPixels = 8;

/** Drag to the right widens the window, drag up lowers its centre and so brightens (IHE BIR 5.4). */
export function dragWindow(controller: ViewportController, x: number, y: number): void {
  const { window, valueRange } = controller;
  if (!window || !valueRange) return;
  const range = Math.max(valueRange[1] - valueRange[0], 1e-6);
  const speed = range * windowSpeed;
  const narrowest = range > 255 ? 1 : range / 256;
  controller.setWindow({
    center: window.center + y * speed,
    width: Math.max(narrowest, window.width + x * speed),
    function: window.function,
    // Over a VOI LUT the window goes on over its output.
    ...(window.table === undefined ? {} : { table: window.table }),
  });
}

function toolOfButton(button: number, leftTool: DragAction | undefined): DragAction | undefined {
  return ([leftTool, 'pan', 'zoom'] as const)[button];
}

/** Scrolls by whole images while the rest of the movement is kept for the next event. */
function makeStepper(stepSize: number, onSteps: (steps: number) => void): (amount: number) => void {
  let rest = 0;
  return (amount) => {
    rest += amount;
    const steps = Math.trunc(rest / stepSize);
    if (steps === 0) return;
    rest -= steps * stepSize;
    onSteps(steps);
  };
}

/**
 * Mouse, pen and touch on a viewport: left drag does `leftTool()` (undefined: not its business), middle drag pans, right drag zooms, the wheel scrolls
 * (with Ctrl, as pinching on a touchpad, it zooms). Returns how to take it off.
 */
export function attachInteractions(
  element: HTMLElement,
  controller: ViewportController,
  leftTool: () => DragAction | undefined,
): () => void {
  let tool: DragAction | undefined;
  let dragScroll = (_amount: number) => {};
  const wheelScroll = makeStepper(40, (steps) => controller.scrollBy(Math.sign(steps)));

  const onDown = (event: PointerEvent) => {
    tool = toolOfButton(event.button, leftTool());
    if (!tool) return;
    dragScroll = makeStepper(scrollStepPixels, (steps) => controller.scrollBy(steps));
    element.setPointerCapture(event.pointerId);
  };
  const onMove = (event: PointerEvent) => {
    const { movementX: x, movementY: y } = event;
    if (tool === 'window') dragWindow(controller, x, y);
    else if (tool === 'pan') controller.panBy(x, y);
    else if (tool === 'zoom') controller.zoomBy(Math.exp(-y * zoomSpeed));
    else if (tool === 'scroll') dragScroll(y);
  };
  const onUp = () => {
    tool = undefined;
  };
  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    // Lines and pages are what a mouse wheel counts in some browsers.
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : 40);
    if (event.ctrlKey) controller.zoomBy(Math.exp(-pixels * 0.003));
    else wheelScroll(Math.abs(pixels) >= 40 ? Math.sign(pixels) * 40 : pixels);
  };
  const onMenu = (event: Event) => event.preventDefault();

  element.addEventListener('pointerdown', onDown);
  element.addEventListener('pointermove', onMove);
  element.addEventListener('pointerup', onUp);
  element.addEventListener('pointercancel', onUp);
  element.addEventListener('wheel', onWheel, { passive: false });
  element.addEventListener('contextmenu', onMenu);
  return () => {
    element.removeEventListener('pointerdown', onDown);
    element.removeEventListener('pointermove', onMove);
    element.removeEventListener('pointerup', onUp);
    element.removeEventListener('pointercancel', onUp);
    element.removeEventListener('wheel', onWheel);
    element.removeEventListener('contextmenu', onMenu);
  };
}

/** A window by its numbers, keeping the function of the one shown; the width is at least what can be drawn. */
export function enterWindow(controller: ViewportController, center: number, width: number): void {
  const { window } = controller;
  if (!window || !Number.isFinite(center) || !(width > 0)) return;
  const entered = { center, width, function: window.function };
  controller.setWindow(rangeToWindow(windowToRange(entered), window.function));
}
