import type { DecodedFrame } from '../pixel-format.ts';
import { type AttributeSource, elementOf, textOf } from './attribute-values.ts';
import { applyShutters, shutterOverlayGroup } from './display-shutters.ts';
import { colorOfLayer, graphicLayersOf } from './graphic-layers.ts';
import {
  automaticRange as findRange,
  type GreyPipeline,
  hasFloats,
  renderGrey,
  type ValueRange,
} from './grey-pipeline.ts';
import { modalityOfImage } from './modality-transform.ts';
import { drawOverlay, overlayGroups, overlayPlane } from './overlay-planes.ts';
import { hasPalette, type Palette, putPaletteColors, readPalette, renderPalette } from './palette-color.ts';
import { pixelPaddingOf } from './pixel-padding.ts';
import { presentationPipeline } from './presentation-pipeline.ts';
import { asRgb, type Raster, type Rgb } from './raster.ts';
import type { FrameReference } from './referenced-images.ts';
import type { FrameToRender } from './render-request.ts';
import { segmentationRange } from './segmentation-range.ts';
import { renderTrueColor } from './true-color.ts';
import { forFloats, voiOfImage, voiTransform, windowTransform } from './voi-transform.ts';

/** What is to be rendered: an image, and the presentation state that is applied to it. */
export interface Subject {
  image: AttributeSource;
  state?: AttributeSource;
  reference: FrameReference;
}

export interface RenderedPixels {
  raster: Raster;
  /** Where nothing named a window. */
  automaticRange?: ValueRange;
}

const white: Rgb = [255, 255, 255];

/**
 * All pixels of a frame in their own places: values, colours, shutters and overlays (PS3.4 N.2). A thumbnail goes without
 * overlays: nothing in it may tell who the patient is (PS3.18 10.4.3.3.4).
 */
export function renderPixels(subject: Subject, request: FrameToRender): RenderedPixels {
  const { raster, automaticRange } = renderSamples(subject, request);
  const shown = applyShutters(raster, subject.state ?? subject.image, request.frameNumber);
  return { raster: withOverlays(shown, subject, request), ...(automaticRange && { automaticRange }) };
}

function withOverlays(shown: Raster, subject: Subject, request: FrameToRender): Raster {
  if (request.kind === 'thumbnail') return shown;
  return subject.state
    ? drawActivatedOverlays(shown, subject, request)
    : drawOwnOverlays(shown, subject, request);
}

function renderSamples(subject: Subject, request: FrameToRender): RenderedPixels {
  const { frame } = request;
  const { image } = subject;
  const size = { width: frame.columns, height: frame.rows };
  if (frame.samplesPerPixel > 1) return { raster: { ...size, channels: 3, data: renderTrueColor(frame) } };
  if (frame.photometricInterpretation === 'PALETTE COLOR') {
    const palette = readPalette(image, frame.pixelRepresentation === 1);
    return { raster: { ...size, channels: 3, data: renderPalette(frame, palette) } };
  }
  const pipeline = greyPipeline(subject, request);
  const range = pipeline.voi || subject.state ? undefined : rangeWithoutVoi(image, request, pipeline);
  const grey: Raster = { ...size, channels: 1, data: renderGrey(frame, pipeline, range, request.greyMemory) };
  const raster = withPalette(grey, subject, frame);
  return { raster, ...(range && { automaticRange: range }) };
}

function rangeWithoutVoi(image: AttributeSource, request: FrameToRender, pipeline: GreyPipeline): ValueRange {
  return request.automaticRange ?? segmentationRange(image.dataSet) ?? findRange(request.frame, pipeline);
}

function withPalette(grey: Raster, { image, state }: Subject, frame: DecodedFrame): Raster {
  // PS3.4 N.2.3: the palette of a pseudo-color presentation state colours what the VOI LUT gives.
  if (state) return hasPalette(state.dataSet) ? colored(grey, readPalette(state, false)) : grey;
  if (!hasPalette(image.dataSet)) return grey;
  // PS3.3 C.7.6.19: a supplemental palette colours the stored values from its first one on.
  const palette = readPalette(image, frame.pixelRepresentation === 1);
  const rgb = asRgb(grey);
  putPaletteColors(frame.samples, palette, rgb.data, palette.firstMapped);
  return rgb;
}

function colored(grey: Raster, palette: Palette): Raster {
  const rgb = asRgb(grey);
  const last = palette.red.length - 1;
  const indexes = Uint16Array.from(grey.data, (value) => Math.round((value / 255) * last));
  putPaletteColors(indexes, { ...palette, firstMapped: 0 }, rgb.data, 0);
  return rgb;
}

/** A window of the request takes the place of the one that image or presentation state have. */
function greyPipeline({ image, state, reference }: Subject, request: FrameToRender): GreyPipeline {
  const { frame, parameters } = request;
  const padding = pixelPaddingOf(image.dataSet, frame);
  const pipeline = state
    ? presentationPipeline(state, frame, reference)
    : imagePipeline(image, reference, frame);
  return {
    ...pipeline,
    ...(parameters.window && { voi: windowTransform(parameters.window) }),
    ...(padding && { padding }),
  };
}

function imagePipeline(
  image: AttributeSource,
  { frameNumber }: FrameReference,
  frame: DecodedFrame,
): GreyPipeline {
  const modality = modalityOfImage(image, frameNumber, frame.pixelRepresentation === 1);
  const voi = voiOfImage(image, frameNumber, modality.canBeNegative);
  // PS3.3 C.7.6.3.1.2: MONOCHROME1 shows the lowest value white, after the VOI LUT.
  const inverse = frame.photometricInterpretation === 'MONOCHROME1';
  return {
    modality,
    ...(voi && { voi: voiTransform(hasFloats(frame) ? forFloats(voi) : voi) }),
    presentation: inverse ? (value) => 1 - value : (value) => value,
  };
}

/** Without a presentation state every overlay of the image is shown, as PS3.3 C.9.2 means it to be. */
function drawOwnOverlays(raster: Raster, { image }: Subject, request: FrameToRender): Raster {
  const embedded = embeddedBits(request);
  const shutter = shutterOverlayGroup(image.dataSet);
  for (const group of overlayGroups(image.dataSet)) {
    if (group === shutter) continue;
    const plane = overlayPlane(image, group, request.frameNumber, embedded);
    if (plane) drawOverlay(raster, plane, white);
  }
  return raster;
}

/**
 * PS3.3 C.11.7: an Overlay Activation Layer shows an overlay, of the presentation state itself or, where that has none in
 * the group, of the image; in the colour and order of its layer.
 */
function drawActivatedOverlays(raster: Raster, subject: Subject, request: FrameToRender): Raster {
  const { image, state } = subject;
  if (!state) return raster;
  const layers = graphicLayersOf(state.dataSet);
  const order = [...layers.keys()];
  const activated = Array.from({ length: 16 }, (_, i) => (0x6000 + 2 * i).toString(16).toUpperCase())
    .map((group) => ({ group, layer: textOf(state.dataSet, `${group}1001`)?.trim() ?? '' }))
    .filter(({ layer }) => layer !== '')
    .sort((a, b) => order.indexOf(a.layer) - order.indexOf(b.layer));
  let result = raster;
  for (const { group, layer } of activated) {
    const source = elementOf(state.dataSet, `${group}3000`) ? state : image;
    const plane = overlayPlane(source, group, request.frameNumber, embeddedBits(request));
    const color = colorOfLayer(layers, layer);
    if (!plane) continue;
    if (color[0] !== color[1] || color[1] !== color[2]) result = asRgb(result);
    drawOverlay(result, plane, color);
  }
  return result;
}

function embeddedBits({ frame, allBits }: FrameToRender) {
  return allBits && { rows: frame.rows, columns: frame.columns, samples: allBits };
}
