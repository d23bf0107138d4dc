import { type Browser, chromium, type Page } from 'playwright-core';
import { CHROMIUM_ARGUMENTS, ensureChromium } from '../support/chromium.ts';

/** Chromium that draws in software, as on every machine without a GPU, started anew: nothing is cached. */
export async function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
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
}

export async function chromiumPath(): Promise<string | undefined> {
  const found = await ensureChromium();
  return 'path' in found ? found.path : undefined;
}

/**
 * Put into every page before its own scripts: finds the picture, whosever viewer draws it, and says when it came. The picture is
 * the largest canvas; it is there when its middle has grey levels.
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
    const side = Math.floor(Math.min(canvas.width, canvas.height) / 2);
    const [left, top] = [(canvas.width - side) / 2, (canvas.height - side) / 2];
    return context.getImageData(Math.floor(left), Math.floor(top), side, side).data;
  };
  const bench = {
    firstImageMs: undefined as number | undefined,
    largest,
    /** Tells one slice from another by a strip through its middle. */
    checksum: () => {
      const canvas = largest();
      const context = canvas?.getContext('2d');
      if (!canvas || !context) return 0;
      const strip = context.getImageData(0, Math.floor(canvas.height / 2), canvas.width, 1).data;
      let sum = 0;
      for (const value of strip) sum = (sum * 31 + value) % 1_000_000_007;
      return sum;
    },
  };
  Object.assign(window, { bench });
  const look = () => {
    const data = middle();
    const levels = new Set<number>();
    if (data) for (let at = 0; at < data.length; at += 4 * 97) levels.add(data[at] ?? 0);
    if (levels.size > 8) bench.firstImageMs = performance.now();
    else setTimeout(look, 20);
  };
  look();
}

interface Bench {
  readonly firstImageMs: number | undefined;
  largest(): HTMLCanvasElement | undefined;
  checksum(): number;
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

/**
 * Turns the wheel by one notch a frame until `count` notches are done, and answers how many different pictures were seen a
 * second. The slices must be loaded, and no two look alike.
 */
export async function scrollThrough(page: Page, count: number): Promise<number> {
  return page.evaluate(async (notches) => {
    const { bench } = window as BenchWindow;
    const canvas = bench.largest();
    if (!canvas) throw new Error('there is no picture');
    const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    let [seen, pictures] = [bench.checksum(), 0];
    const look = () => {
      const now = bench.checksum();
      if (now !== seen) pictures += 1;
      seen = now;
    };
    const box = canvas.getBoundingClientRect();
    const place = { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 };
    const started = performance.now();
    for (let notch = 0; notch < notches; notch++) {
      canvas.dispatchEvent(
        new WheelEvent('wheel', { deltaY: 100, bubbles: true, cancelable: true, ...place }),
      );
      await nextFrame();
      look();
    }
    // What is still on its way belongs to the time.
    for (let quiet = 0, before = pictures; quiet < 10; quiet++) {
      await nextFrame();
      look();
      if (pictures !== before) [quiet, before] = [0, pictures];
    }
    return (pictures * 1000) / (performance.now() - started);
  }, count);
}
