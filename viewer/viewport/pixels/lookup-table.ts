import { inlineBytes, type JsonDataSet, numbers, values } from '../../dicomweb/data-set.ts';
import { tags } from '../../dicomweb/tags.ts';
import { DecodeError } from './raw-frame.ts';

/** A lookup table of the header (PS3.3 C.11.1.1): value -> entry, clamped at both ends. */
export interface LookupTable {
  readonly firstMapped: number;
  readonly entries: ArrayLike<number>;
  readonly bitsPerEntry: number;
}

/** The bits that the descriptor names, or more where entries don't fit: clipping them would lose the bright parts. */
function enoughBits(entries: ArrayLike<number>, named: number): number {
  let largest = 0;
  for (let index = 0; index < entries.length; index++) largest = Math.max(largest, entries[index] ?? 0);
  let bits = Math.min(16, Math.max(8, named));
  while (bits < 16 && largest >= 2 ** bits) bits++;
  return bits;
}

/** Table data of OW (words, or bytes where there are only as many as entries) or of US (values). */
function readEntries(item: JsonDataSet, count: number): ArrayLike<number> {
  const inline = inlineBytes(item, tags.LUTData);
  if (!inline)
    return values(item, tags.LUTData)
      .slice(0, count)
      .map((value) => Number(value) & 0xffff);
  return inline.length >= count * 2
    ? new Uint16Array(inline.slice(0, count * 2).buffer)
    : inline.slice(0, count);
}

/**
 * Reads one item of a Modality, VOI or Presentation LUT Sequence. `isSigned`: what goes in can be negative, and so can the
 * first mapped value. @throws DecodeError when the table has no entries
 */
export function readLookupTable(item: JsonDataSet, isSigned: boolean): LookupTable {
  const [storedCount, storedFirst = 0, bits = 16] = numbers(item, tags.LUTDescriptor);
  if (storedCount === undefined) throw new DecodeError('The lookup table has no descriptor');
  // C.11.1.1.1: 0 stands for 65536; written as SS, large counts look negative.
  const count = (storedCount & 0xffff) === 0 ? 65536 : storedCount & 0xffff;
  const entries = readEntries(item, count);
  if (entries.length === 0) throw new DecodeError('The lookup table data is not part of the metadata');
  const first = storedFirst & 0xffff;
  const firstMapped = first > 0x7fff && (isSigned || storedFirst < 0) ? first - 0x10000 : first;
  return { firstMapped, entries, bitsPerEntry: enoughBits(entries, bits) };
}

export function lookUp(table: LookupTable, value: number): number {
  const index = Math.round(value) - table.firstMapped;
  const inside = Math.max(0, Math.min(table.entries.length - 1, index));
  return table.entries[inside] ?? 0;
}
