import { interleaved } from './decode-native.ts';
import { broken, unsupported } from './imaging-errors.ts';
import type { PixelFormat, Samples } from './pixel-format.ts';
import { bytesOf, newSamples } from './sample-arrays.ts';

const HEADER_BYTES = 64;
const MAX_SEGMENTS = 15;

/**
 * PS3.5 Annex G: a segment for each byte of a sample, the most significant first, each packed for itself. Gives the cells as they
 * are, with colour by pixel; 1-bit frames as packed bytes.
 */
export function decodeRle(bytes: Uint8Array, format: PixelFormat): Samples | Uint8Array {
  const pixels = format.rows * format.columns;
  const segments = segmentsOf(bytes);
  const width = format.bitsAllocated / 8;
  const expected = format.bitsAllocated === 1 ? 1 : format.samplesPerPixel * width;
  if (segments.length !== expected)
    throw broken(`The RLE frame has ${segments.length} segments; ${expected} were expected.`);
  const [first] = segments;
  if (format.bitsAllocated === 1 && first) return unpackSegment(first, Math.ceil(pixels / 8), 0);
  const samples = newSamples(format, pixels * format.samplesPerPixel);
  const cells = bytesOf(samples);
  for (const [index, segment] of segments.entries()) {
    const plane = unpackSegment(segment, pixels, index);
    const sample = Math.floor(index / width);
    let to = sample * pixels * width + (width - 1 - (index % width));
    for (let pixel = 0; pixel < pixels; pixel++, to += width) cells[to] = plane[pixel] ?? 0;
  }
  return format.samplesPerPixel > 1 ? interleaved(samples, format) : samples;
}

/** PS3.5 G.5: how many segments, and where each begins; all must lie in order inside the frame. */
function segmentsOf(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length < HEADER_BYTES) throw broken('The RLE frame is shorter than its header.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  if (count < 1 || count > MAX_SEGMENTS) throw broken(`The RLE header names ${count} segments.`);
  const offsets = Array.from({ length: count }, (_, index) => view.getUint32(4 + 4 * index, true));
  if (offsets[0] !== HEADER_BYTES) throw broken(`The first RLE segment begins at ${offsets[0]}, not at 64.`);
  return offsets.map((offset, index) => {
    const end = offsets[index + 1] ?? bytes.length;
    if (offset >= end || end > bytes.length)
      throw broken(`RLE segment ${index + 1} goes from ${offset} to ${end} of ${bytes.length} bytes.`);
    return bytes.subarray(offset, end);
  });
}

/** PS3.5 G.3.2. A segment may be padded at its end, but must fill its plane, and hold no more than that. */
function unpackSegment(segment: Uint8Array, lengthBytes: number, index: number): Uint8Array {
  const plane = new Uint8Array(lengthBytes);
  let from = 0;
  let to = 0;
  while (to < lengthBytes) {
    if (from >= segment.length)
      throw broken(`RLE segment ${index + 1} ends after ${to} of ${lengthBytes} bytes.`);
    const control = segment[from++] ?? 0;
    if (control === 128) continue;
    const run = control > 128;
    const count = run ? 257 - control : control + 1;
    if (to + count > lengthBytes || from + (run ? 1 : count) > segment.length)
      throw broken(`RLE segment ${index + 1} runs over its end after ${to} of ${lengthBytes} bytes.`);
    if (run) plane.fill(segment[from] ?? 0, to, to + count);
    else plane.set(segment.subarray(from, from + count), to);
    from += run ? 1 : count;
    to += count;
  }
  if (hasMore(segment.subarray(from)))
    throw broken(`RLE segment ${index + 1} holds more than ${lengthBytes} bytes: it is of another geometry.`);
  return plane;
}

/** PS3.5 G.3.1: a segment is padded to an even length; writers that pad further do it with zeros, some with the no-op 128. */
function hasMore(rest: Uint8Array): boolean {
  return rest.length > 1 && rest.some((byte) => byte !== 0 && byte !== 128);
}

/** PS3.5 Annex G, of cells with colour by pixel (or packed bits): each row packed for itself, as G.3 demands. */
export function encodeRle(cells: Uint8Array, format: PixelFormat): Uint8Array {
  const width = format.bitsAllocated === 1 ? 1 : format.bitsAllocated / 8;
  const planes = format.bitsAllocated === 1 ? 1 : format.samplesPerPixel * width;
  if (planes > MAX_SEGMENTS) throw unsupported('RLE has at most 15 segments.');
  const pixels = cells.length / planes;
  const rowLength = format.bitsAllocated === 1 ? pixels : format.columns;
  const segments: Uint8Array[] = [];
  for (let index = 0; index < planes; index++) {
    const plane = new Uint8Array(pixels);
    let from = Math.floor(index / width) * width + (width - 1 - (index % width));
    for (let pixel = 0; pixel < pixels; pixel++, from += planes) plane[pixel] = cells[from] ?? 0;
    segments.push(packSegment(plane, rowLength));
  }
  return joinSegments(segments);
}

function joinSegments(segments: readonly Uint8Array[]): Uint8Array {
  const total = segments.reduce((sum, segment) => sum + segment.length, HEADER_BYTES);
  const frame = new Uint8Array(total);
  const view = new DataView(frame.buffer);
  view.setUint32(0, segments.length, true);
  let at = HEADER_BYTES;
  for (const [index, segment] of segments.entries()) {
    view.setUint32(4 + 4 * index, at, true);
    frame.set(segment, at);
    at += segment.length;
  }
  return frame;
}

/** PS3.5 G.3.1; padded to an even length. */
function packSegment(plane: Uint8Array, rowLength: number): Uint8Array {
  const packed = new Uint8Array(
    plane.length + Math.ceil(plane.length / rowLength) * Math.ceil(rowLength / 128) + 1,
  );
  let to = 0;
  for (let start = 0; start < plane.length; start += rowLength)
    to = packRow(plane, start, Math.min(start + rowLength, plane.length), packed, to);
  return packed.subarray(0, to + (to % 2));
}

function packRow(plane: Uint8Array, start: number, end: number, packed: Uint8Array, begin: number): number {
  let to = begin;
  let from = start;
  while (from < end) {
    const run = runLength(plane, from, end);
    if (run > 2) {
      packed[to++] = 257 - run;
      packed[to++] = plane[from] ?? 0;
      from += run;
      continue;
    }
    let literals = run;
    while (from + literals < end && literals < 128 && runLength(plane, from + literals, end) < 3) literals++;
    packed[to++] = literals - 1;
    packed.set(plane.subarray(from, from + literals), to);
    to += literals;
    from += literals;
  }
  return to;
}

/** Of equal bytes from `from` on; at most 128. */
function runLength(plane: Uint8Array, from: number, end: number): number {
  const most = Math.min(end, from + 128);
  let at = from + 1;
  while (at < most && plane[at] === plane[from]) at++;
  return at - from;
}
