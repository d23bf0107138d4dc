import type { DataSet } from '../../dicom/data-set.ts';
import { type AttributeSource, itemAt, numbersOf, textOf } from './attribute-values.ts';
import { functionalGroup } from './functional-groups.ts';
import { type LookupTable, lookUp, readLookupTable } from './lookup-table.ts';
import type { VoiFunction, VoiWindow } from './render-request.ts';

/** What is of interest in an image: a window, or a table. */
export type Voi = { kind: 'window'; window: VoiWindow } | { kind: 'table'; table: LookupTable };

/** Maps values after the Modality LUT to 0 (lowest) to 1 (highest output). */
export type VoiTransform = (value: number) => number;

export function voiTransform(voi: Voi): VoiTransform {
  if (voi.kind === 'window') return windowTransform(voi.window);
  const { table } = voi;
  const highest = 2 ** table.bitsPerEntry - 1;
  return (value) => lookUp(table, value) / highest;
}

/** The functions of PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2 with an output of 0 to 1. */
export function windowTransform(window: VoiWindow): VoiTransform {
  const { center, width } = window;
  if (window.function === 'SIGMOID') return (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width));
  const exact = window.function === 'LINEAR_EXACT';
  const middle = exact ? center : center - 0.5;
  const span = exact ? width : width - 1;
  const low = middle - span / 2;
  const high = middle + span / 2;
  return (value) => {
    if (value <= low) return 0;
    return value > high ? 1 : (value - middle) / span + 0.5;
  };
}

/** Of an image's frame (1-based); `undefined` where it gives nothing that can be used. */
export function voiOfImage(
  source: AttributeSource,
  frameNumber: number,
  signedInput: boolean,
): Voi | undefined {
  const group = functionalGroup(source.dataSet, frameNumber, 'FrameVOILUTSequence');
  return (group && voiOf(source, group, signedInput)) ?? voiOf(source, source.dataSet, signedInput);
}

/**
 * Of a VOI LUT Module or macro (PS3.3 C.11.2), wherever it stands: the first window that can be used, else the first
 * table. Where there are both, the Standard leaves the choice open; the viewer begins with the window too.
 */
export function voiOf(source: AttributeSource, holder: DataSet, signedInput: boolean): Voi | undefined {
  const window = firstWindow(holder);
  if (window) return { kind: 'window', window };
  const item = itemAt(holder, 'VOILUTSequence', 0);
  return item?.['00283006'] && { kind: 'table', table: readLookupTable(source, item, signedInput) };
}

function firstWindow(holder: DataSet): VoiWindow | undefined {
  const centers = numbersOf(holder, 'WindowCenter');
  const widths = numbersOf(holder, 'WindowWidth');
  const name = voiFunctionNamed(textOf(holder, 'VOILUTFunction'));
  for (const [index, center] of centers.entries()) {
    const width = widths[index];
    if (center === undefined || width === undefined || !(width > 0)) continue;
    // LINEAR is for whole numbers; makers of maps with small values write it, and mean what LINEAR_EXACT does.
    return { center, width, function: name === 'LINEAR' && width < 1 ? 'LINEAR_EXACT' : name };
  }
  return undefined;
}

/** Float values fall between the steps of one that LINEAR counts in (PS3.3 C.11.2.1.2.1); its exact sister is meant. */
export function forFloats(voi: Voi): Voi {
  if (voi.kind === 'table' || voi.window.function !== 'LINEAR') return voi;
  return { kind: 'window', window: { ...voi.window, function: 'LINEAR_EXACT' } };
}

/** PS3.3 C.11.2.1.2.1: a LINEAR width is at least 1, the other functions' greater than 0. */
export function isUsableWidth(width: number, name: VoiFunction): boolean {
  return Number.isFinite(width) && (name === 'LINEAR' ? width >= 1 : width > 0);
}

/** PS3.3 C.11.2.1.3: LINEAR where nothing else is said. */
function voiFunctionNamed(text: string | undefined): VoiFunction {
  const name = text?.trim().toUpperCase();
  return name === 'SIGMOID' || name === 'LINEAR_EXACT' ? name : 'LINEAR';
}
