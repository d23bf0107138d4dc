import { ybrFullToRgb } from '../colour.ts';
import { broken, unsupported } from '../imaging-errors.ts';
import type { DecodedFrame, PixelFormat } from '../pixel-format.ts';
import { type CodecOutput, checkGeometry, frameOf } from './codec-output.ts';
import { type JpegStructure, LOSSLESS_SOF, readJpegStructure } from './jpeg-structure.ts';
import { runNativeCodec } from './native-codecs.ts';

const BASELINE_SOF = 0xc0;
const EXTENDED_SOF = 0xc1;
const PROGRESSIVE_SOF = 0xc2;

/** JPEG of ISO 10918-1: baseline, extended, progressive and lossless, 8, 12 and up to 16 bits. */
export async function decodeJpeg(bytes: Uint8Array, format: PixelFormat): Promise<DecodedFrame> {
  const structure = readJpegStructure(bytes);
  if (![BASELINE_SOF, EXTENDED_SOF, PROGRESSIVE_SOF, LOSSLESS_SOF].includes(structure.startOfFrame))
    throw unsupported(
      `JPEG of the kind FF${structure.startOfFrame.toString(16).toUpperCase()} is not supported.`,
    );
  const { precision } = structure;
  if (structure.startOfFrame !== LOSSLESS_SOF && precision !== 8 && precision !== 12)
    throw broken(`The JPEG stream has ${precision} bits a sample.`);
  checkGeometry({ ...structure, components: structure.components.length }, format);
  const { context, messages } = await runNativeCodec(({ NativeCodecs, Context }) =>
    NativeCodecs.decodeJpeg(
      new Context({
        width: structure.columns,
        height: structure.rows,
        bitsAllocated: precision > 8 ? 16 : 8,
        bitsStored: precision,
        samplesPerPixel: structure.components.length,
        pixelRepresentation: 0,
        planarConfiguration: 0,
        photometricInterpretation: structure.components.length === 1 ? 'MONOCHROME2' : 'RGB',
        encodedBuffer: bytes,
      }),
      { convertColorspaceToRgb: false },
    ),
  );
  const complaint = messages
    .filter((message) => /corrupt|premature|inconsistent progression/i.test(message))
    .find((message) => !isPaddingBeforeEnd(message, bytes, structure.endBytes));
  if (complaint) throw broken(`The JPEG stream is damaged: ${complaint.replace(/^.*::/, '')}.`);
  const decoded = context.getDecodedBuffer();
  if (!decoded) throw broken('The JPEG decoder returned nothing.');
  const output: CodecOutput = {
    rows: structure.rows,
    columns: structure.columns,
    components: structure.components.length,
    precision,
    signed: false,
    bytes: decoded,
    lossy: structure.startOfFrame !== LOSSLESS_SOF,
  };
  const photometricInterpretation = coloursOf(structure, format);
  const frame = frameOf(output, format, photometricInterpretation);
  if (photometricInterpretation === 'YBR_FULL' && output.lossy && frame.samples instanceof Uint8Array) {
    ybrFullToRgb(frame.samples);
    frame.photometricInterpretation = 'RGB';
  }
  return frame;
}

/**
 * Some writers pad the entropy coded bytes with zeros before EOI. More bytes than the image needs are otherwise the sign that bits were
 * lost or turned on the way.
 */
function isPaddingBeforeEnd(message: string, bytes: Uint8Array, endBytes: number): boolean {
  const count = Number(/(\d+) extraneous bytes before marker 0xd9/.exec(message)?.[1]);
  return count > 0 && bytes.subarray(endBytes - 2 - count, endBytes - 2).every((byte) => byte === 0);
}

/**
 * What the three components of a stream are. Lossless: what the data set says, for its encoder transforms nothing. Lossy: what
 * the stream says of itself in an Adobe segment, and if it doesn't, in its component identifiers or as JFIF, which is YCbCr by its
 * definition; the data set decides where the stream is silent. So do the common libraries, which is what pictures were looked at
 * with when they were made: many data sets say RGB of a stream that is not, and the other way round.
 */
function coloursOf(structure: JpegStructure, format: PixelFormat): string {
  const declared = format.photometricInterpretation;
  if (structure.components.length !== 3) return declared;
  if (structure.startOfFrame === LOSSLESS_SOF) return declared.startsWith('YBR_') ? 'YBR_FULL' : declared;
  if (structure.adobeTransform !== undefined) return structure.adobeTransform === 0 ? 'RGB' : 'YBR_FULL';
  const ids = structure.components.map(({ id }) => id);
  if (String.fromCharCode(...ids) === 'RGB') return 'RGB';
  if (structure.hasJfif) return 'YBR_FULL';
  const subsampled = structure.components.some(
    (component) =>
      component.horizontalSampling !== structure.components[0]?.horizontalSampling ||
      component.verticalSampling !== structure.components[0]?.verticalSampling,
  );
  return declared === 'RGB' && !subsampled ? 'RGB' : 'YBR_FULL';
}
