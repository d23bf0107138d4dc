/** How much of a frame's beginning tells its transfer syntax; ICC profiles and comments may come first. */
export const SYNTAX_HEAD_BYTES = 256 * 1024;

const BASELINE = '1.2.840.10008.1.2.4.50';
const EXTENDED = '1.2.840.10008.1.2.4.51';
const PROGRESSIVE = '1.2.840.10008.1.2.4.55';
const LOSSLESS = '1.2.840.10008.1.2.4.57';
const LOSSLESS_FIRST_ORDER = '1.2.840.10008.1.2.4.70';
const JPEG_LS_LOSSLESS = '1.2.840.10008.1.2.4.80';
const JPEG_LS_LOSSY = '1.2.840.10008.1.2.4.81';
const JPEG_2000_LOSSLESS = '1.2.840.10008.1.2.4.90';
const JPEG_2000 = '1.2.840.10008.1.2.4.91';
const JPEG_2000_PART_2_LOSSLESS = '1.2.840.10008.1.2.4.92';
const JPEG_2000_PART_2 = '1.2.840.10008.1.2.4.93';
const HTJ2K_LOSSLESS = '1.2.840.10008.1.2.4.201';
const HTJ2K_LOSSLESS_RPCL = '1.2.840.10008.1.2.4.202';
const HTJ2K = '1.2.840.10008.1.2.4.203';
const RLE = '1.2.840.10008.1.2.5';

/**
 * The transfer syntaxes that a compressed frame which begins with these bytes can be of, the fitting one first; none where it is
 * no JPEG, JPEG-LS, JPEG 2000, HTJ2K or RLE (PS3.5 8.2, Annex G).
 */
export function syntaxesOfFrame(head: Uint8Array): readonly string[] {
  if (head[0] === 0xff && head[1] === 0xd8) return jpegSyntaxes(head);
  if (head[0] === 0xff && head[1] === 0x4f && head[2] === 0xff && head[3] === 0x51)
    return jpeg2000Syntaxes(head);
  return isRle(head) ? [RLE] : [];
}

/** ISO 10918-1 B.1.1.3: the kind of the frame is in its SOF marker, what else is to know in that of the scan. */
function jpegSyntaxes(head: Uint8Array): readonly string[] {
  let startOfFrame = 0;
  for (let at = 2; at + 4 <= head.length; ) {
    if (head[at] !== 0xff) return [];
    const marker = head[at + 1] as number;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = u16(head, at + 2);
    if (marker === 0xda) return scanSyntaxes(startOfFrame, head, at + 4);
    const isStart =
      (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) || marker === 0xf7;
    if (isStart) startOfFrame = marker;
    at += 2 + length;
  }
  return [];
}

/** `at`: the first byte of SOS after its length: number of components, two bytes each, then three parameters. */
function scanSyntaxes(startOfFrame: number, head: Uint8Array, at: number): readonly string[] {
  const parameters = at + 1 + 2 * (head[at] ?? 0);
  if (startOfFrame === 0xc0) return [BASELINE, EXTENDED];
  if (startOfFrame === 0xc1) return [EXTENDED];
  if (startOfFrame === 0xc2) return [PROGRESSIVE];
  // ISO 10918-1 B.2.3: Ss is the predictor.
  if (startOfFrame === 0xc3) return head[parameters] === 1 ? [LOSSLESS_FIRST_ORDER, LOSSLESS] : [LOSSLESS];
  // ISO 14495-1 C.2.3: NEAR is in its place.
  if (startOfFrame === 0xf7)
    return head[parameters] === 0 ? [JPEG_LS_LOSSLESS, JPEG_LS_LOSSY] : [JPEG_LS_LOSSY];
  return [];
}

/** ISO 15444-1 A.6.1: the last byte of COD says whether the wavelet transformation is reversible. */
function jpeg2000Syntaxes(head: Uint8Array): readonly string[] {
  let highThroughput = false;
  for (let at = 2; at + 4 <= head.length; ) {
    const marker = u16(head, at);
    const length = u16(head, at + 2);
    // ISO 15444-15 A.2: CAP announces part 15.
    if (marker === 0xff50) highThroughput = true;
    if (marker === 0xff52) {
      const reversible = head[at + 13] === 1;
      if (highThroughput) return reversible ? [HTJ2K_LOSSLESS, HTJ2K_LOSSLESS_RPCL, HTJ2K] : [HTJ2K];
      return reversible
        ? [JPEG_2000_LOSSLESS, JPEG_2000, JPEG_2000_PART_2_LOSSLESS, JPEG_2000_PART_2]
        : [JPEG_2000, JPEG_2000_PART_2];
    }
    if (marker < 0xff00 || marker === 0xff90) return [];
    at += 2 + length;
  }
  return [];
}

/** PS3.5 G.5: the number of segments, then their offsets; the first one begins behind these 64 bytes. */
function isRle(head: Uint8Array): boolean {
  if (head.length < 64) return false;
  const view = new DataView(head.buffer, head.byteOffset, 64);
  const segments = view.getUint32(0, true);
  return segments >= 1 && segments <= 15 && view.getUint32(4, true) === 64;
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/**
 * Where the codestream of a JP2 file lies (ISO 15444-1 I.4, I.5.4), in bytes; DICOM takes no more of it (PS3.5 8.2.4). `undefined`
 * where `head` begins no such file, or the codestream does not begin in it. `sizeBytes` is that of the file.
 */
export function codestreamInJp2(
  head: Uint8Array,
  sizeBytes: number,
): { start: number; endExclusive: number } | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const isJp2 = head.length >= 12 && view.getUint32(0) === 12 && view.getUint32(4) === 0x6a502020;
  for (let at = 0; isJp2 && at + 8 <= head.length; ) {
    const short = view.getUint32(at);
    if (short === 1 && at + 16 > head.length) return undefined;
    const length = short === 1 ? Number(view.getBigUint64(at + 8)) : short === 0 ? sizeBytes - at : short;
    if (length < 8) return undefined;
    if (view.getUint32(at + 4) === 0x6a703263)
      return { start: at + (short === 1 ? 16 : 8), endExclusive: Math.min(at + length, sizeBytes) };
    at += length;
  }
  return undefined;
}
