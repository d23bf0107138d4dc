import type { Page } from 'playwright-core';
import { type Leftovers, watchLeftovers } from '../../../support/page-leftovers.ts';
import { startIsocenter } from '../../peers/isocenter.ts';
import { chromiumPath, launchBrowser } from './viewer-page.ts';
import { storeChestStudies, studyUIDOf } from './viewer-study.ts';

const STUDIES = 200;
const SLICES = 50;
/** Studies opened from the list in one page; the others each by loading the page anew. */
const IN_ONE_PAGE = 150;
const waitMs = 120_000;

async function scrollWholeStack(page: Page): Promise<void> {
  const viewport = page.getByTestId('viewport-0');
  await viewport.and(page.locator('[data-loaded="true"]')).waitFor({ timeout: waitMs });
  await page.evaluate(async (notches) => {
    const element = document.querySelector('[data-testid="viewport-element-0"]');
    for (let notch = 1; notch < notches; notch++) {
      element?.dispatchEvent(new WheelEvent('wheel', { deltaY: 100, bubbles: true, cancelable: true }));
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }, SLICES);
  await viewport.and(page.locator(`[data-image-index="${SLICES - 1}"]`)).waitFor({ timeout: waitMs });
}

function print(studies: number, left: Leftovers): void {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
  console.log(
    [
      `${String(studies).padStart(4)} studies`,
      `heap ${megabytes(left.heapBytes)} MB`,
      `resident ${megabytes(left.residentBytes)} MB`,
      `nodes ${left.domNodes}`,
      `listeners ${left.listeners}`,
      `workers ${left.workers}`,
      `WebGL ${left.webGlContexts}`,
      `intervals ${left.intervals}`,
      `blobs ${left.blobUrls}`,
      `requests ${left.requestsInFlight}`,
    ].join('  '),
  );
}

/**
 * A long day of reading: studies are opened, scrolled from the first slice to the last, and closed. What the page holds is counted
 * on the study list and printed, some times; it has to level off.
 */
export async function simulateLongDay(): Promise<void> {
  const chromium = await chromiumPath();
  if (!chromium) throw new Error('There is no Chromium on this machine, and none could be installed.');
  const server = await startIsocenter();
  const browser = await launchBrowser(chromium);
  try {
    await storeChestStudies(server.root, { from: 1, count: STUDIES, slices: SLICES, step: 4 });
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const takeStock = await watchLeftovers(page);
    const { origin } = new URL(server.root);
    const note = async (studies: number) => {
      await page.getByTestId('study-viewer').waitFor({ state: 'detached' });
      // The list's own requests end, and what waits for a last timer goes.
      await page.waitForTimeout(3000);
      print(studies, await takeStock());
    };
    await page.goto(origin);
    await note(0);
    for (let study = 1; study <= STUDIES; study++) {
      const address = `/viewer?StudyInstanceUIDs=${studyUIDOf(study)}`;
      if (study <= IN_ONE_PAGE) await page.evaluate((url) => history.pushState(null, '', url), address);
      else await page.goto(origin + address);
      await scrollWholeStack(page);
      await page.evaluate(() => history.pushState(null, '', '/'));
      if (study % 50 === 0 || study === 10) await note(study);
    }
  } finally {
    await browser.close();
    await server.stop();
  }
}
