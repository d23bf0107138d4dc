import {
  type DisplayPlanes,
  hasDisplayPlanes,
  loadDisplayPlanes,
  paddingBitmap,
  paintPlanes,
} from './display-planes.ts';
import type { ImageDescription } from './image-description.ts';
import type { ImageFacts } from './image-facts.ts';
import type { GreyCurve } from './pixels/grey-curve.ts';
import type { Surface } from './surface.ts';
import { viewOptions } from './view-options.ts';

type Painted = Parameters<typeof paintPlanes>[3]['bitmaps'][number];

/** Planes of the last images are kept: scrolling back and forth, and cine, come to them again. */
const mostKept = 24;

function remember<T>(known: Map<string, T>, key: string, value: T): T {
  known.set(key, value);
  const [oldest] = known.keys();
  if (known.size > mostKept && oldest !== undefined) known.delete(oldest);
  return value;
}

/** Whether padding, as the renderer has it, is seen as anything but black. */
function isPaddingSeen(image: ImageDescription, facts: ImageFacts, greyOf: GreyCurve): boolean {
  if (!facts.isPadding) return false;
  const drawn = [
    ...facts.range,
    ...(image.padding ?? []).map((stored) => stored * image.slope + image.intercept),
  ];
  // Not only the filler: pixels between padding and image are mixtures of both.
  const filler = image.isInverse ? facts.range[1] : facts.range[0];
  const lowest = Math.min(...drawn);
  return greyOf(filler) > 0.5 / 255 || (!image.isInverse && greyOf(lowest) > 0.5 / 255);
}

/** Paints padding, shutters and overlays into the canvas of a viewport, each time Cornerstone has drawn it. */
export class PlanesPainter {
  readonly #planes = new Map<string, DisplayPlanes | undefined>();
  readonly #paddings = new Map<string, Painted | undefined>();
  readonly #onLoaded: () => void;

  /** `onLoaded` is called when planes came that are to be painted. */
  constructor(onLoaded: () => void) {
    this.#onLoaded = onLoaded;
  }

  /** Fetches what lies over a frame, now that the frame itself is on the screen. */
  prepare(image: ImageDescription, facts: ImageFacts): void {
    if (this.#planes.has(image.imageId) || !hasDisplayPlanes(image)) return;
    remember(this.#planes, image.imageId, undefined);
    loadDisplayPlanes(image, facts).then(
      (planes) => {
        remember(this.#planes, image.imageId, planes);
        this.#onLoaded();
      },
      // Tried again when the image is shown the next time.
      () => this.#planes.delete(image.imageId),
    );
  }

  paint(canvas: HTMLCanvasElement, surface: Surface, facts: ImageFacts, greyOf: GreyCurve): void {
    const { image } = surface;
    const bitmaps = [...this.#padding(image, facts, greyOf)];
    const planes = this.#planes.get(image.imageId);
    const { showsOverlays, showsShutters } = viewOptions();
    if (planes && showsShutters) bitmaps.push(...planes.shutterBitmaps);
    if (planes && showsOverlays) bitmaps.push(...planes.overlays);
    const shutter = showsShutters ? planes?.shutter : undefined;
    const context = bitmaps.length > 0 || shutter ? canvas.getContext('2d') : null;
    if (context) paintPlanes(context, transformOf(canvas, surface), image, { bitmaps, shutter });
  }

  #padding(image: ImageDescription, facts: ImageFacts, greyOf: GreyCurve): Painted[] {
    if (!isPaddingSeen(image, facts, greyOf)) return [];
    const known = this.#paddings.has(image.imageId)
      ? this.#paddings.get(image.imageId)
      : remember(this.#paddings, image.imageId, paddingBitmap(image, facts));
    return known ? [known] : [];
  }
}

/** From the surface's columns and rows to pixels of the canvas, which may be finer than those of CSS. */
function transformOf(canvas: HTMLCanvasElement, surface: Surface) {
  const [origin, right, down] = [
    surface.toScreen({ x: 0, y: 0 }),
    surface.toScreen({ x: 1, y: 0 }),
    surface.toScreen({ x: 0, y: 1 }),
  ];
  const scale = canvas.width / (canvas.clientWidth || canvas.width);
  return {
    a: (right.left - origin.left) * scale,
    b: (right.top - origin.top) * scale,
    c: (down.left - origin.left) * scale,
    d: (down.top - origin.top) * scale,
    e: origin.left * scale,
    f: origin.top * scale,
  };
}
