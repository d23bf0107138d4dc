import { vrTraitsOfBytes } from '../value-representations.ts';
import type { ByteQueue } from './byte-queue.ts';
import { undefinedLength } from './element-header.ts';
import { detectEncoding, type Encoding } from './encoding-detection.ts';
import type { ReadContext } from './read-context.ts';
import type { Level } from './sequence-stack.ts';

/**
 * Corrects the encoding of a data set that contradicts its transfer syntax. To be called with the header of its first
 * element at the front of the queue.
 */
export function correctDataSetEncoding(queue: ByteQueue, level: Level, context: ReadContext): void {
  const detected = detectEncoding(queue);
  if (!detected || (detected.implicit === level.implicit && detected.bigEndian === level.bigEndian)) return;
  const text = `encoded as ${inWords(detected)}, not as ${inWords(level)} as the transfer syntax says`;
  context.warn(text, '', queue.offset);
  level.implicit = detected.implicit;
  level.bigEndian = detected.bigEndian;
}

/**
 * Corrects the encoding of an item that differs from that of the data set: PS3.5 7.1 wants one throughout, but private
 * items in implicit VR within explicit VR are met all the same, and explicit VR within UN.
 */
export function correctItemEncoding(
  queue: ByteQueue,
  level: Level,
  context: ReadContext,
  sequenceTag: string,
): void {
  if (queue.tag(0, level.bigEndian) >>> 16 === 0xfffe) return;
  const first = queue.bytes[queue.position + 4] as number;
  const second = queue.bytes[queue.position + 5] as number;
  const explicit = vrTraitsOfBytes(first, second) !== undefined;
  if (explicit !== level.implicit) return;
  if (level.implicit) {
    // elsewhere letters in the place of a VR may well be a length
    if (!level.insideUnknown) return;
  } else {
    const length = queue.u32(4, level.bigEndian);
    const looksLikeLetters = first >= 0x20;
    const fits = length === undefinedLength || queue.offset + 8 + length <= level.limitOffset;
    if (looksLikeLetters || !fits) return;
  }
  level.implicit = !level.implicit;
  context.warn(`an item encoded as ${inWords(level)}, unlike the data set`, sequenceTag, queue.offset);
}

function inWords(encoding: Encoding): string {
  return `${encoding.implicit ? 'implicit' : 'explicit'} VR ${encoding.bigEndian ? 'big' : 'little'} endian`;
}
