import { decodeWithWorker } from './codec-workers.ts';
import { decodeColorJpeg } from './jpeg-color.ts';
import { readNativeFrame } from './native.ts';
import { DecodeError, type PixelLayout, type RawFrame } from './raw-frame.ts';
import { decodeRle } from './rle.ts';

const transferSyntax = '1.2.840.10008.1.2';
const native = new Set([
  transferSyntax,
  `${transferSyntax}.1`,
  `${transferSyntax}.1.99`,
  `${transferSyntax}.1.98`,
]);
const bigEndian = `${transferSyntax}.2`;
const rle = `${transferSyntax}.5`;
const jpegBaseline = `${transferSyntax}.4.50`;
const jpegExtended = `${transferSyntax}.4.51`;
/** What the codec workers decode. */
const compressed = new Set(
  ['50', '51', '53', '55', '57', '70', '80', '81', '90', '91', '110', '111', '112', '201', '202', '203'].map(
    (last) => `${transferSyntax}.4.${last}`,
  ),
);

/** Decodes one frame of any supported transfer syntax. @throws DecodeError */
export async function decodeFrame(
  bytes: Uint8Array<ArrayBuffer>,
  transferSyntaxUID: string,
  layout: PixelLayout,
): Promise<RawFrame> {
  if (native.has(transferSyntaxUID)) return readNativeFrame(bytes, layout, false);
  if (transferSyntaxUID === bigEndian) return readNativeFrame(bytes, layout, true);
  if (transferSyntaxUID === rle) return decodeRle(bytes, layout);
  if (bytes.length === 0) throw new DecodeError('The frame is empty');
  const isJpeg = transferSyntaxUID === jpegBaseline || transferSyntaxUID === jpegExtended;
  if (isJpeg && layout.samplesPerPixel === 3 && layout.bitsAllocated === 8)
    return decodeColorJpeg(bytes, layout);
  if (compressed.has(transferSyntaxUID)) return decodeWithWorker(bytes, transferSyntaxUID, layout);
  throw new DecodeError(`Transfer syntax ${transferSyntaxUID} is not supported`);
}
