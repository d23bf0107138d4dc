// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fuzzyScore } from '../../../viewer/commands/fuzzy-match.ts';
import { beginDrag, dragWindow, zoomAbout } from '../../../viewer/viewport/drag.ts';
import { attachInteractions } from '../../../viewer/viewport/interactions.ts';
import {
  buttonAction,
  type DragAction,
  defaultPointerActions,
  type PointerActions,
} from '../../../viewer/viewport/pointer-actions.ts';
import { emptyState, type ViewportController } from '../../../viewer/viewport/viewport-controller.ts';
import { makeWheelSteps } from '../../../viewer/viewport/wheel.ts';

function makeController(more: Partial<Record<'isInverted' | 'isInverse', boolean>> = {}) {
  const element = document.createElement('div');
  element.setPointerCapture = () => {};
  element.getBoundingClientRect = () => new DOMRect(100, 50, 400, 200);
  const calls = {
    setWindow: vi.fn(),
    panBy: vi.fn(),
    zoomBy: vi.fn(),
    scrollBy: vi.fn(),
  };
  const controller = {
    element,
    window: { center: 40, width: 400, function: 'LINEAR' },
    valueRange: [-1024, 1024],
    getState: () => ({
      ...emptyState,
      isInverted: more.isInverted ?? false,
      image: { isInverse: more.isInverse ?? false },
    }),
    ...calls,
  } as unknown as ViewportController;
  return { controller, element, ...calls };
}

describe('dragging the window', () => {
  it('to the right widens, up brightens: lowers the centre (IHE BIR 5.4)', () => {
    const { controller, setWindow } = makeController();
    dragWindow(controller, 10, 0);
    expect(setWindow).toHaveBeenLastCalledWith({ center: 40, width: 420, function: 'LINEAR' });
    dragWindow(controller, 0, -10);
    expect(setWindow).toHaveBeenLastCalledWith({ center: 20, width: 400, function: 'LINEAR' });
  });

  it.each([
    [{ isInverse: true }, 60],
    [{ isInverted: true }, 60],
    [{ isInverse: true, isInverted: true }, 20],
  ])('up brightens where high values are dark too (%o)', (how, center) => {
    const { controller, setWindow } = makeController(how);
    dragWindow(controller, 0, -10);
    expect(setWindow).toHaveBeenLastCalledWith(expect.objectContaining({ center }));
  });

  it('leaves a width that can be drawn', () => {
    const { controller, setWindow } = makeController();
    dragWindow(controller, -10_000, 0);
    expect(setWindow).toHaveBeenLastCalledWith(expect.objectContaining({ width: 1 }));
  });
});

it('dragging scrolls by whole images, and the other way where that is set', () => {
  const { controller, scrollBy } = makeController();
  const drag = beginDrag(controller, 'scroll', false);
  for (let at = 0; at < 10; at++) drag(3, 2);
  expect(scrollBy.mock.calls).toEqual([[1], [1]]);
  beginDrag(controller, 'scroll', true)(0, 17);
  expect(scrollBy).toHaveBeenLastCalledWith(-2);
});

it('zooming about a place leaves it where it is', () => {
  const { controller, zoomBy, panBy } = makeController();
  // 100 right and 50 below the middle of the element, which zooming by two takes to 200 and 100.
  zoomAbout(controller, { clientX: 400, clientY: 200 }, 2);
  expect(zoomBy).toHaveBeenCalledWith(2);
  expect(panBy).toHaveBeenCalledWith(-100, -50);
});

describe('the wheel', () => {
  it('goes one image for a notch, however far the system lets it go and however fast it is turned', () => {
    const step = makeWheelSteps();
    expect([100, 240, 53, 1000].map((pixels, at) => step(pixels, at * 10))).toEqual([1, 1, 1, 1]);
    expect(step(-100, 50)).toBe(-1);
    expect(step(0, 60)).toBe(0);
  });

  it('of a touchpad goes on by what the fingers move', () => {
    const step = makeWheelSteps();
    const steps = Array.from({ length: 41 }, (_, at) => step(4, at * 16));
    // The first at once, then one for every 40 pixels.
    expect(steps.filter((one) => one === 1)).toHaveLength(5);
    expect(step(-4, 41 * 16)).toBe(-1);
  });

  it('turned slowly where notches count few pixels goes one image each', () => {
    const step = makeWheelSteps();
    expect([4, 4, 4].map((pixels, at) => step(pixels, at * 200))).toEqual([1, 1, 1]);
  });
});

describe('buttons', () => {
  it('do what is set, with Ctrl and without', () => {
    const actions: PointerActions = {
      ...defaultPointerActions,
      right: 'scroll',
      ctrlLeft: 'pan',
      ctrlRight: 'none',
    };
    const of = (button: number, isCtrl = false) => buttonAction({ button, isCtrl }, actions);
    expect([of(0), of(1), of(2), of(3)]).toEqual(['tool', 'pan', 'scroll', 'none']);
    expect([of(0, true), of(1, true), of(2, true)]).toEqual(['pan', 'pan', 'none']);
  });
});

describe('touch', () => {
  let made: ReturnType<typeof makeController>;
  let tool: DragAction | undefined;
  const onMenu = vi.fn();
  const onDoubleTap = vi.fn();
  let now = 0;

  function finger(type: string, pointerId: number, clientX: number, clientY: number): void {
    const event = new MouseEvent(type, { clientX, clientY, bubbles: true });
    Object.assign(event, { pointerId, pointerType: 'touch' });
    Object.defineProperty(event, 'timeStamp', { value: now });
    made.element.dispatchEvent(event);
  }
  const down = (id: number, x: number, y: number) => finger('pointerdown', id, x, y);
  const move = (id: number, x: number, y: number) => finger('pointermove', id, x, y);
  const up = (id: number, x: number, y: number) => finger('pointerup', id, x, y);

  beforeEach(() => {
    vi.useFakeTimers();
    tool = 'pan';
    now = 1000;
    made = makeController();
    onMenu.mockReset();
    onDoubleTap.mockReset();
    attachInteractions(made.element, made.controller, () => tool, { onMenu, onDoubleTap });
    return () => vi.useRealTimers();
  });

  it('with one finger does what the tool in hand does, once it has left where it trembles', () => {
    down(1, 200, 100);
    move(1, 204, 100);
    expect(made.panBy).not.toHaveBeenCalled();
    move(1, 210, 100);
    move(1, 215, 97);
    expect(made.panBy.mock.calls).toEqual([[5, -3]]);
  });

  it('with two fingers zooms and pans; the one that stays down does nothing', () => {
    down(1, 250, 150);
    down(2, 350, 150);
    move(2, 450, 150);
    expect(made.zoomBy.mock.calls).toEqual([[2]]);
    const moved = made.panBy.mock.calls.reduce(([x, y], [byX, byY]) => [x + byX, y + byY], [0, 0]);
    // Both fingers keep the places of the picture they lie on: the left one, 50 left of the middle, stays there.
    expect(-50 * 2 + (moved[0] ?? 0)).toBe(-50);
    made.panBy.mockClear();
    up(2, 450, 150);
    move(1, 300, 180);
    expect(made.panBy).not.toHaveBeenCalled();
  });

  it('with three fingers scrolls', () => {
    down(1, 200, 100);
    down(2, 250, 100);
    down(3, 300, 100);
    for (const y of [110, 120, 130]) for (const id of [1, 2, 3]) move(id, 200 + id * 50, y);
    expect(made.scrollBy.mock.calls.flat().reduce((sum, one) => sum + one, 0)).toBe(3);
    expect(made.zoomBy).not.toHaveBeenCalled();
  });

  it('tapped twice enlarges; two taps far apart in time or place do not', () => {
    const tap = (x: number, at: number) => {
      now = at;
      down(1, x, 100);
      up(1, x, 100);
    };
    tap(200, 1000);
    tap(205, 1200);
    expect(onDoubleTap).toHaveBeenCalledTimes(1);
    tap(205, 1300);
    tap(205, 2000);
    tap(300, 2100);
    expect(onDoubleTap).toHaveBeenCalledTimes(1);
  });

  it('held long opens the menu, and then drags nothing', () => {
    down(1, 200, 100);
    vi.advanceTimersByTime(600);
    expect(onMenu).toHaveBeenCalledWith({ clientX: 200, clientY: 100 });
    move(1, 260, 100);
    expect(made.panBy).not.toHaveBeenCalled();
  });

  it('is left to others while another tool is in hand', () => {
    tool = undefined;
    down(1, 200, 100);
    vi.advanceTimersByTime(600);
    move(1, 260, 100);
    up(1, 260, 100);
    expect(onMenu).not.toHaveBeenCalled();
    expect(made.panBy).not.toHaveBeenCalled();
  });
});

describe('the search of the palette', () => {
  const names = [
    'Flip horizontally',
    'Flip vertically',
    'Fit to viewport',
    'Window: lung',
    'Next image',
    'Reset view',
  ];
  const best = (query: string) =>
    names
      .map((name) => ({ name, score: fuzzyScore(query, name) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .map(({ name }) => name);

  it.each([
    ['lung', ['Window: lung']],
    ['LUNG win', ['Window: lung']],
    ['fh', ['Flip horizontally']],
    ['flip', ['Flip vertically', 'Flip horizontally']],
    ['nxt', ['Next image']],
    ['qq', []],
  ])('finds for %s %o', (query, expected) => {
    expect(best(query)).toEqual(expected);
  });

  it('finds whole words before their beginnings, and these before letters inside words', () => {
    const attributes = 'DICOM attributes (tags)';
    const stage = 'Next stage of the hanging protocol';
    expect(fuzzyScore('tag', attributes)).toBeGreaterThan(fuzzyScore('tag', stage));
    expect(fuzzyScore('win', 'Win back all of the places that were lost')).toBeGreaterThan(
      fuzzyScore('win', 'Window: lung'),
    );
    // The letters are first met inside a word.
    expect(fuzzyScore('age', 'Stage and age of the patient')).toBeGreaterThan(fuzzyScore('age', 'Ages'));
  });

  it('finds accents without them, and everything for nothing', () => {
    expect(fuzzyScore('vergrossern', 'Vergrößern')).toBeGreaterThan(0);
    expect(fuzzyScore('nachstes', 'Nächstes Bild')).toBeGreaterThan(0);
    expect(best('')).toHaveLength(names.length);
  });
});
