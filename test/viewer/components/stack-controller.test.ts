// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { StackController } from '../../../viewer/viewport/stack-controller.ts';
import { type ImageStack, makeDisplaySets } from '../../../viewer/viewport/stacks.ts';
import { defaultViewOptions, setViewOptions } from '../../../viewer/viewport/view-options.ts';
import { makeSlice } from './make-data-set.ts';

/** A viewport that draws when it is let, as Cornerstone's draws when its images are there. */
class FakeViewport {
  imageIds: readonly string[] = [];
  drawn: string | undefined;
  currentIndex = -1;
  readonly waiting: (() => void)[] = [];
  isHeld = false;
  failures = 0;
  presentation: { readonly zoom: number } = { zoom: 1 };

  async #drawLater(index: number): Promise<void> {
    this.currentIndex = index;
    const imageId = this.imageIds[index];
    if (this.isHeld) await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.failures > 0) {
      this.failures--;
      throw new Error('context lost');
    }
    this.drawn = imageId;
  }
  setStack(imageIds: readonly string[], index: number): Promise<void> {
    this.imageIds = imageIds;
    this.presentation = { zoom: 1 };
    return this.#drawLater(index);
  }
  async setImageIdIndex(index: number): Promise<void> {
    if (index !== this.currentIndex) await this.#drawLater(index);
  }
  getCornerstoneImage() {
    return this.drawn ? { imageId: this.drawn, facts } : undefined;
  }
  getProperties = () => ({});
  setProperties = vi.fn();
  getViewPresentation = () => this.presentation;
  setViewPresentation = (presentation: { readonly zoom: number }) => {
    this.presentation = presentation;
  };
  getZoom = () => this.presentation.zoom;
  getPan = () => [0, 0];
  getCamera = () => ({});
  setCamera = vi.fn();
  resetCamera = vi.fn();
  render = vi.fn();
}

const facts = {
  values: new Int16Array(16),
  range: [0, 100],
  isPadding: undefined,
  voiTables: [],
  presentation: { isInverse: false, table: undefined },
  windows: [],
  computedWindow: () => ({ center: 40, width: 400, function: 'LINEAR' }),
  embeddedOverlays: new Map(),
};
let viewport: FakeViewport;
vi.mock('@cornerstonejs/core', () => ({ Enums: { Events: { IMAGE_RENDERED: 'rendered' } } }));
vi.mock('../../../viewer/viewport/engine.ts', () => ({
  enableViewport: () => viewport,
  disableViewport: () => {},
}));
vi.mock('../../../viewer/viewport/transfer-function.ts', () => ({
  TransferFunctionSetter: class {
    apply() {}
  },
}));
vi.mock('../../../viewer/viewport/load-image.ts', () => ({
  loadImage: async () => {},
  isImageLoaded: () => true,
  describeFailure: (error: Error) => ({ reason: 'unexpected', detail: error.message }),
}));
vi.mock('../../../viewer/viewport/prefetcher.ts', () => ({
  Prefetcher: class {
    moveTo() {}
    place() {}
    stop() {}
    loadedCount = () => 0;
  },
}));

function makeStack(seriesInstanceUID: string, numbers = [1, 2, 3], Modality = 'CT'): ImageStack {
  const slices = numbers.map((number) => makeSlice(number, -number, { Modality }));
  const [set] = makeDisplaySets('1', seriesInstanceUID, slices);
  if (set?.kind !== 'image') throw new Error('not a stack');
  return set;
}
const settle = () => new Promise((resolve) => setTimeout(resolve));
const idOf = (stack: ImageStack, index: number) => stack.images[index]?.imageId;

describe('a viewport', () => {
  const [first, second] = [makeStack('1.1'), makeStack('1.2')];
  let controller: StackController;
  beforeEach(() => {
    viewport = new FakeViewport();
    controller = new StackController('tile-0', document.createElement('div'));
  });

  it('shows no image of a series under the name of the next one', async () => {
    viewport.isHeld = true;
    void controller.show(first, { index: 0 });
    await settle();
    expect(viewport.waiting).toHaveLength(1);
    void controller.show(second, { index: 1 });
    const seen = new Set<string>();
    controller.subscribe(() => {
      const { stack, image, isImageDrawn } = controller.getState();
      if (isImageDrawn) seen.add(`${stack?.seriesInstanceUID}: ${image?.imageId}`);
    });
    viewport.isHeld = false;
    viewport.waiting[0]?.();
    await settle();
    expect([...seen]).toEqual([`1.2: ${idOf(second, 1)}`]);
    expect(controller.getState()).toMatchObject({ status: 'ready', stack: second, image: second.images[1] });
    expect(viewport.drawn).toBe(idOf(second, 1));
  });

  it('stays empty when it was emptied while an image was being drawn', async () => {
    viewport.isHeld = true;
    void controller.show(first, { index: 0 });
    await settle();
    controller.clear();
    viewport.waiting[0]?.();
    await settle();
    expect(controller.getState()).toMatchObject({ status: 'empty', image: undefined, isImageDrawn: false });
    viewport.isHeld = false;
    await controller.show(second, { index: 0 });
    expect(controller.getState()).toMatchObject({ status: 'ready', image: second.images[0] });
  });

  it('shows an image after all when drawing it failed once', async () => {
    await controller.show(first, { index: 0 });
    viewport.failures = 1;
    controller.goTo(2);
    await settle();
    expect(controller.getState()).toMatchObject({ status: 'failed', index: 2, image: first.images[0] });
    controller.retry();
    await settle();
    expect(controller.getState()).toMatchObject({ status: 'ready', image: first.images[2] });
    expect(viewport.drawn).toBe(idOf(first, 2));
  });

  it('stays at its image, as it is seen, when the series grows', async () => {
    await controller.show(first, { index: 1 });
    controller.toggleInvert();
    viewport.presentation = { zoom: 3 };
    const image = first.images[1];
    const grown = { ...makeStack('1.1', [0, 1, 2, 3, 4]), id: first.id };
    await controller.show(grown, { index: 0 });
    expect(controller.getState()).toMatchObject({
      status: 'ready',
      stack: grown,
      index: 2,
      isInverted: true,
    });
    expect(controller.getState().image?.imageId).toBe(image?.imageId);
    expect(viewport.presentation).toEqual({ zoom: 3 });
    await controller.show(second, { index: 0 });
    expect(controller.getState()).toMatchObject({ index: 0, isInverted: false });
    expect(viewport.presentation).toEqual({ zoom: 1 });
  });

  it('fits a picture when it is drawn, and one that was whole anew: the tile may be another; no other', async () => {
    await controller.show(first, { index: 0 });
    expect(viewport.resetCamera).toHaveBeenCalledOnce();
    const whole = controller.keptView();
    viewport.presentation = { zoom: 3 };
    const near = controller.keptView();
    expect([whole?.isFit, near?.isFit]).toEqual([true, false]);
    await controller.show(second, near ?? { index: 0 });
    expect(viewport.resetCamera).toHaveBeenCalledOnce();
    expect(viewport.presentation).toEqual({ zoom: 3 });
    await controller.show(first, whole ?? { index: 0 });
    expect(viewport.resetCamera).toHaveBeenCalledTimes(2);
  });

  it('begins PET inverted where the reader wants that, unless it was seen otherwise', async () => {
    const pet = makeStack('1.3', [1, 2, 3], 'PT');
    setViewOptions({ invertsPet: true });
    await controller.show(pet, { index: 0 });
    expect(controller.getState().isInverted).toBe(true);
    controller.toggleInvert();
    const seen = controller.keptView();
    await controller.show(first, { index: 0 });
    expect(controller.getState().isInverted).toBe(false);
    await controller.show(pet, seen ?? { index: 0 });
    expect(controller.getState().isInverted).toBe(false);
    setViewOptions(defaultViewOptions);
    await controller.show(pet, { index: 0 }, true);
    expect(controller.getState().isInverted).toBe(false);
  });
});
