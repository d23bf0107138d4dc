import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dicomParser from 'dicom-parser';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { storeInstances } from '../../support/dicomweb-requests.ts';
import { makeInstance, testUid } from '../../support/make-instance.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { hasChromium, launchChromium, openPage, type WatchedPage } from './chromium-page.ts';
import { viewportFacts, waitForFact, waitForImage } from './displayed-picture.ts';
import { drag, measurements, pagePlaces, type ShownImage, takeTool } from './measuring-hand.ts';

const hasDcmtk = inject('hasDcmtk');
if (!hasDcmtk)
  process.stderr.write('\nLEFT OUT: the attributes shown beside DCMTK: it is not on this machine\n');
const realFolder = join(import.meta.dirname, '../../../../shared/dicom/volumes/ct-chest');
const hasRealFiles = existsSync(realFolder);
if (!hasRealFiles)
  process.stderr.write(`\nLEFT OUT: attributes of a real file, because ${realFolder} is not there\n`);

const study = testUid();
/** Two of one series, and a lossy one of another. */
const uids = [testUid(), testUid(), testUid()];
const size: ShownImage = { rows: 64, columns: 64 };

/** Left half 200, right half 800: one is dark, the other bright at the window of the header. */
const pixels = new Uint8Array(
  Uint16Array.from({ length: 64 * 64 }, (_, at) => (at % 64 < 32 ? 200 : 800)).buffer,
);
const files = uids.map((uid, index) =>
  makeInstance({
    image: { rows: 64, columns: 64, bitsAllocated: 16, pixelBytes: pixels },
    attributes: {
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
      SpecificCharacterSet: 'ISO_IR 192',
      PatientName: 'Muñoz^José',
      PatientID: 'OUT-1',
      PatientBirthDate: '19610203',
      PatientSex: 'M',
      StudyInstanceUID: study,
      SeriesInstanceUID: `${study}.${index < 2 ? 1 : 2}`,
      SOPInstanceUID: uid,
      StudyDate: '20260102',
      StudyTime: '101112',
      StudyDescription: 'Knee, left',
      InstitutionName: 'St. Elsewhere',
      AccessionNumber: 'A-77',
      SeriesNumber: index < 2 ? '3' : '4',
      SeriesDescription: index < 2 ? 'T1' : 'T2',
      Modality: 'MR',
      InstanceNumber: String(index < 2 ? index + 1 : 1),
      LossyImageCompression: index < 2 ? '00' : '01',
      WindowCenter: '500',
      WindowWidth: '1001',
      PixelSpacing: ['1', '1'],
      ImagePositionPatient: ['0', '0', String(-5 * index)],
      ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
      FrameOfReferenceUID: `${study}.9`,
    },
  }),
);

interface Picture {
  readonly width: number;
  readonly height: number;
  at(x: number, y: number): readonly number[];
}

async function readPicture(file: string | Buffer): Promise<Picture> {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return {
    width: info.width,
    height: info.height,
    at: (x, y) => {
      const start = (Math.round(y) * info.width + Math.round(x)) * 3;
      return [...data.subarray(start, start + 3)];
    },
  };
}

describe.skipIf(!hasChromium())('print, export, links and attributes', () => {
  let server: TestServer;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'isocenter-output-'));
    server = await startServer();
    await storeInstances(server.url, files);
    browser = await launchChromium();
    watched = await openPage(browser, server.url);
    page = watched.page;
    await watched.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    // A headless browser has no printer: what would be printed is looked at instead.
    await watched.context.addInitScript(() => {
      window.print = () => {};
    });
    await page.goto(`/viewer?StudyInstanceUIDs=${study}`);
    await waitForImage(page, uids[0]);
    await takeTool(page, 'toolLength');
    await drag(page, size, [
      [10, 50],
      [22, 50],
    ]);
    await measurements(page, 1);
    await page.keyboard.press('Escape');
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('prints a viewport with who and what it is', async () => {
    await page.keyboard.press('Control+p');
    await page.waitForFunction(
      () =>
        document
          .querySelector<HTMLIFrameElement>('[data-testid="print-frame"]')
          ?.contentDocument?.querySelector('footer') != null,
    );
    const facts = await page.evaluate(() => {
      const printed = document.querySelector<HTMLIFrameElement>(
        '[data-testid="print-frame"]',
      )?.contentDocument;
      const picture = printed?.querySelector('img');
      const told = [...(printed?.querySelectorAll<HTMLElement>('[data-fact]') ?? [])];
      return {
        title: printed?.title,
        width: picture?.naturalWidth,
        height: picture?.naturalHeight,
        ...Object.fromEntries(told.map((element) => [element.dataset.fact, element.textContent])),
      };
    });
    const box = await page.getByTestId('viewport-0').boundingBox();
    expect(facts).toMatchObject({
      title: 'Images',
      patientName: 'Muñoz, José',
      patientID: 'OUT-1',
      birthDate: '1961-02-03',
      sex: 'M',
      studyDate: '2026-01-02 10:11:12',
      studyDescription: 'Knee, left',
      institution: 'St. Elsewhere',
      accessionNumber: 'A-77',
      series: '3 T1',
      image: '1 / 2',
      window: '1001 / 500',
      width: Math.round((box?.width ?? 0) * 2),
      notice: 'Not certified for diagnostic use',
    });
    expect(facts).toHaveProperty('printed');
  });

  /** The bytes of the file that a click saves. */
  async function saved(testId: string): Promise<Buffer> {
    const download = page.waitForEvent('download');
    await page.getByTestId(testId).click();
    const path = join(folder, `${testId}-${Date.now()}`);
    await (await download).saveAs(path);
    return readFileSync(path);
  }
  const savePicture = async (testId: string): Promise<Picture> => readPicture(await saved(testId));

  /** Where in the picture of a viewport places of the image are. */
  async function picturePlaces(points: readonly (readonly [number, number])[]) {
    const box = await page.getByTestId('viewport-0').boundingBox();
    const places = await pagePlaces(page, size, points);
    return places.map(({ x, y }) => [2 * (x - (box?.x ?? 0)), 2 * (y - (box?.y ?? 0))] as const);
  }

  /** How many pixels of a part of a picture are brighter than the image there can be. */
  function brightPixels(picture: Picture, width: number, height: number): number {
    let count = 0;
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) if (picture.at(x, y).every((part) => part > 150)) count++;
    return count;
  }

  it('saves the picture on the screen: its pixels, what is drawn over it, and whose it is', async () => {
    await page.keyboard.press('Control+Shift+e');
    await page.getByTestId('output-dialog').waitFor();
    const picture = await savePicture('save-png');
    const [dark, bright, line] = await picturePlaces([
      [16, 20],
      [48, 20],
      [16, 50],
    ]);
    if (!dark || !bright || !line) throw new Error('no places');
    // PS3.3 C.11.2.1.2.1: ((200 - 499.5) / 1000 + 0.5) * 255 = 51.1, and 204.1 for 800.
    for (const part of picture.at(...dark)) expect(Math.abs(part - 51.1)).toBeLessThan(2);
    for (const part of picture.at(...bright)) expect(Math.abs(part - 204.1)).toBeLessThan(2);
    const onLine = picture.at(...line);
    expect(Math.max(...onLine) - Math.min(...onLine)).toBeGreaterThan(30);
    expect(brightPixels(picture, 260, 60)).toBeGreaterThan(100);
    // The band below says what the picture is not for.
    const box = await page.getByTestId('viewport-0').boundingBox();
    expect(picture.height).toBe(Math.round((box?.height ?? 0) * 2) + 44);
  });

  it('saves it as JPEG, and copies it', async () => {
    const [dark, bright] = await picturePlaces([
      [16, 20],
      [48, 20],
    ]);
    const file = await saved('save-jpeg');
    expect(file.subarray(0, 3).toString('hex')).toBe('ffd8ff');
    await page.getByTestId('copy-picture').click();
    await page.getByTestId('output-message').getByText('Picture copied').waitFor();
    const copied = await page.evaluate(async () => {
      const [item] = await navigator.clipboard.read();
      const blob = await item?.getType('image/png');
      const bytes = new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    });
    for (const picture of [await readPicture(file), await readPicture(Buffer.from(copied, 'base64'))]) {
      for (const part of picture.at(...(dark ?? [0, 0]))) expect(Math.abs(part - 51.1)).toBeLessThan(3);
      for (const part of picture.at(...(bright ?? [0, 0]))) expect(Math.abs(part - 204.1)).toBeLessThan(3);
    }
  });

  it('leaves texts and drawings out where this is asked for', async () => {
    await page.getByTestId('output-texts').uncheck();
    await page.getByLabel('Measurements and lines').uncheck();
    const picture = await savePicture('save-png');
    const [line] = await picturePlaces([[16, 50]]);
    if (!line) throw new Error('no place');
    for (const part of picture.at(...line)) expect(Math.abs(part - 51.1)).toBeLessThan(2);
    expect(brightPixels(picture, 260, 60)).toBe(0);
    await page.getByTestId('output-texts').check();
    await page.getByLabel('Measurements and lines').check();
    await page.keyboard.press('Escape');
    await page.getByTestId('output-dialog').waitFor({ state: 'hidden' });
  });

  it('downloads the instance as it is stored', async () => {
    const download = page.waitForEvent('download');
    await page.getByTestId('toolbar-output').click();
    await page.getByTestId('menu-downloadInstance').click();
    const path = join(folder, 'instance.dcm');
    await (await download).saveAs(path);
    const dataSet = dicomParser.parseDicom(readFileSync(path));
    expect(dataSet.string('x00080018')).toBe(uids[0]);
    expect(dataSet.elements.x7fe00010?.length).toBe(64 * 64 * 2);
  });

  it.each([
    ['Series', 2],
    ['Study', 3],
  ])('downloads the %s: %i files and a DICOMDIR', async (level, count) => {
    await page.getByTestId('toolbar-output').click();
    const zip = await saved(`menu-download${level}`);
    expect(zip.subarray(0, 4).toString('latin1')).toBe('PK\x03\x04');
    const text = zip.toString('latin1');
    // One entry of the central directory for each file.
    expect(text.split('PK\x01\x02')).toHaveLength(count + 2);
    expect(text).toContain('DICOMDIR');
  });

  it('copies a link that shows the same image and window, and names nobody', async () => {
    // From the menu back to the images: its button would take the arrow keys.
    await page.getByTestId('viewport-0').click();
    await page.keyboard.press('ArrowDown');
    await waitForFact(page, 'imageIndex', '1');
    await page.keyboard.press('w');
    await drag(page, size, [
      [20, 20],
      [40, 30],
    ]);
    const { windowCenter, windowWidth } = await viewportFacts(page);
    expect(windowWidth).not.toBe('1001');
    await page.keyboard.press('Alt+l');
    await page.getByTestId('output-message').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).not.toMatch(/Mu|OUT-1/);
    const other = await openPage(browser, server.url);
    await other.page.goto(link);
    const facts = await waitForImage(other.page, uids[1]);
    await waitForFact(other.page, 'imageIndex', '1');
    expect(Number((await viewportFacts(other.page)).windowWidth)).toBeCloseTo(Number(windowWidth), 2);
    expect(Number((await viewportFacts(other.page)).windowCenter)).toBeCloseTo(Number(windowCenter), 2);
    expect(facts.imageCount).toBe('2');
    await other.context.close();
  });

  /** The pages in the print frame: what they say, how wide their pictures are, and how coloured these are in some boxes (CSS pixels). */
  function printedPages(boxes: readonly { x: number; y: number; width: number; height: number }[]) {
    return page.evaluate((boxes) => {
      const frame = document.querySelector<HTMLIFrameElement>('[data-testid="print-frame"]');
      return [...(frame?.contentDocument?.querySelectorAll('section') ?? [])].map((section) => {
        const picture = section.querySelector('img');
        if (!picture) throw new Error('a page without a picture');
        const canvas = new OffscreenCanvas(picture.naturalWidth, picture.naturalHeight);
        const context = canvas.getContext('2d');
        if (!context) throw new Error('no canvas');
        context.drawImage(picture, 0, 0);
        const colour = boxes.map(({ x, y, width, height }) => {
          const { data } = context.getImageData(2 * x, 2 * y, 2 * width, 2 * height);
          let most = 0;
          for (let at = 0; at < data.length; at += 4)
            most = Math.max(most, (data[at] ?? 0) - (data[at + 2] ?? 0));
          return most;
        });
        const of = (fact: string) =>
          [...section.querySelectorAll(`[data-fact="${fact}"]`)].map((element) => element.textContent);
        return {
          patient: of('patientName'),
          series: of('series'),
          notice: of('notice'),
          width: picture.naturalWidth,
          colour,
        };
      });
    }, boxes);
  }

  it('prints the layout on one page, or each viewport on a page that says whose it is', async () => {
    await page.keyboard.press('Alt+2');
    await page.getByTestId('viewport-1').click({ position: { x: 200, y: 300 } });
    await page.getByTestId('series-card').nth(1).click();
    await waitForImage(page, uids[2], 1);
    await page.keyboard.press('Control+Shift+p');
    const frame = page.getByTestId('print-frame').contentFrame();
    await frame.locator('footer').waitFor({ state: 'attached' });
    const patient = ['Muñoz, José'];
    const notice = ['Not certified for diagnostic use'];
    expect(await printedPages([])).toMatchObject([{ patient, series: ['3 T1', '4 T2'], notice }]);
    await page.keyboard.press('Control+Shift+e');
    await page.getByTestId('output-dialog').getByText('Whole layout').click();
    const viewport = await page.getByTestId('viewport-1').boundingBox();
    const marks = ['marker-left', 'marker-top', 'lossy'].map((id) =>
      page.getByTestId('viewport-1').getByTestId(id).boundingBox(),
    );
    const boxes = (await Promise.all(marks)).map((box) => {
      if (!box || !viewport) throw new Error('a mark is not there');
      return { ...box, x: box.x - viewport.x, y: box.y - viewport.y };
    });
    await page.getByTestId('print-pages').click();
    await frame.locator('section').nth(1).locator('footer').waitFor({ state: 'attached' });
    const pages = await printedPages(boxes);
    const width = Math.round(2 * (viewport?.width ?? 0));
    expect(pages).toMatchObject([
      { patient, series: ['3 T1'], notice, width },
      { patient, series: ['4 T2'], notice, width },
    ]);
    // Letters of orientation are yellow and the mark of lossy compression is red, over grey: only the second image is lossy.
    for (const value of pages[1]?.colour ?? [0]) expect(value).toBeGreaterThan(100);
    expect(pages[0]?.colour[2]).toBeLessThan(100);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+1');
  });

  it.skipIf(!hasDcmtk || !hasRealFiles)('shows the attributes that DCMTK finds in the file', async () => {
    const name = readdirSync(realFolder).sort()[0] ?? '';
    const bytes = readFileSync(join(realFolder, name));
    await storeInstances(server.url, [bytes]);
    const path = join(folder, 'real.dcm');
    writeFileSync(path, bytes);
    const header = dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010' });
    // Leaving the page with a measurement that is not saved is asked about.
    page.once('dialog', (dialog) => void dialog.accept());
    await page.goto(`/viewer?StudyInstanceUIDs=${header.string('x0020000d')}`);
    await waitForImage(page, header.string('x00080018'));
    await page.keyboard.press('Alt+t');
    await page.getByTestId('tag-row').first().waitFor();
    const shown = await page
      .getByTestId('tag-row')
      .evaluateAll((rows) =>
        rows.map((row) =>
          [...row.querySelectorAll('td')].map((cell) => cell.getAttribute('title') ?? cell.textContent ?? ''),
        ),
      );
    const dump = execFileSync('dcmdump', ['+L', '-Un', path], { encoding: 'utf8', maxBuffer: 2 ** 26 });
    // Attributes of the data set itself, of textual VRs: `(gggg,eeee) VR [value]  # length, VM Keyword`.
    const expected = [
      ...dump.matchAll(/^(\((?!0002)[0-9a-f]{4},[0-9a-f]{4}\)) ([A-Z]{2}) \[(.*)\] +#.*?(\w+)$/gm),
    ];
    expect(expected.length).toBeGreaterThan(40);
    const isNumber = (vr: string | undefined) => vr === 'DS' || vr === 'IS';
    const normal = (vr: string | undefined, value: string) =>
      isNumber(vr)
        ? value.split('\\').map(Number).join('\\')
        : // Empty components at the end of a name say nothing (PS3.5 6.2.1.1).
          value.replace(vr === 'PN' ? /[ ^]+$/ : / +$/, '');
    for (const [, tag, vr, value = '', keyword] of expected) {
      // DICOM JSON is always UTF-8, and says so.
      if (keyword === 'SpecificCharacterSet') continue;
      const row = shown.find(([shownTag]) => shownTag === tag);
      expect(row, `${tag} ${keyword}`).toBeDefined();
      expect(normal(vr, row?.[3] ?? ''), `${tag} ${keyword}`).toBe(normal(vr, value));
      expect(row?.[1]).toBe(vr);
      if (!keyword?.startsWith('Unknown') && !/^Private/.test(keyword ?? '')) expect(row?.[2]).toBe(keyword);
    }
    await page.getByTestId('tag-search').fill('slice thick');
    await page.waitForFunction(() => document.querySelectorAll('[data-testid="tag-row"]').length === 1);
    expect(await page.getByTestId('tag-row').textContent()).toContain('SliceThickness');
  });

  it('makes no complaints', () => {
    expect(watched.complaints).toEqual([]);
  });
});
