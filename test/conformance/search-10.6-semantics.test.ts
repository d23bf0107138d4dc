import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attributes, makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { firstOf, get, type Json, search, storeAll, valuesOf } from './requests.ts';

let server: TestServer;
const uidOf: Record<string, string> = {};
const nameOf = new Map<unknown, string>();

/** Each a study by a name for the test; those of one array in one study. */
const studies: Record<string, Attributes[]> = {
  smith: [
    { PatientName: 'Smith^Mary Beth', StudyDate: '20060705', StudyTime: '0900', Modality: 'CT' },
    { PatientName: 'Smith^Mary Beth', StudyDate: '20060705', StudyTime: '0900', Modality: 'PT' },
  ],
  mueller: [{ PatientName: 'Müller^Käthe', StudyDate: '20060705', StudyTime: '1015', Modality: 'CT' }],
  obrien: [{ PatientName: "O'Brien^Tomás", StudyDate: '20060706', StudyTime: '0200', Modality: 'PT' }],
  yamada: [
    {
      PatientName: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
      StudyDate: '20060707',
      StudyTime: '1759',
      Modality: 'MR',
    },
  ],
  swayne: [{ PatientName: 'Swayne^John', StudyDate: '20060707', StudyTime: '1801', Modality: 'MR' }],
  timeless: [{ PatientName: '', PatientID: '', StudyDate: '20060706', StudyTime: '', StudyDescription: '' }],
};

beforeAll(async () => {
  server = await startServer();
  const instances = Object.entries(studies).flatMap(([name, ofStudy]) => {
    const uid = testUid();
    uidOf[name] = uid;
    nameOf.set(uid, name);
    return ofStudy.map((attributes) =>
      makeInstance({
        attributes: {
          SpecificCharacterSet: 'ISO_IR 192',
          StudyInstanceUID: uid,
          SeriesInstanceUID: testUid(),
          PatientID: `ID-${name}`,
          StudyDescription: 'x',
          ...attributes,
        },
      }),
    );
  });
  await storeAll(server, instances);
});
afterAll(() => server?.stop());

function namesIn(rows: readonly Json[]): string {
  const names = rows.map((row) => nameOf.get(firstOf(row, '0020000D')) ?? '?');
  return [...new Set(names)].sort().join(' ');
}

async function found(query: Record<string, string>, resource = '/studies'): Promise<string> {
  return namesIn(await search(server, `${resource}?${new URLSearchParams(query)}`));
}

const ALL = 'mueller obrien smith swayne timeless yamada';

describe('fuzzymatching=true (PS3.18 8.3.4.2, PS3.4 C.2.2.2.1.1)', () => {
  it.each([
    ['the order of components', 'Mary Smith', 'smith'],
    ['the order, with a comma', 'mary, smith', 'smith'],
    ['the order, as components', 'MARY^SMITH', 'smith'],
    ['one word of several', 'beth', 'smith'],
    ['the beginning of a word', 'smi', 'smith'],
    ['the beginnings of two words', 'sm ma', 'smith'],
    ['the sound', 'Swain', 'swayne'],
    ['the sound, and the order', 'jon swaine', 'swayne'],
    ['the sound of accents', 'Mueller', 'mueller'],
    ['accents', 'muller kathe', 'mueller'],
    ['accents of the query', 'Sméth', 'smith'],
    ['apostrophes', 'OBRIEN tomas', 'obrien'],
    ['apostrophes of the query', "o'brien", 'obrien'],
    ['the group: ideographic', '山田', 'yamada'],
    ['the group: phonetic', 'たろ', 'yamada'],
    ['the groups together', 'yamada 太郎', 'yamada'],
    ['the group of each, as it is written', 'yamada*=山田*', 'yamada'],
    ['wildcards around a word, as viewers send it', '*smith*', 'smith'],
    ['that a wildcard goes on inside a word', '*mit*', 'smith'],
    ['nothing: a name that is another', 'Jones', ''],
    ['nothing where one word is another', 'smith jones', ''],
    ['nothing: % is no wildcard', '%', ''],
    ['nothing: _ is no wildcard', '_mith', ''],
  ])('overlooks %s: %s', async (_, PatientName, names) => {
    expect(await found({ PatientName, fuzzymatching: 'true' })).toBe(names);
  });

  it('finds all that literal matching finds, and needs to be asked for', async () => {
    for (const PatientName of ['sm?th*', 'smith^mary beth', '*^john', 'müller^käthe', 'yamada^tarou=*']) {
      const literally = await found({ PatientName });
      expect(literally, PatientName).not.toBe('');
      expect(await found({ PatientName, fuzzymatching: 'true' }), PatientName).toContain(literally);
    }
    for (const PatientName of ['mary smith', 'swain', 'smi'])
      expect(await found({ PatientName, fuzzymatching: 'false' }), PatientName).toBe('');
  });

  it('is done at every level, for every name, and warns of nothing', async () => {
    for (const resource of ['/studies', '/series', '/instances'])
      expect(await found({ PatientName: 'mary smith', fuzzymatching: 'true' }, resource)).toBe('smith');
    const answer = await get(server, '/studies?fuzzymatching=true&PatientName=smith');
    expect(answer.headers.warning).toBeUndefined();
  });
});

describe('a range of dates and of times together (PS3.18 8.3.4.1.1, PS3.4 C.2.2.2.5.4)', () => {
  it.each([
    // The Standard's own example: from July 5, 10 am, until July 7, 6 pm.
    ['20060705-20060707', '1000-1800', 'mueller obrien timeless yamada'],
    ['20060705-', '1000-', 'mueller obrien swayne timeless yamada'],
    ['-20060706', '-0200', 'mueller obrien smith'],
    ['20060705-20060705', '0900-1000', 'smith'],
    // Of one form only, ranges are one range.
    ['20060705-20060707', '1000-', 'mueller swayne yamada'],
    ['20060705', '1000-1800', 'mueller'],
    ['20060707-20060705', '1000-1800', ''],
  ])('StudyDate=%s, StudyTime=%s', async (StudyDate, StudyTime, names) => {
    expect(await found({ StudyDate, StudyTime })).toBe(names);
  });

  it('holds for series and instances too', async () => {
    const query = { StudyDate: '20060705-20060707', StudyTime: '1000-1800' };
    expect(await found(query, '/instances')).toBe('mueller obrien timeless yamada');
  });

  it.each([
    ['20060230-20060301', '1000-1100', /StudyDate is not a date/],
    ['20060201-20060301', '1000-2500', /StudyTime is not a time/],
  ])('is a 400 where a part is none: %s %s', async (StudyDate, StudyTime, detail) => {
    const answer = await get(server, `/studies?${new URLSearchParams({ StudyDate, StudyTime })}`);
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(detail);
  });
});

describe('emptyvaluematching (PS3.18 8.3.4.5, PS3.4 C.2.2.2.7)', () => {
  it.each([
    ['PatientName', 'timeless'],
    ['PatientID', 'timeless'],
    ['StudyTime', 'timeless'],
    ['StudyDescription', 'timeless'],
    ['SeriesDescription', ALL],
    ['RequestAttributesSequence.ScheduledProcedureStepID', ALL],
  ])('finds what has no %s', async (attribute, names) => {
    expect(await found({ [attribute]: '""', emptyvaluematching: 'true' })).toBe(names);
  });

  it('is not done unless it is asked for', async () => {
    expect(await found({ PatientName: '""' })).toBe('');
    expect(await found({ PatientName: '""', emptyvaluematching: 'false' })).toBe('');
    expect((await get(server, '/studies?StudyTime=%22%22')).status).toBe(400);
  });

  it('is not defined for UIDs and numbers', async () => {
    for (const attribute of ['StudyInstanceUID', 'SeriesNumber']) {
      const answer = await get(server, `/studies?${attribute}=%22%22&emptyvaluematching=true`);
      expect(answer.status, attribute).toBe(400);
    }
  });
});

describe('several values', () => {
  it('match any of them, unless multiplevaluematching asks for all (PS3.4 C.2.2.2.8)', async () => {
    const ModalitiesInStudy = 'CT\\PT';
    expect(await found({ ModalitiesInStudy })).toBe('mueller obrien smith');
    expect(await found({ ModalitiesInStudy, multiplevaluematching: 'true' })).toBe('smith');
    expect(await found({ ModalitiesInStudy: 'PT\\CT', multiplevaluematching: 'true' })).toBe('smith');
    expect(await found({ ModalitiesInStudy: 'CT', multiplevaluematching: 'true' })).toBe('mueller smith');
    const answer = await get(server, '/studies?ModalitiesInStudy=C*%5CPT&multiplevaluematching=true');
    expect(answer.status).toBe(400);
  });

  it('are a list of UIDs by commas, by backslashes and by repetition', async () => {
    const [a, b] = [uidOf.smith, uidOf.yamada];
    for (const query of [
      `${a},${b}`,
      `${a}%2C${b}`,
      `${a}%5C${b}`,
      `${a}&StudyInstanceUID=${b}`,
      `${a}&0020000D=${b}`,
    ])
      expect(namesIn(await search(server, `/studies?StudyInstanceUID=${query}`)), query).toBe('smith yamada');
  });

  it('are refused where they are ranges or patterns', async () => {
    for (const query of ['StudyDate=2006-&StudyDate=20060101-', 'PatientName=a*&PatientName=b*'])
      expect((await get(server, `/studies?${query.replace('2006-&', '20060101-&')}`)).status, query).toBe(
        400,
      );
  });
});

describe('what a search answers with what it matched (PS3.18 10.6.3.3)', () => {
  it('holds the attributes that it matched, and those asked for by universal matching', async () => {
    const [row] = await search(
      server,
      `/studies?StudyInstanceUID=${uidOf.smith}&SOPClassesInStudy=1.2.840.10008.5.1.4.1.1.7`,
    );
    expect(row?.['00080062']).toBeDefined();
    const [plain] = await search(server, `/studies?StudyInstanceUID=${uidOf.smith}`);
    expect(plain?.['00080062']).toBeUndefined();
    const [asked] = await search(server, `/studies?StudyInstanceUID=${uidOf.smith}&SOPClassesInStudy=`);
    expect(asked?.['00080062']).toBeDefined();
    // Known to the dictionary, not to the index: no reason to refuse who only wants to see it.
    expect((await get(server, '/studies?Occupation=')).status).toBe(200);
  });

  it('counts what else there is of the patient, on request', async () => {
    const [row] = await search(
      server,
      `/studies?StudyInstanceUID=${uidOf.smith}&includefield=NumberOfPatientRelatedStudies,00201202,00201204`,
    );
    expect(['00201200', '00201202', '00201204'].map((tag) => firstOf(row, tag))).toEqual([1, 2, 2]);
  });

  it('holds whole UIDs in its URLs, whatever was asked for', async () => {
    for (const path of ['/studies', '/series', '/instances?limit=3', `/studies/${uidOf.smith}/instances`]) {
      for (const row of await search(server, path)) {
        const url = String(firstOf(row, '00081190'));
        expect(url).toMatch(
          new RegExp(`^${server.dicomweb}/studies/[0-9.]+(/series/[0-9.]+(/instances/[0-9.]+)?)?$`),
        );
        const answer = await get(server, url.slice(server.dicomweb.length), '*/*');
        expect(answer.status, url).toBe(200);
      }
    }
  });

  it('names modalities also where a study has several, and numbers as numbers', async () => {
    const [row] = await search(server, `/studies?StudyInstanceUID=${uidOf.smith}`);
    expect(valuesOf(row, '00080061')).toEqual(['CT', 'PT']);
    expect(firstOf(row, '00201206')).toBe(2);
    const [none] = await search(server, `/studies?StudyInstanceUID=${uidOf.timeless}`);
    expect(none?.['00080061']).toEqual({ vr: 'CS', Value: ['OT'] });
  });
});
