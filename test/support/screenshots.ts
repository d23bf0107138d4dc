import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { CHROMIUM_ARGUMENTS, ensureChromium } from './chromium.ts';
import { storeInstances } from './dicomweb-requests.ts';
import { type RealServer, startRealServer } from './real-server.ts';

// `npm run screenshots`: draws docs/screenshots/*.png from the built server with the demo studies, and with the chest CT
// of ../shared/dicom where that is present. Build before.

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'docs', 'screenshots');
const chestCt = join(root, '..', 'shared', 'dicom', 'volumes', 'ct-chest');

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

/** Opens the first study that a search of the list finds, and waits for all images of its first series. */
async function openStudy(page: Page, url: string, search: string): Promise<boolean> {
  await page.goto(`${url}/?${search}`);
  const row = page.getByTestId('study-row').first();
  try {
    await row.waitFor({ timeout: 5_000 });
  } catch {
    console.log(`left out: there is no study for ${search}`);
    return false;
  }
  await row.click();
  await page.waitForFunction(() => {
    const viewport = document.querySelector<HTMLElement>('[data-testid="viewport-0"]')?.dataset;
    return viewport?.loaded === 'true' && viewport.loadedCount === viewport.imageCount;
  });
  return true;
}

async function showPosition(page: Page, share: number): Promise<void> {
  const slider = page.getByTestId('position-slider');
  const last = Number(await slider.getAttribute('max'));
  await slider.fill(String(Math.round(last * share)));
}

async function drawStudies(page: Page, server: RealServer): Promise<void> {
  await page.goto(server.url);
  await page.getByTestId('study-row').first().waitFor();
  await save(page, 'study-list');
  if (await openStudy(page, server.url, 'modality=CT')) {
    await showPosition(page, 0.5);
    await save(page, 'ct-demo');
  }
  if (await openStudy(page, server.url, 'modality=US')) await save(page, 'ultrasound');
  if (!existsSync(chestCt)) {
    console.log(`left out: the chest CT, because ${chestCt} is not there`);
    return;
  }
  await storeInstances(
    server.url,
    readdirSync(chestCt).map((name) => readFileSync(join(chestCt, name))),
  );
  if (await openStudy(page, server.url, 'description=CHEST+W+CONTRAST')) {
    await showPosition(page, 0.4);
    await save(page, 'chest-ct');
    await page.keyboard.press('2');
    await save(page, 'chest-ct-lung-window');
  }
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
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
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
