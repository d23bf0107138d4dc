import type { EncoderInput } from './encoder-input.ts';
import { runNativeCodec } from './native-codecs.ts';

/** What the codec library calls 4:2:2, PS3.3 C.7.6.3.1.2 YBR_FULL_422. */
const HALF_CHROMA = 1;

/**
 * JPEG baseline, of unsigned samples of 8 bits. RGB becomes YBR_FULL_422, the one colour that PS3.5 8.2.1 knows for it beside RGB.
 * `quality`: 1 to 100.
 */
export function encodeJpegBaseline(input: EncoderInput, quality: number): Promise<Uint8Array> {
  // Baseline has 8 bits a sample, however few of them are used.
  return encode({ ...input, precision: 8 }, { lossy: true, quality, sampleFactor: HALF_CHROMA });
}

/** JPEG lossless, process 14, selection value 1, of up to 16 bits; colours stay as they are. */
export function encodeJpegLossless(input: EncoderInput): Promise<Uint8Array> {
  return encode(input, { lossy: false, predictor: 1, pointTransform: 0 });
}

async function encode(
  { rows, columns, components, precision, bytes }: EncoderInput,
  parameters: Parameters<typeof import('dcmjs-codecs').NativeCodecs.encodeJpeg>[1],
): Promise<Uint8Array> {
  const { context } = await runNativeCodec(({ NativeCodecs, Context }) =>
    NativeCodecs.encodeJpeg(
      new Context({
        width: columns,
        height: rows,
        bitsAllocated: precision > 8 ? 16 : 8,
        bitsStored: precision,
        samplesPerPixel: components,
        pixelRepresentation: 0,
        planarConfiguration: 0,
        photometricInterpretation: components === 1 ? 'MONOCHROME2' : 'RGB',
        decodedBuffer: bytes,
      }),
      parameters,
    ),
  );
  const encoded = context.getEncodedBuffer();
  if (!encoded?.length) throw new Error('the JPEG encoder returned nothing');
  return encoded;
}
