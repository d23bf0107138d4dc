import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { firstOf, get, type Json, request, search, store, storeAll } from './requests.ts';

let server: TestServer;
const study = testUid();
const [ct, mr] = [testUid(), testUid()];
const ctInstances = [testUid(), testUid(), testUid()];
const mrInstance = testUid();
const OTHERS = 7;

beforeAll(async () => {
  server = await startServer();
  const common = {
    StudyInstanceUID: study,
    PatientName: 'Grün^Änne=緑',
    PatientID: 'PID',
    IssuerOfPatientID: 'HOSP',
    PatientBirthDate: '19700101',
    PatientSex: 'F',
    StudyDate: '20990101',
    StudyDescription: 'Kopf',
    SpecificCharacterSet: 'ISO_IR 192',
    TimezoneOffsetFromUTC: '+0100',
    PatientComments: 'kept with the study',
  };
  const image = { rows: 8, columns: 16, bitsAllocated: 16, frames: 2 };
  const ofSeries = (series: string, Modality: string, SeriesNumber: number) => ({
    ...common,
    SeriesInstanceUID: series,
    Modality,
    SeriesNumber,
  });
  const main = [
    ...ctInstances.map((uid, i) =>
      makeInstance({
        image,
        attributes: {
          ...ofSeries(ct, 'CT', 2),
          SOPInstanceUID: uid,
          SOPClassUID: '1.2.840.10008.5.1.4.1.1.2.1',
          InstanceNumber: 3 - i,
          SeriesDescription: 'axial',
          PerformedProcedureStepStartDate: '20990102',
          RequestAttributesSequence: [{ ScheduledProcedureStepID: 'SPS1', RequestedProcedureID: 'RP1' }],
          KVP: '120',
          WindowCenter: ['40', '400'],
        },
      }),
    ),
    makeInstance({ attributes: { ...ofSeries(mr, 'MR', 1), SOPInstanceUID: mrInstance } }),
  ];
  const others = Array.from({ length: OTHERS }, (_, i) =>
    makeInstance({
      attributes: { PatientName: `Other^${i}`, PatientID: `OTHER${i}`, StudyDate: `2024010${i + 1}` },
    }),
  );
  await storeAll(server, [...main, ...others]);
});
afterAll(() => server?.stop());

const keysOf = (row: Json | undefined) => Object.keys(row ?? {}).sort();

describe('what a search answers by default', () => {
  it('is Table 10.6.3-3 for studies', async () => {
    const [row] = await search(server, `/studies?StudyInstanceUID=${study}`);
    expect(keysOf(row)).toEqual(
      [
        '00080005',
        '00080020',
        '00080030',
        '00080050',
        '00080056',
        '00080061',
        '00080090',
        '00080201',
        '00081030',
        '00081190',
        '00100010',
        '00100020',
        '00100021',
        '00100030',
        '00100040',
        '0020000D',
        '00200010',
        '00201206',
        '00201208',
      ].sort(),
    );
    expect(row).toMatchObject({
      '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
      '00080056': { vr: 'CS', Value: ['ONLINE'] },
      '00080061': { vr: 'CS', Value: ['CT', 'MR'] },
      '00081190': { vr: 'UR', Value: [`${server.dicomweb}/studies/${study}`] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Grün^Änne', Ideographic: '緑' }] },
      '00201206': { vr: 'IS', Value: [2] },
      '00201208': { vr: 'IS', Value: [4] },
    });
    // An attribute that the study has no value of comes without one.
    expect(row?.['00080090']).toEqual({ vr: 'PN' });
  });

  it('is Table 10.6.3-4 for the series of a study, in the order of their numbers', async () => {
    const rows = await search(server, `/studies/${study}/series`);
    expect(rows.map((row) => firstOf(row, '0020000E'))).toEqual([mr, ct]);
    expect(keysOf(rows[1])).toEqual(
      [
        '00080005',
        '00080056',
        '00080060',
        '00080201',
        '0008103E',
        '00081190',
        '0020000D',
        '0020000E',
        '00200011',
        '00201209',
        '00400244',
        '00400275',
      ].sort(),
    );
    expect(firstOf(rows[1], '00081190')).toBe(`${server.dicomweb}/studies/${study}/series/${ct}`);
    expect(firstOf(rows[1], '00201209')).toBe(3);
    expect(firstOf(firstOf(rows[1], '00400275') as Json, '00400009')).toBe('SPS1');
  });

  it('is Table 10.6.3-5 for the instances of a series, in the order of their numbers', async () => {
    const rows = await search(server, `/studies/${study}/series/${ct}/instances`);
    expect(rows.map((row) => firstOf(row, '00200013'))).toEqual([1, 2, 3]);
    expect(rows.map((row) => firstOf(row, '00080018'))).toEqual([...ctInstances].reverse());
    expect(keysOf(rows[0])).toEqual(
      [
        '00080005',
        '00080016',
        '00080018',
        '00080056',
        '00080201',
        '00081190',
        '0020000D',
        '0020000E',
        '00200013',
        '00280008',
        '00280010',
        '00280011',
        '00280100',
      ].sort(),
    );
    expect(rows[0]).toMatchObject({
      '00280008': { vr: 'IS', Value: [2] },
      '00280010': { vr: 'US', Value: [8] },
      '00280011': { vr: 'US', Value: [16] },
    });
    expect(firstOf(rows[0], '00081190')).toBe(
      `${server.dicomweb}/studies/${study}/series/${ct}/instances/${ctInstances[2]}`,
    );
  });

  it('holds the study for all series, and study and series for all instances', async () => {
    const [series] = await search(server, `/series?SeriesInstanceUID=${ct}`);
    expect(series).toMatchObject({
      '00100020': { Value: ['PID'] },
      '00080060': { Value: ['CT'] },
      '00201208': { Value: [4] },
      '00201209': { Value: [3] },
    });
    const [instance] = await search(server, `/instances?SOPInstanceUID=${mrInstance}`);
    expect(instance).toMatchObject({
      '00100020': { Value: ['PID'] },
      '00080060': { Value: ['MR'] },
      '00080018': { Value: [mrInstance] },
    });
    const inStudy = await search(server, `/studies/${study}/instances`);
    expect(inStudy).toHaveLength(4);
    expect(inStudy[0]?.['00080060']).toBeDefined();
    expect(inStudy[0]?.['00100020']).toBeUndefined();
  });

  it('is UTF-8, whatever the character set of the instance was', async () => {
    const uid = testUid();
    const bytes = makeInstance({
      attributes: { StudyInstanceUID: uid, SpecificCharacterSet: 'ISO_IR 144', PatientName: 'Люкceмбypг' },
      encodeText: (text) => Buffer.from([...text].map(iso5)),
    });
    await storeAll(server, [bytes]);
    const answer = await get(server, `/studies?StudyInstanceUID=${uid}`);
    expect(answer.text).toContain('Люкceмбypг');
    expect(await search(server, `/studies?PatientName=${encodeURIComponent('люк*')}`)).toHaveLength(1);
    await request(server.url, `/dicom-web/studies/${uid}`, { method: 'DELETE' });
  });
});

/** ISO 8859-5 of one character. */
function iso5(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  return code >= 0x401 && code <= 0x45f ? code - 0x360 : code;
}

describe('includefield (PS3.18 8.3.4.3)', () => {
  it.each([
    ['a keyword', 'includefield=PatientComments', ['00104000']],
    ['a tag', 'includefield=00104000', ['00104000']],
    ['a tag in lower case', 'includefield=0008002a&includefield=00104000', ['00104000']],
    [
      'several times',
      'includefield=PatientComments&includefield=SOPClassesInStudy',
      ['00104000', '00080062'],
    ],
    ['a list', 'includefield=PatientComments,SOPClassesInStudy', ['00104000', '00080062']],
    ['all', 'includefield=all', ['00104000', '00080062']],
  ])('adds attributes to studies by %s', async (_, query, tags) => {
    const [row] = await search(server, `/studies?StudyInstanceUID=${study}&${query}`);
    for (const tag of tags) expect(keysOf(row)).toContain(tag);
    expect(keysOf(row)).toContain('00100020');
  });

  it('adds attributes of an instance that no table names', async () => {
    const path = `/studies/${study}/series/${ct}/instances?SOPInstanceUID=${ctInstances[0]}`;
    const [plain] = await search(server, path);
    expect(plain?.['00180060']).toBeUndefined();
    const [row] = await search(server, `${path}&includefield=KVP,00281050`);
    expect(row).toMatchObject({
      '00180060': { vr: 'DS', Value: [120] },
      '00281050': { vr: 'DS', Value: [40, 400] },
    });
  });

  it('adds all of an instance but its bulk data', async () => {
    const [row] = await search(server, `/instances?SOPInstanceUID=${ctInstances[0]}&includefield=all`);
    expect(row).toMatchObject({
      '00180060': { Value: [120] },
      '00100020': { Value: ['PID'] },
      '00104000': { Value: ['kept with the study'] },
    });
    expect(row?.['7FE00010']).toBeUndefined();
  });

  it('adds the study to the series of a study when asked', async () => {
    const [row] = await search(server, `/studies/${study}/series?includefield=PatientName,StudyDescription`);
    expect(firstOf(row, '00081030')).toBe('Kopf');
    expect(row?.['00100010']).toBeDefined();
  });
});

describe('paging (PS3.18 8.3.4.4)', () => {
  it('tells how many more there are, and goes through all of them once', async () => {
    const first = await get(server, '/studies?limit=3');
    expect(first.headers['x-total-count']).toBe(String(OTHERS + 1));
    expect(first.headers.warning).toMatch(/^299 .*There are 5 additional results that can be requested/);
    const seen: unknown[] = [];
    for (let offset = 0; ; offset += 3) {
      const rows = await search(server, `/studies?limit=3&offset=${offset}`);
      if (rows.length === 0) break;
      seen.push(...rows.map((row) => firstOf(row, '0020000D')));
    }
    expect(seen).toHaveLength(OTHERS + 1);
    expect(new Set(seen).size).toBe(OTHERS + 1);
    const last = await get(server, '/studies?limit=3&offset=6');
    expect(last.headers.warning).toBeUndefined();
    expect(JSON.parse(last.text)).toHaveLength(2);
  });

  it('answers 204 without a body past the end, and where nothing matches', async () => {
    for (const query of ['offset=100', 'PatientID=nobody', 'limit=0']) {
      const answer = await get(server, `/studies?${query}`);
      expect(answer.status).toBe(204);
      expect(answer.text).toBe('');
    }
    expect((await get(server, '/studies?PatientID=nobody')).headers['x-total-count']).toBe('0');
    expect((await get(server, '/studies/1.2.3/series')).status).toBe(204);
  });

  it('gives the newest studies first', async () => {
    const rows = await search(server, '/studies');
    expect(rows.map((row) => firstOf(row, '00080020'))).toEqual([
      '20990101',
      ...[7, 6, 5, 4, 3, 2, 1].map((day) => `2024010${day}`),
    ]);
  });

  it.each([
    ['PatientName', ['PID', 'OTHER0', 'OTHER1']],
    ['-PatientID', ['PID', 'OTHER6', 'OTHER5']],
    ['StudyDate', ['OTHER0', 'OTHER1', 'OTHER2']],
    ['-NumberOfNothing,StudyDate', undefined],
    ['PatientSex,-StudyDate', ['PID', 'OTHER6', 'OTHER5']],
    ['00100020', ['OTHER0', 'OTHER1', 'OTHER2']],
  ])('sorts by orderby=%s', async (orderBy, ids) => {
    const answer = await get(server, `/studies?limit=3&orderby=${orderBy}`);
    expect(answer.status).toBe(ids ? 200 : 400);
    if (ids) expect(JSON.parse(answer.text).map((row: Json) => firstOf(row, '00100020'))).toEqual(ids);
  });

  it('warns of what was cut in the words of the Standard (8.3.4.4.1), also where nothing is shown', async () => {
    for (const limit of [0, 3]) {
      const { headers } = await get(server, `/studies?limit=${limit}`);
      const remaining = OTHERS + 1 - limit;
      expect(headers.warning).toBe(
        `299 ${server.dicomweb}: There are ${remaining} additional results that can be requested`,
      );
    }
  });
});

describe('an instance of another patient than its study', () => {
  it('tells its own patient and study attributes, where these are asked for', async () => {
    const [one, series, first, second] = [testUid(), testUid(), testUid(), testUid()];
    const make = (SOPInstanceUID: string, attributes: Record<string, string>) =>
      makeInstance({
        attributes: { StudyInstanceUID: one, SeriesInstanceUID: series, SOPInstanceUID, ...attributes },
      });
    await storeAll(server, [
      make(first, { PatientID: 'A8A', PatientName: 'Alice', PatientBirthDate: '19700101' }),
    ]);
    await store(server, [
      make(second, { PatientID: 'A8B', PatientName: 'Bob', AccessionNumber: 'HIS', Modality: 'PT' }),
    ]);
    const fields = 'includefield=PatientID,PatientName,AccessionNumber,PatientBirthDate,Modality';
    for (const asked of ['includefield=all', fields])
      for (const path of [`/studies/${one}/instances`, '/instances']) {
        const [found] = await search(server, `${path}?SOPInstanceUID=${second}&${asked}`);
        expect(firstOf(found, '00100020'), path).toBe('A8B');
        expect(firstOf(found, '00100010'), path).toEqual({ Alphabetic: 'Bob' });
        expect(firstOf(found, '00080050'), path).toBe('HIS');
        expect(firstOf(found, '00080060'), path).toBe('PT');
        expect(firstOf(found, '00100030'), path).toBeUndefined();
      }
  });
});
