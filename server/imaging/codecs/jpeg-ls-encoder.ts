import { copied, type FrameInfo, LazyCodec, type WasmEncoder, withCodecObject } from './emscripten.ts';
import type { EncoderInput } from './encoder-input.ts';

interface JpegLsEncoder extends WasmEncoder {
  setNearLossless(near: number): void;
  setInterleaveMode(mode: number): void;
}

interface JpegLsModule {
  JpegLSEncoder: new () => JpegLsEncoder;
}

const codec = new LazyCodec<JpegLsModule>('@cornerstonejs/codec-charls/wasmjs');
const BY_SAMPLE = 2;

/** JPEG-LS; `near` is the greatest difference that a sample may have, 0 for lossless. */
export async function encodeJpegLs(input: EncoderInput, near: number): Promise<Uint8Array> {
  const { module } = await codec.load();
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
    codec.forget();
    throw new Error('the JPEG-LS encoder gave up', { cause: error });
  }
}
