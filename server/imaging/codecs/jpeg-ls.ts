import { broken } from '../imaging-errors.ts';
import type { DecodedFrame, PixelFormat } from '../pixel-format.ts';
import { checkGeometry, frameOf } from './codec-output.ts';
import { copied, withCodecObject } from './emscripten.ts';
import { JPEG_LS_SOF, readJpegStructure } from './jpeg-structure.ts';
import { charLs } from './libraries.ts';

/** JPEG-LS (ISO 14495-1), lossless and near-lossless, by CharLS. */
export async function decodeJpegLs(bytes: Uint8Array, format: PixelFormat): Promise<DecodedFrame> {
  const structure = readJpegStructure(bytes);
  if (structure.startOfFrame !== JPEG_LS_SOF) throw broken('The frame is no JPEG-LS stream.');
  const components = structure.components.length;
  checkGeometry({ ...structure, components }, format);
  const { module } = await charLs.load();
  const { samples, interleaveMode } = decoded(() =>
    withCodecObject(
      () => new module.JpegLSDecoder(),
      (decoder) => {
        decoder.getEncodedBuffer(bytes.length).set(bytes);
        decoder.decode();
        return { samples: copied(decoder.getDecodedBuffer()), interleaveMode: decoder.getInterleaveMode() };
      },
    ),
  );
  const byPlane = components > 1 && interleaveMode === 0;
  return frameOf(
    {
      ...structure,
      components,
      signed: false,
      bytes: byPlane ? byPixel(samples, components, structure.precision > 8 ? 2 : 1) : samples,
      lossy: structure.near > 0,
    },
    format,
    format.photometricInterpretation === 'YBR_FULL_422' ? 'YBR_FULL' : format.photometricInterpretation,
  );
}

/** CharLS throws the address of a C++ exception, a number. */
function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    charLs.forget();
    throw broken(`The JPEG-LS stream is damaged${typeof error === 'number' ? '' : `: ${String(error)}`}.`);
  }
}

/** Interleave mode none (ISO 14495-1 B.2): a scan for each component. */
function byPixel(bytes: Uint8Array, components: number, width: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  const planeBytes = bytes.length / components;
  for (let from = 0; from < bytes.length; from++) {
    const plane = Math.floor(from / planeBytes);
    const within = from - plane * planeBytes;
    const pixel = Math.floor(within / width);
    result[(pixel * components + plane) * width + (within % width)] = bytes[from] ?? 0;
  }
  return result;
}
