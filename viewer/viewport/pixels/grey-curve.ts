import type { Window } from '../window.ts';
import { type LookupTable, lookUp } from './lookup-table.ts';

/** What follows the VOI transformation (PS3.4 N.2.1.3, N.2.4): all that an image itself can say of it. */
export interface Presentation {
  /** MONOCHROME1, or Presentation LUT Shape INVERSE: the highest output is black. */
  readonly isInverse: boolean;
  /** Item of a Presentation LUT Sequence; takes the place of the shape. */
  readonly table: LookupTable | undefined;
}

/** A value -> 0 (black) to 1 (white). */
export type GreyCurve = (value: number) => number;

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

/** PS3.3 C.11.2.1.2.1 (LINEAR), C.11.2.1.3.1 (SIGMOID) and C.11.2.1.3.2 (LINEAR_EXACT), with an output of 0 to 1. */
export function windowCurve({ center, width, function: name }: Window): GreyCurve {
  if (name === 'SIGMOID') return (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width));
  const isExact = name === 'LINEAR_EXACT';
  const middle = isExact ? center : center - 0.5;
  const span = isExact ? width : width - 1;
  // A LINEAR width of 1 is a threshold.
  if (span <= 0) return (value) => (value <= middle ? 0 : 1);
  return (value) => clamp((value - middle) / span + 0.5);
}

/** What a table gives, from 0 to 2^bits - 1. */
export const highestOutput = (table: LookupTable): number => 2 ** table.bitsPerEntry - 1;

/** The window over a table's output that leaves it as it is. */
export function wholeOutput(table: LookupTable): Pick<Window, 'center' | 'width' | 'function'> {
  const highest = highestOutput(table);
  return { center: (highest + 1) / 2, width: highest + 1, function: 'LINEAR' };
}

/** The whole way from a value to a grey; `voiTable` is what the window is over, for a window over a table's output. */
export function greyCurve(
  window: Window,
  voiTable: LookupTable | undefined,
  presentation: Presentation,
  isInvertedByReader: boolean,
): GreyCurve {
  const ofWindow = windowCurve(window);
  const voi: GreyCurve = voiTable ? (value) => ofWindow(lookUp(voiTable, value)) : ofWindow;
  const present = presentationCurve(presentation);
  return isInvertedByReader ? (value) => 1 - present(voi(value)) : (value) => present(voi(value));
}

/** PS3.3 C.11.6.1: the output of the VOI transformation spreads over all entries of the table. */
function presentationCurve({ isInverse, table }: Presentation): GreyCurve {
  if (table) {
    const last = table.entries.length - 1;
    return (grey) => clamp((table.entries[Math.round(grey * last)] ?? 0) / highestOutput(table));
  }
  return isInverse ? (grey) => 1 - grey : (grey) => grey;
}

/** A curve as a row of samples for the renderer, which reads the value v from place (v - lower) / (upper - lower) of it. */
export interface SampledCurve {
  readonly lower: number;
  readonly upper: number;
  /** Greys, 0 to 1, at the middle of equal steps from lower to upper. */
  readonly greys: Float32Array;
}

const longestRow = 4096;
const defaultRow = 1024;
/** Beyond so many widths from its centre a sigmoid is 0 or 1 to eight bits. */
const sigmoidReach = 2;

/**
 * Samples a curve where something happens. Tables are sampled at every whole value they map, as far as `valueRange` and
 * 4096 places go, so that whole values get exactly their entry; windows at 1024 places between their ends.
 */
export function sampleCurve(
  curve: GreyCurve,
  window: Window,
  voiTable: LookupTable | undefined,
  valueRange: readonly [number, number],
): SampledCurve {
  const [lower, upper, count] = voiTable
    ? tableSteps(voiTable, valueRange)
    : window.function === 'SIGMOID'
      ? ([
          window.center - sigmoidReach * window.width,
          window.center + sigmoidReach * window.width,
          defaultRow,
        ] as const)
      : linearSteps(window);
  const size = (upper - lower) / count;
  const greys = Float32Array.from({ length: count }, (_, step) => curve(lower + (step + 0.5) * size));
  return { lower, upper, greys };
}

function tableSteps(table: LookupTable, [lowest, highest]: readonly [number, number]) {
  const first = Math.max(table.firstMapped, Math.floor(lowest));
  const last = Math.max(first, Math.min(table.firstMapped + table.entries.length - 1, Math.ceil(highest)));
  return [first - 0.5, last + 0.5, Math.min(longestRow, Math.max(2, last - first + 1))] as const;
}

function linearSteps({ center, width, function: name }: Window) {
  const isExact = name === 'LINEAR_EXACT';
  const middle = isExact ? center : center - 0.5;
  const span = Math.max(isExact ? width : width - 1, 1e-3);
  // A step more at each end, so that what lies outside is wholly black or white.
  const step = span / (defaultRow - 2);
  return [middle - span / 2 - step, middle + span / 2 + step, defaultRow] as const;
}
