import { createRequire } from 'node:module';
import { LazyCodec, type WasmDecoder, type WasmEncoder } from './emscripten.ts';

const require = createRequire(import.meta.url);

export interface JpegLsDecoder extends WasmDecoder {
  getInterleaveMode(): number;
}

export interface JpegLsEncoder extends WasmEncoder {
  setNearLossless(near: number): void;
  setInterleaveMode(mode: number): void;
}

export interface J2kEncoder extends WasmEncoder {
  setDecompositions(count: number): void;
  /** Lossless or not, and how many quality layers. */
  setQuality(lossless: boolean, layers: number): void;
  /** Of a layer; after `setQuality`, which resets it. */
  setCompressionRatio(layer: number, ratio: number): void;
  setProgressionOrder(order: number): void;
}

export interface Htj2kEncoder extends WasmEncoder {
  setDecompositions(count: number): void;
  /** Lossless or not, and the step of the quantization as a part of the range. */
  setQuality(lossless: boolean, quantizationStep: number): void;
  setProgressionOrder(order: number): void;
  setTLMMarker(on: boolean): void;
  setTilePartDivisionsAtResolutions(on: boolean): void;
}

/** CharLS: JPEG-LS. */
export const charLs = new LazyCodec<{
  JpegLSDecoder: new () => JpegLsDecoder;
  JpegLSEncoder: new () => JpegLsEncoder;
}>(() => require('@cornerstonejs/codec-charls/wasmjs'));

/** OpenJPEG: JPEG 2000; it decodes High-Throughput blocks as well. */
export const openJpeg = new LazyCodec<{
  J2KDecoder: new () => WasmDecoder;
  J2KEncoder: new () => J2kEncoder;
}>(() => require('@cornerstonejs/codec-openjpeg/wasmjs'));

/** OpenJPH: High-Throughput JPEG 2000. */
export const openJph = new LazyCodec<{
  HTJ2KDecoder: new () => WasmDecoder;
  HTJ2KEncoder: new () => Htj2kEncoder;
}>(() => require('@cornerstonejs/codec-openjph/wasmjs'));
