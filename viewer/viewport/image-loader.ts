import { imageLoader, type Types, utilities } from '@cornerstonejs/core';
import { withInlineTables } from '../dicomweb/bulk-data.ts';
import type { JsonDataSet } from '../dicomweb/data-set.ts';
import { retrieveFrame } from '../dicomweb/frames.ts';
import { tags } from '../dicomweb/tags.ts';
import { type ImageDescription, imageIdScheme, isColor } from './image-description.ts';
import { paletteTags, paletteToRgb, toRgb } from './pixels/color.ts';
import { decodeFrame } from './pixels/decode.ts';
import { type DisplayPixels, lookUp, readLookupTable, toDisplayValues } from './pixels/monochrome.ts';
import { registeredImage } from './registered-images.ts';
import { computeWindow, type Window } from './window.ts';

/** A frame that has not arrived and been decoded after this is an error, not an endless spinner. */
const loadTimeoutMs = 60_000;

/** Whether a displayed value is padding. PS3.3 C.7.5.1.1.2: padding is given in stored values. */
function paddingTest(image: ImageDescription): (value: number) => boolean {
  if (!image.padding) return () => false;
  const [first, last] = image.padding.map((stored) => stored * image.slope + image.intercept);
  if (first === undefined || last === undefined) return () => false;
  const [low, high] = first <= last ? [first, last] : [last, first];
  return (value) => value >= low && value <= high;
}

/** PT and NM start from zero activity (IHE BIR): the window keeps its upper end. */
function clampToZero(window: Window, modality: string): Window {
  if (modality !== 'PT' && modality !== 'NM') return window;
  const upper = window.center + window.width / 2;
  return upper > 0 ? { ...window, center: upper / 2, width: upper } : window;
}

/** The window an image is first shown with. */
function initialWindow(image: ImageDescription, pixels: DisplayPixels): Window {
  const window = image.windows[0] ?? computeWindow(pixels, image, paddingTest(image));
  return clampToZero(window, image.modality);
}

function minimumAndMaximum(pixels: ArrayLike<number>): readonly [number, number] {
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < pixels.length; index++) {
    const value = pixels[index] ?? 0;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  return [minimum, maximum];
}

/**
 * Padding is shown black (PS3.3 C.7.5.1.1.2): as the darkest value of the image, or the brightest for MONOCHROME1, so
 * that it neither glares nor changes the range of the image.
 */
function blackenPadding(pixels: DisplayPixels, image: ImageDescription): void {
  if (!image.padding) return;
  const isPadding = paddingTest(image);
  const isInverted = image.photometricInterpretation === 'MONOCHROME1';
  let extreme: number | undefined;
  for (const value of pixels) {
    if (isPadding(value)) continue;
    if (extreme === undefined || (isInverted ? value > extreme : value < extreme)) extreme = value;
  }
  if (extreme === undefined) return;
  for (let index = 0; index < pixels.length; index++) {
    if (isPadding(pixels[index] ?? 0)) pixels[index] = extreme;
  }
}

function makeImage(
  image: ImageDescription,
  pixels: DisplayPixels,
  numberOfComponents: number,
  window: Window,
): Types.IImage {
  const [minPixelValue, maxPixelValue] = minimumAndMaximum(pixels);
  const { rows, columns } = image;
  const color = numberOfComponents === 3;
  const shown = {
    imageId: image.imageId,
    minPixelValue,
    maxPixelValue,
    slope: 1,
    intercept: 0,
    windowCenter: window.center,
    windowWidth: window.width,
    voiLUTFunction: window.function,
    getPixelData: () => pixels,
    rows,
    columns,
    height: rows,
    width: columns,
    color,
    rgba: false,
    numberOfComponents,
    rowPixelSpacing: image.rowSpacing,
    columnPixelSpacing: image.columnSpacing,
    invert: image.photometricInterpretation === 'MONOCHROME1',
    photometricInterpretation: color ? 'RGB' : image.photometricInterpretation,
    sizeInBytes: pixels.byteLength,
    dataType: pixels.constructor.name,
    voxelManager: utilities.VoxelManager.createImageVoxelManager({
      scalarData: pixels,
      width: columns,
      height: rows,
      numberOfComponents,
    }),
  };
  // Cornerstone's type asks for a canvas that only its CPU colour path reads; it makes one when it is missing.
  return shown as unknown as Types.IImage;
}

/**
 * Grey levels of a VOI LUT (PS3.3 C.11.2.1.1) in place of the values, with the window that shows all of them. The
 * reader's windows then act on the grey levels.
 */
function throughVoiLut(
  values: DisplayPixels,
  voiLUT: JsonDataSet,
): { pixels: DisplayPixels; window: Window } {
  // The first mapped value is signed where values can be (C.11.2.1.1).
  const table = readLookupTable(voiLUT, values instanceof Int16Array || values instanceof Float32Array);
  const pixels = new Uint16Array(values.length);
  for (let index = 0; index < values.length; index++) pixels[index] = lookUp(table, values[index] ?? 0);
  const levels = 2 ** table.bitsPerEntry;
  return { pixels, window: { center: levels / 2, width: levels, function: 'LINEAR' } };
}

/** Fetches, decodes and interprets one frame. @throws RequestError, DecodeError */
async function loadImage(image: ImageDescription, signal: AbortSignal): Promise<Types.IImage> {
  const { bytes, transferSyntaxUID } = await retrieveFrame(image, signal);
  const frame = await decodeFrame(bytes, transferSyntaxUID, image);
  if (isColor(image)) {
    const isPalette = image.photometricInterpretation === 'PALETTE COLOR';
    const rgb = isPalette
      ? paletteToRgb(frame, image, await withInlineTables(image.instance, paletteTags, signal))
      : toRgb(frame, image);
    return makeImage(image, rgb, 3, { center: 128, width: 256, function: 'LINEAR' });
  }
  const { slope, intercept, modalityLUT: table } = image;
  const modalityLUT = table ? await withInlineTables(table, [tags.LUTData], signal) : undefined;
  const values = toDisplayValues(frame, image, { slope, intercept, modalityLUT });
  if (image.voiLUT && image.windows.length === 0) {
    const voiLUT = await withInlineTables(image.voiLUT, [tags.LUTData], signal);
    const { pixels, window } = throughVoiLut(values, voiLUT);
    return makeImage(image, pixels, 1, window);
  }
  const pixels = values;
  const window = initialWindow(image, pixels);
  blackenPadding(pixels, image);
  return makeImage(image, pixels, 1, window);
}

/** Tells Cornerstone how to load the images of our scheme. Call once. */
export function registerLoader(): void {
  imageLoader.registerImageLoader(imageIdScheme, (imageId) => {
    const abort = new AbortController();
    const image = registeredImage(imageId);
    const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(loadTimeoutMs)]);
    const promise = image
      ? loadImage(image, signal)
      : Promise.reject(new Error('This image was not announced to the viewport'));
    return { promise, cancelFn: () => abort.abort() };
  });
}
