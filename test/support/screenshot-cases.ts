import type { Page } from 'playwright-core';

/** One picture of docs/screenshots: what is stored for it, and what a reader does before it is taken. */
export interface ScreenshotCase {
  /** Name of the file, without `.png`. */
  readonly name: string;
  /** Files and folders of ../shared/dicom, all of one patient; the study of the first is opened. */
  readonly stored: readonly string[];
  /** What is stored in place of the bytes of a file. */
  readonly change?: (bytes: Buffer) => Buffer;
  /** Place in the stack of the first viewport, 0 to 1. */
  readonly position?: number;
  readonly steps?: (page: Page) => Promise<void>;
}

const press =
  (...keys: readonly string[]) =>
  async (page: Page): Promise<void> => {
    for (const key of keys) {
      await page.keyboard.press(key);
      await page.waitForTimeout(300);
    }
  };

/** Clicks places of a viewport, given as parts of its width and height. */
async function clickAt(page: Page, places: readonly (readonly [number, number])[], tile = 0): Promise<void> {
  const box = await page.getByTestId(`viewport-element-${tile}`).boundingBox();
  if (!box) throw new Error(`there is no viewport ${tile}`);
  for (const [x, y] of places) {
    await page.mouse.move(box.x + box.width * x, box.y + box.height * y, { steps: 4 });
    await page.mouse.down();
    await page.mouse.up();
    await page.waitForTimeout(150);
  }
}

/** The same patient 13 months before: other UIDs of the same length, other dates. */
function asPrior(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  return Buffer.from(
    text.replaceAll('345050719074.3824', '345050719074.3823').replaceAll('20151026', '20140918'),
    'latin1',
  );
}

const chestCt = ['volumes/ct-chest'];
const sarcoma = ['volumes/petct-sts003'];

/** Typical cases, and the sheets and panels of the study viewer. */
export const screenshotCases: readonly ScreenshotCase[] = [
  { name: 'chest-ct', stored: chestCt, position: 0.4 },
  // Before the study that it is the prior of, which stays the newest.
  { name: 'chest-ct-prior', stored: chestCt, change: asPrior, position: 0.4 },
  { name: 'compare-with-prior', stored: chestCt, position: 0.4, steps: press('b') },
  { name: 'chest-ct-lung-window', stored: chestCt, position: 0, steps: press('2') },
  {
    name: 'ct-measurements',
    stored: chestCt,
    position: 0.4,
    steps: async (page) => {
      await press('d')(page);
      await clickAt(page, [
        [0.4, 0.45],
        [0.58, 0.47],
      ]);
      await press('e')(page);
      await clickAt(page, [
        [0.36, 0.5],
        [0.44, 0.58],
      ]);
      await press('w', 'm')(page);
    },
  },
  { name: 'ct-mpr', stored: chestCt, position: 0.4, steps: press('6') },
  { name: 'pet-ct', stored: sarcoma, position: 0.5 },
  { name: 'mr-knee', stored: ['volumes/mr-knee'], position: 0.5 },
  { name: 'mr-enhanced', stored: ['enhanced/dicom-test-files/emri_small.dcm'], position: 0.5 },
  { name: 'chest-radiograph', stored: ['cr-dx-mg/fo-dicom/CR-MONO1-10-chest'] },
  { name: 'digital-radiograph', stored: ['cr-dx-mg/highdicom/dx_image.dcm'] },
  { name: 'mammogram', stored: ['cr-dx-mg/dicomsamples/MG_Explicit_Little.dcm'] },
  { name: 'ultrasound', stored: ['us-xa/go-dicom'] },
  { name: 'angiography', stored: ['us-xa/static-wado/jpeg8bit.dcm'], position: 0.3 },
  { name: 'nuclear-medicine', stored: ['nm/dcm4che/NM-MONO2-16-13x-heart'] },
  { name: 'pet-suv', stored: ['pt/dicom/1.dcm'] },
  { name: 'structured-report', stored: ['sr/dcmjs/sample-sr.dcm'] },
  { name: 'encapsulated-pdf', stored: ['misc/orthanc-tests/sample-pdf.dcm'] },
  { name: 'ecg', stored: ['misc/pydicom/waveform_ecg.dcm'] },
  { name: 'segmentation', stored: ['seg/dcmqi/label.seg'] },
  {
    name: 'layout-picker',
    stored: sarcoma,
    steps: async (page) => page.getByTestId('layout-menu').click(),
  },
  { name: 'window-menu', stored: chestCt, steps: async (page) => page.getByTestId('window-menu').click() },
  { name: 'command-palette', stored: chestCt, steps: press('Control+k') },
  { name: 'help', stored: chestCt, steps: press('F1') },
  {
    name: 'tag-browser',
    stored: chestCt,
    steps: async (page) => {
      await page.getByTestId('toolbar-output').click();
      await page.getByTestId('menu-tagBrowser').click();
      await page.getByTestId('tag-browser').waitFor();
    },
  },
  {
    name: 'export',
    stored: chestCt,
    steps: async (page) => {
      await press('Control+Shift+e')(page);
      await page.getByTestId('output-dialog').waitFor();
    },
  },
];
