import { describe, expect, it } from 'vitest';
import { storeInstances } from '../../support/dicomweb-requests.ts';
import { type Attributes, type ImageOptions, makeInstance, testUid } from '../../support/make-instance.ts';
import { hasChromium } from './chromium-page.ts';
import {
  displayedColours,
  edgeLetters,
  untilDrawn,
  viewportFacts,
  waitForFact,
  waitForImage,
} from './displayed-picture.ts';
import { eventually } from './eventually.ts';
import { quarterPixels, quarterSize, quarters } from './quarter-image.ts';
import { openStudies, provideReadingPage } from './reading-page.ts';

const grey = (value: number) => [value, value, value];

describe.skipIf(!hasChromium())('pictures', () => {
  const room = provideReadingPage();

  /** Stores one image as a study of its own and opens it. */
  async function show(
    image: ImageOptions,
    attributes: Attributes = {},
    transferSyntaxUID = '1.2.840.10008.1.2.1',
  ): Promise<void> {
    const studyInstanceUID = testUid();
    const instance = makeInstance({
      transferSyntaxUID,
      image: { ...quarterSize, ...image },
      attributes: { StudyInstanceUID: studyInstanceUID, ...attributes },
    });
    expect(await storeInstances(room.server.url, [instance])).toHaveLength(1);
    await openStudies(room.page, studyInstanceUID);
  }

  const shown = (points = quarters) => displayedColours(room.page, quarterSize, points);

  it('shows 8-bit grey as it is stored', async () => {
    await show({ pixelBytes: quarterPixels([[0], [64], [128], [255]]) });
    await waitForImage(room.page);
    expect(await shown()).toEqual([0, 64, 128, 255].map(grey));
  });

  it('shows MONOCHROME1 with its lowest value white, also after scrolling and inverting', async () => {
    await show({
      photometricInterpretation: 'MONOCHROME1',
      pixelBytes: quarterPixels([[0], [64], [128], [255]]),
    });
    await waitForImage(room.page);
    expect(await shown()).toEqual([255, 191, 127, 0].map(grey));
    await room.page.keyboard.press('i');
    await eventually(() => shown()).toEqual([0, 64, 128, 255].map(grey));
  });

  it('applies rescale and the window of the header, and shows padding black', async () => {
    const pixelBytes = quarterPixels([[0], [1024], [1124], [2000]], 2);
    await show(
      { bitsAllocated: 16, pixelBytes },
      {
        Modality: 'CT',
        RescaleSlope: '1',
        RescaleIntercept: '-1024',
        WindowCenter: '0.5',
        WindowWidth: '401',
        PixelPaddingValue: { vr: 'US', value: 2000 },
      },
    );
    const facts = await waitForImage(room.page);
    expect(facts).toMatchObject({ windowCenter: '0.5', windowWidth: '401' });
    // -1024 is below the window, 0 in its middle, 100 at three quarters, padding black.
    const [low, middle, above, padding] = await shown();
    expect(low).toEqual(grey(0));
    expect(Math.abs((middle?.[0] ?? 0) - 127.5)).toBeLessThanOrEqual(1);
    expect(Math.abs((above?.[0] ?? 0) - 191.25)).toBeLessThanOrEqual(1);
    expect(padding).toEqual(grey(0));
  });

  it.each([
    [
      'RGB',
      0,
      [
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
        [10, 100, 200],
      ],
    ],
    [
      'YBR_FULL',
      2,
      [
        [76, 85, 255],
        [150, 44, 21],
        [29, 255, 107],
        [85, 193, 75],
      ],
    ],
  ] as const)('shows %s in its colours', async (photometricInterpretation, tolerance, values) => {
    await show({ samplesPerPixel: 3, photometricInterpretation, pixelBytes: quarterPixels(values) });
    await waitForImage(room.page);
    const expected = [
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
      [10, 100, 200],
    ];
    const colours = (await shown()).flat();
    const errors = colours.map((part, at) => Math.abs(part - (expected.flat()[at] ?? 0)));
    expect(Math.max(...errors)).toBeLessThanOrEqual(tolerance);
    // Colours are never windowed: there is nothing to drag.
    expect((await viewportFacts(room.page)).windowWidth).toBeUndefined();
  });

  it('shows an image without a window through its VOI LUT', async () => {
    await show(
      { pixelBytes: quarterPixels([[0], [1], [2], [9]]) },
      {
        VOILUTSequence: [
          { LUTDescriptor: { vr: 'US', value: [3, 0, 8] }, LUTData: { vr: 'US', value: [200, 30, 255] } },
        ],
      },
    );
    await waitForImage(room.page);
    expect(await shown()).toEqual([200, 30, 255, 255].map(grey));
  });

  /** The numbers of the frames that are shown from the next time on that one of them is, as they come. */
  function framesFrom(first: number, count: number): Promise<string[]> {
    return room.page.getByTestId('viewport-0').evaluate(
      (element, { first, count }) =>
        new Promise<string[]>((resolve) => {
          const shown: string[] = [];
          const observer = new MutationObserver(() => {
            const { frameNumber = '' } = (element as HTMLElement).dataset;
            if (shown.length > 0 || frameNumber === String(first)) shown.push(frameNumber);
            if (shown.length < count) return;
            observer.disconnect();
            resolve(shown);
          });
          observer.observe(element, { attributeFilter: ['data-frame-number'] });
        }),
      { first, count },
    );
  }

  it('plays the frames of a clip, each with its own picture', async () => {
    const frames = [40, 120, 200].map((value) => quarterPixels([[value], [value], [value], [value]]));
    await show(
      { frames: 3, pixelBytes: Uint8Array.from(frames.flatMap((frame) => [...frame])) },
      { FrameTime: '100' },
    );
    const facts = await waitForImage(room.page);
    expect(facts).toMatchObject({ imageCount: '3', frameNumber: '1' });
    expect((await shown())[0]).toEqual(grey(40));
    await room.page.keyboard.press('ArrowDown');
    await waitForFact(room.page, 'frameNumber', '2');
    expect((await shown())[0]).toEqual(grey(120));
    await room.page.keyboard.press('c');
    expect(await framesFrom(3, 3)).toEqual(['3', '1', '2']);
    await room.page.keyboard.press('c');
    await eventually(async () => (await viewportFacts(room.page)).playing).toBeUndefined();
    await untilDrawn(room.page);
    const stopped = (await viewportFacts(room.page)).frameNumber;
    // Four frames long.
    await room.page.waitForTimeout(400);
    expect((await viewportFacts(room.page)).frameNumber).toBe(stopped);
  });

  it('turns and mirrors a radiograph as it looks on the screen, letters and all', async () => {
    await show(
      { pixelBytes: quarterPixels([[0], [64], [128], [255]]) },
      { Modality: 'DX', PatientOrientation: ['L', 'F'] },
    );
    await waitForImage(room.page);
    const press = (key: string) => room.page.keyboard.press(key);
    const seen = async () => ({ colours: await shown(), letters: (await edgeLetters(room.page)).join(' ') });
    const asShown = (colours: readonly number[], letters: string) => ({
      colours: colours.map(grey),
      letters,
    });
    expect(await seen()).toEqual(asShown([0, 64, 128, 255], 'H L F R'));
    await press('r');
    await eventually(seen).toEqual(asShown([128, 0, 255, 64], 'R H L F'));
    await press('h');
    await eventually(seen).toEqual(asShown([0, 128, 64, 255], 'R F L H'));
    await press('l');
    await eventually(() => shown()).toEqual([128, 255, 0, 64].map(grey));
    await press('v');
    await eventually(() => shown()).toEqual([0, 64, 128, 255].map(grey));
    await press('r');
    await eventually(() => shown()).toEqual([128, 0, 255, 64].map(grey));
    await press(' ');
    await eventually(seen).toEqual(asShown([0, 64, 128, 255], 'H L F R'));
  });

  it('says in red that an image was lossily compressed, and how much', async () => {
    await show({}, { LossyImageCompression: '01', LossyImageCompressionRatio: '12.5' });
    await waitForImage(room.page);
    const badge = room.page.getByTestId('lossy');
    expect(await badge.textContent()).toContain('12.5:1');
    const [red = 0, green = 0] = (
      (await badge.evaluate((element) => getComputedStyle(element).color)).match(/\d+/g) ?? []
    ).map(Number);
    expect(red).toBeGreaterThan(2 * green);
  });

  it('names an image whose pixels can’t be decoded, and goes on with the next', async () => {
    const [studyInstanceUID, seriesInstanceUID, broken, whole] = [testUid(), testUid(), testUid(), testUid()];
    const uids = { StudyInstanceUID: studyInstanceUID, SeriesInstanceUID: seriesInstanceUID };
    const rubbish = Uint8Array.from({ length: 300 }, (_, at) => (at * 7) & 0xff);
    await storeInstances(room.server.url, [
      makeInstance({
        transferSyntaxUID: '1.2.840.10008.1.2.4.90',
        image: { ...quarterSize, fragments: [rubbish] },
        attributes: { ...uids, SOPInstanceUID: broken, InstanceNumber: 1 },
      }),
      makeInstance({
        image: { ...quarterSize, pixelBytes: quarterPixels([[9], [9], [9], [200]]) },
        attributes: { ...uids, SOPInstanceUID: whole, InstanceNumber: 2 },
      }),
    ]);
    const { page } = room;
    await openStudies(page, studyInstanceUID);
    const tile = page.getByTestId('image-failure');
    await tile.waitFor();
    expect(await tile.textContent()).toContain('can’t be decoded');
    expect(await tile.textContent()).toContain(broken);
    expect(await tile.textContent()).toContain('Test, Patient');
    await page.keyboard.press('ArrowDown');
    await waitForImage(page, whole);
    expect(await tile.count()).toBe(0);
    expect((await shown())[3]).toEqual(grey(200));
    await page.keyboard.press('ArrowUp');
    await tile.waitFor();
  });

  it('names objects that it does not show', async () => {
    await show({}, { SOPClassUID: '1.2.840.10008.5.1.4.1.1.66.4', Modality: 'SEG' });
    const cover = room.page.getByTestId('other-objects');
    await cover.waitFor();
    expect(await cover.textContent()).toContain('Segmentation');
  });

  it('warns loudly when studies of two patients are open', async () => {
    const studies = [testUid(), testUid()];
    const instances = studies.map((StudyInstanceUID, at) =>
      makeInstance({
        image: quarterSize,
        attributes: { StudyInstanceUID, PatientID: `P${at}`, PatientName: `Name^${at}` },
      }),
    );
    await storeInstances(room.server.url, instances);
    await openStudies(room.page, studies.join(','));
    const warning = room.page.getByTestId('patient-warning');
    await warning.waitFor();
    expect(await warning.textContent()).toContain('Name, 0 (P0), Name, 1 (P1)');
  });

  it('shows series side by side, each in its own viewport', async () => {
    const studyInstanceUID = testUid();
    const [first, second] = [testUid(), testUid()];
    const make = (SOPInstanceUID: string, value: number, SeriesNumber: number) =>
      makeInstance({
        image: { ...quarterSize, pixelBytes: quarterPixels([[value], [value], [value], [value]]) },
        attributes: { StudyInstanceUID: studyInstanceUID, SOPInstanceUID, SeriesNumber },
      });
    await storeInstances(room.server.url, [make(first, 50, 1), make(second, 150, 2)]);
    const { page } = room;
    await openStudies(page, studyInstanceUID);
    await waitForImage(page, first);
    await page.keyboard.press('PageDown');
    await waitForImage(page, second);
    expect((await shown())[0]).toEqual(grey(150));
    await page.keyboard.press('PageUp');
    await waitForImage(page, first);
    await page.getByTestId('layout-menu').click();
    await page.getByTestId('layout-1x2').click();
    await page.getByTestId('viewport-1').click();
    await page.getByTestId('series-card').nth(1).click();
    await waitForImage(page, second, 1);
    expect((await displayedColours(page, quarterSize, quarters, 1))[0]).toEqual(grey(150));
    expect((await shown())[0]).toEqual(grey(50));
  });

  it('was shown without a complaint of the page', () => {
    expect(room.complaints).toEqual([]);
  });
});
