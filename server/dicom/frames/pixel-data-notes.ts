import type { ValueRepresentation } from '../data-set.ts';
import { GrowingBytes } from '../read/growing-bytes.ts';
import { FragmentTable } from './fragment-table.ts';
import type { PixelDataTag } from './pixel-data-location.ts';

/** What the reader notes of the pixel data as it passes by; `locatePixelData` makes sense of it at the end. */
export interface PixelDataNotes {
  tag: PixelDataTag;
  vr: ValueRepresentation;
  bigEndian: boolean;
  offsetBytes: number;
  lengthBytes: number;
  /** Of encapsulated pixel data. */
  encapsulated: { basicOffsetTable: GrowingBytes; fragments: FragmentTable } | undefined;
}

/**
 * The Extended Offset Table (7FE0,0001) and its lengths (7FE0,0002), 64-bit little endian numbers: bulk data as a rule,
 * but needed for the frame index.
 */
export class ExtendedOffsetTable {
  offsets: GrowingBytes | undefined;
  lengths: GrowingBytes | undefined;
  private readonly limitBytes: number;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** Where to put the value of this element; `undefined` when it is none of the two, or too long. */
  copyOf(tag: number, lengthBytes: number): GrowingBytes | undefined {
    if (lengthBytes > this.limitBytes) return undefined;
    if (tag === 0x7fe00001) {
      this.offsets = new GrowingBytes();
      return this.offsets;
    }
    if (tag !== 0x7fe00002) return undefined;
    this.lengths = new GrowingBytes();
    return this.lengths;
  }
}

export function isPixelDataTag(tag: string): tag is PixelDataTag {
  return tag === '7FE00010' || tag === '7FE00008' || tag === '7FE00009';
}

/** Encapsulated pixel data from the first item on. */
export function newEncapsulatedNotes(fragmentLimit: number) {
  return { basicOffsetTable: new GrowingBytes(), fragments: new FragmentTable(fragmentLimit) };
}
