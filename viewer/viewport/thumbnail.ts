import type { Types } from '@cornerstonejs/core';
import { startEngine } from './engine.ts';
import type { ImageDescription } from './image-description.ts';
import { loadImage } from './load-image.ts';
import { registerImages } from './registered-images.ts';
import { type Window, windowToRange } from './window.ts';

function greyOf(image: Types.IImage): (value: number) => number {
  const { windowCenter, windowWidth, voiLUTFunction } = image;
  const { lower, upper } = windowToRange({
    center: Number(windowCenter),
    width: Number(windowWidth),
    function: voiLUTFunction as Window['function'],
  });
  return (value) => {
    const grey = Math.max(0, Math.min(255, ((value - lower) / (upper - lower)) * 255));
    return image.invert ? 255 - grey : grey;
  };
}

/** Draws a loaded image into a canvas, whole and in proportion, by nearest neighbour. */
function drawImage(canvas: HTMLCanvasElement, image: Types.IImage): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const pixels = image.getPixelData();
  const { width, height } = canvas;
  const aspect = image.rowPixelSpacing / image.columnPixelSpacing || 1;
  const scale = Math.min(width / image.columns, height / (image.rows * aspect));
  const [shownWidth, shownHeight] = [
    Math.round(image.columns * scale),
    Math.round(image.rows * aspect * scale),
  ];
  const output = context.createImageData(Math.max(1, shownWidth), Math.max(1, shownHeight));
  const grey = greyOf(image);
  for (let y = 0; y < output.height; y++) {
    const row = Math.min(image.rows - 1, Math.floor(((y + 0.5) * image.rows) / output.height));
    for (let x = 0; x < output.width; x++) {
      const column = Math.min(image.columns - 1, Math.floor(((x + 0.5) * image.columns) / output.width));
      const from = (row * image.columns + column) * image.numberOfComponents;
      const to = (y * output.width + x) * 4;
      for (let sample = 0; sample < 3; sample++) {
        const value = pixels[from + (image.color ? sample : 0)] ?? 0;
        output.data[to + sample] = image.color ? value : grey(value);
      }
      output.data[to + 3] = 255;
    }
  }
  context.fillStyle = '#000';
  context.fillRect(0, 0, width, height);
  context.putImageData(
    output,
    Math.round((width - output.width) / 2),
    Math.round((height - output.height) / 2),
  );
}

/** Loads one image through Cornerstone and draws it small. Rejects when the image can't be shown. */
export async function drawThumbnail(canvas: HTMLCanvasElement, description: ImageDescription): Promise<void> {
  startEngine();
  registerImages([description]);
  drawImage(canvas, await loadImage(description.imageId));
}
