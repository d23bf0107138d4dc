// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startLinking } from '../../../viewer/linking/link-session.ts';
import { nearestImage } from '../../../viewer/viewport/nearest-image.ts';
import { type ImageStack, makeDisplaySets } from '../../../viewer/viewport/stacks.ts';
import type { Surface } from '../../../viewer/viewport/surface.ts';
import {
  emptyState,
  type ViewportController,
  type ViewportState,
} from '../../../viewer/viewport/viewport-controller.ts';
import type { Window } from '../../../viewer/viewport/window.ts';
import {
  linkByOffset,
  linkTiles,
  resetLinks,
  toggleLinkedThing,
} from '../../../viewer/workspace/link-store.ts';
import {
  activateTile,
  layOut,
  registerController,
  resetWorkspace,
  setDisplaySets,
} from '../../../viewer/workspace/workspace-store.ts';
import { makeSlice } from './make-data-set.ts';

function makeStack(uid: string, step: number, count: number, frame: string): ImageStack {
  const slices = Array.from({ length: count }, (_, index) =>
    makeSlice(index + 1, -step * index, { FrameOfReferenceUID: frame, PixelSpacing: [step, step] }),
  );
  const [set] = makeDisplaySets('1', uid, slices);
  if (set?.kind !== 'image') throw new Error('no stack');
  return set;
}

/** A viewport of 100 x 100 pixels that is where it is told to be at once, and counts what it is told. */
class FakeController {
  readonly element = document.createElement('div');
  told = { goTo: 0, setWindow: 0, setZoom: 0, centerOn: 0 };
  readonly #listeners = new Set<() => void>();
  #center = { x: 1.5, y: 1.5 };
  #state: ViewportState;

  readonly stack: ImageStack;

  constructor(stack: ImageStack) {
    this.stack = stack;
    Object.defineProperties(this.element, { clientWidth: { value: 100 }, clientHeight: { value: 100 } });
    document.createElement('section').append(this.element);
    this.#state = { ...emptyState, stack, status: 'ready' };
    this.change({ index: 0, window: { center: 40, width: 400, function: 'LINEAR' } });
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly getState = () => this.#state;

  change(change: Partial<ViewportState>): void {
    const next = { ...this.#state, ...change };
    const image = this.stack.images[next.index];
    const center = this.#center;
    const zoom = next.zoom;
    const surface = {
      key: image?.imageId ?? '',
      kind: 'image',
      image,
      frameOfReferenceUID: image?.frameOfReferenceUID,
      valueUnit: 'HU',
      fromScreen: ({ left, top }) => ({ x: center.x + (left - 50) / zoom, y: center.y + (top - 50) / zoom }),
      toPatient: ({ x, y }) => [x * (image?.columnSpacing ?? 1), y * (image?.rowSpacing ?? 1), 0],
      fromPatient: ([x, y]) => ({
        x: x / (image?.columnSpacing ?? 1),
        y: y / (image?.rowSpacing ?? 1),
        distance: 0,
      }),
    } as Partial<Surface> as Surface;
    this.#state = { ...next, image, surface };
    for (const listener of this.#listeners) listener();
  }

  move(center: { x: number; y: number }): void {
    this.#center = center;
    this.change({});
  }
  goTo(index: number): void {
    this.told.goTo++;
    this.change({ index: Math.max(0, Math.min(this.stack.images.length - 1, index)) });
  }
  goToPatient(place: readonly [number, number, number], frame: string): boolean {
    const index = nearestImage(this.stack.images, place, frame);
    if (index !== undefined) this.goTo(index);
    return index !== undefined;
  }
  setWindow(window: Window): void {
    this.told.setWindow++;
    this.change({ window });
  }
  setZoom(zoom: number): void {
    this.told.setZoom++;
    this.change({ zoom });
  }
  centerOn(center: { x: number; y: number }): void {
    this.told.centerOn++;
    this.move(center);
  }
}

describe('viewports that follow each other', () => {
  /** 1 mm, 5 mm, 3 mm between slices; the last is of another Frame of Reference. */
  const stacks = [
    makeStack('1.1', 1, 101, '9.1'),
    makeStack('1.2', 5, 21, '9.1'),
    makeStack('1.3', 3, 34, '9.2'),
  ];
  let tiles: FakeController[];
  let end: () => void;
  const tile = (number: number) => {
    const found = tiles[number];
    if (!found) throw new Error('no tile');
    return found;
  };

  beforeEach(() => {
    resetWorkspace();
    resetLinks();
    setDisplaySets(stacks);
    layOut(
      { rows: 1, columns: 3 },
      stacks.map(({ id }) => ({ kind: 'displaySet', displaySetId: id })),
    );
    tiles = stacks.map((stack) => new FakeController(stack));
    for (const [number, fake] of tiles.entries()) {
      registerController(number, fake as unknown as ViewportController);
    }
    end = startLinking();
  });
  afterEach(() => end());

  const indices = () => tiles.map((fake) => fake.getState().index);

  it('go to the slice of the same place; each is told once, and the leading one never', () => {
    linkTiles([0, 1, 2]);
    for (const fake of tiles) fake.told = { goTo: 0, setWindow: 0, setZoom: 0, centerOn: 0 };
    tile(0).change({ index: 23 });
    expect(indices()).toEqual([23, 5, 0]);
    expect(tiles.map(({ told }) => told.goTo)).toEqual([0, 1, 0]);
    tile(0).change({ index: 22 });
    expect(indices()).toEqual([22, 4, 0]);
    // What a follower does by itself is not passed on: it was not the reader.
    tile(1).change({ index: 9 });
    expect(indices()).toEqual([22, 9, 0]);
  });

  it('follow the one that the reader turns to', () => {
    linkTiles([0, 1, 2]);
    activateTile(1);
    tile(1).change({ index: 3 });
    expect(indices()).toEqual([15, 3, 0]);
    // The wheel leads where it turns, without a click.
    document.body.append(tile(0).element.parentElement ?? '');
    tile(0).element.dispatchEvent(new Event('wheel', { bubbles: true }));
    tile(0).change({ index: 50 });
    expect(indices()).toEqual([50, 10, 0]);
  });

  it('of another Frame of Reference stay, until they are linked by offset: then in mm', () => {
    linkTiles([0, 1, 2]);
    tile(0).change({ index: 10 });
    expect(tile(2).getState().index).toBe(0);
    linkByOffset(true);
    tile(0).change({ index: 19 });
    // 9 mm are three slices of 3 mm; the one of the same Frame of Reference goes by place: 19 mm is nearest to 20.
    expect(indices()).toEqual([19, 4, 3]);
    linkByOffset(false);
    tile(0).change({ index: 40 });
    expect(indices()).toEqual([40, 8, 3]);
  });

  it('share zoom in mm on the screen, and the place in the middle', () => {
    linkTiles([0, 1]);
    // 10 pixels for one column of 1 mm are 50 for one of 5 mm.
    tile(0).change({ zoom: 10 });
    expect(tile(1).getState().zoom).toBeCloseTo(50, 6);
    tile(0).move({ x: 2.5, y: 0.5 });
    const { surface } = tile(1).getState();
    expect(surface?.fromScreen({ left: 50, top: 50 })).toEqual({ x: 0.5, y: 0.1 });
    expect(tile(0).told).toMatchObject({ setZoom: 0, centerOn: 0 });
  });

  it('share the window only when the reader asks', () => {
    linkTiles([0, 1]);
    const lung: Window = { center: -600, width: 1500, function: 'LINEAR' };
    tile(0).change({ window: lung });
    expect(tile(1).getState().window?.center).toBe(40);
    toggleLinkedThing('window');
    tile(0).change({ window: { ...lung, width: 1400 } });
    expect(tile(1).getState().window).toMatchObject({ center: -600, width: 1400 });
    expect(tile(1).told.setWindow).toBe(1);
  });

  it('stay where they are when scrolling is not linked, or nothing is', () => {
    tile(0).change({ index: 30 });
    expect(indices()).toEqual([30, 0, 0]);
    toggleLinkedThing('scroll');
    linkTiles([0, 1]);
    tile(0).change({ index: 35 });
    expect(indices()).toEqual([35, 0, 0]);
  });
});
