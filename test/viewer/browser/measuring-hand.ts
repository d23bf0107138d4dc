import type { Page } from 'playwright-core';
import type { Point } from './displayed-picture.ts';

/** An image that is shown whole and centred; `rowScale` is the height of a pixel divided by its width. */
export interface ShownImage {
  readonly rows: number;
  readonly columns: number;
  readonly rowScale?: number;
}

/** What the viewer tells of a measurement, in full precision. */
export interface ToldMeasurement {
  readonly tool: string;
  readonly values: Readonly<Record<string, number>>;
  readonly units: Readonly<Record<string, string>>;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly calibration: string;
  readonly notice: string;
  readonly label: string;
  readonly uid: string;
}

/** Where on the page the places of an image are. */
export async function pagePlaces(
  page: Page,
  { rows, columns, rowScale = 1 }: ShownImage,
  points: readonly Point[],
  tile = 0,
): Promise<{ x: number; y: number }[]> {
  const zoom = Number(await page.getByTestId(`viewport-${tile}`).getAttribute('data-zoom'));
  const box = await page.getByTestId(`viewport-element-${tile}`).boundingBox();
  if (!box) throw new Error('no viewport');
  return points.map(([column, row]) => ({
    x: box.x + box.width / 2 + (column + 0.5 - columns / 2) * zoom,
    y: box.y + box.height / 2 + (row + 0.5 - rows / 2) * zoom * rowScale,
  }));
}

/** Draws from place to place with the button down. */
export async function drag(page: Page, image: ShownImage, points: readonly Point[]): Promise<void> {
  const [first, ...rest] = await pagePlaces(page, image, points);
  if (!first) return;
  await page.mouse.move(first.x, first.y);
  await page.mouse.down();
  for (const { x, y } of rest) await page.mouse.move(x, y, { steps: 4 });
  await page.mouse.up();
}

/** Sets place after place by clicks. */
export async function click(page: Page, image: ShownImage, points: readonly Point[]): Promise<void> {
  for (const { x, y } of await pagePlaces(page, image, points)) {
    await page.mouse.move(x, y, { steps: 2 });
    await page.mouse.down();
    await page.mouse.up();
  }
}

/** Chooses a tool from the menu of measuring tools. */
export async function takeTool(page: Page, command: string): Promise<void> {
  await page.getByTestId('toolbar-measure').click();
  await page.getByTestId(`menu-${command}`).click();
  await page.getByTestId(`menu-${command}`).waitFor({ state: 'hidden' });
}

/** All measurements on a viewport, in the order in which they were made; waits until there are so many. */
export async function measurements(page: Page, count: number, tile = 0): Promise<ToldMeasurement[]> {
  const selector = `[data-testid="measurements-${tile}"] [data-testid="measurement"]`;
  await page.waitForFunction(({ selector, count }) => document.querySelectorAll(selector).length === count, {
    selector,
    count,
  });
  return page.locator(selector).evaluateAll((elements) =>
    elements.map((element) => {
      const {
        tool = '',
        values = '[]',
        points = '[]',
        calibration = '',
        notice = '',
        uid = '',
      } = (element as unknown as HTMLElement).dataset;
      const told = JSON.parse(values) as { quantity: string; value: number; unit: string }[];
      return {
        tool,
        uid,
        values: Object.fromEntries(told.map(({ quantity, value }) => [quantity, value])),
        units: Object.fromEntries(told.map(({ quantity, unit }) => [quantity, unit])),
        points: JSON.parse(points) as { x: number; y: number }[],
        calibration,
        notice,
        label: [...element.querySelectorAll('text')].map((line) => line.textContent).join(' | '),
      };
    }),
  );
}
