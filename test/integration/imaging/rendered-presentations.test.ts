import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { expect, inject, it } from 'vitest';
import { bulkDataToRender } from '../../../server/imaging/render/bulk-data-to-render.ts';
import { renderEncodedFrame } from '../../../server/imaging/render/render-encoded-frame.ts';
import {
  addressedBytes,
  describeWithSharedFiles,
  readInstance,
  readShared,
  sharedFolder,
} from '../dicom/shared-files.ts';
import { framesOfFile } from './frames-of-file.ts';

const run = promisify(execFile);
const folder = 'pr/weasis-dicom-tools/';

async function bulkDataOf(file: string): Promise<Record<string, Uint8Array>> {
  const stored = readShared(file);
  const instance = await readInstance(stored);
  const bytes = addressedBytes(stored, instance);
  return Object.fromEntries(
    bulkDataToRender(instance.dataSet, 1).flatMap((uri) => {
      const entry = instance.bulkData.find(({ path }) => path === uri);
      return entry ? [[uri, bytes.subarray(entry.offsetBytes, entry.offsetBytes + entry.lengthBytes)]] : [];
    }),
  );
}

/** The image under the presentation state as grey levels. */
async function presented(image: string, state: string): Promise<Buffer> {
  const frames = await framesOfFile(readShared(folder + image));
  if (!frames) throw new Error(`${image} has no frames`);
  const { bytes } = await renderEncodedFrame({
    format: frames.format,
    bytes: frames.frame(1),
    frameNumber: 1,
    instance: frames.instance.dataSet,
    bulkData: await bulkDataOf(folder + image),
    presentationState: (await readInstance(readShared(folder + state))).dataSet,
    presentationBulkData: await bulkDataOf(folder + state),
    parameters: {},
    mediaType: 'image/png',
    kind: 'rendered',
  });
  return sharp(bytes).toColourspace('b-w').raw().toBuffer();
}

async function presentedByDcmtk(image: string, state: string): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), 'isocenter-dcmtk-'));
  try {
    const output = join(directory, 'picture.pgm');
    await run('dcmp2pgm', [
      '-q',
      '-p',
      join(sharedFolder, folder + state),
      join(sharedFolder, folder + image),
      output,
    ]);
    const file = await readFile(output);
    const head = /^P5\s+(?:#.*\s+)*512\s+512\s+255\s/.exec(file.toString('latin1', 0, 256));
    return file.subarray(head?.[0].length ?? 0);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const apart = (a: Buffer, b: Buffer) =>
  a.length === b.length ? a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? 0))), 0) : -1;

const hasDcmtk = inject('hasDcmtk');
if (!hasDcmtk)
  process.stderr.write('\nLEFT OUT: presentation states beside DCMTK: it is not on this machine\n');

describeWithSharedFiles('presentation states of the shared files', () => {
  it('apply Modality, VOI and Presentation LUT one after the other', async () => {
    const expected = await sharp(readShared('expected/expected_imgForPrLUT.png'))
      .toColourspace('b-w')
      .raw()
      .toBuffer();
    expect(apart(await presented('imageForPrLUTs.dcm', 'prLUTs.dcm'), expected)).toBe(0);
  });

  it('show overlays of pixel bits, of the image and of the state: all six lines', async () => {
    const ours = await presented('overlay.dcm', 'prOverlay.dcm');
    // There the overlays are green; the layers of the state ask for white (PS3.3 C.10.7).
    const theirs = await sharp(readShared('expected/expected_overlay.png')).removeAlpha().raw().toBuffer();
    const green = (i: number) => (theirs[i * 3 + 1] ?? 0) - (theirs[i * 3] ?? 0) > 100;
    const wrong = ours.filter((value, i) => Math.abs(value - (green(i) ? 255 : (theirs[i * 3] ?? 0))) > 1);
    expect([theirs.length, wrong.length]).toEqual([ours.length * 3, 0]);
    expect(ours.filter((_, i) => green(i)).length).toBeGreaterThan(3000);
  });

  it.skipIf(!hasDcmtk)('come out as from DCMTK, which leaves overlays to others', async () => {
    expect(
      apart(
        await presented('imageForPrLUTs.dcm', 'prLUTs.dcm'),
        await presentedByDcmtk('imageForPrLUTs.dcm', 'prLUTs.dcm'),
      ),
    ).toBe(0);
    const ours = await presented('overlay.dcm', 'prOverlay.dcm');
    const theirs = await presentedByDcmtk('overlay.dcm', 'prOverlay.dcm');
    const wrong = ours.filter((value, i) => Math.abs(value - (theirs[i] ?? 0)) > 1 && value !== 255);
    expect([theirs.length, wrong.length]).toEqual([512 * 512, 0]);
  });
});
