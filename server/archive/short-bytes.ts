import { AlignedBuffers } from '../../storage/blobs/aligned-buffers.ts';

/** What is no longer than this is read into memory as a whole where there is room. */
const LONGEST_BYTES = 1024 * 1024;
/** What short reads of this process may hold together until they are sent: law 4. */
const HELD_AT_MOST_BYTES = 8 * 1024 * 1024;

let heldBytes = 0;

/**
 * Room for `sizeBytes` in memory, to be read at one go; to be given back once by calling the answer. Undefined where that is too
 * long, or too much is held already: then it is streamed.
 */
export function roomForShort(sizeBytes: number): (() => void) | undefined {
  if (sizeBytes > LONGEST_BYTES || heldBytes + sizeBytes > HELD_AT_MOST_BYTES) return undefined;
  heldBytes += sizeBytes;
  return () => {
    heldBytes -= sizeBytes;
  };
}

/** Used again and again: memory that is new for each answer keeps the garbage collector busy for a third of the time. */
const buffers = new AlignedBuffers(8);

/**
 * Memory for an answer of `sizeBytes`, and how to give it back: once, when nobody reads or writes it any more. Undefined where the
 * answer is too long, or all such memory is in use.
 */
export function memoryForShort(sizeBytes: number): { memory: Buffer; giveBack(): void } | undefined {
  if (sizeBytes > LONGEST_BYTES) return undefined;
  const buffer = buffers.take();
  return buffer && { memory: buffer.subarray(0, sizeBytes), giveBack: () => buffers.giveBack(buffer) };
}
