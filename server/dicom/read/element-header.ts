import { type VrTraits, vrTraits, vrTraitsOfBytes } from '../value-representations.ts';
import type { ByteQueue } from './byte-queue.ts';
import type { Encoding } from './encoding-detection.ts';

export const undefinedLength = 0xffffffff;
export const itemTag = 0xfffee000;
export const itemDelimitationTag = 0xfffee00d;
export const sequenceDelimitationTag = 0xfffee0dd;

/** Tag, VR and length in front of a value (PS3.5 7.1). One object is used again and again. */
export interface ElementHeader {
  /** group * 65536 + element */
  tag: number;
  /** As written; `undefined` in implicit VR and for item tags. */
  traits: VrTraits | undefined;
  /** Of the header itself. */
  headerBytes: number;
  /** Of the value; 0xFFFFFFFF for an undefined length. */
  length: number;
  /** Set where explicit VR was due and the two bytes are no VR. */
  problem: 'unknown-vr' | 'no-vr' | undefined;
}

export function newElementHeader(): ElementHeader {
  return { tag: 0, traits: undefined, headerBytes: 8, length: 0, problem: undefined };
}

/**
 * Reads the header at the front of the queue into `header`, without taking it out. Returns 0, or how many bytes must
 * be there before it can be read.
 */
export function readElementHeader(queue: ByteQueue, encoding: Encoding, header: ElementHeader): number {
  if (queue.available < 8) return 8;
  const { bigEndian } = encoding;
  header.tag = queue.tag(0, bigEndian);
  header.headerBytes = 8;
  header.problem = undefined;
  header.traits = undefined;
  // PS3.5 7.5: item and delimitation tags have no VR
  if (encoding.implicit || header.tag >>> 16 === 0xfffe) {
    header.length = queue.u32(4, bigEndian);
    return 0;
  }
  const first = queue.bytes[queue.position + 4] as number;
  const second = queue.bytes[queue.position + 5] as number;
  const traits = vrTraitsOfBytes(first, second);
  if (!traits) return readUnknownVr(queue, bigEndian, header, looksLikeVr(first) && looksLikeVr(second));
  header.traits = traits;
  if (!traits.longLength) {
    header.length = queue.u16(6, bigEndian);
    return 0;
  }
  if (queue.available < 12) return 12;
  header.headerBytes = 12;
  header.length = queue.u32(8, bigEndian);
  return 0;
}

/** A VR that is newer than this table, or nonsense that software writes in its place ("??", "--"). */
function looksLikeVr(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || byte === 0x3f || byte === 0x2d;
}

function readUnknownVr(
  queue: ByteQueue,
  bigEndian: boolean,
  header: ElementHeader,
  letters: boolean,
): number {
  if (!letters) {
    // most likely implicit VR, which has its length here
    header.problem = 'no-vr';
    header.length = queue.u32(4, bigEndian);
    return 0;
  }
  header.problem = 'unknown-vr';
  header.traits = vrTraits('UN');
  if (queue.u16(6, bigEndian) !== 0) {
    header.length = queue.u16(6, bigEndian);
    return 0;
  }
  // PS3.5 6.2: VRs that are added later have a 32-bit length
  if (queue.available < 12) return 12;
  header.headerBytes = 12;
  header.length = queue.u32(8, bigEndian);
  return 0;
}
