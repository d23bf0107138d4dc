import { startOhifHost } from '../../../peers/ohif-host.ts';
import { ensureOhif } from '../../../support/ohif.ts';
import type { Figure, Goal } from '../../figure.ts';
import { peerFigure, sayMissing } from '../../peers/archives.ts';
import { startIsocenter } from '../../peers/isocenter.ts';
import type { RowFamily } from '../../row.ts';
import { alternate, median } from '../../samples.ts';
import { simulateLongDay } from './long-day.ts';
import {
  chromiumPath,
  launchBrowser,
  measureFirstImage,
  openWatchedPage,
  scrollThrough,
  waitForImage,
} from './viewer-page.ts';
import { readOnce, storeChestStudies, studyUIDOf } from './viewer-study.ts';

/** A viewer's name, and where a study is opened in it. */
interface Viewer {
  readonly name: 'Isocenter' | 'OHIF';
  address(study: number): string;
}

/** Two viewers of one archive. */
interface Viewers {
  readonly chromium: string;
  readonly all: readonly Viewer[];
  readonly ohif: object | { readonly missing: string };
  readonly root: string;
  stop(): Promise<void>;
}

/** Undefined on a machine without a Chromium. */
async function startViewers(): Promise<Viewers | undefined> {
  const chromium = await chromiumPath();
  if (!chromium) {
    sayMissing('Chromium', 'apt-get install chromium; without it no viewer is measured');
    return undefined;
  }
  const { root, origin, stop } = await startIsocenter();
  const path = (study: number) => `/viewer?StudyInstanceUIDs=${studyUIDOf(study)}`;
  const all: Viewer[] = [{ name: 'Isocenter', address: (study) => origin + path(study) }];
  const ohif = await ensureOhif();
  const host = 'path' in ohif ? await startOhifHost(ohif.path, origin, { isCompressed: true }) : undefined;
  if (host) all.push({ name: 'OHIF', address: (study) => host.url + path(study) });
  if ('missing' in ohif) sayMissing('OHIF', ohif.missing);
  return {
    chromium,
    all,
    ohif,
    root,
    stop: async () => {
      await host?.close();
      await stop();
    },
  };
}

interface ViewerRow {
  readonly row: string;
  readonly what: string;
  readonly unit: string;
  readonly goal: Goal;
}

function figureOf(row: ViewerRow, medians: ReadonlyMap<string, number>, { ohif }: Viewers): Figure {
  return { ...row, ours: medians.get('Isocenter') ?? Number.NaN, peer: peerFigure('OHIF', medians, ohif) };
}

const firstImage: ViewerRow = {
  row: 'viewer-first-image',
  what: 'navigation to the first image of a CT of 40 slices, cold cache',
  unit: 'ms',
  goal: { of: 'ratio', atMost: 0.33 },
};
const bytes: ViewerRow = {
  row: 'viewer-bytes',
  what: 'scripts and WebAssembly until the first image, as sent',
  unit: 'kB',
  goal: { of: 'ratio', atMost: 0.6 },
};
const scroll: ViewerRow = {
  row: 'viewer-scroll',
  what: 'pictures drawn in software, through 200 slices in memory',
  unit: 'pictures/s',
  goal: { of: 'ratio', atLeast: 1 },
};

/** Navigation to the first image with a cold cache, and the script sent until then. */
async function measureOpening(wanted: ReadonlySet<string>, viewers: Viewers): Promise<Figure[]> {
  const rounds = 5;
  const slices = 40;
  await storeChestStudies(viewers.root, { from: 1, count: 1, slices });
  await readOnce(viewers.root, 1, slices);
  const scriptKilobytes = new Map<string, number[]>();
  const milliseconds = await alternate(
    viewers.all.map(({ name, address }) => ({
      name,
      measure: async () => {
        const { ms, scriptBytes } = await measureFirstImage(viewers.chromium, address(1));
        scriptKilobytes.set(name, [...(scriptKilobytes.get(name) ?? []), scriptBytes / 1000]);
        return ms;
      },
    })),
    rounds,
  );
  const kilobytes = new Map([...scriptKilobytes].map(([name, values]) => [name, median(values)]));
  return [figureOf(firstImage, milliseconds, viewers), figureOf(bytes, kilobytes, viewers)].filter(
    ({ row }) => wanted.has(row),
  );
}

/** Scrolling through cached slices, drawn in software. */
async function measureScrolling(viewers: Viewers): Promise<Figure[]> {
  const rounds = 5;
  const slices = 200;
  await storeChestStudies(viewers.root, { from: 1, count: 1, slices });
  await readOnce(viewers.root, 1, slices);
  const browsers = [];
  const contestants = [];
  try {
    for (const { name, address } of viewers.all) {
      const browser = await launchBrowser(viewers.chromium);
      browsers.push(browser);
      const page = await openWatchedPage(browser);
      let frames = 0;
      page.on('requestfinished', (request) => {
        if (/\/frames\//.test(request.url())) frames += 1;
      });
      await page.goto(address(1), { waitUntil: 'commit' });
      await waitForImage(page);
      const skip = page.getByText('Skip all');
      if (name === 'OHIF') await skip.click({ timeout: 60_000 }).catch(() => {});
      // Whatever reads ahead has read when nothing comes any more; scrolling there and back brings the rest.
      for (let before = -1; before !== frames; ) {
        before = frames;
        await page.waitForTimeout(3000);
      }
      await scrollThrough(page, slices);
      contestants.push({
        name,
        measure: async () => {
          await page.bringToFront();
          await page.keyboard.press('Home');
          await page.waitForTimeout(500);
          return scrollThrough(page, slices - 1);
        },
      });
    }
    return [figureOf(scroll, await alternate(contestants, rounds), viewers)];
  } finally {
    for (const browser of browsers) await browser.close();
  }
}

async function withViewers(measure: (viewers: Viewers) => Promise<Figure[]>): Promise<readonly Figure[]> {
  const viewers = await startViewers();
  if (!viewers) return [];
  try {
    return await measure(viewers);
  } finally {
    await viewers.stop();
  }
}

export const viewerRows: readonly RowFamily[] = [
  {
    names: [firstImage.row, bytes.row],
    needsViewer: true,
    measure: (wanted) => withViewers((viewers) => measureOpening(wanted, viewers)),
  },
  { names: [scroll.row], needsViewer: true, measure: () => withViewers(measureScrolling) },
];

/** Takes minutes, and compares with nobody. */
export const longDayRow: RowFamily = {
  names: ['viewer-long-day'],
  isInAll: false,
  needsViewer: true,
  measure: async () => {
    await simulateLongDay();
    return [];
  },
};
