import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertStudies, type ListedStudy } from '../../support/insert-studies.ts';
import { testUid } from '../../support/make-instance.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { hasChromium, launchChromium, openPage } from './chromium-page.ts';
import { eventually } from './eventually.ts';

const two = (part: number) => String(part).padStart(2, '0');
const studyCount = 3_200;

/** Study number `at`, from 0; each attribute in another order, so that no order passes for another one. */
function study(at: number): ListedStudy {
  const shuffled = (factor: number) => String((at * factor) % studyCount).padStart(4, '0');
  return {
    studyInstanceUID: testUid(),
    patientName: `N${shuffled(7)}^Some`,
    patientID: `P${shuffled(11)}`,
    birthDate: `19${two(20 + (at % 79))}${two(1 + (at % 12))}${two(1 + (at % 28))}`,
    sex: ['F', 'M', 'O'][at % 3] ?? '',
    date: `20${two(Math.floor(at / 336) + 10)}${two(1 + (Math.floor(at / 28) % 12))}${two(1 + (at % 28))}`,
    time: `${two(at % 24)}${two(at % 60)}00`,
    description: `D${shuffled(13)} of many`,
    accession: `A${shuffled(17)}`,
    referringPhysician: `R${shuffled(19)}^Doctor`,
    studyID: `I${shuffled(23)}`,
    modalities: [['CT'], ['MR'], ['CR', 'SR'], ['US']][at % 4] ?? [],
    instancesOfSeries: at === 1234 ? 9 : 1,
  };
}

describe.skipIf(!hasChromium())('the list of a whole archive', () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  const studies = Array.from({ length: studyCount }, (_, at) => study(at));

  beforeAll(async () => {
    server = await startServer();
    await insertStudies(server.services.pool, studies);
    await server.services.pool.query('ANALYZE study');
    browser = await launchChromium();
    ({ page, complaints } = await openPage(browser, server.url));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** The value of a column in all rows that are drawn and loaded, from the top. */
  const cells = (column: string) =>
    page
      .locator(`[data-testid="study-row"] td.column-${column}`)
      .evaluateAll((found) => found.map((cell) => (cell as HTMLElement).textContent.trim()));
  const area = () => page.locator('.table-area');

  it('shows how many there are, and has rows for all of them', async () => {
    await page.goto('/');
    await page.getByTestId('study-row').first().waitFor();
    // The count of a search ends at 1,000; the whole one is asked for after it.
    await page.getByTestId('study-count').filter({ hasText: '3,200 studies' }).waitFor();
    expect(await page.getByTestId('study-table').getAttribute('aria-rowcount')).toBe('3201');
    expect(await page.getByTestId('study-row').count()).toBeLessThan(80);
    // 44 pixels a row, and the header.
    expect(await area().evaluate((element) => element.scrollHeight)).toBeGreaterThan(3_200 * 44);
  });

  /** Each column with what it is sorted by, of the studies as they were made: nothing of the archive is asked. */
  const orders: [string, string, (one: ListedStudy) => string | number][] = [
    ['PatientName', 'name', ({ patientName }) => patientName],
    ['PatientID', 'patientID', ({ patientID }) => patientID],
    ['PatientBirthDate', 'birthDate', ({ birthDate }) => birthDate],
    ['PatientSex', 'sex', ({ sex }) => sex],
    ['StudyDate', 'date', ({ date, time }) => date + time],
    ['ModalitiesInStudy', 'modality', ({ modalities }) => modalities.join()],
    ['StudyDescription', 'description', ({ description }) => description],
    ['AccessionNumber', 'accession', ({ accession }) => accession],
    ['ReferringPhysicianName', 'referringPhysician', ({ referringPhysician }) => referringPhysician],
    ['StudyID', 'studyID', ({ studyID }) => studyID],
    ['NumberOfStudyRelatedSeries', 'series', ({ modalities }) => modalities.length],
    [
      'NumberOfStudyRelatedInstances',
      'images',
      ({ modalities, instancesOfSeries }) => modalities.length * instancesOfSeries,
    ],
  ];

  it('can be sorted by every column over the whole archive', async () => {
    await page.getByTestId('column-menu').click();
    for (const column of ['Referring physician', 'Study ID']) {
      await page.getByRole('checkbox', { name: column, exact: true }).check();
    }
    await page.keyboard.press('Escape');
    await page.getByTestId('sort-StudyID').waitFor();
    for (const [place, [sort, column, keyOf]] of orders.entries()) {
      const sorted = [...studies].sort((a, b) => {
        const [one, other] = [keyOf(a), keyOf(b)];
        return one < other ? -1 : one > other ? 1 : 0;
      });
      // Names and dates both ways, of the others every second one downwards.
      const both = column === 'name' || column === 'date';
      const directions = both ? ['ascending', 'descending'] : [place % 2 === 0 ? 'descending' : 'ascending'];
      for (const direction of directions) {
        const header = page.locator('th', { has: page.getByTestId(`sort-${sort}`) });
        if ((await header.getAttribute('aria-sort')) !== direction)
          await page.getByTestId(`sort-${sort}`).click();
        if ((await header.getAttribute('aria-sort')) !== direction)
          await page.getByTestId(`sort-${sort}`).click();
        await eventually(() => header.getAttribute('aria-sort')).toBe(direction);
        const expected = (direction === 'ascending' ? sorted : [...sorted].reverse())
          .slice(0, 8)
          .map((one) => shown(column, one));
        await eventually(async () => (await cells(column)).slice(0, 8), {
          message: `${sort} ${direction}`,
        }).toEqual(expected);
      }
    }
  });

  it('is scrolled to its very end, and says which rows these are', async () => {
    await page.goto('/?sort=PatientName');
    await page.getByTestId('study-row').first().waitFor();
    await area().evaluate((element) => {
      element.scrollTop = element.scrollHeight;
    });
    const last = page.locator('tr[aria-rowindex="3201"] .column-name');
    await eventually(() => last.textContent()).toBe('N3199, Some');
    // In the middle, as the scroll bar would: the rows there and no others are fetched.
    await area().evaluate((element) => {
      element.scrollTop = 1_600 * 44;
    });
    const middle = page.locator('tr[aria-rowindex="1602"] .column-name');
    await eventually(() => middle.textContent()).toBe('N1600, Some');
    expect(await page.getByTestId('study-row').count()).toBeLessThan(80);
  });

  it('is walked through by keys from the search box to the last study', async () => {
    await page.goto('/?sort=PatientName');
    await page.getByTestId('study-row').first().waitFor();
    const focused = () =>
      page.evaluate(() => document.activeElement?.querySelector('.column-name')?.textContent ?? '');
    await page.keyboard.press('/');
    await page.keyboard.press('ArrowDown');
    await eventually(focused).toBe('N0000, Some');
    await page.keyboard.press('End');
    await eventually(focused).toBe('N3199, Some');
    await page.keyboard.press('ArrowUp');
    await eventually(focused).toBe('N3198, Some');
    await page.keyboard.press('Home');
    await eventually(focused).toBe('N0000, Some');
    await page.keyboard.press('ArrowUp');
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.testid)).toBe(
      'filter-name',
    );
    await page.keyboard.type('n3000');
    await eventually(() => page.getByTestId('study-count').textContent()).toBe('1 study');
    await page.keyboard.press('ArrowDown');
    await eventually(focused).toBe('N3000, Some');
    await page.keyboard.press('Shift+F10');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('menuitem');
    await page.keyboard.press('Escape');
    // At once: the next key is that of the row.
    expect(await focused()).toBe('N3000, Some');
    expect(await page.getByTestId('row-menu').count()).toBe(0);
    await page.keyboard.press('Space');
    await eventually(() => page.getByTestId('selection-count').textContent()).toBe('1 study selected');
    await page.getByTestId('clear-filters').click();
    // Another search begins without a selection.
    await eventually(() => page.getByTestId('selection-bar').count()).toBe(0);
  });

  it('keeps what is read in its place while studies come in, and says how many did', async () => {
    await page.goto('/');
    await page.getByTestId('study-row').first().waitFor();
    await area().evaluate((element) => {
      element.scrollTop = 500 * 44;
    });
    const at = async (index: number) => {
      const row = page.locator(`tr[aria-rowindex="${index + 2}"]`);
      await row.locator('.column-name').waitFor();
      return {
        uid: await row.getAttribute('data-study-instance-uid'),
        top: await row.evaluate((element) => element.getBoundingClientRect().top),
      };
    };
    const before = await at(505);
    const newest = [1, 2, 3].map((day) => ({
      ...study(0),
      studyInstanceUID: testUid(),
      patientName: `Newest^N${day}`,
      date: `2031010${day}`,
    }));
    await insertStudies(server.services.pool, newest);
    // What comes back to the window asks again, as the clock does.
    await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
    await eventually(() => page.getByTestId('study-count').textContent(), { timeout: 40_000 }).toBe(
      '3,203 studies',
    );
    await eventually(async () => (await at(508)).uid).toBe(before.uid);
    expect((await at(508)).top).toBeCloseTo(before.top, 0);
    expect(await page.getByTestId('new-above').textContent()).toContain('3 new studies');
    await page.getByTestId('new-above').click();
    await eventually(async () => (await cells('name')).slice(0, 3)).toEqual([
      'Newest, N3',
      'Newest, N2',
      'Newest, N1',
    ]);
    expect(await page.getByTestId('new-above').count()).toBe(0);
    expect(await area().evaluate((element) => element.scrollTop)).toBe(0);
  });

  it('comes back from a study to where it was left', async () => {
    await page.goto('/?modality=MR');
    await eventually(() => page.getByTestId('study-count').textContent()).toBe('800 studies');
    await area().evaluate((element) => {
      element.scrollTop = 300 * 44;
    });
    const row = page.locator('tr[data-testid="study-row"][aria-rowindex="305"]');
    const uid = await row.getAttribute('data-study-instance-uid');
    await row.click();
    await page.getByTestId('study-viewer').waitFor();
    await page.getByTestId('back').click();
    await eventually(() => row.getAttribute('data-study-instance-uid')).toBe(uid);
    expect(new URL(page.url()).search).toBe('?modality=MR');
    expect(await area().evaluate((element) => element.scrollTop)).toBe(300 * 44);
    await eventually(() =>
      page.evaluate(() => (document.activeElement as HTMLElement).dataset.studyInstanceUid),
    ).toBe(uid);
  });

  it('was shown without a complaint of the page', () => {
    expect(complaints).toEqual([]);
  });
});

/** What the column shows of a study. */
function shown(column: string, one: ListedStudy): string {
  const dashed = (date: string) => date.replace(/(\d{4})(\d{2})(\d{2})/, '$1-$2-$3');
  const person = (name: string) => name.replace('^', ', ');
  const texts: Record<string, string> = {
    name: person(one.patientName),
    patientID: one.patientID,
    birthDate: dashed(one.birthDate),
    sex: one.sex,
    date: `${dashed(one.date)} ${one.time.slice(0, 2)}:${one.time.slice(2, 4)}`,
    modality: one.modalities.join(', '),
    description: one.description,
    accession: one.accession,
    referringPhysician: person(one.referringPhysician),
    studyID: one.studyID,
    series: String(one.modalities.length),
    images: String(one.modalities.length * one.instancesOfSeries),
  };
  return texts[column] ?? '';
}
