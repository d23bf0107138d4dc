import type { DataSet } from '../../dicom/data-set.ts';
import { type AttributeSource, bytesOf, elementOf, numbersOf, wordsOfBytes } from './attribute-values.ts';
import { RenderError } from './render-errors.ts';

/** A table of PS3.3 C.11.1.1 or C.7.6.3.1.5: input values below its first or above its last get what these get. */
export interface LookupTable {
  /** The input value of the first entry. */
  firstMapped: number;
  /** At least one. */
  entries: Uint8Array | Uint16Array;
  /** 8 to 16. */
  bitsPerEntry: number;
}

/** What an LUT Descriptor says (PS3.3 C.11.1.1.1, C.7.6.3.1.5). */
export interface LookupTableDescriptor {
  /** 1 to 65536. */
  count: number;
  firstMapped: number;
  bitsPerEntry: number;
}

/**
 * Reads a descriptor. `signedInput`: the values that go into the table can be negative, so that a first value of 8000H
 * and more means a negative one whatever VR it was read with.
 */
export function readDescriptor(
  item: DataSet,
  keyword: string,
  signedInput: boolean,
): LookupTableDescriptor | undefined {
  const [storedCount, storedFirst = 0, bits = 16] = numbersOf(item, keyword);
  if (storedCount === undefined) return undefined;
  // C.11.1.1.1: 0 stands for 2^16; with VR SS large counts were read as negative numbers.
  const count = (storedCount & 0xffff) === 0 ? 65536 : storedCount & 0xffff;
  const first = storedFirst & 0xffff;
  const firstMapped = first > 0x7fff && (signedInput || storedFirst < 0) ? first - 0x10000 : first;
  return { count, firstMapped, bitsPerEntry: Math.min(16, Math.max(8, bits)) };
}

/** An item of the Modality, VOI or Presentation LUT Sequence. Throws `RenderError` where it holds no table. */
export function readLookupTable(source: AttributeSource, item: DataSet, signedInput: boolean): LookupTable {
  const descriptor = readDescriptor(item, 'LUTDescriptor', signedInput);
  if (!descriptor)
    throw new RenderError('NOT_RENDERABLE', 'A lookup table has no LUT Descriptor (0028,3002)');
  const entries = readEntries(source, item, 'LUTData', descriptor.count);
  if (!entries || entries.length === 0) {
    throw new RenderError('NOT_RENDERABLE', 'A lookup table has no LUT Data (0028,3006)');
  }
  return {
    firstMapped: descriptor.firstMapped,
    entries,
    bitsPerEntry: enoughBits(entries, descriptor.bitsPerEntry),
  };
}

/**
 * Table data of US, SS or OW, cut at `count` entries. As many bytes as entries, padding aside, are 8-bit entries, two
 * to a word (C.7.6.3.1.6).
 */
export function readEntries(
  source: AttributeSource,
  item: DataSet,
  keyword: string,
  count: number,
): Uint8Array | Uint16Array | undefined {
  const element = elementOf(item, keyword);
  const bytes = bytesOf(source, element);
  if (bytes) {
    return bytes.length > 1 && (bytes.length === count || bytes.length === count + 1)
      ? bytes.slice(0, count)
      : wordsOfBytes(bytes.subarray(0, count * 2));
  }
  const values = element?.Value;
  return values && Uint16Array.from(values.slice(0, count), (value) => Number(value) & 0xffff);
}

/** The bits that the descriptor names, or more where entries don't fit: clipping them would lose the bright parts. */
function enoughBits(entries: ArrayLike<number>, bitsPerEntry: number): number {
  let largest = 0;
  for (let i = 0; i < entries.length; i++) largest = Math.max(largest, entries[i] ?? 0);
  let bits = bitsPerEntry;
  while (bits < 16 && largest >= 2 ** bits) bits++;
  return bits;
}

/** The entry for an input value; fractions are rounded. */
export function lookUp(table: LookupTable, value: number): number {
  const { entries, firstMapped } = table;
  const index = Math.round(value) - firstMapped;
  return entries[index <= 0 ? 0 : Math.min(index, entries.length - 1)] ?? 0;
}
