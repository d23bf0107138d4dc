import sharp from 'sharp';
import type { Placement } from './placement.ts';
import type { Raster } from './raster.ts';

/**
 * The part of a raster that the placement shows, at its size; black where it reaches beyond the raster. Scaled with
 * Lanczos, which keeps fine structures when images get smaller and edges straight when they grow.
 */
export async function scaleRaster(raster: Raster, placement: Placement): Promise<Raster> {
  const { region, width, height } = placement;
  const left = Math.max(0, region.left);
  const top = Math.max(0, region.top);
  const right = Math.min(raster.width, region.left + region.width);
  const bottom = Math.min(raster.height, region.top + region.height);
  const canvas: Raster = { width, height, channels: raster.channels, data: new Uint8Array() };
  if (right <= left || bottom <= top)
    return { ...canvas, data: new Uint8Array(width * height * raster.channels) };
  const onCanvas = (value: number, from: number, length: number, result: number) =>
    Math.round(((value - from) / length) * result);
  const toLeft = Math.min(onCanvas(left, region.left, region.width, width), width - 1);
  const toTop = Math.min(onCanvas(top, region.top, region.height, height), height - 1);
  const toWidth = Math.max(1, onCanvas(right, region.left, region.width, width) - toLeft);
  const toHeight = Math.max(1, onCanvas(bottom, region.top, region.height, height) - toTop);
  const part = await resize(
    raster,
    { left, top, width: right - left, height: bottom - top },
    toWidth,
    toHeight,
  );
  const whole = toWidth === width && toHeight === height;
  const data = whole ? part : onBlack(part, canvas, { toLeft, toTop, toWidth });
  return flipped({ ...canvas, data }, placement.flipHorizontally, placement.flipVertically);
}

async function resize(
  raster: Raster,
  part: { left: number; top: number; width: number; height: number },
  width: number,
  height: number,
): Promise<Uint8Array> {
  const isWhole = part.width === raster.width && part.height === raster.height;
  if (isWhole && width === raster.width && height === raster.height) return raster.data;
  const image = sharp(raster.data, {
    raw: { width: raster.width, height: raster.height, channels: raster.channels },
    limitInputPixels: false,
  })
    .extract(part)
    .resize(width, height, { fit: 'fill', kernel: 'lanczos3', fastShrinkOnLoad: false })
    .toColourspace(raster.channels === 1 ? 'b-w' : 'srgb');
  return new Uint8Array(await image.raw().toBuffer());
}

function onBlack(
  part: Uint8Array,
  canvas: Raster,
  at: { toLeft: number; toTop: number; toWidth: number },
): Uint8Array {
  const { channels, width, height } = canvas;
  const data = new Uint8Array(width * height * channels);
  const rowBytes = at.toWidth * channels;
  for (let row = 0; row * rowBytes < part.length; row++) {
    const to = ((at.toTop + row) * width + at.toLeft) * channels;
    data.set(part.subarray(row * rowBytes, (row + 1) * rowBytes), to);
  }
  return data;
}

/** Mirrored left to right, or upside down. */
export function flipped(raster: Raster, horizontally: boolean, vertically: boolean): Raster {
  if (!horizontally && !vertically) return raster;
  const { width, height, channels } = raster;
  const data = new Uint8Array(raster.data.length);
  for (let row = 0; row < height; row++) {
    const fromRow = (vertically ? height - 1 - row : row) * width;
    for (let column = 0; column < width; column++) {
      const from = (fromRow + (horizontally ? width - 1 - column : column)) * channels;
      const to = (row * width + column) * channels;
      for (let channel = 0; channel < channels; channel++)
        data[to + channel] = raster.data[from + channel] ?? 0;
    }
  }
  return { ...raster, data };
}
