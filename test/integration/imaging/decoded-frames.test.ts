import { dirname } from 'node:path';
import { expect, inject, it } from 'vitest';
import { transferSyntaxOf } from '../../../server/dicom/transfer-syntaxes.ts';
import { decodeFrame } from '../../../server/imaging/decode.ts';
import type { DecodedFrame, PixelFormat } from '../../../server/imaging/pixel-format.ts';
import {
  describeWithSharedFiles,
  forEachOfTwo,
  readShared,
  sharedFiles,
  sharedFolder,
} from '../dicom/shared-files.ts';
import { decompressedBy, decompressorOf, dumpedNative } from './decoded-by-others.ts';
import { type FramesOfFile, framesOfFile } from './frames-of-file.ts';
import { decodedByOpenJpeg } from './openjpeg.ts';

/** Files with pixel data whose frames can't be decoded, and why that is right. */
const NOT_DECODABLE: Readonly<Record<string, string>> = {
  'bad/dwv/data-dwv-test_no-number-rows.dcm': 'without Rows nobody knows how long a frame is',
  'bad/dwv/dwv-test_no-number-rows.dcm': 'without Rows nobody knows how long a frame is',
  'bad/dicom-test-files/meta_missing_tsyntax.dcm': 'the instance has no Rows',
};

/** Held against the uncompressed original: Debian has no other decoder. */
const ORIGINALS: Readonly<Record<string, string>> = {
  'syntax/jxl/orthanc-jxl/test_ct1_jxl.dcm': 'syntax/jxl/orthanc-jxl/test_ct1.dcm',
  'syntax/wg04-htj2k/dicomhtj2k/CT2_JPH': 'syntax/wg04/dicom-test-files/CT2_UNC',
  'syntax/wg04-htj2k/dicomhtj2k/MR1_JPH': 'syntax/wg04/dicom-test-files/MR1_UNC',
  'syntax/wg04-htj2k/dicomhtj2k/NM1_JPH': 'syntax/wg04/dicom-test-files/NM1_UNC',
  'syntax/wg04-htj2k/dicomhtj2k/US1_JPH': 'syntax/wg04/dicom-test-files/US1_UNC',
  'syntax/wg04-htj2k/dicomhtj2k/VL1_JPH': 'syntax/wg04/dicom-test-files/VL1_UNC',
  // The same segmentation; DCMTK and GDCM know neither RLE of single bits nor deflated frames.
  'seg/pydicom-data/liver_rle.dcm': 'seg/pydicom-data/liver_j2k.dcm',
  'seg/pydicom-data/liver_deflate.dcm': 'seg/pydicom-data/liver_j2k.dcm',
};

/** HTJ2K without an original among the files. */
const SECOND_DECODER = [
  'syntax/htj2k/pydicom-data/HTJ2KLossless_08_RGB.dcm',
  'syntax/wg04-htj2k/dicomhtj2k/XA1_JPH',
];

interface SharedFrames {
  file: string;
  frames: FramesOfFile;
}

/** First, middle and last of many; 1-based. */
function someFrames(count: number): number[] {
  return [...new Set([1, Math.ceil(count / 2), count])];
}

async function filesWithFrames(): Promise<{ found: SharedFrames[]; refused: string[] }> {
  const found: SharedFrames[] = [];
  const refused: string[] = [];
  for (const file of sharedFiles()) {
    try {
      const frames = await framesOfFile(readShared(file));
      if (frames && frames.numberOfFrames > 0) found.push({ file, frames });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'NO_PIXELS') refused.push(file);
    }
  }
  return { found, refused };
}

/** Slices of one long series, written by one encoder: they are decoded, and every fifth is compared. */
function isOneOfMany(file: string): boolean {
  const number = /^volumes\/.*(\d)\.dcm$/.exec(file)?.[1];
  return number !== undefined && Number(number) % 5 !== 0;
}

/** Largest and mean difference of samples; -1 where there are not as many. */
function difference(ours: ArrayLike<number>, theirs: ArrayLike<number>): { most: number; mean: number } {
  if (ours.length !== theirs.length) return { most: -1, mean: -1 };
  let most = 0;
  let sum = 0;
  for (let at = 0; at < ours.length; at++) {
    const apart = Math.abs((ours[at] ?? 0) - (theirs[at] ?? 0));
    if (apart > most) most = apart;
    sum += apart;
  }
  return { most, mean: sum / ours.length };
}

/** Where sample `index` of a frame lies in native pixel data, in cells; written for this test alone. */
function cellOf(format: PixelFormat, frame: number, index: number): number {
  const { rows, columns, samplesPerPixel, planarConfiguration, photometricInterpretation } = format;
  const pixels = rows * columns;
  const colour = index % samplesPerPixel;
  const pixel = Math.floor(index / samplesPerPixel);
  if (photometricInterpretation === 'YBR_FULL_422') {
    // Two pixels in Y Y Cb Cr
    const pair = (frame - 1) * pixels * 2 + Math.floor(pixel / 2) * 4;
    return pair + (colour === 0 ? pixel % 2 : 1 + colour);
  }
  return (
    (frame - 1) * pixels * samplesPerPixel + (planarConfiguration === 1 ? colour * pixels + pixel : index)
  );
}

/** What a cell means. */
function meaningOf(format: PixelFormat, raw: number): number {
  const { highBit, bitsStored, pixelRepresentation } = format;
  const value = Math.floor(raw / 2 ** (highBit + 1 - bitsStored)) % 2 ** bitsStored;
  const isNegative = pixelRepresentation === 1 && value >= 2 ** (bitsStored - 1);
  return isNegative ? value - 2 ** bitsStored : value;
}

function rawCell(data: DataView, bitsAllocated: number, cell: number): number {
  if (bitsAllocated === 1) return (data.getUint8(Math.floor(cell / 8)) >> (cell % 8)) & 1;
  if (bitsAllocated === 8) return data.getUint8(cell);
  return bitsAllocated === 16 ? data.getUint16(cell * 2, true) : data.getUint32(cell * 4, true);
}

/** The first sample that isn't what native pixel data says; `undefined` where all are. Looks at every `step`th. */
function firstWrong(
  data: DataView,
  format: PixelFormat,
  frame: number,
  samples: ArrayLike<number>,
  step: number,
): string | undefined {
  for (let index = 0; index < samples.length; index += step) {
    const expected = meaningOf(format, rawCell(data, format.bitsAllocated, cellOf(format, frame, index)));
    if (samples[index] !== expected) return `sample ${index} is ${samples[index]}, not ${expected}`;
  }
  return undefined;
}

function problemsOf(name: string, ours: DecodedFrame, theirs: DecodedFrame, isLossy: boolean): string[] {
  const { most, mean } = difference(ours.samples, theirs.samples);
  const problems: string[] = [];
  if (most < 0) problems.push(`${name}: ${ours.samples.length} samples, not ${theirs.samples.length}`);
  else if (isLossy ? mean > 1 : most > 0) problems.push(`${name}: mean difference ${mean}, at most ${most}`);
  if (ours.photometricInterpretation !== theirs.photometricInterpretation)
    problems.push(`${name}: ${ours.photometricInterpretation}, not ${theirs.photometricInterpretation}`);
  return problems;
}

const files = await filesWithFrames().catch(() => ({ found: [], refused: [] }));
const isEncapsulated = ({ frames }: SharedFrames) =>
  transferSyntaxOf(frames.format.transferSyntaxUID).encapsulated;

describeWithSharedFiles('decoded frames of the shared files', () => {
  const hasDcmtk = inject('hasDcmtk');
  const hasGdcm = inject('hasGdcm');

  it('are there for every file with pixel data, but for those that say too little', () => {
    expect(files.refused.sort()).toEqual(Object.keys(NOT_DECODABLE).sort());
    expect(files.found.length).toBeGreaterThan(600);
  });

  it.skipIf(!hasDcmtk)(
    'of native pixel data are the numbers in what dcmdump writes',
    { timeout: 120_000 },
    async () => {
      const problems: string[] = [];
      const notDumped: string[] = [];
      const kinds = new Set<string>();
      const native = files.found.filter((file) => !isEncapsulated(file));
      const folders = [...new Set(native.map(({ file }) => dirname(file)))];
      await forEachOfTwo(folders, async (folder) => {
        const here = native.filter(({ file }) => dirname(file) === folder);
        const dumped = await dumpedNative(here.map(({ file }) => sharedFolder + file));
        for (const { file, frames } of here) {
          const bytes = dumped.get(sharedFolder + file);
          const { format } = frames;
          if (!bytes || format.numbers !== 'integer') {
            notDumped.push(file);
            continue;
          }
          // Every sample of the first file of a kind; of the many like it, enough to see a shift by any distance.
          const kind = JSON.stringify({ ...format, rows: 0, columns: 0 });
          const step = kinds.has(kind) ? 61 : 1;
          kinds.add(kind);
          const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
          for (const frame of someFrames(frames.numberOfFrames)) {
            const { samples } = await decodeFrame(frames.frame(frame), format);
            expect(samples.length).toBe(format.rows * format.columns * format.samplesPerPixel);
            const wrong = firstWrong(data, format, frame, samples, step);
            if (wrong) problems.push(`${file} frame ${frame}: ${wrong}`);
          }
        }
      });
      expect(problems).toEqual([]);
      expect(kinds.size).toBeGreaterThan(30);
      // dcmdump doesn't write Float Pixel Data out; a unit test has it.
      expect(notDumped).toEqual(['misc/pydicom-data/parametric_map_float.dcm']);
    },
  );

  it.skipIf(!hasDcmtk || !hasGdcm)(
    'of compressed pixel data are those of DCMTK or GDCM: lossless ones exactly, lossy ones within a grey level',
    { timeout: 120_000 },
    async () => {
      const problems: string[] = [];
      const others: string[] = [];
      let compared = 0;
      await forEachOfTwo(files.found.filter(isEncapsulated), async ({ file, frames }) => {
        const { transferSyntaxUID } = frames.format;
        const program = decompressorOf(transferSyntaxUID);
        if (isOneOfMany(file)) {
          const { samples } = await decodeFrame(frames.frame(1), frames.format);
          expect(samples.length).toBe(frames.format.rows * frames.format.columns);
          return;
        }
        const theirs =
          program &&
          ((await decompressedBy(program, sharedFolder + file)) ??
            (await decompressedBy(['gdcmconv', '--raw'], sharedFolder + file)));
        if (!theirs) {
          others.push(file);
          return;
        }
        for (const number of someFrames(frames.numberOfFrames)) {
          const ours = await decodeFrame(frames.frame(number), frames.format);
          const native = await decodeFrame(theirs.frame(number), theirs.format);
          const isLossy = transferSyntaxOf(transferSyntaxUID).lossy;
          problems.push(...problemsOf(`${file} frame ${number}`, ours, native, isLossy));
          compared++;
        }
      });
      expect(problems).toEqual([]);
      expect(compared).toBeGreaterThan(200);
      // What neither program knows is held against originals, or a second decoder.
      expect(others.sort()).toEqual([...Object.keys(ORIGINALS), ...SECOND_DECODER].sort());
    },
  );

  it.for(Object.entries(ORIGINALS))('of %s are those of its original', async ([compressed, original]) => {
    const [coded, plain] = [
      await framesOfFile(readShared(compressed)),
      await framesOfFile(readShared(original)),
    ];
    expect(coded?.numberOfFrames).toBe(plain?.numberOfFrames);
    for (let number = 1; coded && plain && number <= coded.numberOfFrames; number++) {
      const ours = await decodeFrame(coded.frame(number), coded.format);
      const theirs = await decodeFrame(plain.frame(number), plain.format);
      expect(problemsOf(`frame ${number}`, ours, theirs, false)).toEqual([]);
    }
  });

  it.for(SECOND_DECODER)('of %s are those of a second decoder of HTJ2K', async (file) => {
    const frames = await framesOfFile(readShared(file));
    if (!frames) throw new Error('no frames');
    const { samples } = await decodeFrame(frames.frame(1), frames.format);
    expect(difference(samples, await decodedByOpenJpeg(frames.frame(1)))).toEqual({ most: 0, mean: 0 });
  });
});
