import { inflateRawSync } from 'node:zlib';
import { TRANSFER_SYNTAXES, transferSyntaxOf } from '../dicom/transfer-syntaxes.ts';
import { decodeJpeg } from './codecs/jpeg.ts';
import { decodeJpegLs } from './codecs/jpeg-ls.ts';
import { decodeJpegXl } from './codecs/jpeg-xl.ts';
import { decodeJpeg2000 } from './codecs/jpeg2000.ts';
import { decodeNative } from './decode-native.ts';
import { broken, ImagingError, unsupported } from './imaging-errors.ts';
import type { DecodedFrame, PixelFormat } from './pixel-format.ts';
import { checkFormat, decodedBytes, isNative } from './pixel-format-of.ts';
import { decodeRle } from './rle.ts';
import { bytesOf } from './sample-arrays.ts';

type Decode = (bytes: Uint8Array, format: PixelFormat) => DecodedFrame | Promise<DecodedFrame>;

/** Each transfer syntax that is encapsulated and can be decoded. Those of PS3.5 10 that are missing can't be. */
const DECODERS: Readonly<Record<string, Decode>> = {
  '1.2.840.10008.1.2.1.98': decodeNative,
  '1.2.840.10008.1.2.4.50': decodeJpeg,
  '1.2.840.10008.1.2.4.51': decodeJpeg,
  // Retired in 1996 and still found; the same decoder reads these processes.
  '1.2.840.10008.1.2.4.53': decodeJpeg,
  '1.2.840.10008.1.2.4.55': decodeJpeg,
  '1.2.840.10008.1.2.4.57': decodeJpeg,
  '1.2.840.10008.1.2.4.70': decodeJpeg,
  '1.2.840.10008.1.2.4.80': decodeJpegLs,
  '1.2.840.10008.1.2.4.81': decodeJpegLs,
  '1.2.840.10008.1.2.4.90': decodeJpeg2000,
  '1.2.840.10008.1.2.4.91': decodeJpeg2000,
  // Part 2 codestreams whose component transforms are of Part 1; the decoder refuses the others.
  '1.2.840.10008.1.2.4.92': decodeJpeg2000,
  '1.2.840.10008.1.2.4.93': decodeJpeg2000,
  '1.2.840.10008.1.2.4.110': decodeJpegXl,
  '1.2.840.10008.1.2.4.112': decodeJpegXl,
  '1.2.840.10008.1.2.4.201': decodeJpeg2000,
  '1.2.840.10008.1.2.4.202': decodeJpeg2000,
  '1.2.840.10008.1.2.4.203': decodeJpeg2000,
  '1.2.840.10008.1.2.5': decodeRleFrame,
  '1.2.840.10008.1.2.8.1': decodeDeflated,
};

/** All transfer syntaxes whose frames can be decoded. */
export const DECODABLE: readonly string[] = TRANSFER_SYNTAXES.map(({ uid }) => uid).filter(canDecode);

/** Whether frames of this transfer syntax can be decoded; whether a given one can, only its bytes tell. */
export function canDecode(transferSyntaxUID: string): boolean {
  return isNative(transferSyntaxUID) || transferSyntaxUID in DECODERS;
}

/**
 * The samples of one frame. `bytes` are those of the frame alone: its fragments joined, or native ones little endian from the first bit
 * of the first byte on, as archive/retrieve/retrieve-inside.ts reads them.
 * @throws ImagingError UNSUPPORTED_PIXELS where nothing here reads this kind of frame, BROKEN_FRAME where its bytes are wrong
 */
export async function decodeFrame(bytes: Uint8Array, format: PixelFormat): Promise<DecodedFrame> {
  checkFormat(format);
  const decode = isNative(format.transferSyntaxUID) ? decodeNative : DECODERS[format.transferSyntaxUID];
  if (!decode) {
    const { name } = transferSyntaxOf(format.transferSyntaxUID);
    throw unsupported(`Frames in transfer syntax ${name || format.transferSyntaxUID} can't be decoded.`);
  }
  if (format.numbers !== 'integer' && decode !== decodeNative)
    throw unsupported('Float pixel data can only be native.');
  try {
    return await decode(bytes, format);
  } catch (error) {
    if (error instanceof ImagingError) throw error;
    // A trap of the codec, or an exception of its own.
    const reason = error instanceof Error ? error.message : String(error);
    throw new ImagingError('BROKEN_FRAME', `The frame can't be decoded: ${reason.slice(0, 200)}`, {
      cause: error,
    });
  }
}

/** PS3.5 Annex G. */
function decodeRleFrame(bytes: Uint8Array, format: PixelFormat): DecodedFrame {
  const cells = decodeRle(bytes, format);
  // Cells are native now; YBR_FULL_422 isn't subsampled here (PS3.5 8.2.2).
  return decodeNative(bytesOf(cells), { ...format, planarConfiguration: 0 });
}

/** PS3.5 A.4.11: each frame deflated for itself. */
function decodeDeflated(bytes: Uint8Array, format: PixelFormat): DecodedFrame {
  let inflated: Uint8Array;
  try {
    inflated = inflateRawSync(bytes, { maxOutputLength: decodedBytes(format) + 16 });
  } catch (error) {
    throw broken(`The deflated frame is damaged: ${error instanceof Error ? error.message : ''}.`);
  }
  return decodeNative(inflated, format);
}
