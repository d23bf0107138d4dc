import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeInstances } from '../../support/dicomweb-requests.ts';
import { testUid } from '../../support/make-instance.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { accessibilityFaults } from './accessibility.ts';
import { hasChromium, launchChromium, openPage } from './chromium-page.ts';
import { waitForImage } from './displayed-picture.ts';
import { makeSlices } from './make-slices.ts';
import { openAddress } from './reading-page.ts';

const password = 'correct horse battery';

// WCAG 2.2 AA as far as a program can tell; the list and the settings are looked at in their own tests too.
describe.skipIf(!hasChromium())('axe-core finds no faults', () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  const study = testUid();

  beforeAll(async () => {
    server = await startServer({ authentication: 'local' });
    const { access } = server.services;
    await access.addAccount({ username: 'reader', password, roles: ['administrator'] });
    const { key } = await access.makeApiKey('reader', 'test');
    await storeInstances(server.url, makeSlices(study, 12), { Authorization: `Bearer ${key}` });
    browser = await launchChromium();
    ({ page } = await openPage(browser, server.url));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const faults = () => accessibilityFaults(page);

  /** Runs a command by its place in the palette, as who uses the keyboard alone would. */
  async function run(command: string): Promise<void> {
    await page.keyboard.press('Control+k');
    await page.getByTestId(`palette-${command}`).click();
    await page.getByTestId('palette').waitFor({ state: 'detached' });
  }

  it('where one signs in, also after a wrong password', async () => {
    await page.goto(`/viewer?StudyInstanceUIDs=${study}`);
    await page.locator('input[name="username"]').fill('reader');
    await page.locator('input[name="password"]').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByTestId('sign-in-error').waitFor();
    expect(await faults()).toEqual([]);
    await page.locator('input[name="password"]').fill(password);
    await page.keyboard.press('Enter');
    await waitForImage(page);
  });

  it.each(['measure', 'view', 'volume', 'link', 'output'])('in the menu %s of the toolbar', async (name) => {
    await page.getByTestId(`toolbar-${name}`).click();
    await page.getByRole('menu').waitFor();
    expect(await faults()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    // The focus is where it came from.
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.testid)).toBe(
      `toolbar-${name}`,
    );
  });

  it.each([
    ['window-menu', 'window-width'],
    ['layout-menu', 'layout-dropdown'],
  ])('in %s', async (name, content) => {
    await page.getByTestId(name).click();
    await page.getByTestId(content).waitFor();
    expect(await faults()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByTestId(content).waitFor({ state: 'hidden' });
  });

  it.each([
    ['help', 'dialog'],
    ['tagBrowser', 'dialog'],
    ['exportPicture', 'dialog'],
  ])('in the %s', async (command, role) => {
    await run(command);
    await page
      .getByRole(role as 'dialog')
      .first()
      .waitFor();
    expect(await faults()).toEqual([]);
    await page.keyboard.press('Escape');
    await page
      .getByRole(role as 'dialog')
      .first()
      .waitFor({ state: 'detached' });
  });

  it('with a measurement, its list and key images', async () => {
    await run('toolLength');
    const box = await page.getByTestId('viewport-element-0').boundingBox();
    const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 80, y + 30, { steps: 4 });
    await page.mouse.up();
    await run('measurementList');
    await page.getByTestId('measurement-list').waitFor();
    expect(await faults()).toEqual([]);
    await run('measurementList');
    await run('toggleKeyImage');
    await run('keyImages');
    expect(await faults()).toEqual([]);
    await run('keyImages');
  });

  it('with the planes of a volume', async () => {
    await run('mpr');
    await page.getByTestId('viewport-2').waitFor();
    expect(await faults()).toEqual([]);
  });

  it('where there is no page, and no such study', async () => {
    await openAddress(page, '/viewer?StudyInstanceUIDs=1.2.3.4');
    await page.getByRole('alert').or(page.getByRole('status')).first().waitFor();
    expect(await faults()).toEqual([]);
    await openAddress(page, '/viewer');
    await page.getByRole('link').first().waitFor();
    expect(await faults()).toEqual([]);
  });

  it('where the browser can’t draw, which it says, and shows no image', async () => {
    const blind = await launchChromium('--disable-3d-apis');
    try {
      const [cookies, { page: other }] = [await page.context().cookies(), await openPage(blind, server.url)];
      await other.context().addCookies(cookies);
      await other.goto(`/viewer?StudyInstanceUIDs=${study}`);
      await other.getByTestId('no-graphics').waitFor();
      expect(await other.locator('canvas').count()).toBe(0);
      expect(await accessibilityFaults(other)).toEqual([]);
      await other.getByRole('link').click();
      await other.getByTestId('study-row').first().waitFor();
    } finally {
      await blind.close();
    }
  });
});
