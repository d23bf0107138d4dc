import sharp from 'sharp';
import type { Raster } from './raster.ts';
import { RenderError } from './render-errors.ts';
import type { RenderedMediaType } from './render-request.ts';

/** Where the request says nothing of quality. */
const defaultQuality = 90;
/** From here on JPEG keeps the colour of every pixel: red text on ultrasound stays legible. */
const fullChromaQuality = 80;

/** A raster in a media type; `quality` is 1 to 100, and has no meaning for PNG and GIF, which lose nothing but colours. */
export async function encodeRaster(
  raster: Raster,
  mediaType: RenderedMediaType,
  quality = defaultQuality,
): Promise<Uint8Array> {
  const image = sharp(raster.data, {
    raw: { width: raster.width, height: raster.height, channels: raster.channels },
    limitInputPixels: false,
  }).toColourspace(raster.channels === 1 ? 'b-w' : 'srgb');
  switch (mediaType) {
    case 'image/jpeg':
      return image
        .jpeg({ quality, chromaSubsampling: quality >= fullChromaQuality ? '4:4:4' : '4:2:0' })
        .toBuffer();
    case 'image/png':
      return image.png().toBuffer();
    case 'image/webp':
      return image.webp({ quality }).toBuffer();
    case 'image/gif':
      return image.gif().toBuffer();
    default:
      throw new RenderError('UNAVAILABLE', `${mediaType} can't be written`);
  }
}
