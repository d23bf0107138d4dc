import { DataSetError } from '../dicom-errors.ts';
import { MODEL_LIMITS } from './data-set-building.ts';

/** A sequence within a sequence is an object in an array in an object in an object. */
const MOST_NESTED = 3 * (MODEL_LIMITS.depth + 1) + 2;
/** Every object, array and member: what memory parsed JSON takes goes by their number, tens of bytes each. */
const MOST_TOKENS = 4_000_000;
/** Integers of up to fifteen digits are exact as numbers of JavaScript. */
const EXACT_DIGITS = 15;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Looks through the bytes of a JSON text in UTF-8 before `JSON.parse`: bounds depth and number of its parts, and answers the text
 * with longer integers quoted, as PS3.18 F.2.3.1 writes what a double can't hold (UV, SV). Throws a `DataSetError`.
 */
export function scanJson(bytes: Uint8Array): string {
  let depth = 0;
  let tokens = 0;
  const long: [start: number, end: number][] = [];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte === QUOTE) i = endOfString(bytes, i);
    else if (byte === 0x7b || byte === 0x5b) {
      tokens++;
      if (++depth > MOST_NESTED)
        throw new DataSetError(`the JSON is nested deeper than ${MOST_NESTED} levels`);
    } else if (byte === 0x7d || byte === 0x5d) depth--;
    else if (byte === 0x2c) tokens++;
    else if (isDigit(byte) || byte === 0x2d) {
      const end = endOfNumber(bytes, i);
      if (isLongInteger(bytes, i, end)) long.push([i, end]);
      i = end - 1;
    }
    if (tokens > MOST_TOKENS) throw new DataSetError(`the JSON has more than ${MOST_TOKENS} parts`);
  }
  return decoded(bytes, long);
}

/** The index of the quotation mark that ends the string; the last byte where none does. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let end = bytes.indexOf(QUOTE, start + 1); end >= 0; end = bytes.indexOf(QUOTE, end + 1)) {
    let backslashes = 0;
    while (bytes[end - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return bytes.length;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function endOfNumber(bytes: Uint8Array, start: number): number {
  let end = start + 1;
  // digits, "+", "-", ".", "E", "e"
  while (isDigit(bytes[end]) || [0x2b, 0x2d, 0x2e, 0x45, 0x65].includes(bytes[end] as number)) end++;
  return end;
}

function isLongInteger(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start] === 0x2d ? start + 1 : start;
  return end - first > EXACT_DIGITS && bytes.subarray(first, end).every(isDigit);
}

function decoded(bytes: Uint8Array, quoted: readonly [start: number, end: number][]): string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    if (quoted.length === 0) return decoder.decode(bytes);
    const parts: string[] = [];
    let from = 0;
    for (const [start, end] of quoted) {
      parts.push(
        decoder.decode(bytes.subarray(from, start)),
        '"',
        decoder.decode(bytes.subarray(start, end)),
        '"',
      );
      from = end;
    }
    parts.push(decoder.decode(bytes.subarray(from)));
    return parts.join('');
  } catch (error) {
    throw new DataSetError('the JSON is not in UTF-8', '', { cause: error });
  }
}
