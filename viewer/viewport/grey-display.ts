import { text } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';
import { type ImageDescription, isColor } from './image-description.ts';
import { fullWindow, type ImageFacts } from './image-facts.ts';
import {
  type GreyCurve,
  greyCurve,
  type SampledCurve,
  sampleCurve,
  wholeOutput,
} from './pixels/grey-curve.ts';
import type { LookupTable } from './pixels/lookup-table.ts';
import { viewOptions } from './view-options.ts';
import { clampToZero, type Window } from './window.ts';

/** One way to show an image, of those that are offered. */
export interface VoiChoice {
  /** `header`: a window of the header; `table`: a VOI LUT; `computed`: from the pixels; `full`: the whole range. */
  readonly kind: 'header' | 'table' | 'computed' | 'full';
  /** From 0 among those of its kind. */
  readonly index: number;
  /** Explanation in the header; undefined where it has none. */
  readonly explanation: string | undefined;
  readonly window: () => Window;
}

const startsAtZero = ({ modality }: ImageDescription): boolean => modality === 'PT' || modality === 'NM';

function clamped(window: Window, image: ImageDescription): Window {
  return startsAtZero(image) && viewOptions().clampsToZero ? clampToZero(window) : window;
}

/** The window that shows a VOI LUT as it is. */
function tableWindow(table: LookupTable, index: number, explanation: string | undefined): Window {
  return { ...wholeOutput(table), table: index, ...(explanation ? { explanation } : {}) };
}

/**
 * All ways to show an image; the first is the one it is shown with at the start. None for colour. `computedWindow` may be
 * that of another image of the stack, so that brightness doesn't jump while scrolling.
 */
export function voiChoices(
  image: ImageDescription,
  facts: ImageFacts,
  computedWindow: () => Window = facts.computedWindow,
): VoiChoice[] {
  if (isColor(image)) return [];
  // Where there are windows and tables, the Standard leaves the choice open (PS3.3 C.11.2.1); the server takes the window too.
  const headers = facts.windows.map((window, index): VoiChoice => {
    const shown = clamped(window, image);
    return { kind: 'header', index, explanation: window.explanation, window: () => shown };
  });
  const tables = facts.voiTables.flatMap((table, index): VoiChoice[] => {
    if (!table) return [];
    const item = image.voiLUTs[index];
    const explanation = item && text(item, tags.LUTExplanation);
    return [{ kind: 'table', index, explanation, window: () => tableWindow(table, index, explanation) }];
  });
  const computed = () => clamped(computedWindow(), image);
  return [
    ...headers,
    ...tables,
    { kind: 'computed', index: 0, explanation: undefined, window: computed },
    { kind: 'full', index: 0, explanation: undefined, window: () => fullWindow(facts) },
  ];
}

/** The window an image is shown with; one over a table that this image lacks gives way to that of its header. */
export function shownWindow(
  chosen: Window | undefined,
  facts: ImageFacts,
  initial: Window,
): { readonly window: Window; readonly table: LookupTable | undefined } {
  const window =
    chosen?.table !== undefined && !facts.voiTables[chosen.table] ? initial : (chosen ?? initial);
  return { window, table: window.table === undefined ? undefined : facts.voiTables[window.table] };
}

/** Every byte stays what it is. */
const colorCurve: SampledCurve = {
  lower: -0.5,
  upper: 255.5,
  greys: Float32Array.from({ length: 256 }, (_, value) => value / 255),
};

/** How the values of an image become greys. */
export interface Display {
  /** Another one whenever the curve is. */
  readonly key: string;
  readonly greyOf: GreyCurve;
  readonly sample: () => SampledCurve;
}

export function displayOf(
  image: ImageDescription,
  facts: ImageFacts,
  { window, table }: ReturnType<typeof shownWindow>,
  isInverted: boolean,
): Display {
  if (isColor(image)) return { key: 'color', greyOf: (value) => value / 255, sample: () => colorCurve };
  const { presentation, range } = facts;
  const own = table || presentation.table ? image.imageId : '';
  const { function: name, center, width } = window;
  const key = [name, center, width, window.table, isInverted, presentation.isInverse, own].join('|');
  const greyOf = greyCurve(window, table, presentation, isInverted);
  return { key, greyOf, sample: () => sampleCurve(greyOf, window, table, range) };
}
