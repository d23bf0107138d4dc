import { DicomReadError } from '../dicom-errors.ts';

/** The fragments of encapsulated pixel data as they pass by, in arrays that grow. */
export class FragmentTable {
  count = 0;
  private offsets = new Float64Array(64);
  private lengths = new Uint32Array(64);
  /** 1 where a code stream begins with the fragment's first bytes. */
  private marks = new Uint8Array(64);
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  add(offsetBytes: number, lengthBytes: number): void {
    if (this.count === this.limit) {
      throw new DicomReadError('LIMIT_EXCEEDED', `more than ${this.limit} fragments`, offsetBytes);
    }
    if (this.count === this.offsets.length) this.grow();
    this.offsets[this.count] = offsetBytes;
    this.lengths[this.count] = lengthBytes;
    this.count++;
  }

  /** Notes how the fragment that was added last begins; up to its first four bytes. */
  noteFirstBytes(bytes: Uint8Array): void {
    this.marks[this.count - 1] = beginsCodeStream(bytes) ? 1 : 0;
  }

  get fragmentOffsets(): Float64Array {
    return this.offsets.slice(0, this.count);
  }

  get fragmentLengths(): Uint32Array {
    return this.lengths.slice(0, this.count);
  }

  get codeStreamStarts(): Uint8Array {
    return this.marks.slice(0, this.count);
  }

  private grow(): void {
    const size = this.offsets.length * 2;
    this.offsets = copied(new Float64Array(size), this.offsets);
    this.lengths = copied(new Uint32Array(size), this.lengths);
    this.marks = copied(new Uint8Array(size), this.marks);
  }
}

function copied<T extends Float64Array | Uint32Array | Uint8Array>(to: T, from: T): T {
  to.set(from);
  return to;
}

/**
 * JPEG and JPEG-LS begin with FF D8 FF, JPEG 2000 and HTJ2K with FF 4F FF 51 (or the box of a JP2 file), JPEG XL with
 * FF 0A.
 */
function beginsCodeStream(b: Uint8Array): boolean {
  if (b[0] === 0xff) {
    return (b[1] === 0xd8 && b[2] === 0xff) || (b[1] === 0x4f && b[2] === 0xff) || b[1] === 0x0a;
  }
  return b[0] === 0 && b[1] === 0 && b[2] === 0 && b[3] === 0x0c;
}
