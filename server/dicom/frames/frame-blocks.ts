import type { EncapsulatedPixelData } from './pixel-data-location.ts';
import { VarintReader, VarintWriter } from './varint.ts';

/** The fragments of encapsulated pixel data, frame by frame. */
export type FragmentsOfFrames = Pick<
  EncapsulatedPixelData,
  'fragmentOffsets' | 'fragmentLengths' | 'frameStarts'
>;

/** What comes before the fragments themselves: where each block of frames begins. */
export interface BlockDirectory {
  frames: number;
  fragments: number;
  /** Every frame is one fragment. */
  oneEach: boolean;
  framesPerBlock: number;
  /** A block each, and as the last one what comes after the last frame: fragments that no frame has. */
  entries: readonly BlockEntry[];
}

interface BlockEntry {
  /** Of the block's first byte, counted from the beginning of the index. */
  position: number;
  /** Index of its first fragment, and where the bytes of that begin in the instance. */
  fragment: number;
  offsetBytes: number;
}

/** Fragments follow each other with an item header in between (PS3.5 A.4). */
export const itemHeaderBytes = 8;
const leastFramesPerBlock = 512;
/** So that the directory, and what is before it, are read at once: `frameIndexHeadBytes`. */
const mostBlocks = 900;
/** Little endian: position after the directory and fragment as 32-bit integers, offset as a 64-bit float. */
const entryBytes = 16;

/** Writes frames in blocks of some hundred, each of which can be read without the others; variable-length integers all. */
export function encodeBlocks(out: VarintWriter, location: FragmentsOfFrames): Uint8Array {
  const { fragmentLengths, fragmentOffsets, frameStarts } = location;
  const frames = Math.max(0, frameStarts.length - 1);
  const oneEach = frameStarts.every((start, i) => start === i);
  let framesPerBlock = leastFramesPerBlock;
  while (Math.ceil(frames / framesPerBlock) > mostBlocks) framesPerBlock *= 2;
  const directory: BlockEntry[] = [];
  const blocks = new VarintWriter();
  const begin = (fragment: number) =>
    directory.push({ position: blocks.lengthBytes, fragment, offsetBytes: fragmentOffsets[fragment] ?? 0 });
  for (let frame = 0; frame < frames; frame++) {
    const start = frameStarts[frame] as number;
    const end = frameStarts[frame + 1] as number;
    if (frame % framesPerBlock === 0) begin(start);
    if (!oneEach) blocks.write(end - start);
    for (let i = start; i < end; i++) blocks.write(fragmentLengths[i] as number);
  }
  const rest = frameStarts[frames] ?? 0;
  begin(rest);
  for (let i = rest; i < fragmentLengths.length; i++) blocks.write(fragmentLengths[i] as number);
  out.write(frames);
  out.write(fragmentLengths.length);
  out.write(oneEach ? 1 : 0);
  out.write(framesPerBlock);
  return Buffer.concat([out.bytes, directoryBytes(directory), blocks.bytes]);
}

function directoryBytes(directory: readonly BlockEntry[]): Uint8Array {
  const bytes = Buffer.alloc(directory.length * entryBytes);
  for (const [i, { position, fragment, offsetBytes }] of directory.entries()) {
    bytes.writeUInt32LE(position, i * entryBytes);
    bytes.writeUInt32LE(fragment, i * entryBytes + 4);
    bytes.writeDoubleLE(offsetBytes, i * entryBytes + 8);
  }
  return bytes;
}

/** `bytes`: the index, or as much of it as holds the directory; `input` has come to it. */
export function decodeDirectory(bytes: Uint8Array, input: VarintReader): BlockDirectory {
  const [frames, fragments, oneEach] = [input.read(), input.read(), input.read() === 1];
  const framesPerBlock = input.read();
  const blocks = Math.ceil(frames / framesPerBlock);
  const begin = input.positionBytes;
  const end = begin + (blocks + 1) * entryBytes;
  if (!(end <= bytes.length)) throw new TypeError('the directory of a frame index ends early');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries = Array.from({ length: blocks + 1 }, (_, i) => {
    const at = begin + i * entryBytes;
    return {
      position: end + view.getUint32(at, true),
      fragment: view.getUint32(at + 4, true),
      offsetBytes: view.getFloat64(at + 8, true),
    };
  });
  return { frames, fragments, oneEach, framesPerBlock, entries };
}

/** Everything, from the whole index. Throws `TypeError` where it is damaged. */
export function decodeAllBlocks(directory: BlockDirectory, bytes: Uint8Array): FragmentsOfFrames {
  const { frames, fragments, entries } = directory;
  // Each takes a byte at least.
  if (fragments > bytes.length || frames > fragments) throw new TypeError('the frame index ends early');
  const fragmentLengths = new Uint32Array(fragments);
  const fragmentOffsets = new Float64Array(fragments);
  const frameStarts = new Uint32Array(frames + 1);
  const onFragment = (fragment: number, offsetBytes: number, lengthBytes: number) => {
    if (fragment >= fragments) throw new TypeError('a frame index of more fragments than it says');
    fragmentOffsets[fragment] = offsetBytes;
    fragmentLengths[fragment] = lengthBytes;
  };
  const onFrame = (frame: number, fragment: number) => {
    frameStarts[frame] = fragment;
  };
  for (const [block, { position }] of entries.entries())
    readBlock(directory, block, bytes.subarray(position), onFrame, onFragment);
  return { fragmentLengths, fragmentOffsets, frameStarts };
}

/** The blocks in which `frames` (1-based) lie, ascending, by their place in the whole index, in bytes. */
export function blocksOf(
  { entries, framesPerBlock }: BlockDirectory,
  frames: readonly number[],
): { block: number; start: number; endExclusive: number }[] {
  const blocks = [...new Set(frames.map((frame) => Math.floor((frame - 1) / framesPerBlock)))];
  return blocks
    .sort((a, b) => a - b)
    .map((block) => ({
      block,
      start: (entries[block] as BlockEntry).position,
      endExclusive: (entries[block + 1] as BlockEntry).position,
    }));
}

/** Of `frames` (1-based, ascending) alone, one after the other, from the blocks in which they lie. */
export function decodeSomeFrames(
  directory: BlockDirectory,
  blocks: readonly { block: number; bytes: Uint8Array }[],
  frames: readonly number[],
): FragmentsOfFrames {
  const wanted = new Set(frames);
  const starts: number[] = [];
  const offsets: number[] = [];
  const lengths: number[] = [];
  let isWanted = false;
  const onFrame = (frame: number) => {
    isWanted = wanted.has(frame + 1);
    if (isWanted) starts.push(offsets.length);
  };
  const onFragment = (_fragment: number, offsetBytes: number, lengthBytes: number) => {
    if (!isWanted) return;
    offsets.push(offsetBytes);
    lengths.push(lengthBytes);
  };
  for (const { block, bytes } of blocks) readBlock(directory, block, bytes, onFrame, onFragment);
  if (starts.length !== wanted.size) throw new TypeError('blocks without the frames that are looked for');
  return {
    fragmentOffsets: Float64Array.from(offsets),
    fragmentLengths: Uint32Array.from(lengths),
    frameStarts: Uint32Array.of(...starts, offsets.length),
  };
}

/** The last block has no frame but its end, at the index of the first fragment after it, and what fragments are left. */
function readBlock(
  { frames, fragments, oneEach, framesPerBlock, entries }: BlockDirectory,
  block: number,
  bytes: Uint8Array,
  onFrame: (frame: number, fragment: number) => void,
  onFragment: (fragment: number, offsetBytes: number, lengthBytes: number) => void,
): void {
  const input = new VarintReader(bytes);
  let { fragment, offsetBytes } = entries[block] as BlockEntry;
  const readFragments = (count: number) => {
    for (const end = fragment + count; fragment < end; fragment++) {
      const lengthBytes = input.read();
      onFragment(fragment, offsetBytes, lengthBytes);
      offsetBytes += lengthBytes + itemHeaderBytes;
    }
  };
  if (block === entries.length - 1) {
    onFrame(frames, fragment);
    readFragments(fragments - fragment);
    return;
  }
  const first = block * framesPerBlock;
  for (let frame = first; frame < Math.min(first + framesPerBlock, frames); frame++) {
    onFrame(frame, fragment);
    readFragments(oneEach ? 1 : input.readCount());
  }
}
