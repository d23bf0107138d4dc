import sharp, { type Sharp } from 'sharp';
import { type ColorManagement, encodeManaged } from './color-management.ts';
import { encodeJpeg2000File } from './jpeg2000-file.ts';
import type { Raster } from './raster.ts';
import { RenderError } from './render-errors.ts';
import type { RenderedMediaType } from './render-request.ts';

/** Where the request says nothing of quality. */
const defaultQuality = 90;
/** From here on JPEG keeps the colour of every pixel: red text on ultrasound stays legible. */
const fullChromaQuality = 80;

/** What the formats' own fields hold. */
const longestSide: Readonly<Partial<Record<RenderedMediaType, number>>> = {
  'image/jpeg': 65_535,
  'image/gif': 65_535,
  'image/webp': 16_383,
};

/**
 * A raster in a media type. `quality` is 1 to 100; PNG and GIF have none, as they lose nothing but (GIF) colours beyond 256.
 * `management`: the ICC profile to convert to and to name.
 */
export async function encodeRaster(
  raster: Raster,
  mediaType: RenderedMediaType,
  quality = defaultQuality,
  management?: ColorManagement,
): Promise<Uint8Array> {
  const most = longestSide[mediaType];
  if (most !== undefined && Math.max(raster.width, raster.height) > most) {
    throw new RenderError(
      'TOO_LARGE',
      `${mediaType} has at most ${most} pixels each way; the image has ${raster.width} x ${raster.height}`,
    );
  }
  const encode = encoders[mediaType]?.(quality);
  if (!encode) return encodeJpeg2000File(raster, mediaType, quality);
  if (management) return encodeManaged(raster, management, encode);
  const image = sharp(raster.data, {
    raw: { width: raster.width, height: raster.height, channels: raster.channels },
    limitInputPixels: false,
  });
  return encode(image.toColourspace(raster.channels === 1 ? 'b-w' : 'srgb')).toBuffer();
}

const encoders: Readonly<Partial<Record<RenderedMediaType, (quality: number) => (image: Sharp) => Sharp>>> = {
  'image/jpeg': (quality) => (image) =>
    image.jpeg({
      quality,
      chromaSubsampling: quality >= fullChromaQuality ? '4:4:4' : '4:2:0',
      // Huffman tables of its own would save an image 4 % of its bytes, and take as long as all the rest. Its pixels are the same.
      optimiseCoding: false,
    }),
  'image/png': () => (image) => image.png(),
  'image/webp': (quality) => (image) =>
    image.webp({ quality, lossless: quality === 100, smartSubsample: true }),
  'image/gif': () => (image) => image.gif(),
};
