import { readFile } from 'node:fs/promises';
import type { Browser, CDPSession, Page } from 'playwright-core';

/** What a page holds and keeps running, after a garbage collection. */
export interface Leftovers {
  /** JavaScript objects, bytes. */
  readonly heapBytes: number;
  /** Resident memory of the browser's processes for pages and for drawing, bytes; Linux only. */
  readonly residentBytes: number;
  readonly domNodes: number;
  readonly listeners: number;
  readonly workers: number;
  readonly webGlContexts: number;
  readonly intervals: number;
  readonly requestsInFlight: number;
  readonly blobUrls: number;
}

/** Put into the page before its scripts: counts what is begun and ended. */
function countInPage(): void {
  const counts = {
    intervals: new Set<unknown>(),
    contexts: new Set<WeakRef<object>>(),
    blobs: new Set<string>(),
  };
  Object.assign(window, { leftovers: counts });
  const { setInterval: begin, clearInterval: end } = window;
  Object.assign(window, {
    setInterval: (...given: unknown[]) => {
      const timer = Reflect.apply(begin, window, given);
      counts.intervals.add(timer);
      return timer;
    },
    clearInterval: (timer: number) => {
      counts.intervals.delete(timer);
      end(timer);
    },
  });
  const { getContext } = HTMLCanvasElement.prototype;
  const known = new WeakSet<object>();
  HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, ...given: unknown[]) {
    const context = Reflect.apply(getContext, this, given);
    if (/webgl/.test(String(given[0])) && context && !known.has(context)) {
      known.add(context);
      counts.contexts.add(new WeakRef(context));
    }
    return context;
  } as typeof getContext;
  const { createObjectURL, revokeObjectURL } = URL;
  URL.createObjectURL = (blob) => {
    const url = Reflect.apply(createObjectURL, URL, [blob]);
    counts.blobs.add(url);
    return url;
  };
  URL.revokeObjectURL = (url) => {
    counts.blobs.delete(url);
    Reflect.apply(revokeObjectURL, URL, [url]);
  };
}

type CountingWindow = Window &
  typeof globalThis & {
    leftovers: {
      intervals: Set<unknown>;
      contexts: Set<WeakRef<WebGLRenderingContext>>;
      blobs: Set<string>;
    };
  };

async function residentBytes(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  try {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const pages = processInfo.filter(({ type }) => type === 'renderer' || type === 'GPU');
    const sizes = await Promise.all(
      pages.map(async ({ id }) => {
        // proc(5): size and resident set, in pages of 4 KiB.
        const text = await readFile(`/proc/${id}/statm`, 'utf8').catch(() => '0 0');
        return Number(text.split(' ')[1]) * 4096;
      }),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  } finally {
    await session.detach();
  }
}

/** Watches a page from before its first navigation; the function that it returns takes stock. */
export async function watchLeftovers(page: Page): Promise<() => Promise<Leftovers>> {
  // The transpiler marks function names by a helper that the page has not.
  await page.addInitScript('globalThis.__name = (value) => value;');
  await page.addInitScript(countInPage);
  const browser = page.context().browser();
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  let requestsInFlight = 0;
  page.on('request', () => {
    requestsInFlight += 1;
  });
  for (const end of ['requestfinished', 'requestfailed'] as const)
    page.on(end as 'requestfinished', () => {
      requestsInFlight -= 1;
    });
  return async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    const metric = (name: string) => metrics.find((each) => each.name === name)?.value ?? Number.NaN;
    const inPage = await page.evaluate(() => {
      const { intervals, contexts, blobs } = (window as CountingWindow).leftovers;
      const isAlive = (context: WebGLRenderingContext | undefined) => context && !context.isContextLost();
      const webGlContexts = [...contexts].filter((reference) => isAlive(reference.deref())).length;
      return { intervals: intervals.size, webGlContexts, blobUrls: blobs.size };
    });
    return {
      heapBytes: metric('JSHeapUsedSize'),
      residentBytes: browser ? await residentBytes(browser) : Number.NaN,
      domNodes: metric('Nodes'),
      listeners: metric('JSEventListeners'),
      workers: page.workers().length,
      requestsInFlight,
      ...inPage,
    };
  };
}
