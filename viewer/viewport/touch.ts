import { beginDrag, zoomAbout } from './drag.ts';
import type { DragAction, PointerActions } from './pointer-actions.ts';
import type { ViewportController } from './viewport-controller.ts';

/** CSS pixels a finger may tremble while it is held still. */
const tremble = 8;
const longPressMs = 500;
const doubleTapMs = 350;
const doubleTapDistance = 40;

export interface TouchOptions {
  readonly leftTool: () => DragAction | undefined;
  readonly actions: () => PointerActions;
  /** CSS pixels of the page, as in events. */
  readonly onMenu: (place: { clientX: number; clientY: number }) => void;
  readonly onDoubleTap: () => void;
}

interface Place {
  readonly clientX: number;
  readonly clientY: number;
}

const distance = (a: Place, b: Place): number => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);

function middle(places: readonly Place[]): Place {
  const sum = (of: (place: Place) => number) => places.reduce((total, place) => total + of(place), 0);
  return {
    clientX: sum((place) => place.clientX) / places.length,
    clientY: sum((place) => place.clientY) / places.length,
  };
}

/**
 * Fingers on a viewport: one does what the tool in hand does, two zoom and pan, three scroll; a double tap and a long press are
 * told. Once several fingers were down nothing else begins until all are up: the last one up must not change the window.
 */
export class TouchGestures {
  readonly #controller: ViewportController;
  readonly #options: TouchOptions;
  readonly #fingers = new Map<number, Place>();
  #start: Place | undefined;
  #drag: ((x: number, y: number) => void) | undefined;
  #hadSeveral = false;
  #isSpent = false;
  #pressTimer: ReturnType<typeof setTimeout> | undefined;
  #lastTap: { readonly place: Place; readonly at: number } | undefined;
  #scroll = (_x: number, _y: number) => {};

  constructor(controller: ViewportController, options: TouchOptions) {
    this.#controller = controller;
    this.#options = options;
  }

  down(event: PointerEvent): void {
    if (this.#fingers.size === 0) {
      this.#hadSeveral = false;
      this.#isSpent = false;
    }
    this.#fingers.set(event.pointerId, { clientX: event.clientX, clientY: event.clientY });
    clearTimeout(this.#pressTimer);
    this.#drag = undefined;
    if (this.#fingers.size > 1) {
      this.#hadSeveral = true;
      this.#lastTap = undefined;
      if (this.#fingers.size === 3) this.#scroll = this.#begin('scroll');
      return;
    }
    const start = { clientX: event.clientX, clientY: event.clientY };
    this.#start = start;
    // While another tool is in hand, a finger is its business.
    if (this.#options.leftTool() === undefined) return;
    this.#pressTimer = setTimeout(() => {
      this.#isSpent = true;
      this.#options.onMenu(start);
    }, longPressMs);
  }

  #begin(action: DragAction): (x: number, y: number) => void {
    return beginDrag(this.#controller, action, this.#options.actions().isScrollInverted);
  }

  move(event: PointerEvent): void {
    const before = this.#fingers.get(event.pointerId);
    if (!before) return;
    const now = { clientX: event.clientX, clientY: event.clientY };
    const others = [...this.#fingers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    // One finger stays where it was until it has left the place it trembles about.
    if (others.length === 0) this.#moveOne(before, now, event.pointerId);
    else {
      this.#fingers.set(event.pointerId, now);
      this.#moveSeveral(before, now, others);
    }
  }

  #moveOne(before: Place, now: Place, id: number): void {
    if (this.#hadSeveral || this.#isSpent || !this.#start) return;
    if (!this.#drag && distance(this.#start, now) < tremble) return;
    clearTimeout(this.#pressTimer);
    const tool = this.#options.leftTool();
    this.#fingers.set(id, now);
    if (!this.#drag) {
      this.#lastTap = undefined;
      this.#drag = tool && this.#begin(tool);
      return;
    }
    this.#drag(now.clientX - before.clientX, now.clientY - before.clientY);
  }

  #moveSeveral(before: Place, now: Place, others: readonly Place[]): void {
    const from = middle([before, ...others]);
    const to = middle([now, ...others]);
    const [x, y] = [to.clientX - from.clientX, to.clientY - from.clientY];
    const [other] = others;
    if (others.length === 1 && other) {
      const spread = distance(before, other);
      if (spread > 1) zoomAbout(this.#controller, from, distance(now, other) / spread);
      this.#controller.panBy(x, y);
    } else if (others.length === 2) this.#scroll(x, y);
  }

  /** @returns whether the touch was a gesture, and no click is to follow. */
  up(event: PointerEvent): boolean {
    const start = this.#fingers.size === 1 ? this.#start : undefined;
    const wasTap = !this.#drag && !this.#hadSeveral && !this.#isSpent && this.#fingers.has(event.pointerId);
    clearTimeout(this.#pressTimer);
    this.#fingers.delete(event.pointerId);
    this.#drag = undefined;
    if (wasTap && start && this.#options.leftTool() !== undefined) this.#tap(start, event.timeStamp);
    return this.#options.leftTool() !== undefined;
  }

  #tap(place: Place, at: number): void {
    const last = this.#lastTap;
    this.#lastTap = undefined;
    if (last && at - last.at < doubleTapMs && distance(last.place, place) < doubleTapDistance)
      this.#options.onDoubleTap();
    else this.#lastTap = { place, at };
  }

  cancel(event: PointerEvent): void {
    clearTimeout(this.#pressTimer);
    this.#fingers.delete(event.pointerId);
    this.#drag = undefined;
    this.#isSpent = true;
  }

  stop(): void {
    clearTimeout(this.#pressTimer);
    this.#fingers.clear();
  }
}
