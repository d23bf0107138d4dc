import type { DataElement } from '../../../../server/dicom/data-set.ts';
import { DicomReadError } from '../../../../server/dicom/dicom-errors.ts';
import { type ParsedInstance, Part10Reader } from '../../../../server/dicom/read/part10-reader.ts';
import type { ReadLimits } from '../../../../server/dicom/read/read-limits.ts';

/** Elements written byte by byte, also wrong ones, which makeInstance doesn't write. */

const longLengths = ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'];

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function tagBytes(tag: string): Buffer {
  return Buffer.concat([u16(Number.parseInt(tag.slice(0, 4), 16)), u16(Number.parseInt(tag.slice(4), 16))]);
}

/** An element in explicit VR little endian. `length`: what it declares, if not the truth. */
export function explicit(tag: string, vr: string, value: string | Uint8Array, length?: number): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : Buffer.from(value);
  const declared = length ?? bytes.length;
  const head = longLengths.includes(vr) ? [Buffer.alloc(2), u32(declared)] : [u16(declared)];
  return Buffer.concat([tagBytes(tag), Buffer.from(vr, 'latin1'), ...head, bytes]);
}

/** An element in implicit VR little endian; an item too. */
export function implicit(tag: string, value: string | Uint8Array, length?: number): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : Buffer.from(value);
  return Buffer.concat([tagBytes(tag), u32(length ?? bytes.length), bytes]);
}

export function item(...content: Uint8Array[]): Buffer {
  return implicit('FFFEE000', Buffer.concat(content));
}

export const openItem = implicit('FFFEE000', '', 0xffffffff);
export const endItem = implicit('FFFEE00D', '');
export const endSequence = implicit('FFFEE0DD', '');

export function openSequence(tag: string, vr = 'SQ'): Buffer {
  return explicit(tag, vr, '', 0xffffffff);
}

/** Preamble, file meta information of the transfer syntax, and this data set. */
export function file(dataSet: Uint8Array | Uint8Array[], transferSyntaxUID = '1.2.840.10008.1.2.1'): Buffer {
  const uid = transferSyntaxUID.length % 2 === 0 ? transferSyntaxUID : `${transferSyntaxUID}\0`;
  const meta = explicit('00020010', 'UI', uid);
  const head = [Buffer.alloc(128), Buffer.from('DICM'), explicit('00020000', 'UL', u32(meta.length)), meta];
  return Buffer.concat([...head, ...(Array.isArray(dataSet) ? dataSet : [dataSet])]);
}

/** Reads an instance, handed over in chunks of this size. */
export async function read(
  bytes: Uint8Array,
  options: { chunkBytes?: number; limits?: Partial<ReadLimits> } = {},
): Promise<ParsedInstance> {
  const { chunkBytes = Math.max(1, bytes.length), limits = {} } = options;
  const reader = new Part10Reader({ limits });
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    // a buffer of its own each time, overwritten afterwards: the reader may not hold on to it
    const chunk = Uint8Array.from(bytes.subarray(at, at + chunkBytes));
    await reader.write(chunk);
    chunk.fill(0xaa);
  }
  return reader.end();
}

/** The data set of an explicit VR little endian file with these elements. */
export async function readElements(...elements: Uint8Array[]): Promise<ParsedInstance['dataSet']> {
  return (await read(file(elements))).dataSet;
}

/** The only element of a file. */
export async function readValue(
  tag: string,
  vr: string,
  value: string | Uint8Array,
): Promise<DataElement | undefined> {
  return (await readElements(explicit(tag, vr, value)))[tag];
}

/** The error of reading, `undefined` when it succeeds; anything but a `DicomReadError` is thrown on. */
export async function readError(
  bytes: Uint8Array,
  options: Parameters<typeof read>[1] = {},
): Promise<DicomReadError | undefined> {
  try {
    await read(bytes, options);
    return undefined;
  } catch (error) {
    if (error instanceof DicomReadError) return error;
    throw error;
  }
}
