import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeInstances } from '../../support/dicomweb-requests.ts';
import { makeInstance } from '../../support/make-instance.ts';
import { type Leftovers, watchLeftovers } from '../../support/page-leftovers.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { hasChromium, launchChromium, openPage, type WatchedPage } from './chromium-page.ts';

const STUDIES = 10;
const SLICES = 12;
const SIDE = 64;
const root = '1.2.826.0.1.3680043.10.1389.7';

/** A CT of two series, each slice at its place. */
function makeStudy(study: number): Uint8Array[] {
  return [1, 2].flatMap((series) =>
    Array.from({ length: SLICES }, (_, index) =>
      makeInstance({
        attributes: {
          SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
          PatientName: `DAY^${study}`,
          PatientID: `D${study}`,
          StudyInstanceUID: `${root}.${study}`,
          Modality: 'CT',
          SeriesInstanceUID: `${root}.${study}.${series}`,
          SeriesNumber: String(series),
          SOPInstanceUID: `${root}.${study}.${series}.${index + 1}`,
          InstanceNumber: String(index + 1),
          ImagePositionPatient: ['0', '0', String(-index)],
          ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
          PixelSpacing: ['1', '1'],
          WindowCenter: '2000',
          WindowWidth: '4000',
        },
        image: { rows: SIDE, columns: SIDE, bitsAllocated: 16 },
      }),
    ),
  );
}

describe.skipIf(!hasChromium())('studies that are opened and closed', () => {
  let server: TestServer;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let takeStock: () => Promise<Leftovers>;
  const requests: string[] = [];

  beforeAll(async () => {
    server = await startServer();
    const studies = Array.from({ length: STUDIES }, (_, index) => makeStudy(index + 1));
    await storeInstances(server.url, studies.flat());
    browser = await launchChromium();
    watched = await openPage(browser, server.url);
    page = watched.page;
    takeStock = await watchLeftovers(page);
    page.on('request', (request) => requests.push(new URL(request.url()).pathname));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const attribute = async (testId: string, name: string) =>
    Number(await page.getByTestId(testId).getAttribute(name));

  /** Opens a study, reads it to its end, waits until both series are in memory, and goes back to the list. */
  async function read(study: number): Promise<number> {
    const address = `/viewer?StudyInstanceUIDs=${root}.${study}`;
    if (study === 1) await page.goto(address);
    else await page.evaluate((url) => history.pushState(null, '', url), address);
    await page.locator('[data-testid="viewport-0"][data-loaded="true"]').waitFor();
    await page.locator(`[data-testid="footer-progress"][data-loaded="${2 * SLICES}"]`).waitFor();
    await page.keyboard.press('End');
    await page.locator(`[data-testid="viewport-0"][data-image-index="${SLICES - 1}"]`).waitFor();
    await page.locator(`[data-used-bytes]:not([data-used-bytes="0"])`).waitFor();
    const usedBytes = await attribute('footer-memory', 'data-used-bytes');
    await page.evaluate(() => history.pushState(null, '', '/'));
    await page.getByTestId('study-viewer').waitFor({ state: 'detached' });
    await page
      .getByTestId('study-row')
      .nth(STUDIES - 1)
      .waitFor();
    await page.waitForLoadState('networkidle');
    return usedBytes;
  }

  /** Once two looks in a row find the same: a list still being drawn, or nodes that are freed a little later, are nothing left behind. */
  async function stockAtRest(): Promise<Leftovers> {
    const countsOf = ({ domNodes, listeners, workers, intervals }: Leftovers) =>
      [domNodes, listeners, workers, intervals].join();
    let before = await takeStock();
    for (let tries = 0; tries < 20; tries += 1) {
      await sleep(500);
      const now = await takeStock();
      if (countsOf(now) === countsOf(before)) return now;
      before = now;
    }
    return before;
  }

  it('ask for the first image once, before thumbnails and the rest, and load the next series by themselves', async () => {
    await read(1);
    const frames = requests.filter((path) => path.endsWith('/frames/1'));
    expect(frames[0]).toContain(`/instances/${root}.1.1.1/`);
    expect(new Set(frames).size).toBe(2 * SLICES);
    expect(frames.length).toBe(2 * SLICES);
    expect(requests.filter((path) => path.endsWith(`/studies/${root}.1/series`))).toHaveLength(1);
    expect(requests.filter((path) => path.endsWith('/metadata'))).toHaveLength(2);
    const firstThumbnail = requests.findIndex((path) => path.endsWith('/thumbnail'));
    expect(firstThumbnail).toBeGreaterThan(requests.findIndex((path) => path.endsWith('/frames/1')));
  });

  it('leave nothing behind: no worker, context, timer, request, object URL or listener more than the second one', async () => {
    await read(2);
    const before = await stockAtRest();
    const used: number[] = [];
    for (let study = 3; study <= STUDIES; study++) used.push(await read(study));
    const after = await stockAtRest();
    // Each time the images of that study alone.
    expect(new Set(used)).toEqual(new Set([2 * SLICES * SIDE * SIDE * 2]));
    const counted = ({ workers, webGlContexts, intervals, requestsInFlight, blobUrls }: Leftovers) => ({
      workers,
      webGlContexts,
      intervals,
      requestsInFlight,
      blobUrls,
    });
    expect(counted(after)).toEqual(counted(before));
    expect(before.webGlContexts).toBeLessThanOrEqual(1);
    expect(after.requestsInFlight).toBe(0);
    // A study left behind would bring hundreds of each; a menu more or less on the list brings some forty listeners.
    expect(after.listeners - before.listeners).toBeLessThan(100);
    expect(after.domNodes - before.domNodes).toBeLessThan(200);
    expect(watched.complaints).toEqual([]);
  });
});
