import { type JsonDataSet, type JsonElement, text } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';

const explicitLittleEndian = '1.2.840.10008.1.2.1';
/** Names this writer in the File Meta Information (PS3.7 D.3.3.2). */
const implementation = {
  classUID: '2.25.210486130961325158834361905163206462537',
  versionName: 'ISOCENTER_VIEWER',
};

/** PS3.5 7.1.2: VRs with two reserved bytes and a length of four. */
const longVRs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
/** VRs whose one value may hold a backslash (PS3.5 6.2). */
const singleValued = new Set(['LT', 'ST', 'UR', 'UT']);

const numberWriters: Readonly<
  Record<string, readonly [size: number, (view: DataView, at: number, value: number) => void]>
> = {
  US: [2, (view, at, value) => view.setUint16(at, value, true)],
  SS: [2, (view, at, value) => view.setInt16(at, value, true)],
  UL: [4, (view, at, value) => view.setUint32(at, value, true)],
  SL: [4, (view, at, value) => view.setInt32(at, value, true)],
  FL: [4, (view, at, value) => view.setFloat32(at, value, true)],
  FD: [8, (view, at, value) => view.setFloat64(at, value, true)],
};

/** A data set that can't be written, with the tag that is the reason. */
export class WriteError extends Error {
  constructor(tag: string, reason: string) {
    super(`${tag}: ${reason}`);
    this.name = 'WriteError';
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function padded(bytes: Uint8Array, padding: number): Uint8Array {
  return bytes.length % 2 === 0 ? bytes : join([bytes, Uint8Array.of(padding)]);
}

/** PS3.5 6.2.1.1: the three groups of a name, without what is empty at the end. */
function nameText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? value : '';
  const groups = value as Record<string, unknown>;
  return ['Alphabetic', 'Ideographic', 'Phonetic']
    .map((group) => (typeof groups[group] === 'string' ? groups[group] : ''))
    .join('=')
    .replace(/=+$/, '');
}

function textBytes(tag: string, vr: string, values: readonly unknown[]): Uint8Array {
  const texts = values.map((value) =>
    vr === 'PN' ? nameText(value) : value === null || value === undefined ? '' : String(value),
  );
  if (!singleValued.has(vr) && texts.some((entry) => entry.includes('\\')))
    throw new WriteError(tag, 'a value holds a backslash');
  return padded(new TextEncoder().encode(texts.join('\\')), vr === 'UI' ? 0 : 0x20);
}

function numberBytes(tag: string, vr: string, values: readonly unknown[]): Uint8Array {
  const [size, write] = numberWriters[vr] ?? [0, () => {}];
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) {
    if (typeof value !== 'number') throw new WriteError(tag, 'a value is no number');
    write(view, index * size, value);
  }
  return bytes;
}

/** AT values are tags as text in JSON, and two 16-bit numbers in files. */
function tagBytes(values: readonly unknown[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) {
    view.setUint16(index * 4, Number.parseInt(String(value).slice(0, 4), 16), true);
    view.setUint16(index * 4 + 2, Number.parseInt(String(value).slice(4, 8), 16), true);
  }
  return bytes;
}

/** Whether text of its own, not of items within it, has letters beyond ASCII. */
function hasForeignText(dataSet: JsonDataSet): boolean {
  return Object.values(dataSet).some(
    (element) => element?.vr !== 'SQ' && /[^\0-\x7f]/.test(JSON.stringify(element?.Value ?? '')),
  );
}

/** An item may name its character set (PS3.5 7.5.3): dcmjs, and so OHIF, forgets that of the document in items. */
function withCharacterSet(item: JsonDataSet): JsonDataSet {
  if (!hasForeignText(item)) return item;
  return { [tags.SpecificCharacterSet]: { vr: 'CS', Value: ['ISO_IR 192'] }, ...item };
}

function sequenceBytes(values: readonly unknown[]): Uint8Array {
  return join(
    values.flatMap((value) => {
      const item = dataSetBytes(withCharacterSet((value ?? {}) as JsonDataSet));
      const head = new Uint8Array(8);
      const view = new DataView(head.buffer);
      view.setUint16(0, 0xfffe, true);
      view.setUint16(2, 0xe000, true);
      view.setUint32(4, item.length, true);
      return [head, item];
    }),
  );
}

function valueBytes(tag: string, vr: string, element: JsonElement): Uint8Array {
  if (element.BulkDataURI !== undefined) throw new WriteError(tag, 'its value is not here');
  if (element.InlineBinary !== undefined) {
    const binary = atob(element.InlineBinary);
    return padded(
      Uint8Array.from(binary, (character) => character.charCodeAt(0)),
      0,
    );
  }
  const values = element.Value ?? [];
  if (vr === 'SQ') return sequenceBytes(values);
  if (vr === 'AT') return tagBytes(values);
  if (vr in numberWriters) return numberBytes(tag, vr, values);
  return textBytes(tag, vr, values);
}

function elementBytes(tag: string, element: JsonElement): Uint8Array {
  const vr = element.vr ?? 'UN';
  const value = valueBytes(tag, vr, element);
  const isLong = longVRs.has(vr);
  if (!isLong && value.length > 0xffff)
    throw new WriteError(tag, `${value.length} bytes are too many for ${vr}`);
  const head = new Uint8Array(isLong ? 12 : 8);
  const view = new DataView(head.buffer);
  view.setUint16(0, Number.parseInt(tag.slice(0, 4), 16), true);
  view.setUint16(2, Number.parseInt(tag.slice(4, 8), 16), true);
  head.set(new TextEncoder().encode(vr), 4);
  if (isLong) view.setUint32(8, value.length, true);
  else view.setUint16(6, value.length, true);
  return join([head, value]);
}

function dataSetBytes(dataSet: JsonDataSet): Uint8Array {
  return join(
    Object.keys(dataSet)
      .sort()
      .flatMap((tag) => {
        const element = dataSet[tag];
        return element ? [elementBytes(tag, element)] : [];
      }),
  );
}

/**
 * A data set of the DICOM JSON model as a DICOM file (PS3.10 7): Explicit VR Little Endian, sequences of defined length. The
 * data set must say of itself that it is UTF-8 (ISO_IR 192). @throws WriteError
 */
export function writePart10(dataSet: JsonDataSet): Uint8Array<ArrayBuffer> {
  const element = (vr: string, value: string): JsonElement => ({ vr, Value: [value] });
  const meta = dataSetBytes({
    '00020001': { vr: 'OB', InlineBinary: btoa('\0\x01') },
    '00020002': element('UI', text(dataSet, tags.SOPClassUID) ?? ''),
    '00020003': element('UI', text(dataSet, tags.SOPInstanceUID) ?? ''),
    '00020010': element('UI', explicitLittleEndian),
    '00020012': element('UI', implementation.classUID),
    '00020013': element('SH', implementation.versionName),
  });
  const preamble = new Uint8Array(132);
  preamble.set(new TextEncoder().encode('DICM'), 128);
  const length = dataSetBytes({ '00020000': { vr: 'UL', Value: [meta.length] } });
  return join([preamble, length, meta, dataSetBytes(dataSet)]);
}
