import type { EncoderInput } from '../codecs/encoder-input.ts';
import { encodeHighThroughput, encodeJpeg2000 } from '../codecs/jpeg2000-encoder.ts';
import type { Raster } from './raster.ts';
import { RenderError } from './render-errors.ts';
import type { RenderedMediaType } from './render-request.ts';

/** Its wavelets leave nothing out. */
const losslessQuality = 100;

/**
 * image/jp2: a JP2 file (ISO 15444-1 Annex I); image/jphc: a bare HTJ2K code stream (ISO 15444-15). Lossless at quality 100.
 * Rejects with `RenderError` where the encoder fails.
 */
export async function encodeJpeg2000File(
  raster: Raster,
  mediaType: RenderedMediaType,
  quality: number,
): Promise<Uint8Array> {
  const { width, height, channels, data } = raster;
  const input: EncoderInput = {
    rows: height,
    columns: width,
    components: channels,
    precision: 8,
    signed: false,
    bytes: data,
    photometricInterpretation: channels === 3 ? 'RGB' : 'MONOCHROME2',
  };
  const lossless = quality >= losslessQuality;
  try {
    if (mediaType === 'image/jphc') {
      return await encodeHighThroughput(input, lossless ? undefined : quantizationStep(quality));
    }
    return boxed(await encodeJpeg2000(input, lossless ? undefined : compressionRatio(quality)), raster);
  } catch (error) {
    throw new RenderError('UNAVAILABLE', `The image could not be compressed as ${mediaType}`, {
      cause: error,
    });
  }
}

/** Quality 99: most of a grey level; quality 1: about 50 of them. */
function quantizationStep(quality: number): number {
  return (0.75 / 255) * 2 ** ((99 - quality) / 16);
}

/** Quality 99: half the size; quality 1: a hundredth. */
function compressionRatio(quality: number): number {
  return 2 * 50 ** ((99 - quality) / 98);
}

/** Signature, file type, header (size, 8 bits a component, sRGB or grey) and the code stream (Annex I.5). */
function boxed(stream: Uint8Array, { width, height, channels }: Raster): Uint8Array {
  const imageHeader = Buffer.alloc(14);
  imageHeader.writeUInt32BE(height, 0);
  imageHeader.writeUInt32BE(width, 4);
  imageHeader.writeUInt16BE(channels, 8);
  imageHeader.set([7, 7, 0, 0], 10);
  const enumerated = channels === 3 ? 16 : 17;
  const color = Buffer.from([1, 0, 0, 0, 0, 0, enumerated]);
  return Buffer.concat([
    box('jP  ', Buffer.from([0x0d, 0x0a, 0x87, 0x0a])),
    box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ', 'latin1')),
    box('jp2h', Buffer.concat([box('ihdr', imageHeader), box('colr', color)])),
    box('jp2c', stream),
  ]);
}

function box(type: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length + 8, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
}
