import { beforeAll, describe, expect, it } from 'vitest';
import { readJpegStructure } from '../../../../server/imaging/codecs/jpeg-structure.ts';
import { decodeFrame } from '../../../../server/imaging/decode.ts';
import { type TranscodedFrame, transcodeFrame } from '../../../../server/imaging/transcode.ts';
import { syntheticFrame } from '../../../support/synthetic-frame.ts';

const rgb = syntheticFrame({ samplesPerPixel: 3 });
const adobe = (transform: number) => [
  0xff,
  0xee,
  0,
  14,
  ...Buffer.from('Adobe'),
  0,
  100,
  0,
  0,
  0,
  0,
  transform,
];

let jpeg: TranscodedFrame;

beforeAll(async () => {
  jpeg = await transcodeFrame(rgb.bytes, rgb.format, '1.2.840.10008.1.2.4.50');
  expect(readJpegStructure(jpeg.bytes)).toMatchObject({ hasJfif: true, adobeTransform: undefined });
});

/** The stream with other segments than JFIF's right after SOI. */
function withSegments(segments: number[]): Uint8Array {
  const jfifEnd = 4 + ((jpeg.bytes[4] ?? 0) << 8) + (jpeg.bytes[5] ?? 0);
  return Uint8Array.from([0xff, 0xd8, ...segments, ...jpeg.bytes.subarray(jfifEnd)]);
}

async function decoded(bytes: Uint8Array, declared: string): Promise<{ colours: string; isRight: boolean }> {
  const format = { ...jpeg.format, photometricInterpretation: declared };
  const { samples, photometricInterpretation } = await decodeFrame(bytes, format);
  const apart = Array.from(rgb.samples, (sample, at) => Math.abs(sample - (samples[at] ?? 0)));
  const sum = apart.reduce((total, distance) => total + distance, 0);
  return { colours: photometricInterpretation, isRight: sum / samples.length < 5 };
}

describe('the colours of lossy JPEG', () => {
  it('are RGB after decoding, whatever the data set says of a stream that names itself YCbCr', async () => {
    for (const declared of ['YBR_FULL_422', 'YBR_FULL', 'RGB']) {
      expect(await decoded(jpeg.bytes, declared)).toEqual({ colours: 'RGB', isRight: true });
      expect(await decoded(withSegments(adobe(1)), declared)).toEqual({ colours: 'RGB', isRight: true });
    }
  });

  it('are not transformed where an Adobe segment says that they never were', async () => {
    expect(await decoded(withSegments(adobe(0)), 'YBR_FULL_422')).toEqual({ colours: 'RGB', isRight: false });
  });

  it('are YCbCr in a stream that is silent, if the data set says so or chroma is subsampled', async () => {
    expect(await decoded(withSegments([]), 'YBR_FULL_422')).toEqual({ colours: 'RGB', isRight: true });
    expect(await decoded(withSegments([]), 'RGB')).toEqual({ colours: 'RGB', isRight: true });
  });

  it('of lossless JPEG stay what the data set says', async () => {
    for (const photometricInterpretation of ['RGB', 'YBR_FULL']) {
      const { format, bytes, samples } = syntheticFrame({ samplesPerPixel: 3, photometricInterpretation });
      const lossless = await transcodeFrame(bytes, format, '1.2.840.10008.1.2.4.70');
      const frame = await decodeFrame(lossless.bytes, lossless.format);
      expect(frame.photometricInterpretation).toBe(photometricInterpretation);
      expect(frame.samples).toEqual(samples);
    }
  });
});
