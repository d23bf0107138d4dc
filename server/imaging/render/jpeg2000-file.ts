import { copied, withCodecObject } from '../codecs/emscripten.ts';
import { openJpeg, openJph } from '../codecs/libraries.ts';
import type { Raster } from './raster.ts';
import { RenderError } from './render-errors.ts';
import type { RenderedMediaType } from './render-request.ts';

interface Encoder {
  delete(): void;
  getDecodedBuffer(info: object): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  encode(): void;
  setDecompositions(levels: number): void;
  /** Part 1 takes the number of layers; High-Throughput the step of the quantization, a fraction of the range. */
  setQuality(lossless: boolean, layersOrStep: number): void;
  /** Uncompressed to compressed size of a layer; only Part 1, and after `setQuality`, which resets it. */
  setCompressionRatio?(layer: number, ratio: number): void;
}

/** ISO 15444-1 B.5: more levels than a side can be halved make no sense. */
const mostLevels = 5;
/** Its wavelets leave nothing out. */
const losslessQuality = 100;

/**
 * image/jp2: a JP2 file (ISO 15444-1 Annex I); image/jphc: a bare HTJ2K code stream (ISO 15444-15). Lossless at quality 100.
 * Rejects with `RenderError` where the encoder fails.
 */
export async function encodeJpeg2000(
  raster: Raster,
  mediaType: RenderedMediaType,
  quality: number,
): Promise<Uint8Array> {
  if (mediaType === 'image/jphc') {
    const { module } = await openJph.load();
    return codestream(() => new module.HTJ2KEncoder(), raster, quality);
  }
  const { module } = await openJpeg.load();
  return boxed(
    codestream(() => new module.J2KEncoder(), raster, quality),
    raster,
  );
}

function codestream(make: () => Encoder, raster: Raster, quality: number): Uint8Array {
  const { width, height, channels, data } = raster;
  const bytes = withCodecObject(make, (encoder) => {
    const info = { width, height, bitsPerSample: 8, componentCount: channels, isSigned: false };
    encoder.getDecodedBuffer({ ...info, isUsingColorTransform: channels === 3 }).set(data);
    const levels = Math.floor(Math.log2(Math.min(width, height)));
    encoder.setDecompositions(Math.max(0, Math.min(mostLevels, levels)));
    const lossless = quality >= losslessQuality;
    if (lossless) encoder.setQuality(true, 0);
    else if (encoder.setCompressionRatio) {
      encoder.setQuality(false, 1);
      encoder.setCompressionRatio(0, compressionRatio(quality));
    } else encoder.setQuality(false, quantizationStep(quality));
    encoder.encode();
    return copied(encoder.getEncodedBuffer());
  });
  if (bytes[0] !== 0xff || bytes[1] !== 0x4f) {
    throw new RenderError('UNAVAILABLE', 'The image could not be compressed as JPEG 2000');
  }
  return bytes;
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
