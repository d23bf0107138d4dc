import type { TextDecoding } from '../characters/character-sets.ts';
import type { ElementValue } from '../data-set.ts';
import { parsePersonName } from '../person-name.ts';
import type { VrTraits } from '../value-representations.ts';
import { decodeLatin1 } from './byte-decoders.ts';
import { bigIntegerValue, decimalStringValue, floatValue, integerStringValue } from './number-strings.ts';

/** Where a value lies and how it is written. */
export interface ValueBytes {
  bytes: Uint8Array;
  /** In `bytes`. */
  start: number;
  /** In `bytes`, exclusive. */
  end: number;
  bigEndian: boolean;
}

/** The values of a text VR for DICOM JSON, `undefined` when empty. Bytes are in the set that `text` decodes. */
export function textValues(traits: VrTraits, at: ValueBytes, text: TextDecoding): ElementValue[] | undefined {
  const end = trimmedEnd(at.bytes, at.start, at.end);
  if (end === at.start) return undefined;
  const { vr } = traits;
  const decoded = traits.charset
    ? text.decode(
        at.bytes,
        at.start,
        end,
        vr === 'PN' ? 'person-name' : traits.multiple ? 'backslash' : 'none',
      )
    : decodeLatin1(at.bytes, at.start, end);
  if (!traits.multiple) {
    const single = cleaned(decoded, traits.trimStart);
    return single === '' ? undefined : [single];
  }
  if (!decoded.includes('\\')) {
    const value = singleValue(vr, cleaned(decoded, traits.trimStart));
    return value === null ? undefined : [value];
  }
  return decoded.split('\\').map((part) => singleValue(vr, cleaned(part, traits.trimStart)));
}

function singleValue(vr: string, text: string): ElementValue {
  if (text === '') return null;
  if (vr === 'DS') return decimalStringValue(text);
  if (vr === 'IS') return integerStringValue(text);
  return vr === 'PN' ? parsePersonName(text) : text;
}

/** Padding (PS3.5 6.2: space, NUL for UI; NULs come in place of spaces too) doesn't count. */
function trimmedEnd(bytes: Uint8Array, start: number, end: number): number {
  let last = end;
  while (last > start && (bytes[last - 1] === 0x20 || bytes[last - 1] === 0)) last--;
  return last;
}

/**
 * Without padding. A NUL that remains inside the text becomes U+FFFD: PS3.5 allows none, and PostgreSQL can't hold it.
 */
function cleaned(text: string, trimStart: boolean): string {
  let start = 0;
  let end = text.length;
  while (end > 0 && isPadding(text.charCodeAt(end - 1))) end--;
  if (trimStart) while (start < end && isPadding(text.charCodeAt(start))) start++;
  const trimmed = start === 0 && end === text.length ? text : text.slice(start, end);
  return trimmed.includes('\0') ? trimmed.replaceAll('\0', '\ufffd') : trimmed;
}

function isPadding(code: number): boolean {
  return code === 0x20 || code === 0;
}

type ReadNumber = (view: DataView, at: number, littleEndian: boolean) => number | string;

const readNumber: Partial<Record<string, ReadNumber>> = {
  US: (view, at, little) => view.getUint16(at, little),
  SS: (view, at, little) => view.getInt16(at, little),
  UL: (view, at, little) => view.getUint32(at, little),
  SL: (view, at, little) => view.getInt32(at, little),
  UV: (view, at, little) => bigIntegerValue(view.getBigUint64(at, little)),
  SV: (view, at, little) => bigIntegerValue(view.getBigInt64(at, little)),
  FL: (view, at, little) => floatValue(view.getFloat32(at, little)),
  FD: (view, at, little) => floatValue(view.getFloat64(at, little)),
};

/** The values of US, SS, UL, SL, UV, SV, FL, FD; `undefined` when empty. Bytes short of a whole value are left out. */
export function numberValues(traits: VrTraits, at: ValueBytes): ElementValue[] | undefined {
  const count = Math.floor((at.end - at.start) / traits.unitBytes);
  const read = readNumber[traits.vr];
  if (count === 0 || !read) return undefined;
  const view = new DataView(at.bytes.buffer, at.bytes.byteOffset + at.start, count * traits.unitBytes);
  const values: ElementValue[] = [];
  for (let i = 0; i < count; i++) values.push(read(view, i * traits.unitBytes, !at.bigEndian));
  return values;
}

/** The values of AT: eight hexadecimal digits each (PS3.18 F.2.3). */
export function tagValues(at: ValueBytes): string[] | undefined {
  const count = Math.floor((at.end - at.start) / 4);
  if (count === 0) return undefined;
  const view = new DataView(at.bytes.buffer, at.bytes.byteOffset + at.start, count * 4);
  return Array.from({ length: count }, (_, i) =>
    hex4(view.getUint16(i * 4, !at.bigEndian)).concat(hex4(view.getUint16(i * 4 + 2, !at.bigEndian))),
  );
}

function hex4(n: number): string {
  return n.toString(16).toUpperCase().padStart(4, '0');
}

/** Base64 of the bytes in little endian order (PS3.18 F.2.7). */
export function inlineBinary(traits: VrTraits, at: ValueBytes): string {
  const bytes = Buffer.from(at.bytes.buffer, at.bytes.byteOffset + at.start, at.end - at.start);
  if (!at.bigEndian || traits.unitBytes === 1) return bytes.toString('base64');
  return Buffer.from(swapped(bytes, traits.unitBytes)).toString('base64');
}

/** A copy with the bytes of every whole unit reversed; a rest short of a unit stays as it is. */
export function swapped(bytes: Uint8Array, unitBytes: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let at = 0; at + unitBytes <= copy.length; at += unitBytes)
    copy.subarray(at, at + unitBytes).reverse();
  return copy;
}

/** Turns around each unit of so many bytes; a rest short of a unit stays as it is. */
export async function* swappedStream(
  bytes: AsyncIterable<Uint8Array>,
  unitBytes: number,
): AsyncGenerator<Uint8Array> {
  if (unitBytes === 1) return yield* bytes;
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of bytes) {
    const joined = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = joined.length - (joined.length % unitBytes);
    if (whole > 0) yield swapped(joined.subarray(0, whole), unitBytes);
    rest = joined.subarray(whole);
  }
  if (rest.length > 0) yield rest;
}
