import { zoomAbout } from './drag.ts';
import type { PointerActions } from './pointer-actions.ts';
import type { ViewportController } from './viewport-controller.ts';

/** CSS pixels that some browsers call a line. */
const linePixels = 40;
/** A notch of a wheel is at least so much; what is less comes from a touchpad, and is added up to a step. */
const notchPixels = 40;
/** After such a pause, in ms, the next turn is a movement of its own, and its first step comes at once. */
const pauseMs = 150;
const zoomPerPixel = 0.003;

/**
 * The steps of a wheel out of its events. One event is one step at most: a wheel that is told by the system to go far, or that is
 * turned fast, must not pass over an image.
 */
export function makeWheelSteps(): (pixels: number, at: number) => -1 | 0 | 1 {
  let rest = 0;
  let last = Number.NEGATIVE_INFINITY;
  return (pixels, at) => {
    const direction = Math.sign(pixels) as -1 | 0 | 1;
    if (direction === 0) return 0;
    const isNew = at - last > pauseMs || Math.sign(rest) === -direction;
    last = at;
    if (isNew) {
      // The sign is kept, so that turning back is known.
      rest = direction * 1e-6;
      return direction;
    }
    rest += pixels;
    if (Math.abs(pixels) < notchPixels && Math.abs(rest) < notchPixels) return 0;
    rest = direction * 1e-6;
    return direction;
  };
}

/** What the wheel, or two fingers on a touchpad, do; pinching on a touchpad zooms always. */
export function makeWheelListener(
  controller: ViewportController,
  actions: () => PointerActions,
  isControlHeld: () => boolean,
): (event: WheelEvent) => void {
  const steps = makeWheelSteps();
  return (event) => {
    // Also sideways, which would go to the page before.
    event.preventDefault();
    const delta = event.deltaY || (event.shiftKey ? event.deltaX : 0);
    const pixels = delta * (event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : linePixels);
    const { wheel, ctrlWheel, isScrollInverted } = actions();
    const isCtrl = event.ctrlKey || event.metaKey;
    // Browsers tell of a pinch as of a wheel with Ctrl, though nobody holds that key.
    const isPinch = event.ctrlKey && !isControlHeld();
    const action = isPinch ? 'zoom' : isCtrl ? ctrlWheel : wheel;
    if (action === 'zoom') zoomAbout(controller, event, Math.exp(-pixels * zoomPerPixel));
    if (action !== 'scroll') return;
    const step = steps(pixels, event.timeStamp);
    if (step !== 0) controller.scrollBy(isScrollInverted ? -step : step);
  };
}
