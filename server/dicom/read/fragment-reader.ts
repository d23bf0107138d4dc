import { DicomReadError } from '../dicom-errors.ts';
import { newEncapsulatedNotes } from '../frames/pixel-data-notes.ts';
import { tagInWords } from '../tag-text.ts';
import type { ByteQueue } from './byte-queue.ts';
import { itemTag, sequenceDelimitationTag, undefinedLength } from './element-header.ts';
import type { GrowingBytes } from './growing-bytes.ts';
import type { ReadContext } from './read-context.ts';

interface FragmentStep {
  /** Bytes that must be there before trying again; 0 when a step was made. */
  needed: number;
  skipBytes: number;
  copyTo: GrowingBytes | undefined;
  /** The sequence delimitation item is read. */
  complete: boolean;
}

/** Reads the items of encapsulated pixel data (PS3.5 A.4), the first of which is the Basic Offset Table. */
export class FragmentReader {
  readonly notes: ReturnType<typeof newEncapsulatedNotes>;
  /** From the first item up to the sequence delimitation item. */
  lengthBytes = 0;
  private readonly context: ReadContext;
  private readonly offsetBytes: number;
  private readonly bigEndian: boolean;
  private readonly onLength: (lengthBytes: number) => void;
  private tableRead = false;

  constructor(
    context: ReadContext,
    offsetBytes: number,
    bigEndian: boolean,
    onLength: (lengthBytes: number) => void,
  ) {
    this.context = context;
    this.offsetBytes = offsetBytes;
    this.bigEndian = bigEndian;
    this.onLength = onLength;
    this.notes = newEncapsulatedNotes(context.limits.fragments);
  }

  step(queue: ByteQueue): FragmentStep {
    if (queue.available < 8) return wait(8);
    const tag = queue.tag(0, this.bigEndian);
    const length = queue.u32(4, this.bigEndian);
    if (tag === sequenceDelimitationTag) return this.complete(queue, length);
    if (tag !== itemTag || length === undefinedLength) {
      const what = tag === itemTag ? 'a fragment of undefined length' : tagInWords(tag);
      throw new DicomReadError('MALFORMED', `${what} in encapsulated pixel data`, queue.offset);
    }
    return this.tableRead ? this.fragment(queue, length) : this.basicOffsetTable(queue, length);
  }

  private basicOffsetTable(queue: ByteQueue, length: number): FragmentStep {
    if (length > this.context.limits.offsetTableBytes) {
      throw new DicomReadError('LIMIT_EXCEEDED', 'too long a Basic Offset Table', queue.offset);
    }
    this.tableRead = true;
    queue.position += 8;
    return { needed: 0, skipBytes: length, copyTo: this.notes.basicOffsetTable, complete: false };
  }

  private fragment(queue: ByteQueue, length: number): FragmentStep {
    const firstBytes = Math.min(4, length);
    if (queue.available < 8 + firstBytes) return wait(8 + firstBytes);
    this.notes.fragments.add(queue.offset + 8, length);
    queue.position += 8;
    this.notes.fragments.noteFirstBytes(queue.bytes.subarray(queue.position, queue.position + firstBytes));
    return { needed: 0, skipBytes: length, copyTo: undefined, complete: false };
  }

  private complete(queue: ByteQueue, length: number): FragmentStep {
    if (length !== 0) this.context.warn('a delimiter with a length', '7FE00010', queue.offset);
    this.lengthBytes = queue.offset - this.offsetBytes;
    this.onLength(this.lengthBytes);
    queue.position += 8;
    return { needed: 0, skipBytes: 0, copyTo: undefined, complete: true };
  }
}

function wait(needed: number): FragmentStep {
  return { needed, skipBytes: 0, copyTo: undefined, complete: false };
}
