import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import dicomParser from 'dicom-parser';
import { describe, expect, it } from 'vitest';
import { storeInstances } from '../../support/dicomweb-requests.ts';
import { type Attributes, type ImageOptions, makeInstance, testUid } from '../../support/make-instance.ts';
import { hasChromium } from './chromium-page.ts';
import {
  displayedColours,
  edgeLetters,
  type Point,
  untilDrawn,
  viewportFacts,
  waitForFact,
  waitForImage,
} from './displayed-picture.ts';
import { eventually } from './eventually.ts';
import { quarterPixels, quarterSize, quarters } from './quarter-image.ts';
import { openStudies, provideReadingPage } from './reading-page.ts';

const folder = join(import.meta.dirname, '../../../../shared/dicom');
const isPresent = existsSync(folder);
if (!isPresent)
  process.stderr.write(`\nLEFT OUT: grey pipeline on real files, because ${folder} is not there\n`);

/** Expected greys are those of DCMTK 3.6.7, `dcmj2pnm OPTIONS FILE`, unless something else is said. */
describe.skipIf(!isPresent || !hasChromium())('images of many makers', () => {
  const room = provideReadingPage();

  /** Stores files and opens the study of the first. */
  async function show(...files: string[]) {
    const contents = files.map((file) => readFileSync(join(folder, file)));
    await storeInstances(room.server.url, contents);
    const dataSet = dicomParser.parseDicom(contents[0] ?? new Uint8Array(), { untilTag: 'x00200010' });
    await openStudies(room.page, dataSet.string('x0020000d') ?? '');
    return waitForImage(room.page, dataSet.string('x00080018'));
  }

  const greys = async (
    size: { rows: number; columns: number; rowScale?: number },
    points: readonly Point[],
  ) => (await displayedColours(room.page, size, points)).map(([red]) => red);

  function expectClose(shown: readonly number[], expected: readonly number[], tolerance: number): void {
    const errors = shown.map((value, at) => Math.abs(value - (expected[at] ?? 0)));
    expect(Math.max(...errors), `${shown} should be ${expected}`).toBeLessThanOrEqual(tolerance);
  }

  /** Chooses from the window menu. */
  async function choose(testId: string): Promise<void> {
    await room.page.getByTestId('window-menu').click();
    await room.page.getByTestId(testId).click();
    await untilDrawn(room.page);
  }

  const square = { rows: 512, columns: 512 };
  /** Middles of even areas of the test pattern, and their greys. */
  const places: readonly Point[] = [
    [113, 349],
    [113, 302],
    [113, 161],
    [144, 20],
    [361, 161],
    [361, 302],
    [82, 114],
  ];
  const expected = [0, 25, 76, 127, 178, 229, 255];

  it('are shown through a VOI LUT, over whose output a window goes', async () => {
    const facts = await show('color/dicom-test-files/vlut_04.dcm');
    expect(facts).toMatchObject({ windowTable: '0' });
    // +Wl 1
    expectClose(await greys(square, places), expected, 1);
  });

  it('are shown through a Modality LUT', async () => {
    await show('color/dicom-test-files/mlut_18.dcm');
    await choose('voi-full-0');
    // +Wm
    expectClose(await greys(square, places), expected, 1);
  });

  it('are windowed over the output of a VOI LUT, and shown through it again', async () => {
    const { page } = room;
    await show('color/dicom-test-files/vlut_04.dcm');
    await choose('voi-full-0');
    expect((await viewportFacts(page)).windowTable).toBeUndefined();
    await choose('voi-table-0');
    await page.mouse.move(700, 400);
    await page.mouse.down();
    await page.mouse.move(760, 400, { steps: 4 });
    await page.mouse.up();
    await eventually(async () => Number((await viewportFacts(page)).windowWidth)).toBeGreaterThan(65536);
    expect((await viewportFacts(page)).windowTable).toBe('0');
    await page.keyboard.press(' ');
    await waitForFact(page, 'windowWidth', '65536');
    expectClose(await greys(square, places), expected, 1);
  });

  it('have their overlay, pixel by pixel', async () => {
    const { page } = room;
    await show('color/pydicom/examples_overlay.dcm');
    const size = { rows: 300, columns: 484 };
    // Pixels of the overlay and beside it, from `dcmdump +W` and numpy.
    const on: readonly Point[] = [
      [422, 38],
      [46, 152],
      [422, 297],
      [53, 143],
      [408, 293],
    ];
    const off: readonly Point[] = [
      [100, 100],
      [242, 150],
      [300, 200],
      [50, 50],
      [400, 250],
    ];
    const isYellow = async (points: readonly Point[]) =>
      (await displayedColours(page, size, points)).map(([red, , blue]) => red - blue > 60);
    await eventually(() => isYellow(on)).toEqual(on.map(() => true));
    expect(await isYellow(off)).toEqual(off.map(() => false));
  });

  /** What the line under the pointer says of a place, with the pointer there. */
  async function readout([column, row]: Point, size: { rows: number; columns: number }): Promise<string> {
    const { page } = room;
    const box = await page.getByTestId('viewport-element-0').boundingBox();
    const zoom = Number((await viewportFacts(page)).zoom);
    if (!box) throw new Error('no viewport');
    const output = page.getByTestId('pixel-readout');
    if ((await output.count()) === 0) {
      await page.getByTestId('toolbar-measure').click();
      await page.getByTestId('menu-togglePixelReadout').click();
    }
    await page.mouse.move(
      box.x + box.width / 2 + (column + 0.5 - size.columns / 2) * zoom,
      box.y + box.height / 2 + (row + 0.5 - size.rows / 2) * zoom,
    );
    return (await output.textContent()) ?? '';
  }

  // By hand from dcmdump: stored value x slope x weight / decayed dose (see components/imaging.test.ts), 2 decimals.
  it.each([
    ['pt/dicom/1.dcm', [88, 95], '7.19 SUVbw', [84, 84], '0.83 SUVbw'],
    ['pt/dicom/2.dcm', [85, 90], '6.16 SUVbw', [84, 84], '1.16 SUVbw'],
  ] as const)('%s tells SUV under the pointer', async (file, hot, hotText, middle, middleText) => {
    const facts = await show(file);
    expect(facts.valueUnit).toBe('SUVbw');
    const size = { rows: 168, columns: 168 };
    expect(await readout(hot, size)).toContain(hotText);
    expect(await readout(middle, size)).toContain(middleText);
  });

  it('PET without what SUV needs says why, and shows its activity', async () => {
    const facts = await show('pt-ct-pair/orthanc-tests/Pet-IM-0001-0001.dcm');
    expect(facts.valueUnit).toBe('Bq/ml');
    expect(await room.page.getByTestId('suv-missing').textContent()).toContain('no weight');
  });

  it('PET begins at zero, or at its centre and width', async () => {
    const { page } = room;
    await show('pt-ct-pair/orthanc-tests/Pet-IM-0001-0001.dcm');
    // C 5939, W 10690: 594 to 11284.
    expect(await viewportFacts(page)).toMatchObject({ windowCenter: '5642', windowWidth: '11284' });
    await choose('clamp-to-zero');
    expect(await viewportFacts(page)).toMatchObject({ windowCenter: '5939', windowWidth: '10690' });
    await choose('clamp-to-zero');
    expect((await viewportFacts(page)).windowWidth).toBe('11284');
  });

  // C 920, W 1832 and C 1027, W 2075 in rescaled values, by slopes of 41.1216 and 4.11966.
  it.each([
    ['misc/dcm4che/MR-JPEGLosslessSV1.dcm', 920 / 41.1216, 1832 / 41.1216],
    ['misc/dcmjs-dimse/ele.dcm', 1027 / 4.11966, 2075 / 4.11966],
  ])('%s has its window in rescaled values, and is not black', async (file, center, width) => {
    const facts = await show(file);
    expect(Number(facts.windowCenter)).toBeCloseTo(center, 3);
    expect(Number(facts.windowWidth)).toBeCloseTo(width, 3);
  });

  it('start to move by themselves, at their rate, and stop at the first frame', async () => {
    const { page } = room;
    // Where motion is not unwanted.
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    await show('us-xa/static-wado/jpeg8bit.dcm');
    // Frame Time 33 ms.
    expect(Number((await viewportFacts(page)).playing)).toBeCloseTo(1000 / 33, 6);
    await page.waitForFunction(
      () => Number(document.querySelector<HTMLElement>('[data-testid="viewport-0"]')?.dataset.imageIndex) > 3,
    );
    await page.getByTestId('cine-stopCine').click();
    await waitForFact(page, 'imageIndex', '0');
    expect((await viewportFacts(page)).playing).toBeUndefined();
    await page.emulateMedia({ reducedMotion: 'reduce' });
  });

  it('that are none are named, with what the archive renders of them', async () => {
    const { page } = room;
    const open = async (file: string) => {
      const content = readFileSync(join(folder, file));
      await storeInstances(room.server.url, [content]);
      const study = dicomParser.parseDicom(content, { untilTag: 'x00200010' }).string('x0020000d');
      await openStudies(page, study ?? '');
      await page.getByTestId('other-objects').waitFor();
      return page.getByTestId('other-objects');
    };
    const report = await open('sr/dicom-test-files/reportsi.dcm');
    expect(await report.textContent()).toContain('Structured report');
    expect(await page.getByTestId('object-patient').textContent()).toContain('Last Name, First Name');
    const document = page.frameLocator('[data-testid="rendered-document"]');
    await document.getByText('This report is not verified.').waitFor();
    expect(await page.getByTestId('rendered-document').getAttribute('sandbox')).toBe('allow-same-origin');
    const segmentation = await open('seg/dcmqi/label.seg');
    expect(await segmentation.textContent()).toContain('Segmentation');
    expect(await segmentation.textContent()).toContain('1 of 3');
    const picture = page.getByTestId('rendered-image');
    await picture.waitFor();
    expect(await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(23);
    await open('misc/orthanc-tests/sample-pdf.dcm');
    await page.getByTestId('rendered-document').waitFor();
    expect(await page.getByTestId('rendered-document').getAttribute('src')).toContain('application%2Fpdf');
  });
});

describe.skipIf(!hasChromium())('what an image says of its display', () => {
  const room = provideReadingPage();

  async function show(values: readonly number[], attributes: Attributes, image: ImageOptions = {}) {
    const StudyInstanceUID = testUid();
    const instance = makeInstance({
      image: { ...quarterSize, bitsAllocated: 16, pixelBytes: quarterPixels(values, 2), ...image },
      attributes: { StudyInstanceUID, ...attributes },
    });
    await storeInstances(room.server.url, [instance]);
    await openStudies(room.page, StudyInstanceUID);
    return waitForImage(room.page);
  }
  const shown = async (points = quarters) =>
    (await displayedColours(room.page, quarterSize, points)).map(([red]) => red);

  it('SIGMOID is drawn as its formula says (PS3.3 C.11.2.1.3.1)', async () => {
    await show([500, 900, 1100, 1500], {
      WindowCenter: '1000',
      WindowWidth: '400',
      VOILUTFunction: 'SIGMOID',
    });
    const formula = [500, 900, 1100, 1500].map((x) => 255 / (1 + Math.exp((-4 * (x - 1000)) / 400)));
    const errors = (await shown()).map((grey, at) => Math.abs(grey - (formula[at] ?? 0)));
    expect(Math.max(...errors)).toBeLessThanOrEqual(1);
  });

  it('LINEAR_EXACT is drawn as its formula says (C.11.2.1.3.2)', async () => {
    await show([5, 8, 12, 20], { WindowCenter: '10', WindowWidth: '10', VOILUTFunction: 'LINEAR_EXACT' });
    const formula = [5, 8, 12, 20].map((x) => 255 * Math.min(1, Math.max(0, (x - 10) / 10 + 0.5)));
    const errors = (await shown()).map((grey, at) => Math.abs(grey - (formula[at] ?? 0)));
    expect(Math.max(...errors)).toBeLessThanOrEqual(1);
  });

  it('all VOI LUTs and windows are offered by their names', async () => {
    const { page } = room;
    await show([0, 1, 2, 3], {
      WindowCenter: ['2', '1'],
      WindowWidth: ['4', '2'],
      WindowCenterWidthExplanation: ['NORMAL', 'HARD'],
      VOILUTSequence: [
        {
          LUTDescriptor: { vr: 'US', value: [4, 0, 8] },
          LUTExplanation: 'HIGH CONTRAST',
          LUTData: { vr: 'US', value: [10, 200, 20, 255] },
        },
        {
          LUTDescriptor: { vr: 'US', value: [4, 0, 8] },
          LUTExplanation: 'SOFT',
          LUTData: { vr: 'US', value: [40, 80, 120, 160] },
        },
      ],
    });
    await page.getByTestId('window-menu').click();
    await page.getByTestId('voi-table-1').waitFor();
    const names = await page.getByRole('menuitem').allTextContents();
    for (const name of ['NORMAL', 'HARD', 'HIGH CONTRAST', 'SOFT', 'Automatic'])
      expect(names.join('|')).toContain(name);
    await page.getByTestId('voi-table-0').click();
    await eventually(() => shown()).toEqual([10, 200, 20, 255]);
    expect(await page.getByTestId('overlay-technique').textContent()).toContain('HIGH CONTRAST');
    await page.getByTestId('window-menu').click();
    await page.getByTestId('voi-table-1').click();
    await eventually(() => shown()).toEqual([40, 80, 120, 160]);
    await page.getByTestId('window-menu').click();
    await page.getByTestId('voi-header-1').click();
    await waitForFact(page, 'windowWidth', '2');
  });

  it('padding is black in every window, inverted too, and keeps its value', async () => {
    const { page } = room;
    await show([100, 300, 500, 4000], {
      WindowCenter: '300',
      WindowWidth: '401',
      PixelPaddingValue: { vr: 'US', value: 4000 },
      PixelPaddingRangeLimit: { vr: 'US', value: 4005 },
    });
    const [low, , , padding] = await shown();
    expect([low, padding]).toEqual([0, 0]);
    await page.keyboard.press('i');
    await eventually(async () => (await shown()).filter((_, at) => at === 0 || at === 3)).toEqual([255, 0]);
    // The darkest value is grey in this one, padding is not.
    await page.keyboard.press('i');
    await page.getByTestId('window-menu').click();
    await page.getByTestId('window-width').fill('2000');
    await page.getByTestId('window-enter').click();
    await waitForFact(page, 'windowWidth', '2000');
    const wide = await shown();
    expect(wide[0]).toBeGreaterThan(80);
    expect(wide[3]).toBe(0);
  });

  it('shutters cover what lies outside, up to their edges', async () => {
    await show([1000, 1000, 1000, 1000], {
      WindowCenter: '500',
      WindowWidth: '1000',
      ShutterShape: 'RECTANGULAR',
      ShutterLeftVerticalEdge: '21',
      ShutterRightVerticalEdge: '44',
      ShutterUpperHorizontalEdge: '11',
      ShutterLowerHorizontalEdge: '54',
      ShutterPresentationValue: { vr: 'US', value: 32896 },
    });
    // Edges (counted from 1) belong to what is seen: columns 20 to 43, rows 10 to 53.
    const around: readonly Point[] = [
      [19, 30],
      [20, 30],
      [43, 30],
      [44, 30],
      [30, 9],
      [30, 10],
      [30, 53],
      [30, 54],
    ];
    const covered = async () => (await shown(around)).map((grey) => (grey === 128 ? 'covered' : grey));
    await eventually(covered).toEqual(['covered', 255, 255, 'covered', 'covered', 255, 255, 'covered']);
  });

  it('Presentation LUT Shape INVERSE shows high values dark', async () => {
    await show([0, 1000, 2000, 4095], {
      Modality: 'DX',
      WindowCenter: '2048',
      WindowWidth: '4096',
      PresentationLUTShape: 'INVERSE',
    });
    expect(await shown()).toEqual([255, 193, 130, 0]);
  });

  // Rows and columns of an axial slice as they run in each position (PS3.3 C.7.3.1.1.2): of the patient, so that the letters
  // follow from them alone.
  it('letters are right in every position of the patient', async () => {
    const { page } = room;
    const positions = [
      ['HFS', [1, 0, 0, 0, 1, 0], 'A L P R'],
      ['FFS', [1, 0, 0, 0, 1, 0], 'A L P R'],
      ['HFP', [-1, 0, 0, 0, -1, 0], 'P R A L'],
      ['FFP', [-1, 0, 0, 0, -1, 0], 'P R A L'],
      ['HFDR', [0, -1, 0, 1, 0, 0], 'R A L P'],
      ['HFDL', [0, 1, 0, -1, 0, 0], 'L P R A'],
      ['FFDR', [0, 1, 0, -1, 0, 0], 'L P R A'],
      ['FFDL', [0, -1, 0, 1, 0, 0], 'R A L P'],
    ] as const;
    const StudyInstanceUID = testUid();
    const instances = positions.map(([PatientPosition, orientation], at) => ({
      StudyInstanceUID,
      SOPInstanceUID: testUid(),
      SeriesNumber: at + 1,
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
      Modality: 'CT',
      PatientPosition,
      ImageOrientationPatient: orientation.map(String),
      ImagePositionPatient: ['0', '0', '0'],
      PixelSpacing: ['1', '1'],
      WindowCenter: '2048',
      WindowWidth: '4096',
      RescaleSlope: '1',
      RescaleIntercept: '0',
    }));
    const pixelBytes = quarterPixels([0, 1000, 2000, 4095], 2);
    const image = { ...quarterSize, bitsAllocated: 16, pixelBytes };
    const files = instances.map((attributes) => makeInstance({ image, attributes }));
    await storeInstances(room.server.url, files);
    await openStudies(page, StudyInstanceUID);
    for (const [at, [position, , letters]] of positions.entries()) {
      if (at > 0) await page.keyboard.press('PageDown');
      await waitForImage(page, instances[at]?.SOPInstanceUID);
      expect((await edgeLetters(page)).join(' '), position).toBe(letters);
      // Never turned: the picture is as stored.
      expect((await shown())[0]).toBe(0);
    }
  });

  it('was shown without a complaint of the page', () => {
    expect(room.complaints).toEqual([]);
  });
});
