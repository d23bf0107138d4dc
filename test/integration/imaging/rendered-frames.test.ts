import { dirname, join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { decodeFrame } from '../../../server/imaging/decode.ts';
import { textOf } from '../../../server/imaging/render/attribute-values.ts';
import { bulkDataToRender } from '../../../server/imaging/render/bulk-data-to-render.ts';
import { asRgb, type Raster } from '../../../server/imaging/render/raster.ts';
import { renderPixels } from '../../../server/imaging/render/render-pixels.ts';
import type { RenderParameters } from '../../../server/imaging/render/render-request.ts';
import { voiOfImage } from '../../../server/imaging/render/voi-transform.ts';
import {
  addressedBytes,
  describeWithSharedFiles,
  readShared,
  sharedFiles,
  sharedFolder,
} from '../dicom/shared-files.ts';
import { type FramesOfFile, framesOfFile } from './frames-of-file.ts';
import { type PeerPicture, renderedByDcmtk, rendererOf } from './rendered-by-dcmtk.ts';

/** Where pictures differ by more than a grey level, and what decides. */
const DIFFERENT: readonly (readonly [files: RegExp, reason: string])[] = [
  [
    /^color\/dicom-test-files\/SC_rgb_jpeg_lossy_gdcm\.dcm$/,
    'PS3.5 8.2.1: the stream is YCbCr where the data set says RGB; DCMTK believes the data set and shows wrong colours',
  ],
  [
    /^color\/dicom-test-files\/SC_ybr_full_uncompressed\.dcm$/,
    'PS3.3 C.7.6.3.1.2: DCMTK cuts each product to a whole number, we round the sum; two levels apart',
  ],
  [
    /^syntax\/(ct1-all\/dicomparser\/CT1_UNC\.|wg04\/dicom-test-files\/CT1_JLSL$)/,
    'PS3.3 C.7.5.1.1.2: DCMTK counts padding (-2000) into the range from lowest to highest value',
  ],
  [
    /^syntax\/wg04\/dicom-test-files\/MR3_(JLSN|JPLY)$/,
    'PS3.3 C.7.5.1.1.2: padding is background; DCMTK windows it',
  ],
  [
    /^volumes\/petct-sts003\/PET\//,
    'PS3.3 C.11.1.1.2: a slope of 0.00004 gives fractions, which DCMTK makes whole numbers before windowing',
  ],
  [
    /^enhanced\/dicom2nifti\/(001_implicit-)?IM-0001-9600-0001\.dcm$/,
    'PS3.3 C.7.6.16.2.9: the slope of 1.86 is in a functional group, which DCMTK does not look into',
  ],
  [
    /^enhanced\/dicomparser\/CT0012\./,
    'PS3.3 C.7.6.19: the image has a supplemental palette, which DCMTK leaves out',
  ],
];

function isDifferent(file: string): boolean {
  return DIFFERENT.some(([files]) => files.test(file));
}

/** Of folders with many files a few tell it all. */
const filesOfFolder = { compared: 4, looked: 2 };
const largestFrame = 2 ** 22;

async function filesToRender(most: number): Promise<{ file: string; frames: FramesOfFile }[]> {
  const found: { file: string; frames: FramesOfFile }[] = [];
  const counts = new Map<string, number>();
  for (const file of sharedFiles()) {
    const folder = dirname(file);
    const count = counts.get(folder) ?? 0;
    const isListed = isDifferent(file);
    if (
      (!isListed || count >= 2 * most) &&
      (count >= most || (/^(volumes|dicomdir)/.test(file) && count >= 2))
    )
      continue;
    const frames = await framesOfFile(readShared(file)).catch(() => undefined);
    if (!frames || frames.numberOfFrames === 0) continue;
    if (frames.format.rows * frames.format.columns > largestFrame) continue;
    counts.set(folder, count + 1);
    found.push({ file, frames });
  }
  return found;
}

async function ours(file: string, frames: FramesOfFile, parameters: RenderParameters = {}): Promise<Raster> {
  const { dataSet, bulkData: entries } = frames.instance;
  const bytes = addressedBytes(readShared(file), frames.instance);
  const bulkData = Object.fromEntries(
    bulkDataToRender(dataSet, 1).flatMap((uri) => {
      const entry = entries.find(({ path }) => path === uri);
      return entry ? [[uri, bytes.subarray(entry.offsetBytes, entry.offsetBytes + entry.lengthBytes)]] : [];
    }),
  );
  const frame = await decodeFrame(frames.frame(1), frames.format);
  const whole = {
    ...frames.format,
    bitsStored: frames.format.bitsAllocated,
    highBit: frames.format.bitsAllocated - 1,
  };
  const hasHiddenOverlay = Object.keys(dataSet).some(
    (tag) => /^60..0102$/.test(tag) && dataSet[tag]?.Value?.[0] !== 0,
  );
  const allBits = hasHiddenOverlay
    ? await decodeFrame(frames.frame(1), { ...whole, pixelRepresentation: 0 })
    : undefined;
  const reference = { sopInstanceUID: textOf(dataSet, 'SOPInstanceUID') ?? '', frameNumber: 1 };
  const subject = { image: { dataSet, bulkData }, reference };
  return renderPixels(subject, {
    frame,
    frameNumber: 1,
    instance: dataSet,
    bulkData,
    parameters,
    mediaType: 'image/png',
    kind: 'rendered',
    ...(allBits && { allBits: allBits.samples }),
  }).raster;
}

/** How DCMTK is told to show what we show by default. */
function optionsFor({ instance, format }: FramesOfFile): string[] {
  if (!format.photometricInterpretation.startsWith('MONOCHROME')) return [];
  const voi = voiOfImage({ dataSet: instance.dataSet, bulkData: {} }, 1, format.pixelRepresentation === 1);
  if (voi?.kind === 'table') return ['+Wl', '1'];
  if (!voi) return format.bitsStored > 8 ? ['+Wm'] : [];
  const name = voi.window.function === 'SIGMOID' ? '+Wfs' : '+Wfl';
  return ['+Ww', String(voi.window.center), String(voi.window.width), name];
}

function furthest(raster: Raster, picture: PeerPicture): string | undefined {
  const same = raster.channels === picture.channels ? raster : asRgb(raster);
  if (same.width !== picture.width || same.height !== picture.height || same.channels !== picture.channels)
    return `${raster.width} x ${raster.height} x ${raster.channels}, not ${picture.width} x ${picture.height} x ${picture.channels}`;
  let most = 0;
  for (let i = 0; i < same.data.length; i++)
    most = Math.max(most, Math.abs((same.data[i] ?? 0) - (picture.data[i] ?? 0)));
  return most > 1 ? `${most} levels apart` : undefined;
}

/** Without padding and with whole slopes: DCMTK cuts other modality values. */
const WHOLE_VALUES = [
  'syntax/wg04/dicom-test-files/CT2_UNC',
  'volumes/ct-chest/11.dcm',
  'cr-dx-mg/fo-dicom/CR-MONO1-10-chest',
];

/** Of which every pixel is the same. */
const EMPTY = [
  'misc/nibabel/decimal_rescale.dcm',
  // air above a phantom
  'misc/raccoon-dicom/1001.dcm',
  'misc/raccoon-dicom/1002.dcm',
  // frames of a segmentation before the segment begins
  'seg/dcmqi/IMG0001.dcm',
  'seg/dcmqi/IMG0003.dcm',
  'seg/dcmqi/mf.dcm',
  // a tile at the edge of a slide
  'wsi/highdicom/sm_image_numbers.dcm',
];

const hasDcmtk = inject('hasDcmtk');
if (!hasDcmtk) process.stderr.write('\nLEFT OUT: rendered frames beside DCMTK: it is not on this machine\n');

describeWithSharedFiles('rendered frames of the shared files', () => {
  it.skipIf(!hasDcmtk)(
    'are those of DCMTK to a grey level, but where the Standard decides for ours',
    async () => {
      const problems: string[] = [];
      let compared = 0;
      for (const { file, frames } of await filesToRender(filesOfFolder.compared)) {
        const program = rendererOf(frames.format.transferSyntaxUID);
        // DCMTK shows the ones of single bits in the middle of its range; they are the highest value (PS3.3 C.11.2.1.1).
        if (!program || frames.format.bitsStored === 1) continue;
        const picture = await renderedByDcmtk(program, optionsFor(frames), join(sharedFolder, file));
        if (!picture) continue;
        const difference = furthest(await ours(file, frames), picture);
        compared++;
        if ((difference !== undefined) !== isDifferent(file))
          problems.push(`${file}: ${difference ?? 'equal now'}`);
      }
      expect(problems).toEqual([]);
      expect(compared).toBeGreaterThan(110);
    },
    120_000,
  );

  it.skipIf(!hasDcmtk).each([
    ['LINEAR', '+Wfl', 40, 400],
    ['LINEAR', '+Wfl', -600.5, 1501],
    ['LINEAR', '+Wfl', 0, 1],
    ['SIGMOID', '+Wfs', 40, 400],
  ] as const)('have the window of the request: %s', async (name, option, center, width) => {
    for (const file of WHOLE_VALUES) {
      const frames = await framesOfFile(readShared(file));
      if (!frames) throw new Error(`${file} has no frames`);
      const options = ['+Ww', String(center), String(width), option];
      const picture = await renderedByDcmtk('dcmj2pnm', options, join(sharedFolder, file));
      if (!picture) throw new Error(`DCMTK does not render ${file}`);
      const raster = await ours(file, frames, { window: { center, width, function: name } });
      expect(furthest(raster, picture), file).toBeUndefined();
    }
  });

  it('show something in every image: neither all black nor all white, but where there is nothing', async () => {
    const empty: string[] = [];
    for (const { file, frames } of await filesToRender(filesOfFolder.looked)) {
      const { data } = await ours(file, frames);
      if (data.every((value) => value === data[0])) empty.push(file);
    }
    expect(empty.filter((file) => !EMPTY.includes(file))).toEqual([]);
  });
});
