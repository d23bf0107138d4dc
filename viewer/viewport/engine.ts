import { cache, Enums, init as initCore, RenderingEngine, type StackViewport } from '@cornerstonejs/core';
import { logging } from '@cornerstonejs/metadata';
import { RequestError } from '../dicomweb/request-error.ts';
import { forgetDisplayPlanes } from './display-planes.ts';
import { expectFirstImage } from './first-image.ts';
import { askForFloatTextures } from './float-textures.ts';
import { watchImageCache } from './image-cache.ts';
import { forgetWindowMeanings } from './image-facts.ts';
import { registerLoader } from './image-loader.ts';
import { registerMetadataProvider } from './metadata-provider.ts';
import { warmUpDecoders } from './pixels/codec-workers.ts';
import { DecodeError } from './pixels/raw-frame.ts';
import { readAhead } from './read-ahead.ts';
import { forgetImages } from './registered-images.ts';

let engine: RenderingEngine | undefined;
let isStarted = false;
let canBeDrawn: boolean | undefined;

/** Starts Cornerstone once: loader, metadata, decoders. May be called any number of times. */
export function startEngine(): void {
  if (isStarted) return;
  isStarted = true;
  // Cornerstone logs UIDs and pixel values; a shared reading room's console is no place for them.
  logging.getRootLogger('cs3d').setLevel('silent');
  // One context draws all viewports: their images and shaders are on the GPU once, and software rendering starts once.
  initCore({ rendering: { webGlContextCount: 1 }, debug: {} });
  warmUpDecoders();
  registerMetadataProvider();
  registerLoader();
  watchImageCache();
  // Cornerstone's cache keeps a second promise of every load that nobody listens to. The failure itself is shown where
  // the image was wanted.
  window.addEventListener('unhandledrejection', (event) => {
    if (event.reason instanceof DecodeError || event.reason instanceof RequestError) event.preventDefault();
  });
}

/** What of the engine Cornerstone does not declare: its contexts, by number. */
interface WithContexts {
  readonly contextPool?: {
    getContextByIndex(index: number): {
      readonly context: {
        getOpenGLRenderWindow(): { getContext(): WebGL2RenderingContext; getWebgl2(): boolean };
      };
    };
  };
}

/** @throws where the browser has no WebGL 2, or it is switched off */
function makeEngine(): RenderingEngine {
  const made = new RenderingEngine('isocenter');
  const window = (made as unknown as { readonly _implementation?: WithContexts })._implementation?.contextPool
    ?.getContextByIndex(0)
    .context.getOpenGLRenderWindow();
  if (!window?.getWebgl2()) throw new Error('There is no WebGL 2');
  askForFloatTextures(window.getContext());
  return made;
}

/**
 * Whether images can be drawn here; wakes the graphics. Without WebGL 2 Cornerstone would draw by the processor, and that has other
 * greys and other places than ours: rather no picture than such a one.
 */
export function canDraw(): boolean {
  startEngine();
  if (canBeDrawn === undefined) {
    try {
      engine = makeEngine();
      canBeDrawn = true;
    } catch {
      canBeDrawn = false;
    }
  }
  return canBeDrawn;
}

function renderingEngine(): RenderingEngine {
  if (!canDraw() || !engine) throw new Error('There is no WebGL 2');
  return engine;
}

/** Gives an element a viewport of its own; `disableViewport` takes it back. */
export function enableViewport(viewportId: string, element: HTMLDivElement): StackViewport {
  const owner = renderingEngine();
  owner.enableElement({
    viewportId,
    element,
    type: Enums.ViewportType.STACK,
    defaultOptions: { background: [0, 0, 0] },
  });
  return owner.getViewport(viewportId) as unknown as StackViewport;
}

export function disableViewport(viewportId: string): void {
  engine?.disableElement(viewportId);
}

/** Fits all viewports to their elements; zoom and pan stay. */
export function resizeViewports(): void {
  engine?.resize(true, true);
}

/** Forgets everything about the images seen so far, for leaving a patient. */
export function clearImages(): void {
  readAhead.set([]);
  expectFirstImage();
  cache.purgeCache();
  forgetImages();
  forgetDisplayPlanes();
  forgetWindowMeanings();
}
