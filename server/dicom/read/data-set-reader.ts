import type { TextDecoding } from '../characters/character-sets.ts';
import type { DataElement, DataSet } from '../data-set.ts';
import { DicomReadError } from '../dicom-errors.ts';
import { ExtendedOffsetTable, isPixelDataTag, type PixelDataNotes } from '../frames/pixel-data-notes.ts';
import { tagInWords, tagText } from '../tag-text.ts';
import type { VrTraits } from '../value-representations.ts';
import type { ByteQueue } from './byte-queue.ts';
import {
  type ElementHeader,
  itemDelimitationTag,
  itemTag,
  newElementHeader,
  readElementHeader,
  sequenceDelimitationTag,
  undefinedLength,
} from './element-header.ts';
import { ElementValues } from './element-values.ts';
import { isUnknownSequence, resolveVr, sequenceTraits, unknownTraits } from './element-vr.ts';
import type { Encoding } from './encoding-detection.ts';
import { FragmentReader } from './fragment-reader.ts';
import type { GrowingBytes } from './growing-bytes.ts';
import { isImplicitSequence } from './implicit-sequence.ts';
import { correctDataSetEncoding, correctItemEncoding } from './item-encoding.ts';
import { OpenElements } from './open-elements.ts';
import type { ReadContext } from './read-context.ts';
import { rootLevel, SequenceStack } from './sequence-stack.ts';
import { warningTextDecoding } from './text-warnings.ts';
import { isIgnorableRest, TrailingBytes } from './trailing-bytes.ts';

const implicitLittleEndian: Encoding = { implicit: true, bigEndian: false };

/**
 * Reads the elements of a data set out of a queue that fills step by step (PS3.5 7). `run` does what the bytes at
 * hand allow; whatever is longer than an inline value is passed over as it arrives.
 */
export class DataSetReader {
  /** Values of Specific Character Set (0008,0005) of the data set itself. */
  characterSets: string[] = [];
  pixelData: PixelDataNotes | undefined;
  readonly extendedOffsetTable: ExtendedOffsetTable;
  /** The value of File Meta Information Group Length (0002,0000), where there is one. */
  fileMetaLength: number | undefined;
  /** A text with bytes that no declared character set explains was met. */
  undeclaredText = false;

  private readonly queue: ByteQueue;
  private readonly context: ReadContext;
  private readonly stack: SequenceStack;
  private readonly root: DataSet;
  private readonly header: ElementHeader = newElementHeader();
  private readonly values: ElementValues;
  private readonly elements: OpenElements;
  /** Bytes still to be passed over, and where a copy of them goes. */
  private skipBytes = 0;
  private skipTo: GrowingBytes | undefined;
  /** Bytes that must be there before trying again. */
  private needed = 0;
  private fragments: FragmentReader | undefined;
  private trailing: TrailingBytes | undefined;
  private currentTag = '';
  /** Only this group is read; the next element of another ends it. */
  private readonly onlyGroup: number | undefined;

  constructor(queue: ByteQueue, context: ReadContext, encoding: Encoding, onlyGroup?: number) {
    this.queue = queue;
    this.context = context;
    this.onlyGroup = onlyGroup;
    const root = rootLevel(encoding, this.newTextDecoding([]));
    this.root = root.dataSet;
    this.stack = new SequenceStack(root, context.limits.depth);
    this.values = new ElementValues(context);
    this.elements = new OpenElements(this.stack, context);
    this.extendedOffsetTable = new ExtendedOffsetTable(context.limits.offsetTableBytes);
  }

  get dataSet(): DataSet {
    return this.root;
  }

  /** Returns true once an element outside `onlyGroup` is next, or `endOffset` is reached; else when bytes run out. */
  run(endOffset = Number.POSITIVE_INFINITY): boolean {
    for (;;) {
      if (this.skipBytes > 0 && !this.skip()) return false;
      if (this.queue.offset >= endOffset && this.stack.depth === 0) return true;
      if (this.queue.available < this.needed) return false;
      this.needed = 0;
      const result = this.step();
      if (result === 'complete') return true;
      if (result > 0) {
        this.needed = result;
        return false;
      }
    }
  }

  /** All bytes have arrived. Throws unless the data set is complete. */
  end(): void {
    if (this.trailing) {
      this.trailing.end(this.context);
      return;
    }
    if (this.skipBytes > 0) throw this.truncated('inside a value');
    if (this.fragments) throw this.truncated('inside encapsulated pixel data');
    while (this.stack.depth > 0 && this.stack.top.endOffset === this.queue.offset) this.stack.pop();
    if (this.stack.depth > 0) throw this.truncated('inside a sequence');
    if (this.queue.available === 0) return;
    if (!isIgnorableRest(this.queue, this.stack.top, this.pixelData !== undefined)) {
      throw this.truncated('inside an element');
    }
    this.context.warn(`${this.queue.available} bytes after the last element`, '', this.queue.offset);
  }

  private truncated(where: string): DicomReadError {
    const { offset, available } = this.queue;
    const after = this.currentTag === '' ? '' : `, after the beginning of ${this.currentTag}`;
    return new DicomReadError('TRUNCATED', `the bytes end ${where}${after}`, offset + available);
  }

  /** Returns true when nothing is left to be passed over. */
  private skip(): boolean {
    const { queue } = this;
    const count = Math.min(this.skipBytes, queue.available);
    this.skipTo?.append(queue.bytes.subarray(queue.position, queue.position + count));
    queue.position += count;
    this.skipBytes -= count;
    if (this.skipBytes > 0) return false;
    this.skipTo = undefined;
    return true;
  }

  /** One element, item or delimiter. Returns 0 when done, else how many bytes must be there. */
  private step(): number | 'complete' {
    if (this.trailing) return this.trailing.take(this.queue);
    if (this.fragments) return this.stepFragments(this.fragments);
    const { stack, queue } = this;
    if (queue.offset === stack.top.endOffset) {
      stack.pop();
      return 0;
    }
    return stack.top.kind === 'items' ? this.stepItem() : this.stepElement();
  }

  private stepFragments(fragments: FragmentReader): number {
    const step = fragments.step(this.queue);
    if (step.complete) {
      if (this.pixelData?.encapsulated === fragments.notes)
        this.pixelData.lengthBytes = fragments.lengthBytes;
      this.fragments = undefined;
    }
    this.skipBytes = step.skipBytes;
    this.skipTo = step.copyTo;
    return step.needed;
  }

  private stepItem(): number {
    const { queue, header, stack, context } = this;
    const { top } = stack;
    const needed = readElementHeader(queue, top, header);
    if (top.limitOffset - queue.offset < 8) throw this.malformed('a sequence ends inside an item header');
    if (needed > 0) return needed;
    const { tag, length } = header;
    if (tag === sequenceDelimitationTag && top.undefinedLength) {
      this.warnOfLength(length);
      queue.position += 8;
      stack.pop();
      return 0;
    }
    if (tag !== itemTag) throw this.malformed(`${tagInWords(tag)} where an item belongs`);
    context.countElement(queue.offset);
    context.countJson(4, queue.offset);
    if (length === undefinedLength) stack.pushItem(Number.POSITIVE_INFINITY);
    else stack.pushItem(this.endOf(8, length, 'an item'));
    queue.position += 8;
    return 0;
  }

  private stepElement(): number | 'complete' {
    const { queue, header, stack } = this;
    const { top } = stack;
    if (top.lastTag === -1 && queue.available >= 8) {
      if (stack.depth > 0) correctItemEncoding(queue, top, this.context, this.currentTag);
      else if (this.onlyGroup === undefined) correctDataSetEncoding(queue, top, this.context);
    }
    const needed = readElementHeader(queue, top, header);
    if (top.limitOffset - queue.offset < header.headerBytes)
      throw this.malformed('an item ends inside an element');
    if (queue.available >= 4 && this.onlyGroup !== undefined && stack.depth === 0) {
      if (queue.u16(0, top.bigEndian) !== this.onlyGroup) return 'complete';
    }
    if (needed > 0) return needed;
    const { tag } = header;
    if (tag >>> 16 === 0xfffe) return this.stepDelimiter();
    if (stack.depth === 0 && this.isAfterTheEnd()) {
      this.trailing = new TrailingBytes(queue.offset, this.pixelData !== undefined);
      return 0;
    }
    return this.stepValue(tagText(tag));
  }

  /** An item delimiter, or an item tag in the wrong place. */
  private stepDelimiter(): number {
    const { queue, header, stack } = this;
    if (header.tag !== itemDelimitationTag || !stack.top.undefinedLength) {
      if (stack.depth === 0 && this.pixelData !== undefined) {
        this.trailing = new TrailingBytes(queue.offset, true);
        return 0;
      }
      throw this.malformed(`${tagInWords(header.tag)} where an element belongs`);
    }
    this.warnOfLength(header.length);
    queue.position += 8;
    stack.pop();
    return 0;
  }

  /** Padding or garbage behind the last element: group 0000, or, once pixel data was there, a lower tag. */
  private isAfterTheEnd(): boolean {
    const { tag, problem } = this.header;
    const { lastTag } = this.stack.top;
    if (lastTag !== -1 && tag < 0x00010000) return true;
    return this.pixelData !== undefined && (tag <= lastTag || problem === 'no-vr');
  }

  private stepValue(tag: string): number {
    const { queue, header, stack, context } = this;
    const { top } = stack;
    this.currentTag = tag;
    const traits = resolveVr(header, top.pixelRepresentation, context, tag, queue.offset);
    const { length, headerBytes } = header;
    if (length === undefinedLength) return this.openUndefined(tag, traits);
    const endOffset = this.endOf(headerBytes, length, tagInWords(header.tag));
    if (header.tag % 65536 === 0) return this.stepGroupLength(tag);
    if (traits === sequenceTraits) return this.openSequence(tag, endOffset, top, top.insideUnknown);
    if (traits === unknownTraits && length <= context.limits.valueBytes && isUnknownSequence(header)) {
      if (queue.available < headerBytes + length) return headerBytes + length;
      const start = queue.position + headerBytes;
      if (isImplicitSequence(queue.bytes, start, start + length, context.limits.depth)) {
        return this.openSequence(tag, endOffset, implicitLittleEndian, false);
      }
    }
    return this.stepDefinedValue(tag, traits);
  }

  private openSequence(tag: string, endOffset: number, encoding: Encoding, insideUnknown: boolean): 0 {
    const { queue, header, stack, elements } = this;
    elements.note(header.tag, tag, header.headerBytes, queue.offset);
    stack.pushSequence(
      elements.add(tag, 'SQ', queue.offset),
      tag,
      endOffset,
      encoding,
      insideUnknown,
      queue.offset,
    );
    queue.position += header.headerBytes;
    return 0;
  }

  /** A value of defined length that is no sequence: inline, or passed over. */
  private stepDefinedValue(tag: string, traits: VrTraits): number {
    const { queue, header, stack, values, elements } = this;
    const { top } = stack;
    const { length, headerBytes } = header;
    const isPixelData = stack.depth === 0 && isPixelDataTag(tag);
    const inline = !isPixelData && values.isInline(traits, header.tag, length, queue.offset);
    if (inline && queue.available < headerBytes + length) return headerBytes + length;
    elements.note(header.tag, tag, headerBytes, queue.offset);
    const element = elements.add(tag, traits.vr, queue.offset);
    // PS3.5 6.2.2: UN is little endian whatever the transfer syntax
    const bigEndian = top.bigEndian && header.traits !== unknownTraits;
    if (inline) {
      const start = queue.position + headerBytes;
      values.read(
        element,
        header.tag,
        traits,
        { bytes: queue.bytes, start, end: start + length, bigEndian },
        top,
        tag,
        queue.offset,
      );
      this.noteValue(header.tag, element);
      queue.position += headerBytes + length;
      return 0;
    }
    const offsetBytes = queue.offset + headerBytes;
    if (isPixelData && !this.pixelData) {
      this.pixelData = {
        tag,
        vr: traits.vr,
        bigEndian,
        offsetBytes,
        lengthBytes: length,
        encapsulated: undefined,
      };
    }
    elements.refer(element, tag, offsetBytes, length);
    queue.position += headerBytes;
    this.skipBytes = length;
    this.skipTo = stack.depth === 0 ? this.extendedOffsetTable.copyOf(header.tag, length) : undefined;
    return 0;
  }

  /** Group lengths (PS3.5 7.2) are not part of DICOM JSON. */
  private stepGroupLength(tag: string): number {
    const { queue, header, elements } = this;
    const total = header.headerBytes + header.length;
    if (header.tag === 0x00020000 && header.length === 4) {
      if (queue.available < total) return total;
      this.fileMetaLength = queue.u32(header.headerBytes, this.stack.top.bigEndian) + queue.offset + total;
    }
    elements.note(header.tag, tag, header.headerBytes, queue.offset);
    queue.position += header.headerBytes;
    this.skipBytes = header.length;
    return 0;
  }

  /** Opens a value of undefined length: a sequence, or fragments of pixel data (PS3.5 7.5, A.4). */
  private openUndefined(tag: string, traits: VrTraits): 0 {
    const { header, stack } = this;
    const isUnknown = header.traits === unknownTraits;
    if (traits === sequenceTraits || traits === unknownTraits || isUnknown) {
      // PS3.5 6.2.2: within UN of undefined length it is implicit VR little endian
      const encoding = isUnknown ? implicitLittleEndian : stack.top;
      return this.openSequence(tag, Number.POSITIVE_INFINITY, encoding, isUnknown || stack.top.insideUnknown);
    }
    if (traits.kind === 'binary') return this.openFragments(tag, traits);
    throw this.malformed(`undefined length of ${tagInWords(header.tag)} with VR ${traits.vr}`);
  }

  private openFragments(tag: string, traits: VrTraits): 0 {
    const { queue, header, stack, context, elements } = this;
    const { bigEndian } = stack.top;
    elements.note(header.tag, tag, header.headerBytes, queue.offset);
    const offsetBytes = queue.offset + header.headerBytes;
    const entry = elements.refer(elements.add(tag, traits.vr, queue.offset), tag, offsetBytes, 0);
    this.fragments = new FragmentReader(context, offsetBytes, bigEndian, (length) => {
      if (entry) entry.lengthBytes = length;
    });
    queue.position += header.headerBytes;
    if (stack.depth > 0 || !isPixelDataTag(tag) || this.pixelData) return 0;
    const encapsulated = this.fragments.notes;
    this.pixelData = { tag, vr: traits.vr, bigEndian, offsetBytes, lengthBytes: 0, encapsulated };
    return 0;
  }

  /** Offset after a value; nothing may reach past what contains it. */
  private endOf(headerBytes: number, length: number, what: string): number {
    const endOffset = this.queue.offset + headerBytes + length;
    if (endOffset > this.stack.top.limitOffset)
      throw this.malformed(`${what} reaches past the item or sequence it is in`);
    return endOffset;
  }

  /** What later elements are read by. */
  private noteValue(tag: number, element: DataElement): void {
    const { top, depth } = this.stack;
    if (tag === 0x00280103) top.pixelRepresentation = element.Value?.[0] === 1 ? 1 : 0;
    if (tag !== 0x00080005) return;
    const characterSets = (element.Value ?? []).map((value) => (typeof value === 'string' ? value : ''));
    top.text = this.newTextDecoding(characterSets);
    if (depth === 0) this.characterSets = characterSets;
    // PS3.18 F.2: DICOM JSON is UTF-8
    if (element.Value) element.Value = ['ISO_IR 192'];
  }

  private newTextDecoding(characterSets: string[]): TextDecoding {
    const place = () => ({ tag: this.currentTag, offsetBytes: this.queue.offset });
    return warningTextDecoding(characterSets, this.context, place, () => {
      this.undeclaredText = true;
    });
  }

  private warnOfLength(length: number): void {
    if (length !== 0) this.context.warn('a delimiter with a length', this.currentTag, this.queue.offset);
  }

  private malformed(text: string): DicomReadError {
    const { path } = this.stack.top;
    const where = path === '' ? '' : ` in ${path.slice(0, -1)}`;
    return new DicomReadError('MALFORMED', `${text}${where}`, this.queue.offset);
  }
}
