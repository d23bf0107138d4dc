import { beforeAll, describe, expect, it } from 'vitest';
import { decodeFrame } from '../../../../server/imaging/decode.ts';
import type { PixelFormat } from '../../../../server/imaging/pixel-format.ts';
import { transcodeFrame } from '../../../../server/imaging/transcode.ts';
import { TRANSCODE_TARGETS } from '../../../../server/imaging/transcode-targets.ts';
import { syntheticFrame } from '../../../support/synthetic-frame.ts';

const COMPRESSED = TRANSCODE_TARGETS.filter((uid) => /\.(4\.\d+|5)$/.test(uid));

interface Frame {
  bytes: Uint8Array;
  format: PixelFormat;
  samples: ArrayLike<number>;
}

/** `silent` where other samples came out than were encoded, without an error. */
async function outcomeOf(
  bytes: Uint8Array,
  { format, samples }: Frame,
): Promise<'error' | 'right' | 'silent'> {
  let decoded: ArrayLike<number>;
  try {
    decoded = (await decodeFrame(bytes, format)).samples;
  } catch (error) {
    expect(error).toMatchObject({ code: 'BROKEN_FRAME' });
    return 'error';
  }
  for (let at = 0; at < samples.length; at++) if (samples[at] !== decoded[at]) return 'silent';
  return 'right';
}

describe.for(COMPRESSED)('a damaged frame in %s', (target) => {
  const frames: Frame[] = [];

  beforeAll(async () => {
    for (const options of target.endsWith('.50') ? [{}] : [{ bitsAllocated: 16, bitsStored: 12 }, {}]) {
      const { format, bytes } = syntheticFrame(options);
      const encoded = await transcodeFrame(bytes, format, target);
      const { samples } = await decodeFrame(encoded.bytes, encoded.format);
      frames.push({ ...encoded, samples });
    }
  });

  it('that is cut off anywhere is an error, unless nothing but padding is missing', async () => {
    for (const frame of frames) {
      const { length } = frame.bytes;
      const cuts = Array.from({ length: 30 }, (_, at) => Math.floor((length * at) / 30));
      const outcomes = await Promise.all(cuts.map((cut) => outcomeOf(frame.bytes.slice(0, cut), frame)));
      expect(outcomes).toEqual(cuts.map(() => 'error'));
      for (let missing = 1; missing <= 6; missing++)
        expect(await outcomeOf(frame.bytes.slice(0, length - missing), frame)).not.toBe('silent');
    }
  });

  it('that lost bytes in its middle is an error', async () => {
    for (const frame of frames)
      for (const [from, count] of [
        [0.3, 40],
        [0.5, 300],
        [0.8, 7],
      ] as const) {
        const at = Math.floor(frame.bytes.length * from);
        const rest = [frame.bytes.subarray(0, at), frame.bytes.subarray(at + count)];
        expect(await outcomeOf(Uint8Array.from(Buffer.concat(rest)), frame)).toBe('error');
      }
  });

  it('that belongs to an image of another size is an error', async () => {
    for (const frame of frames)
      for (const other of [
        { rows: 78 },
        { columns: 100 },
        { samplesPerPixel: 3, photometricInterpretation: 'RGB' },
      ]) {
        const format = { ...frame.format, ...other };
        await expect(decodeFrame(frame.bytes, format)).rejects.toMatchObject({ code: 'BROKEN_FRAME' });
      }
  });

  it('of garbage is an error, and the next frame is right', async () => {
    for (const frame of frames) {
      const garbage = [
        new Uint8Array(0),
        new Uint8Array(5000),
        Uint8Array.from({ length: 5000 }, (_, at) => (at * 97) % 256),
      ];
      for (const bytes of garbage) expect(await outcomeOf(bytes, frame)).toBe('error');
      expect(await outcomeOf(frame.bytes, frame)).toBe('right');
    }
  });

  it('with flipped bits does no harm to the next one', async () => {
    // Entropy coded bits bear no check sum: what a flipped one makes may be another valid image, which no decoder can know.
    for (const frame of frames) {
      for (let k = 1; k <= 24; k++) {
        const bytes = frame.bytes.slice();
        const at = Math.floor((bytes.length * k) / 25);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (k % 8));
        await outcomeOf(bytes, frame);
      }
      expect(await outcomeOf(frame.bytes, frame)).toBe('right');
    }
  });
});

describe('a JPEG stream with zeros before its end', () => {
  it('is whole, and with other bytes there it is not', async () => {
    const { format, bytes } = syntheticFrame();
    const encoded = await transcodeFrame(bytes, format, '1.2.840.10008.1.2.4.70');
    const { samples } = await decodeFrame(encoded.bytes, encoded.format);
    const end = encoded.bytes.lastIndexOf(0xd9) - 1;
    const padded = (fill: number) =>
      Uint8Array.from([...encoded.bytes.subarray(0, end), ...new Array<number>(12).fill(fill), 0xff, 0xd9]);
    expect(await outcomeOf(padded(0), { ...encoded, samples })).toBe('right');
    expect(await outcomeOf(padded(0x55), { ...encoded, samples })).toBe('error');
  });
});

describe('a flipped bit', () => {
  it('of JPEG-LS is seen four times in five', async () => {
    const { format, bytes } = syntheticFrame({ bitsAllocated: 16, bitsStored: 12 });
    const encoded = await transcodeFrame(bytes, format, '1.2.840.10008.1.2.4.80');
    const { samples } = await decodeFrame(encoded.bytes, encoded.format);
    const outcomes: string[] = [];
    for (let at = 40; at < encoded.bytes.length; at += 199) {
      const flipped = encoded.bytes.slice();
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      outcomes.push(await outcomeOf(flipped, { ...encoded, samples }));
    }
    expect(outcomes.filter((outcome) => outcome === 'silent').length).toBeLessThan(outcomes.length / 5);
  });
});
