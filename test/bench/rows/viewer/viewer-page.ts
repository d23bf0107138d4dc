import { type Browser, chromium, type Page } from 'playwright-core';
import { CHROMIUM_ARGUMENTS, ensureChromium } from '../../../support/chromium.ts';
import { stoppedAtEnd } from '../../peers/running.ts';

/** Chromium that draws in software, as on every machine without a GPU, started anew: nothing is cached. */
export async function launchBrowser(executablePath: string): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath,
    // The bench ends it itself, and then removes the rest of what it made.
    handleSIGINT: false,
    handleSIGTERM: false,
    args: [
      ...CHROMIUM_ARGUMENTS,
      '--ignore-gpu-blocklist',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--disable-quic',
      // Lets the bench count what is left after a garbage collection.
      '--js-flags=--expose-gc',
      '--enable-precise-memory-info',
    ],
  });
  stoppedAtEnd(() => browser.close());
  return browser;
}

export async function chromiumPath(): Promise<string | undefined> {
  const found = await ensureChromium();
  return 'path' in found ? found.path : undefined;
}

/**
 * Put into every page before its own scripts: finds the picture, whosever viewer draws it, and says when it came. The picture is
 * the largest canvas; it is there when its middle has grey levels. Both viewers draw elsewhere and copy the result into it.
 */
function watchForImage(): void {
  const largest = () => {
    const size = (canvas: HTMLCanvasElement) => canvas.width * canvas.height;
    return [...document.querySelectorAll('canvas')]
      .filter((canvas) => canvas.width >= 200 && canvas.height >= 200)
      .sort((a, b) => size(b) - size(a))[0];
  };
  const middle = () => {
    const canvas = largest();
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return undefined;
    const [left, width] = [Math.floor(canvas.width / 4), Math.floor(canvas.width / 2)];
    return context.getImageData(left, Math.floor(canvas.height * 0.45), width, 4).data;
  };
  const bench = { firstImageMs: undefined as number | undefined, framesDrawn: 0, largest, middle };
  Object.assign(window, { bench });

  const drawImage = CanvasRenderingContext2D.prototype.drawImage;
  let isCounted = false;
  CanvasRenderingContext2D.prototype.drawImage = function (
    this: CanvasRenderingContext2D,
    ...given: unknown[]
  ) {
    Reflect.apply(drawImage, this, given);
    // What is drawn twice between two frames is seen once.
    if (isCounted || this.canvas !== largest()) return;
    isCounted = true;
    bench.framesDrawn += 1;
    requestAnimationFrame(() => {
      isCounted = false;
    });
  };
  const look = () => {
    const data = middle();
    const levels = new Set<number>();
    if (data) for (let at = 0; at < data.length; at += 4 * 7) levels.add(data[at] ?? 0);
    if (levels.size > 8) bench.firstImageMs = performance.now();
    else setTimeout(look, 50);
  };
  look();
}

interface Bench {
  readonly firstImageMs: number | undefined;
  readonly framesDrawn: number;
  largest(): HTMLCanvasElement | undefined;
  middle(): Uint8ClampedArray | undefined;
}

export type BenchWindow = Window & typeof globalThis & { readonly bench: Bench; readonly gc?: () => void };

export interface FirstImage {
  /** From navigation to the first canvas with an image. */
  readonly ms: number;
  /** Scripts and WebAssembly up to then, bytes as sent. */
  readonly scriptBytes: number;
}

const imageTimeoutMs = 180_000;

/** A page that notes when its first image is drawn. */
export async function openWatchedPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  // The transpiler marks function names by a helper that the page has not.
  await page.addInitScript('globalThis.__name = (value) => value;');
  await page.addInitScript(watchForImage);
  return page;
}

export async function waitForImage(page: Page): Promise<number> {
  const seen = await page.waitForFunction(() => (window as BenchWindow).bench.firstImageMs ?? null, null, {
    timeout: imageTimeoutMs,
    polling: 50,
  });
  return Number(await seen.jsonValue());
}

/** Opens an address in a browser of its own, with a cold cache, and waits for the first image. */
export async function measureFirstImage(executablePath: string, url: string): Promise<FirstImage> {
  const browser = await launchBrowser(executablePath);
  try {
    const page = await openWatchedPage(browser);
    const sizes: Promise<number>[] = [];
    let isOver = false;
    page.on('requestfinished', (request) => {
      if (isOver) return;
      const size = async () => {
        const type = (await request.response())?.headers()['content-type'] ?? '';
        if (!/javascript|wasm/.test(type)) return 0;
        return (await request.sizes()).responseBodySize;
      };
      sizes.push(size().catch(() => 0));
    });
    await page.goto(url, { waitUntil: 'commit' });
    const ms = await waitForImage(page);
    isOver = true;
    const scriptBytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    return { ms, scriptBytes };
  } finally {
    await browser.close();
  }
}

/** Reads a row of the picture, which waits until all that was drawn is drawn. */
const settle = (page: Page) => page.evaluate(() => (window as BenchWindow).bench.middle()?.length);

/**
 * Turns the wheel by `count` notches, each when the one before was taken, and answers how many pictures were drawn a second. The
 * slices must be loaded.
 */
export async function scrollThrough(page: Page, count: number): Promise<number> {
  const box = await page.evaluate(() => {
    const { left, top, width, height } =
      (window as BenchWindow).bench.largest()?.getBoundingClientRect() ?? {};
    return { x: (left ?? 0) + (width ?? 0) / 2, y: (top ?? 0) + (height ?? 0) / 2 };
  });
  await page.mouse.move(box.x, box.y);
  await settle(page);
  const drawn = () => page.evaluate(() => (window as BenchWindow).bench.framesDrawn);
  const before = await drawn();
  const started = performance.now();
  for (let notch = 0; notch < count; notch++) await page.mouse.wheel(0, 100);
  await settle(page);
  const pictures = Math.min(count, (await drawn()) - before);
  return (pictures * 1000) / (performance.now() - started);
}
