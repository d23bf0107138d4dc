import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { decodeFrame } from '../../../server/imaging/decode.ts';
import type { PixelFormat } from '../../../server/imaging/pixel-format.ts';
import { type TranscodedFrame, transcodeFrame } from '../../../server/imaging/transcode.ts';
import { canTranscode, TRANSCODE_TARGETS } from '../../../server/imaging/transcode-targets.ts';
import { makeInstance } from '../../support/make-instance.ts';
import { syntheticFrame } from '../../support/synthetic-frame.ts';
import { decompressedBy, decompressorOf } from './decoded-by-others.ts';
import { decodedByOpenJpeg } from './openjpeg.ts';

/** What archives hold; each is encoded to every target that is for it. */
const KINDS: readonly (readonly [string, Partial<PixelFormat>])[] = [
  ['16 bits', { bitsAllocated: 16 }],
  ['16 bits, signed', { bitsAllocated: 16, pixelRepresentation: 1 }],
  ['12 of 16 bits', { bitsAllocated: 16, bitsStored: 12 }],
  ['12 of 16 bits, signed', { bitsAllocated: 16, bitsStored: 12, pixelRepresentation: 1 }],
  ['8 bits', {}],
  ['8 bits, signed', { pixelRepresentation: 1 }],
  ['5 of 8 bits', { bitsStored: 5 }],
  ['RGB', { samplesPerPixel: 3 }],
  ['YBR_FULL', { samplesPerPixel: 3, photometricInterpretation: 'YBR_FULL' }],
  ['RGB of 16 bits', { samplesPerPixel: 3, bitsAllocated: 16 }],
  ['one pixel', { rows: 1, columns: 1, bitsAllocated: 16 }],
  ['a row of colour', { rows: 1, columns: 7, samplesPerPixel: 3 }],
];

const COMPRESSED = TRANSCODE_TARGETS.filter((uid) => /\.(4\.\d+|5)$/.test(uid));

/** How far a sample of the default quality may be off on average: a hundredth of the range, and of few bits a little more. */
function mostLost({ bitsStored }: PixelFormat): number {
  return Math.max(1.5, 0.01 * 2 ** bitsStored);
}

let folder = '';
let made = 0;

/** A file with the frame in it. */
async function written(frame: TranscodedFrame): Promise<string> {
  const { format } = frame;
  const path = join(folder, `${++made}.dcm`);
  const attributes = {
    BitsStored: format.bitsStored,
    HighBit: format.highBit,
    PlanarConfiguration: format.samplesPerPixel > 1 ? format.planarConfiguration : undefined,
  };
  const image = { ...format, fragments: [frame.bytes] };
  await writeFile(path, makeInstance({ transferSyntaxUID: format.transferSyntaxUID, attributes, image }));
  return path;
}

/** The samples by a program that isn't ours; HTJ2K has none in Debian, but a second library of ours knows it. */
async function decodedElsewhere(
  frame: TranscodedFrame,
): Promise<{ samples: ArrayLike<number>; colours: string }> {
  const { transferSyntaxUID, photometricInterpretation } = frame.format;
  const program = decompressorOf(transferSyntaxUID);
  if (!program) {
    const isColour = frame.format.samplesPerPixel === 3;
    return {
      samples: await decodedByOpenJpeg(frame.bytes),
      colours: isColour ? 'RGB' : photometricInterpretation,
    };
  }
  // GDCM knows more of JPEG-LS and of 16-bit colour than DCMTK's programs.
  const path = await written(frame);
  const theirs = (await decompressedBy(program, path)) ?? (await decompressedBy(['gdcmconv', '--raw'], path));
  if (!theirs) throw new Error('no other program decodes this');
  const { samples, photometricInterpretation: colours } = await decodeFrame(theirs.frame(1), theirs.format);
  return { samples, colours };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isocenter-encoded-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function meanDifference(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let at = 0; at < ours.length; at++) sum += Math.abs((ours[at] ?? 0) - (theirs[at] ?? 0));
  return sum / ours.length;
}

describe.skipIf(!inject('hasDcmtk') || !inject('hasGdcm'))(
  'encoded frames, decoded by other programs',
  () => {
    it.for(COMPRESSED)('in %s have the samples that went in', { timeout: 120_000 }, async (target) => {
      const problems: string[] = [];
      let compared = 0;
      for (const [name, options] of KINDS) {
        const { format, samples, bytes } = syntheticFrame(options);
        if (canTranscode(format, target) !== true) continue;
        const frame = await transcodeFrame(bytes, format, target);
        const ours = await decodeFrame(frame.bytes, frame.format);
        const theirs = await decodedElsewhere(frame).catch((error) => String(error));
        if (typeof theirs === 'string') {
          problems.push(`${name}: ${theirs}`);
          continue;
        }
        compared++;
        const most = frame.lossy ? mostLost(format) : 0;
        const between = meanDifference(ours.samples, theirs.samples);
        if (between > (frame.lossy ? 1 : 0))
          problems.push(`${name}: our decoder and theirs differ by ${between}`);
        if (theirs.colours === format.photometricInterpretation) {
          const lost = meanDifference(samples, theirs.samples);
          if (lost > most) problems.push(`${name}: ${lost} lost`);
        } else if (!frame.lossy) problems.push(`${name}: became ${theirs.colours}`);
      }
      expect(problems).toEqual([]);
      expect(compared).toBeGreaterThan(1);
    });
  },
);
