import { AlignedBuffers } from '../../storage/blobs/aligned-buffers.ts';

/** What is no longer than this is read into memory as a whole, where some is free. */
const LONGEST_BYTES = 1024 * 1024;

/**
 * 4 MiB for all answers under way in this process (law 4); slow clients are streamed to. Used again and again: memory that is new for
 * each answer keeps the garbage collector busy for a third of the time.
 */
const buffers = new AlignedBuffers(4);

/**
 * Memory for an answer, or a part of one, of `sizeBytes`, and how to give it back: once, when nobody reads or writes it any more.
 * Undefined where that is too long, or all such memory is in use: then it is streamed.
 */
export function memoryForShort(sizeBytes: number): { memory: Buffer; giveBack(): void } | undefined {
  if (sizeBytes > LONGEST_BYTES) return undefined;
  const buffer = buffers.take();
  return buffer && { memory: buffer.subarray(0, sizeBytes), giveBack: () => buffers.giveBack(buffer) };
}
