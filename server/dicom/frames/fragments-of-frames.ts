import type { FragmentTable } from './fragment-table.ts';

/** What is known about how fragments make frames. */
export interface FragmentFacts {
  fragments: FragmentTable;
  /** 32-bit little endian offsets from the first byte after the Basic Offset Table item (PS3.5 A.4); may be empty. */
  basicOffsetTable: Uint8Array;
  /** 64-bit little endian offsets of the same kind (PS3.3 C.7.6.3.1.8); may be empty. */
  extendedOffsets: Uint8Array;
  /** 64-bit little endian lengths of the frames; may be empty. */
  extendedLengths: Uint8Array;
  /** As Number of Frames (0028,0008) says. */
  numberOfFrames: number;
  warn: (text: string) => void;
}

/**
 * Index of the first fragment of each frame, and after them the number of fragments. Tried in this order: Extended
 * Offset Table, Basic Offset Table, one fragment a frame, one frame of all fragments, fragments that begin a code
 * stream. Empty, with a warning, where none of these fits.
 */
export function frameStartsOfFragments(facts: FragmentFacts): Uint32Array {
  const { fragments, numberOfFrames, warn } = facts;
  if (fragments.count === 0) {
    warn('no fragments');
    return new Uint32Array(0);
  }
  const starts = fromExtendedOffsetTable(facts) ?? fromBasicOffsetTable(facts) ?? withoutTable(facts);
  if (!starts) {
    warn(`${fragments.count} fragments that can't be told apart into ${numberOfFrames} frames`);
    return new Uint32Array(0);
  }
  const frames = Math.min(starts.length, numberOfFrames);
  if (starts.length < numberOfFrames) warn(`holds ${starts.length} frames in place of ${numberOfFrames}`);
  if (starts.length > numberOfFrames) warn(`holds ${starts.length} frames, of which ${numberOfFrames} count`);
  const end = starts[frames] ?? fragments.count;
  const bounded = new Uint32Array(frames + 1);
  bounded.set(starts.subarray(0, frames));
  bounded[frames] = end;
  return bounded;
}

function fromExtendedOffsetTable(facts: FragmentFacts): Uint32Array | undefined {
  const { extendedOffsets, extendedLengths, fragments, warn } = facts;
  if (extendedOffsets.length < 8) return undefined;
  const starts = startsAtOffsets(fragments, extendedOffsets, 8);
  // PS3.3 C.7.6.3.1.8: with this table every frame is one fragment, so that the lengths can be held against it
  const { fragmentLengths } = fragments;
  const view = viewOf(extendedLengths);
  const fits = starts?.every((start, i) => {
    if (extendedLengths.length < (i + 1) * 8) return extendedLengths.length === 0;
    const length = fragmentLengths[start] as number;
    const declared = Number(view.getBigUint64(i * 8, true));
    // a pad byte belongs to the fragment, not to the frame
    const isLast = start + 1 === (starts[i + 1] ?? fragments.count);
    return !isLast || declared === length || declared + 1 === length;
  });
  if (starts && fits) return starts;
  warn('an Extended Offset Table that does not fit the fragments, not used');
  return undefined;
}

function fromBasicOffsetTable(facts: FragmentFacts): Uint32Array | undefined {
  const { basicOffsetTable, fragments, numberOfFrames, warn } = facts;
  if (basicOffsetTable.length < 4) return undefined;
  const starts = startsAtOffsets(fragments, basicOffsetTable, 4);
  if (starts && starts.length <= numberOfFrames) {
    // a table of fewer frames than there are fragments to fill the rest with is no use either
    if (starts.length === numberOfFrames || fragments.count !== numberOfFrames) return starts;
  }
  warn('a Basic Offset Table that does not fit the fragments, not used');
  return undefined;
}

/** `undefined` unless every offset is where a fragment's item begins, in ascending order and from 0 on. */
function startsAtOffsets(fragments: FragmentTable, table: Uint8Array, size: 4 | 8): Uint32Array | undefined {
  const { fragmentOffsets } = fragments;
  const itemHeaderBytes = 8;
  const base = (fragmentOffsets[0] as number) - itemHeaderBytes;
  const view = viewOf(table);
  const starts = new Uint32Array(Math.floor(table.length / size));
  let fragment = 0;
  for (let i = 0; i < starts.length; i++) {
    const offset = size === 4 ? view.getUint32(i * 4, true) : Number(view.getBigUint64(i * 8, true));
    while (fragment < fragments.count && itemOffset(fragment) < offset) fragment++;
    if (fragment === fragments.count || itemOffset(fragment) !== offset) return undefined;
    if (i === 0 ? fragment !== 0 : fragment === starts[i - 1]) return undefined;
    starts[i] = fragment;
  }
  return starts;

  function itemOffset(index: number): number {
    return (fragmentOffsets[index] as number) - itemHeaderBytes - base;
  }
}

function withoutTable({ fragments, numberOfFrames, warn }: FragmentFacts): Uint32Array | undefined {
  if (fragments.count === numberOfFrames) return Uint32Array.from({ length: numberOfFrames }, (_, i) => i);
  if (numberOfFrames === 1) return Uint32Array.of(0);
  const marks = fragments.codeStreamStarts;
  if (marks[0] === 1) {
    const starts: number[] = [];
    marks.forEach((mark, i) => {
      if (mark === 1) starts.push(i);
    });
    if (starts.length === numberOfFrames) return Uint32Array.from(starts);
    // more than one code stream, but not as many as frames: what is there is kept, fragments missing at the end
    if (starts.length > 1 && starts.length < numberOfFrames) return Uint32Array.from(starts);
  }
  if (fragments.count < numberOfFrames && fragments.count > 1) {
    warn('fewer fragments than frames');
    return Uint32Array.from({ length: fragments.count }, (_, i) => i);
  }
  return undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
