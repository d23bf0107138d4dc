import { DicomReadError } from '../dicom-errors.ts';
import {
  itemDelimitationTag,
  itemTag,
  newElementHeader,
  readElementHeader,
  sequenceDelimitationTag,
  undefinedLength,
} from '../read/element-header.ts';
import { resolveVr, sequenceTraits, unknownTraits } from '../read/element-vr.ts';
import type { Encoding } from '../read/encoding-detection.ts';
import type { ForwardReader } from '../read/forward-reader.ts';
import { isLutDescriptor } from '../read/implicit-vr.ts';
import { correctDataSetEncoding, correctItemEncoding } from '../read/item-encoding.ts';
import { ReadContext } from '../read/read-context.ts';
import { defaultReadLimits } from '../read/read-limits.ts';
import { type Level, rootLevel, SequenceStack } from '../read/sequence-stack.ts';
import { swapped, swappedStream } from '../read/value-conversion.ts';
import { tagInWords, tagText } from '../tag-text.ts';
import { type VrTraits, vrTraits } from '../value-representations.ts';
import { explicitHeader, itemHeader, writableVr } from './explicit-elements.ts';
import { PendingChanges, type ReEncodingChanges } from './re-encode-changes.ts';

/** Output is handed on in pieces of about this size. */
const pieceBytes = 32 * 1024;
/** Values up to here are written in one go, longer ones pass through piece by piece. */
const wholeValueBytes = 64 * 1024;

const implicitLittleEndian: Encoding = { implicit: true, bigEndian: false };
const undecoded = { decode: () => '' };

/** The pixel data of the data set itself: what stands for it. */
export interface PixelDataInstead {
  /** Of the stored element (7FE00010, or of float pixel data). */
  tag: number;
  /** Where the stored element ends, its delimiter included; as the reader counts. */
  endOffset: number;
  /** Whole elements. The reader stands at the stored value, of which as much may be read as is wanted. */
  write(reader: ForwardReader): AsyncIterable<Uint8Array>;
}

/**
 * Writes a stored data set in Explicit VR Little Endian, element by element as its bytes arrive (PS3.5 7.1, A.2), with `changes`.
 *
 * What is Explicit VR Little Endian already is copied byte for byte, sequences and items with their lengths. From other encodings
 * sequences come with undefined lengths; values keep their bytes but for the byte order; VRs come from the dictionary, UN for
 * what it doesn't know (PS3.5 6.2.2), the items of such sequences as they are. Group lengths (PS3.5 7.2) are left out, and what
 * follows the last element. Memory doesn't depend on the length of the data set. Throws `DicomReadError`.
 */
export async function* reEncodeDataSet(
  reader: ForwardReader,
  encoding: Encoding,
  changes: ReEncodingChanges,
  pixelData: PixelDataInstead | undefined,
): AsyncGenerator<Uint8Array> {
  const run = new ReEncoder(reader, encoding, changes, pixelData);
  for (;;) {
    const step = await run.step();
    if (step === 'end') break;
    if (step) {
      yield run.drain();
      yield* step;
    } else if (run.bytesWaiting >= pieceBytes) yield run.drain();
  }
  yield run.drain();
}

class ReEncoder {
  bytesWaiting = 0;
  private waiting: Uint8Array[] = [];
  private readonly reader: ForwardReader;
  private readonly stack: SequenceStack;
  private readonly pending: PendingChanges;
  private readonly pixelData: PixelDataInstead | undefined;
  private readonly context = new ReadContext(defaultReadLimits);
  private readonly header = newElementHeader();
  /** Set once the encoding of the data set is certain: nothing needs another header. */
  private copies = false;
  /** An element of the data set that is left out is passed over, with all that is in it. */
  private muted = false;
  private pixelDataPassed = false;

  constructor(
    reader: ForwardReader,
    encoding: Encoding,
    changes: ReEncodingChanges,
    pixelData: PixelDataInstead | undefined,
  ) {
    this.reader = reader;
    this.pending = new PendingChanges(changes);
    this.pixelData = pixelData;
    this.stack = new SequenceStack(rootLevel(encoding, undecoded), defaultReadLimits.depth);
  }

  drain(): Uint8Array {
    const bytes = Buffer.concat(this.waiting);
    this.waiting = [];
    this.bytesWaiting = 0;
    return bytes;
  }

  /** One element, item or delimiter. Bytes to be handed on after those that wait, where there are many. */
  async step(): Promise<AsyncIterable<Uint8Array> | 'end' | undefined> {
    const { stack, reader } = this;
    if (stack.depth === 0) this.muted = false;
    if (reader.offset === stack.top.endOffset) {
      this.close();
      return undefined;
    }
    return stack.top.kind === 'items' ? this.item() : this.element();
  }

  private write(bytes: Uint8Array): void {
    if (this.muted) return;
    this.waiting.push(bytes);
    this.bytesWaiting += bytes.length;
  }

  /** True where the bytes at this level stay as they are. */
  private get verbatim(): boolean {
    return this.copies || this.stack.top.insideUnknown;
  }

  /** Ends the sequence or item on top. */
  private close(delimiter?: Uint8Array): void {
    const { top } = this.stack;
    if (this.verbatim) {
      if (delimiter) this.write(delimiter);
    } else this.write(itemHeader(top.kind === 'items' ? sequenceDelimitationTag : itemDelimitationTag, 0));
    this.stack.pop();
  }

  private async item(): Promise<AsyncIterable<Uint8Array> | undefined> {
    const { reader, header, stack } = this;
    const { top } = stack;
    await this.need(8);
    readElementHeader(reader.queue, top, header);
    const raw = this.rawHeader(8);
    if (header.tag === sequenceDelimitationTag && top.undefinedLength) {
      this.close(raw);
      return undefined;
    }
    if (header.tag !== itemTag) throw this.malformed(`${tagInWords(header.tag)} where an item belongs`);
    const isUndefined = header.length === undefinedLength;
    if (this.verbatim) {
      this.write(raw);
      if (!isUndefined) return this.pass(header.length, 1);
    } else this.write(itemHeader(itemTag));
    stack.pushItem(isUndefined ? Number.POSITIVE_INFINITY : reader.offset + header.length);
    return undefined;
  }

  private async element(): Promise<AsyncIterable<Uint8Array> | 'end' | undefined> {
    const { reader, header, stack } = this;
    const { top } = stack;
    if (top.lastTag === -1) await this.begin(top);
    if (!(await this.readHeader(top))) return this.end();
    const { tag } = header;
    if (tag >>> 16 === 0xfffe) {
      if (stack.depth === 0 && this.pixelDataPassed) return this.end();
      if (tag !== itemDelimitationTag || !top.undefinedLength)
        throw this.malformed(`${tagInWords(tag)} where an element belongs`);
      this.close(this.rawHeader(8));
      return undefined;
    }
    if (stack.depth === 0) {
      if (this.isAfterTheEnd(top)) return this.end();
      this.write(this.pending.before(tag));
      this.muted = this.pending.replaces(tag);
      if (tag === this.pixelData?.tag && !this.pixelDataPassed) return this.replacePixelData(this.pixelData);
      if (tag % 65536 === 0) this.muted = true;
    }
    const traits = resolveVr(header, top.pixelRepresentation, this.context, tagText(tag), reader.offset);
    top.lastTag = tag;
    return this.verbatim ? this.copy(traits) : this.convert(top, traits);
  }

  /** Finds out how a data set or item is encoded that may contradict what contains it. */
  private async begin(top: Level): Promise<void> {
    const { reader, stack } = this;
    if (await reader.fill(8)) {
      if (stack.depth > 0) correctItemEncoding(reader.queue, top, this.context, '');
      else correctDataSetEncoding(reader.queue, top, this.context);
    }
    if (stack.depth === 0) this.copies = !top.implicit && !top.bigEndian;
  }

  /** False at the end of all bytes: fewer than a header, which the reader found to be padding when the object was stored. */
  private async readHeader(top: Level): Promise<boolean> {
    const { reader, header } = this;
    for (;;) {
      const needed = readElementHeader(reader.queue, top, header);
      if (needed === 0) return true;
      if (await reader.fill(needed)) continue;
      if (this.stack.depth > 0) throw this.truncated();
      return false;
    }
  }

  private end(): 'end' {
    this.muted = false;
    this.write(this.pending.rest());
    return 'end';
  }

  /** As the reader has it: padding or garbage behind the last element. */
  private isAfterTheEnd(top: Level): boolean {
    const { tag, problem } = this.header;
    if (top.lastTag !== -1 && tag < 0x00010000) return true;
    return this.pixelDataPassed && (tag <= top.lastTag || problem === 'no-vr');
  }

  private async *replacePixelData(instead: PixelDataInstead): AsyncGenerator<Uint8Array> {
    const { reader, header, stack } = this;
    this.pixelDataPassed = true;
    stack.top.lastTag = header.tag;
    reader.queue.position += header.headerBytes;
    yield* instead.write(reader);
    await reader.skipTo(instead.endOffset);
  }

  /** Copies an element as it is; one of undefined length item by item, to find its end. */
  private async copy(traits: VrTraits): Promise<AsyncIterable<Uint8Array> | undefined> {
    const { header, stack } = this;
    const { tag, length } = header;
    const raw = this.rawHeader(header.headerBytes);
    if (length === undefinedLength) {
      this.write(raw);
      return this.openUndefined(traits);
    }
    const first = stack.depth === 0 ? this.pending.firstItemOf(tag) : undefined;
    if (first) {
      this.write(explicitHeader(tag, sequenceTraits, length + first.length));
      this.write(first);
    } else if (header.problem === 'no-vr' && !stack.top.insideUnknown)
      this.write(explicitHeader(tag, writableVr(traits, length), length));
    else this.write(raw);
    return this.pass(length, 1);
  }

  private async convert(top: Level, resolved: VrTraits): Promise<AsyncIterable<Uint8Array> | undefined> {
    const { header, reader } = this;
    const { tag, length, headerBytes } = header;
    if (tag % 65536 === 0) {
      reader.queue.position += headerBytes;
      await reader.skipTo(reader.offset + length);
      return undefined;
    }
    // PS3.5 6.2.2: what is written as UN stays as it is
    const traits = header.traits === unknownTraits ? unknownTraits : resolved;
    if (length === undefinedLength || traits === sequenceTraits) {
      reader.queue.position += headerBytes;
      this.write(explicitHeader(tag, traits, undefinedLength));
      if (length === undefinedLength) return this.openUndefined(traits);
      this.push(reader.offset + length, top, false);
      return undefined;
    }
    if (length <= wholeValueBytes) await this.need(headerBytes + length);
    const vr = writableVr(this.vrOfValue(top, traits), length);
    reader.queue.position += headerBytes;
    this.write(explicitHeader(tag, vr, length));
    return this.pass(length, top.bigEndian ? vr.unitBytes : 1, tag === 0x00280103 ? top : undefined);
  }

  /** PS3.3 C.11.1.1.1: the number of a look-up table's entries is unsigned, whatever the mapped values are; as the reader has it. */
  private vrOfValue(top: Level, traits: VrTraits): VrTraits {
    const { header, reader } = this;
    if (traits.vr !== 'SS' || !top.implicit || !isLutDescriptor(header.tag) || header.length < 2)
      return traits;
    const entries = reader.queue.u16(header.headerBytes, false);
    return entries >= 1 && entries < 32768 ? traits : vrTraits('US');
  }

  /** Opens what has its header written already. */
  private openUndefined(traits: VrTraits): AsyncIterable<Uint8Array> | undefined {
    const { header, stack } = this;
    const isUnknown = traits === unknownTraits || header.traits === unknownTraits;
    if (!isUnknown && traits !== sequenceTraits) {
      if (traits.kind !== 'binary')
        throw this.malformed(`undefined length of ${tagInWords(header.tag)} with VR ${traits.vr}`);
      return this.fragments();
    }
    // PS3.5 6.2.2: within UN of undefined length it is implicit VR little endian
    const encoding = isUnknown ? implicitLittleEndian : stack.top;
    this.push(Number.POSITIVE_INFINITY, encoding, isUnknown || stack.top.insideUnknown);
    return undefined;
  }

  private push(endOffset: number, encoding: Encoding, insideUnknown: boolean): void {
    const { header, stack, reader } = this;
    const first = stack.depth === 0 ? this.pending.firstItemOf(header.tag) : undefined;
    const tag = tagText(header.tag);
    stack.pushSequence({ vr: 'SQ' }, tag, endOffset, encoding, insideUnknown, reader.offset);
    if (first) this.write(first);
  }

  /** Encapsulated pixel data that is left as it is, such as an icon's (PS3.5 A.4). */
  private async *fragments(): AsyncGenerator<Uint8Array> {
    const { reader, header } = this;
    const silent = this.muted;
    for (;;) {
      await this.need(8);
      readElementHeader(reader.queue, implicitLittleEndian, header);
      const { tag, length } = header;
      const raw = this.rawHeader(8);
      if (!silent) yield raw;
      if (tag === sequenceDelimitationTag) return;
      if (tag !== itemTag || length === undefinedLength)
        throw this.malformed(`${tagInWords(tag)} in encapsulated pixel data`);
      for await (const piece of reader.stream(length)) if (!silent) yield piece;
    }
  }

  /** Hands on a value, each unit of so many bytes turned round. */
  private async pass(
    length: number,
    unitBytes: number,
    pixelRepresentationOf?: Level,
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    const { reader } = this;
    if (this.muted) {
      await reader.skipTo(reader.offset + length);
      return undefined;
    }
    if (length > wholeValueBytes) return swappedStream(reader.stream(length), unitBytes);
    const stored = await reader.take(length);
    const value = unitBytes === 1 ? stored : swapped(stored, unitBytes);
    if (pixelRepresentationOf) pixelRepresentationOf.pixelRepresentation = value[0] === 1 ? 1 : 0;
    this.write(value);
    return undefined;
  }

  private rawHeader(bytes: number): Uint8Array {
    const { queue } = this.reader;
    const raw = queue.bytes.slice(queue.position, queue.position + bytes);
    queue.position += bytes;
    return raw;
  }

  private async need(bytes: number): Promise<void> {
    if (!(await this.reader.fill(bytes))) throw this.truncated();
  }

  private truncated(): DicomReadError {
    return new DicomReadError('TRUNCATED', 'the bytes end inside the data set', this.reader.offset);
  }

  private malformed(text: string): DicomReadError {
    return new DicomReadError('MALFORMED', text, this.reader.offset);
  }
}
