import { SaxesParser } from 'saxes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithSharedFiles, readShared } from '../integration/dicom/shared-files.ts';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { parseMultipart } from './multipart.ts';
import { firstOf, get, type Json, search, storeAll, valuesOf } from './requests.ts';

/** What users of other archives complained of, each a behaviour that ours owes them. */

let server: TestServer;
const [study, otherStudy, sharedSeries] = [testUid(), testUid(), testUid()];

beforeAll(async () => {
  server = await startServer();
  const common = { SpecificCharacterSet: 'ISO_IR 192', StudyDate: '20240131', PatientID: 'P1' };
  await storeAll(server, [
    makeInstance({
      attributes: {
        ...common,
        StudyInstanceUID: study,
        SeriesInstanceUID: sharedSeries,
        PatientName: 'Grün<&>^"Änne"',
        StudyDescription: 'Abdomen',
        Modality: 'CT',
        RequestAttributesSequence: [{ ScheduledProcedureStepID: 'S1' }],
      },
    }),
    makeInstance({ attributes: { ...common, StudyInstanceUID: study, Modality: 'SR' } }),
    makeInstance({
      attributes: {
        ...common,
        StudyInstanceUID: otherStudy,
        SeriesInstanceUID: sharedSeries,
        PatientName: 'Other',
      },
    }),
  ]);
});
afterAll(() => server?.stop());

const XML = 'multipart/related; type="application/dicom+xml"';

interface Read {
  keyword: string;
  vr: string;
  texts: string[];
}

/** The elements at the root of a Native DICOM Model document, by tag. */
function readXml(text: string): Record<string, Read> {
  const elements: Record<string, Read> = {};
  let depth = 0;
  let current: Read | undefined;
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ local, attributes }) => {
    if (local === 'DicomAttribute' && ++depth === 1) {
      current = {
        keyword: attributes.keyword?.value ?? '',
        vr: attributes.vr?.value ?? '',
        texts: [],
      };
      elements[attributes.tag?.value ?? ''] = current;
    }
  });
  parser.on('closetag', ({ local }) => {
    if (local === 'DicomAttribute') depth -= 1;
  });
  parser.on('text', (part) => {
    if (depth === 1 && part.trim() !== '') current?.texts.push(part);
  });
  parser.write(text).close();
  return elements;
}

describe('answers as multipart/related; type="application/dicom+xml" (PS3.18 10.6.4)', () => {
  it.each(['/studies', '/series', '/instances', `/instances?includefield=all`])(
    'are one part a result, saying what JSON says: %s',
    async (path) => {
      const rows = await search(server, path);
      const answer = await get(server, path, XML);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^multipart\/related; ?type="application\/dicom\+xml"/);
      const parts = parseMultipart(answer.headers['content-type'] ?? '', answer.body);
      expect(parts).toHaveLength(rows.length);
      parts.forEach((part, i) => {
        expect(part.headers['content-type']).toMatch(/^application\/dicom\+xml/);
        const elements = readXml(part.body.toString('utf8'));
        expect(Object.keys(elements)).toEqual(Object.keys(rows[i] ?? {}));
        for (const [tag, { vr, texts }] of Object.entries(elements)) {
          expect(vr, tag).toBe(rows[i]?.[tag]?.vr);
          const values = valuesOf(rows[i], tag);
          if (vr !== 'SQ' && vr !== 'PN') expect(texts, tag).toEqual(values.map(String));
        }
      });
    },
  );

  it('hold names whatever is in them', async () => {
    const answer = await get(server, `/studies?StudyInstanceUID=${study}`, XML);
    const [part] = parseMultipart(answer.headers['content-type'] ?? '', answer.body);
    const name = readXml(part?.body.toString('utf8') ?? '')['00100010'];
    expect(name).toEqual({ keyword: 'PatientName', vr: 'PN', texts: ['Grün<&>', '"Änne"'] });
  });

  it('are a 204 where nothing matches, and carry the same headers', async () => {
    const none = await get(server, '/studies?PatientID=nobody', XML);
    expect([none.status, none.text]).toEqual([204, '']);
    const cut = await get(server, '/studies?limit=1', XML);
    expect(cut.headers.warning).toContain('There are 1 additional results');
    expect(cut.headers['x-total-count']).toBe('2');
  });
});

describe('a study list as a viewer asks for it', () => {
  it('is answered as OHIF wants it: modalities, counts as numbers, wildcards around names', async () => {
    const query =
      'limit=101&offset=0&fuzzymatching=true&includefield=00081030%2C00080060&PatientName=*gr%C3%BCn*&StudyDate=20230131-20240131&ModalitiesInStudy=CT%5CMR';
    const [row, ...others] = await search(server, `/studies?${query}`);
    expect(others).toEqual([]);
    expect(valuesOf(row, '00080061')).toEqual(['CT', 'SR']);
    expect([firstOf(row, '00201206'), firstOf(row, '00201208')]).toEqual([2, 2]);
    expect(firstOf(row, '00081030')).toBe('Abdomen');
    // PS3.18 10.6.3.3.1: attributes of series are not among those of studies; the client hears so.
    expect(row?.['00080060']).toBeUndefined();
    const { headers } = await get(server, `/studies?${query}`);
    expect(headers.warning).toBe(
      `299 ${server.dicomweb}: The following includefield values are not supported: 00080060`,
    );
  });

  it('ignores of includefield what a level does not have, and says so; never what it has', async () => {
    const warningOf = async (path: string) => (await get(server, path)).headers.warning;
    expect(await warningOf('/series?includefield=KVP,PatientName,Modality')).toMatch(/: 00180060$/);
    expect(await warningOf('/instances?includefield=KVP,PatientName,Modality')).toBeUndefined();
    expect(
      await warningOf('/studies?includefield=PatientName,ModalitiesInStudy,NumberOfStudyRelatedSeries,all'),
    ).toBeUndefined();
  });

  it('gives an attribute that is matched and asked for at once, and one that is asked for twice', async () => {
    for (const query of [
      'StudyDescription=abdomen&includefield=StudyDescription',
      'StudyDescription=abdomen&includefield=00081030&includefield=StudyDescription',
      'includefield=StudyDescription&StudyDescription=abdo*',
      'RequestAttributesSequence.ScheduledProcedureStepID=S1&includefield=StudyDescription',
    ]) {
      const rows = await search(server, `/studies?${query}`);
      expect(
        rows.map((row) => firstOf(row, '00081030')),
        query,
      ).toEqual(['Abdomen']);
    }
  });
});

describe('one Series Instance UID in two studies', () => {
  it('is two series, each with its own study', async () => {
    const rows = await search(server, `/series?SeriesInstanceUID=${sharedSeries}`);
    const pairs = rows.map((row) => [firstOf(row, '0020000D'), firstOf(row, '00201209')]);
    expect(pairs.sort()).toEqual(
      [
        [study, 1],
        [otherStudy, 1],
      ].sort(),
    );
    expect(await search(server, `/studies/${study}/series/${sharedSeries}/instances`)).toHaveLength(1);
    expect(
      await search(server, `/studies/${otherStudy}/instances?SeriesInstanceUID=${sharedSeries}`),
    ).toHaveLength(1);
  });
});

describeWithSharedFiles('names in the character sets that hospitals send', () => {
  const FILES = [
    ['chrArab.dcm', 'قباني^لنزار'],
    ['chrFren.dcm', 'Buc^Jérôme'],
    ['chrGerm.dcm', 'Äneas^Rüdiger'],
    ['chrGreek.dcm', 'Διονυσιος'],
    ['chrH31.dcm', 'Yamada^Tarou', '山田^太郎', 'やまだ^たろう'],
    ['chrH32.dcm', 'ﾔﾏﾀﾞ^ﾀﾛｳ', '山田^太郎', 'やまだ^たろう'],
    ['chrHbrw.dcm', 'שרון^דבורה'],
    ['chrI2.dcm', 'Hong^Gildong', '洪^吉洞', '홍^길동'],
    ['chrRuss.dcm', 'Люкceмбypг'],
    ['chrX1.dcm', 'Wang^XiaoDong', '王^小東'],
    ['chrX2.dcm', 'Wang^XiaoDong', '王^小东'],
  ];

  it.each(FILES.map(([file = '', ...groups]) => ({ file, groups })))(
    'are found and given in UTF-8: $file',
    async ({ file, groups }) => {
      await storeAll(server, [readShared(`charset/pydicom/${file}`)]);
      for (const group of groups) {
        for (const PatientName of [group, `${group.slice(0, 2)}*`]) {
          const answer = await get(server, `/studies?${new URLSearchParams({ PatientName, limit: '100' })}`);
          expect(answer.status, PatientName).toBe(200);
          const names = JSON.parse(answer.body.toString('utf8')).map((row: Json) =>
            Object.values((firstOf(row, '00100010') as Record<string, string>) ?? {}).join('='),
          );
          expect(names).toContain(groups.join('='));
        }
      }
      const fuzzy = await search(
        server,
        `/studies?${new URLSearchParams({ PatientName: (groups[0] ?? '').split('^').reverse().join(' '), fuzzymatching: 'true' })}`,
      );
      expect(fuzzy.length).toBeGreaterThan(0);
      expect(firstOf(fuzzy[0], '00080005')).toBe('ISO_IR 192');
    },
  );
});
