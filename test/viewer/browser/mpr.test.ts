import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { storeInstances } from '../../support/dicomweb-requests.ts';
import { type Attributes, makeInstance, testUid } from '../../support/make-instance.ts';
import { type NiftiVolume, readNifti } from '../../support/nifti.ts';
import { hasChromium } from './chromium-page.ts';
import { edgeLetters, viewportFacts, waitForFact, waitForImage } from './displayed-picture.ts';
import { type ExpectedPlane, pointOf, samplePlane, settle, waitForPlane } from './displayed-plane.ts';
import { eventually } from './eventually.ts';
import { openStudies, provideReadingPage } from './reading-page.ts';
import { linearGrey } from './stored-pixels.ts';

const shared = join(import.meta.dirname, '../../../../shared/dicom');
const folder = join(shared, 'volumes/petct-sts003');
const isPresent = existsSync(folder);
if (!isPresent) process.stderr.write(`\nLEFT OUT: MPR of a patient, because ${folder} is not there\n`);

type Vector = readonly [number, number, number];
const directions = {
  axial: { right: [1, 0, 0], down: [0, 1, 0], letters: ['A', 'L', 'P', 'R'] },
  coronal: { right: [1, 0, 0], down: [0, 0, -1], letters: ['H', 'L', 'F', 'R'] },
  sagittal: { right: [0, 1, 0], down: [0, 0, -1], letters: ['H', 'P', 'F', 'A'] },
} as const;
type PlaneName = keyof typeof directions;
const tileOf: Record<PlaneName, number> = { axial: 0, coronal: 1, sagittal: 2 };

const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const move = (from: Vector, direction: Vector, by: number): Vector => [
  from[0] + direction[0] * by,
  from[1] + direction[1] * by,
  from[2] + direction[2] * by,
];

/** The middle of the CT: its first voxel, and how many there are of which size (dcmdump of its files). */
const ctMiddle: Vector = [
  -129.882874 + (153 * 0.976562) / 2,
  -3.906376 + (157 * 0.976562) / 2,
  -849.32 + (50 * 3.27) / 2,
];
const ctSpacing = 0.976562;

/** Slices of 32 x 32 pixels of 2 mm, 4 mm apart, in which a rod stands upright: bright where x and y are near 0. */
function rodSlices(positions: readonly Vector[], attributes: Attributes): Uint8Array[] {
  const size = 32;
  return positions.map((position, index) => {
    const pixels = new Uint16Array(size * size);
    for (let at = 0; at < pixels.length; at++) {
      const [x, y] = [position[0] + (at % size) * 2, position[1] + Math.floor(at / size) * 2];
      pixels[at] = Math.abs(x) < 5 && Math.abs(y) < 5 ? 1000 : 100;
    }
    return makeInstance({
      image: { rows: size, columns: size, bitsAllocated: 16, pixelBytes: new Uint8Array(pixels.buffer) },
      attributes: {
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
        SOPInstanceUID: testUid(),
        Modality: 'CT',
        InstanceNumber: index + 1,
        PixelSpacing: [2, 2],
        ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
        ImagePositionPatient: position.map((part) => part.toFixed(6)),
        FrameOfReferenceUID: '1.2.3.4.9',
        RescaleIntercept: 0,
        RescaleSlope: 1,
        WindowCenter: 550,
        WindowWidth: 1000,
        ...attributes,
      },
    });
  });
}

describe.skipIf(!hasChromium())('MPR', () => {
  const room = provideReadingPage();
  let page: Page;

  beforeAll(() => {
    page = room.page;
  });

  describe.skipIf(!isPresent)('of a patient', () => {
    let expected: NiftiVolume;
    let tilesBefore: number;

    beforeAll(async () => {
      expected = readNifti(join(shared, 'expected/sts003-CT-image.nii.gz'));
      const filesOf = (name: string) =>
        readdirSync(join(folder, name)).map((file) => readFileSync(join(folder, name, file)));
      await storeInstances(room.server.url, [...filesOf('CT'), ...filesOf('PET')]);
      await openStudies(page, '1.3.6.1.4.1.14519.5.2.1.5168.1900.117905762169211414862001680366');
      await waitForImage(page);
      await page.getByTestId('series-card').filter({ hasText: 'CT_image' }).first().click();
      await waitForFact(page, 'imageCount', '51');
      await waitForImage(page);
      tilesBefore = await page.locator('[data-testid^="viewport-element-"]').count();
      await page.keyboard.press('1');
      await waitForFact(page, 'windowWidth', '400');
    });

    /** The plane that a tile must show: through the common point, with the middle of the volume in its middle. */
    async function expectedPlane(tile: number, right: Vector, down: Vector): Promise<ExpectedPlane> {
      const normal = cross(right, down);
      const point = await pointOf(page, tile);
      const distance = dot(normal, [point[0] - ctMiddle[0], point[1] - ctMiddle[1], point[2] - ctMiddle[2]]);
      return { right, down, middle: move(ctMiddle, normal, distance), columnSpacing: ctSpacing };
    }

    /** Compares the screen with the NIfTI volume; `valueAt` makes of a place what is expected there. */
    async function expectGreys(
      tile: number,
      right: Vector,
      down: Vector,
      valueAt = (place: Vector): number | undefined => expected.valueAt(place),
    ): Promise<void> {
      const compare = async () => {
        const { windowCenter, windowWidth } = await viewportFacts(page, tile);
        const samples = await samplePlane(page, tile, await expectedPlane(tile, right, down));
        const compared = samples.flatMap(({ grey, place }) => {
          const value = valueAt(place);
          if (value === undefined) return [];
          const wanted = linearGrey(value, Number(windowCenter), Number(windowWidth));
          return [{ grey, wanted, place, error: Math.abs(grey - wanted) }];
        });
        return {
          isTelling: compared.filter(({ wanted }) => wanted > 20 && wanted < 235).length > 100,
          wrong: compared.filter(({ error }) => error > 2).slice(0, 3),
        };
      };
      // What moves is drawn coarsely, and finely when it rests.
      await eventually(compare).toEqual({ isTelling: true, wrong: [] });
    }

    it('opens three planes and the images beside them with one key, at the image and window that was read', async () => {
      await page.keyboard.press('Home');
      for (let step = 0; step < 20; step++) await page.keyboard.press('ArrowDown');
      await waitForFact(page, 'imageIndex', '20');
      await page.keyboard.press('6');
      for (const plane of ['axial', 'coronal', 'sagittal'] as const)
        await waitForPlane(page, tileOf[plane], plane);
      await waitForImage(page, undefined, 3);
      expect(await viewportFacts(page, 0)).toMatchObject({
        imageIndex: '20',
        imageCount: '51',
        windowCenter: '40',
        windowWidth: '400',
      });
      expect(await viewportFacts(page, 1)).toMatchObject({ imageCount: '158' });
      expect(await viewportFacts(page, 2)).toMatchObject({ imageCount: '154' });
      // Slices are 3.27 mm apart; the 21st from the head.
      expect((await pointOf(page, 0))[2]).toBeCloseTo(-849.32 + 30 * 3.27, 3);
    });

    it.each(['axial', 'coronal', 'sagittal'] as const)(
      'shows the %s plane as the NIfTI volume has it',
      async (plane) => {
        const { right, down, letters } = directions[plane];
        expect(await edgeLetters(page, tileOf[plane])).toEqual([...letters]);
        await expectGreys(tileOf[plane], right, down);
      },
    );

    it('goes through the volume by its own spacing, with all planes through one point', async () => {
      const before = await pointOf(page, 1);
      await page.getByTestId('viewport-1').hover();
      await page.mouse.wheel(0, 120);
      await page.mouse.wheel(0, 120);
      await waitForFact(page, 'imageIndex', String(79 + 2), 1);
      const after = await pointOf(page, 1);
      // From front to back.
      expect(after[1] - before[1]).toBeGreaterThan(ctSpacing * 1.4);
      expect((after[1] - -3.906376) / ctSpacing).toBeCloseTo(81, 3);
      expect([after[0], after[2]]).toEqual([before[0], before[2]]);
      await expectGreys(1, directions.coronal.right, directions.coronal.down);
    });

    it('shows slabs as the highest, lowest and mean value of their planes', async () => {
      await page.getByTestId('viewport-1').click({ position: { x: 30, y: 200 } });
      await page.keyboard.press(']');
      await page.keyboard.press(']');
      const chip = page.getByTestId('plane-chip-1');
      expect(await chip.textContent()).toContain('MIP 10 mm');
      // 10 mm are eleven planes of 0.977 mm, nearest odd number.
      const planes = Array.from({ length: 11 }, (_, index) => (index - 5) * ctSpacing);
      const throughSlab = (place: Vector, fold: (values: number[]) => number) => {
        const values = planes.map((offset) => expected.valueAt(move(place, [0, 1, 0], offset)));
        const known = values.filter((value) => value !== undefined);
        return known.length < values.length ? undefined : fold(known);
      };
      const { right, down } = directions.coronal;
      await expectGreys(1, right, down, (place) => throughSlab(place, (values) => Math.max(...values)));
      await chip.click();
      await page.getByTestId('slab-mode').getByText('Minimum (MinIP)').click();
      await expectGreys(1, right, down, (place) => throughSlab(place, (values) => Math.min(...values)));
      await page.getByTestId('slab-mode').getByText('Mean').click();
      await expectGreys(1, right, down, (place) =>
        throughSlab(place, (values) => values.reduce((sum, value) => sum + value, 0) / values.length),
      );
      await page.getByTestId('slab-thickness').getByText('No slab').click();
      await page.keyboard.press('Escape');
      await expectGreys(1, right, down);
    });

    it('shows oblique planes: those that are turned about the line of another one', async () => {
      const handle = page.getByTestId('viewport-0').getByTestId('turn-coronal').first();
      await handle.focus();
      for (let step = 0; step < 20; step++) await page.keyboard.press('ArrowRight');
      expect(await page.getByTestId('plane-chip-1').textContent()).toContain('Oblique');
      // Clockwise on an axial plane, as seen from the feet: from the patient's left towards the back.
      const angle = (20 * Math.PI) / 180;
      const right: Vector = [Math.cos(angle), Math.sin(angle), 0];
      await keepMiddle(1, right, [0, 0, -1]);
      const back: Vector = [-Math.sin(angle), Math.cos(angle), 0];
      await keepMiddle(2, back, [0, 0, -1]);
      await page.getByTestId('plane-chip-1').click();
      await page.getByTestId('reset-planes').click();
      await page.keyboard.press('Escape');
      expect(await page.getByTestId('plane-chip-1').textContent()).not.toContain('Oblique');
      await expectGreys(1, directions.coronal.right, directions.coronal.down);
    });

    /** An oblique plane, seen from a fixed place: its middle is that of the volume. */
    async function keepMiddle(tile: number, right: Vector, down: Vector): Promise<void> {
      await page.getByTestId(`viewport-${tile}`).click({ position: { x: 30, y: 200 } });
      await page.keyboard.press('=');
      await expectGreys(tile, right, down);
    }

    it('takes all viewports of the Frame of Reference to the place that is pointed at', async () => {
      await page.getByTestId('viewport-3').click({ position: { x: 30, y: 200 } });
      await page.getByTestId('series-card').filter({ hasText: 'PET_image' }).first().click();
      await waitForFact(page, 'status', 'ready', 3);
      await page.keyboard.press('j');
      const coronal = page.getByTestId('viewport-element-1');
      const box = await coronal.boundingBox();
      const zoom = Number((await viewportFacts(page, 1)).zoom);
      if (!box) throw new Error('no viewport');
      await coronal.click({ position: { x: box.width / 2 + 40, y: box.height / 2 - 60 } });
      const [right, up] = [(40 / zoom) * ctSpacing, (60 / zoom) * ctSpacing];
      await eventually(async () => (await pointOf(page, 0))[0]).toBeCloseTo(ctMiddle[0] + right, 0);
      const point = await pointOf(page, 0);
      expect(point[2]).toBeCloseTo(ctMiddle[2] + up, 0);
      await expectGreys(0, directions.axial.right, directions.axial.down);
      await expectGreys(2, directions.sagittal.right, directions.sagittal.down);
      // 51 slices of the PET from its highest, at -849.3 + 50 * 3.27, down.
      await waitForFact(page, 'imageIndex', String(Math.round((-849.3 + 50 * 3.27 - point[2]) / 3.27)), 3);
      await page.keyboard.press('w');
    });

    it('goes back to the layout before with the same key, at the image where the planes were', async () => {
      await page.keyboard.press('6');
      await page.locator('canvas.plane-canvas').first().waitFor({ state: 'detached' });
      await waitForImage(page);
      expect(await page.locator('[data-testid^="viewport-element-"]').count()).toBe(tilesBefore);
      expect(await viewportFacts(page)).toMatchObject({ imageCount: '51', windowWidth: '400' });
      expect(await page.locator('canvas.plane-canvas').count()).toBe(0);
    });
  });

  describe('of slices that are not as they should be', () => {
    async function open(positions: readonly Vector[]): Promise<void> {
      const StudyInstanceUID = testUid();
      const files = rodSlices(positions, { StudyInstanceUID, SeriesInstanceUID: testUid() });
      expect(await storeInstances(room.server.url, files)).toHaveLength(positions.length);
      await openStudies(page, StudyInstanceUID);
      await waitForImage(page);
    }

    /** For each row of the screen in a tile that the rod is in: where its bright part begins and ends, in CSS pixels. */
    async function rodOnScreen(tile: number): Promise<{ row: number; from: number; to: number }[]> {
      await settle(page);
      return page
        .locator(`[data-testid="viewport-element-${tile}"] canvas.plane-canvas`)
        .evaluate((element) => {
          const { width, height } = element as HTMLCanvasElement;
          const pixels = (element as HTMLCanvasElement)
            .getContext('2d')
            ?.getImageData(0, 0, width, height).data;
          const rows: { row: number; from: number; to: number }[] = [];
          for (let row = 0; row < height; row++) {
            const bright = Array.from({ length: width }, (_, x) => x).filter(
              (x) => (pixels?.[(row * width + x) * 4] ?? 0) > 128,
            );
            const [from, to] = [bright[0], bright.at(-1)];
            if (from !== undefined && to !== undefined) rows.push({ row, from, to });
          }
          return rows;
        });
    }

    it('follows a tilted gantry: what stands upright is upright, and the angle is said', async () => {
      const shift = 4 * Math.tan((12.3 * Math.PI) / 180);
      await open(
        Array.from({ length: 24 }, (_, index): Vector => [-31, -31 - 12 * shift + index * shift, index * 4]),
      );
      await page.keyboard.press('6');
      await waitForPlane(page, 2, 'sagittal');
      const notice = page.getByTestId('viewport-2').getByTestId('notice-tilt');
      expect(await notice.textContent()).toBe('Gantry tilt of 12.3° corrected.');
      const rows = await rodOnScreen(2);
      const zoom = Number((await viewportFacts(page, 2)).zoom) / 2;
      expect(rows.length).toBeGreaterThan(60 * zoom);
      // Slices round the edges of the rod to their pixels of 2 mm, not more; uncorrected it would lean over 21 mm.
      const [left, right] = [rows.map(({ from }) => from), rows.map(({ to }) => to)];
      expect((Math.max(...left) - Math.min(...left)) / zoom).toBeLessThan(2.1);
      expect((Math.max(...right) - Math.min(...right)) / zoom).toBeLessThan(2.1);
      const middle = (Math.min(...left) + Math.max(...right)) / 2;
      expect((Math.max(...right) - Math.min(...left)) / zoom).toBeLessThan(13);
      expect(middle).toBeGreaterThan(0);
    });

    it('leaves the places of missing slices black, and says how many and where', async () => {
      const all = Array.from({ length: 24 }, (_, index): Vector => [-31, -31, index * 4]);
      await open(all.filter((_, index) => index !== 8 && index !== 9));
      await page.keyboard.press('6');
      await waitForPlane(page, 1, 'coronal');
      // From the head: 14 slices before the gap.
      expect(await page.getByTestId('viewport-1').getByTestId('notice-missingSlices').textContent()).toBe(
        '2 slices are missing (2 after slice 14); their places are left black.',
      );
      const rows = (await rodOnScreen(1)).map(({ row }) => row);
      const zoom = Number((await viewportFacts(page, 1)).zoom) / 2;
      const dark = rows.slice(1).map((row, index) => row - (rows[index] ?? 0) - 1);
      // 12 mm between the neighbours, of which 2 mm at each side are theirs.
      expect(Math.max(...dark) / zoom).toBeGreaterThan(7.5);
      expect(Math.max(...dark) / zoom).toBeLessThan(8.5);
    });

    it('refuses several images at one place, with the numbers, and leaves the layout as it is', async () => {
      const once = Array.from({ length: 8 }, (_, index): Vector => [-31, -31, index * 4]);
      await open([...once, ...once]);
      await page.keyboard.press('6');
      const refusal = page.getByTestId('mpr-refusal');
      await refusal.waitFor();
      expect(await refusal.textContent()).toContain('16 images at 8 places');
      await page.keyboard.press('Escape');
      await refusal.waitFor({ state: 'detached' });
      expect(await page.locator('canvas.plane-canvas').count()).toBe(0);
    });
  });

  it('is shown without a complaint of the page', () => {
    expect(room.complaints).toEqual([]);
  });
});
