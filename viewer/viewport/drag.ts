import type { DragAction } from './pointer-actions.ts';
import type { ViewportController } from './viewport-controller.ts';

/** Displayed values of the image for one CSS pixel of dragging, as a part of its range. */
const windowSpeed = 1 / 1024;
const zoomSpeed = 0.006;
/** CSS pixels of dragging for one image. */
const scrollStepPixels = 8;

/** Whether high values are dark, by the image (MONOCHROME1) or because the reader has inverted it. */
function isHighDark(controller: ViewportController): boolean {
  const { image, isInverted } = controller.getState();
  return (image?.isInverse ?? false) !== isInverted;
}

/** Drag to the right widens the window, drag up brightens: lowers its centre, where high values are bright (IHE BIR 5.4). */
export function dragWindow(controller: ViewportController, x: number, y: number): void {
  const { window, valueRange } = controller;
  if (!window || !valueRange) return;
  const range = Math.max(valueRange[1] - valueRange[0], 1e-6);
  const speed = range * windowSpeed;
  const narrowest = range > 255 ? 1 : range / 256;
  controller.setWindow({
    center: window.center + y * speed * (isHighDark(controller) ? -1 : 1),
    width: Math.max(narrowest, window.width + x * speed),
    function: window.function,
    // Over a VOI LUT the window goes on over its output.
    ...(window.table === undefined ? {} : { table: window.table }),
  });
}

/** Whole steps out of movements; what is left over is kept for the next. */
export function makeStepper(stepSize: number, onSteps: (steps: number) => void): (amount: number) => void {
  let rest = 0;
  return (amount) => {
    rest += amount;
    const steps = Math.trunc(rest / stepSize);
    if (steps === 0) return;
    rest -= steps * stepSize;
    onSteps(steps);
  };
}

/** A drag that has begun: give it every movement, in CSS pixels. */
export function beginDrag(
  controller: ViewportController,
  action: DragAction,
  isScrollInverted: boolean,
): (x: number, y: number) => void {
  if (action === 'window') return (x, y) => dragWindow(controller, x, y);
  if (action === 'pan') return (x, y) => controller.panBy(x, y);
  if (action === 'zoom') return (_x, y) => controller.zoomBy(Math.exp(-y * zoomSpeed));
  const sign = isScrollInverted ? -1 : 1;
  const step = makeStepper(scrollStepPixels, (steps) => controller.scrollBy(sign * steps));
  return (_x, y) => step(y);
}

/** Zooms so that what is at a place of the page (CSS pixels, as in events) stays there. */
export function zoomAbout(
  controller: ViewportController,
  place: { readonly clientX: number; readonly clientY: number },
  factor: number,
): void {
  const { left, top, width, height } = controller.element.getBoundingClientRect();
  const x = place.clientX - left - width / 2;
  const y = place.clientY - top - height / 2;
  controller.zoomBy(factor);
  controller.panBy(x * (1 - factor), y * (1 - factor));
}
