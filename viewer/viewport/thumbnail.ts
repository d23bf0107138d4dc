import type { Types } from '@cornerstonejs/core';
import { hasDisplayPlanes, loadDisplayPlanes, paintPlanes } from './display-planes.ts';
import { startEngine } from './engine.ts';
import { displayOf, shownWindow, voiChoices } from './grey-display.ts';
import type { ImageDescription } from './image-description.ts';
import { factsOf, type ImageFacts } from './image-facts.ts';
import { loadImage } from './load-image.ts';
import { registerImages } from './registered-images.ts';

/** Draws a loaded image into a canvas, whole and in proportion, by nearest neighbour. */
function drawImage(
  canvas: HTMLCanvasElement,
  image: Types.IImage,
  description: ImageDescription,
  facts: ImageFacts,
): Placed | undefined {
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  const pixels = image.getPixelData();
  const { width, height } = canvas;
  const aspect = image.rowPixelSpacing / image.columnPixelSpacing || 1;
  const scale = Math.min(width / image.columns, height / (image.rows * aspect));
  const [shownWidth, shownHeight] = [
    Math.round(image.columns * scale),
    Math.round(image.rows * aspect * scale),
  ];
  const output = context.createImageData(Math.max(1, shownWidth), Math.max(1, shownHeight));
  const initial = voiChoices(description, facts)[0]?.window() ?? facts.computedWindow();
  const { greyOf } = displayOf(description, facts, shownWindow(undefined, facts, initial), false);
  const isPadding = facts.isPadding ?? (() => false);
  for (let y = 0; y < output.height; y++) {
    const row = Math.min(image.rows - 1, Math.floor(((y + 0.5) * image.rows) / output.height));
    for (let x = 0; x < output.width; x++) {
      const column = Math.min(image.columns - 1, Math.floor(((x + 0.5) * image.columns) / output.width));
      const from = (row * image.columns + column) * image.numberOfComponents;
      const to = (y * output.width + x) * 4;
      for (let sample = 0; sample < 3; sample++) {
        const value = pixels[from + (image.color ? sample : 0)] ?? 0;
        const isBlack = !image.color && isPadding(facts.values[from] ?? 0);
        output.data[to + sample] = image.color ? value : isBlack ? 0 : Math.round(greyOf(value) * 255);
      }
      output.data[to + 3] = 255;
    }
  }
  context.fillStyle = '#000';
  context.fillRect(0, 0, width, height);
  const left = Math.round((width - output.width) / 2);
  const top = Math.round((height - output.height) / 2);
  context.putImageData(output, left, top);
  return { context, left, top, scaleX: output.width / image.columns, scaleY: output.height / image.rows };
}

/** Where the picture lies in the canvas. */
interface Placed {
  readonly context: CanvasRenderingContext2D;
  readonly left: number;
  readonly top: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

/** Overlays and shutters, as in the viewport. */
async function drawPlanes(placed: Placed, description: ImageDescription, facts: ImageFacts): Promise<void> {
  const { overlays, shutter, shutterBitmaps } = await loadDisplayPlanes(description, facts);
  const { context, left, top, scaleX, scaleY } = placed;
  const transform = { a: scaleX, b: 0, c: 0, d: scaleY, e: left + scaleX / 2, f: top + scaleY / 2 };
  paintPlanes(context, transform, description, { bitmaps: [...shutterBitmaps, ...overlays], shutter });
}

/** Loads one image through Cornerstone and draws it small. Rejects when the image can't be shown. */
export async function drawThumbnail(canvas: HTMLCanvasElement, description: ImageDescription): Promise<void> {
  startEngine();
  registerImages([description]);
  const image = await loadImage(description.imageId);
  const facts = factsOf(image);
  if (!facts) throw new Error('The image is not one of ours');
  const placed = drawImage(canvas, image, description, facts);
  // The picture stands without them.
  if (placed && hasDisplayPlanes(description)) await drawPlanes(placed, description, facts).catch(() => {});
}
