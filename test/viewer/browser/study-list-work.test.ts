import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeInstances } from '../../support/dicomweb-requests.ts';
import { makeInstance, testUid } from '../../support/make-instance.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { accessibilityFaults } from './accessibility.ts';
import { hasChromium, launchChromium, openPage } from './chromium-page.ts';
import { eventually } from './eventually.ts';

const password = 'correct horse battery';
const image = { rows: 16, columns: 16 };

/** A study of Anna Smith, ID S1 unless said otherwise. */
function instance(studyInstanceUID: string, more: Record<string, string | undefined>): Uint8Array {
  return makeInstance({
    image,
    attributes: {
      StudyInstanceUID: studyInstanceUID,
      PatientName: 'Smith^Anna',
      PatientID: 'S1',
      PatientBirthDate: '19600102',
      PatientSex: 'F',
      StudyTime: '081500',
      Modality: 'CT',
      ...more,
    },
  });
}

describe.skipIf(!hasChromium())('work on the study list', () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  const uids = {
    now: testUid(),
    prior: testUid(),
    namesake: testUid(),
    other: testUid(),
    noBirth: testUid(),
  };

  const signIn = async (to: Page, username: string) => {
    await to.goto('/');
    await to.locator('input[name="username"]').fill(username);
    await to.locator('input[name="password"]').fill(password);
    await to.keyboard.press('Enter');
    await to.getByTestId('study-row').first().waitFor();
  };
  const row = (uid: string) => page.locator(`[data-testid="study-row"][data-study-instance-uid="${uid}"]`);
  const statusOf = (uid: string) => row(uid).getByTestId('study-status').textContent();

  beforeAll(async () => {
    server = await startServer({ authentication: 'local' });
    const { access } = server.services;
    await access.addAccount({ username: 'reader', password, roles: ['radiologist'] });
    await access.addAccount({ username: 'admin', password, roles: ['administrator'] });
    // Without sign-in, as the modality would: by the archive's own parts.
    const { key } = await access.makeApiKey('admin', 'test');
    const store = async (instances: Uint8Array[]) => {
      const given = globalThis.fetch;
      globalThis.fetch = (url, init) =>
        given(url, { ...init, headers: { ...init?.headers, Authorization: `Bearer ${key}` } });
      try {
        await storeInstances(server.url, instances);
      } finally {
        globalThis.fetch = given;
      }
    };
    const [first, second] = [testUid(), testUid()];
    await store([
      instance(uids.now, {
        StudyDate: '20240301',
        StudyDescription: 'Chest',
        SeriesInstanceUID: first,
        SeriesNumber: '2',
        SeriesDescription: 'Lung',
      }),
      instance(uids.now, {
        StudyDate: '20240301',
        StudyDescription: 'Chest',
        SeriesInstanceUID: first,
        SeriesNumber: '2',
        SeriesDescription: 'Lung',
      }),
      instance(uids.now, {
        StudyDate: '20240301',
        StudyDescription: 'Chest',
        SeriesInstanceUID: second,
        SeriesNumber: '1',
        SeriesDescription: 'Scout',
      }),
      instance(uids.prior, { StudyDate: '20220301', StudyDescription: 'Chest before', Modality: 'CR' }),
      // The same ID, another birth date: perhaps another person.
      instance(uids.namesake, {
        StudyDate: '20210301',
        StudyDescription: 'Knee',
        PatientBirthDate: '19910102',
      }),
      instance(uids.other, {
        StudyDate: '20240201',
        PatientName: 'Miller^Bob',
        PatientID: 'M1',
        PatientSex: 'M',
        StudyDescription: 'Head',
      }),
      instance(uids.noBirth, {
        StudyDate: '20240101',
        PatientName: 'Nobirth^Kim',
        PatientID: 'K1',
        PatientBirthDate: undefined,
        PatientSex: 'O',
      }),
    ]);
    browser = await launchChromium();
    ({ page, complaints } = await openPage(browser, server.url));
    await signIn(page, 'reader');
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('shows sex and birth date each in its place', async () => {
    const cell = (column: string) => row(uids.noBirth).locator(`.column-${column}`).textContent();
    expect(await cell('birthDate')).toBe('');
    expect(await cell('sex')).toBe('O');
    expect(await row(uids.now).locator('.column-birthDate').textContent()).toBe('1960-01-02');
  });

  it('previews the series of a study, by number, with pictures of the archive', async () => {
    await row(uids.now).getByTestId('preview-button').click();
    const series = page.getByTestId('preview-series');
    await eventually(() => series.count()).toBe(2);
    expect(await series.locator('.preview-text').allInnerTexts()).toEqual([
      'CT\nSeries 1\nScout\n1 image',
      'CT\nSeries 2\nLung\n2 images',
    ]);
    const widths = () =>
      page
        .getByTestId('preview-picture')
        .evaluateAll((pictures) => pictures.map((picture) => (picture as HTMLImageElement).naturalWidth));
    await eventually(
      async () => (await widths()).length === 2 && (await widths()).every((width) => width > 0),
    ).toBe(true);
    expect(page.url()).toContain(`preview=${uids.now}`);
    expect(await accessibilityFaults(page, 'all')).toEqual([]);
  });

  it('shows the other studies of the patient, and says where it may be another person', async () => {
    const priors = page.getByTestId('prior');
    await eventually(() => priors.count()).toBe(2);
    expect((await priors.nth(0).allInnerTexts())[0]).toMatch(/2022-03-01\s+CR\s[\s\S]*Chest before/);
    expect(await priors.nth(0).getByTestId('prior-doubt').count()).toBe(0);
    expect(await priors.nth(1).getByTestId('prior-doubt').textContent()).toContain('1991-01-02');
    expect(await priors.nth(0).getByTestId('compare-prior').getAttribute('href')).toBe(
      `/viewer?StudyInstanceUIDs=${uids.now},${uids.prior}`,
    );
  });

  it('follows the keys with the preview, and closes it', async () => {
    await row(uids.now).focus();
    await page.keyboard.press('ArrowDown');
    await eventually(() => page.getByTestId('preview').getAttribute('data-study-instance-uid')).toBe(
      uids.other,
    );
    expect(await page.getByTestId('preview').locator('h2').textContent()).toBe('Miller, Bob');
    await page.keyboard.press('ArrowLeft');
    await eventually(() => page.getByTestId('preview').count()).toBe(0);
    await page.goto(`/?preview=${uids.prior}`);
    await eventually(() => page.getByTestId('preview').locator('h2').textContent()).toBe('Smith, Anna');
    await page.getByTestId('close-preview').click();
  });

  it('keeps how far the reading is: opened by opening, reported by hand, and back', async () => {
    expect(await statusOf(uids.now)).toBe('New');
    await row(uids.now).click();
    await page.getByTestId('study-viewer').waitFor();
    await eventually(async () => {
      const { rows } = await server.services.pool.query(
        'SELECT study_status_id AS status, study_status_changed_by AS by FROM study WHERE study_instance_uid = $1',
        [uids.now],
      );
      return rows[0];
    }).toEqual({ status: 'OPENED', by: 'reader' });
    await page.getByTestId('back').click();
    await eventually(() => statusOf(uids.now)).toBe('Opened');
    expect(await statusOf(uids.other)).toBe('New');

    await row(uids.now).getByTestId('preview-button').click();
    await eventually(() => page.getByTestId('status-changed').textContent()).toMatch(
      /^by reader, \d{4}-\d\d-\d\d \d\d:\d\d$/,
    );
    await page.getByTestId('status-setting').getByText('Reported').click();
    await eventually(() => statusOf(uids.now)).toBe('Reported');
    await page.getByTestId('status-REPORTED').click();
    await eventually(() => page.getByTestId('study-count').textContent()).toBe('1 study');
    await page.getByTestId('status-setting').getByText('New', { exact: true }).click();
    await page.getByTestId('no-match').waitFor();
    await page.getByTestId('clear-filters').click();
    await eventually(() => statusOf(uids.now)).toBe('New');
    await page.getByTestId('close-preview').click();
  });

  it('keeps a filter under a name, also for the next visit', async () => {
    await page.getByTestId('modality-CR').click();
    await eventually(() => page.getByTestId('study-count').textContent()).toBe('1 study');
    await page.getByTestId('save-filter').click();
    await page.getByTestId('filter-name-to-save').fill('Plain films');
    await page.keyboard.press('Enter');
    const saved = page.getByTestId('saved-filter');
    await eventually(() => saved.getAttribute('aria-pressed')).toBe('true');
    await page.getByTestId('clear-filters').click();
    await eventually(() => page.getByTestId('study-count').textContent()).toBe('5 studies');
    expect(await saved.getAttribute('aria-pressed')).toBe('false');
    await eventually(
      async () =>
        (await server.services.pool.query('SELECT count(*)::int AS n FROM user_preference')).rows[0],
    ).toEqual({ n: 1 });
    await page.goto('/');
    await saved.click();
    await eventually(() => page.getByTestId('study-count').textContent()).toBe('1 study');
    expect(page.url()).toContain('modality=CR');
    await page.getByTestId('clear-filters').click();
  });

  it('lets columns be moved, left out and widened, and keeps them', async () => {
    const headers = () =>
      page
        .locator('th[data-column]')
        .evaluateAll((found) => found.map((one) => (one as HTMLElement).dataset.column));
    expect((await headers()).slice(0, 4)).toEqual(['name', 'patientID', 'birthDate', 'sex']);
    await page.getByTestId('column-menu').click();
    await page.getByRole('checkbox', { name: 'Sex', exact: true }).uncheck();
    await page.getByTestId('earlier-birthDate').click();
    await page.keyboard.press('Escape');
    await eventually(async () => (await headers()).slice(0, 3)).toEqual(['name', 'birthDate', 'patientID']);
    const width = async () => (await page.locator('th[data-column="birthDate"]').boundingBox())?.width ?? 0;
    const before = await width();
    const handle = await page.getByTestId('width-birthDate').boundingBox();
    if (!handle) throw new Error('no handle');
    await page.mouse.move(handle.x + 4, handle.y + 10);
    await page.mouse.down();
    await page.mouse.move(handle.x + 54, handle.y + 10, { steps: 4 });
    await page.mouse.up();
    expect((await width()) - before).toBeCloseTo(50, 0);
  });

  it('selects with keys and the mouse, warns of several patients, and opens together', async () => {
    await row(uids.now).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowDown');
    await eventually(() => page.getByTestId('selection-count').textContent()).toBe('2 studies selected');
    expect(await page.getByTestId('several-patients').textContent()).toContain('2 patients');
    await row(uids.other)
      .locator('.column-date')
      .click({ modifiers: ['Control'] });
    await eventually(() => page.getByTestId('several-patients').count()).toBe(0);
    await row(uids.prior).getByRole('checkbox').click();
    expect(await page.getByTestId('delete-selected').count()).toBe(0);
    const download = page.waitForEvent('download');
    await page.getByTestId('download-selected').click();
    expect((await download).suggestedFilename()).toBe(`${uids.now}.zip`);
    await page.getByTestId('open-together').click();
    await page.getByTestId('study-viewer').waitFor();
    expect(page.url()).toContain(`StudyInstanceUIDs=${uids.now},${uids.prior}`);
    await page.getByTestId('back').click();
    await row(uids.now).waitFor();
  });

  it('opens the menu of a row, which offers no deletion to a reader', async () => {
    await row(uids.other).click({ button: 'right' });
    await page.getByTestId('row-menu').waitFor();
    expect(await page.getByTestId('menu-delete').count()).toBe(0);
    await page.getByRole('menuitem', { name: 'Mark as reported' }).click();
    await eventually(() => statusOf(uids.other)).toBe('Reported');
  });

  it('deletes for those who may, after asking twice, and says what could not be', async () => {
    const admin = await openPage(browser, server.url);
    await signIn(admin.page, 'admin');
    const adminRow = (uid: string) =>
      admin.page.locator(`[data-testid="study-row"][data-study-instance-uid="${uid}"]`);
    await adminRow(uids.other).getByRole('checkbox').click();
    await adminRow(uids.noBirth).getByRole('checkbox').click();
    await admin.page.getByTestId('delete-selected').click();
    const dialog = admin.page.getByTestId('delete-dialog');
    expect(await dialog.textContent()).toContain('2 studies of 2 patients, 2 images');
    expect(
      (await dialog.getByTestId('delete-study').allTextContents()).map((text) => text.slice(0, 11)),
    ).toEqual(['Miller, Bob', 'Nobirth, Ki']);
    expect(await admin.page.getByTestId('delete-confirm').isDisabled()).toBe(true);
    expect(await accessibilityFaults(admin.page, 'all')).toEqual([]);
    await admin.page.getByTestId('delete-sure').check();
    // One of them can't be reached.
    await admin.page.route(`**/dicom-web/studies/${uids.noBirth}`, (route) => route.abort());
    await admin.page.getByTestId('delete-confirm').click();
    await eventually(() => dialog.getByRole('alert').textContent()).toContain('1 of 2 were deleted');
    expect(await dialog.getByTestId('delete-study').count()).toBe(1);
    expect(await dialog.textContent()).toContain('Nobirth, Kim');
    await admin.page.keyboard.press('Escape');
    await eventually(() => admin.page.getByTestId('study-count').textContent()).toBe('4 studies');
    // From the menu of a row by keys alone: the dialog has the focus at once, and gives it back to the row.
    await admin.page.unroute(`**/dicom-web/studies/${uids.noBirth}`);
    const focused = () =>
      admin.page.evaluate(() => (document.activeElement as HTMLElement).dataset.studyInstanceUid);
    await adminRow(uids.noBirth).focus();
    await admin.page.keyboard.press('Shift+F10');
    await admin.page.keyboard.press('ArrowUp');
    await admin.page.keyboard.press('Enter');
    expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
    await admin.page.keyboard.press('Escape');
    expect(await focused()).toBe(uids.noBirth);
    const { rows } = await server.services.pool.query('SELECT study_instance_uid AS uid FROM study');
    expect(rows.map(({ uid }) => uid).sort()).toEqual(
      [uids.now, uids.prior, uids.namesake, uids.noBirth].sort(),
    );
    expect(admin.complaints).toEqual([]);
    await admin.context.close();
  });

  it('was shown without a complaint of the page', () => {
    expect(complaints).toEqual([]);
  });
});
