import { AlignedBuffers } from '../../storage/blobs/aligned-buffers.ts';

/** What is no longer than this is read into memory as a whole, where some is free. */
const LONGEST_BYTES = 1024 * 1024;

/**
 * 4 MiB for all answers under way in this process (law 4). Used again and again: memory that is new for each answer keeps the garbage
 * collector busy for a third of the time.
 */
const buffers = new AlignedBuffers(4);

/** How many buffers each connection holds that holds any. */
const heldBy = new WeakMap<object, number>();

/**
 * Memory for an answer, or a part of one, of `sizeBytes`, and how to give it back: once, when nobody reads or writes it any more.
 * `connection` is whom it goes to: it holds the memory until it has read it, so no connection has more than `most` at once.
 * Undefined where that is too long, or all memory it may have is in use: then it is streamed.
 */
export function memoryForShort(
  sizeBytes: number,
  connection?: object,
  most = 1,
): { memory: Buffer; giveBack(): void } | undefined {
  if (sizeBytes > LONGEST_BYTES || heldNow(connection) >= most) return undefined;
  const buffer = buffers.take();
  if (!buffer) return undefined;
  countHeld(connection, 1);
  const giveBack = () => {
    buffers.giveBack(buffer);
    countHeld(connection, -1);
  };
  return { memory: buffer.subarray(0, sizeBytes), giveBack };
}

function heldNow(connection: object | undefined): number {
  return (connection && heldBy.get(connection)) ?? 0;
}

function countHeld(connection: object | undefined, change: number): void {
  if (connection) heldBy.set(connection, heldNow(connection) + change);
}
