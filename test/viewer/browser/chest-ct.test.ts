import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { storeInstances } from '../../support/dicomweb-requests.ts';
import { hasChromium } from './chromium-page.ts';
import {
  displayedColours,
  edgeLetters,
  samplePicture,
  untilDrawn,
  viewportFacts,
  waitForFact,
  waitForImage,
} from './displayed-picture.ts';
import { eventually } from './eventually.ts';
import { openAddress, provideReadingPage } from './reading-page.ts';
import { expectedGrey, gridPoints, readStoredImage, type StoredImage } from './stored-pixels.ts';

const folder = join(import.meta.dirname, '../../../../shared/dicom/volumes/ct-chest');
const isPresent = existsSync(folder);
if (!isPresent)
  process.stderr.write(`\nLEFT OUT: the chest CT in the browser, because ${folder} is not there\n`);

describe.skipIf(!isPresent || !hasChromium())('the chest CT', () => {
  const room = provideReadingPage();
  /** Head to feet, the order of display. */
  let images: StoredImage[];

  beforeAll(async () => {
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    images = files.map(readStoredImage).sort((a, b) => b.z - a.z);
    await storeInstances(room.server.url, files);
  });

  /** Compares what is on the screen with what the file says, at the window that the viewport tells. */
  async function expectPixels(index: number): Promise<void> {
    const facts = await viewportFacts(room.page);
    const image = images[index];
    if (!image) throw new Error('no such slice');
    const [center, width] = [Number(facts.windowCenter), Number(facts.windowWidth)];
    const samples = await samplePicture(room.page, image, gridPoints(image, 16));
    const compared = samples.map(({ colour, place }) => {
      const expected = expectedGrey(image, place, center, width);
      return { colour, place, expected, error: Math.max(...colour.map((part) => Math.abs(part - expected))) };
    });
    // A picture that is black or white all over would prove nothing.
    expect(compared.filter(({ expected }) => expected > 20 && expected < 235).length).toBeGreaterThan(100);
    expect(compared.filter(({ error }) => error > 3)).toEqual([]);
  }

  it('is found in the study list and opens with the window of its header', async () => {
    const { page } = room;
    await page.goto('/');
    const row = page.getByTestId('study-row');
    await row.waitFor();
    expect(await row.textContent()).toContain('Bellona');
    await row.click();
    const facts = await waitForImage(page);
    expect(page.url()).toContain('/viewer?StudyInstanceUIDs=');
    expect(facts).toMatchObject({
      imageIndex: '0',
      imageCount: '37',
      windowCenter: '36',
      windowWidth: '360',
    });
    expect(facts.sopInstanceUid).toBe(images[0]?.sopInstanceUID);
  });

  it('shows the pixels of the file', async () => {
    await expectPixels(0);
  });

  it('tells who and where: name, orientation letters, position', async () => {
    const { page } = room;
    expect(await page.getByTestId('overlay-identity').textContent()).toContain('Bellona');
    expect(await page.getByTestId('overlay-position').textContent()).toContain('1 / 37');
    expect(await edgeLetters(page)).toEqual(['A', 'L', 'P', 'R']);
  });

  it('is scrolled by keys, wheel and slider, always showing the slice it names', async () => {
    const { page } = room;
    await page.keyboard.press('ArrowDown');
    await waitForFact(page, 'imageIndex', '1');
    await expectPixels(1);
    await page.mouse.move(800, 400);
    for (let turn = 0; turn < 9; turn++) await page.mouse.wheel(0, 120);
    await waitForFact(page, 'imageIndex', '10');
    expect((await viewportFacts(page)).sopInstanceUid).toBe(images[10]?.sopInstanceUID);
    await expectPixels(10);
    await page.getByTestId('position-slider').fill('25');
    await waitForFact(page, 'imageIndex', '25');
    await expectPixels(25);
    await page.keyboard.press('End');
    await waitForFact(page, 'imageIndex', '36');
    await expectPixels(36);
    await page.keyboard.press('Home');
    await waitForFact(page, 'imageIndex', '0');
  });

  it('takes presets, and keeps them while scrolling', async () => {
    const { page } = room;
    await page.keyboard.press('2');
    await waitForFact(page, 'windowWidth', '1500');
    await expectPixels(0);
    await page.keyboard.press('ArrowDown');
    await waitForFact(page, 'imageIndex', '1');
    expect(await viewportFacts(page)).toMatchObject({ windowCenter: '-600', windowWidth: '1500' });
    await expectPixels(1);
  });

  it('widens the window when dragged right, and brightens when dragged up (IHE BIR)', async () => {
    const { page } = room;
    await page.keyboard.press('1');
    await waitForFact(page, 'windowWidth', '400');
    await page.mouse.move(700, 400);
    await page.mouse.down();
    await page.mouse.move(730, 400, { steps: 5 });
    await page.mouse.up();
    const wider = await viewportFacts(page);
    expect(Number(wider.windowWidth)).toBeGreaterThan(420);
    expect(Number(wider.windowCenter)).toBeCloseTo(40, 5);
    await page.mouse.move(700, 400);
    await page.mouse.down();
    await page.mouse.move(700, 370, { steps: 5 });
    await page.mouse.up();
    await eventually(async () => Number((await viewportFacts(page)).windowCenter)).toBeLessThan(20);
    await untilDrawn(page);
    expect((await viewportFacts(page)).windowWidth).toBe(wider.windowWidth);
    await expectPixels(1);
  });

  it('inverts, zooms, pans, and goes back to the start by reset', async () => {
    const { page } = room;
    const { zoom } = await viewportFacts(page);
    await page.keyboard.press('i');
    const image = images[1];
    if (!image) throw new Error('no such slice');
    await eventually(() => displayedColours(page, image, [[10, 10]])).toEqual([[255, 255, 255]]);
    await page.keyboard.press('+');
    await page.mouse.move(700, 400);
    await page.mouse.down({ button: 'middle' });
    await page.mouse.move(750, 420, { steps: 3 });
    await page.mouse.up({ button: 'middle' });
    const zoomNow = async () => Number((await viewportFacts(page)).zoom);
    await eventually(zoomNow).toBeGreaterThan(Number(zoom) * 1.2);
    await page.keyboard.press(' ');
    // The zoom is told by the next drawing.
    await waitForFact(page, 'zoom', zoom ?? '');
    expect(await viewportFacts(page)).toMatchObject({
      windowWidth: '360',
      imageIndex: '1',
      windowCenter: '36',
    });
    await expectPixels(1);
  });

  it('offers no turning or mirroring of cross-sections', async () => {
    const { page } = room;
    await page.getByTestId('toolbar-view').click();
    expect(await page.getByTestId('menu-flipHorizontal').isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
  });

  it('opens at the image that an address names', async () => {
    const { page } = room;
    const uid = images[20]?.sopInstanceUID ?? '';
    const { pathname, search } = new URL(page.url());
    await openAddress(page, `${pathname}${search}&initialSOPInstanceUID=${uid}`);
    const facts = await waitForImage(page, uid);
    expect(facts.imageIndex).toBe('20');
    await expectPixels(20);
  });

  it('was shown without a complaint of the page', () => {
    expect(room.complaints).toEqual([]);
  });
});
