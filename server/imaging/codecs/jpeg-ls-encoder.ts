import { copied, type FrameInfo, withCodecObject } from './emscripten.ts';
import type { EncoderInput } from './encoder-input.ts';
import { charLs } from './libraries.ts';

const BY_SAMPLE = 2;

/** JPEG-LS; `near` is the greatest difference that a sample may have, 0 for lossless. */
export async function encodeJpegLs(input: EncoderInput, near: number): Promise<Uint8Array> {
  const { module } = await charLs.load();
  try {
    return withCodecObject(
      () => new module.JpegLSEncoder(),
      (encoder) => {
        const info: FrameInfo = {
          width: input.columns,
          height: input.rows,
          bitsPerSample: input.precision,
          componentCount: input.components,
          isSigned: false,
        };
        encoder.getDecodedBuffer(info).set(input.bytes);
        encoder.setNearLossless(near);
        encoder.setInterleaveMode(input.components > 1 ? BY_SAMPLE : 0);
        encoder.encode();
        return copied(encoder.getEncodedBuffer());
      },
    );
  } catch (error) {
    charLs.forget();
    throw new Error('the JPEG-LS encoder gave up', { cause: error });
  }
}
