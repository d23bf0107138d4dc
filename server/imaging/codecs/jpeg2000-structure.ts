import { broken } from '../imaging-errors.ts';

/** What the main header of a JPEG 2000 or HTJ2K codestream says (ISO 15444-1 A, 15444-15 A). */
export interface Jpeg2000Structure {
  rows: number;
  columns: number;
  components: { precision: number; signed: boolean; dx: number; dy: number }[];
  /** Whether the components were transformed together (RCT or ICT): the decoder turns them back. */
  multipleComponentTransform: boolean;
  /** The 5-3 wavelet, by which nothing need be lost. */
  reversible: boolean;
  decompositions: number;
  /** 0 LRCP, 1 RLCP, 2 RPCL, 3 PCRL, 4 CPRL. */
  progressionOrder: number;
  /** High-Throughput block coding. */
  highThroughput: boolean;
  hasTileLengths: boolean;
  /** The bare codestream, taken out of the JP2 or JPH file that some writers wrap it in. */
  codestream: Uint8Array;
}

const SOC = 0xff4f;
const CAP = 0xff50;
const SIZ = 0xff51;
const COD = 0xff52;
const TLM = 0xff55;
const SOT = 0xff90;
const SOD = 0xff93;
const EOC = 0xffd9;
const JP2_SIGNATURE = 0x6a502020;
const CODESTREAM_BOX = 0x6a703263;

/**
 * Reads the main header and walks over the tile-parts. Every tile must be there with all its parts, each as long as it says:
 * decoders take what there is, and return a blurred image without a word.
 * @throws ImagingError BROKEN_FRAME
 */
export function readJpeg2000Structure(bytes: Uint8Array): Jpeg2000Structure {
  const codestream = unwrapped(bytes);
  const view = new DataView(codestream.buffer, codestream.byteOffset, codestream.byteLength);
  if (codestream.length < 4 || view.getUint16(0) !== SOC)
    throw broken('The frame is no JPEG 2000 codestream: it does not begin with SOC.');
  const found: Partial<Jpeg2000Structure> & { tiles?: number } = {
    hasTileLengths: false,
    highThroughput: false,
  };
  let at = 2;
  for (;;) {
    if (at + 4 > codestream.length) throw broken('The JPEG 2000 main header is cut off.');
    const marker = view.getUint16(at);
    if (marker === SOT) break;
    const length = view.getUint16(at + 2);
    if (marker < 0xff00 || length < 2 || at + 2 + length > codestream.length)
      throw broken(`The JPEG 2000 main header is wrong at byte ${at}.`);
    const segment = new DataView(codestream.buffer, codestream.byteOffset + at + 4, length - 2);
    if (marker === SIZ) readSize(found, segment);
    else if (marker === COD) readCodingStyle(found, segment);
    else if (marker === CAP)
      found.highThroughput = segment.byteLength >= 4 && (segment.getUint32(0) & 0x20000) !== 0;
    else if (marker === TLM) found.hasTileLengths = true;
    at += 2 + length;
  }
  checkTileParts(view, at, found.tiles ?? 0);
  return complete(found, codestream);
}

/** PS3.5 8.2.4 wants a bare codestream; ISO 15444-1 Annex I files are taken too. */
function unwrapped(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(4) !== JP2_SIGNATURE) return bytes;
  let at = 0;
  while (at + 8 <= bytes.length) {
    const size = view.getUint32(at);
    if (view.getUint32(at + 4) === CODESTREAM_BOX) {
      const head = size === 1 ? 16 : 8;
      const end = size === 0 ? bytes.length : at + (size === 1 ? Number(view.getBigUint64(at + 8)) : size);
      if (end > bytes.length) throw broken('The codestream in the JP2 file is cut off.');
      return bytes.subarray(at + head, end);
    }
    if (size < 8) break;
    at += size;
  }
  throw broken('The JP2 file holds no codestream.');
}

/** ISO 15444-1 A.5.1. */
function readSize(found: Partial<Jpeg2000Structure> & { tiles?: number }, segment: DataView): void {
  if (segment.byteLength < 36) throw broken('The JPEG 2000 image size is cut off.');
  const [x1, y1, x0, y0, tileWidth, tileHeight, tileX, tileY] = [2, 6, 10, 14, 18, 22, 26, 30].map((at) =>
    segment.getUint32(at),
  ) as [number, number, number, number, number, number, number, number];
  const count = segment.getUint16(34);
  if (count === 0 || segment.byteLength < 36 + 3 * count)
    throw broken('The JPEG 2000 image size is cut off.');
  if (x1 <= x0 || y1 <= y0 || tileWidth === 0 || tileHeight === 0)
    throw broken('The JPEG 2000 image has no area.');
  found.columns = x1 - x0;
  found.rows = y1 - y0;
  found.tiles = Math.ceil((x1 - tileX) / tileWidth) * Math.ceil((y1 - tileY) / tileHeight);
  found.components = Array.from({ length: count }, (_, index) => {
    const depth = segment.getUint8(36 + 3 * index);
    return {
      precision: (depth & 0x7f) + 1,
      signed: depth >= 0x80,
      dx: segment.getUint8(37 + 3 * index),
      dy: segment.getUint8(38 + 3 * index),
    };
  });
}

/** ISO 15444-1 A.6.1. */
function readCodingStyle(found: Partial<Jpeg2000Structure>, segment: DataView): void {
  if (segment.byteLength < 10) throw broken('The JPEG 2000 coding style is cut off.');
  found.progressionOrder = segment.getUint8(1);
  found.multipleComponentTransform = segment.getUint8(4) !== 0;
  found.decompositions = segment.getUint8(5);
  found.reversible = segment.getUint8(9) === 1;
}

/** ISO 15444-1 A.4.2: each tile-part says how long it is; the last may leave that open up to EOC. */
function checkTileParts(view: DataView, start: number, tiles: number): void {
  const parts = new Map<number, { seen: number; announced: number }>();
  let at = start;
  let open = false;
  while (at + 2 <= view.byteLength && view.getUint16(at) === SOT) {
    if (at + 14 > view.byteLength) throw broken('A JPEG 2000 tile-part is cut off.');
    const tile = view.getUint16(at + 4);
    const length = view.getUint32(at + 6);
    const announced = view.getUint8(at + 11);
    if (tile >= tiles) throw broken(`The JPEG 2000 codestream has a tile ${tile} of ${tiles}.`);
    const end = length === 0 ? view.byteLength : at + length;
    if ((length !== 0 && length < 14) || end > view.byteLength)
      throw broken(`Tile ${tile} of the JPEG 2000 codestream is cut off.`);
    checkTilePartHeader(view, at + 12, end);
    const part = parts.get(tile) ?? { seen: 0, announced: 0 };
    parts.set(tile, { seen: part.seen + 1, announced: announced || part.announced });
    open = length === 0;
    at = end;
  }
  if (parts.size !== tiles) throw broken(`The JPEG 2000 codestream has ${parts.size} of its ${tiles} tiles.`);
  for (const [tile, { seen, announced }] of parts)
    if (announced !== 0 && seen !== announced)
      throw broken(`Tile ${tile} of the JPEG 2000 codestream has ${seen} of its ${announced} parts.`);
  checkEnd(view, at, open);
}

function checkTilePartHeader(view: DataView, start: number, end: number): void {
  let at = start;
  while (at + 2 <= end) {
    const marker = view.getUint16(at);
    if (marker === SOD) return;
    if (marker < 0xff00 || at + 4 > end) break;
    at += 2 + view.getUint16(at + 2);
  }
  throw broken('The header of a JPEG 2000 tile-part is wrong.');
}

/** A codestream whose parts are all as long as they say is whole, also where a writer forgot EOC. */
function checkEnd(view: DataView, at: number, open: boolean): void {
  if (!open) {
    if (at + 2 <= view.byteLength && view.getUint16(at) !== EOC && view.getUint16(at) !== 0)
      throw broken(`The JPEG 2000 codestream has neither tile-part nor EOC at byte ${at}.`);
    return;
  }
  // One byte of padding may follow.
  for (const end of [view.byteLength - 2, view.byteLength - 3])
    if (end >= 0 && view.getUint16(end) === EOC) return;
  throw broken('The JPEG 2000 codestream ends without EOC.');
}

function complete(found: Partial<Jpeg2000Structure>, codestream: Uint8Array): Jpeg2000Structure {
  const { rows, columns, components } = found;
  if (rows === undefined || columns === undefined || !components)
    throw broken('The JPEG 2000 codestream does not say how large the image is.');
  if (found.progressionOrder === undefined) throw broken('The JPEG 2000 codestream has no coding style.');
  return {
    rows,
    columns,
    components,
    multipleComponentTransform: found.multipleComponentTransform === true,
    reversible: found.reversible === true,
    decompositions: found.decompositions ?? 0,
    progressionOrder: found.progressionOrder,
    highThroughput: found.highThroughput === true,
    hasTileLengths: found.hasTileLengths === true,
    codestream,
  };
}
