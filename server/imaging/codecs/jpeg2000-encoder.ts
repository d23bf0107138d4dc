import { copied, type FrameInfo, withCodecObject } from './emscripten.ts';
import type { EncoderInput } from './encoder-input.ts';
import { openJpeg, openJph } from './libraries.ts';

const LRCP = 0;
const RPCL = 2;

/** The wavelet halves the image so many times: five where it is large enough. */
function decompositionsOf({ rows, columns }: EncoderInput): number {
  return Math.min(5, Math.floor(Math.log2(Math.min(rows, columns))));
}

function frameInfoOf({ rows, columns, precision, components, signed }: EncoderInput): FrameInfo {
  return {
    width: columns,
    height: rows,
    bitsPerSample: precision,
    componentCount: components,
    isSigned: signed,
    isUsingColorTransform: components > 1,
  };
}

/** JPEG 2000; lossless where `ratio` is undefined, else at most 1 / `ratio` of the native size. Three components go through RCT or ICT. */
export async function encodeJpeg2000(input: EncoderInput, ratio: number | undefined): Promise<Uint8Array> {
  const { module } = await openJpeg.load();
  try {
    return withCodecObject(
      () => new module.J2KEncoder(),
      (encoder) => {
        encoder.getDecodedBuffer(frameInfoOf(input)).set(input.bytes);
        encoder.setDecompositions(decompositionsOf(input));
        encoder.setProgressionOrder(LRCP);
        encoder.setQuality(ratio === undefined, 1);
        encoder.setCompressionRatio(0, ratio ?? 0);
        encoder.encode();
        return copied(encoder.getEncodedBuffer());
      },
    );
  } catch (error) {
    openJpeg.forget();
    throw new Error('the JPEG 2000 encoder gave up', { cause: error });
  }
}

/**
 * HTJ2K; lossless where `quantizationStep` is undefined, else with steps of so large a part of the range. The order is RPCL with
 * a table of tile-part lengths and a part for each resolution, as PS3.5 10.19 asks for 1.2.840.10008.1.2.4.202 and as suits the others.
 */
export async function encodeHighThroughput(
  input: EncoderInput,
  quantizationStep: number | undefined,
): Promise<Uint8Array> {
  const { module, takeMessages } = await openJph.load();
  takeMessages();
  try {
    return withCodecObject(
      () => new module.HTJ2KEncoder(),
      (encoder) => {
        encoder.getDecodedBuffer(frameInfoOf(input)).set(input.bytes);
        encoder.setDecompositions(decompositionsOf(input));
        encoder.setProgressionOrder(RPCL);
        encoder.setTLMMarker(true);
        encoder.setTilePartDivisionsAtResolutions(true);
        encoder.setQuality(quantizationStep === undefined, quantizationStep ?? 0);
        encoder.encode();
        const complaint = takeMessages().find((line) => /ojph error/i.test(line));
        if (complaint) throw new Error(complaint);
        return copied(encoder.getEncodedBuffer());
      },
    );
  } catch (error) {
    openJph.forget();
    throw new Error('the HTJ2K encoder gave up', { cause: error });
  }
}
