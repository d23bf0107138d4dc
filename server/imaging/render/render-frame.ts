import { annotationLayer } from './annotation.ts';
import { withShownWindow } from './annotation-lines.ts';
import { type AttributeSource, textOf } from './attribute-values.ts';
import { colorManagementOf } from './color-management.ts';
import { type DisplayedArea, displayedAreaOf } from './displayed-area.ts';
import { encodeRaster } from './encode-raster.ts';
import { graphicLayersOf } from './graphic-layers.ts';
import type { GraphicMapping } from './graphic-mapping.ts';
import { graphicAnnotations } from './graphic-objects.ts';
import {
  type Orientation,
  orientationOf,
  orientPoint,
  orientRaster,
  turnsSides,
  upright,
} from './orientation.ts';
import { pixelAspectOf } from './pixel-aspect.ts';
import { type Placement, placeImage, type Region, toResult } from './placement.ts';
import type { Raster } from './raster.ts';
import { presents } from './referenced-images.ts';
import { RenderError } from './render-errors.ts';
import { renderPixels, type Subject } from './render-pixels.ts';
import type { FrameToRender, RenderedImage, Viewport } from './render-request.ts';
import { scaleRaster } from './scale-raster.ts';
import { drawSvg } from './svg-layer.ts';

const defaultMaxPixels = 2 ** 26;
/** PS3.18 leaves the size of a thumbnail to the server. */
const thumbnailViewport: Viewport = {
  width: 128,
  height: 128,
  flipHorizontally: false,
  flipVertically: false,
};

/**
 * Renders a frame: the pixel transformations of PS3.4 N.2 with those of a presentation state, then what PS3.18 8.3.5.1 asks
 * for in its order: source region, viewport, annotation. Rejects with `RenderError`.
 */
export async function renderFrame(request: FrameToRender): Promise<RenderedImage> {
  const subject = subjectOf(request);
  const { parameters, mediaType } = request;
  const management = colorManagementOf(subject.image, parameters.iccProfile, mediaType);
  const geometry = geometryOf(subject, request);
  const { raster, automaticRange } = renderPixels(subject, request);
  const oriented = orientRaster(raster, geometry.orientation);
  const scaled = await scaleRaster(oriented, geometry.placement);
  const drawn = await drawGraphics(scaled, subject, request, geometry);
  const annotated = await drawAnnotation(drawn, subject, request);
  const bytes = await encodeRaster(annotated, mediaType, parameters.quality, management);
  const { width, height } = scaled;
  return { bytes, mediaType, width, height, ...(automaticRange && { automaticRange }) };
}

function subjectOf(request: FrameToRender): Subject {
  const image: AttributeSource = { dataSet: request.instance, bulkData: request.bulkData ?? {} };
  const sopInstanceUID = textOf(request.instance, 'SOPInstanceUID') ?? '';
  const reference = { sopInstanceUID, frameNumber: request.frameNumber };
  const { presentationState } = request;
  if (!presentationState) return { image, reference };
  if (!presents(presentationState, reference)) {
    throw new RenderError('NOT_RENDERABLE', 'The presentation state does not refer to this frame');
  }
  return {
    image,
    reference,
    state: { dataSet: presentationState, bulkData: request.presentationBulkData ?? {} },
  };
}

interface Geometry {
  orientation: Orientation;
  placement: Placement;
  /** What fractions of the displayed area are taken of, in the image as rotated and flipped. */
  displayed: Region;
}

function geometryOf({ image, state, reference }: Subject, request: FrameToRender): Geometry {
  const { frame, parameters } = request;
  const orientation = state ? orientationOf(state.dataSet) : upright;
  const stored = { width: frame.columns, height: frame.rows };
  const area: DisplayedArea | undefined =
    state && displayedAreaOf(state.dataSet, reference, { ...stored, orientation });
  const turned = turnsSides(orientation);
  const size = turned ? { width: stored.height, height: stored.width } : stored;
  const pixelAspect = area?.pixelAspect ?? pixelAspectOf(image.dataSet, request.frameNumber);
  const viewport = parameters.viewport ?? (request.kind === 'thumbnail' ? thumbnailViewport : undefined);
  const placement = placeImage({
    ...size,
    pixelAspect: turned ? 1 / pixelAspect : pixelAspect,
    ...(area && { displayedArea: area.region }),
    ...(area?.magnification && { magnification: area.magnification }),
    ...(viewport && { viewport }),
    maxPixels: request.maxPixels ?? defaultMaxPixels,
  });
  return { orientation, placement, displayed: area?.region ?? { left: 0, top: 0, ...size } };
}

/** Lines and texts of a presentation state, drawn on the result so that they are sharp at any size. */
async function drawGraphics(
  raster: Raster,
  { state, reference }: Subject,
  request: FrameToRender,
  geometry: Geometry,
): Promise<Raster> {
  if (!state || request.kind === 'thumbnail') return raster;
  const mapping = graphicMapping(request, geometry);
  const layers = graphicLayersOf(state.dataSet);
  return drawSvg(raster, graphicAnnotations(state.dataSet, layers, reference, mapping));
}

/** PS3.18 8.3.5.1.1: last of all. */
async function drawAnnotation(
  raster: Raster,
  { image, state }: Subject,
  request: FrameToRender,
): Promise<Raster> {
  const kinds = request.parameters.annotation ?? [];
  if (kinds.length === 0 || request.kind === 'thumbnail') return raster;
  const dataSet = withShownWindow(image.dataSet, request.parameters.window, state !== undefined);
  return drawSvg(raster, await annotationLayer(raster, { ...image, dataSet }, request.frameNumber, kinds));
}

function graphicMapping({ frame }: FrameToRender, geometry: Geometry): GraphicMapping {
  const { orientation, placement, displayed } = geometry;
  return {
    ofImage: ([x, y]) => toResult(placement, ...orientPoint(orientation, frame.columns, frame.rows, x, y)),
    ofDisplay: ([x, y]) =>
      toResult(placement, displayed.left + x * displayed.width, displayed.top + y * displayed.height),
    width: placement.width,
    height: placement.height,
  };
}
