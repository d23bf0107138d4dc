import { implementationClassUID, implementationVersionName } from '../implementation.ts';
import { itemTag, newElementHeader, readElementHeader, undefinedLength } from '../read/element-header.ts';
import { detectEncoding, type Encoding } from '../read/encoding-detection.ts';
import type { ForwardReader } from '../read/forward-reader.ts';
import { vrFromDictionary } from '../read/implicit-vr.ts';
import { transferSyntaxOf } from '../transfer-syntaxes.ts';
import { explicitElement, longElement, textElement } from './explicit-elements.ts';
import type { ReEncodingChanges } from './re-encode-changes.ts';
import { type PixelDataInstead, reEncodeDataSet } from './re-encode-data-set.ts';

const preambleBytes = 128;
/** Longer values of group 0002 (private information) are left out. */
const longestMetaValueBytes = 65536;
/** What is written anew: the version, class, instance, transfer syntax and implementation. */
const writtenAnew = [0x00020000, 0x00020001, 0x00020002, 0x00020003, 0x00020010, 0x00020012, 0x00020013];

/** What the File Meta Information of the new file says (PS3.10 7.1). */
export interface NewFileMeta {
  sopClassUID: string;
  sopInstanceUID: string;
  transferSyntaxUID: string;
}

export interface Part10ReEncoding {
  meta: NewFileMeta;
  /** In which the data set is stored. */
  storedTransferSyntaxUID: string;
  changes: ReEncodingChanges;
  pixelData: PixelDataInstead | undefined;
}

/**
 * Writes a stored instance as a file of another transfer syntax (PS3.10 7): an empty preamble, new File Meta Information, the data
 * set in Explicit VR Little Endian by `reEncodeDataSet`. `file` reads from the beginning of the stored file, `dataSet` from its
 * data set on, inflated where that is deflated; `undefined` where it follows in `file`. Throws `DicomReadError`.
 */
export async function* reEncodePart10(
  file: ForwardReader,
  dataSet: ForwardReader | undefined,
  { meta, storedTransferSyntaxUID, changes, pixelData }: Part10ReEncoding,
): AsyncGenerator<Uint8Array> {
  const kept = await readFileMeta(file);
  yield fileHead(meta, kept);
  const encoding = transferSyntaxOf(storedTransferSyntaxUID);
  yield* reEncodeDataSet(dataSet ?? file, encoding, changes, pixelData);
}

/** Preamble, prefix and File Meta Information. `kept`: further encoded elements of group 0002, in order. */
export function fileHead(meta: NewFileMeta, kept: Uint8Array = new Uint8Array(0)): Uint8Array {
  const group = Buffer.concat([
    explicitElement(0x00020001, 'OB', Uint8Array.of(0, 1)),
    textElement(0x00020002, 'UI', meta.sopClassUID),
    textElement(0x00020003, 'UI', meta.sopInstanceUID),
    textElement(0x00020010, 'UI', meta.transferSyntaxUID),
    textElement(0x00020012, 'UI', implementationClassUID),
    textElement(0x00020013, 'SH', implementationVersionName),
    kept,
  ]);
  const prefix = Buffer.concat([Buffer.alloc(preambleBytes), Buffer.from('DICM')]);
  return Buffer.concat([prefix, longElement(0x00020000, group.length), group]);
}

/** Passes over the head of a file; answers the elements of its group 0002 that a new file keeps, encoded. */
async function readFileMeta(reader: ForwardReader): Promise<Uint8Array> {
  await skipPreamble(reader);
  const kept: Uint8Array[] = [];
  const encoding = (await reader.fill(8)) ? detectEncoding(reader.queue) : undefined;
  if (!encoding) return new Uint8Array(0);
  while ((await reader.fill(8)) && reader.queue.u16(0, encoding.bigEndian) === 2) {
    const element = await readMetaElement(reader, encoding);
    if (element) kept.push(element);
  }
  return Buffer.concat(kept);
}

async function skipPreamble(reader: ForwardReader): Promise<void> {
  const hasPrefix = async (at: number) =>
    (await reader.fill(at + 4)) && String.fromCharCode(...bytesAt(reader, at, 4)) === 'DICM';
  if (await hasPrefix(preambleBytes)) await reader.skipTo(preambleBytes + 4);
  else if (await hasPrefix(0)) await reader.skipTo(4);
}

function bytesAt({ queue }: ForwardReader, at: number, length: number): Uint8Array {
  return queue.bytes.subarray(queue.position + at, queue.position + at + length);
}

async function readMetaElement(reader: ForwardReader, encoding: Encoding): Promise<Uint8Array | undefined> {
  const header = newElementHeader();
  for (;;) {
    const needed = readElementHeader(reader.queue, encoding, header);
    if (needed === 0) break;
    if (!(await reader.fill(needed))) return undefined;
  }
  const { tag, length, headerBytes, traits } = header;
  reader.queue.position += headerBytes;
  if (length === undefinedLength || tag === itemTag || length > longestMetaValueBytes || encoding.bigEndian) {
    await reader.skipTo(reader.offset + (length === undefinedLength ? 0 : length));
    return undefined;
  }
  const value = await reader.take(length);
  if (writtenAnew.includes(tag)) return undefined;
  return explicitElement(tag, (traits ?? vrFromDictionary(tag, 0)).vr, value);
}
