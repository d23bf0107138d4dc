import { broken } from '../imaging-errors.ts';
import type { DecodedFrame, PixelFormat } from '../pixel-format.ts';
import { checkGeometry, frameOf } from './codec-output.ts';
import { runNativeCodec } from './native-codecs.ts';

/** JPEG XL (ISO 18181) by libjxl, which refuses streams that are cut off or damaged. */
export async function decodeJpegXl(bytes: Uint8Array, format: PixelFormat): Promise<DecodedFrame> {
  const precision = format.bitsAllocated > 8 ? 16 : 8;
  const { rows, columns, samplesPerPixel } = format;
  checkGeometry({ ...jpegXlSize(bytes), components: samplesPerPixel, precision }, format);
  const { context } = await runNativeCodec(({ NativeCodecs, Context }) =>
    NativeCodecs.decodeJpegXl(
      new Context({
        width: columns,
        height: rows,
        bitsAllocated: precision,
        bitsStored: format.bitsStored,
        samplesPerPixel,
        pixelRepresentation: 0,
        planarConfiguration: 0,
        photometricInterpretation: samplesPerPixel === 1 ? 'MONOCHROME2' : 'RGB',
        encodedBuffer: bytes,
      }),
    ),
  );
  const decoded = context.getDecodedBuffer();
  if (!decoded) throw broken('The JPEG XL decoder returned nothing.');
  return frameOf(
    {
      rows: context.getHeight() ?? 0,
      columns: context.getWidth() ?? 0,
      components: context.getSamplesPerPixel() ?? 0,
      precision,
      signed: false,
      bytes: decoded,
      lossy: false,
    },
    format,
    samplesPerPixel === 3 ? 'RGB' : format.photometricInterpretation,
  );
}

/** Columns for each row, by the number that ISO 18181-1 gives to common shapes. */
const RATIOS: readonly (readonly [number, number])[] = [
  [1, 1],
  [12, 10],
  [4, 3],
  [3, 2],
  [16, 9],
  [5, 4],
  [2, 1],
];

/** The image's size, which comes first in a bare codestream or in the first codestream box of a file (ISO 18181-1 D.2, 18181-2). */
function jpegXlSize(bytes: Uint8Array): { rows: number; columns: number } {
  const start = bytes[0] === 0xff && bytes[1] === 0x0a ? 2 : codestreamStart(bytes);
  const read = bitReader(bytes.subarray(start, start + 16));
  const isSmall = read(1) === 1;
  const side = () => (isSmall ? 8 * (read(5) + 1) : 1 + read([9, 13, 18, 30][read(2)] ?? 9));
  const rows = side();
  const ratio = RATIOS[read(3) - 1];
  return { rows, columns: ratio ? Math.floor((rows * ratio[0]) / ratio[1]) : side() };
}

function codestreamStart(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 16 <= bytes.length; ) {
    const size = view.getUint32(at);
    const type = view.getUint32(at + 4);
    // 'jxlc', and 'jxlp' with its counter
    const start = at + 8 + (type === 0x6a786c70 ? 4 : 0);
    if ((type === 0x6a786c63 || type === 0x6a786c70) && view.getUint16(start) === 0xff0a) return start + 2;
    if (size < 8) break;
    at += size;
  }
  throw broken('The frame is no JPEG XL codestream.');
}

/** Reads so many bits, the least significant of a byte first. */
function bitReader(bytes: Uint8Array): (count: number) => number {
  let at = 0;
  return (count) => {
    let value = 0;
    for (let bit = 0; bit < count; bit++, at++) value += (((bytes[at >> 3] ?? 0) >> (at & 7)) & 1) * 2 ** bit;
    return value;
  };
}
