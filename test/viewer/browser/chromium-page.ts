import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { inject } from 'vitest';
import { CHROMIUM_ARGUMENTS } from '../../support/chromium.ts';

/**
 * A headless Chromium for one test file; `more` is what else it is started with. @throws when this machine has none; skip with
 * `hasChromium` first.
 */
export async function launchChromium(...more: readonly string[]): Promise<Browser> {
  const executablePath = inject('chromium');
  if (!executablePath) throw new Error('no Chromium on this machine; the end of the run says why');
  return chromium.launch({
    executablePath,
    args: [
      ...CHROMIUM_ARGUMENTS,
      '--ignore-gpu-blocklist',
      // WebGL is drawn by SwiftShader; the page itself is put together faster without it.
      '--disable-gpu-compositing',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--disable-quic',
      ...more,
    ],
  });
}

export const hasChromium = (): boolean => inject('chromium') !== null;

/** What a page complained of while a test ran. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: string[];
}

/** A page of its own session, in which errors and console output are collected; `more` is what else the session has. */
export async function openPage(
  browser: Browser,
  url: string,
  more: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 800 }, ...more });
  // Long enough for a crowded machine; what is never there fails all the same.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`${error.name}: ${error.message}`));
  page.on('console', (message) => {
    // Chromium itself reports refused requests and the pixel reading of these tests, codecs what they find in a stream.
    const isChromiums =
      /^(Failed to load resource|Canvas2D: Multiple readback|\[\.WebGL-\w+\]GL Driver Message|\[(ERROR|INFO)\] )/.test(
        message.text(),
      );
    if (!isChromiums) complaints.push(message.text());
  });
  return { page, context, complaints };
}
