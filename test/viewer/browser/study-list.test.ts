import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeInstances } from '../../support/dicomweb-requests.ts';
import { makeInstance } from '../../support/make-instance.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { accessibilityFaults } from './accessibility.ts';
import { hasChromium, launchChromium, openPage, type WatchedPage } from './chromium-page.ts';
import { eventually } from './eventually.ts';

const names = (page: Page) => page.locator('[data-testid="study-row"] .column-name').allTextContents();

async function waitForNames(page: Page, expected: readonly string[]): Promise<void> {
  await eventually(() => names(page)).toEqual(expected);
}

describe.skipIf(!hasChromium())('signing in', () => {
  let server: TestServer;
  let browser: Browser;
  let watched: WatchedPage;
  const password = 'correct horse battery';

  beforeAll(async () => {
    server = await startServer({ authentication: 'local' });
    await server.services.access.addAccount({ username: 'reader', password, roles: ['administrator'] });
    browser = await launchChromium();
    watched = await openPage(browser, server.url);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const submit = async (username: string, secret: string) => {
    const { page } = watched;
    await page.locator('input[name="username"]').fill(username);
    await page.locator('input[name="password"]').fill(secret);
    await page.keyboard.press('Enter');
  };

  it('is asked for before anything is shown, without faults that axe-core finds', async () => {
    await watched.page.goto('/?name=nobody');
    await watched.page.getByTestId('sign-in').waitFor();
    expect(await watched.page.getByTestId('study-list').count()).toBe(0);
    expect(await accessibilityFaults(watched.page, 'all')).toEqual([]);
  });

  it('says when the password is wrong', async () => {
    await submit('reader', 'wrong');
    await watched.page.getByTestId('sign-in-error').waitFor();
    expect(await watched.page.getByTestId('sign-in-error').textContent()).toContain('wrong');
  });

  it('leads to the address that was asked for', async () => {
    await submit('reader', password);
    await watched.page.getByTestId('study-list').waitFor();
    expect(watched.page.url()).toContain('?name=nobody');
    await watched.page.getByTestId('no-match').waitFor();
  });

  it('is asked for again when the session ends, and comes back to the same place', async () => {
    const { page, context } = watched;
    await context.clearCookies();
    await page.getByTestId('sort-PatientName').click();
    await page.getByTestId('sign-in').waitFor();
    await submit('reader', password);
    await page.getByTestId('study-list').waitFor();
    expect(page.url()).toContain('sort=PatientName');
  });

  it('ends by signing out', async () => {
    const { page } = watched;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByTestId('sign-in').waitFor();
    await page.reload();
    await page.getByTestId('sign-in').waitFor();
  });
});

describe.skipIf(!hasChromium())('the study list', () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    server = await startServer();
    browser = await launchChromium();
    ({ page, complaints } = await openPage(browser, server.url));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('says what to do when the archive is empty', async () => {
    await page.goto('/');
    expect(await page.getByTestId('empty-archive').textContent()).toContain('Drop DICOM files');
  });

  it('stores files that are chosen, shows what came of each, and then lists them', async () => {
    const file = (name: string, bytes: Uint8Array) => ({ name, mimeType: '', buffer: Buffer.from(bytes) });
    const directory = makeInstance({
      attributes: { SOPClassUID: '1.2.840.10008.1.3.10', PatientName: 'Directory^Not' },
    });
    await page
      .getByTestId('upload-files-input')
      .setInputFiles([
        file(
          'smith.dcm',
          makeInstance({ image: {}, attributes: { PatientName: 'Smith^John', PatientID: 'S1' } }),
        ),
        file('notes.txt', Buffer.from('these are no pixels')),
        file('DICOMDIR', directory),
      ]);
    const report = page.getByTestId('upload-report');
    await eventually(() => report.getAttribute('data-status'), { timeout: 20_000 }).toBe('done');
    expect(await page.getByTestId('upload-counts').textContent()).toBe(
      '1 stored, 1 failed, 1 DICOMDIR left out',
    );
    const failure = await page.getByTestId('upload-failure').allTextContents();
    expect(failure).toHaveLength(1);
    expect(failure[0]).toMatch(/^notes\.txt.{10,}/);
    await waitForNames(page, ['Smith, John']);
    await page.getByRole('button', { name: 'Close upload report' }).click();
  });

  it('takes what is dropped on the page', async () => {
    const bytes = [
      ...makeInstance({ image: {}, attributes: { PatientName: 'Dropped^File', StudyDate: '20200101' } }),
    ];
    const transfer = await page.evaluateHandle((content) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(content)], 'dropped.dcm'));
      return data;
    }, bytes);
    await page.getByTestId('study-list').dispatchEvent('drop', { dataTransfer: transfer });
    await waitForNames(page, ['Smith, John', 'Dropped, File']);
    await page.getByRole('button', { name: 'Close upload report' }).click();
  });

  it('counts and sorts on the server', async () => {
    const instances = Array.from({ length: 30 }, (_, at) =>
      makeInstance({
        image: {},
        attributes: {
          PatientName: `Many^N${String(at).padStart(2, '0')}`,
          PatientID: `M${at}`,
          StudyDate: `201001${String(at + 1).padStart(2, '0')}`,
          StudyDescription: at % 2 ? 'Head plain' : 'Chest contrast',
          Modality: at % 2 ? 'MR' : 'CT',
        },
      }),
    );
    await storeInstances(server.url, instances);
    await page.reload();
    const count = page.getByTestId('study-count');
    await eventually(() => count.textContent()).toBe('32 studies');
    expect((await names(page)).slice(0, 3)).toEqual(['Smith, John', 'Dropped, File', 'Many, N29']);
    await page.getByTestId('sort-PatientName').click();
    await eventually(async () => (await names(page)).slice(0, 2)).toEqual(['Dropped, File', 'Many, N00']);
    const header = page.locator('th', { has: page.getByTestId('sort-PatientName') });
    expect(await header.getAttribute('aria-sort')).toBe('ascending');
    await page.getByTestId('sort-PatientName').click();
    await eventually(async () => (await names(page))[0]).toBe('Smith, John');
    expect(await header.getAttribute('aria-sort')).toBe('descending');
  });

  it('finds names as they are typed, and keeps the filter in the address', async () => {
    await page.goto('/');
    await page.getByTestId('study-row').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('smith, j');
    await waitForNames(page, ['Smith, John']);
    expect(page.url()).toContain('name=smith');
    await page.reload();
    await waitForNames(page, ['Smith, John']);
    await page.getByTestId('filter-name').fill('nobody of that name');
    await page.getByTestId('no-match').waitFor();
    await page.getByTestId('clear-filters').click();
    await eventually(() => page.getByTestId('study-count').textContent()).toBe('32 studies');
  });

  it('filters by date, description, modalities and ID', async () => {
    const count = page.getByTestId('study-count');
    await page.getByTestId('filter-from').fill('2010-01-10');
    await page.getByTestId('filter-to').fill('19.1.2010');
    await eventually(() => count.textContent()).toBe('10 studies');
    await page.getByTestId('filter-description').fill('head');
    await eventually(() => count.textContent()).toBe('5 studies');
    await page.getByTestId('clear-filters').click();
    await page.getByTestId('modality-CT').click();
    await eventually(() => count.textContent()).toBe('15 studies');
    await page.getByTestId('modality-MR').click();
    await eventually(() => count.textContent()).toBe('30 studies');
    await page.getByTestId('clear-filters').click();
    await page.getByTestId('filter-patientID').fill('M1');
    await eventually(() => count.textContent()).toBe('11 studies');
    await page.getByTestId('clear-filters').click();
    await page.getByTestId('filter-dates').selectOption('today');
    await page.getByTestId('no-match').waitFor();
    expect(page.url()).toContain('dates=today');
    await page.getByTestId('filter-dates').selectOption('any');
    await eventually(() => count.textContent()).toBe('32 studies');
  });

  it('is walked through and opened by keys', async () => {
    const rows = page.getByTestId('study-row');
    await rows.first().focus();
    await page.keyboard.press('ArrowDown');
    const second = await rows.nth(1).getAttribute('data-study-instance-uid');
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.studyInstanceUid)).toBe(
      second,
    );
    await page.keyboard.press('Enter');
    await page.getByTestId('study-viewer').waitFor();
    expect(page.url()).toContain(`StudyInstanceUIDs=${second}`);
    await page.getByTestId('back').click();
    await rows.first().waitFor();
  });

  it('has no faults that axe-core finds', async () => {
    expect(await accessibilityFaults(page, 'all')).toEqual([]);
  });

  it('loads no Cornerstone until a study is opened', async () => {
    const fresh = await openPage(browser, server.url);
    await fresh.page.goto('/');
    await fresh.page.getByTestId('study-row').first().waitFor();
    const scripts = await fresh.page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map((entry) => ({ name: entry.name, bytes: (entry as PerformanceResourceTiming).decodedBodySize }))
        .filter(({ name }) => name.endsWith('.js')),
    );
    expect(scripts.length).toBeGreaterThan(0);
    // Cornerstone's events are named so; the viewer's own script has them.
    const bearers = await Promise.all(
      scripts.map(async ({ name }) =>
        (await (await fetch(name)).text()).includes('CORNERSTONE_') ? name : '',
      ),
    );
    expect(bearers.filter(Boolean)).toEqual([]);
    expect(scripts.map(({ name }) => name).join(' ')).not.toContain('/study-viewer-');
    expect(scripts.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(1_000_000);
  });

  it('says when the archive does not answer, and recovers', async () => {
    await page.route('**/dicom-web/studies?**', (route) => route.abort());
    await page.reload();
    await page.getByTestId('list-error').waitFor({ timeout: 20_000 });
    await page.unroute('**/dicom-web/studies?**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByTestId('study-row').first().waitFor();
  });

  it('never lets the studies of one search pass for those of the next', async () => {
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/dicom-web/studies?**', async (route) => {
      await held;
      await route.continue();
    });
    await page.getByTestId('filter-name').fill('nobody of this name');
    await page.getByText('Searching …').waitFor();
    const table = page.locator('.table-area');
    expect(await table.evaluate((area) => (area as HTMLElement).inert)).toBe(true);
    answer();
    await page.getByTestId('no-match').waitFor();
    expect(await table.evaluate((area) => (area as HTMLElement).inert)).toBe(false);
    await page.unroute('**/dicom-web/studies?**');
  });

  it('was shown without a complaint of the page', () => {
    expect(complaints).toEqual([]);
  });
});
