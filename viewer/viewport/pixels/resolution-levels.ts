/** Transfer syntaxes of High-Throughput JPEG 2000 (PS3.5 A.4.12 to A.4.14). */
const highThroughput = new Set(['201', '202', '203'].map((last) => `1.2.840.10008.1.2.4.${last}`));

const startOfCodestream = 0xff4f;
const codingStyleDefault = 0xff52;
const startOfTilePart = 0xff90;
/** Progression orders (ISO/IEC 15444-1 table A.16) in which small resolutions come first: RLCP and RPCL. */
const resolutionFirst = [1, 2];

const tilePartLengths = 0xff55;

interface CodestreamHeader {
  /** How many times the image was halved (decomposition levels). */
  readonly levels: number;
  /** Whether the small resolutions come first. */
  readonly isResolutionFirst: boolean;
  /** Of the whole codestream. */
  readonly lengthBytes: number;
}

/** The sum of the lengths that a TLM marker segment tells (ISO/IEC 15444-1 A.7.1). */
function sumOfTileParts(view: DataView, at: number): number {
  const end = at + 2 + view.getUint16(at + 2);
  const style = view.getUint8(at + 5);
  const [indexBytes, lengthBytes] = [(style >> 4) & 3, (style >> 6) & 1 ? 4 : 2];
  let sum = 0;
  for (let entry = at + 6 + indexBytes; entry + lengthBytes <= end; entry += indexBytes + lengthBytes)
    sum += lengthBytes === 4 ? view.getUint32(entry) : view.getUint16(entry);
  return sum;
}

/**
 * Reads the main header of a codestream (ISO/IEC 15444-1 A.4 to A.7); undefined when it is not complete, or does not tell how
 * long the codestream is: by a list of tile-parts, or as the only one.
 */
export function readCodestreamHeader(codestream: Uint8Array): CodestreamHeader | undefined {
  const view = new DataView(codestream.buffer, codestream.byteOffset, codestream.byteLength);
  if (view.byteLength < 4 || view.getUint16(0) !== startOfCodestream) return undefined;
  let [levels, listed, isResolutionFirst] = [0, 0, false];
  for (let at = 2; at + 12 <= view.byteLength; ) {
    const [marker, length] = [view.getUint16(at), view.getUint16(at + 2)];
    if (marker === startOfTilePart) {
      // Marker, length, tile (2), length of the tile-part (4), its number, how many the tile has.
      const own = view.getUint8(at + 11) === 1 ? view.getUint32(at + 6) : 0;
      const lengthBytes = at + (listed || own);
      return listed || own ? { levels, isResolutionFirst, lengthBytes } : undefined;
    }
    if (at + 2 + length > view.byteLength) return undefined;
    if (marker === codingStyleDefault) {
      // Marker, length, style, progression order, layers (2), transformation of components, levels.
      isResolutionFirst = resolutionFirst.includes(view.getUint8(at + 5));
      levels = view.getUint8(at + 9);
    }
    if (marker === tilePartLengths) listed += sumOfTileParts(view, at);
    at += 2 + length;
  }
  return undefined;
}

/** The part of a codestream that holds enough for an image halved so often; measured on lossless radiographs and slices. */
const enoughFor: readonly { readonly share: number; readonly level: number }[] = [
  { share: 0.27, level: 1 },
  { share: 0.13, level: 2 },
  { share: 0.05, level: 3 },
];

/** How often to halve an image of which this is the beginning; undefined when nothing can be shown of it yet. */
export function levelOfPart(codestream: Uint8Array, transferSyntaxUID: string): number | undefined {
  if (!highThroughput.has(transferSyntaxUID)) return undefined;
  const header = readCodestreamHeader(codestream);
  if (!header?.isResolutionFirst) return undefined;
  const share = codestream.length / header.lengthBytes;
  const level = share < 1 ? enoughFor.find((entry) => share >= entry.share)?.level : undefined;
  return level === undefined || level > header.levels ? undefined : level;
}
