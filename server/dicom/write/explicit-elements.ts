import { undefinedLength } from '../read/element-header.ts';
import { type VrTraits, vrTraits } from '../value-representations.ts';

/** Longest value of a VR whose length has 16 bits (PS3.5 7.1.2). */
const longestShortValueBytes = 0xffff;
const unknown = vrTraits('UN');

/** The VR that a value of this length can be written with: UN where its own has no room for the length (PS3.5 6.2.2). */
export function writableVr(traits: VrTraits, length: number): VrTraits {
  return traits.longLength || length <= longestShortValueBytes ? traits : unknown;
}

/** Tag, VR and length in Explicit VR Little Endian (PS3.5 7.1.2); `length` 0xFFFFFFFF is an undefined one. */
export function explicitHeader(tag: number, traits: VrTraits, length: number): Uint8Array {
  const bytes = Buffer.alloc(traits.longLength ? 12 : 8);
  writeTag(bytes, tag);
  bytes.write(traits.vr, 4, 'latin1');
  if (traits.longLength) bytes.writeUInt32LE(length, 8);
  else bytes.writeUInt16LE(length, 6);
  return bytes;
}

/** Tag and length of an item or a delimitation item (PS3.5 7.5). */
export function itemHeader(tag: number, length = undefinedLength): Uint8Array {
  const bytes = Buffer.alloc(8);
  writeTag(bytes, tag);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

/** A whole element of a value that is encoded already, padded to an even length (PS3.5 7.1.1). */
export function explicitElement(tag: number, vr: VrTraits['vr'], value: Uint8Array): Uint8Array {
  const traits = vrTraits(vr);
  const padding =
    value.length % 2 === 0 ? [] : [Uint8Array.of(traits.kind === 'text' && vr !== 'UI' ? 0x20 : 0)];
  const length = value.length + padding.length;
  return Buffer.concat([explicitHeader(tag, traits, length), value, ...padding]);
}

/** An element of text: several values parted by backslashes. The text is ASCII, or in the data set's character set. */
export function textElement(tag: number, vr: VrTraits['vr'], ...values: string[]): Uint8Array {
  return explicitElement(tag, vr, Buffer.from(values.join('\\'), 'utf8'));
}

/** An element of unsigned 16-bit numbers. */
export function shortElement(tag: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return explicitElement(tag, 'US', bytes);
}

/** An element of one unsigned 32-bit number. */
export function longElement(tag: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return explicitElement(tag, 'UL', bytes);
}

/** A sequence of defined length; each item is its elements, encoded and in order. */
export function sequenceElement(tag: number, items: readonly Uint8Array[]): Uint8Array {
  return explicitElement(tag, 'SQ', Buffer.concat(items.map(explicitItem)));
}

/** An item of defined length around its encoded elements. */
export function explicitItem(content: Uint8Array): Uint8Array {
  return Buffer.concat([itemHeader(0xfffee000, content.length), content]);
}

function writeTag(bytes: Buffer, tag: number): void {
  bytes.writeUInt16LE(Math.floor(tag / 65536), 0);
  bytes.writeUInt16LE(tag % 65536, 2);
}
