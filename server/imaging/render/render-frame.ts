import type { AttributeSource } from './attribute-values.ts';
import { encodeRaster } from './encode-raster.ts';
import { pixelAspectOf } from './pixel-aspect.ts';
import { placeImage } from './placement.ts';
import { renderPixels } from './render-pixels.ts';
import type { FrameToRender, RenderedImage, Viewport } from './render-request.ts';
import { scaleRaster } from './scale-raster.ts';

const defaultMaxPixels = 2 ** 26;
/** PS3.18 leaves the size of a thumbnail to the server. */
const thumbnailViewport: Viewport = {
  width: 128,
  height: 128,
  flipHorizontally: false,
  flipVertically: false,
};

/**
 * Renders a frame: the pixel transformations of PS3.4 N.2, then what PS3.18 8.3.5.1 asks for. Throws `RenderError`.
 */
export async function renderFrame(request: FrameToRender): Promise<RenderedImage> {
  const { frame, parameters, mediaType } = request;
  const source: AttributeSource = { dataSet: request.instance, bulkData: request.bulkData ?? {} };
  const viewport = parameters.viewport ?? (request.kind === 'thumbnail' ? thumbnailViewport : undefined);
  const placement = placeImage({
    width: frame.columns,
    height: frame.rows,
    pixelAspect: pixelAspectOf(source.dataSet, request.frameNumber),
    ...(viewport && { viewport }),
    maxPixels: request.maxPixels ?? defaultMaxPixels,
  });
  const scaled = await scaleRaster(renderPixels(source, request), placement);
  const bytes = await encodeRaster(scaled, mediaType, parameters.quality);
  return { bytes, mediaType, width: scaled.width, height: scaled.height };
}
