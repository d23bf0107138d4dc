import { beginDrag } from './drag.ts';
import {
  buttonAction,
  type DragAction,
  defaultPointerActions,
  type PointerActions,
} from './pointer-actions.ts';
import { TouchGestures } from './touch.ts';
import type { ViewportController } from './viewport-controller.ts';
import { makeWheelListener } from './wheel.ts';
import { rangeToWindow, windowToRange } from './window.ts';

export interface InteractionOptions {
  /** What buttons and wheel do, asked for every time. */
  readonly actions?: () => PointerActions;
  /** A click with the right button, or a long press; CSS pixels of the page, as in events. */
  readonly onMenu?: (place: { clientX: number; clientY: number }) => void;
  readonly onDoubleTap?: () => void;
  /** Whether a press of the right button that begins now may open the menu, when it turns out to be a click. */
  readonly wantsMenu?: () => boolean;
}

/** CSS pixels and ms that a click with the right button may take; what is more was a drag. */
const clickPixels = 4;
const clickMs = 500;

interface Drag {
  readonly pointerId: number;
  readonly button: number;
  readonly move: ((x: number, y: number) => void) | undefined;
  readonly startedAt: number;
  readonly wantsMenu: boolean;
  travelled: number;
  x: number;
  y: number;
}

/** The bit of a button in `PointerEvent.buttons`. */
const buttonBit = (button: number): number => [1, 4, 2][button] ?? 0;

/**
 * Mouse, pen and touch on a viewport: the left button does `leftTool()` (undefined: not its business), the others and the wheel what
 * `actions` says; touch is in `touch.ts`, the wheel in `wheel.ts`. Returns how to take it off.
 */
export function attachInteractions(
  element: HTMLElement,
  controller: ViewportController,
  leftTool: () => DragAction | undefined,
  options: InteractionOptions = {},
): () => void {
  const { actions = () => defaultPointerActions, onMenu = () => {}, onDoubleTap = () => {} } = options;
  const touch = new TouchGestures(controller, { leftTool, actions, onMenu, onDoubleTap });
  let drag: Drag | undefined;
  let isControlHeld = false;

  const begin = (event: PointerEvent) => {
    const action = buttonAction({ button: event.button, isCtrl: event.ctrlKey || event.metaKey }, actions());
    const dragAction = action === 'tool' ? leftTool() : action === 'none' ? undefined : action;
    if (!dragAction && event.button !== 2) return;
    element.dataset.dragging = dragAction;
    drag = {
      pointerId: event.pointerId,
      button: event.button,
      move: dragAction && beginDrag(controller, dragAction, actions().isScrollInverted),
      startedAt: event.timeStamp,
      wantsMenu: options.wantsMenu?.() ?? true,
      travelled: 0,
      x: event.clientX,
      y: event.clientY,
    };
    element.setPointerCapture(event.pointerId);
  };
  const end = () => {
    drag = undefined;
    delete element.dataset.dragging;
  };

  const onDown = (event: PointerEvent) => {
    if (event.pointerType === 'touch') touch.down(event);
    // While one button is held, others do nothing.
    else if (!drag) begin(event);
  };
  const onMove = (event: PointerEvent) => {
    if (event.pointerType === 'touch') return touch.move(event);
    if (event.pointerId !== drag?.pointerId) return;
    // The button that began it was let go while another is still held.
    if ((event.buttons & buttonBit(drag.button)) === 0) return end();
    const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
    drag.travelled += Math.hypot(x, y);
    drag.x = event.clientX;
    drag.y = event.clientY;
    drag.move?.(x, y);
  };
  const onUp = (event: PointerEvent) => {
    if (event.pointerType === 'touch') return void touch.up(event);
    if (event.pointerId !== drag?.pointerId) return;
    const { button, travelled, startedAt, wantsMenu } = drag;
    end();
    const isClick = travelled < clickPixels && event.timeStamp - startedAt < clickMs;
    if (button === 2 && isClick && wantsMenu) onMenu(event);
  };
  const onCancel = (event: PointerEvent) => {
    if (event.pointerType === 'touch') touch.cancel(event);
    else end();
  };
  // No click follows a gesture: a double tap is not a double click as well.
  const onTouchEnd = (event: TouchEvent) => {
    if (leftTool() !== undefined && event.cancelable) event.preventDefault();
  };
  // The middle button would scroll the page, the side buttons go to another.
  const onMouseButton = (event: MouseEvent) => {
    if (event.button === 1 || event.button > 2) event.preventDefault();
  };
  const onMenuEvent = (event: Event) => event.preventDefault();
  const onKey = (event: KeyboardEvent) => {
    isControlHeld = event.ctrlKey;
  };
  const onBlur = () => {
    isControlHeld = false;
  };
  const onWheel = makeWheelListener(controller, actions, () => isControlHeld);

  const listening = new AbortController();
  const { signal } = listening;
  element.addEventListener('pointerdown', onDown, { signal });
  element.addEventListener('pointermove', onMove, { signal });
  element.addEventListener('pointerup', onUp, { signal });
  element.addEventListener('pointercancel', onCancel, { signal });
  element.addEventListener('touchend', onTouchEnd, { signal, passive: false });
  element.addEventListener('mousedown', onMouseButton, { signal });
  element.addEventListener('mouseup', onMouseButton, { signal });
  element.addEventListener('auxclick', onMouseButton, { signal });
  element.addEventListener('wheel', onWheel, { signal, passive: false });
  element.addEventListener('contextmenu', onMenuEvent, { signal });
  window.addEventListener('keydown', onKey, { signal, capture: true });
  window.addEventListener('keyup', onKey, { signal, capture: true });
  window.addEventListener('blur', onBlur, { signal });
  return () => {
    listening.abort();
    touch.stop();
  };
}

/** A window by its numbers, keeping the function of the one shown; the width is at least what can be drawn. */
export function enterWindow(controller: ViewportController, center: number, width: number): void {
  const { window } = controller;
  if (!window || !Number.isFinite(center) || !(width > 0)) return;
  const entered = { center, width, function: window.function };
  controller.setWindow(rangeToWindow(windowToRange(entered), window.function));
}
