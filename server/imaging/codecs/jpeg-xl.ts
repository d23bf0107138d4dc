import { broken } from '../imaging-errors.ts';
import type { DecodedFrame, PixelFormat } from '../pixel-format.ts';
import { frameOf } from './codec-output.ts';
import { runNativeCodec } from './native-codecs.ts';

/** JPEG XL (ISO 18181) by libjxl, which refuses streams that are cut off or damaged. */
export async function decodeJpegXl(bytes: Uint8Array, format: PixelFormat): Promise<DecodedFrame> {
  const precision = format.bitsAllocated > 8 ? 16 : 8;
  const { rows, columns, samplesPerPixel } = format;
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
