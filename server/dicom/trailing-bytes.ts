import type { ByteQueue } from './byte-queue.ts';
import { DicomReadError } from './dicom-errors.ts';
import type { ReadContext } from './read-context.ts';

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
