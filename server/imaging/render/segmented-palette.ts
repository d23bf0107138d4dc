import { RenderError } from './render-errors.ts';

/**
 * Expands segmented palette data (PS3.3 C.7.9.2): discrete (0), linear (1) and indirect (2) segments. `data` holds words,
 * or bytes for tables of 8-bit entries; at most `count` entries come out, fewer where the segments end before.
 * Throws `RenderError` for an unknown opcode, a segment cut off, or an indirect one that points to no segment.
 */
export function expandSegments(
  data: Uint16Array | Uint8Array,
  count: number,
): Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer> {
  const output = data instanceof Uint8Array ? new Uint8Array(count) : new Uint16Array(count);
  let filled = 0;

  const readSegment = (at: number): number => {
    const opcode = data[at];
    const length = data[at + 1];
    if (length === undefined) throw malformed('is cut off');
    if (opcode === 0) {
      const entries = data.subarray(at + 2, at + 2 + length);
      if (entries.length < length) throw malformed('is cut off');
      output.set(entries.subarray(0, count - filled), filled);
      filled = Math.min(count, filled + length);
      return at + 2 + length;
    }
    if (opcode !== 1) throw malformed(opcode === 2 ? 'refers to a reference' : `has the opcode ${opcode}`);
    const end = data[at + 2];
    if (end === undefined) throw malformed('is cut off');
    const start = filled > 0 ? (output[filled - 1] ?? 0) : 0;
    // C.7.9.2.2: the first of the new entries is already a step away from the one before, the last is the end point.
    for (let step = 1; step <= length && filled < count; step++) {
      output[filled++] = Math.round(start + ((end - start) * step) / length);
    }
    return at + 3;
  };

  for (let at = 0; at < data.length && filled < count; ) {
    if (data[at] !== 2) {
      // one byte that pads the data to an even length
      if (at === data.length - 1) break;
      at = readSegment(at);
      continue;
    }
    const reference = readReference(data, at);
    let from = reference.offset;
    for (let segment = 0; segment < reference.segments && filled < count; segment++) {
      if (from >= at) throw malformed('refers to what comes after it');
      from = readSegment(from);
    }
    at = reference.next;
  }
  return output.subarray(0, filled);
}

/** C.7.9.2.3: the offset is in bytes from the beginning of the data, its least significant part first. */
function readReference(data: Uint16Array | Uint8Array, at: number) {
  const segments = data[at + 1] ?? 0;
  if (data instanceof Uint8Array) {
    if (at + 6 > data.length) throw malformed('is cut off');
    const [a = 0, b = 0, c = 0, d = 0] = data.subarray(at + 2, at + 6);
    return { segments, offset: a + b * 2 ** 8 + c * 2 ** 16 + d * 2 ** 24, next: at + 6 };
  }
  if (at + 4 > data.length) throw malformed('is cut off');
  const offset = (data[at + 2] ?? 0) + (data[at + 3] ?? 0) * 2 ** 16;
  if (offset % 2 === 1) throw malformed('has an odd offset');
  return { segments, offset: offset / 2, next: at + 4 };
}

function malformed(what: string): RenderError {
  return new RenderError('NOT_RENDERABLE', `A segment of a segmented palette ${what} (PS3.3 C.7.9.2)`);
}
