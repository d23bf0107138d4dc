import type { Page } from 'playwright-core';
import { untilDrawn, viewportFacts } from './displayed-picture.ts';

/** LPS, mm; directions are unit vectors. */
type Vector = readonly [number, number, number];

/** A plane as it must lie on the screen: its directions, and the place that is in the middle of the viewport. */
export interface ExpectedPlane {
  readonly right: Vector;
  readonly down: Vector;
  readonly middle: Vector;
  /** mm that are one pixel of the screen at a zoom of 100 %. */
  readonly columnSpacing: number;
}

/** What the screen shows somewhere, 0 (black) to 255, and the place in the patient that the middle of that pixel is. */
export interface PlaneSample {
  readonly grey: number;
  readonly place: Vector;
}

/** Waits until every slice of a plane's volume is there and drawn. */
export async function waitForPlane(page: Page, tile: number, plane: string): Promise<void> {
  await page.waitForFunction(
    ({ tile, plane }) => {
      const viewport = document.querySelector<HTMLElement>(`[data-testid="viewport-${tile}"]`);
      const chip = viewport?.querySelector<HTMLElement>(`[data-testid="plane-chip-${tile}"]`);
      const { loaded, loadedCount } = viewport?.dataset ?? {};
      const isFilling = viewport?.querySelector('[data-testid="notice-filling"]') !== null;
      return loaded === 'true' && Number(loadedCount) > 2 && chip?.dataset.plane === plane && !isFilling;
    },
    { tile, plane },
  );
  await untilDrawn(page);
}

/** Until what was drawn coarsely while something moved is drawn finely. */
export async function settle(page: Page): Promise<void> {
  await untilDrawn(page);
  await page.waitForTimeout(250);
}

/** The point that all planes go through, as a viewport tells it. */
export async function pointOf(page: Page, tile: number): Promise<Vector> {
  const told = await page.getByTestId(`plane-chip-${tile}`).getAttribute('data-point');
  const [x = Number.NaN, y = Number.NaN, z = Number.NaN] = (told ?? '').split(' ').map(Number);
  return [x, y, z];
}

/** Greys at a grid of screen pixels, `step` pixels apart, with the places that the expected plane has there. */
export async function samplePlane(
  page: Page,
  tile: number,
  plane: ExpectedPlane,
  step = 9,
): Promise<PlaneSample[]> {
  const zoom = Number((await viewportFacts(page, tile)).zoom);
  const canvas = page.locator(`[data-testid="viewport-element-${tile}"] canvas.plane-canvas`);
  const told = await canvas.evaluate((element, step) => {
    const { width, height, clientWidth } = element as HTMLCanvasElement;
    const pixels = (element as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data;
    if (!pixels) throw new Error('the canvas is not readable');
    const found: [number, number, number][] = [];
    const ratio = width / clientWidth;
    for (let y = 0; y < height; y += step) {
      for (let x = 0; x < width; x += step) {
        const at = (y * width + x) * 4;
        found.push([(x + 0.5 - width / 2) / ratio, (y + 0.5 - height / 2) / ratio, pixels[at] ?? -1]);
      }
    }
    return JSON.stringify(found);
  }, step);
  const samples = JSON.parse(told) as [number, number, number][];
  const mmPerPixel = plane.columnSpacing / zoom;
  return samples.map(([x, y, grey]) => {
    const along = (axis: 0 | 1 | 2) =>
      plane.middle[axis] + (plane.right[axis] * x + plane.down[axis] * y) * mmPerPixel;
    return { grey, place: [along(0), along(1), along(2)] };
  });
}
