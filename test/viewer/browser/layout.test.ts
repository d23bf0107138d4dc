import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import dicomParser from 'dicom-parser';
import { beforeAll, describe, expect, it } from 'vitest';
import { storeInstances } from '../../support/dicomweb-requests.ts';
import { type Attributes, makeInstance, testUid } from '../../support/make-instance.ts';
import { hasChromium } from './chromium-page.ts';
import { edgeLetters, untilDrawn, viewportFacts, waitForFact, waitForImage } from './displayed-picture.ts';
import { eventually } from './eventually.ts';
import { openStudies, provideReadingPage } from './reading-page.ts';

const volumes = join(import.meta.dirname, '../../../../shared/dicom/volumes');
const mammogram = join(volumes, '../cr-dx-mg/dicomsamples/MG_Explicit_Little.dcm');
const isPresent = existsSync(volumes) && existsSync(mammogram);
if (!isPresent)
  process.stderr.write(
    `\nLEFT OUT: layouts and linked viewports in the browser, because ${volumes} is not there\n`,
  );

/** What a header says of a slice, read without any code of the viewer. */
interface Slice {
  readonly studyInstanceUID: string;
  readonly sopInstanceUID: string;
  readonly position: readonly number[];
  readonly spacing: readonly number[];
}

function readSlice(file: Uint8Array): Slice {
  const dataSet = dicomParser.parseDicom(file, { untilTag: 'x7fe00010' });
  const numbersOf = (tag: string) => (dataSet.string(tag) ?? '').split('\\').map(Number);
  return {
    studyInstanceUID: dataSet.string('x0020000d') ?? '',
    sopInstanceUID: dataSet.string('x00080018') ?? '',
    position: numbersOf('x00200032'),
    spacing: numbersOf('x00280030'),
  };
}

const filesOf = (folder: string) =>
  readdirSync(join(volumes, folder))
    .filter((name) => name !== 'RS.dcm')
    .map((name) => readFileSync(join(volumes, folder, name)));
const slicesOf = (files: readonly Uint8Array[], axis = 2, sign = -1) =>
  files.map(readSlice).sort((a, b) => sign * ((a.position[axis] ?? 0) - (b.position[axis] ?? 0)));

/** The patient of the chest CT, as its header names him. */
const patient: Attributes = {
  PatientName: 'Bellona',
  PatientID: '0000006',
  StudyDescription: 'CT CHEST W CONTRAST',
  BodyPartExamined: 'CHEST',
  SeriesDescription: 'Chest axial',
};

/** Axial CT slices 5 mm apart in a Frame of Reference of their own, head to feet. */
function makeCt(count: number, attributes: Attributes): Uint8Array[] {
  const [study, series, frame] = [testUid(), testUid(), testUid()];
  return Array.from({ length: count }, (_, index) =>
    makeInstance({
      image: { rows: 64, columns: 64, bitsAllocated: 16 },
      attributes: {
        ...patient,
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
        Modality: 'CT',
        StudyInstanceUID: study,
        SeriesInstanceUID: series,
        FrameOfReferenceUID: frame,
        InstanceNumber: index + 1,
        SeriesNumber: 1,
        ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
        ImagePositionPatient: [0, 0, 500 - 5 * index],
        PixelSpacing: [2, 2],
        ...attributes,
      },
    }),
  );
}

/** Four views of mammography as four series; the left breasts are stored with the chest wall at the wrong side for hanging. */
function makeMammography(): { study: string; files: Uint8Array[] } {
  const study = testUid();
  const views = [
    ['R', 'CC', ['P', 'L']],
    ['L', 'CC', ['P', 'R']],
    ['R', 'MLO', ['P', 'F']],
    ['L', 'MLO', ['A', 'F']],
  ] as const;
  const files = views.map(([side, view, orientation], index) =>
    makeInstance({
      image: { rows: 120, columns: 80, bitsAllocated: 8 },
      attributes: {
        PatientName: 'Breast^Test',
        PatientID: 'MG-1',
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.1.2',
        Modality: 'MG',
        StudyInstanceUID: study,
        SeriesInstanceUID: testUid(),
        SeriesNumber: index + 1,
        StudyDate: '20240101',
        ImageLaterality: side,
        ViewPosition: view,
        PatientOrientation: [...orientation],
        ImagerPixelSpacing: index % 2 === 0 ? [0.1, 0.1] : [0.2, 0.2],
      },
    }),
  );
  return { study, files };
}

/** A script by which the page gets the next `count` answers of addresses with this ending in one task. */
const answerTogether = (ending: string, count: number) => `{
  const original = window.fetch;
  let waiting = [];
  window.fetch = async (...given) => {
    const answer = await original(...given);
    if (!answer.url.endsWith('${ending}')) return answer;
    const { status, headers } = answer;
    const body = await answer.text();
    await new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length < ${count}) return;
      window.fetch = original;
      for (const release of waiting) release();
    });
    return new Response(body, { status, headers });
  };
}`;

describe.skipIf(!isPresent || !hasChromium())('layouts and linked viewports', () => {
  const room = provideReadingPage();
  let ct: Slice[];
  let pet: Slice[];
  let mr: Slice[];
  let chest: Slice[];
  let knee: { readonly coronal: Slice[]; readonly sagittal: Slice[] };
  let mammography: string;
  let prior: string;

  beforeAll(async () => {
    const [ctFiles, petFiles, mrFiles, chestFiles, coronal, sagittal] = [
      'petct-sts003/CT',
      'petct-sts003/PET',
      'petct-sts003/MR_T1',
      'ct-chest',
      'mr-knee/T1',
      'mr-knee/T2',
    ].map(filesOf) as [Buffer[], Buffer[], Buffer[], Buffer[], Buffer[], Buffer[]];
    [ct, pet, mr, chest] = [ctFiles, petFiles, mrFiles, chestFiles].map((files) => slicesOf(files)) as [
      Slice[],
      Slice[],
      Slice[],
      Slice[],
    ];
    knee = { coronal: slicesOf(coronal, 1, 1), sagittal: slicesOf(sagittal, 0) };
    const made = makeMammography();
    mammography = made.study;
    const best = makeCt(20, { StudyDate: '20150626' });
    prior = best.map(readSlice)[0]?.studyInstanceUID ?? '';
    const priors = [
      best,
      makeCt(12, { StudyDate: '20130101', StudyDescription: 'CT HEAD', BodyPartExamined: 'HEAD' }),
      makeCt(1, { StudyDate: '20140101', PatientName: 'Somebody^Else' }),
    ].flat();
    for (const files of [ctFiles, petFiles, mrFiles, chestFiles, coronal, sagittal, priors, made.files]) {
      await storeInstances(room.server.url, files);
    }
  });

  const open = async (study = '', more = '') => {
    await openStudies(room.page, study, more);
    await waitForImage(room.page);
  };
  const shownIn = async (tile: number) => (await viewportFacts(room.page, tile)).sopInstanceUid;
  const card = (text: string) => room.page.getByTestId('series-card').filter({ hasText: text }).first();
  /** The index of the slice nearest to a height. */
  const nearest = (slices: readonly Slice[], z = 0) => {
    const misses = slices.map(({ position }) => Math.abs((position[2] ?? 0) - z));
    return String(misses.indexOf(Math.min(...misses)));
  };
  const middleOf = async (tile: number) => {
    const box = await room.page.getByTestId(`viewport-element-${tile}`).boundingBox();
    if (!box) throw new Error('no such tile');
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };

  it('hangs CT beside PET, linked by position in the patient', async () => {
    const { page } = room;
    await open(ct[0]?.studyInstanceUID);
    await waitForImage(page, undefined, 1);
    // In the middle, as the protocol says, though the first slice was there before it.
    const middle = Math.floor(ct.length / 2);
    await waitForFact(page, 'imageIndex', String(middle));
    await waitForFact(page, 'imageIndex', nearest(pet, ct[middle]?.position[2]), 1);
    expect(await page.getByTestId('link-letter-0').textContent()).toBe('A');
    expect(await page.getByTestId('link-letter-1').textContent()).toBe('A');
    await page.getByTestId('viewport-element-0').click();
    await page.keyboard.press('Home');
    await waitForFact(page, 'imageIndex', '0');
    for (let step = 0; step < 7; step++) await page.keyboard.press('ArrowDown');
    await waitForFact(page, 'imageIndex', '7');
    await waitForFact(page, 'imageIndex', nearest(pet, ct[7]?.position[2]), 1);
    expect((await viewportFacts(page, 0)).sopInstanceUid).toBe(ct[7]?.sopInstanceUID);
    expect((await viewportFacts(page, 1)).sopInstanceUid).toBe(pet[7]?.sopInstanceUID);
  });

  it('links a third stack of the Frame of Reference, whose slices begin elsewhere; the wheel leads where it turns', async () => {
    const { page } = room;
    await page.keyboard.press('Alt+3');
    await page.getByTestId('viewport-2').click();
    await card('MR_T1').click();
    await waitForImage(page, undefined, 2);
    await page.keyboard.press('k');
    await page.getByTestId('link-letter-2').waitFor();
    await untilDrawn(page);
    const before = Number((await viewportFacts(page, 2)).imageIndex);
    await page.mouse.move(...(Object.values(await middleOf(2)) as [number, number]));
    for (let turn = 0; turn < 5; turn++) await page.mouse.wheel(0, 120);
    const index = before + 5;
    await waitForFact(page, 'imageIndex', String(index), 2);
    const height = mr[index]?.position[2];
    await waitForFact(page, 'imageIndex', nearest(ct, height), 0);
    await waitForFact(page, 'imageIndex', nearest(pet, height), 1);
    // The MR begins one slice lower than the CT.
    expect(Number(nearest(ct, height))).toBe(index + 1);
  });

  it('plays linked sets together', async () => {
    const { page } = room;
    await page.getByTestId('viewport-0').click();
    await page.keyboard.press('Home');
    await waitForFact(page, 'imageIndex', '0');
    await page.keyboard.press('c');
    await page.waitForFunction(
      () => Number(document.querySelector<HTMLElement>('[data-testid="viewport-0"]')?.dataset.imageIndex) > 4,
    );
    await page.keyboard.press('c');
    await expect
      .poll(async () => {
        const facts = await Promise.all([0, 1, 2].map((tile) => viewportFacts(page, tile)));
        const height = ct[Number(facts[0]?.imageIndex)]?.position[2];
        return [nearest(pet, height) === facts[1]?.imageIndex, nearest(mr, height) === facts[2]?.imageIndex];
      })
      .toEqual([true, true]);
    expect(Number((await viewportFacts(page, 0)).imageIndex)).toBeGreaterThan(4);
  });

  it('shows the crosshair at the same place of the patient in all three', async () => {
    const { page } = room;
    await page.keyboard.press('j');
    const { x, y } = await middleOf(0);
    await page.mouse.click(x + 30, y - 40);
    await page.waitForFunction(
      () => document.querySelectorAll('[data-testid="crosshair-mark"]').length === 3,
    );
    const placeOf = async (tile: number) => {
      const facts = await viewportFacts(page, tile);
      const mark = page.getByTestId(`viewport-${tile}`).getByTestId('crosshair-mark');
      const data = await mark.evaluate((element) => ({ ...(element as unknown as HTMLElement).dataset }));
      const slice = [ct, pet, mr][tile]?.[Number(facts.imageIndex)];
      const [row = 0, column = 0] = slice?.spacing ?? [];
      const [left = 0, top = 0, height = 0] = slice?.position ?? [];
      return [left + Number(data.x) * column, top + Number(data.y) * row, height + Number(data.distance)];
    };
    // The others come to their slices one after the other.
    await eventually(async () => {
      const [first = [], ...others] = await Promise.all([0, 1, 2].map(placeOf));
      const misses = others.flatMap((place) =>
        place.map((value, axis) => Math.abs(value - (first[axis] ?? Number.NaN))),
      );
      return misses.length === 6 ? Math.max(...misses) : Number.NaN;
    }).toBeLessThan(0.005);
    await page.keyboard.press('w');
  });

  it('draws the line of a coronal slice on a sagittal one where its header puts it', async () => {
    const { page } = room;
    // Both series are known at once: then what is shown first must not come after what the protocol hangs.
    await page.evaluate(answerTogether('/metadata', 2));
    await open(knee.coronal[0]?.studyInstanceUID);
    await waitForImage(page, undefined, 1);
    /** Which of the two series the tiles show; none while another image is on its way. */
    const shownPlanes = async () => {
      const uids = [await shownIn(0), await shownIn(1)];
      return uids.map((uid) =>
        Object.entries(knee)
          .filter(([, slices]) => slices.some((slice) => slice.sopInstanceUID === uid))
          .map(([plane]) => plane)
          .join(),
      );
    };
    await eventually(async () => (await shownPlanes()).sort()).toEqual(['coronal', 'sagittal']);
    const sagittalTile = (await shownPlanes()).indexOf('sagittal');
    const coronalTile = 1 - sagittalTile;
    // Whole in its half of the screen, though the first of them was there before it was halved.
    for (const tile of [0, 1]) {
      const seen = Number((await viewportFacts(page, tile)).zoom);
      const box = await page.getByTestId(`viewport-element-${tile}`).boundingBox();
      expect(seen * (tile === sagittalTile ? 560 : 512)).toBeLessThanOrEqual((box?.width ?? 0) + 1);
    }
    expect(await page.getByTestId('reference-line').count()).toBe(0);
    await page.getByTestId(`viewport-element-${coronalTile}`).click();
    await page.keyboard.press('Home');
    await waitForFact(page, 'imageIndex', '0', coronalTile);
    await page.keyboard.press('Shift+O');
    const line = page.getByTestId(`viewport-${sagittalTile}`).getByTestId('reference-line');
    await line.waitFor();
    // By hand from the headers: the foremost coronal slice is at (18.304277, -103.306188, 77.491639), its normal is the row
    // direction r = (-0.101180, 0.994868, 0) of the sagittal ones, which begin at (54.811982, -125.094782, 75.986626) with
    // 0.2857143 mm. So its column is (-104.628054 + 129.998666) / 0.2857143 = 88.797; its rows, 512 of 0.3125 mm, reach from
    // (75.986626 - 77.647889) / 0.2857143 = -5.81 to (75.986626 + 82.352111) / 0.2857143 = 554.19.
    const found = async () => {
      const ends = JSON.parse((await line.getAttribute('data-ends')) ?? '[]') as Record<
        'left' | 'top',
        number
      >[];
      const zoom = Number((await viewportFacts(page, sagittalTile)).zoom);
      const box = await page.getByTestId(`viewport-element-${sagittalTile}`).boundingBox();
      const toImage = ({ left, top }: Record<'left' | 'top', number>) => [
        (left - (box?.width ?? 0) / 2) / zoom + 560 / 2 - 0.5,
        (top - (box?.height ?? 0) / 2) / zoom + 560 / 2 - 0.5,
      ];
      return ends
        .map(toImage)
        .sort((a, b) => (a[1] ?? 0) - (b[1] ?? 0))
        .flat();
    };
    const near = (value: number) => expect.closeTo(value, 0);
    await eventually(found).toEqual([near(88.8), near(-5.81), near(88.8), near(554.19)]);
    await page.keyboard.press('Shift+O');
    expect(await page.getByTestId('reference-line').count()).toBe(0);
  });

  it('compares with the best prior by one key, labelled with its age, and never with another patient', async () => {
    const { page } = room;
    await open(chest[0]?.studyInstanceUID);
    await page.getByTestId('other-study').first().waitFor();
    expect(await page.getByTestId('other-study').count()).toBe(2);
    expect(await page.getByTestId('contradicting-studies').textContent()).toContain('1 study');
    await page.keyboard.press('b');
    await waitForImage(page, undefined, 1);
    const badges = () => page.getByTestId('study-badge').allTextContents();
    await expect.poll(badges).toEqual(['Current', 'Prior, 4 months earlier']);
    const [shown, beside] = [await viewportFacts(page, 0), await viewportFacts(page, 1)];
    expect([beside.windowCenter, beside.windowWidth]).toEqual([shown.windowCenter, shown.windowWidth]);
    expect(await page.getByTestId('patient-warning').count()).toBe(0);
  });

  it('refuses to link what has another Frame of Reference, and links it by offset when asked', async () => {
    const { page } = room;
    await page.getByTestId('link-refused').first().waitFor();
    expect(await page.getByTestId('link-refused').count()).toBe(2);
    await page.getByTestId('viewport-element-0').click();
    const still = (await viewportFacts(page, 1)).imageIndex;
    // Nothing goes together yet: the button is not lit.
    expect(await page.getByTestId('command-link').getAttribute('aria-pressed')).toBe('false');
    await page.keyboard.press('ArrowDown');
    await waitForFact(page, 'imageIndex', '1');
    expect((await viewportFacts(page, 1)).imageIndex).toBe(still);
    await page.getByTestId('link-offer-offset').first().click();
    await page.getByTestId('link-letter-1').waitFor();
    expect(await page.getByTestId('link-letter-1').getAttribute('data-kind')).toBe('offset');
    expect(await page.getByTestId('command-link').getAttribute('aria-pressed')).toBe('true');
    // Nobody had scrolled the prior: it comes to the matching place first, 1 / 36 of 19 slices.
    expect(still).toBe('0');
    await waitForFact(page, 'imageIndex', '1', 1);
    // 5 slices of 3 mm are 15 mm, which are 3 of 5 mm.
    for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowDown');
    await waitForFact(page, 'imageIndex', '6');
    await waitForFact(page, 'imageIndex', String(Number(still) + 4), 1);
  });

  it('steps to the next prior, and back to what was before', async () => {
    const { page } = room;
    const before = (await viewportFacts(page, 1)).sopInstanceUid;
    await page.keyboard.press('b');
    await page.waitForFunction(
      (uid) =>
        document.querySelector<HTMLElement>('[data-testid="viewport-1"]')?.dataset.sopInstanceUid !== uid,
      before,
    );
    await expect
      .poll(() => page.getByTestId('study-badge').allTextContents())
      .toEqual(['Current', 'Prior, 34 months earlier']);
    await page.keyboard.press('Shift+B');
    await expect.poll(() => page.getByTestId('viewport-1').count()).toBe(0);
    expect((await viewportFacts(page)).imageIndex).toBe('6');
  });

  it('has grids to 5 x 5, and every viewport shows its slices', async () => {
    const { page } = room;
    await page.getByTestId('layout-menu').click();
    await page.getByTestId('layout-1x1').press('ArrowRight');
    for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowDown');
    for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('section[data-testid^="viewport-"]').count()).toBe(25);
    const tiles = Array.from({ length: 25 }, (_, tile) => `&tile=${tile}_${chest[tile]?.sopInstanceUID}`);
    await open(chest[0]?.studyInstanceUID, `&layout=5x5${tiles.join('')}`);
    for (const tile of [0, 12, 24]) await waitForImage(page, undefined, tile);
    await expect
      .poll(() => page.locator('[data-testid^="viewport-"][data-loaded="true"]').count(), { timeout: 60_000 })
      .toBe(25);
    const shown = await page
      .locator('section[data-testid^="viewport-"]')
      .evaluateAll((found) => found.map((element) => (element as HTMLElement).dataset.sopInstanceUid));
    expect(shown).toEqual(chest.slice(0, 25).map(({ sopInstanceUID }) => sopInstanceUID));
    await page.keyboard.press('k');
    await page.keyboard.press('End');
    for (const tile of [0, 12, 24]) await waitForFact(page, 'imageIndex', '36', tile);
  });

  it('keeps image, window and zoom of a tile that is enlarged, exchanged or comes back', async () => {
    const { page } = room;
    await page.keyboard.press('u');
    await page.keyboard.press('Alt+2');
    await page.getByTestId('viewport-element-1').click();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('2');
    await page.keyboard.press('+');
    await waitForFact(page, 'windowWidth', '1500', 1);
    await waitForFact(page, 'imageIndex', '1', 1);
    const { zoom } = await viewportFacts(page, 1);
    await page.getByTestId('viewport-element-1').dblclick();
    await expect.poll(() => page.getByTestId('viewport-0').isVisible()).toBe(false);
    await page.getByTestId('viewport-element-1').dblclick();
    await expect.poll(() => page.getByTestId('viewport-0').isVisible()).toBe(true);
    expect(await viewportFacts(page, 1)).toMatchObject({ imageIndex: '1', windowWidth: '1500' });
    expect(Number((await viewportFacts(page, 1)).zoom)).toBeCloseTo(Number(zoom), 3);
    await page.getByTestId('tile-handle-1').dragTo(page.getByTestId('viewport-0'));
    await waitForFact(page, 'windowWidth', '1500', 0);
    expect(await viewportFacts(page, 0)).toMatchObject({ imageIndex: '1', windowWidth: '1500' });
    expect(Number((await viewportFacts(page, 0)).zoom)).toBeCloseTo(Number(zoom), 2);
    expect((await viewportFacts(page, 1)).imageIndex).toBe('36');
    await page.keyboard.press('Alt+1');
    await page.keyboard.press('Alt+2');
    await waitForImage(page, undefined, 1);
    expect((await viewportFacts(page, 1)).imageIndex).toBe('36');
  });

  it('fits a picture that was whole into the tiles of a stage, of a grid and of planes, and back', async () => {
    const { page } = room;
    await page.setViewportSize({ width: 1600, height: 950 });
    await open(chest[0]?.studyInstanceUID);
    /** How many CSS pixels the 512 x 512 picture is wide, and how many it could be. */
    const sizes = async (tile: number) => {
      const box = await page.getByTestId(`viewport-element-${tile}`).boundingBox();
      const { zoom } = await viewportFacts(page, tile);
      return [
        Math.round(Number(zoom) * 512),
        Math.round(Math.min(box?.width ?? 0, box?.height ?? 0)),
      ] as const;
    };
    const expectFit = async (tile: number) => {
      await waitForImage(page, undefined, tile);
      await expect.poll(async () => (([is, may]) => Math.abs(is - may))(await sizes(tile))).toBeLessThan(4);
    };
    const chooseStage = async (number: number) => {
      await page.getByTestId('layout-menu').click();
      await page.getByTestId(`stage-${number}`).click();
      await page.keyboard.press('Escape');
    };
    await expectFit(0);
    await chooseStage(2);
    for (const tile of [0, 1]) await expectFit(tile);
    await chooseStage(1);
    await expectFit(0);
    await page.keyboard.press('Alt+4');
    await expectFit(0);
    await page.keyboard.press('Alt+1');
    await expectFit(0);
    await page.keyboard.press('b');
    await waitForImage(page, undefined, 1);
    await expectFit(0);
    await page.keyboard.press('Shift+B');
    await expectFit(0);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('puts a thumbnail into the tile it is dragged to', async () => {
    const { page } = room;
    await open(ct[0]?.studyInstanceUID);
    await waitForImage(page, undefined, 1);
    await card('MR_T1').dragTo(page.getByTestId('viewport-1'));
    await expect
      .poll(async () => mr.map((slice) => slice.sopInstanceUID).indexOf((await shownIn(1)) ?? ''))
      .toBeGreaterThanOrEqual(0);
    await waitForFact(page, 'imageCount', '47', 1);
  });

  it('opens a study as the reader has said', async () => {
    const { page } = room;
    await page.keyboard.press('Alt+4');
    await page.getByTestId('viewport-2').click();
    await card('CT_image').click();
    await waitForImage(page, undefined, 2);
    await page.keyboard.press('3');
    await waitForFact(page, 'windowWidth', '2500', 2);
    await page.getByTestId('layout-menu').click();
    await page.getByTestId('own-layout-name').fill('My leg');
    await page.getByTestId('own-layout-save').click();
    await page.getByTestId('own-layout').waitFor();
    await page.keyboard.press('Escape');
    await open(ct[0]?.studyInstanceUID);
    await waitForImage(page, undefined, 2);
    await waitForFact(page, 'windowWidth', '2500', 2);
    await waitForFact(page, 'imageCount', '47', 1);
    await page.getByTestId('layout-menu').click();
    await page.getByTestId('own-layout-delete').click();
    await expect.poll(() => page.getByTestId('own-layout').count()).toBe(0);
    await page.keyboard.press('Escape');
  });

  it('hangs mammograms with their chest walls together, in one scale', async () => {
    const { page } = room;
    await open(mammography);
    for (const tile of [1, 2, 3]) await waitForImage(page, undefined, tile);
    const inner = () =>
      Promise.all([0, 1, 2, 3].map(async (tile) => (await edgeLetters(page, tile))[tile % 2 === 0 ? 1 : 3]));
    await eventually(inner).toEqual(['P', 'P', 'P', 'P']);
    // Pixels of the left breasts are twice as large as those of the right ones.
    const ratio = async () =>
      Number((await viewportFacts(page, 1)).zoom) / Number((await viewportFacts(page, 0)).zoom);
    await eventually(ratio).toBeCloseTo(2, 2);
  });

  it('puts two studies of one patient that are opened together side by side, the newer one first', async () => {
    const { page } = room;
    await open(`${prior},${chest[0]?.studyInstanceUID}`);
    await waitForImage(page, undefined, 1);
    await expect
      .poll(() => page.getByTestId('study-badge').allTextContents())
      .toEqual(['Current', 'Prior, 4 months earlier']);
    expect((await viewportFacts(page, 1)).imageCount).toBe('20');
  });

  it('warns loudly of two patients, and on every tile', async () => {
    const { page } = room;
    const studies = [chest[0]?.studyInstanceUID, knee.coronal[0]?.studyInstanceUID].join(',');
    const tiles = `&tile=0_${chest[0]?.sopInstanceUID}&tile=1_${knee.coronal[0]?.sopInstanceUID}`;
    await open(studies, `&layout=1x2${tiles}`);
    await waitForImage(page, undefined, 1);
    await page.getByTestId('patient-warning').waitFor();
    await expect
      .poll(() => page.getByTestId('other-patient').allTextContents())
      .toEqual(['Several patients: this is Bellona (0000006)', expect.stringContaining('(887)')]);
    expect(await page.getByTestId('study-age').textContent()).toBe('Another patient');
    expect(await page.getByTestId('study-patient').allTextContents()).toEqual([
      'Bellona (0000006)',
      expect.stringContaining('(887)'),
    ]);
    // Without a word about the screen both are seen too.
    await open(studies);
    await waitForImage(page, undefined, 1);
    expect(await page.getByTestId('other-patient').count()).toBe(2);
  });

  it('opens what an address says of the screen', async () => {
    const { page } = room;
    const tiles = `&layout=1x2&tile=0_${chest[20]?.sopInstanceUID}_1_-600_1500_LINEAR_i&tile=1_${chest[5]?.sopInstanceUID}_1`;
    await open(chest[0]?.studyInstanceUID, tiles);
    await waitForImage(page, chest[5]?.sopInstanceUID, 1);
    expect(await viewportFacts(page, 0)).toMatchObject({
      sopInstanceUid: chest[20]?.sopInstanceUID,
      windowCenter: '-600',
      windowWidth: '1500',
    });
    expect(await viewportFacts(page, 1)).toMatchObject({ windowCenter: '36', windowWidth: '360' });
  });

  it('was shown without a complaint of the page', () => {
    expect(room.complaints).toEqual([]);
  });
});
