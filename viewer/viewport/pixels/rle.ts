import { DecodeError, type PixelLayout, type RawFrame, type Samples } from './raw-frame.ts';

function unpackSegment(
  data: Int8Array,
  from: number,
  to: number,
  output: Uint8Array,
  start: number,
  step: number,
) {
  let at = from;
  let out = start;
  // PS3.5 G.3.1: 0..127 copies, -1..-127 repeats, -128 is nothing. A segment may end with a padding byte.
  while (at < to && out < output.length) {
    const control = data[at++] ?? -128;
    if (control >= 0) {
      for (let count = control + 1; count > 0 && out < output.length; count--, out += step) {
        output[out] = data[at++] ?? 0;
      }
    } else if (control !== -128) {
      const value = data[at++] ?? 0;
      for (let count = 1 - control; count > 0 && out < output.length; count--, out += step)
        output[out] = value;
    }
  }
}

/**
 * Decodes an RLE frame (PS3.5 Annex G) of any depth of whole bytes and any number of samples. Samples come back pixel by
 * pixel, unsigned. @throws DecodeError when the header does not fit the image.
 */
export function decodeRle(bytes: Uint8Array<ArrayBuffer>, layout: PixelLayout): RawFrame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sampleBytes = layout.bitsAllocated / 8;
  const segments = bytes.length >= 64 ? view.getUint32(0, true) : 0;
  const expected = sampleBytes * layout.samplesPerPixel;
  if (!Number.isInteger(sampleBytes) || segments !== expected) {
    throw new DecodeError(`The RLE frame has ${segments} segments; ${expected} are needed`);
  }
  const pixels = layout.rows * layout.columns;
  const output = new Uint8Array(pixels * expected);
  const data = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let segment = 0; segment < segments; segment++) {
    const from = view.getUint32(4 + segment * 4, true);
    const next = segment + 1 < segments ? view.getUint32(8 + segment * 4, true) : bytes.length;
    const sample = Math.floor(segment / sampleBytes);
    // Segments go from the most significant byte down; typed arrays here are little endian.
    const byteOfSample = sampleBytes - 1 - (segment % sampleBytes);
    unpackSegment(
      data,
      from,
      Math.min(next, bytes.length),
      output,
      sample * sampleBytes + byteOfSample,
      expected,
    );
  }
  const samples: Samples =
    sampleBytes === 1
      ? output
      : sampleBytes === 2
        ? new Uint16Array(output.buffer)
        : new Uint32Array(output.buffer);
  return { samples, isPlanar: false, photometricInterpretation: layout.photometricInterpretation };
}
