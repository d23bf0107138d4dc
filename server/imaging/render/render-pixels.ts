import type { AttributeSource } from './attribute-values.ts';
import { automaticRange, type GreyPipeline, renderGrey } from './grey-pipeline.ts';
import { modalityOfImage } from './modality-transform.ts';
import { drawOverlay, overlayGroups, overlayPlane } from './overlay-planes.ts';
import { hasPalette, putPaletteColors, readPalette, renderPalette } from './palette-color.ts';
import { pixelPaddingOf } from './pixel-padding.ts';
import { asRgb, type Raster } from './raster.ts';
import type { FrameToRender } from './render-request.ts';
import { renderTrueColor } from './true-color.ts';
import { voiOfImage, voiTransform, windowTransform } from './voi-transform.ts';

const white = [255, 255, 255] as const;

/** All pixels of a frame as the image itself (and a window of the request) wants them shown, with its overlays. */
export function renderPixels(source: AttributeSource, request: FrameToRender): Raster {
  const raster = renderSamples(source, request);
  // PS3.18 10.4.3.3.4: nothing in a thumbnail tells who the patient is, and overlays may.
  if (request.kind === 'thumbnail') return raster;
  const { frame, allBits } = request;
  const embedded = allBits && { rows: frame.rows, columns: frame.columns, samples: allBits };
  for (const group of overlayGroups(source.dataSet)) {
    const plane = overlayPlane(source, group, request.frameNumber, embedded);
    if (plane) drawOverlay(raster, plane, white);
  }
  return raster;
}

function renderSamples(source: AttributeSource, request: FrameToRender): Raster {
  const { frame } = request;
  const size = { width: frame.columns, height: frame.rows };
  const signed = frame.pixelRepresentation === 1;
  if (frame.samplesPerPixel > 1) return { ...size, channels: 3, data: renderTrueColor(frame) };
  if (frame.photometricInterpretation === 'PALETTE COLOR') {
    return { ...size, channels: 3, data: renderPalette(frame, readPalette(source, signed)) };
  }
  const pipeline = imagePipeline(source, request);
  const data = renderGrey(frame, pipeline, automaticRange(frame, pipeline));
  const grey: Raster = { ...size, channels: 1, data };
  if (!hasPalette(source.dataSet)) return grey;
  // PS3.3 C.7.6.19: a supplemental palette colours the stored values from its first one on.
  const palette = readPalette(source, signed);
  const rgb = asRgb(grey);
  putPaletteColors(frame.samples, palette, rgb.data, palette.firstMapped);
  return rgb;
}

function imagePipeline(source: AttributeSource, request: FrameToRender): GreyPipeline {
  const { frame, frameNumber, parameters } = request;
  const modality = modalityOfImage(source, frameNumber, frame.pixelRepresentation === 1);
  const padding = pixelPaddingOf(source.dataSet, frame);
  const own = parameters.window ? undefined : voiOfImage(source, frameNumber, modality.canBeNegative);
  const voi = parameters.window ? windowTransform(parameters.window) : own && voiTransform(own);
  // PS3.3 C.7.6.3.1.2: MONOCHROME1 shows the lowest value white, after the VOI LUT.
  const inverse = frame.photometricInterpretation === 'MONOCHROME1';
  return {
    modality,
    ...(voi && { voi }),
    presentation: inverse ? (value) => 1 - value : (value) => value,
    ...(padding && { padding }),
  };
}
