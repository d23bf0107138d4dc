/** One attribute of the DICOM JSON model (PS3.18 Annex F.2). */
export interface JsonElement {
  readonly vr?: string;
  readonly Value?: readonly unknown[];
  /** Base64; multi-byte values little endian (F.2.7). */
  readonly InlineBinary?: string;
  readonly BulkDataURI?: string;
}

/** A data set of the DICOM JSON model: eight upper-case hexadecimal digits -> attribute. */
export type JsonDataSet = Readonly<Record<string, JsonElement | undefined>>;

/** The values of an attribute; empty when it is absent or empty. */
export function values(dataSet: JsonDataSet, tag: string): readonly unknown[] {
  return dataSet[tag]?.Value ?? [];
}

/** The first value as trimmed text; undefined when absent, empty or not text. */
export function text(dataSet: JsonDataSet, tag: string): string | undefined {
  const [value] = values(dataSet, tag);
  if (typeof value === 'number') return String(value);
  const trimmed = typeof value === 'string' ? value.trim() : '';
  return trimmed === '' ? undefined : trimmed;
}

/** All values as trimmed text; an empty value of several is kept as an empty string, so that positions hold. */
export function texts(dataSet: JsonDataSet, tag: string): string[] {
  return values(dataSet, tag).map((value) =>
    typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '',
  );
}

/**
 * All values as numbers, at their places. DS and IS may be JSON strings (F.2.3); a value that is empty (null, F.2.5) or no
 * finite number is undefined.
 */
export function numbers(dataSet: JsonDataSet, tag: string): (number | undefined)[] {
  return values(dataSet, tag).map((value) => {
    const isWritten = typeof value === 'string' && value.trim() !== '';
    const read = typeof value === 'number' || isWritten ? Number(value) : NaN;
    return Number.isFinite(read) ? read : undefined;
  });
}

/** The first value as a number, or undefined. */
export function number(dataSet: JsonDataSet, tag: string): number | undefined {
  return numbers(dataSet, tag)[0];
}

/** The items of a sequence; empty when absent. */
export function items(dataSet: JsonDataSet, tag: string): readonly JsonDataSet[] {
  return values(dataSet, tag).filter(
    (value): value is JsonDataSet => typeof value === 'object' && value !== null,
  );
}

/** The bytes of an attribute that the server put inline, or undefined. */
export function inlineBytes(dataSet: JsonDataSet, tag: string): Uint8Array | undefined {
  const base64 = dataSet[tag]?.InlineBinary;
  if (base64 === undefined) return undefined;
  const binary = atob(base64);
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
