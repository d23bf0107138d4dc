import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeInstances } from '../../support/dicomweb-requests.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { hasChromium, launchChromium, openPage } from './chromium-page.ts';
import { waitForImage } from './displayed-picture.ts';

/** X-ray angiography, 1024 x 1024, lossless High-Throughput JPEG 2000 in RPCL order (NEMA WG-04). */
const file = join(import.meta.dirname, '../../../../shared/dicom/syntax/wg04-htj2k/dicomhtj2k/XA1_JPH');
const isPresent = existsSync(file);
if (!isPresent)
  process.stderr.write(`\nLEFT OUT: progressive display in the browser, because ${file} is not there\n`);

/** A line to the archive that carries a third of each frame, and the rest when it is told to. */
interface SlowLine {
  url: string;
  release(): void;
  close(): Promise<void>;
}

async function startSlowLine(target: string): Promise<SlowLine> {
  let release = () => {};
  const isReleased = new Promise<void>((resolve) => {
    release = resolve;
  });
  const line = http.createServer((request, response) => {
    const { method, headers, url } = request;
    const outgoing = http.request(new URL(url ?? '/', target), { method, headers }, async (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      if (!/\/frames\/\d+$/.test(url ?? '')) return void answer.pipe(response);
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      const third = Math.ceil(body.length / 3);
      response.write(body.subarray(0, third));
      await isReleased;
      response.end(body.subarray(third));
    });
    outgoing.on('error', () => response.destroy());
    request.pipe(outgoing);
  });
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
  const address = line.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    release,
    close: () =>
      new Promise((resolve) => {
        line.close(() => resolve());
        line.closeAllConnections();
      }),
  };
}

/** Mean grey of 16 x 16 fields of the picture. */
function fieldsOf(page: Page): Promise<number[]> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="viewport-element-0"] canvas');
    const context = canvas?.getContext('2d');
    if (!canvas || !context) throw new Error('no picture');
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const sums = Array.from({ length: 256 }, () => ({ sum: 0, count: 0 }));
    for (let y = 0; y < canvas.height; y++) {
      for (let x = 0; x < canvas.width; x++) {
        const field = sums[Math.floor((y * 16) / canvas.height) * 16 + Math.floor((x * 16) / canvas.width)];
        if (!field) continue;
        field.sum += data[(y * canvas.width + x) * 4] ?? 0;
        field.count += 1;
      }
    }
    return sums.map(({ sum, count }) => sum / count);
  });
}

describe.skipIf(!isPresent || !hasChromium())('an image that arrives slowly', () => {
  let server: TestServer;
  let browser: Browser;
  let line: SlowLine;

  beforeAll(async () => {
    server = await startServer();
    await storeInstances(server.url, [readFileSync(file)]);
    line = await startSlowLine(server.url);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await line?.close();
    await server?.stop();
  });

  it('is seen coarse, and marked so, until all of it is there; then it is the whole one', async () => {
    const { page, complaints } = await openPage(browser, line.url);
    const studies = (await (await fetch(`${server.dicomweb}/studies`)).json()) as Record<
      string,
      { Value: string[] }
    >[];
    await page.goto(`/viewer?StudyInstanceUIDs=${studies[0]?.['0020000D']?.Value[0]}`);
    const badge = page.getByTestId('fidelity');
    await badge.waitFor();
    // Drawn behind the badge: the picture, not nothing.
    await page.waitForFunction(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="viewport-element-0"] canvas');
      const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      return new Set(data.filter((_, at) => at % 4 === 0)).size > 32;
    });
    const coarse = await fieldsOf(page);
    line.release();
    await badge.waitFor({ state: 'detached' });
    await waitForImage(page);
    const whole = await fieldsOf(page);
    const errors = whole.map((grey, at) => Math.abs(grey - (coarse[at] ?? 0)));
    // The same picture at the same place: a mirrored or shifted one differs by far more.
    expect(Math.max(...errors)).toBeLessThan(12);
    expect(Math.max(...whole) - Math.min(...whole)).toBeGreaterThan(40);
    expect(complaints).toEqual([]);
  });
});
