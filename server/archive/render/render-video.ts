import type { ArchiveParts } from '../archive-parts.ts';
import { type ByteRange, readRange } from '../retrieve/retrieve-inside.ts';
import type { OpenSubject } from './render-subject.ts';

/** A video as it is stored: the fragments of its pixel data, joined (PS3.5 A.4). */
export interface VideoContent {
  sizeBytes: number;
  read(range: ByteRange): AsyncIterable<Uint8Array>;
}

/** Undefined where it is not known where the video lies. */
export function videoContentOf(parts: ArchiveParts, { inside }: OpenSubject): VideoContent | undefined {
  const { pixelData } = inside;
  if (!pixelData?.encapsulated) return undefined;
  const { fragmentOffsets, fragmentLengths } = pixelData;
  const sizeBytes = fragmentLengths.reduce((sum, length) => sum + length, 0);
  return {
    sizeBytes,
    async *read({ start, endExclusive }) {
      let at = 0;
      for (const [i, length] of fragmentLengths.entries()) {
        const from = Math.max(start - at, 0);
        const to = Math.min(endExclusive - at, length);
        const offset = fragmentOffsets[i] ?? 0;
        if (to > from) yield* readRange(parts, inside, { start: offset + from, endExclusive: offset + to });
        at += length;
        if (at >= endExclusive) return;
      }
    },
  };
}
