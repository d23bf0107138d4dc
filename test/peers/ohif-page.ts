import type { Browser, Page } from 'playwright-core';

/** OHIF in a page of its own, and what went wrong there. */
export interface OhifPage {
  page: Page;
  /** Errors of the page; requests that failed or were refused. */
  problems: string[];
  /** `GET 200 application/pdf`, with the path, of all answers of the DICOMweb server. */
  answers: string[];
}

export async function openOhif(browser: Browser, url: string): Promise<OhifPage> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const problems: string[] = [];
  const answers: string[] = [];
  page.on('pageerror', (error) => problems.push(`${error.name}: ${error.message}`));
  page.on('requestfailed', (request) => {
    // A viewer that closes breaks off what it has asked for.
    if (!page.isClosed())
      problems.push(`${request.method()} ${request.url()}: ${request.failure()?.errorText}`);
  });
  page.on('response', (response) => {
    const request = response.request();
    const { pathname } = new URL(response.url());
    if (response.status() >= 400) problems.push(`${request.method()} ${response.status()} ${response.url()}`);
    if (pathname.startsWith('/dicom-web'))
      answers.push(
        `${request.method()} ${response.status()} ${response.headers()['content-type'] ?? ''} ${pathname}`,
      );
  });
  await page.goto(url);
  return { page, problems, answers };
}

/** Its tour lies over the picture and takes the keys. */
export async function skipTour(page: Page): Promise<void> {
  await page.getByText('Skip all').click({ timeout: 60_000 });
}

export interface DrawnPicture {
  width: number;
  height: number;
  /** How many grey levels, of 256, the middle of the picture has. */
  levels: number;
  /** The share of points in it whose colour is not grey. */
  coloured: number;
  /** Of the middle: tells one picture from another. */
  checksum: number;
}

/** The greatest canvas of the page, once something is drawn there. */
export async function drawnPicture(page: Page): Promise<DrawnPicture> {
  const seen = await page.waitForFunction(
    () => {
      const size = (canvas: HTMLCanvasElement) => canvas.width * canvas.height;
      const [canvas] = [...document.querySelectorAll('canvas')].sort((a, b) => size(b) - size(a));
      const context = canvas?.getContext('2d');
      if (!canvas || !context) return null;
      const { width, height } = canvas;
      const { data } = context.getImageData(width / 4, height / 4, width / 2, height / 2);
      const levels = new Set<number>();
      let coloured = 0;
      let checksum = 0;
      for (let i = 0; i < data.length; i += 4) {
        const [r = 0, g = 0, b = 0] = data.subarray(i, i + 3);
        levels.add(g);
        if (Math.max(r, g, b) - Math.min(r, g, b) > 40) coloured++;
        checksum = (checksum * 31 + r + g + b) % 1_000_000_007;
      }
      if (levels.size < 32) return null;
      return { width, height, levels: levels.size, coloured: coloured / (data.length / 4), checksum };
    },
    null,
    { timeout: 60_000, polling: 100 },
  );
  const picture = await seen.jsonValue();
  if (picture === null) throw new Error('nothing is drawn');
  return picture;
}

/** Waits until the picture is another than `before`. */
export async function pictureAfter(page: Page, before: DrawnPicture): Promise<DrawnPicture> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const picture = await drawnPicture(page);
    if (picture.checksum !== before.checksum) return picture;
    await page.waitForTimeout(100);
  }
  throw new Error('the picture stays the same');
}
