import type { ByteQueue } from './byte-queue.ts';

/** How data elements are encoded (PS3.5 7.1, 7.3). */
export interface Encoding {
  implicit: boolean;
  bigEndian: boolean;
}

/** First elements of a data set lie in low groups: (0004,1130) of a DICOMDIR, (0008,0005), (0010,0010). */
const highestFirstGroup = 0x00ff;
/** A first value is hardly longer, unless it is a sequence of undefined length. */
const longestFirstValueBytes = 65536;

/**
 * Guesses the encoding from the first element header (8 bytes are there), `undefined` when it looks like none.
 */
export function detectEncoding(queue: ByteQueue): Encoding | undefined {
  for (const bigEndian of [false, true]) {
    const group = queue.u16(0, bigEndian);
    if (group === 0 || group > highestFirstGroup) continue;
    const { bytes, position } = queue;
    // not only the VRs of PS3.5: there may be new ones
    if (isCapital(bytes[position + 4]) && isCapital(bytes[position + 5]))
      return { implicit: false, bigEndian };
    const length = queue.u32(4, bigEndian);
    if (length <= longestFirstValueBytes || length === 0xffffffff) return { implicit: true, bigEndian };
  }
  return undefined;
}

function isCapital(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x41 && byte <= 0x5a;
}
