import { imageLoader, type Types, utilities } from '@cornerstonejs/core';
import { withInlineTables } from '../dicomweb/bulk-data.ts';
import type { JsonDataSet } from '../dicomweb/data-set.ts';
import { retrieveFrame } from '../dicomweb/frames.ts';
import { tags } from '../dicomweb/tags.ts';
import { type ImageDescription, imageIdScheme, isColor } from './image-description.ts';
import { type ImageFacts, makeComputedWindow, meantWindows } from './image-facts.ts';
import { readEmbeddedOverlays } from './overlays.ts';
import { partialImages } from './partial-images.ts';
import { paletteTags, paletteToRgb, toRgb } from './pixels/color.ts';
import { decodeFrame } from './pixels/decode.ts';
import type { Presentation } from './pixels/grey-curve.ts';
import { type LookupTable, readLookupTable } from './pixels/lookup-table.ts';
import { type DisplayPixels, toDisplayValues } from './pixels/monochrome.ts';
import { paddingTest, valueRange, withoutPadding } from './pixels/padding.ts';
import type { RawFrame } from './pixels/raw-frame.ts';
import { registeredImage } from './registered-images.ts';
import type { Window } from './window.ts';

/** A frame that has not arrived and been decoded after this is an error, not an endless spinner. */
const loadTimeoutMs = 60_000;

/** `drawn` is what the renderer gets; how it is turned into greys is said by grey-display.ts, not by the image. */
function makeImage(image: ImageDescription, drawn: DisplayPixels, facts: ImageFacts): Types.IImage {
  const { rows, columns } = image;
  const color = isColor(image);
  const numberOfComponents = color ? 3 : 1;
  const shown = {
    imageId: image.imageId,
    minPixelValue: facts.range[0],
    maxPixelValue: facts.range[1],
    slope: 1,
    intercept: 0,
    // The same for all images: Cornerstone then leaves our transfer function alone while scrolling.
    windowCenter: 128,
    windowWidth: 256,
    voiLUTFunction: 'LINEAR',
    getPixelData: () => drawn,
    rows,
    columns,
    height: rows,
    width: columns,
    color,
    rgba: false,
    numberOfComponents,
    rowPixelSpacing: image.rowSpacing,
    columnPixelSpacing: image.columnSpacing,
    invert: false,
    photometricInterpretation: color ? 'RGB' : 'MONOCHROME2',
    sizeInBytes: drawn.byteLength + (drawn === facts.values ? 0 : facts.values.byteLength),
    dataType: drawn.constructor.name,
    voxelManager: utilities.VoxelManager.createImageVoxelManager({
      scalarData: drawn,
      width: columns,
      height: rows,
      numberOfComponents,
    }),
    facts,
  };
  // Cornerstone's type asks for a canvas that only its CPU colour path reads; it makes one when it is missing.
  return shown as unknown as Types.IImage;
}

const plainPresentation: Presentation = { isInverse: false, table: undefined };
const wholeByte: Window = { center: 128, width: 256, function: 'LINEAR' };

async function makeColorImage(
  image: ImageDescription,
  frame: RawFrame,
  signal: AbortSignal,
): Promise<Types.IImage> {
  const isPalette = image.photometricInterpretation === 'PALETTE COLOR';
  const values = isPalette
    ? paletteToRgb(frame, image, await withInlineTables(image.instance, paletteTags, signal))
    : toRgb(frame, image);
  return colorImageOf(image, values);
}

function colorImageOf(image: ImageDescription, values: DisplayPixels): Types.IImage {
  return makeImage(image, values, {
    values,
    range: [0, 255],
    isPadding: undefined,
    voiTables: [],
    presentation: plainPresentation,
    windows: [],
    computedWindow: () => wholeByte,
    embeddedOverlays: new Map(),
  });
}

const readTable = async (
  item: JsonDataSet | undefined,
  isSigned: boolean,
  signal: AbortSignal,
): Promise<LookupTable | undefined> =>
  item && readLookupTable(await withInlineTables(item, [tags.LUTData], signal), isSigned);

/** Tables that are not needed for the first picture don't fail it. */
async function readVoiTables(image: ImageDescription, signal: AbortSignal) {
  const isSigned = image.isSigned || image.intercept < 0 || image.slope < 0;
  const isNeeded = image.windows.length === 0;
  return Promise.all(
    image.voiLUTs.map((item) => {
      const table = readTable(item, isSigned && image.modalityLUT === undefined, signal);
      return isNeeded ? table : table.catch(() => undefined);
    }),
  );
}

interface GreyTables {
  readonly voiTables: readonly (LookupTable | undefined)[];
  readonly presentationTable: LookupTable | undefined;
}

function makeGreyImage(image: ImageDescription, values: DisplayPixels, frame: RawFrame, tables: GreyTables) {
  const isPadding = paddingTest(image) ?? (() => false);
  const { range, hasPadding } = valueRange(values, isPadding);
  // Padding below everything else is dark by itself, and needs no second array.
  const isHarmless = (image.padding ?? []).every((end) => end * image.slope + image.intercept <= range[0]);
  const filler = image.isInverse ? range[1] : range[0];
  const drawn =
    hasPadding && (!isHarmless || image.isInverse) ? withoutPadding(values, isPadding, filler) : values;
  return makeImage(image, drawn, {
    values,
    range,
    isPadding: hasPadding ? isPadding : undefined,
    voiTables: tables.voiTables,
    presentation: { isInverse: image.isInverse, table: tables.presentationTable },
    windows: meantWindows(image, values, isPadding),
    computedWindow: makeComputedWindow(image, values, isPadding),
    embeddedOverlays: readEmbeddedOverlays(image, frame),
  });
}

/** The image that the beginning of a frame makes, coarse; nothing where a table would have to be fetched for it. */
function showPart(image: ImageDescription, frame: RawFrame): Types.IImage {
  if (isColor(image)) return colorImageOf(image, toRgb(frame, image));
  const { slope, intercept } = image;
  const values = toDisplayValues(frame, image, { slope, intercept, modalityLUT: undefined });
  return makeGreyImage(image, values, frame, { voiTables: [], presentationTable: undefined });
}

/** Fetches, decodes and interprets one frame. @throws RequestError, DecodeError */
async function loadImage(image: ImageDescription, signal: AbortSignal): Promise<Types.IImage> {
  const decoding = retrieveFrame(image, signal, partialImages.watch(image, showPart)).then(
    ({ bytes, transferSyntaxUID }) => decodeFrame(bytes, transferSyntaxUID, image),
  );
  if (isColor(image)) return makeColorImage(image, await decoding, signal);
  // Tables come while the pixels do.
  const [frame, modalityLUT, voiTables, presentationTable] = await Promise.all([
    decoding,
    image.modalityLUT && withInlineTables(image.modalityLUT, [tags.LUTData], signal),
    readVoiTables(image, signal),
    readTable(image.presentationLUT, false, signal).catch(() => undefined),
  ]);
  const { slope, intercept } = image;
  const values = toDisplayValues(frame, image, { slope, intercept, modalityLUT });
  return makeGreyImage(image, values, frame, { voiTables, presentationTable });
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
