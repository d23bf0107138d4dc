import type { ElementValue, PersonName } from '../data-set.ts';
import { DataSetError } from '../dicom-errors.ts';
import { formatPersonName } from '../person-name.ts';
import type { VrTraits } from '../value-representations.ts';

/** PS3.5 Table 6.2-1: the longest value of DS. */
const LONGEST_DECIMAL = 16;

/**
 * The bytes of the values of one element in little endian order (PS3.5 6.2, 7.1.1), not padded; text in UTF-8. Throws a
 * `DataSetError` for a value that the VR can't hold. Not for binary VRs and sequences.
 */
export function encodeValues(values: readonly ElementValue[], traits: VrTraits, path: string): Uint8Array {
  if (traits.kind === 'number') return encodeNumbers(withoutLoneNull(values), traits, path);
  if (traits.kind === 'tag') return encodeTags(withoutLoneNull(values), path);
  if (traits.kind !== 'text') throw new DataSetError(`VR ${traits.vr} takes no Value`, path);
  if (!traits.multiple && values.length > 1)
    throw new DataSetError(`more than one value, which VR ${traits.vr} can't have`, path);
  return encodeText(values.map((value) => textOf(value, traits, path)).join('\\'), traits, path);
}

/** Some write an empty element as one value that is null. */
function withoutLoneNull(values: readonly ElementValue[]): readonly ElementValue[] {
  return values.length === 1 && (values[0] === null || values[0] === '') ? [] : values;
}

function textOf(value: ElementValue, { vr }: VrTraits, path: string): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') {
    if (vr === 'DS') return decimalStringOf(value, path);
    if (vr === 'IS') return integerStringOf(value, path);
    return String(value);
  }
  if (vr === 'PN') return formatPersonName(value as PersonName);
  throw new DataSetError(`a value that is not of VR ${vr}`, path);
}

/** The shortest text of sixteen characters at most that means the number, or the nearest that has room (PS3.5 6.2). */
export function decimalStringOf(value: number, path: string): string {
  if (!Number.isFinite(value)) throw new DataSetError('a value that is no decimal number', path);
  const shortest = String(value);
  if (shortest.length <= LONGEST_DECIMAL) return shortest;
  for (let precision = LONGEST_DECIMAL; ; precision--) {
    const [mantissa = '', exponent] = value.toPrecision(precision).split('e');
    const digits = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
    const text = exponent === undefined ? digits : `${digits}e${exponent.replace('+', '')}`;
    if (text.length <= LONGEST_DECIMAL) return text;
  }
}

function integerStringOf(value: number, path: string): string {
  if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 31)
    throw new DataSetError('a value that is no integer of VR IS (PS3.5 6.2: 32 bits)', path);
  return String(value);
}

/**
 * UTF-8 where Specific Character Set counts, else one byte a character: what a file wrongly has there (ISO 8859-1, mostly) is read
 * that way too.
 */
function encodeText(text: string, { vr, charset }: VrTraits, path: string): Uint8Array {
  if (text.includes('\0')) throw new DataSetError('text with the character U+0000', path);
  if (/\p{Surrogate}/u.test(text)) throw new DataSetError('text with half a surrogate pair', path);
  if (charset) return Buffer.from(text, 'utf8');
  if (/[^\0-\xff]/.test(text)) throw new DataSetError(`text with a character that VR ${vr} can't hold`, path);
  return Buffer.from(text, 'latin1');
}

function encodeTags(values: readonly ElementValue[], path: string): Uint8Array {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => {
    if (typeof value !== 'string' || !/^[0-9A-Fa-f]{8}$/.test(value))
      throw new DataSetError('a value of VR AT that is not eight hexadecimal digits', path);
    bytes.writeUInt16LE(Number.parseInt(value.slice(0, 4), 16), i * 4);
    bytes.writeUInt16LE(Number.parseInt(value.slice(4), 16), i * 4 + 2);
  });
  return bytes;
}

const INTEGER_RANGES: Readonly<Record<string, readonly [lowest: bigint, highest: bigint]>> = {
  US: [0n, 2n ** 16n - 1n],
  SS: [-(2n ** 15n), 2n ** 15n - 1n],
  UL: [0n, 2n ** 32n - 1n],
  SL: [-(2n ** 31n), 2n ** 31n - 1n],
  UV: [0n, 2n ** 64n - 1n],
  SV: [-(2n ** 63n), 2n ** 63n - 1n],
};

function encodeNumbers(
  values: readonly ElementValue[],
  { vr, unitBytes }: VrTraits,
  path: string,
): Uint8Array {
  const bytes = Buffer.alloc(values.length * unitBytes);
  const range = INTEGER_RANGES[vr];
  values.forEach((value, i) => {
    const at = i * unitBytes;
    if (!range) {
      const number = floatOf(value, vr, path);
      if (vr === 'FL') bytes.writeFloatLE(number, at);
      else bytes.writeDoubleLE(number, at);
      return;
    }
    const integer = integerOf(value, vr, path);
    if (integer < range[0] || integer > range[1])
      throw new DataSetError(`a value beyond what VR ${vr} can hold`, path);
    if (unitBytes === 8) bytes.writeBigUInt64LE(BigInt.asUintN(64, integer), at);
    else if (unitBytes === 4) bytes.writeUInt32LE(Number(BigInt.asUintN(32, integer)), at);
    else bytes.writeUInt16LE(Number(BigInt.asUintN(16, integer)), at);
  });
  return bytes;
}

/** Numbers may come as text (PS3.18 F.2.3.1). */
function integerOf(value: ElementValue, vr: string, path: string): bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^\s*[+-]?\d{1,20}\s*$/.test(value))
    return BigInt(value.trim().replace(/^\+/, ''));
  throw new DataSetError(`a value that is no integer of VR ${vr}`, path);
}

const SPECIAL_NUMBERS: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  '-infinity': Number.NEGATIVE_INFINITY,
};

function floatOf(value: ElementValue, vr: string, path: string): number {
  const text = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
  const special = text === undefined ? undefined : SPECIAL_NUMBERS[text];
  if (special !== undefined) return special;
  const isDecimal = text !== undefined && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(text);
  const number = typeof value === 'number' ? value : isDecimal ? Number(text) : undefined;
  if (number === undefined) throw new DataSetError(`a value that is no number of VR ${vr}`, path);
  if (!Number.isFinite(vr === 'FL' ? Math.fround(number) : number))
    throw new DataSetError(`a value beyond what VR ${vr} can hold`, path);
  return number;
}
