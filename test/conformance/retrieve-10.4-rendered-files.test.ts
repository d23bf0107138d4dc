import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';
import { hasSharedFiles, sharedPath, storeShared } from './rendered-files.ts';
import { get, request } from './requests.ts';

let server: TestServer;
let folder: string;
beforeAll(async () => {
  server = await startServer();
  folder = mkdtempSync(join(tmpdir(), 'isocenter-rendered-'));
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Picture {
  width: number;
  height: number;
  /** Red, green and blue. */
  data: Buffer;
}

async function pictureOf(image: Buffer): Promise<Picture> {
  const { data, info } = await sharp(image)
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

/** A frame as DCMTK shows it; `window`: how its values become grey ones. */
function byDcmtk(file: string, frame: number, window: readonly string[]): Promise<Picture> {
  const out = join(folder, `${file.replaceAll('/', '_')}-${frame}.png`);
  execFileSync('dcmj2pnm', ['+F', String(frame), ...window, '+on', sharedPath(file), out]);
  return pictureOf(readFileSync(out));
}

function meanDifference(a: Picture, b: Picture): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  let sum = 0;
  for (let i = 0; i < a.data.length; i += 1) sum += Math.abs((a.data[i] ?? 0) - (b.data[i] ?? 0));
  return sum / a.data.length;
}

const OWN_WINDOW = ['+Wi', '1'];

describe.runIf(hasSharedFiles)('images by other people', () => {
  it.runIf(inject('hasDcmtk')).each<[string, string, number, readonly string[]]>([
    ['a CT slice', 'volumes/ct-chest/1.dcm', 1, OWN_WINDOW],
    ['a CT slice in JPEG Lossless', 'misc/dcm4che/CT-JPEGLosslessSV1.dcm', 1, OWN_WINDOW],
    ['an MR slice in big endian', 'misc/dcmjs-dimse/ebe.dcm', 1, OWN_WINDOW],
    ['a radiograph in MONOCHROME1', 'cr-dx-mg/fo-dicom/CR-MONO1-10-chest', 1, OWN_WINDOW],
    ['a mammogram', 'cr-dx-mg/dicomsamples/MG_Explicit_Little.dcm', 1, OWN_WINDOW],
    ['an ultrasound clip', 'us-xa/go-dicom/I_000007.dcm', 7, []],
    ['an ultrasound image in RGB', 'us-xa/go-dicom/I_000034.dcm', 1, []],
    ['an angiography run', 'us-xa/static-wado/jpeg8bit.dcm', 48, []],
    ['a palette of 8 bits', 'color/cornerstone3d/TestPattern_Palette.dcm', 1, []],
    ['a palette of 16 bits', 'color/cornerstone3d/TestPattern_Palette_16.dcm', 1, []],
    ['a palette image in RLE', 'color/dicom-test-files/OBXXXX1A_rle_2frame.dcm', 2, []],
    ['YBR_FULL', 'color/dicom-test-files/SC_ybr_full_uncompressed.dcm', 1, []],
    ['planes of colour', 'color/orthanc-jxl/synthetic_mf_rgb_planar.dcm', 2, []],
    ['colour of 16 bits', 'color/dicom-test-files/SC_rgb_16bit.dcm', 1, []],
    ['a tile of a slide', 'wsi/highdicom/sm_image.dcm', 13, []],
  ])('%s (%s) is shown as DCMTK shows it', async (_, file, frame, window) => {
    const { path } = await storeShared(server, file);
    const answer = await get(server, `${path}/frames/${frame}/rendered`, 'image/png');
    expect(answer.status, answer.text.slice(0, 200)).toBe(200);
    expect(meanDifference(await pictureOf(answer.body), await byDcmtk(file, frame, window))).toBeLessThan(1);
    const lossy = await get(server, `${path}/frames/${frame}/rendered?quality=95`, 'image/jpeg');
    expect(lossy.headers['content-type']).toBe('image/jpeg');
    expect(meanDifference(await pictureOf(lossy.body), await pictureOf(answer.body))).toBeLessThan(4);
  });

  it.each(
    [
      'enhanced/dicom-test-files/emri_small_jpeg_2k_lossless.dcm',
      'seg/pydicom-data/liver_rle.dcm',
      'rt/dicom-test-files/rtdose.dcm',
      'misc/pydicom-data/parametric_map_float.dcm',
      'nm/dcm4che/NM-MONO2-16-13x-heart',
      'color/dicom-test-files/mlut_18.dcm',
      'color/dicom-test-files/vlut_04.dcm',
      'color/pydicom/examples_overlay.dcm',
    ].filter((file) => !/^(volumes|syntax)/.test(file)),
  )('%s is a picture that is not blank', async (file) => {
    const { path } = await storeShared(server, file);
    const answer = await get(server, `${path}/rendered`, 'image/png');
    expect(answer.status, answer.text.slice(0, 200)).toBe(200);
    const { channels } = await sharp(answer.body).stats();
    expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(1);
    expect((await get(server, `${path}/thumbnail`)).status).toBe(200);
  });

  it('a clip is an animation of all its frames', async () => {
    const { path } = await storeShared(server, 'us-xa/go-dicom/I_000008.dcm');
    const answer = await get(server, `${path}/rendered`, 'image/gif');
    expect(await sharp(answer.body, { animated: true }).metadata()).toMatchObject({
      format: 'gif',
      pages: 10,
      width: 384,
      pageHeight: 288,
    });
  });

  it('an image is shown through its presentation state as its authors expect', async () => {
    await storeShared(server, 'pr/weasis-dicom-tools/imageForPrLUTs.dcm');
    const state = await storeShared(server, 'pr/weasis-dicom-tools/prLUTs.dcm');
    const answer = await get(server, `${state.path}/rendered`, 'image/png');
    expect(answer.status, answer.text.slice(0, 300)).toBe(200);
    const expected = await pictureOf(readFileSync(sharedPath('expected/expected_imgForPrLUT.png')));
    expect(meanDifference(await pictureOf(answer.body), expected)).toBeLessThan(2);
  });

  it('an ECG is a 406, and its instance can be had by WADO-URI', async () => {
    const { path } = await storeShared(server, 'misc/pydicom/waveform_ecg.dcm');
    expect((await get(server, `${path}/rendered`)).status).toBe(406);
    const [, , study, , series, , instance] = path.split('/');
    const wado = await request(
      server.url,
      `/wado?requestType=WADO&studyUID=${study}&seriesUID=${series}&objectUID=${instance}`,
    );
    expect([wado.status, wado.headers['content-type']]).toEqual([200, 'application/dicom']);
  });
});
