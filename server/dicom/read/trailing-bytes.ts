import { DicomReadError } from '../dicom-errors.ts';
import type { ByteQueue } from './byte-queue.ts';
import type { ReadContext } from './read-context.ts';
import type { Level } from './sequence-stack.ts';

/** What comes after the last element: zeros that fill up a block, or anything at all after pixel data. */
export class TrailingBytes {
  private count = 0;
  private onlyZeros = true;
  private readonly offsetBytes: number;
  private readonly afterPixelData: boolean;

  constructor(offsetBytes: number, afterPixelData: boolean) {
    this.offsetBytes = offsetBytes;
    this.afterPixelData = afterPixelData;
  }

  /** Takes all that is there; 1: more may come. */
  take(queue: ByteQueue): number {
    const bytes = queue.bytes.subarray(queue.position, queue.end);
    this.onlyZeros = this.onlyZeros && bytes.every((byte) => byte === 0);
    // without pixel data, other bytes may be the rest of a damaged data set
    if (!this.onlyZeros && !this.afterPixelData) {
      throw new DicomReadError('MALFORMED', 'no element where one belongs', this.offsetBytes);
    }
    this.count += bytes.length;
    queue.position = queue.end;
    return 1;
  }

  end(context: ReadContext): void {
    const what = this.onlyZeros ? 'zeros' : 'bytes';
    context.warn(`${this.count} ${what} after the last element`, '', this.offsetBytes);
  }
}

/** Data Set Trailing Padding (FFFC,FFFC), little endian. */
const paddingTag = [0xfc, 0xff, 0xfc, 0xff];

/**
 * Whether the bytes at the end, fewer than the next element needs, are padding or garbage, and not the beginning of an
 * element that is cut off.
 */
export function isIgnorableRest(queue: ByteQueue, root: Level, afterPixelData: boolean): boolean {
  const rest = queue.bytes.subarray(queue.position, queue.end);
  if (rest.every((byte) => byte === 0)) return true;
  if (!afterPixelData) return false;
  if (rest.length < 4) return !rest.every((byte, i) => byte === paddingTag[i]);
  return queue.tag(0, root.bigEndian) <= root.lastTag;
}
