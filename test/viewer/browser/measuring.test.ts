import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import dicomParser from 'dicom-parser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeInstances } from '../../support/dicomweb-requests.ts';
import { makeInstance, testUid } from '../../support/make-instance.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { hasChromium, launchChromium, openPage, type WatchedPage } from './chromium-page.ts';
import { type Point, viewportFacts, waitForImage } from './displayed-picture.ts';
import { click, drag, measurements, pagePlaces, type ShownImage, takeTool } from './measuring-hand.ts';
import { openStudies } from './reading-page.ts';
import { linearGrey, readStoredImage, type StoredImage } from './stored-pixels.ts';

const shared = join(import.meta.dirname, '../../../../shared/dicom');
const ctFolder = join(shared, 'volumes/ct-chest');
const isPresent = existsSync(ctFolder);
if (!isPresent)
  process.stderr.write(
    `\nLEFT OUT: measuring on real files in the browser, because ${shared} is not there\n`,
  );

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('\nLEFT OUT: statistics against Python, because there is no python3\n');
    return false;
  }
}

interface Statistics {
  readonly pixelCount: number;
  readonly mean: number;
  readonly standardDeviation: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** What region-statistics.py says, which shares nothing with the viewer. */
function independentStatistics(
  file: string,
  shapes: readonly { kind: string; points: number[][] }[],
): Statistics[] {
  const script = join(import.meta.dirname, 'region-statistics.py');
  return JSON.parse(
    execFileSync('python3', [script], { input: JSON.stringify({ file, shapes }), encoding: 'utf8' }),
  ) as Statistics[];
}

const studyOf = (file: Uint8Array) =>
  dicomParser.parseDicom(file, { untilTag: 'x00200010' }).string('x0020000d') ?? '';
const sizeOf = (file: Uint8Array): ShownImage => {
  const dataSet = dicomParser.parseDicom(file, { untilTag: 'x00280100' });
  return { rows: dataSet.uint16('x00280010') ?? 0, columns: dataSet.uint16('x00280011') ?? 0 };
};

/** Files of an image each, opened by their study. */
const realFiles = {
  ultrasound: 'us-xa/go-dicom/I_000034.dcm',
  radiograph: 'cr-dx-mg/highdicom/dx_image.dcm',
  mammogram: 'cr-dx-mg/dicomsamples/MG_Explicit_Little.dcm',
  pet: 'pt/dicom/1.dcm',
};

function makeImage(attributes: Parameters<typeof makeInstance>[0]): { file: Uint8Array; study: string } {
  const study = testUid();
  const file = makeInstance({
    ...attributes,
    attributes: { StudyInstanceUID: study, PatientID: `M${study.slice(-6)}`, ...attributes?.attributes },
  });
  return { file, study };
}

describe.skipIf(!isPresent || !hasChromium())('measuring', () => {
  let server: TestServer;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let ctFiles: { path: string; image: StoredImage }[];
  const oblong = makeImage({
    image: { rows: 100, columns: 80, bitsAllocated: 16 },
    attributes: { SOPClassUID: '1.2.840.10008.5.1.4.1.1.4', Modality: 'MR', PixelSpacing: ['1.0', '0.5'] },
  });
  const plain = makeImage({ image: { rows: 64, columns: 64 }, attributes: { Modality: 'OT' } });
  const detector = makeImage({
    image: { rows: 100, columns: 100 },
    attributes: {
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.1',
      Modality: 'CR',
      ImagerPixelSpacing: ['0.2', '0.2'],
    },
  });

  beforeAll(async () => {
    ctFiles = readdirSync(ctFolder)
      .map((name) => join(ctFolder, name))
      .map((path) => ({ path, image: readStoredImage(readFileSync(path)) }))
      .sort((a, b) => b.image.z - a.image.z);
    server = await startServer();
    await storeInstances(server.url, [
      ...ctFiles.map(({ path }) => readFileSync(path)),
      ...Object.values(realFiles).map((path) => readFileSync(join(shared, path))),
      ...[oblong, plain, detector].map(({ file }) => file),
    ]);
    browser = await launchChromium();
    watched = await openPage(browser, server.url);
    page = watched.page;
    // Unsaved measurements would have the page asked whether it may be left.
    page.on('dialog', (dialog) => void dialog.accept());
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** Waits until the layout of the study has come to rest: places on the screen then stay what they are. */
  async function isHung(tile = 0): Promise<void> {
    const look = async () => {
      const box = await page.getByTestId(`viewport-element-${tile}`).boundingBox();
      return JSON.stringify([box, (await viewportFacts(page, tile)).zoom]);
    };
    for (let [before, now] = ['', await look()]; before !== now; ) {
      await page.waitForTimeout(250);
      [before, now] = [now, await look()];
    }
  }

  async function open(study: string, sopInstanceUID?: string): Promise<void> {
    await openStudies(page, study, sopInstanceUID ? `&initialSOPInstanceUID=${sopInstanceUID}` : '');
    await waitForImage(page, sopInstanceUID);
    await page.getByTestId('layout-menu').waitFor();
    await isHung();
    await page.keyboard.press('=');
    await isHung();
  }

  async function openReal(path: string): Promise<ShownImage> {
    const file = readFileSync(join(shared, path));
    await open(studyOf(file));
    return sizeOf(file);
  }

  describe('on the chest CT', () => {
    const slice = 15;
    const shown = () => {
      const entry = ctFiles[slice];
      if (!entry) throw new Error('no such slice');
      return entry;
    };

    it('tells the value of the file under a probe, in HU', async () => {
      const { path, image } = shown();
      await open(studyOf(readFileSync(path)), image.sopInstanceUID);
      await takeTool(page, 'toolProbe');
      const places: Point[] = [
        [256, 256],
        [150, 200],
        [340, 300],
        [90, 260],
      ];
      await click(page, image, places);
      const told = await measurements(page, places.length);
      for (const { values, units, points } of told) {
        const [place] = points;
        const [column, row] = [Math.round(place?.x ?? 0), Math.round(place?.y ?? 0)];
        const stored = image.values[row * image.columns + column] ?? Number.NaN;
        expect(values.value).toBe(stored * image.slope + image.intercept);
        expect(units.value).toBe('HU');
      }
      expect(new Set(told.map(({ values }) => values.value)).size).toBeGreaterThan(2);
      expect(told[0]?.label).toMatch(/HU \| \(25\d, 25\d\) \| /);
    });

    it('takes back and brings again what was measured', async () => {
      for (const left of [3, 2, 1, 0]) {
        await page.keyboard.press('Control+z');
        if (left > 0) await measurements(page, left);
      }
      await page.getByTestId('measurements-0').waitFor({ state: 'detached' });
      await page.keyboard.press('Control+Shift+z');
      await measurements(page, 1);
      await page.keyboard.press('Control+z');
      await page.getByTestId('measurements-0').waitFor({ state: 'detached' });
    });

    it.skipIf(!hasPython())('gives the mean, SD, minimum, maximum and area that Python finds', async () => {
      const { path, image } = shown();
      await takeTool(page, 'toolRectangle');
      await drag(page, image, [
        [200.3, 180.3],
        [231.6, 226.7],
      ]);
      await takeTool(page, 'toolEllipse');
      await drag(page, image, [
        [300.3, 180.2],
        [371.6, 226.7],
      ]);
      await takeTool(page, 'toolCircle');
      await drag(page, image, [
        [160.2, 330.3],
        [181.4, 342.1],
      ]);
      await takeTool(page, 'toolFreehand');
      await drag(page, image, [
        [250.3, 300.2],
        [300.1, 310.4],
        [330.7, 350.3],
        [270.2, 390.6],
        [240.4, 350.7],
        [250.6, 300.3],
      ]);
      const told = await measurements(page, 4);
      const [rectangle, ellipse, circle, freehand] = told;
      const list = (measurement: typeof rectangle) => measurement?.points.map(({ x, y }) => [x, y]) ?? [];
      const [center = [0, 0], edge = [0, 0]] = list(circle);
      const radius = Math.hypot((edge[0] ?? 0) - (center[0] ?? 0), (edge[1] ?? 0) - (center[1] ?? 0));
      const [x = 0, y = 0] = center;
      const expected = independentStatistics(path, [
        { kind: 'polygon', points: list(rectangle) },
        { kind: 'ellipse', points: list(ellipse) },
        {
          kind: 'ellipse',
          points: [
            [x - radius, y],
            [x + radius, y],
            [x, y - radius],
            [x, y + radius],
          ],
        },
        { kind: 'polygon', points: list(freehand) },
      ]);
      for (const [index, { values, units }] of told.entries()) {
        const wanted = expected[index];
        expect(wanted?.pixelCount).toBeGreaterThan(300);
        expect(values.pixelCount).toBe(wanted?.pixelCount);
        expect(values.minimum).toBe(wanted?.minimum);
        expect(values.maximum).toBe(wanted?.maximum);
        expect(values.mean).toBeCloseTo(wanted?.mean ?? Number.NaN, 6);
        expect(values.standardDeviation).toBeCloseTo(wanted?.standardDeviation ?? Number.NaN, 6);
        expect(units.mean).toBe('HU');
        expect(units.area).toBe('mm²');
      }
      const spacing = Number(
        dicomParser.parseDicom(readFileSync(path), { untilTag: 'x7fe00010' }).floatString('x00280030'),
      );
      const sides = (list(rectangle)[2] ?? []).map(
        (value, axis) => value - (list(rectangle)[0]?.[axis] ?? 0),
      );
      expect(rectangle?.values.area).toBeCloseTo((sides[0] ?? 0) * (sides[1] ?? 0) * spacing ** 2, 6);
      expect(circle?.values.area).toBeCloseTo(Math.PI * (radius * spacing) ** 2, 6);
    });

    it('stays with its image: another slice has none of it', async () => {
      await page.mouse.wheel(0, 120);
      await waitForImage(page, ctFiles[slice + 1]?.image.sopInstanceUID);
      await page.getByTestId('measurements-0').waitFor({ state: 'detached' });
      await page.keyboard.press('ArrowUp');
      await waitForImage(page, shown().image.sopInstanceUID);
      await measurements(page, hasPython() ? 4 : 0);
    });

    it('lets go of what is being drawn when the picture changes, and with Escape', async () => {
      const before = await page.getByTestId('measurement').count();
      await takeTool(page, 'toolLength');
      await click(page, shown().image, [[100, 100]]);
      const [to] = await pagePlaces(page, shown().image, [[140, 120]]);
      await page.mouse.move(to?.x ?? 0, to?.y ?? 0);
      await page.getByTestId('measurement-drawing').waitFor();
      await page.mouse.wheel(0, 120);
      await waitForImage(page, ctFiles[slice + 1]?.image.sopInstanceUID);
      await page.getByTestId('measurement-drawing').waitFor({ state: 'detached' });
      await page.keyboard.press('ArrowUp');
      await waitForImage(page, shown().image.sopInstanceUID);
      await click(page, shown().image, [[100, 100]]);
      await page.getByTestId('measurement-drawing').waitFor();
      await page.keyboard.press('Escape');
      await page.getByTestId('measurement-drawing').waitFor({ state: 'detached' });
      expect(await page.getByTestId('measurement').count()).toBe(before);
    });

    it('is listed, and gone to from another slice', async () => {
      const { image } = shown();
      await drag(page, image, [
        [100, 150],
        [140, 150],
      ]);
      await page.keyboard.press('Home');
      await waitForImage(page, ctFiles[0]?.image.sopInstanceUID);
      await page.keyboard.press('m');
      const entries = page.getByTestId('measurement-entry');
      await entries.last().waitFor();
      expect(await entries.last().textContent()).toMatch(/Length .* mm.*not saved|not saved.*Length .* mm/);
      await page.getByTestId('measurement-jump').last().click();
      await waitForImage(page, image.sopInstanceUID);
      const count = await entries.count();
      await page.keyboard.press('Delete');
      await page.waitForFunction(
        (count) => document.querySelectorAll('[data-testid="measurement-entry"]').length === count,
        count - 1,
      );
      await page.getByTestId('measurement-list').getByLabel('Close the list').click();
    });

    describe('by hand', () => {
      const image = () => shown().image;
      const spacing = () =>
        Number(
          dicomParser
            .parseDicom(readFileSync(shown().path), { untilTag: 'x7fe00010' })
            .floatString('x00280030'),
        );
      const last = async (count: number) => {
        const told = (await measurements(page, count)).at(-1);
        if (!told) throw new Error('no measurement');
        return told;
      };
      const mm = (a?: { x: number; y: number }, b?: { x: number; y: number }) =>
        Math.hypot((b?.x ?? 0) - (a?.x ?? 0), (b?.y ?? 0) - (a?.y ?? 0)) * spacing();
      let before = 0;

      it('gives two diameters at a right angle, and the angle of two lines', async () => {
        before = await page.getByTestId('measurement').count();
        await takeTool(page, 'toolBidirectional');
        await drag(page, image(), [
          [60, 60],
          [120, 60],
        ]);
        await click(page, image(), [[90, 70]]);
        const both = await last(before + 1);
        const [a, b, c, d] = both.points;
        expect(both.values.longAxis).toBeCloseTo(mm(a, b), 9);
        expect(both.values.shortAxis).toBeCloseTo(mm(c, d), 9);
        expect(both.values.shortAxis).toBeCloseTo(20 * spacing(), 0);
        const across =
          ((b?.x ?? 0) - (a?.x ?? 0)) * ((d?.x ?? 0) - (c?.x ?? 0)) +
          ((b?.y ?? 0) - (a?.y ?? 0)) * ((d?.y ?? 0) - (c?.y ?? 0));
        expect(across).toBeCloseTo(0, 6);
        await takeTool(page, 'toolCobbAngle');
        await click(page, image(), [
          [60, 440],
          [160, 440],
          [60, 470],
          [160, 487.63],
        ]);
        const cobb = await last(before + 2);
        // atan(17.63 / 100) is 10 degrees.
        expect(cobb.values.angle).toBeCloseTo(10, 0);
        expect(cobb.label).toMatch(/^(9\.\d|10\.\d)° \(1(69|70)\.\d°\)$/);
      });

      it('is changed by its handles and moved as a whole, in steps that can be taken back', async () => {
        await page.keyboard.press('d');
        await drag(page, image(), [
          [400, 60],
          [440, 60],
        ]);
        const first = await last(before + 3);
        await drag(page, image(), [
          [440, 60],
          [460, 60],
        ]);
        const longer = await last(before + 3);
        expect(longer.uid).toBe(first.uid);
        expect(longer.values.length).toBeCloseTo(60 * spacing(), 0);
        await drag(page, image(), [
          [420, 60],
          [430, 80],
        ]);
        const moved = await last(before + 3);
        expect(moved.values.length).toBeCloseTo(longer.values.length ?? 0, 6);
        expect(moved.points[0]?.y).toBeCloseTo(80, 0);
        await page.keyboard.press('Control+z');
        await page.keyboard.press('Control+z');
        await page.waitForFunction(
          (points) =>
            [...document.querySelectorAll<HTMLElement>('[data-testid="measurement"]')].some(
              (element) => element.dataset.points === points,
            ),
          JSON.stringify(first.points),
        );
      });

      it('is deleted from the menu of the right button', async () => {
        const [on] = await pagePlaces(page, image(), [[420, 60]]);
        await page.mouse.click(on?.x ?? 0, on?.y ?? 0, { button: 'right' });
        await page.getByTestId('measurement-menu-delete').click();
        await last(before + 2);
      });

      it('an arrow bears the text that was entered', async () => {
        await takeTool(page, 'toolArrow');
        await drag(page, image(), [
          [430, 430],
          [470, 400],
        ]);
        await page.getByTestId('measuring-label').getByRole('textbox').fill('here');
        await page.getByTestId('measuring-yes').click();
        expect(await last(before + 3)).toMatchObject({ tool: 'arrow', label: 'here', values: {} });
      });

      it('a livewire keeps to the skin, where a straight line would leave it', async () => {
        await takeTool(page, 'toolLivewire');
        await click(page, image(), [
          [65, 230],
          [105, 160],
        ]);
        await page.keyboard.press('Enter');
        const wire = await last(before + 4);
        expect(wire.points.length).toBeGreaterThan(40);
        const value = (x: number, y: number) =>
          (image().values[y * image().columns + x] ?? 0) * image().slope + image().intercept;
        // Within two pixels of every point there is air on one side, and the patient on the other.
        const onEdge = wire.points.slice(3, -3).filter(({ x, y }) => {
          const around: number[] = [];
          for (let dy = -2; dy <= 2; dy++)
            for (let dx = -2; dx <= 2; dx++) around.push(value(Math.round(x) + dx, Math.round(y) + dy));
          return Math.min(...around) < -700 && Math.max(...around) > -300;
        });
        expect(onEdge.length / (wire.points.length - 6)).toBeGreaterThan(0.9);
      });

      it('a glass shows the pixels of the file, several times as large', async () => {
        await page.keyboard.press('x');
        await page.locator('[data-testid="command-toolMagnify"][aria-pressed="true"]').waitFor();
        const place = [250, 250] as const;
        const [at] = await pagePlaces(page, image(), [place]);
        await page.mouse.move(at?.x ?? 0, at?.y ?? 0);
        await page.mouse.down();
        await page.mouse.wheel(0, -120);
        await page.locator('[data-testid="magnifier"][data-factor="3"]').waitFor();
        const facts = await viewportFacts(page);
        const zoom = Number(facts.zoom);
        const [center, width] = [Number(facts.windowCenter), Number(facts.windowWidth)];
        const colours = await page.getByTestId('magnifier').evaluate((element, zoom) => {
          const canvas = element as HTMLCanvasElement;
          // The middle of the glass, and the pixels of the image beside it.
          return [-2, -1, 0, 1, 2].map((column) => {
            const x = Math.round(canvas.width / 2 + column * zoom * 3);
            return canvas.getContext('2d')?.getImageData(x, canvas.height / 2, 1, 1).data[0] ?? -1;
          });
        }, zoom);
        const expected = [-2, -1, 0, 1, 2].map((column) => {
          const stored = image().values[place[1] * image().columns + place[0] + column] ?? 0;
          return linearGrey(stored * image().slope + image().intercept, center, width);
        });
        for (const [index, colour] of colours.entries())
          expect(Math.abs(colour - (expected[index] ?? 0))).toBeLessThanOrEqual(1.5);
        expect(Math.max(...expected) - Math.min(...expected)).toBeGreaterThan(5);
        await page.mouse.up();
        await page.getByTestId('magnifier').waitFor({ state: 'detached' });
      });

      it('goes with the Display Reset where it is not saved, and comes back by undoing it', async () => {
        await page.keyboard.press('Control+k');
        await page.keyboard.type('unsaved');
        await page.getByText('Reset view, remove unsaved').waitFor();
        await page.keyboard.press('Enter');
        await page.getByTestId('measurements-0').waitFor({ state: 'detached' });
        await page.getByTestId('measurements-removed').getByRole('button').click();
        await last(before + 4);
      });
    });

    it('measures on a plane through the volume in mm; another plane has none of it, and the list leads back', async () => {
      const plane = page.getByTestId('viewport-1');
      await page.keyboard.press('6');
      await page.locator('[data-testid="viewport-1"][data-loaded="true"]').waitFor();
      await page.getByTestId('layout-menu').waitFor();
      await isHung(1);
      const box = await page.getByTestId('viewport-element-1').boundingBox();
      const zoom = Number(await plane.getAttribute('data-zoom'));
      if (!box) throw new Error('no plane');
      const [x, y] = [box.x + box.width / 2 - 50, box.y + box.height / 2 + 12];
      await page.keyboard.press('d');
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x + 80, y + 10, { steps: 4 });
      await page.mouse.up();
      const [length] = await measurements(page, 1, 1);
      const [header] = [dicomParser.parseDicom(readFileSync(shown().path), { untilTag: 'x7fe00010' })];
      const spacing = Number(header.floatString('x00280030'));
      // Zoom tells the CSS pixels of one spacing of the volume.
      expect(length?.values.length).toBeCloseTo((Math.hypot(80, 10) / zoom) * spacing, 3);
      expect(length?.units.length).toBe('mm');
      const place = await plane.getAttribute('data-image-index');
      for (let turn = 0; turn < 3; turn++) await page.mouse.wheel(0, 120);
      await page.getByTestId('measurements-1').waitFor({ state: 'detached' });
      await page.keyboard.press('m');
      await page.getByTestId('measurement-jump').last().click();
      await measurements(page, 1, 1);
      expect(await plane.getAttribute('data-image-index')).toBe(place);
      await page.getByTestId('measurement-list').getByLabel('Close the list').click();
      await page.keyboard.press('6');
    });
  });

  it('measures oblong pixels in mm: rows 1 mm apart, columns 0.5 mm', async () => {
    const image = { rows: 100, columns: 80, rowScale: 2 };
    await open(oblong.study);
    await takeTool(page, 'toolLength');
    await drag(page, image, [
      [10, 20],
      [50, 20],
    ]);
    await drag(page, image, [
      [10, 30],
      [10, 70],
    ]);
    await drag(page, image, [
      [20, 40],
      [60, 55],
    ]);
    const told = await measurements(page, 3);
    for (const { points, values, units, calibration } of told) {
      const [a, b] = points;
      const expected = Math.hypot(((b?.x ?? 0) - (a?.x ?? 0)) * 0.5, ((b?.y ?? 0) - (a?.y ?? 0)) * 1);
      expect(values.length).toBeCloseTo(expected, 9);
      expect(units.length).toBe('mm');
      expect(calibration).toBe('patient');
    }
    // Within the screen pixel that the hand can hit: 40 columns are 20 mm, 40 rows 40 mm, and both at once 25 mm.
    expect(told[0]?.values.length).toBeCloseTo(20, 0);
    expect(told[1]?.values.length).toBeCloseTo(40, 0);
    expect(told[2]?.values.length).toBeCloseTo(25, 0);
  });

  it('measures angles as they are in mm', async () => {
    const image = { rows: 100, columns: 80, rowScale: 2 };
    await takeTool(page, 'toolAngle');
    // 30 mm down and 30 mm to the right of the vertex at the upper left: a right angle, halved by the diagonal.
    await click(page, image, [
      [70, 90],
      [10, 60],
      [70, 60],
    ]);
    const told = await measurements(page, 4);
    expect(told[3]?.values.angle).toBeCloseTo(45, 0);
  });

  it('says pixels where nothing is calibrated, and counts them', async () => {
    const image = { rows: 64, columns: 64 };
    await open(plain.study);
    await page.keyboard.press('d');
    await drag(page, image, [
      [10, 10],
      [40, 50],
    ]);
    const [length] = await measurements(page, 1);
    expect(length?.units.length).toBe('px');
    expect(length?.values.length).toBeCloseTo(50, 0);
    expect(length?.calibration).toBe('none');
    expect(length?.label).toMatch(/px$/);
  });

  it('is calibrated by a reader, says so, and back', async () => {
    await takeTool(page, 'toolCalibrate');
    await drag(page, { rows: 64, columns: 64 }, [
      [10, 20],
      [50, 20],
    ]);
    await page.getByTestId('measuring-calibrate').getByRole('textbox').fill('100');
    await page.getByTestId('measuring-yes').click();
    await page.waitForFunction(
      () =>
        document.querySelector<HTMLElement>('[data-testid="measurement"]')?.dataset.calibration === 'user',
    );
    const [length] = await measurements(page, 1);
    expect(length?.units.length).toBe('mm');
    expect(length?.values.length).toBeCloseTo(125, -1);
    expect(length?.label).toContain('calibrated by the reader');
    await takeTool(page, 'removeCalibration');
    await page.waitForFunction(
      () =>
        document.querySelector<HTMLElement>('[data-testid="measurement"]')?.dataset.calibration === 'none',
    );
  });

  it('is placed by keyboard alone: Enter, arrows, Enter', async () => {
    await page.keyboard.press('d');
    // A button in focus has its own use for Enter.
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press('Enter');
    await page.getByTestId('measuring-cursor').waitFor();
    await page.keyboard.press('Enter');
    for (let step = 0; step < 10; step++) await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Enter');
    const told = await measurements(page, 2);
    const zoom = Number((await viewportFacts(page)).zoom);
    expect(told[1]?.values.length).toBeCloseTo(100 / zoom, 3);
    expect(await page.getByTestId('measuring-announcement').textContent()).toMatch(/Length: .* px/);
  });

  it('calls lengths of a radiograph by the detector where they are that', async () => {
    const image = { rows: 100, columns: 100 };
    await open(detector.study);
    await page.keyboard.press('d');
    await drag(page, image, [
      [20, 50],
      [70, 50],
    ]);
    const [length] = await measurements(page, 1);
    expect(length?.calibration).toBe('detector');
    expect(length?.values.length).toBeCloseTo(10, 0);
    expect(length?.label).toMatch(/mm \| at the detector$/);
  });

  it('follows a radiograph that is turned, mirrored, zoomed and moved', async () => {
    const ends = () =>
      page
        .locator('[data-testid="measurement"] .measurement-line')
        .first()
        .evaluate((line) => {
          const path = line as SVGPathElement;
          const matrix = path.getScreenCTM();
          return [0, path.getTotalLength()].map((at) => {
            const { x, y } = path.getPointAtLength(at).matrixTransform(matrix ?? undefined);
            return { x, y };
          });
        });
    const box = await page.getByTestId('viewport-element-0').boundingBox();
    if (!box) throw new Error('no viewport');
    const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2];
    const before = await ends();
    const changed = async (key: string) => {
      const earlier = JSON.stringify(await ends());
      await page.keyboard.press(key);
      await page.waitForFunction((earlier) => {
        const path = document.querySelector<SVGPathElement>('[data-testid="measurement"] .measurement-line');
        const matrix = path?.getScreenCTM() ?? undefined;
        const now = path
          ? [0, path.getTotalLength()].map((at) => {
              const { x, y } = path.getPointAtLength(at).matrixTransform(matrix);
              return { x, y };
            })
          : [];
        return JSON.stringify(now) !== earlier;
      }, earlier);
      return ends();
    };
    const expectEnds = (found: { x: number; y: number }[], wanted: { x: number; y: number }[]) => {
      for (const [index, { x, y }] of found.entries()) {
        expect(x).toBeCloseTo(wanted[index]?.x ?? Number.NaN, -0.3);
        expect(y).toBeCloseTo(wanted[index]?.y ?? Number.NaN, -0.3);
      }
    };
    // A quarter to the right: what was right of the middle is below it.
    const turned = before.map(({ x, y }) => ({ x: cx - (y - cy), y: cy + (x - cx) }));
    expectEnds(await changed('r'), turned);
    const mirrored = turned.map(({ x, y }) => ({ x: 2 * cx - x, y }));
    // A line on the axis of the mirror would not move.
    expectEnds(await changed('h'), mirrored);
    const zoomed = mirrored.map(({ x, y }) => ({ x: cx + (x - cx) * 1.25, y: cy + (y - cy) * 1.25 }));
    expectEnds(await changed('+'), zoomed);
    const [length] = await measurements(page, 1);
    expect(length?.values.length).toBeCloseTo(10, 0);
  });

  it('measures on real radiographs by what their headers say', async () => {
    const dx = await openReal(realFiles.radiograph);
    await page.keyboard.press('d');
    await drag(page, { ...dx, rowScale: 1.2 / 1.201199999999 }, [
      [50, 60],
      [150, 60],
    ]);
    const [length] = await measurements(page, 1);
    const [a, b] = length?.points ?? [];
    // dcmdump: PixelSpacing and ImagerPixelSpacing 1.2\1.201199999999, no magnification factor.
    expect(length?.values.length).toBeCloseTo(
      Math.hypot(((b?.x ?? 0) - (a?.x ?? 0)) * 1.201199999999, ((b?.y ?? 0) - (a?.y ?? 0)) * 1.2),
      6,
    );
    expect(length?.calibration).toBe('detector');
    const mg = await openReal(realFiles.mammogram);
    await page.keyboard.press('d');
    await drag(page, mg, [
      [100, 100],
      [300, 100],
    ]);
    const [fiducial] = await measurements(page, 1);
    const [c, d] = fiducial?.points ?? [];
    // dcmdump: PixelSpacing 0.25\0.25, PixelSpacingCalibrationType FIDUCIAL.
    expect(fiducial?.calibration).toBe('fiducial');
    expect(fiducial?.values.length).toBeCloseTo(
      Math.hypot((d?.x ?? 0) - (c?.x ?? 0), (d?.y ?? 0) - (c?.y ?? 0)) * 0.25,
      6,
    );
  });

  it('tells the mean of a region of PET in SUV, by weight, as it is by hand from the file', async () => {
    const pet = await openReal(realFiles.pet);
    await takeTool(page, 'toolEllipse');
    await drag(page, pet, [
      [79.3, 82.2],
      [98.6, 103.7],
    ]);
    await takeTool(page, 'toolRectangle');
    await drag(page, pet, [
      [70.3, 75.3],
      [83.6, 90.7],
    ]);
    const told = await measurements(page, 2);
    const expected = independentStatistics(
      join(shared, realFiles.pet),
      told.map(({ points }, at) => ({
        kind: at === 0 ? ('ellipse' as const) : ('polygon' as const),
        points: points.map(({ x, y }) => [x, y]),
      })),
    );
    // dcmdump: 69.7344 kg; 178340011.59668 Bq at 14:17:00, half-life 6586.2 s; series and acquisition at 15:23:16.921.
    const secondsOfDecay = 15 * 3600 + 23 * 60 + 16.921 - (14 * 3600 + 17 * 60);
    const suvPerActivity = 69734.4 / (178340011.59668 * 2 ** (-secondsOfDecay / 6586.2));
    for (const [at, { values, units }] of told.entries()) {
      const wanted = expected[at];
      if (!wanted) throw new Error('no statistics');
      expect(units.mean).toBe('SUVbw');
      expect(wanted.pixelCount).toBeGreaterThan(100);
      expect(values.pixelCount).toBe(wanted.pixelCount);
      expect(wanted.mean * suvPerActivity).toBeGreaterThan(0.1);
      for (const name of ['mean', 'standardDeviation', 'minimum', 'maximum'] as const) {
        expect(values[name]).toBeCloseTo(wanted[name] * suvPerActivity, 5);
      }
    }
  });

  it('measures an ultrasound image by its regions: mm in one, time and depth in the other, pixels across', async () => {
    const us = await openReal(realFiles.ultrasound);
    await page.keyboard.press('d');
    await drag(page, us, [
      [400, 80],
      [500, 160],
    ]);
    await drag(page, us, [
      [100, 300],
      [300, 400],
    ]);
    await drag(page, us, [
      [450, 150],
      [450, 300],
    ]);
    const [inTissue, inMotion, across] = await measurements(page, 3);
    const size = (measurement: typeof inTissue) => {
      const [a, b] = measurement?.points ?? [];
      return [Math.abs((b?.x ?? 0) - (a?.x ?? 0)), Math.abs((b?.y ?? 0) - (a?.y ?? 0))] as const;
    };
    // dcmdump +P SequenceOfUltrasoundRegions: 0.08917197585105896 cm a pixel; 0.004166666883975267 s by 0.05323167445541788 cm.
    expect(inTissue?.calibration).toBe('region');
    expect(inTissue?.values.length).toBeCloseTo(Math.hypot(...size(inTissue)) * 0.8917197585105896, 6);
    expect(inTissue?.units.length).toBe('mm');
    expect(inMotion?.values.duration).toBeCloseTo(size(inMotion)[0] * 0.004166666883975267, 9);
    expect(inMotion?.values.length).toBeCloseTo(size(inMotion)[1] * 0.5323167445541788, 6);
    expect(inMotion?.units).toEqual({ duration: 's', length: 'mm' });
    expect(across?.units.length).toBe('px');
    expect(across?.values.length).toBeCloseTo(Math.hypot(...size(across)), 6);
    expect(across?.notice).toBe('outsideRegion');
  });

  it('asks before a study with unsaved measurements is left', async () => {
    await page.getByTestId('back').click();
    await page.getByTestId('measuring-leave').waitFor();
    await page.getByTestId('measuring-no').click();
    await page.getByTestId('measuring-leave').waitFor({ state: 'detached' });
    expect(page.url()).toContain('/viewer');
    await page.getByTestId('back').click();
    await page.getByTestId('measuring-yes').click();
    await page.getByTestId('study-row').first().waitFor();
    // The buttons of the browser ask as well, and go when told to.
    await page.goBack();
    await page.getByTestId('measurements-returned').waitFor();
    await page.evaluate(() => window.history.forward());
    await page.getByTestId('measuring-leave').waitFor();
    expect(page.url()).toContain('/viewer');
    await page.getByTestId('measuring-yes').click();
    await page.getByTestId('study-row').first().waitFor();
  });

  it('was shown without a complaint of the page', () => {
    expect(watched.complaints).toEqual([]);
  });
});
