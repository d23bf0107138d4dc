import type { DataSet } from '../../dicom/data-set.ts';
import type { DecodedFrame, Samples } from '../pixel-format.ts';
import { type AttributeSource, bytesOf, elementOf, wordsOfBytes } from './attribute-values.ts';
import { type LookupTable, type LookupTableDescriptor, readDescriptor, readEntries } from './lookup-table.ts';
import { RenderError } from './render-errors.ts';
import { expandSegments } from './segmented-palette.ts';

const colors = ['Red', 'Green', 'Blue'] as const;

/** Three tables of bytes (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6). */
export interface Palette {
  firstMapped: number;
  /** One entry or more each. */
  red: Uint8Array;
  green: Uint8Array;
  blue: Uint8Array;
}

export function hasPalette(dataSet: DataSet): boolean {
  return elementOf(dataSet, 'RedPaletteColorLookupTableDescriptor')?.Value !== undefined;
}

/** `signed`: the stored values of the image are. Throws `RenderError` where a table is missing or malformed. */
export function readPalette(source: AttributeSource, signed: boolean): Palette {
  const tables = colors.map((color) => readColor(source, color, signed));
  const [red, green, blue] = tables as [LookupTable, LookupTable, LookupTable];
  // Entries of 16 bits are cut to their upper 8. Tables that claim 16 and hold bytes are common, as are tables that
  // claim 8 and fill the upper byte; all three together tell which it is, since one color may be dark throughout.
  const wide = tables.some(({ entries }) => entries.some((entry) => entry > 0xff));
  const toBytes = ({ entries }: LookupTable) =>
    Uint8Array.from(entries, (entry) => (wide ? entry >> 8 : entry));
  return { firstMapped: red.firstMapped, red: toBytes(red), green: toBytes(green), blue: toBytes(blue) };
}

function readColor(source: AttributeSource, color: string, signed: boolean): LookupTable {
  const name = `${color}PaletteColorLookupTable`;
  const descriptor = readDescriptor(source.dataSet, `${name}Descriptor`, signed);
  if (!descriptor) throw new RenderError('NOT_RENDERABLE', `The palette has no ${color} descriptor`);
  const entries =
    readEntries(source, source.dataSet, `${name}Data`, descriptor.count) ??
    readSegmented(source, color, descriptor);
  if (!entries || entries.length === 0) {
    throw new RenderError('NOT_RENDERABLE', `The palette has no ${color} data`);
  }
  return { ...descriptor, entries };
}

function readSegmented(source: AttributeSource, color: string, descriptor: LookupTableDescriptor) {
  const bytes = bytesOf(source, elementOf(source.dataSet, `Segmented${color}PaletteColorLookupTableData`));
  if (!bytes) return undefined;
  return expandSegments(descriptor.bitsPerEntry === 8 ? bytes : wordsOfBytes(bytes), descriptor.count);
}

/** A PALETTE COLOR frame as RGB; values outside of the tables take their first or last entry. */
export function renderPalette(frame: DecodedFrame, palette: Palette): Uint8Array {
  const rgb = new Uint8Array(frame.samples.length * 3);
  putPaletteColors(frame.samples, palette, rgb, Number.NEGATIVE_INFINITY);
  return rgb;
}

/** Colours the pixels whose stored value is at least `from`, in place. */
export function putPaletteColors(samples: Samples, palette: Palette, rgb: Uint8Array, from: number): void {
  const { firstMapped, red, green, blue } = palette;
  for (let pixel = 0; pixel < samples.length; pixel++) {
    const stored = samples[pixel] ?? 0;
    if (stored < from) continue;
    const index = Math.max(0, stored - firstMapped);
    rgb[pixel * 3] = red[Math.min(index, red.length - 1)] ?? 0;
    rgb[pixel * 3 + 1] = green[Math.min(index, green.length - 1)] ?? 0;
    rgb[pixel * 3 + 2] = blue[Math.min(index, blue.length - 1)] ?? 0;
  }
}
