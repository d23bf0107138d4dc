import type { DataElement, DataSet, PersonName } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';

/** A data set with what lies behind its BulkDataURIs. */
export interface AttributeSource {
  dataSet: DataSet;
  /** Little endian bytes by BulkDataURI. */
  bulkData: Readonly<Record<string, Uint8Array>>;
}

const littleEndianHost = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The element of a keyword, or of a tag (eight hexadecimal digits). */
export function elementOf(dataSet: DataSet, keywordOrTag: string): DataElement | undefined {
  const tag = tagOf(keywordOrTag);
  return tag === undefined ? undefined : dataSet[tag];
}

/** Numbers in their places; `undefined` for empty values and what is no number. */
export function numbersOf(dataSet: DataSet, keywordOrTag: string): (number | undefined)[] {
  return (elementOf(dataSet, keywordOrTag)?.Value ?? []).map((value) => {
    if (typeof value === 'number') return value;
    if (typeof value !== 'string' || value.trim() === '') return undefined;
    const number = Number(value);
    return Number.isFinite(number) ? number : undefined;
  });
}

/** The first value as a number. */
export function numberOf(dataSet: DataSet, keywordOrTag: string): number | undefined {
  return numbersOf(dataSet, keywordOrTag)[0];
}

/** Values as texts; numbers are written out, everything else is left out. */
export function textsOf(dataSet: DataSet, keywordOrTag: string): string[] {
  return (elementOf(dataSet, keywordOrTag)?.Value ?? []).flatMap((value) =>
    typeof value === 'string' ? [value] : typeof value === 'number' ? [String(value)] : [],
  );
}

export function textOf(dataSet: DataSet, keywordOrTag: string): string | undefined {
  return textsOf(dataSet, keywordOrTag)[0];
}

/** Of a PN. */
export function personNameOf(dataSet: DataSet, keyword: string): PersonName | undefined {
  const value = elementOf(dataSet, keyword)?.Value?.[0];
  return typeof value === 'object' && value !== null ? (value as PersonName) : undefined;
}

/** The items of a sequence; an item that is null counts as empty. */
export function itemsOf(dataSet: DataSet | undefined, keyword: string): DataSet[] {
  const values = dataSet ? (elementOf(dataSet, keyword)?.Value ?? []) : [];
  return values.map((value) => (typeof value === 'object' && value !== null ? (value as DataSet) : {}));
}

/** One item of a sequence, 0-based, without going through the others. */
export function itemAt(dataSet: DataSet | undefined, keyword: string, index: number): DataSet | undefined {
  const value = dataSet ? elementOf(dataSet, keyword)?.Value?.[index] : undefined;
  return typeof value === 'object' && value !== null ? (value as DataSet) : undefined;
}

/** The bytes of a binary element, little endian; `undefined` where it is absent, empty or was not fetched. */
export function bytesOf(source: AttributeSource, element: DataElement | undefined): Uint8Array | undefined {
  if (!element) return undefined;
  if (element.InlineBinary !== undefined) return new Uint8Array(Buffer.from(element.InlineBinary, 'base64'));
  return element.BulkDataURI === undefined ? undefined : source.bulkData[element.BulkDataURI];
}

/** Little endian bytes as 16-bit words; an odd byte at the end is left out. */
export function wordsOfBytes(bytes: Uint8Array): Uint16Array {
  const words = new Uint16Array(bytes.length >> 1);
  if (littleEndianHost) {
    new Uint8Array(words.buffer).set(bytes.subarray(0, words.length * 2));
    return words;
  }
  for (let i = 0; i < words.length; i++) words[i] = (bytes[2 * i] ?? 0) | ((bytes[2 * i + 1] ?? 0) << 8);
  return words;
}
