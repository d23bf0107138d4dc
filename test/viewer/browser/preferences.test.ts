import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeInstances } from '../../support/dicomweb-requests.ts';
import { testUid } from '../../support/make-instance.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { accessibilityFaults } from './accessibility.ts';
import { hasChromium, launchChromium, openPage } from './chromium-page.ts';
import { viewportFacts, waitForFact, waitForImage } from './displayed-picture.ts';
import { eventually } from './eventually.ts';
import { makeSlices } from './make-slices.ts';
import { openAddress, openStudies } from './reading-page.ts';

const password = 'correct horse battery';
const sliceCount = 30;

describe.skipIf(!hasChromium())('what a reader sets', () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  const complaints: string[][] = [];
  const study = testUid();

  beforeAll(async () => {
    server = await startServer({ authentication: 'local' });
    const { access } = server.services;
    for (const username of ['first', 'second'])
      await access.addAccount({ username, password, roles: ['administrator'] });
    const { key } = await access.makeApiKey('first', 'test');
    await storeInstances(server.url, makeSlices(study, sliceCount), { Authorization: `Bearer ${key}` });
    browser = await launchChromium();
    page = await freshPage();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function freshPage(): Promise<Page> {
    const watched = await openPage(browser, server.url);
    complaints.push(watched.complaints);
    return watched.page;
  }

  async function signIn(target: Page, username: string, path = '/'): Promise<void> {
    await target.goto(path);
    await target.locator('input[name="username"]').fill(username);
    await target.locator('input[name="password"]').fill(password);
    await target.keyboard.press('Enter');
  }

  /** Where a setting is kept, once it is. */
  const kept = async (name: string) => {
    const answer = await page.context().request.get('/api/preferences');
    return ((await answer.json()) as Record<string, unknown>)[name];
  };

  const openStudy = async (target = page) => {
    await target.goto(`/viewer?StudyInstanceUIDs=${study}`);
    return waitForImage(target);
  };
  const toolInHand = () => page.getByTestId('tiles').getAttribute('data-tool');
  const isPressed = (command: string) => page.getByTestId(`command-${command}`).getAttribute('aria-pressed');
  const close = () => page.keyboard.press('Escape');

  it('begins at a list and settings without faults that axe-core finds', async () => {
    await signIn(page, 'first');
    await page.getByTestId('study-row').first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByTestId('settings-link').click();
    await page.getByTestId('settings').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('shows the notice of intended use everywhere, as the archive is set by default', async () => {
    await page.getByTestId('not-diagnostic').waitFor();
    await page.getByTestId('settings-back').click();
    await page.getByTestId('not-diagnostic').waitFor();
    await page.goBack();
  });

  it('changes the language of everything at once', async () => {
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Settings');
    await page.getByTestId('setting-language').selectOption('de');
    await page.getByRole('heading', { level: 1, name: 'Einstellungen' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await page.getByTestId('settings-back').click();
    await page.getByRole('heading', { level: 1, name: 'Studien' }).waitFor();
    await page.goBack();
    await eventually(() => kept('language')).toBe('de');
  });

  it('gives keys to commands, and asks before it takes one from another', async () => {
    const keysOf = (command: string) => page.getByTestId(`keys-${command}`);
    const add = (command: string) => page.getByTestId(`add-key-${command}`).click();
    await add('invert');
    await page.keyboard.press('Control+Shift+I');
    await keysOf('invert').getByText('Strg+Umschalt+I').waitFor();
    // W is that of the window.
    await add('invert');
    await page.keyboard.press('w');
    expect(await page.getByTestId('key-capture').textContent()).toContain(
      'W ist schon die Taste für: Fensterung',
    );
    await page.getByTestId('take-key').click();
    expect(await keysOf('toolWindow').locator('kbd').count()).toBe(0);
    // Esc is a key like others here; Tab is not.
    await add('fit');
    await page.keyboard.press('Control+T');
    expect(await page.getByTestId('key-capture').textContent()).toContain('gehört dem Browser');
    await page.keyboard.press('Escape');
    await keysOf('fit').getByText('Esc', { exact: true }).waitFor();
    await page.getByTestId('reset-keys-fit').click();
    expect(await keysOf('fit').locator('kbd').allTextContents()).not.toContain('Esc');
    await eventually(async () => JSON.stringify(await kept('keys'))).toContain('ctrl+shift+i');
  });

  it('is there in another browser of the same reader, and not for another one', async () => {
    const again = await freshPage();
    await signIn(again, 'first', `/viewer?StudyInstanceUIDs=${study}`);
    await waitForImage(again);
    expect(await again.locator('html').getAttribute('lang')).toBe('de');
    const inverted = () => again.getByTestId('command-invert').getAttribute('aria-pressed');
    expect(await inverted()).toBe('false');
    await again.keyboard.press('w');
    await eventually(inverted).toBe('true');
    await again.keyboard.press('Control+Shift+I');
    await eventually(inverted).toBe('false');
    // Held, it does not flicker.
    await again.keyboard.down('i');
    await again.keyboard.down('i');
    await again.keyboard.up('i');
    await eventually(inverted).toBe('true');
    await again.context().close();

    const other = await freshPage();
    await signIn(other, 'second', '/settings');
    await other.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    expect(await other.getByTestId('keys-invert').locator('kbd').allTextContents()).toEqual(['I']);
    await other.context().close();
  });

  it('goes back to the keys as they were', async () => {
    await page.getByTestId('keys-reset-all').click();
    await page.getByTestId('keys-toolWindow').getByText('W', { exact: true }).waitFor();
    await page.getByTestId('setting-language').selectOption('en');
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  });

  it('opens a study without faults that axe-core finds', async () => {
    await openStudies(page, study);
    await waitForImage(page);
    await page.getByTestId('layout-menu').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('begins with the Scroll tool where the keys are those of IHE BIR', async () => {
    expect(await toolInHand()).toBe('window');
    await page.keyboard.press('Control+,');
    await page.getByTestId('key-map').selectOption('bir');
    expect(await accessibilityFaults(page)).toEqual([]);
    await close();
    await page.getByTestId('settings').waitFor({ state: 'detached' });
    await eventually(toolInHand).toBe('scroll');
  });

  it('has the keys of IHE BIR where they are chosen', async () => {
    const tools = { s: 'scroll', W: 'window', z: 'zoom', T: 'pan' };
    for (const [key, tool] of Object.entries(tools)) {
      await page.keyboard.press(key);
      await eventually(toolInHand).toBe(tool);
    }
    await page.keyboard.press('ArrowRight');
    await waitForFact(page, 'imageIndex', '1');
    await page.keyboard.press('ArrowLeft');
    await waitForFact(page, 'imageIndex', '0');
    const { zoom = '' } = await viewportFacts(page);
    await page.keyboard.press('+');
    await eventually(async () => (await viewportFacts(page)).zoom).not.toBe(zoom);
    await page.keyboard.press('Escape');
    await eventually(async () => Number((await viewportFacts(page)).zoom)).toBeCloseTo(Number(zoom), 3);
    await page.keyboard.press('h');
    const help = page.getByTestId('help-sheet');
    await help.waitFor();
    expect(await help.textContent()).toContain('IHE Basic Image Review');
    expect(await accessibilityFaults(page)).toEqual([]);
    await close();
    await help.waitFor({ state: 'detached' });
  });

  it('finds and runs every command in the palette', async () => {
    await page.keyboard.press('Control+k');
    const palette = page.getByTestId('palette');
    await palette.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    // A lung window is for CT: named, but not to be run.
    await page.keyboard.type('lung');
    expect(await page.getByTestId('palette-presetLung').getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Enter');
    expect(await palette.isVisible()).toBe(true);
    await page.getByTestId('palette-input').fill('invrt');
    await page.keyboard.press('Enter');
    await palette.waitFor({ state: 'detached' });
    await eventually(() => isPressed('invert')).toBe('true');
    await page.keyboard.press('Control+k');
    await page.getByTestId('palette-input').fill('last image');
    await page.getByTestId('palette-lastImage').click();
    await waitForFact(page, 'imageIndex', String(sliceCount - 1));
    await page.keyboard.press('Home');
    await waitForFact(page, 'imageIndex', '0');
  });

  it('gives every key after the one that opens a panel to that panel, and none to the page', async () => {
    /** What has the focus when all that a key does in its own task is done: no timer has run by then. */
    const focusAfter = (key: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey'>) =>
      page.evaluate(async (init) => {
        const event = new KeyboardEvent('keydown', { ...init, bubbles: true, cancelable: true });
        (document.activeElement ?? document.body).dispatchEvent(event);
        await Promise.resolve();
        return (document.activeElement as HTMLElement).dataset.testid;
      }, key);
    const inverted = await isPressed('invert');
    expect(await focusAfter({ key: 'k', ctrlKey: true, altKey: false })).toBe('palette-input');
    await close();
    await page.getByTestId('palette').waitFor({ state: 'detached' });
    expect(await focusAfter({ key: 't', ctrlKey: false, altKey: true })).toBe('tag-search');
    await page.keyboard.type('ii');
    expect(await page.getByTestId('tag-search').inputValue()).toBe('ii');
    // Also while nothing in the panel has the focus.
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press('i');
    await page.keyboard.press('End');
    await close();
    await page.getByTestId('tag-browser').waitFor({ state: 'detached' });
    expect(await isPressed('invert')).toBe(inverted);
    expect((await viewportFacts(page)).imageIndex).toBe('0');
    // Typed as fast as the hand of a program can.
    await page.keyboard.press('Control+k');
    await page.keyboard.type('invert');
    await page.keyboard.press('Enter');
    await page.getByTestId('palette').waitFor({ state: 'detached' });
    await eventually(() => isPressed('invert')).toBe(inverted === 'true' ? 'false' : 'true');
  });

  it('tells screen readers where scrolling came to rest', async () => {
    await page.keyboard.press('PageUp');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await eventually(() => page.getByTestId('announcer').textContent()).toContain(
      'Image 3 of 30, window 128 / 256',
    );
    await page.keyboard.press('Home');
    await waitForFact(page, 'imageIndex', '0');
  });

  it('makes the toolbar one stop of the Tab key', async () => {
    const toolbar = page.getByRole('toolbar').first();
    const focused = () => page.evaluate(() => (document.activeElement as HTMLElement).dataset.testid);
    expect(await toolbar.locator('button[tabindex="0"]').count()).toBe(1);
    await page.getByTestId('command-toolWindow').focus();
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('command-toolPan');
    // The keys for the last and the first image are always theirs.
    await page.keyboard.press('End');
    await waitForFact(page, 'imageIndex', String(sliceCount - 1));
    await page.keyboard.press('Home');
    await waitForFact(page, 'imageIndex', '0');
    expect(await focused()).toBe('command-toolPan');
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe('command-toolWindow');
    await page.keyboard.press('Tab');
    expect(await toolbar.evaluate((bar) => bar.contains(document.activeElement))).toBe(false);
    expect((await viewportFacts(page)).imageIndex).toBe('0');
  });

  describe('of menus', () => {
    const focused = () => page.evaluate(() => (document.activeElement as HTMLElement).dataset.testid);
    const downScrolls = async () => {
      await page.keyboard.press('ArrowDown');
      await waitForFact(page, 'imageIndex', '1');
      await page.keyboard.press('Home');
      await waitForFact(page, 'imageIndex', '0');
    };

    it('leaves the keys to the images after a choice, and the focus on the button after Escape', async () => {
      const choices = [
        ['toolbar-measure', 'menu-toolLength'],
        ['toolbar-view', 'menu-toggleShutters'],
        ['window-menu', 'voi-full-0'],
        ['layout-menu', 'layout-1x1'],
      ] as const;
      for (const [button, choice] of choices) {
        await page.getByTestId(button).click();
        const item = page.getByTestId(choice);
        await item.waitFor();
        await page.keyboard.press('Escape');
        await item.waitFor({ state: 'hidden' });
        await eventually(focused).toBe(button);
        await page.getByTestId(button).click();
        await item.click();
        await eventually(focused).toBe('viewport-0');
        // Where Mantine gives the focus back it does so while the menu goes.
        await item.waitFor({ state: 'hidden' });
        await downScrolls();
        expect(await focused()).toBe('viewport-0');
      }
      await page.keyboard.press('s');
      await eventually(toolInHand).toBe('scroll');
    });

    it('keeps what was switched in a menu', async () => {
      await eventually(() => kept('viewOptions')).toMatchObject({ showsShutters: false });
      await page.keyboard.press('Control+,');
      const shutters = page.getByTestId('setting-showsShutters');
      expect(await shutters.isChecked()).toBe(false);
      await shutters.check();
      await page.getByTestId('setting-startsCine').uncheck();
      await eventually(() => kept('cine.autoStart')).toBe(false);
      await eventually(() => kept('viewOptions')).toMatchObject({ showsShutters: true, showsOverlays: true });
      expect(await accessibilityFaults(page)).toEqual([]);
      await close();
      await page.getByTestId('settings').waitFor({ state: 'detached' });
    });
  });

  describe('of the mouse', () => {
    async function middle(): Promise<{ x: number; y: number }> {
      const box = await page.getByTestId('viewport-element-0').boundingBox();
      if (!box) throw new Error('no viewport');
      return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
    }
    async function drag(button: 'left' | 'middle' | 'right', dx: number, dy: number): Promise<void> {
      const { x, y } = await middle();
      await page.mouse.move(x, y);
      await page.mouse.down({ button });
      for (let step = 1; step <= 4; step++) await page.mouse.move(x + (dx * step) / 4, y + (dy * step) / 4);
      await page.mouse.up({ button });
    }

    it('is what buttons do: right scrolls, left begins with pan', async () => {
      await page.keyboard.press('Control+,');
      await page.getByTestId('mouse-right').selectOption('scroll');
      await page.getByTestId('mouse-leftTool').selectOption('scroll');
      await close();
      await page.getByTestId('settings').waitFor({ state: 'detached' });
      expect(await toolInHand()).toBe('scroll');
      await drag('right', 0, 80);
      await waitForFact(page, 'imageIndex', '10');
      await drag('left', 0, -40);
      await waitForFact(page, 'imageIndex', '5');
      const after = await openStudy();
      expect(after.imageIndex).toBe('0');
      expect(await toolInHand()).toBe('scroll');
    });

    it('scrolls one image for a notch of the wheel, and the other way where that is set', async () => {
      const { x, y } = await middle();
      await page.mouse.move(x, y);
      for (let notch = 0; notch < 6; notch++) await page.mouse.wheel(0, 240);
      await eventually(async () => Number((await viewportFacts(page)).imageIndex)).toBeGreaterThan(0);
      expect(Number((await viewportFacts(page)).imageIndex)).toBeLessThanOrEqual(6);
      await page.keyboard.press('Control+,');
      await page.getByTestId('mouse-isScrollInverted').check({ force: true });
      await close();
      await page.getByTestId('settings').waitFor({ state: 'detached' });
      await page.keyboard.press('End');
      await waitForFact(page, 'imageIndex', String(sliceCount - 1));
      await page.mouse.wheel(0, 100);
      await waitForFact(page, 'imageIndex', String(sliceCount - 2));
    });

    it('windows as BIR says: right widens, up lowers the centre', async () => {
      await page.keyboard.press('w');
      await eventually(toolInHand).toBe('window');
      await page.keyboard.press('Escape');
      await waitForFact(page, 'windowWidth', '256');
      await drag('left', 80, 0);
      await eventually(async () => Number((await viewportFacts(page)).windowWidth)).toBeGreaterThan(256);
      expect(Number((await viewportFacts(page)).windowCenter)).toBe(128);
      await drag('left', 0, -80);
      await eventually(async () => Number((await viewportFacts(page)).windowCenter)).toBeLessThan(128);
    });

    it('keeps a menu for a click with the right button', async () => {
      const { x, y } = await middle();
      await page.mouse.click(x, y, { button: 'right' });
      const menu = page.getByTestId('viewport-menu');
      await menu.waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.getByTestId('viewport-menu-reset').click();
      await menu.waitFor({ state: 'detached' });
      await waitForFact(page, 'windowWidth', '256');
    });
  });

  it('can be set at 200 %: settings and list need no scrolling sideways', async () => {
    await page.setViewportSize({ width: 640, height: 400 });
    const overflow = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await openAddress(page, '/settings');
    await page.getByTestId('settings').waitFor();
    expect(await overflow()).toBeLessThanOrEqual(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    await openAddress(page, '/');
    await page.getByTestId('study-row').first().waitFor();
    expect(await overflow()).toBeLessThanOrEqual(0);
    expect(await page.getByTestId('study-row').first().isVisible()).toBe(true);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  describe('by touch', () => {
    let touch: Page;
    let session: CDPSession;
    type Finger = { x: number; y: number };
    const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: Finger[]) =>
      session.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: touchPoints.map((at, id) => ({ ...at, id })),
      });
    let centre: Finger;

    beforeAll(async () => {
      const context = await browser.newContext({
        baseURL: server.url,
        viewport: { width: 1024, height: 768 },
        hasTouch: true,
      });
      touch = await context.newPage();
      session = await context.newCDPSession(touch);
      await signIn(touch, 'second', `/viewer?StudyInstanceUIDs=${study}`);
      await waitForImage(touch);
      const box = await touch.getByTestId('viewport-element-0').boundingBox();
      centre = { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 };
    });
    afterAll(() => touch?.context().close());

    const beside = (dx: number, dy = 0): Finger => ({ x: centre.x + dx, y: centre.y + dy });

    it('one finger windows, two zoom, three scroll', async () => {
      const before = await viewportFacts(touch);
      await send('touchStart', [beside(0)]);
      for (const dx of [10, 40, 70]) await send('touchMove', [beside(dx)]);
      await send('touchEnd', []);
      await eventually(async () => Number((await viewportFacts(touch)).windowWidth)).toBeGreaterThan(
        Number(before.windowWidth),
      );
      const windowed = await viewportFacts(touch);

      await send('touchStart', [beside(-50), beside(50)]);
      for (const dx of [60, 80, 100]) await send('touchMove', [beside(-dx), beside(dx)]);
      await send('touchEnd', []);
      await eventually(
        async () => Number((await viewportFacts(touch)).zoom) / Number(before.zoom),
      ).toBeCloseTo(2, 2);
      expect((await viewportFacts(touch)).windowWidth).toBe(windowed.windowWidth);

      await send('touchStart', [beside(-60), beside(0), beside(60)]);
      for (const dy of [8, 16, 24, 32, 40])
        await send('touchMove', [beside(-60, dy), beside(0, dy), beside(60, dy)]);
      await send('touchEnd', []);
      await waitForFact(touch, 'imageIndex', '5');
      expect(Number((await viewportFacts(touch)).zoom) / Number(before.zoom)).toBeCloseTo(2, 2);
    });

    it('has its tools in one row, none smaller than WCAG 2.2 asks for', async () => {
      const buttons = await touch
        .getByRole('toolbar')
        .locator('button')
        .evaluateAll((all) => all.map((button) => button.getBoundingClientRect().toJSON() as DOMRect));
      expect(buttons.length).toBeGreaterThan(20);
      expect(new Set(buttons.map(({ top, height }) => Math.round(top + height / 2))).size).toBe(1);
      expect(Math.min(...buttons.map(({ width }) => width))).toBeGreaterThanOrEqual(24);
    });

    it('a long press opens the menu, a double tap enlarges and gives back', async () => {
      await send('touchStart', [centre]);
      await touch.getByTestId('viewport-menu').waitFor();
      await send('touchEnd', []);
      await touch.keyboard.press('Escape');
      await touch.getByTestId('viewport-menu').waitFor({ state: 'detached' });

      await touch.getByTestId('layout-menu').tap();
      await touch.getByTestId('layout-1x2').tap();
      await touch.getByTestId('viewport-1').waitFor();
      const box = await touch.getByTestId('viewport-element-0').boundingBox();
      const at = { x: (box?.x ?? 0) + 80, y: (box?.y ?? 0) + 200 };
      const doubleTap = async () => {
        // All at once: a machine that is slow between two of them would make single taps of it.
        await Promise.all([0, 1].flatMap(() => [send('touchStart', [at]), send('touchEnd', [])]));
      };
      await doubleTap();
      await touch.getByTestId('viewport-1').waitFor({ state: 'hidden' });
      await doubleTap();
      await touch.getByTestId('viewport-1').waitFor();
    });
  });

  it('never let a page complain', () => {
    expect(complaints.flat()).toEqual([]);
  });
});
