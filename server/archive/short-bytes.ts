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
