import type { ScreenPoint } from '../viewport/surface.ts';
import type { ViewportController } from '../viewport/viewport-controller.ts';
import { isMeasuringTool, type ToolName } from '../workspace/tools.ts';
import { activateTile, useWorkspace } from '../workspace/workspace-store.ts';
import { canMeasure, drawingIn, finishPath, type Gesture, moveTo, pressAt, releaseAt } from './drawing.ts';
import { dragGrip, dropGrip, type Grip, grip } from './editing.ts';
import { type Hit, hitTest, type LaidOut } from './layout.ts';
import { abandon, useLive } from './live-store.ts';
import { measurementOf, selectMeasurement } from './measurement-store.ts';

/** CSS pixels that the pointer may tremble without being dragged. */
const tremble = 4;

/**
 * The pointer on one viewport, for whoever measures: draws with the tool in hand, takes hold of what is there. Listens before
 * the viewport's own interactions (the capture phase), and lets through what it has no use for: wheel, middle and right
 * button, and the left one while a dragging tool is in hand and no label is under it.
 */
export class MeasuringPointer {
  readonly #tile: number;
  readonly #controller: ViewportController;
  readonly #items: () => readonly LaidOut[];
  #downAt: ScreenPoint | undefined;
  #wasDragged = false;
  #grip: Grip | undefined;
  #isKeeping = false;
  readonly #detach: () => void;

  /** `items` tells what lies where on the screen at the moment. */
  constructor(tile: number, controller: ViewportController, items: () => readonly LaidOut[]) {
    this.#tile = tile;
    this.#controller = controller;
    this.#items = items;
    const { element } = controller;
    const listeners = {
      pointerdown: this.#onDown,
      pointermove: this.#onMove,
      pointerup: this.#onUp,
      pointercancel: this.#onCancel,
      pointerleave: this.#onLeave,
      dblclick: this.#onDoubleClick,
    } as const;
    for (const [type, listener] of Object.entries(listeners)) {
      element.addEventListener(type, listener as (event: Event) => void, { capture: true });
    }
    const unsubscribe = controller.subscribe(this.#onPicture);
    this.#detach = () => {
      unsubscribe();
      for (const [type, listener] of Object.entries(listeners)) {
        element.removeEventListener(type, listener as (event: Event) => void, { capture: true });
      }
    };
  }

  stop(): void {
    this.#detach();
    this.#forget();
    const { drawing } = useLive.getState();
    if (drawing?.tile === this.#tile) abandon();
  }

  #place(event: MouseEvent): ScreenPoint {
    const { left, top } = this.#controller.element.getBoundingClientRect();
    return { left: event.clientX - left, top: event.clientY - top };
  }

  #gesture(event: MouseEvent): Gesture | undefined {
    const { surface } = this.#controller.getState();
    if (!surface) return undefined;
    return {
      tile: this.#tile,
      controller: this.#controller,
      point: surface.fromScreen(this.#place(event)),
      isConstrained: event.shiftKey,
    };
  }

  /** What is under the pointer and may be taken hold of: everything while measuring, nothing under a glass, else labels. */
  #hit(event: MouseEvent, pointerType: string): Hit | undefined {
    const { tool } = useWorkspace.getState();
    const hit = tool === 'magnify' ? undefined : hitTest(this.#items(), this.#place(event), pointerType);
    return hit && (isMeasuringTool(tool) || tool === 'select' || hit.part === 'label') ? hit : undefined;
  }

  /** What was drawn or held belongs to another picture: it must not go on on this one. */
  readonly #onPicture = (): void => {
    const key = this.#controller.getState().surface?.key;
    const { drawing, edit, cursor } = useLive.getState();
    const isGone = (entry: { tile: number; surfaceKey: string } | undefined) =>
      entry?.tile === this.#tile && entry.surfaceKey !== key;
    if (isGone(edit)) this.#forget();
    if (isGone(drawing) || isGone(edit) || isGone(cursor)) abandon();
  };

  #forget(): void {
    this.#grip = undefined;
    this.#downAt = undefined;
    this.#wasDragged = false;
  }

  readonly #onDown = (event: PointerEvent): void => {
    // A second finger zooms: what the first one began was not meant.
    if (!event.isPrimary) {
      this.#forget();
      abandon();
      return;
    }
    const at = this.#place(event);
    this.#downAt = at;
    this.#wasDragged = false;
    // With Ctrl the button is another one (pointer-actions.ts).
    if (event.button !== 0 || event.ctrlKey || event.metaKey) return;
    const isDrawing = drawingIn(this.#tile, this.#controller) !== undefined;
    const hit = isDrawing ? undefined : this.#hit(event, event.pointerType);
    if (hit) this.#takeHold(hit, at, event);
    else this.#draw(event);
  };

  #takeHold(hit: Hit, at: ScreenPoint, event: PointerEvent): void {
    const { surface, fidelity } = this.#controller.getState();
    selectMeasurement(hit.trackingUID);
    const mayMove = fidelity === 'full' || hit.part === 'label';
    this.#grip = mayMove && surface ? grip(hit, this.#items(), at, surface) : undefined;
    // The viewport's own dragging must not begin as well; nor does React see this any more.
    event.stopImmediatePropagation();
    activateTile(this.#tile);
    this.#controller.element.setPointerCapture(event.pointerId);
  }

  #draw(event: PointerEvent): void {
    const { tool } = useWorkspace.getState();
    const gesture = this.#gesture(event);
    selectMeasurement(undefined);
    if (!gesture || !isMeasuringTool(tool)) return;
    if (pressAt(gesture)) this.#controller.element.setPointerCapture(event.pointerId);
  }

  readonly #onMove = (event: PointerEvent): void => {
    const at = this.#place(event);
    if (this.#downAt && Math.hypot(at.left - this.#downAt.left, at.top - this.#downAt.top) > tremble)
      this.#wasDragged = true;
    if (this.#grip) {
      if (this.#wasDragged) dragGrip(this.#grip, this.#tile, this.#controller, at);
      return;
    }
    const gesture = this.#gesture(event);
    if (gesture && drawingIn(this.#tile, this.#controller)) moveTo(gesture);
    else if (event.buttons === 0) this.#hover(event);
  };

  #hover(event: PointerEvent): void {
    const hit = this.#hit(event, event.pointerType);
    if (useLive.getState().hoveredUID !== hit?.trackingUID)
      useLive.setState({ hoveredUID: hit?.trackingUID });
    this.#controller.element.style.cursor = hit
      ? hit.part === 'handle'
        ? 'grab'
        : 'move'
      : toolCursor(useWorkspace.getState().tool, canMeasure(this.#controller));
  }

  readonly #onUp = (event: PointerEvent): void => {
    const held = this.#grip;
    const wasDragged = this.#wasDragged;
    this.#grip = undefined;
    if (held) {
      if (wasDragged) dropGrip(held, this.#controller, this.#place(event));
      this.#downAt = undefined;
      return;
    }
    // The end of a drag with the right button is no click.
    if (event.button === 2 && !wasDragged && this.#rightClick(event)) this.#keep(event);
    if (event.button !== 0) return;
    const gesture = this.#gesture(event);
    if (gesture) releaseAt(gesture, wasDragged);
    this.#downAt = undefined;
  };

  readonly #onCancel = (): void => {
    if (this.#isKeeping) return;
    this.#forget();
    abandon();
  };

  readonly #onLeave = (): void => {
    if (useLive.getState().hoveredUID) useLive.setState({ hoveredUID: undefined });
  };

  readonly #onDoubleClick = (event: MouseEvent): void => {
    const { tool } = useWorkspace.getState();
    const hit = this.#hit(event, 'mouse');
    const isFinished = finishPath(this.#tile, this.#controller);
    // While measuring, two quick clicks are two places, not the wish for a larger viewport.
    if (isFinished || hit || isMeasuringTool(tool)) event.stopImmediatePropagation();
    const measurement = !isFinished && measurementOf(hit?.trackingUID);
    if (measurement) useLive.setState({ question: { kind: 'label', measurement, isNew: false } });
  };

  /** A click with the right button: ends a path, or asks for the menu of what is under it. Says whether it was either. */
  #rightClick(event: PointerEvent): boolean {
    if (finishPath(this.#tile, this.#controller)) return true;
    const hit = hitTest(this.#items(), this.#place(event), event.pointerType);
    if (!hit) return false;
    selectMeasurement(hit.trackingUID);
    const { clientX: left, clientY: top } = event;
    useLive.setState({ menu: { trackingUID: hit.trackingUID, left, top } });
    return true;
  }

  /** Keeps the end of a press from the viewport's own interactions, which have begun something with it. */
  #keep(event: PointerEvent): void {
    event.stopImmediatePropagation();
    this.#isKeeping = true;
    this.#controller.element.dispatchEvent(new PointerEvent('pointercancel', { pointerId: event.pointerId }));
    this.#isKeeping = false;
  }
}

/** The cursor over a picture for a tool. */
export function toolCursor(tool: ToolName, canBeMeasured: boolean): string {
  return isMeasuringTool(tool) && canBeMeasured ? 'crosshair' : '';
}
