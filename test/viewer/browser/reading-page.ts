import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { launchChromium, openPage, type WatchedPage } from './chromium-page.ts';

/** What the tests of one describe block share. */
export interface ReadingPage {
  readonly server: TestServer;
  readonly page: Page;
  /** What the page complained of so far. */
  readonly complaints: readonly string[];
}

function begun<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the page of the tests is there only while they run');
  return value;
}

/** Begins a server, a browser and a page before the tests of this describe block, and ends them after it. */
export function provideReadingPage(): ReadingPage {
  let server: TestServer | undefined;
  let browser: Browser | undefined;
  let watched: WatchedPage | undefined;
  beforeAll(async () => {
    const starting = startServer().then((started) => {
      server = started;
    });
    browser = await launchChromium();
    await starting;
    // Menus open at once: there is much to be chosen, and nothing to be seen of how they come.
    watched = await openPage(browser, begun(server).url, { reducedMotion: 'reduce' });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  return {
    get server() {
      return begun(server);
    },
    get page() {
      return begun(watched).page;
    },
    get complaints() {
      return begun(watched).complaints;
    },
  };
}

/**
 * Opens an address of the viewer. The page is loaded for the first one; from then on it goes from address to address as by its own
 * links, which takes a tenth of the time. What was open before is gone when this answers, also when it is opened again.
 */
export async function openAddress(page: Page, address: string): Promise<void> {
  if (page.url() === 'about:blank') {
    await page.goto(address);
    return;
  }
  await page.evaluate(async (wanted) => {
    const gone = async (element: Element | null) => {
      while (element?.isConnected) await new Promise((resolve) => requestAnimationFrame(resolve));
    };
    const opened = () => document.querySelector('[data-testid="study-viewer"]');
    if (location.pathname + location.search === wanted) {
      // The viewer without a study: what is asked for by the address that is there already would not be opened anew.
      const before = opened();
      history.pushState(null, '', '/viewer');
      await gone(before);
    }
    const before = opened();
    history.pushState(null, '', wanted);
    await gone(before);
  }, address);
}

/** Opens studies, by their Study Instance UIDs; `more` is what else the address says. */
export function openStudies(page: Page, studies: string, more = ''): Promise<void> {
  return openAddress(page, `/viewer?StudyInstanceUIDs=${studies}${more}`);
}
