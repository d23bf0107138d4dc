/**
 * Whether bytes are, throughout, the items of a sequence in implicit VR little endian, as a value of VR UN holds them
 * (PS3.5 6.2.2). Only the structure is looked at.
 */
export function isImplicitSequence(
  bytes: Uint8Array,
  start: number,
  end: number,
  depthLimit: number,
): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  /** Ends of the open sequences (even indexes) and items (odd ones); -1 for an undefined length. */
  const ends: number[] = [end];
  let at = start;
  while (ends.length > 0) {
    const inItem = ends.length % 2 === 0;
    const levelEnd = ends[ends.length - 1] as number;
    if (levelEnd === at) {
      ends.pop();
      continue;
    }
    const limit = innermostEnd(ends, end);
    if (at + 8 > limit) return false;
    const tag = view.getUint16(at, true) * 65536 + view.getUint16(at + 2, true);
    const length = view.getUint32(at + 4, true);
    at += 8;
    const delimiter = inItem ? 0xfffee00d : 0xfffee0dd;
    if (tag === delimiter) {
      if (levelEnd !== -1 || length !== 0) return false;
      ends.pop();
      continue;
    }
    if (inItem ? tag >>> 16 === 0xfffe || tag < 0x00010000 : tag !== 0xfffee000) return false;
    if (length === 0xffffffff) {
      if (ends.length >= depthLimit * 2) return false;
      ends.push(-1);
      continue;
    }
    if (at + length > limit) return false;
    if (inItem) at += length;
    else ends.push(at + length);
  }
  return at === end;
}

function innermostEnd(ends: number[], end: number): number {
  for (let i = ends.length - 1; i >= 0; i--) if (ends[i] !== -1) return ends[i] as number;
  return end;
}
