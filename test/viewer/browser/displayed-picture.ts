import type { Page } from 'playwright-core';

/** Attributes that a viewport shows of itself, such as `imageIndex` and `windowCenter`. */
export type ViewportFacts = Readonly<Record<string, string | undefined>>;

/** Waits until a viewport shows an image (a certain one, when its SOP Instance UID is given), and tells its facts. */
export async function waitForImage(page: Page, sopInstanceUID?: string, tile = 0): Promise<ViewportFacts> {
  await page.waitForFunction(
    ({ id, uid }) => {
      const viewport = document.querySelector<HTMLElement>(`[data-testid="${id}"]`);
      return viewport?.dataset.loaded === 'true' && (!uid || viewport.dataset.sopInstanceUid === uid);
    },
    { id: `viewport-${tile}`, uid: sopInstanceUID },
  );
  await untilDrawn(page);
  return viewportFacts(page, tile);
}

/**
 * Until what the page has been told is on its screen: React's effects come in one frame, a changed size is seen in the next, and
 * the renderer draws in the one after. Frames are counted, not time: a crowded machine has fewer of them.
 */
export async function untilDrawn(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let frame = 0; frame < 4; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
  });
}

export async function viewportFacts(page: Page, tile = 0): Promise<ViewportFacts> {
  return page
    .getByTestId(`viewport-${tile}`)
    .evaluate((element) => ({ ...(element as HTMLElement).dataset }) as Record<string, string>);
}

/** Waits until the viewport says something of itself. */
export async function waitForFact(page: Page, name: string, value: string, tile = 0): Promise<void> {
  await page.waitForFunction(
    ({ id, name, value }) =>
      document.querySelector<HTMLElement>(`[data-testid="${id}"]`)?.dataset[name] === value,
    { id: `viewport-${tile}`, name, value },
  );
  await untilDrawn(page);
}

/** A place in an image: column and row, from 0 at the centre of the first pixel; fractions lie between pixels. */
export type Point = readonly [column: number, row: number];
/** Red, green, blue, 0 to 255. */
export type Colour = readonly [number, number, number];

/** What the screen shows somewhere: a colour, and the place in the image that the middle of that screen pixel is. */
export interface Sample {
  readonly colour: Colour;
  readonly place: Point;
}

/**
 * The colours on the screen nearest to given places of an image that is shown whole and centred. `rowScale` is the height
 * of a pixel divided by its width.
 */
export async function samplePicture(
  page: Page,
  size: { readonly rows: number; readonly columns: number; readonly rowScale?: number },
  points: readonly Point[],
  tile = 0,
): Promise<Sample[]> {
  const zoom = Number((await viewportFacts(page, tile)).zoom);
  // As text both ways: thousands of small arrays take Playwright longer than the picture takes the page.
  const told = await page.locator(`[data-testid="viewport-element-${tile}"] canvas`).evaluate(
    (element, { rows, columns, rowScale, zoom, places }) => {
      const canvas = element as HTMLCanvasElement;
      const { width, height } = canvas;
      const pixels = canvas.getContext('2d')?.getImageData(0, 0, width, height).data;
      if (!pixels) throw new Error('the canvas is not readable');
      const scale = (zoom * width) / canvas.clientWidth;
      const samples = (JSON.parse(places) as [number, number][]).map(([column, row]) => {
        const x = Math.floor(width / 2 + (column + 0.5 - columns / 2) * scale);
        const y = Math.floor(height / 2 + (row + 0.5 - rows / 2) * scale * rowScale);
        const at = (y * width + x) * 4;
        const colour = [pixels[at] ?? -1, pixels[at + 1] ?? -1, pixels[at + 2] ?? -1];
        const place = [
          (x + 0.5 - width / 2) / scale + columns / 2 - 0.5,
          (y + 0.5 - height / 2) / (scale * rowScale) + rows / 2 - 0.5,
        ];
        return { colour, place };
      });
      return JSON.stringify(samples);
    },
    { rowScale: 1, ...size, zoom, places: JSON.stringify(points) },
  );
  return JSON.parse(told) as Sample[];
}

/** The colours at the given places, for images of even areas. */
export async function displayedColours(...request: Parameters<typeof samplePicture>): Promise<Colour[]> {
  return (await samplePicture(...request)).map((sample) => sample.colour);
}

/** The letters at the edges of a viewport: top, right, bottom, left. */
export function edgeLetters(page: Page, tile = 0): Promise<string[]> {
  return page
    .getByTestId(`viewport-${tile}`)
    .evaluate((viewport) =>
      ['top', 'right', 'bottom', 'left'].map(
        (edge) => viewport.querySelector(`[data-testid="marker-${edge}"]`)?.textContent ?? '',
      ),
    );
}
