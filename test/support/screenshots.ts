import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { CHROMIUM_ARGUMENTS, ensureChromium } from './chromium.ts';
import { storeInstances } from './dicomweb-requests.ts';
import { type RealServer, startRealServer } from './real-server.ts';
import { type ScreenshotCase, screenshotCases } from './screenshot-cases.ts';

// `npm run screenshots [-- NAME...]`: draws docs/screenshots/*.png from the built server with the demo studies, and with the files
// of ../shared/dicom where they are present. Build before.

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'docs', 'screenshots');
const shared = join(root, '..', 'shared', 'dicom');

async function launch(): Promise<Browser> {
  const found = await ensureChromium();
  if ('missing' in found) throw new Error(found.missing);
  return chromium.launch({ executablePath: found.path, args: [...CHROMIUM_ARGUMENTS] });
}

function storeDemo(dataDir: string): void {
  const command = join(root, 'dist', 'server', 'cli', 'main.js');
  const { status } = spawnSync(process.execPath, [command, 'demo'], {
    stdio: 'inherit',
    env: { ...process.env, ISOCENTER_DATA_DIR: dataDir },
  });
  if (status !== 0) throw new Error('the demo studies could not be stored');
}

async function save(page: Page, name: string): Promise<void> {
  // Nothing is hovered or focused, and what fades has faded.
  await page.mouse.move(0, 0);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.waitForTimeout(600);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  console.log(`docs/screenshots/${name}.png`);
}

/** The files of a case; undefined, with a word about it, where one is missing. */
function filesOf({ name, stored }: ScreenshotCase): Buffer[] | undefined {
  const paths = stored.map((path) => join(shared, path));
  const missing = paths.find((path) => !existsSync(path));
  if (missing) {
    console.log(`left out: ${name}, because ${missing} is not there`);
    return undefined;
  }
  const filesUnder = (path: string): string[] =>
    statSync(path).isDirectory()
      ? readdirSync(path)
          .sort()
          .flatMap((entry) => filesUnder(join(path, entry)))
      : [path];
  return paths.flatMap(filesUnder).map((path) => readFileSync(path));
}

/** The UID of the study that an instance belongs to. */
async function studyOf(url: string, sopInstanceUID: string): Promise<string> {
  const response = await fetch(`${url}/dicom-web/instances?SOPInstanceUID=${sopInstanceUID}`, {
    headers: { Accept: 'application/dicom+json' },
  });
  const [found] = (await response.json()) as { '0020000D'?: { Value?: string[] } }[];
  const uid = found?.['0020000D']?.Value?.[0];
  if (!uid) throw new Error(`there is no study of ${sopInstanceUID}`);
  return uid;
}

/** Waits until the first viewport shows something, and all of its stack is loaded. */
async function waitForContent(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const viewport = document.querySelector<HTMLElement>('[data-testid="viewport-0"]');
      const { loaded, loadedCount, imageCount } = viewport?.dataset ?? {};
      const isOther = viewport?.querySelector('[data-testid="other-objects"]');
      return Boolean(isOther) || (loaded === 'true' && loadedCount === imageCount);
    },
    undefined,
    { timeout: 60_000 },
  );
}

async function drawCase(page: Page, url: string, drawn: ScreenshotCase): Promise<void> {
  const files = filesOf(drawn);
  if (!files) return;
  const [first] = await storeInstances(url, files.map(drawn.change ?? ((bytes) => bytes)));
  const sopInstanceUID = first ?? '';
  await page.goto(`${url}/viewer?StudyInstanceUIDs=${await studyOf(url, sopInstanceUID)}`);
  await waitForContent(page);
  if (drawn.position !== undefined) await showPosition(page, drawn.position);
  await page.waitForTimeout(500);
  await drawn.steps?.(page);
  // Windows of other stacks, thumbnails and what is rendered by the archive come after the first images.
  await page.waitForTimeout(2_500);
  await save(page, drawn.name);
}

async function showPosition(page: Page, share: number): Promise<void> {
  const slider = page.getByTestId('position-slider').first();
  const last = Number(await slider.getAttribute('max'));
  await slider.fill(String(Math.round(last * share)));
}

/** The list with the demo studies, and with the series and priors of one of them. */
async function drawList(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByTestId('study-row').first().waitFor();
  await save(page, 'study-list');
  await page.getByTestId('study-row').first().focus();
  await page.keyboard.press('ArrowRight');
  await page.getByTestId('preview').waitFor();
  await page.waitForTimeout(1_500);
  await save(page, 'study-list-preview');
}

async function drawStudies(page: Page, server: RealServer): Promise<void> {
  await drawList(page, server.url);
  const named = process.argv.slice(2);
  for (const drawn of screenshotCases) {
    if (named.length > 0 && !named.includes(drawn.name)) continue;
    try {
      await drawCase(page, server.url, drawn);
    } catch (error) {
      process.exitCode = 1;
      console.error(`${drawn.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  await page.goto(`${server.url}/settings`);
  await page.getByTestId('settings').waitFor();
  await save(page, 'settings');
}

async function drawSignIn(page: Page, dataDir: string): Promise<void> {
  const server = await startRealServer({ dataDir, workers: 1, settings: { ISOCENTER_AUTH: 'local' } });
  try {
    await page.goto(server.url);
    await page.getByTestId('sign-in').waitFor();
    await save(page, 'sign-in');
  } finally {
    await server.stop();
  }
}

mkdirSync(folder, { recursive: true });
const dataDir = await mkdtemp(join(tmpdir(), 'isocenter-screenshots-'));
const browser = await launch();
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const server = await startRealServer({ dataDir, workers: 1 });
  try {
    storeDemo(dataDir);
    await drawStudies(page, server);
  } finally {
    await server.stop();
  }
  await drawSignIn(page, dataDir);
} finally {
  await browser.close();
  await rm(dataDir, { recursive: true, force: true });
}
