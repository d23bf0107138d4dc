import type { DataSet } from '../../dicom/data-set.ts';
import { numberOf, numbersOf, textOf } from './attribute-values.ts';
import { type Orientation, orientPoint } from './orientation.ts';
import { aspectOf } from './pixel-aspect.ts';
import type { Region } from './placement.ts';
import { type FrameReference, itemsFor } from './referenced-images.ts';

/** What a presentation state shows of an image, and how large (PS3.3 C.10.4). */
export interface DisplayedArea {
  /** In the image as rotated and flipped. */
  region: Region;
  /** Height of a pixel divided by its width, before rotation. */
  pixelAspect?: number;
  /** Pixels of the display for one of the image; only where the size mode is MAGNIFY. */
  magnification?: number;
}

/** An area this many pixels beyond the image is an error of the writer, not a wish for black borders. */
const mostPixels = 2 ** 20;

/** The first item of the Displayed Area Selection Sequence that holds for the frame; `undefined` where none does. */
export function displayedAreaOf(
  presentationState: DataSet,
  frame: FrameReference,
  image: { width: number; height: number; orientation: Orientation },
): DisplayedArea | undefined {
  const item = itemsFor(presentationState, 'DisplayedAreaSelectionSequence', frame)[0];
  if (!item) return undefined;
  const [left, top] = pixelOf(item, 'DisplayedAreaTopLeftHandCorner');
  const [right, bottom] = pixelOf(item, 'DisplayedAreaBottomRightHandCorner');
  if (left === undefined || top === undefined || right === undefined || bottom === undefined)
    return undefined;
  if ([left, top, right, bottom].some((value) => Math.abs(value) > mostPixels)) return undefined;
  const region = orientedRegion([left, top, right, bottom], image);
  const [vertical, horizontal] = pixelShape(item);
  const magnification = numberOf(item, 'PresentationPixelMagnificationRatio');
  const isMagnified = textOf(item, 'PresentationSizeMode')?.trim() === 'MAGNIFY';
  return {
    region,
    ...(vertical && horizontal && { pixelAspect: aspectOf(vertical, horizontal) }),
    ...(isMagnified && magnification && magnification > 0 && { magnification }),
  };
}

/** Column and row; whole numbers, as their VR has them. */
function pixelOf(item: DataSet, keyword: string): (number | undefined)[] {
  return numbersOf(item, keyword).map((value) => value && Math.round(value));
}

function pixelShape(item: DataSet): (number | undefined)[] {
  const spacing = numbersOf(item, 'PresentationPixelSpacing');
  return spacing.length === 2 ? spacing : numbersOf(item, 'PresentationPixelAspectRatio');
}

/**
 * C.10.4: both corners are pixels of the image as stored, column first and from 1, that come out top left and bottom
 * right once it is rotated and flipped; so either may be the larger one.
 */
function orientedRegion(
  [left, top, right, bottom]: [number, number, number, number],
  { width, height, orientation }: { width: number; height: number; orientation: Orientation },
): Region {
  const a = orientPoint(orientation, width, height, Math.min(left, right) - 1, Math.min(top, bottom) - 1);
  const b = orientPoint(orientation, width, height, Math.max(left, right), Math.max(top, bottom));
  return {
    left: Math.min(a[0], b[0]),
    top: Math.min(a[1], b[1]),
    width: Math.abs(a[0] - b[0]),
    height: Math.abs(a[1] - b[1]),
  };
}
