import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { decodeFrame } from '../../../server/imaging/decode.ts';
import type { PixelFormat } from '../../../server/imaging/pixel-format.ts';
import { makeInstance } from '../../support/make-instance.ts';
import { syntheticFrame } from '../../support/synthetic-frame.ts';
import { framesOfFile } from './frames-of-file.ts';

const run = promisify(execFile);
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isocenter-encoders-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const grey12 = { bitsAllocated: 16, bitsStored: 12 } as const;
const signed = { bitsAllocated: 16, pixelRepresentation: 1 } as const;
const signed8 = { pixelRepresentation: 1 } as const;
const colour = { samplesPerPixel: 3 } as const;
const colour16 = { samplesPerPixel: 3, bitsAllocated: 16 } as const;

/** How far a sample of the encoder's default quality may be off on average. */
const LOSS = 6;

type Case = [program: string, options: string[], lossy: boolean, ...kinds: Partial<PixelFormat>[]];

const DCMTK: Case[] = [
  ['dcmcrle', [], false, {}, grey12, signed, colour, colour16],
  ['dcmcjpeg', ['+eb'], true, {}, colour],
  ['dcmcjpeg', ['+eb', '+n1'], true, colour],
  ['dcmcjpeg', ['+eb', '+cr'], true, colour],
  ...[1, 2, 3, 4, 5, 6, 7].map(
    (selection): Case => ['dcmcjpeg', ['+el', '+sv', String(selection)], false, {}, grey12, signed, colour],
  ),
  ['dcmcjpeg', ['+e1'], false, {}, grey12, signed, colour],
  ['dcmcjpls', ['+el'], false, {}, grey12, signed],
  ...['--interleave-none', '--interleave-line', '--interleave-sample'].map(
    (interleave): Case => ['dcmcjpls', ['+el', interleave], false, colour],
  ),
  ['dcmcjpls', ['+en', '+md', '2'], true, {}, grey12],
];

const GDCM: Case[] = [
  ['gdcmconv', ['--j2k'], false, {}, grey12, signed, signed8, colour, colour16],
  ['gdcmconv', ['--j2k', '--irreversible'], true, {}, colour],
  ['gdcmconv', ['--jpegls'], false, {}, grey12, signed, colour],
  ['gdcmconv', ['--jpeg'], false, {}, grey12, signed, colour],
];

describe.for([...DCMTK, ...GDCM])('frames that %s %j encodes', ([program, options, lossy, ...kinds]) => {
  const isHere = program === 'gdcmconv' ? inject('hasGdcm') : inject('hasDcmtk');

  it.skipIf(!isHere)('are decoded as they were', async () => {
    for (const kind of kinds) {
      const { format, samples, bytes } = syntheticFrame(kind);
      const [native, encoded] = [join(folder, 'native.dcm'), join(folder, 'encoded.dcm')];
      const { bitsStored: BitsStored, highBit: HighBit } = format;
      const image = { ...format, pixelBytes: bytes };
      await writeFile(native, makeInstance({ attributes: { BitsStored, HighBit }, image }));
      await run(program, [...options, native, encoded]);
      const frames = await framesOfFile(new Uint8Array(await readFile(encoded)));
      if (!frames) throw new Error(`${program} made no frame`);
      expect(frames.format.transferSyntaxUID).not.toBe(format.transferSyntaxUID);
      const decoded = await decodeFrame(frames.frame(1), frames.format);
      expect(decoded.photometricInterpretation).toBe(format.photometricInterpretation);
      if (!lossy) {
        expect(decoded.samples, JSON.stringify(kind)).toEqual(samples);
        continue;
      }
      const apart = Array.from(samples, (sample, at) => Math.abs(sample - (decoded.samples[at] ?? 0)));
      const mean = apart.reduce((sum, distance) => sum + distance, 0) / apart.length;
      expect(mean).toBeLessThan(LOSS);
    }
  });
});
