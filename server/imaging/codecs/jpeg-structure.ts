import { broken } from '../imaging-errors.ts';

/** One component of a JPEG image (ISO 10918-1 B.2.2). */
export interface JpegComponent {
  id: number;
  horizontalSampling: number;
  verticalSampling: number;
}

/** What the markers of a JPEG or JPEG-LS stream say (ISO 10918-1 B, ISO 14495-1 C). */
export interface JpegStructure {
  /** The low byte of the SOF marker: 0xC0 baseline, 0xC1 extended, 0xC2 progressive, 0xC3 lossless, 0xF7 JPEG-LS. */
  startOfFrame: number;
  /** Bits a sample. */
  precision: number;
  rows: number;
  columns: number;
  components: JpegComponent[];
  scans: number;
  /** Of the Adobe APP14 segment: 0 nothing was transformed, 1 YCbCr, 2 YCCK. */
  adobeTransform: number | undefined;
  hasJfif: boolean;
  /** JPEG-LS: the greatest difference that a sample may have; 0: lossless. Of the first scan. */
  near: number;
  /** JPEG lossless: bits that were shifted away. */
  pointTransform: number;
  /** Where the EOI marker ends. */
  endBytes: number;
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DNL = 0xdc;
const APP0 = 0xe0;
const APP14 = 0xee;
export const LOSSLESS_SOF = 0xc3;
export const JPEG_LS_SOF = 0xf7;

/**
 * Walks from SOI to EOI. That EOI is there, and every segment before it, is what tells a whole stream from one that was cut off:
 * decoders fill up what is missing with grey.
 * @throws ImagingError BROKEN_FRAME
 */
export function readJpegStructure(bytes: Uint8Array): JpegStructure {
  if (bytes[0] !== 0xff || bytes[1] !== SOI)
    throw broken('The frame is no JPEG stream: it does not begin with SOI.');
  const found: Partial<JpegStructure> & Pick<JpegStructure, 'hasJfif' | 'scans'> = {
    hasJfif: false,
    scans: 0,
  };
  let at = 2;
  for (;;) {
    const marker = markerAt(bytes, at);
    at = marker.endBytes;
    if (marker.code === EOI) return complete(found, at);
    if (marker.code === 0x01 || (marker.code >= 0xd0 && marker.code <= 0xd7)) continue;
    const segment = segmentAt(bytes, at, marker.code);
    at += 2 + segment.length;
    readSegment(found, marker.code, segment);
    if (marker.code === SOS) at = endOfScan(bytes, at, found.startOfFrame === JPEG_LS_SOF);
  }
}

/** ISO 10918-1 B.1.1.2: any number of FF may stand before a marker. */
function markerAt(bytes: Uint8Array, start: number): { code: number; endBytes: number } {
  let at = start;
  if (at >= bytes.length) throw broken('The JPEG stream ends without EOI.');
  if (bytes[at] !== 0xff) throw broken(`The JPEG stream has no marker at byte ${at}.`);
  while (bytes[at] === 0xff) at++;
  const code = bytes[at];
  if (code === undefined) throw broken('The JPEG stream ends without EOI.');
  if (code === 0) throw broken(`The JPEG stream has no marker at byte ${start}.`);
  return { code, endBytes: at + 1 };
}

function segmentAt(bytes: Uint8Array, at: number, code: number): Uint8Array {
  const length = uint16(bytes, at);
  if (length < 2 || at + length > bytes.length)
    throw broken(`The JPEG segment FF${code.toString(16).toUpperCase()} goes beyond the stream's end.`);
  return bytes.subarray(at + 2, at + length);
}

function readSegment(found: Partial<JpegStructure>, code: number, segment: Uint8Array): void {
  if (isStartOfFrame(code)) readStartOfFrame(found, code, segment);
  else if (code === SOS) readStartOfScan(found, segment);
  else if (code === DNL && found.rows === 0) found.rows = uint16(segment, 0);
  else if (code === APP0 && ascii(segment, 4) === 'JFIF') found.hasJfif = true;
  else if (code === APP14 && ascii(segment, 5) === 'Adobe' && segment.length >= 12) {
    const transform = segment[11];
    if (transform !== undefined) found.adobeTransform = transform;
  }
}

function isStartOfFrame(code: number): boolean {
  return (
    code === JPEG_LS_SOF || (code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc)
  );
}

function readStartOfFrame(found: Partial<JpegStructure>, code: number, segment: Uint8Array): void {
  if (found.startOfFrame !== undefined) throw broken('The JPEG stream has more than one frame.');
  const count = segment[5] ?? 0;
  if (segment.length < 6 + 3 * count || count === 0) throw broken('The JPEG frame header is cut off.');
  found.startOfFrame = code;
  found.precision = segment[0] ?? 0;
  found.rows = uint16(segment, 1);
  found.columns = uint16(segment, 3);
  found.components = Array.from({ length: count }, (_, index) => ({
    id: segment[6 + 3 * index] ?? 0,
    horizontalSampling: (segment[7 + 3 * index] ?? 0) >> 4,
    verticalSampling: (segment[7 + 3 * index] ?? 0) & 15,
  }));
}

function readStartOfScan(found: Partial<JpegStructure>, segment: Uint8Array): void {
  const count = segment[0] ?? 0;
  if (found.startOfFrame === undefined) throw broken('The JPEG stream has a scan before its frame header.');
  if (segment.length < 4 + 2 * count) throw broken('The JPEG scan header is cut off.');
  if (found.scans === 0) {
    found.near = segment[1 + 2 * count] ?? 0;
    found.pointTransform = (segment[3 + 2 * count] ?? 0) & 15;
  }
  found.scans = (found.scans ?? 0) + 1;
}

/** Where the next marker after entropy coded bytes begins. JPEG-LS stuffs a bit after FF, the others a byte (ISO 14495-1 A.1). */
function endOfScan(bytes: Uint8Array, start: number, isJpegLs: boolean): number {
  for (let at = bytes.indexOf(0xff, start); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next === undefined) break;
    if (next === 0xff || (next >= 0xd0 && next <= 0xd7)) continue;
    if (isJpegLs ? next >= 0x80 : next !== 0) return at;
  }
  throw broken('The JPEG stream ends within a scan, without EOI.');
}

function complete(found: Partial<JpegStructure>, endBytes: number): JpegStructure {
  const { startOfFrame, precision, rows, columns, components, scans } = found;
  if (
    startOfFrame === undefined ||
    precision === undefined ||
    rows === undefined ||
    columns === undefined ||
    !components
  )
    throw broken('The JPEG stream has no frame header.');
  if (!scans) throw broken('The JPEG stream has no scan.');
  return {
    startOfFrame,
    precision,
    rows,
    columns,
    components,
    scans,
    adobeTransform: found.adobeTransform,
    hasJfif: found.hasJfif === true,
    near: startOfFrame === JPEG_LS_SOF ? (found.near ?? 0) : 0,
    pointTransform: startOfFrame === LOSSLESS_SOF ? (found.pointTransform ?? 0) : 0,
    endBytes,
  };
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function ascii(bytes: Uint8Array, length: number): string {
  return String.fromCharCode(...bytes.subarray(0, length));
}
