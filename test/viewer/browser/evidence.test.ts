import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dcmjs from 'dcmjs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { storeInstances } from '../../support/dicomweb-requests.ts';
import { makeInstance, testUid } from '../../support/make-instance.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { hasChromium, launchChromium, openPage, type WatchedPage } from './chromium-page.ts';
import { viewportFacts, waitForFact, waitForImage } from './displayed-picture.ts';
import {
  click,
  drag,
  measurements,
  type ShownImage,
  type ToldMeasurement,
  takeTool,
} from './measuring-hand.ts';
import { openStudies } from './reading-page.ts';

const hasDcmtk = inject('hasDcmtk');
if (!hasDcmtk)
  process.stderr.write(
    '\nLEFT OUT: saved measurements and key images read by DCMTK: it is not on this machine\n',
  );

const password = 'reading room 12';
const study = testUid();
const series = testUid();
const uids = [testUid(), testUid(), testUid()];
const image: ShownImage = { rows: 64, columns: 64, rowScale: 2 };
const patientName = 'Muñoz^José=山田^太郎';

const slices = uids.map((uid, index) =>
  makeInstance({
    image: { rows: 64, columns: 64, bitsAllocated: 16 },
    attributes: {
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
      SpecificCharacterSet: 'ISO_IR 192',
      PatientName: patientName,
      PatientID: 'EV-1',
      StudyInstanceUID: study,
      SeriesInstanceUID: series,
      SOPInstanceUID: uid,
      SeriesDescription: 'T2',
      StudyDate: '20260102',
      StudyTime: '101112',
      Modality: 'MR',
      InstanceNumber: String(index + 1),
      PixelSpacing: ['1.0', '0.5'],
      ImagePositionPatient: ['0', '0', String(-10 * index)],
      ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
      FrameOfReferenceUID: `${study}.9`,
    },
  }),
);

describe.skipIf(!hasChromium())('measurements and key images that last', () => {
  let server: TestServer;
  let browser: Browser;
  let folder: string;
  const opened: WatchedPage[] = [];
  /** What the first reader made. */
  let made: ToldMeasurement[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'isocenter-evidence-'));
    server = await startServer({ authentication: 'local' });
    for (const username of ['anna.reader', 'ben.reader'])
      await server.services.access.addAccount({ username, password, roles: ['radiologist'] });
    browser = await launchChromium();
    const page = await signIn('anna.reader');
    const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    expect(await storeInstances(server.url, slices, { Cookie: cookies })).toEqual(uids);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A session of its own. */
  async function signIn(username: string): Promise<Page> {
    const watched = await openPage(browser, server.url, { reducedMotion: 'reduce' });
    opened.push(watched);
    const answer = await watched.page.request.post('/api/session', { data: { username, password } });
    expect(answer.status()).toBe(200);
    return watched.page;
  }

  async function open(page: Page): Promise<void> {
    await openStudies(page, study);
    await waitForImage(page, uids[0]);
  }

  async function save(page: Page): Promise<string> {
    await page.keyboard.press('Control+s');
    const done = page.getByTestId('save-done');
    await done.waitFor();
    const text = (await done.textContent()) ?? '';
    await page.getByTestId('evidence-close').click();
    return text;
  }

  type Json = Record<string, { Value?: unknown[] } | undefined>;

  /** The documents of the study, oldest first, as the archive lists them. */
  async function documents(page: Page, modality: 'SR' | 'KO'): Promise<{ uid: string; series: string }[]> {
    const found = await page.evaluate(
      async ([study, modality]) => {
        const url = `/dicom-web/studies/${study}/instances?Modality=${modality}&includefield=ContentDate,ContentTime`;
        const answer = await fetch(url, { headers: { Accept: 'application/dicom+json' } });
        return answer.status === 204 ? [] : await answer.json();
      },
      [study, modality] as const,
    );
    const value = (entry: Json, tag: string) => String(entry[tag]?.Value?.[0] ?? '');
    return (found as Json[])
      .map((entry) => ({
        uid: value(entry, '00080018'),
        series: value(entry, '0020000E'),
        time: value(entry, '00080033'),
      }))
      .sort((a, b) => (a.time < b.time ? -1 : 1));
  }

  /** A stored document as a file. */
  async function fileOf(page: Page, document: { uid: string; series: string }): Promise<string> {
    const base64 = await page.evaluate(async (url) => {
      const answer = await fetch(url, { headers: { Accept: 'application/dicom; transfer-syntax=*' } });
      const bytes = new Uint8Array(await answer.arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    }, `/dicom-web/studies/${study}/series/${document.series}/instances/${document.uid}`);
    const path = join(folder, `${document.uid}.dcm`);
    writeFileSync(path, Buffer.from(base64, 'base64'));
    return path;
  }

  /** What DCMTK's program says on either channel, without what it says of every file in UTF-8 and of every selection. */
  function dcmtk(program: string, ...parameters: string[]): string {
    const output = execFileSync('sh', ['-c', `${program} "$@" 2>&1`, program, ...parameters], {
      encoding: 'utf8',
    });
    return output.replace(
      /^W: (The VR checker does not support|Check for template constraints not yet).*\n/gm,
      '',
    );
  }

  it('saves measurements and a key image, and says so', async () => {
    const page = opened[0]?.page;
    if (!page) throw new Error('no page');
    await open(page);
    await takeTool(page, 'toolLength');
    await drag(page, image, [
      [10, 10],
      [40, 30],
    ]);
    await takeTool(page, 'toolEllipse');
    await drag(page, image, [
      [30, 20],
      [50, 34],
    ]);
    await takeTool(page, 'toolCobbAngle');
    await click(page, image, [
      [5, 40],
      [20, 42],
      [6, 60],
      [25, 50],
    ]);
    made = await measurements(page, 3);
    await page.keyboard.press('y');
    await page.getByTestId('key-star').waitFor();
    expect(await page.getByTestId('series-star').textContent()).toContain('1 key image');
    expect(await save(page)).toBe('Saved: 3 measurements, 1 key image');
    // Nothing is left to be saved.
    await page.keyboard.press('Control+s');
    await page.getByText('Everything is saved').waitFor();
  });

  it('shows them to another reader: same points, numbers, author and time', async () => {
    const page = await signIn('ben.reader');
    await open(page);
    const shown = await measurements(page, 3);
    for (const [index, original] of made.entries()) {
      const { points, ...rest } = shown[index] ?? { points: [] };
      const { points: expected, ...same } = original;
      expect(rest).toEqual(same);
      expect(points).toHaveLength(expected.length);
      for (const [at, { x, y }] of expected.entries()) {
        expect(Math.abs((points[at]?.x ?? Number.NaN) - x)).toBeLessThan(1e-3);
        expect(Math.abs((points[at]?.y ?? Number.NaN) - y)).toBeLessThan(1e-3);
      }
    }
    const notice = await page.getByTestId('evidence-notice').textContent();
    const today = new Date().toLocaleDateString('sv');
    expect(notice).toContain(`3 measurements of anna.reader, ${today}`);
    expect(notice).toContain(`1 key image (Of interest) of anna.reader, ${today}`);
    await page.getByTestId('key-star').waitFor();
    await page.keyboard.press('End');
    await waitForFact(page, 'imageIndex', '2');
    expect(await page.getByTestId('key-star').count()).toBe(0);
    await page.keyboard.press('n');
    await waitForFact(page, 'imageIndex', '0');
  });

  it.skipIf(!hasDcmtk)('is a report that DCMTK has nothing against', async () => {
    const page = opened[0]?.page;
    const [report] = page ? await documents(page, 'SR') : [];
    if (!page || !report) throw new Error('no report');
    const path = await fileOf(page, report);
    const dump = dcmtk('dsrdump', '+Pc', path);
    expect(dump).not.toMatch(/^[EWF]: /m);
    expect(dump).toContain('Comprehensive SR Document');
    expect(dump).toContain('Muñoz^José=山田^太郎');
    expect(dump.match(/CONTAINER:\(125007,DCM,"Measurement Group"\)/g)).toHaveLength(3);
    expect(dump.match(/PNAME:\(121008,DCM,"Person Observer Name"\)="anna.reader"/g)).toHaveLength(4);
    expect(dump).toContain('NUM:(410668003,SCT,"Length")="25');
    expect(dcmtk('dsr2xml', path)).not.toMatch(/^[EWF]: /m);
    const tags = dcmtk('dcmdump', '+L', path);
    expect(tags).toMatch(/\(0010,0020\) LO \[EV-1\]/);
    expect(tags).toMatch(/\(0008,0020\) DA \[20260102\]/);
    expect(tags).toMatch(/\(0070,0022\) FL 10\.\d+\\10\.\d+\\40\.\d+\\30\.\d+ /);
    const [selection] = await documents(page, 'KO');
    if (!selection) throw new Error('no key objects');
    const keyPath = await fileOf(page, selection);
    const keyDump = dcmtk('dsrdump', '+Pc', keyPath);
    expect(keyDump).not.toMatch(/^[EWF]: /m);
    const keyXml = dcmtk('dsr2xml', keyPath);
    expect(keyXml).not.toMatch(/^[EWF]: /m);
    expect(keyXml).toContain(`<instance uid="${uids[0]}"/>`);
    expect(keyDump).toContain('CONTAINER:(113000,DCM,"Of Interest")');
    expect(keyDump).toContain('<contains IMAGE:=(MR image,)>');
  });

  /** A stored document as dcmjs reads it. */
  async function dcmjsReads(page: Page, document: { uid: string; series: string }) {
    const bytes = readFileSync(await fileOf(page, document));
    const { dict } = dcmjs.data.DicomMessage.readFile(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    );
    return dcmjs.data.DicomMetaDictionary.naturalizeDataset(dict) as Record<string, unknown>;
  }

  it('is a report that dcmjs reads', async () => {
    const page = opened[0]?.page;
    const [report] = page ? await documents(page, 'SR') : [];
    if (!page || !report) throw new Error('no report');
    const read = await dcmjsReads(page, report);
    expect(read).toMatchObject({ Modality: 'SR', StudyInstanceUID: study, CompletionFlag: 'PARTIAL' });
    const text = JSON.stringify(read);
    expect(text).toContain('"CodeValue":"285285000"');
    expect(text.match(new RegExp(`"ReferencedSOPInstanceUID":"${uids[0]}"`, 'g'))?.length).toBeGreaterThan(3);
  });

  it('is a selection of key images that dcmjs reads', async () => {
    const page = opened[0]?.page;
    const [selection] = page ? await documents(page, 'KO') : [];
    if (!page || !selection) throw new Error('no key objects');
    const [type, code] = [
      '1.2.840.10008.5.1.4.1.1.4',
      { CodeValue: '113000', CodingSchemeDesignator: 'DCM' },
    ];
    const image = { ReferencedSOPClassUID: type, ReferencedSOPInstanceUID: uids[0] };
    expect(await dcmjsReads(page, selection)).toMatchObject({
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.59',
      Modality: 'KO',
      StudyInstanceUID: study,
      ConceptNameCodeSequence: [code],
      ContentTemplateSequence: [{ TemplateIdentifier: '2010' }],
      ContentSequence: expect.arrayContaining([
        expect.objectContaining({ ValueType: 'PNAME', PersonName: [{ Alphabetic: 'anna.reader' }] }),
        expect.objectContaining({
          ValueType: 'IMAGE',
          RelationshipType: 'CONTAINS',
          ReferencedSOPSequence: [expect.objectContaining(image)],
        }),
      ]),
      CurrentRequestedProcedureEvidenceSequence: [
        {
          StudyInstanceUID: study,
          ReferencedSeriesSequence: [{ SeriesInstanceUID: series, ReferencedSOPSequence: [image] }],
        },
      ],
    });
  });

  it('saves changes and removals as a report that names the one before', async () => {
    const page = opened[1]?.page;
    if (!page) throw new Error('no page');
    await page.getByTestId('evidence-close').click();
    const [length, ellipse] = await measurements(page, 3);
    await page.evaluate(() => document.querySelector<HTMLElement>('[data-testid="viewport-0"]')?.focus());
    await page.getByTestId('command-measurementList').waitFor();
    await takeTool(page, 'toolProbe');
    await click(page, image, [[50, 50]]);
    await measurements(page, 4);
    await page.keyboard.press('y');
    await page.getByTestId('command-measurementList').click();
    const entry = page.locator(`[data-testid="measurement-entry"][data-uid="${ellipse?.uid}"]`);
    await entry.getByTestId('measurement-delete').click();
    await page.getByTestId('measuring-yes').click();
    await measurements(page, 3);
    // The second reader takes back the mark of the first, adds a probe, and removes the ellipse.
    expect(await save(page)).toBe('Saved: 1 measurement, removals');
    const reports = await documents(page, 'SR');
    expect(reports).toHaveLength(2);
    const third = opened[0]?.page;
    if (!third) throw new Error('no page');
    await open(third);
    const shown = await measurements(third, 3);
    expect(shown.map(({ tool }) => tool)).toEqual(['length', 'cobbAngle', 'probe']);
    expect(shown[0]?.uid).toBe(length?.uid);
    expect(await third.getByTestId('key-star').count()).toBe(0);
    const lines = await third.getByTestId('report-line').allTextContents();
    expect(lines).toHaveLength(1);
    if (hasDcmtk) {
      const last = reports[1];
      if (!last) throw new Error('no second report');
      const path = await fileOf(third, last);
      expect(dcmtk('dsrdump', path)).toContain('Predecessor Docs    : 1');
      const dump = dcmtk('dsrdump', path);
      expect(dump).not.toMatch(/^[EWF]: /m);
      expect(dump).not.toContain(ellipse?.uid ?? '');
      expect(dump).toContain(length?.uid ?? '');
    }
  });

  it('loses nothing when saving fails, says why, and saves when asked again', async () => {
    const page = opened[0]?.page;
    if (!page) throw new Error('no page');
    await page.getByTestId('evidence-close').click();
    await takeTool(page, 'toolLength');
    await drag(page, image, [
      [3, 3],
      [3, 23],
    ]);
    await measurements(page, 4);
    const isStore = (url: URL) => url.pathname === '/dicom-web/studies';
    await page.route(isStore, (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({
            status: 507,
            contentType: 'application/problem+json',
            body: JSON.stringify({ title: 'Insufficient storage', detail: 'the disk is full' }),
          })
        : route.fallback(),
    );
    await page.keyboard.press('Control+s');
    const failure = page.getByTestId('save-failed');
    await failure.waitFor();
    expect(await failure.textContent()).toContain('the disk is full');
    const download = page.waitForEvent('download');
    await failure.getByRole('button', { name: 'Keep as file: measurements.dcm' }).click();
    const kept = readFileSync(await (await download).path());
    expect(kept.subarray(128, 132).toString()).toBe('DICM');
    await measurements(page, 4);
    await page.unroute(isStore);
    await failure.getByRole('button', { name: 'Save again' }).click();
    await page.getByTestId('save-done').waitFor();
    expect(await page.getByTestId('save-done').textContent()).toBe('Saved: 1 measurement');
    expect(await documents(page, 'SR')).toHaveLength(3);
  });

  /** Three planes, and the measurements on the coronal one. */
  async function coronalMeasurements(page: Page, count: number): Promise<ToldMeasurement[]> {
    await page.keyboard.press('6');
    await page.getByTestId('viewport-2').waitFor();
    await waitForImage(page, undefined, 1);
    return measurements(page, count, 1);
  }

  it('saves a length on a plane through the volume where it is in the patient', async () => {
    const [page, other] = [opened[0]?.page, opened[1]?.page];
    if (!page || !other) throw new Error('no page');
    await page.getByTestId('evidence-close').click();
    await coronalMeasurements(page, 0);
    await takeTool(page, 'toolLength');
    const box = await page.getByTestId('viewport-element-1').boundingBox();
    if (!box) throw new Error('no plane');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x - 40, y);
    await page.mouse.down();
    await page.mouse.move(x + 40, y, { steps: 4 });
    await page.mouse.up();
    const [drawn] = await measurements(page, 1, 1);
    expect(await save(page)).toBe('Saved: 1 measurement');
    await open(other);
    const [shown] = await coronalMeasurements(other, 1);
    expect(shown?.uid).toBe(drawn?.uid);
    expect(shown?.values.length).toBeCloseTo(drawn?.values.length ?? Number.NaN, 3);
    if (!hasDcmtk) return;
    const last = (await documents(page, 'SR')).at(-1);
    if (!last) throw new Error('no report');
    const path = await fileOf(page, last);
    const dump = dcmtk('dsrdump', '+Pc', path);
    expect(dump).not.toMatch(/^[EWF]: /m);
    expect(dump).toContain('Comprehensive 3D SR Document');
    // PS3.3 C.18.9: the ends in mm, as far from one another as the viewer says; a coronal line to the left keeps y and z.
    const ends = dcmtk('dcmdump', '+P', '0070,0022', path).match(/FL ([-\d.e]+(?:\\[-\d.e]+){5}) /)?.[1];
    const [x1 = 0, y1, z1, x2 = 0, y2, z2] = (ends ?? '').split('\\').map(Number);
    expect(x2 - x1).toBeCloseTo(drawn?.values.length ?? Number.NaN, 3);
    expect([y2, z2]).toEqual([y1, z1]);
  });

  it('says who may not save', async () => {
    const page = opened[1]?.page;
    if (!page) throw new Error('no page');
    await page.route('**/api/session', async (route) => {
      const answer = await route.fetch();
      const session = (await answer.json()) as { permissions: string[] };
      const permissions = session.permissions.filter((permission) => permission !== 'dicom:store');
      await route.fulfill({ response: answer, json: { ...session, permissions } });
    });
    // The session is asked for when the page is loaded.
    await page.goto(`/viewer?StudyInstanceUIDs=${study}`);
    await waitForImage(page, uids[0]);
    await page.getByTestId('command-saveEvidence').click();
    expect(await page.getByTestId('save-refused').textContent()).toContain('dicom:store');
    expect((await viewportFacts(page)).imageIndex).toBe('0');
  });

  it('makes no complaints', () => {
    expect(opened.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});
