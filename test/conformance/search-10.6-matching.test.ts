import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attributes, makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { firstOf, get, search, storeAll } from './requests.ts';

let server: TestServer;

/** Studies by a name for the test; each search answers with these names, sorted. */
const studies: Record<string, Attributes> = {
  doe: {
    PatientName: 'Doe^John',
    PatientID: 'P%1',
    StudyDate: '20240131',
    StudyTime: '091500',
    AccessionNumber: 'ACC-1',
    StudyDescription: 'CT Chest 50%',
    ReferringPhysicianName: 'House^Gregory',
    StudyID: 'S1',
    PatientBirthDate: '19500101',
    PatientSex: 'M',
    IssuerOfPatientID: 'HOSP',
  },
  mueller: {
    PatientName: 'Müller^Käthe',
    PatientID: 'P_1',
    StudyDate: '20240201',
    StudyTime: '0930',
    AccessionNumber: 'ACC_2',
    StudyDescription: 'Schädel nativ',
    SpecificCharacterSet: 'ISO_IR 192',
  },
  yamada: {
    PatientName: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
    PatientID: 'P\\X'.replace('\\', ''),
    StudyDate: '20240229',
    StudyTime: '10',
    AccessionNumber: 'acc-1',
    StudyDescription: '胸部',
    SpecificCharacterSet: 'ISO_IR 192',
  },
  zoe: {
    PatientName: 'ÅNGSTRÖM^Zoë',
    PatientID: 'P11',
    StudyDate: '20241231',
    StudyTime: '235959.5',
    AccessionNumber: '',
    StudyDescription: 'under_score',
    SpecificCharacterSet: 'ISO_IR 192',
  },
  blank: {
    PatientName: '',
    PatientID: '',
    StudyDate: '',
    StudyTime: '',
    AccessionNumber: 'B',
    StudyDescription: '',
    ReferringPhysicianName: 'HOUSE^Greg',
  },
};
const uidOf: Record<string, string> = {};
const nameOf = new Map<unknown, string>();

beforeAll(async () => {
  server = await startServer();
  const instances = Object.entries(studies).map(([name, attributes]) => {
    const uid = testUid();
    uidOf[name] = uid;
    nameOf.set(uid, name);
    const isCt = name === 'doe';
    return makeInstance({
      attributes: {
        StudyInstanceUID: uid,
        Modality: isCt ? 'CT' : 'MR',
        SeriesDescription: isCt ? 'Lung' : 'Localizer',
        SeriesNumber: isCt ? 4 : 7,
        InstanceNumber: 3,
        ContentDate: '20240301',
        BodyPartExamined: 'CHEST',
        PerformedProcedureStepStartDate: '20240131',
        PerformedProcedureStepStartTime: '0910',
        RequestAttributesSequence: [
          { RequestedProcedureID: `RP-${name}`, ScheduledProcedureStepID: `SPS-${name}` },
          { RequestedProcedureID: 'RP-all', ScheduledProcedureStepID: 'SPS-all' },
        ],
        ...attributes,
      },
    });
  });
  const second = makeInstance({
    attributes: {
      StudyInstanceUID: uidOf.doe,
      Modality: 'SR',
      SeriesDescription: 'Report',
      SeriesNumber: 99,
      ...studies.doe,
    },
  });
  await storeAll(server, [...instances, second]);
});
afterAll(() => server?.stop());

/** `query` as `keyword=value&…`, percent-encoded here. */
async function found(query: string): Promise<string> {
  const encoded = query.split('&').map((pair) =>
    pair
      .split('=')
      .map((part, i, parts) => (i === 0 ? part : encodeURIComponent(i === 1 ? parts.slice(1).join('=') : '')))
      .slice(0, 2)
      .join('='),
  );
  const rows = await search(server, `/studies?${encoded.join('&')}`);
  return rows
    .map((row) => nameOf.get(firstOf(row, '0020000D')))
    .sort()
    .join(' ');
}

const ALL = 'blank doe mueller yamada zoe';

describe('matching of studies (PS3.4 C.2.2.2)', () => {
  it.each([
    ['one value', 'PatientID=P11', 'zoe'],
    ['one value by tag', '00100020=P11', 'zoe'],
    ['an ID by its case', 'PatientID=p11', ''],
    ['an accession number by its case', 'AccessionNumber=ACC-1', 'doe'],
    ['a percent sign as itself', 'PatientID=P%1', 'doe'],
    ['a percent sign as itself beside a wildcard', 'PatientID=P%*', 'doe'],
    ['an underscore as itself', 'PatientID=P_1', 'mueller'],
    ['an underscore as itself beside a wildcard', 'PatientID=P_?', 'mueller'],
    ['an underscore as itself in a description', 'StudyDescription=under_sc*', 'zoe'],
    ['a backslash between two values', 'PatientID=P11\\P_1', 'mueller zoe'],
    ['a question mark as one character', 'PatientID=P?1', 'doe mueller zoe'],
    ['a question mark as exactly one', 'PatientID=P?', 'yamada'],
    ['an asterisk as any characters', 'AccessionNumber=ACC*', 'doe mueller'],
    ['an asterisk as no characters', 'AccessionNumber=ACC-1*', 'doe'],
    ['an asterisk inside', 'AccessionNumber=A*1', 'doe'],
    ['universal matching by nothing', 'PatientID=', ALL],
    ['universal matching by an asterisk, also of empty values', 'PatientID=*', ALL],
    ['all of several attributes', 'PatientName=doe*&StudyDate=20240131', 'doe'],
    ['none where one of several does not match', 'PatientName=doe*&StudyDate=20240201', ''],
  ])('matches %s: %s', async (_, query, names) => {
    expect(await found(query)).toBe(names);
  });

  it.each([
    ['whatever the case', 'PatientName=DOE^john', 'doe'],
    ['with a wildcard', 'PatientName=do*', 'doe'],
    ['whole, not by their beginning', 'PatientName=Doe', ''],
    ['without accents', 'PatientName=muller^kathe', 'mueller'],
    ['with accents that are written in two characters', 'PatientName=Mu\u0308ller*', 'mueller'],
    ['with accents where the stored name is in capitals', 'PatientName=ångström^zoe', 'zoe'],
    ['in their ideographic group', 'PatientName=山田*', 'yamada'],
    ['in their phonetic group', 'PatientName=*たろう', 'yamada'],
    ['group by group', 'PatientName=yamada*=山田^太郎', 'yamada'],
    ['group by group, all of them', 'PatientName=yamada*=山田^花子', ''],
    ['in the second group alone', 'PatientName==山田*', 'yamada'],
    ['by their given name', 'PatientName=*^zoe', 'zoe'],
    ['with empty components at the end', 'PatientName=Doe^John^^', 'doe'],
    ['of physicians', 'ReferringPhysicianName=house^greg*', 'blank doe'],
  ])('matches names %s: %s', async (_, query, names) => {
    expect(await found(query)).toBe(names);
  });

  it.each([
    ['descriptions whatever the case and accents', 'StudyDescription=SCHADEL NATIV', 'mueller'],
    ['descriptions with a percent sign', 'StudyDescription=ct chest 50%', 'doe'],
    ['descriptions in another script', 'StudyDescription=胸*', 'yamada'],
    ['a sex', 'PatientSex=M', 'doe'],
    ['a birth date', 'PatientBirthDate=19500101', 'doe'],
    ['an issuer', 'IssuerOfPatientID=HOSP', 'doe'],
    ['a study ID', 'StudyID=S1', 'doe'],
  ])('matches %s', async (_, query, names) => {
    expect(await found(query)).toBe(names);
  });

  it.each([
    ['a day', '20240131', 'doe'],
    ['a day as ACR-NEMA wrote it', '2024.01.31', 'doe'],
    ['from a day on', '20240229-', 'yamada zoe'],
    ['up to a day', '-20240131', 'doe'],
    ['between days, both included', '20240131-20240229', 'doe mueller yamada'],
    ['a range that ends before it begins', '20240301-20240101', ''],
  ])('matches the date %s: %s', async (_, value, names) => {
    expect(await found(`StudyDate=${value}`)).toBe(names);
  });

  it.each([
    ['a time that is stored less precisely', '0930', 'mueller'],
    ['an hour, whatever the minutes', '09', 'doe mueller'],
    ['a range', '0900-0929', 'doe'],
    ['the end of a range to its last moment', '0900-0930', 'doe mueller'],
    ['an open end', '10-', 'yamada zoe'],
    ['an open beginning', '-0915', 'doe'],
    ['fractions of seconds', '235959.4-235959.6', 'zoe'],
    ['with colons, as ACR-NEMA wrote it', '09:15:00', 'doe'],
  ])('matches the time %s: %s', async (_, value, names) => {
    expect(await found(`StudyTime=${value}`)).toBe(names);
  });

  it('matches a list of UIDs, parted by commas or backslashes', async () => {
    expect(await found(`StudyInstanceUID=${uidOf.doe},${uidOf.zoe},1.2.3`)).toBe('doe zoe');
    expect(await found(`StudyInstanceUID=${uidOf.doe}\\${uidOf.zoe}`)).toBe('doe zoe');
    expect(await found(`0020000d=${uidOf.doe}`)).toBe('doe');
  });

  it.each([
    ['ModalitiesInStudy=CT', 'doe'],
    ['ModalitiesInStudy=SR', 'doe'],
    ['ModalitiesInStudy=CT\\MR', ALL],
    ['ModalitiesInStudy=S?', 'doe'],
    ['ModalitiesInStudy=C', ''],
    ['Modality=MR', 'blank mueller yamada zoe'],
    ['SOPClassesInStudy=1.2.840.10008.5.1.4.1.1.7', ALL],
    ['SeriesDescription=lung', 'doe'],
    ['SeriesNumber=99', 'doe'],
    ['SeriesDescription=lung&SeriesNumber=4', 'doe'],
    // One series must meet both.
    ['SeriesDescription=lung&SeriesNumber=99', ''],
    ['InstanceNumber=3&SeriesNumber=7', 'blank mueller yamada zoe'],
    ['SOPClassUID=1.2.840.10008.5.1.4.1.1.2', ''],
    ['RequestAttributesSequence.ScheduledProcedureStepID=SPS-doe', 'doe'],
    ['RequestAttributesSequence.ScheduledProcedureStepID=SPS-all', ALL],
    ['00400275.00400009=SPS-doe', 'doe'],
    ['00400275.00401001=RP-z*', 'zoe'],
    ['PerformedProcedureStepStartDate=20240131&PerformedProcedureStepStartTime=0900-0920', ALL],
  ])('finds studies by what their series and instances are: %s', async (query, names) => {
    expect(await found(query)).toBe(names);
  });
});

describe('a search that cannot be understood', () => {
  it.each([
    ['NoSuchKeyword=1', /neither an attribute's keyword nor its tag/],
    ['PixelSpacing=1', /not an attribute that can be searched/],
    ['00091001=1', /not an attribute that can be searched/],
    ['0010=1', /neither/],
    ['StudyDate=20240230', /StudyDate is not a date/],
    ['StudyDate=2024*', /StudyDate is not a date/],
    ['StudyDate=2024-01-31', /StudyDate is not a date/],
    ['StudyDate=-', /beginning or an end/],
    ['StudyTime=2460', /StudyTime is not a time/],
    ['SeriesNumber=one', /SeriesNumber is not a whole number/],
    ['limit=-1', /limit must be a whole number/],
    ['limit=ten', /limit/],
    ['offset=1.5', /offset/],
    ['fuzzymatching=maybe', /fuzzymatching must be true or false/],
    ['includefield=Nonsense', /neither/],
    ['orderby=Nonsense', /not an attribute/],
    ['orderby=SeriesNumber', /higher level/],
    ['RequestAttributesSequence.Nonsense=1', /neither/],
  ])('is a 400 that says what was wrong: %s', async (query, detail) => {
    const answer = await get(server, `/studies?${query}`);
    expect(answer.status, answer.text).toBe(400);
    expect(JSON.parse(answer.text).detail).toMatch(detail);
  });
});

describe('a hostile search', () => {
  it.each([
    ['U+0000 in an ID', 'PatientID=a%00b'],
    ['U+0000 in a name', 'PatientName=a%00b*'],
    ['U+0000 in a UID', 'StudyInstanceUID=1.2%00'],
    ['U+0000 in a code', 'ModalitiesInStudy=C%00T'],
    ['a lone surrogate', 'PatientID=%ED%A0%80'],
    [
      'SQL',
      "PatientID=';DROP TABLE study;--&PatientName=%27%20OR%201=1--"
        .replaceAll(' ', '%20')
        .replaceAll("'", '%27'),
    ],
    ['a pattern that would cost an evening', `PatientName=${'*a'.repeat(300)}`],
    [
      'thirty thousand alternatives of a name',
      `PatientName=${Array.from({ length: 30_000 }, () => 'a').join('\\')}`,
    ],
    ['as many times', `StudyTime=${Array.from({ length: 20_000 }, () => '10').join('\\')}`],
    ['as many UIDs', `StudyInstanceUID=${Array.from({ length: 10_000 }, () => '1.2').join(',')}`],
    [
      'three thousand keys to sort by',
      `orderby=${Array.from({ length: 3000 }, () => 'StudyDate').join(',')}`,
    ],
    ['a hundred and one parameters', Array.from({ length: 101 }, () => 'PatientID=1').join('&')],
    ['a number beyond any integer', 'SeriesNumber=9999999999'],
    ['a year beyond any calendar', 'StudyDate=00000101'],
    ['an enormous offset', 'offset=999999999'],
    ['an enormous limit', 'limit=999999999'],
  ])('with %s is answered, without a fault of the server', async (_, query) => {
    const answer = await get(server, `/studies?${query}`);
    expect([200, 204, 400], answer.text).toContain(answer.status);
    expect((await get(server, '/studies')).status).toBe(200);
  });
});
