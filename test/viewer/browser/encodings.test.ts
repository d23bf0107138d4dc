import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { storeInstances } from '../../support/dicomweb-requests.ts';
import { hasChromium } from './chromium-page.ts';
import { type Colour, displayedColours, type Point, waitForImage } from './displayed-picture.ts';
import { openAddress, openStudies, provideReadingPage } from './reading-page.ts';

const folder = join(import.meta.dirname, '../../../../shared/dicom/syntax');
const isPresent = existsSync(folder);
if (!isPresent)
  process.stderr.write(`\nLEFT OUT: pictures in every encoding, because ${folder} is not there\n`);

const wg04 = 'wg04/dicom-test-files';
const htj2k = 'wg04-htj2k/dicomhtj2k';
const ct1 = 'ct1-all/cornerstone3d/CTImage.dcm_';

/** Lossless encodings of one image each, with the transfer syntax last; drawn exactly like the first of the row. */
const lossless = [
  [
    'grey of 12 bits',
    `${wg04}/NM1_UNC`,
    [
      ['RLE', `${wg04}/NM1_RLE`],
      ['JPEG lossless', `${wg04}/NM1_JPLL`],
      ['JPEG-LS', `${wg04}/NM1_JLSL`],
      ['JPEG 2000', `${wg04}/NM1_J2KR`],
      ['HTJ2K', `${htj2k}/NM1_JPH`],
    ],
  ],
  [
    'colour',
    `${wg04}/VL1_UNC`,
    [
      ['RLE', `${wg04}/VL1_RLE`],
      ['JPEG 2000', `${wg04}/VL1_J2KR`],
      ['HTJ2K', `${htj2k}/VL1_JPH`],
    ],
  ],
  [
    'a CT slice',
    `${ct1}LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1.dcm`,
    [
      ['implicit little endian', `${ct1}LittleEndianImplicitTransferSyntax_1.2.840.10008.1.2.dcm`],
      ['explicit big endian', `${ct1}BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2.dcm`],
      ['deflated', `${ct1}DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99.dcm`],
      ['JPEG lossless of any predictor', `${ct1}JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57.dcm`],
    ],
  ],
  ['a CT slice', 'jxl/orthanc-jxl/test_ct1.dcm', [['JPEG XL', 'jxl/orthanc-jxl/test_ct1_jxl.dcm']]],
] as const;

/** Lossy encodings: noise is allowed, a shift of all values is not. */
const lossy = [
  ['JPEG of 12 bits', `${wg04}/NM1_UNC`, `${wg04}/NM1_JPLY`],
  ['near-lossless JPEG-LS', `${wg04}/NM1_UNC`, `${wg04}/NM1_JLSN`],
  ['JPEG 2000', `${wg04}/MR1_UNC`, `${wg04}/MR1_J2KI`],
] as const;

describe.skipIf(!isPresent || !hasChromium())('an image in any encoding', () => {
  const room = provideReadingPage();

  /** The only instance in the archive. */
  async function onlyInstance(): Promise<Record<string, { Value?: unknown[] } | undefined> | undefined> {
    const found = await fetch(`${room.server.dicomweb}/instances?includefield=Rows,Columns`);
    return found.status === 204 ? undefined : (await found.json())[0];
  }

  /** Draws the image of a file alone in the archive: its other encodings have the same UIDs. */
  async function draw(name: string): Promise<Colour[]> {
    const { server, page } = room;
    const studyOf = (instance: Awaited<ReturnType<typeof onlyInstance>>) =>
      String(instance?.['0020000D']?.Value?.[0]);
    await openAddress(page, '/viewer');
    await fetch(`${server.dicomweb}/studies/${studyOf(await onlyInstance())}`, { method: 'DELETE' });
    expect(await storeInstances(server.url, [readFileSync(join(folder, name))])).toHaveLength(1);
    const instance = await onlyInstance();
    const [rows, columns] = ['00280010', '00280011'].map((tag) => Number(instance?.[tag]?.Value?.[0]));
    if (!rows || !columns) throw new Error('the archive does not tell the size of the image');
    // Anew from the archive: what the page or the browser may have kept of another encoding has the same name.
    const answered = page.waitForResponse((response) => response.url().endsWith('/frames/1'));
    await openStudies(page, studyOf(instance));
    expect((await answered).status(), name).toBe(200);
    await waitForImage(page);
    const points: Point[] = [];
    for (let row = 4; row < rows; row += Math.ceil(rows / 60)) {
      for (let column = 4; column < columns; column += Math.ceil(columns / 60)) points.push([column, row]);
    }
    return displayedColours(page, { rows, columns }, points);
  }

  it.each(lossless)('looks the same: %s', async (_kind, original, encodings) => {
    const expected = await draw(original);
    expect(new Set(expected.map(([red]) => red)).size).toBeGreaterThan(20);
    for (const [encoding, name] of encodings) {
      expect.soft({ encoding, colours: await draw(name) }).toEqual({ encoding, colours: expected });
    }
  });

  it.each(lossy)('is as bright as before when compressed with loss: %s', async (_kind, original, name) => {
    const expected = await draw(original);
    const colours = await draw(name);
    // Black and white cut noise off on one side; in between it is even.
    const errors = colours.flatMap(([red], at) => {
      const grey = expected[at]?.[0] ?? 0;
      return grey > 60 && grey < 195 ? [red - grey] : [];
    });
    expect(errors.length).toBeGreaterThan(50);
    expect(Math.abs(errors.reduce((sum, error) => sum + error, 0) / errors.length)).toBeLessThan(1.5);
  });

  it('was shown without a complaint of the page', () => {
    expect(room.complaints).toEqual([]);
  });
});
