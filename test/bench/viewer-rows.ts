import { startOhifHost } from '../peers/ohif-host.ts';
import { ensureOhif } from '../support/ohif.ts';
import { median } from './load.ts';
import { startIsocenter } from './peers.ts';
import {
  chromiumPath,
  launchBrowser,
  measureFirstImage,
  openWatchedPage,
  scrollThrough,
  waitForImage,
} from './viewer-page.ts';
import { readOnce, storeChestStudies, studyUIDOf } from './viewer-study.ts';

const ROUNDS = 5;

/** One row of the viewer: ours beside OHIF, of one archive in one run. Fewer is better, but for `pictures/s`. */
export interface ViewerResult {
  name: string;
  unit: string;
  isocenter: number;
  ohif: number | undefined;
  ratio: number | undefined;
}

/** Two viewers of one archive: where a study is opened in each. */
interface Viewers {
  readonly chromium: string;
  readonly addresses: ReadonlyMap<string, (study: number) => string>;
  readonly root: string;
  stop(): Promise<void>;
}

async function startViewers(): Promise<Viewers> {
  const chromium = await chromiumPath();
  if (!chromium) throw new Error('There is no Chromium on this machine, and none could be installed.');
  const server = await startIsocenter();
  const { origin } = new URL(server.root);
  const path = (study: number) => `/viewer?StudyInstanceUIDs=${studyUIDOf(study)}`;
  const addresses = new Map([['isocenter', (study: number) => origin + path(study)]]);
  const ohif = await ensureOhif();
  const host = 'path' in ohif ? await startOhifHost(ohif.path, origin, { isCompressed: true }) : undefined;
  if (host) addresses.set('ohif', (study) => host.url + path(study));
  if ('missing' in ohif) console.log(`OHIF is missing (${ohif.missing}): ours is measured alone`);
  return {
    chromium,
    addresses,
    root: server.root,
    stop: async () => {
      await host?.close();
      await server.stop();
    },
  };
}

function resultOf(name: string, unit: string, samples: ReadonlyMap<string, readonly number[]>): ViewerResult {
  const isocenter = median(samples.get('isocenter') ?? []);
  const theirs = samples.get('ohif');
  const ohif = theirs && median(theirs);
  return { name, unit, isocenter, ohif, ratio: ohif && isocenter / ohif };
}

/** Alternates the viewers; the first round warms the archive up and is not counted. */
async function alternate(
  viewers: Viewers,
  measure: (address: (study: number) => string) => Promise<readonly number[]>,
): Promise<Map<string, number[][]>> {
  const samples = new Map([...viewers.addresses.keys()].map((name) => [name, [] as number[][]]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, address] of viewers.addresses) {
      const values = await measure(address);
      if (round > 0) samples.get(name)?.push([...values]);
    }
  }
  return samples;
}

/** Navigation to the first image with a cold cache, and the script sent until then. */
async function measureOpening(): Promise<ViewerResult[]> {
  const viewers = await startViewers();
  try {
    const slices = 40;
    await storeChestStudies(viewers.root, { from: 1, count: 1, slices });
    await readOnce(viewers.root, 1, slices);
    const samples = await alternate(viewers, async (address) => {
      const { ms, scriptBytes } = await measureFirstImage(viewers.chromium, address(1));
      return [ms, scriptBytes / 1000];
    });
    const column = (at: number) =>
      new Map([...samples].map(([name, rounds]) => [name, rounds.map((values) => values[at] ?? Number.NaN)]));
    return [resultOf('viewer-first-image', 'ms', column(0)), resultOf('viewer-bytes', 'kB', column(1))];
  } finally {
    await viewers.stop();
  }
}

/** Scrolling through cached slices, drawn in software. */
async function measureScrolling(): Promise<ViewerResult[]> {
  const viewers = await startViewers();
  const slices = 200;
  try {
    await storeChestStudies(viewers.root, { from: 1, count: 1, slices });
    await readOnce(viewers.root, 1, slices);
    const samples = new Map<string, number[]>();
    const pages = new Map<string, () => Promise<number>>();
    const browsers = [];
    for (const [name, address] of viewers.addresses) {
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
      if (name === 'ohif') await skip.click({ timeout: 60_000 }).catch(() => {});
      // Whatever reads ahead has read when nothing comes any more; scrolling there and back brings the rest.
      for (let before = -1; before !== frames; ) {
        before = frames;
        await page.waitForTimeout(3000);
      }
      await scrollThrough(page, slices);
      pages.set(name, async () => {
        await page.bringToFront();
        await page.keyboard.press('Home');
        await page.waitForTimeout(500);
        return scrollThrough(page, slices - 1);
      });
    }
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [name, measure] of pages) {
        const rate = await measure();
        if (round > 0) samples.set(name, [...(samples.get(name) ?? []), rate]);
      }
    }
    for (const browser of browsers) await browser.close();
    return [resultOf('viewer-scroll', 'pictures/s', samples)];
  } finally {
    await viewers.stop();
  }
}

/** By the name that is asked for; one measurement may give several rows. */
export const VIEWER_ROWS: readonly {
  readonly names: readonly string[];
  measure(): Promise<ViewerResult[]>;
}[] = [
  { names: ['viewer-first-image', 'viewer-bytes'], measure: measureOpening },
  { names: ['viewer-scroll'], measure: measureScrolling },
];
