import type { Types } from '@cornerstonejs/core';
import type { ImageDescription } from './image-description.ts';
import type { Presentation } from './pixels/grey-curve.ts';
import type { LookupTable } from './pixels/lookup-table.ts';
import type { DisplayPixels } from './pixels/monochrome.ts';
import {
  computeWindow,
  usualRange,
  type ValueRange,
  type Window,
  windowOfRange,
  windowToRange,
} from './window.ts';
import { windowMeaning } from './window-meaning.ts';

/** What we know of a loaded frame beside what Cornerstone draws. */
export interface ImageFacts {
  /** True values (HU, SUV, stored values of an MR, …) in rows, padding and all; of colour images red, green, blue. */
  readonly values: DisplayPixels;
  /** Lowest and highest value that is no padding. */
  readonly range: readonly [number, number];
  /** Set where some pixels are padding, which is shown black whatever the window. */
  readonly isPadding: ((value: number) => boolean) | undefined;
  readonly voiTables: readonly (LookupTable | undefined)[];
  readonly presentation: Presentation;
  /** Windows of the header, as they were found to be meant. */
  readonly windows: readonly Window[];
  /** Computed from the pixels, once. */
  readonly computedWindow: () => Window;
  /** Bits of overlays that lie in the unused high bits of the pixels, by group (`6000`), one byte a pixel. */
  readonly embeddedOverlays: ReadonlyMap<string, Uint8Array>;
}

/** A frame as it lies in Cornerstone's cache. */
export type LoadedImage = Types.IImage & { readonly facts: ImageFacts };

/** The facts of an image of our loader; Cornerstone gives images back as they were made. */
export function factsOf(image: Types.IImage | undefined): ImageFacts | undefined {
  return (image as Partial<LoadedImage> | undefined)?.facts;
}

/** How the windows of a series were found to be meant: one series is never read in two ways. */
const meaningOfSeries = new Map<string, 'stored' | 'rescaled'>();

export function forgetWindowMeanings(): void {
  meaningOfSeries.clear();
}

/** The header's windows in displayed values; decides by the first image of the series that is loaded (window-meaning.ts). */
export function meantWindows(
  image: ImageDescription,
  values: ArrayLike<number>,
  isPadding: (value: number) => boolean,
): readonly Window[] {
  const { otherWindows, windows, slope, intercept } = image;
  const [first] = windows;
  if (!otherWindows || !first) return windows;
  const series = `${image.studyInstanceUID}/${image.seriesInstanceUID}`;
  let meaning = meaningOfSeries.get(series);
  if (!meaning) {
    const shown = usualRange(values, isPadding);
    if (!shown) return windows;
    const toStored = ({ lower, upper }: ValueRange): ValueRange => ({
      lower: (lower - intercept) / slope,
      upper: (upper - intercept) / slope,
    });
    // The slopes of PET differ from slice to slice: a window of stored values would show each at another brightness.
    const expected = image.modality === 'PT' ? 'rescaled' : 'stored';
    meaning = windowMeaning(toStored(windowToRange(first)), toStored(shown), otherWindows, expected);
    meaningOfSeries.set(series, meaning);
  }
  return meaning === 'rescaled' ? otherWindows.windows : windows;
}

/** The whole range of an image's values, from black to white. */
export function fullWindow({ range: [lower, upper], values }: ImageFacts): Window {
  return windowOfRange({ lower, upper }, values instanceof Float32Array);
}

/** Once and for all: sorting the pixels of every image that is scrolled past would cost what scrolling has. */
export function makeComputedWindow(
  image: ImageDescription,
  values: DisplayPixels,
  isPadding: (value: number) => boolean,
): () => Window {
  let computed: Window | undefined;
  return () => {
    computed ??= computeWindow(values, image, isPadding);
    return computed;
  };
}
