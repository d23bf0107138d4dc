import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { finishNativeFrame, frameFragments } from '../../../server/dicom/frames/frame-index.ts';
import type { PixelDataLocation } from '../../../server/dicom/frames/pixel-data-location.ts';
import type { ParsedInstance } from '../../../server/dicom/read/part10-reader.ts';
import { type Orthanc, startOrthanc } from '../../support/orthanc.ts';
import { dumpedPixelData } from './dcmdump-pixel-data.ts';
import {
  addressedBytes,
  describeWithSharedFiles,
  readInstance,
  readShared,
  sharedFiles,
  sharedFolder,
} from './shared-files.ts';

/** What Orthanc sees differently, with the reason why ours is right. */
const justified: [RegExp, string][] = [
  [/^bad\/dicom-test-files\/badVR\.dcm: 1 frames, not 0$/, 'Orthanc stumbles over the VR'],
  [
    /^bad\/dwv\/data-dwv-test_no-number-rows\.dcm: 0 frames, not 1$/,
    'without Rows nobody knows how long a frame is',
  ],
];

/**
 * Files that Orthanc cuts no frames out of: subsampled native pixel data, single bits, fragments without an offset table.
 * Their frames, put together, are held against what dcmdump writes of the pixel data.
 */
const notCutByOrthanc = [
  'color/cornerstone3d/US-YBR_FULL_422-EVRLE.dcm',
  'color/dicom-test-files/SC_ybr_full_422_uncompressed.dcm',
  'enhanced/cornerstone3d/CT0012.fragmented_no_bot_jpeg_baseline.51.dcm',
  'enhanced/dicomparser/CT0012.fragmented_no_bot_jpeg_lossless.57.dcm',
  'enhanced/dicomparser/CT0012.fragmented_no_bot_jpeg_lossless.70.dcm',
  'enhanced/dicomparser/CT0012.fragmented_no_bot_jpeg_ls.80.dcm',
  'enhanced/dicomparser/CT0012.fragmented_no_bot_jpeg_ls.81.dcm',
  'seg/dcmqi/label.seg',
  'seg/pydicom-data/liver_nonbyte_aligned.dcm',
  'us-xa/dicomparser/IM00001.fragmented_no_bot_jpeg_baseline.50.dcm',
  'wsi/highdicom/seg_image_sm_control.dcm',
];
/** Neither tool knows Float Pixel Data; the comparison with dcm2json has its bytes as one value. */
const floatPixelData = 'misc/pydicom-data/parametric_map_float.dcm';

interface Cut {
  file: string;
  bytes: Uint8Array;
  instance: ParsedInstance;
  location: PixelDataLocation;
}

/** A frame as it is to be served: little endian, bits aligned. */
function cutFrame({ bytes, location }: Cut, frameNumber: number): Uint8Array {
  const fragments = frameFragments(location, frameNumber);
  const frame = Buffer.concat(
    fragments.map(({ offsetBytes, lengthBytes }) => bytes.subarray(offsetBytes, offsetBytes + lengthBytes)),
  );
  return location.encapsulated ? frame : finishNativeFrame(location, frameNumber, frame);
}

async function* cuts(files: string[]): AsyncGenerator<Cut> {
  for (const file of files) {
    const stored = readShared(file);
    const instance = await readInstance(stored, 65536).catch(() => undefined);
    const location = instance?.pixelData;
    if (!instance || !location) continue;
    yield { file, bytes: addressedBytes(stored, instance), instance, location };
  }
}

/** The bits of frames one after the other, as PS3.5 8.1.1 stores them. */
function joinedBits(frames: Uint8Array[], frameLengthBits: number): Uint8Array {
  const joined = new Uint8Array(Math.ceil((frames.length * frameLengthBits) / 8));
  frames.forEach((frame, number) => {
    for (let bit = 0; bit < frameLengthBits; bit++) {
      const at = number * frameLengthBits + bit;
      joined[at >> 3] = (joined[at >> 3] ?? 0) | ((((frame[bit >> 3] ?? 0) >> (bit & 7)) & 1) << (at & 7));
    }
  });
  return joined;
}

const path = inject('orthanc');

describeWithSharedFiles('frames of the shared files', () => {
  let orthanc: Orthanc | undefined;

  beforeAll(async () => {
    if (path !== null) orthanc = await startOrthanc(path);
  });

  afterAll(async () => {
    await orthanc?.stop();
  });

  it.skipIf(path === null)('are the bytes that Orthanc cuts', { timeout: 300_000 }, async () => {
    const problems: string[] = [];
    const notCut: string[] = [];
    let frames = 0;
    for await (const cut of cuts(sharedFiles())) {
      const { file, location } = cut;
      const id = await orthanc?.store(readShared(file));
      if (!orthanc || id === undefined) continue;
      const count = await orthanc.numberOfFrames(id);
      if (count !== location.numberOfFrames)
        problems.push(`${file}: ${location.numberOfFrames} frames, not ${count}`);
      for (let frame = 1; frame <= Math.min(count, location.numberOfFrames); frame++) {
        const theirs = await orthanc.rawFrame(id, frame - 1);
        if (!theirs) {
          notCut.push(file);
          break;
        }
        const ours = cutFrame(cut, frame);
        frames++;
        if (!Buffer.from(theirs).equals(ours))
          problems.push(`${file} frame ${frame}: ${ours.length} and ${theirs.length} bytes differ`);
      }
      await orthanc.remove(id);
    }
    expect(problems.filter((problem) => !justified.some(([pattern]) => pattern.test(problem)))).toEqual([]);
    expect(notCut).toEqual([...notCutByOrthanc, floatPixelData].sort());
    expect(frames).toBeGreaterThan(900);
  });

  it.for(notCutByOrthanc)('make up the pixel data that dcmdump writes of %s', async (file) => {
    for await (const cut of cuts([file])) {
      const { location } = cut;
      const frames = Array.from({ length: location.numberOfFrames }, (_, i) => cutFrame(cut, i + 1));
      const ours = location.encapsulated
        ? Buffer.concat(frames)
        : joinedBits(frames, location.frameLengthBits);
      const theirs = Buffer.from(await dumpedPixelData(sharedFolder + file, location.encapsulated));
      expect(frames.length).toBeGreaterThan(0);
      expect(theirs.subarray(0, ours.length).equals(ours)).toBe(true);
      expect(theirs.length - ours.length).toBeLessThanOrEqual(1);
    }
  });

  it('begin and end as JPEG code streams do where fragments are told apart by their beginnings', async () => {
    const files = notCutByOrthanc.filter((file) => file.includes('fragmented_no_bot'));
    for await (const cut of cuts(files)) {
      expect(cut.location.numberOfFrames).toBeGreaterThan(1);
      for (let frame = 1; frame <= cut.location.numberOfFrames; frame++) {
        const bytes = Buffer.from(cutFrame(cut, frame));
        expect(bytes.subarray(0, 2).toString('hex')).toBe('ffd8');
        expect(bytes.subarray(-3).toString('hex')).toContain('ffd9');
      }
    }
  });
});
