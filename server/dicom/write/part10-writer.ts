import { stringOf } from '../attributes.ts';
import type { DataElement, DataSet } from '../data-set.ts';
import { DataSetError } from '../dicom-errors.ts';
import { pathOf } from '../models/data-set-building.ts';
import {
  itemDelimitationTag,
  itemTag,
  sequenceDelimitationTag,
  undefinedLength,
} from '../read/element-header.ts';
import { type VrTraits, vrTraits } from '../value-representations.ts';
import { explicitHeader, itemHeader, textElement, writableVr } from './explicit-elements.ts';
import { fileHead } from './re-encode-part10.ts';
import { longestNativeBytes } from './re-encode-pixel-data.ts';
import { encodeValues } from './value-encoding.ts';

/** A value whose bytes lie elsewhere, in little endian order. */
export interface BulkValue {
  sizeBytes: number;
  /** Gives exactly `sizeBytes`. */
  read(): AsyncIterable<Uint8Array>;
}

/** What takes the place of a root-level Pixel Data (7FE0,0010) whose transfer syntax encapsulates it (PS3.5 A.4). */
export interface EncapsulatedPixels {
  /** `frames`: a compressed image each. `stream`: the pieces of one video. */
  kind: 'frames' | 'stream';
  values: readonly BulkValue[];
}

export interface Part10Content {
  /** Of the DICOM JSON Model, its shape checked. */
  dataSet: DataSet;
  /** Explicit VR little endian, or one that encapsulates pixel data. */
  transferSyntaxUID: string;
  /** What a BulkDataURI stands for; `path` names the element. Throws a `DataSetError` where it stands for nothing. */
  bulkValue: (uri: string, path: string) => BulkValue;
  encapsulated?: EncapsulatedPixels | undefined;
}

/** The bytes of a file, with bulk values still to be read. */
export interface Part10Plan {
  sizeBytes: number;
  pieces: readonly (Uint8Array | BulkValue)[];
}

const SPECIFIC_CHARACTER_SET = '00080005';
const PIXEL_DATA = '7FE00010';
const OFFSET_TABLES = ['7FE00001', '7FE00002'];

/**
 * Lays out a Part 10 file (PS3.10 7) in Explicit VR Little Endian: all but bulk values is encoded and checked now, so that a data
 * set that can't be written fails before its first byte. Text is in UTF-8 and Specific Character Set says so (PS3.18 F.2.4); group lengths
 * and group 0002 of `dataSet` are left out; the same content always gives the same bytes. Throws a `DataSetError` that names the
 * element.
 */
export function planPart10(content: Part10Content): Part10Plan {
  const writer = new DataSetWriter(content);
  writer.writeRoot();
  const head = fileHead({
    sopClassUID: stringOf(content.dataSet, 'SOPClassUID') ?? '',
    sopInstanceUID: stringOf(content.dataSet, 'SOPInstanceUID') ?? '',
    transferSyntaxUID: content.transferSyntaxUID,
  });
  const pieces = [head, ...writer.pieces];
  const sizeBytes = pieces.reduce((sum, piece) => sum + sizeOf(piece), 0);
  return { sizeBytes, pieces };
}

/** The bytes of a plan, bulk values streamed in. Throws where one has another length than it said. */
export async function* writePart10({ pieces }: Part10Plan): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) {
      yield piece;
      continue;
    }
    let left = piece.sizeBytes;
    for await (const chunk of piece.read()) {
      left -= chunk.length;
      yield chunk;
    }
    if (left !== 0) throw new Error('a bulk value has another length than it had');
  }
}

function sizeOf(piece: Uint8Array | BulkValue): number {
  return piece instanceof Uint8Array ? piece.length : piece.sizeBytes;
}

const CHUNK_BYTES = 65_536;

/** One for all plans: laying one out is never interrupted, and what is in it is copied before another begins. */
const gathered = new Uint8Array(CHUNK_BYTES);

/** Gathers the many small pieces of a data set into few large ones. */
class PieceCollector {
  readonly pieces: (Uint8Array | BulkValue)[] = [];
  #used = 0;

  bytes(bytes: Uint8Array): void {
    if (bytes.length > CHUNK_BYTES / 2) {
      this.flush();
      this.pieces.push(bytes);
      return;
    }
    if (this.#used + bytes.length > CHUNK_BYTES) this.flush();
    gathered.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  bulk(value: BulkValue): void {
    this.flush();
    this.pieces.push(value);
  }

  /** What comes next begins a piece of its own. */
  flush(): void {
    if (this.#used === 0) return;
    // A copy: of 100,000 frames each has a few bytes before it.
    this.pieces.push(gathered.slice(0, this.#used));
    this.#used = 0;
  }
}

class DataSetWriter {
  readonly #content: Part10Content;
  readonly #out = new PieceCollector();
  #isAscii = true;

  constructor(content: Part10Content) {
    this.#content = content;
  }

  get pieces(): (Uint8Array | BulkValue)[] {
    return this.#out.pieces;
  }

  writeRoot(): void {
    const { dataSet, encapsulated } = this.#content;
    const hasCharacterSet = dataSet[SPECIFIC_CHARACTER_SET] !== undefined;
    let place = 0;
    for (const tag of tagsOf(dataSet, '')) {
      if (tag === SPECIFIC_CHARACTER_SET) continue;
      if (encapsulated && OFFSET_TABLES.includes(tag)) continue;
      if (encapsulated && tag === PIXEL_DATA) this.#writeEncapsulated(encapsulated);
      else this.#writeElement(tag, dataSet[tag] as DataElement, '');
      if (tag < SPECIFIC_CHARACTER_SET) {
        this.#out.flush();
        place = this.pieces.length;
      }
    }
    this.#out.flush();
    if (hasCharacterSet || !this.#isAscii)
      this.pieces.splice(place, 0, textElement(0x00080005, 'CS', 'ISO_IR 192'));
  }

  #writeElement(tag: string, element: DataElement, parent: string): void {
    const path = pathOf(parent, tag);
    const traits = vrTraits(element.vr);
    const number = Number.parseInt(tag, 16);
    if (traits.kind === 'sequence') this.#writeSequence(number, element, path);
    else if (element.BulkDataURI !== undefined) this.#writeBulk(number, element.BulkDataURI, traits, path);
    else this.#writeBytes(number, this.#bytesOf(element, traits, path), traits, path);
  }

  #bytesOf({ InlineBinary, Value }: DataElement, traits: VrTraits, path: string): Uint8Array {
    if (InlineBinary !== undefined) return Buffer.from(InlineBinary, 'base64');
    if (!Value) return new Uint8Array(0);
    const bytes = encodeValues(Value, traits, path);
    if (traits.charset && bytes.some((byte) => byte >= 0x80)) this.#isAscii = false;
    return bytes;
  }

  #writeBytes(tag: number, bytes: Uint8Array, traits: VrTraits, path: string): void {
    this.#writeHeader(tag, bytes.length, traits, path);
    this.#out.bytes(bytes);
    this.#pad(bytes.length, traits);
  }

  #writeBulk(tag: number, uri: string, traits: VrTraits, path: string): void {
    if (!traits.bulk) throw new DataSetError(`VR ${traits.vr} takes no BulkDataURI (PS3.18 F.2.2)`, path);
    const value = this.#content.bulkValue(uri, path);
    if (value.sizeBytes > longestNativeBytes)
      throw new DataSetError('a value of more than 4 GiB, which only compressed pixel data can have', path);
    // Bytes of text in an encoding that is not known here: UTF-8, as the rest is.
    if (traits.charset) this.#isAscii = false;
    this.#writeHeader(tag, value.sizeBytes, traits, path);
    this.#out.bulk(value);
    this.#pad(value.sizeBytes, traits);
  }

  /** PS3.5 7.1.1: an even length; text is padded with a space, UIDs and binary values with a zero byte. */
  #pad(sizeBytes: number, { kind, vr }: VrTraits): void {
    if (sizeBytes % 2 === 1) this.#out.bytes(Uint8Array.of(kind === 'text' && vr !== 'UI' ? 0x20 : 0));
  }

  #writeHeader(tag: number, sizeBytes: number, traits: VrTraits, path: string): void {
    if (traits.kind !== 'text' && sizeBytes % traits.unitBytes !== 0)
      throw new DataSetError(
        `${sizeBytes} bytes, no multiple of the ${traits.unitBytes} of VR ${traits.vr}`,
        path,
      );
    const length = sizeBytes + (sizeBytes % 2);
    this.#out.bytes(explicitHeader(tag, writableVr(traits, length), length));
  }

  #writeSequence(tag: number, { Value = [], BulkDataURI, InlineBinary }: DataElement, path: string): void {
    if (BulkDataURI !== undefined || InlineBinary !== undefined)
      throw new DataSetError('a sequence has items', path);
    if (Value.length === 0) {
      this.#out.bytes(explicitHeader(tag, vrTraits('SQ'), 0));
      return;
    }
    this.#out.bytes(explicitHeader(tag, vrTraits('SQ'), undefinedLength));
    Value.forEach((item, i) => {
      const dataSet = (item ?? {}) as DataSet;
      const own = `${path}[${i + 1}]`;
      this.#out.bytes(itemHeader(itemTag));
      for (const one of tagsOf(dataSet, own)) {
        // The whole file is in one character set.
        if (one !== SPECIFIC_CHARACTER_SET) this.#writeElement(one, dataSet[one] as DataElement, own);
      }
      this.#out.bytes(itemHeader(itemDelimitationTag, 0));
    });
    this.#out.bytes(itemHeader(sequenceDelimitationTag, 0));
  }

  #writeEncapsulated({ kind, values }: EncapsulatedPixels): void {
    const tag = Number.parseInt(PIXEL_DATA, 16);
    const path = pathOf('', PIXEL_DATA);
    const table = kind === 'frames' ? basicOffsetTable(values) : new Uint8Array(0);
    this.#out.bytes(explicitHeader(tag, vrTraits('OB'), undefinedLength));
    this.#out.bytes(itemHeader(itemTag, table.length));
    this.#out.bytes(table);
    for (const value of values) {
      const length = value.sizeBytes + (value.sizeBytes % 2);
      if (length > longestNativeBytes) throw new DataSetError('a fragment of more than 4 GiB', path);
      this.#out.bytes(itemHeader(itemTag, length));
      this.#out.bulk(value);
      this.#pad(value.sizeBytes, vrTraits('OB'));
    }
    this.#out.bytes(itemHeader(sequenceDelimitationTag, 0));
  }
}

/** PS3.5 A.4: where each frame's only fragment begins, from the first one's item on; empty where that takes more than 32 bits. */
function basicOffsetTable(frames: readonly BulkValue[]): Uint8Array {
  const table = Buffer.alloc(frames.length * 4);
  let offset = 0;
  for (const [i, { sizeBytes }] of frames.entries()) {
    if (offset > 0xffffffff) return new Uint8Array(0);
    table.writeUInt32LE(offset, i * 4);
    offset += 8 + sizeBytes + (sizeBytes % 2);
  }
  return table;
}

/** The tags to write, in order. */
function tagsOf(dataSet: DataSet, path: string): string[] {
  return Object.keys(dataSet)
    .filter((tag) => {
      const group = tag.slice(0, 4);
      if (group === 'FFFE' || group === '0000')
        throw new DataSetError('it is not of a data set', pathOf(path, tag));
      // PS3.5 7.2: group lengths are retired. PS3.18 F.2: group 0002 is made anew.
      return group !== '0002' && !tag.endsWith('0000');
    })
    .sort();
}
