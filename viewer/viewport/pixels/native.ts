import { DecodeError, type PixelLayout, type RawFrame, type Samples } from './raw-frame.ts';

/** 4:2:2 stores two luma samples with one pair of chroma samples (PS3.3 C.7.6.3.1.2). */
function samplesOfFrame(layout: PixelLayout): number {
  const pixels = layout.rows * layout.columns;
  return layout.photometricInterpretation === 'YBR_FULL_422' ? pixels * 2 : pixels * layout.samplesPerPixel;
}

function unpackBits(bytes: Uint8Array, count: number): Uint8Array {
  // PS3.5 8.1.1: the first pixel is the least significant bit.
  return Uint8Array.from({ length: count }, (_, index) => ((bytes[index >> 3] ?? 0) >> (index & 7)) & 1);
}

function swapBytes(bytes: Uint8Array<ArrayBuffer>, sampleBytes: number): Uint8Array<ArrayBuffer> {
  const swapped = bytes.slice();
  for (let at = 0; at + sampleBytes <= swapped.length; at += sampleBytes) {
    swapped.subarray(at, at + sampleBytes).reverse();
  }
  return swapped;
}

function viewSamples(bytes: Uint8Array<ArrayBuffer>, layout: PixelLayout, count: number): Samples {
  const { buffer, byteOffset } = bytes;
  switch (layout.bitsAllocated) {
    case 1:
      return unpackBits(bytes, count);
    case 8:
      return bytes.subarray(0, count);
    case 16:
      return new Uint16Array(buffer, byteOffset, count);
    case 32:
      return layout.isFloat
        ? new Float32Array(buffer, byteOffset, count)
        : new Uint32Array(buffer, byteOffset, count);
    case 64:
      if (layout.isFloat) return new Float64Array(buffer, byteOffset, count);
      break;
  }
  throw new DecodeError(`Pixels of ${layout.bitsAllocated} bits are not supported`);
}

/**
 * Reads an uncompressed frame. Integer samples come back unsigned, exactly as stored; signs are applied later.
 * `bytes` must start at an offset of its buffer that is divisible by eight.
 */
export function readNativeFrame(
  bytes: Uint8Array<ArrayBuffer>,
  layout: PixelLayout,
  isBigEndian: boolean,
): RawFrame {
  // Some servers keep the 4:2:2 label on pixels they have expanded; the length tells.
  const pixels = layout.rows * layout.columns;
  const isExpanded =
    layout.photometricInterpretation === 'YBR_FULL_422' &&
    bytes.length >= pixels * 3 &&
    layout.bitsAllocated === 8;
  const photometricInterpretation = isExpanded ? 'YBR_FULL' : layout.photometricInterpretation;
  const count = isExpanded ? pixels * 3 : samplesOfFrame(layout);
  const expectedBytes = Math.ceil((count * layout.bitsAllocated) / 8);
  if (bytes.length < expectedBytes) {
    throw new DecodeError(`The frame has ${bytes.length} bytes; ${expectedBytes} are needed`);
  }
  const sampleBytes = layout.bitsAllocated / 8;
  const ordered = isBigEndian && sampleBytes > 1 ? swapBytes(bytes, sampleBytes) : bytes;
  return {
    samples: viewSamples(ordered, layout, count),
    isPlanar: layout.planarConfiguration === 1,
    photometricInterpretation,
  };
}
