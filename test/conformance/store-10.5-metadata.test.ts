import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataSet } from '../../server/dicom/data-set.ts';
import { dataSetToXml } from '../../server/dicom/models/data-set-xml.ts';
import { madeUpPixels, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { firstOf, get, type Json, post, search, valuesOf } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

type Part = [headers: Record<string, string>, body: Uint8Array | string];

const JSON_PART = { 'Content-Type': 'application/dicom+json' };
const XML_PART = { 'Content-Type': 'application/dicom+xml; charset=utf-8' };

function bodyOf(parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap(([headers, body]) => [
    Buffer.from(
      `--XX\r\n${Object.entries(headers)
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('')}\r\n`,
    ),
    Buffer.from(body as string),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from('--XX--\r\n')]);
}

function postParts(
  form: 'json' | 'xml',
  parts: readonly Part[],
  headers: Record<string, string> = {},
  study?: string,
) {
  const type = `multipart/related; type="application/dicom+${form}"; boundary=XX`;
  return post(server, bodyOf(parts), { 'Content-Type': type, ...headers }, study);
}

const pixels = (uri: string) => ({ '7FE00010': { vr: 'OW', BulkDataURI: uri } }) as const;

/** An image of 8 by 4 pixels of 8 bits, without its pixel data. */
function metadata(change: DataSet = {}) {
  const uids = { study: testUid(), series: testUid(), instance: testUid() };
  const dataSet: DataSet = {
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
    '00080018': { vr: 'UI', Value: [uids.instance] },
    '00080060': { vr: 'CS', Value: ['OT'] },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Jürgen', Ideographic: '山田^太郎' }] },
    '00100020': { vr: 'LO', Value: ['P1'] },
    '0020000D': { vr: 'UI', Value: [uids.study] },
    '0020000E': { vr: 'UI', Value: [uids.series] },
    '00280002': { vr: 'US', Value: [1] },
    '00280004': { vr: 'CS', Value: ['MONOCHROME2'] },
    '00280010': { vr: 'US', Value: [4] },
    '00280011': { vr: 'US', Value: [8] },
    '00280100': { vr: 'US', Value: [8] },
    '00280101': { vr: 'US', Value: [8] },
    '00280102': { vr: 'US', Value: [7] },
    '00280103': { vr: 'US', Value: [0] },
    ...change,
  };
  const path = `/studies/${uids.study}/series/${uids.series}/instances/${uids.instance}`;
  return { ...uids, dataSet, path };
}

async function metadataOf(path: string): Promise<Json> {
  const answer = await get(server, `${path}/metadata`);
  expect(answer.status, answer.text).toBe(200);
  return JSON.parse(answer.text)[0];
}

/** The frames as they are stored. */
async function frame(path: string, number: number, accept: string): Promise<Buffer> {
  const answer = await get(server, `${path}/frames/${number}`, accept);
  expect(answer.status, answer.text.slice(0, 300)).toBe(200);
  return answer.body;
}

const JPEG = Buffer.from(
  'ffd8ffe000104a46494600010100000100010000ffdb004300' +
    '10'.repeat(64) +
    'ffc0000b080004000801011100' +
    'ffc4001400010000000000000000000000000000000affc40014100100000000000000000000000000000000' +
    'ffda0008010100003f0037ffd9',
  'hex',
);
const JPEG_LS = Buffer.from('ffd8fff7000b080004000801011100ffda00080101000000000102ffd9', 'hex');
const JPEG_2000 = Buffer.from(
  'ff4fff510029000000000008000000040000000000000000000000080000000400000000000000000001070101' +
    'ff52000c00000001000104040001' +
    'ff5c00040000' +
    'ff90000a0000000000000001ff93' +
    '0102ffd9',
  'hex',
);
const JP2 = Buffer.concat([
  Buffer.from('0000000c6a5020200d0a870a' + '00000014667479706a703220000000006a703220', 'hex'),
  Buffer.from('000000006a703263', 'hex'),
  JPEG_2000,
]);

describe.each(['json', 'xml'] as const)(
  'a Store request of metadata in %s with bulk data (PS3.18 10.5.2)',
  (form) => {
    const part = (dataSet: DataSet): Part =>
      form === 'json' ? [JSON_PART, JSON.stringify([dataSet])] : [XML_PART, dataSetToXml(dataSet)];

    it('stores an image of metadata and uncompressed pixels, names of all scripts, and answers where it is', async () => {
      const { dataSet, path, instance, study } = metadata(pixels('bulk/1'));
      const bytes = madeUpPixels(32);
      const answer = await postParts(form, [
        part(dataSet),
        [{ 'Content-Type': 'application/octet-stream', 'Content-Location': 'bulk/1' }, bytes],
      ]);
      expect(answer.status, answer.text).toBe(200);
      expect(answer.referenced.map((item) => firstOf(item, '00081155'))).toEqual([instance]);
      expect(firstOf(answer.json, '00081190')).toBe(`${server.dicomweb}/studies/${study}`);
      const stored = await metadataOf(path);
      expect(stored['00100010']).toEqual(dataSet['00100010']);
      expect(stored['00280011']).toEqual(dataSet['00280011']);
      expect((await frame(path, 1, 'application/octet-stream')).equals(bytes)).toBe(true);
      expect(
        await search(server, `/studies?PatientName=M%C3%BCller*&StudyInstanceUID=${study}`),
      ).toHaveLength(1);
    });

    it('takes parts in any order, and locations that are absolute, relative to the request, or content ids', async () => {
      const uris = ['http://elsewhere.test/x/1', '/dicom-web/bulk/2', 'cid:three@x'];
      const locations = [
        { 'Content-Location': 'http://elsewhere.test/x/1' },
        { 'Content-Location': `${server.url}/dicom-web/bulk/2` },
        { 'Content-ID': '<three@x>' },
      ];
      const images = uris.map((uri) => metadata(pixels(uri)));
      const bulk = locations.map(
        (location, i): Part => [
          { 'Content-Type': 'application/octet-stream', ...location },
          madeUpPixels(32).fill(i + 1),
        ],
      );
      const answer = await postParts(form, [
        ...bulk.slice(1),
        ...images.map(({ dataSet }) => part(dataSet)),
        ...bulk.slice(0, 1),
      ]);
      expect(answer.status, answer.text).toBe(200);
      expect(answer.referenced).toHaveLength(3);
      for (const [i, { path }] of images.entries())
        expect((await frame(path, 1, 'application/octet-stream'))[0]).toBe(i + 1);
    });

    it.each([
      ['image/jpeg', JPEG, '1.2.840.10008.1.2.4.50'],
      ['image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.51', JPEG, '1.2.840.10008.1.2.4.51'],
      ['image/jls', JPEG_LS, '1.2.840.10008.1.2.4.80'],
      ['image/jp2', JPEG_2000, '1.2.840.10008.1.2.4.90'],
      ['image/jp2; transfer-syntax=1.2.840.10008.1.2.4.91', JP2, '1.2.840.10008.1.2.4.91'],
      ['video/mp4', Buffer.from('a video'), '1.2.840.10008.1.2.4.102'],
      [
        'video/mpeg; transfer-syntax="1.2.840.10008.1.2.4.101"',
        Buffer.from('a video'),
        '1.2.840.10008.1.2.4.101',
      ],
    ])('encapsulates a part of %s in the transfer syntax of its stream', async (type, bytes, syntax) => {
      const { dataSet, path } = metadata(pixels('p'));
      const answer = await postParts(form, [
        part(dataSet),
        [{ 'Content-Type': type, 'Content-Location': 'p' }, bytes],
      ]);
      expect(answer.status, answer.text).toBe(200);
      const file = await get(server, path, 'application/dicom; transfer-syntax=*');
      expect(file.body.includes(`UI\x16\0${syntax}`) || file.body.includes(syntax)).toBe(true);
      // JP2 is a wrapper that DICOM doesn't take: PS3.5 8.2.4
      const codestream = bytes === JP2 ? JPEG_2000 : bytes;
      expect(file.body.includes(codestream)).toBe(true);
      expect(file.body.includes('jp2c')).toBe(false);
    });

    it('takes the frames of an image as parts of one location, or of locations that number them', async () => {
      for (const locate of [() => 'p', (number: number) => `p/frames/${number}`]) {
        const { dataSet, path } = metadata({ ...pixels('p'), '00280008': { vr: 'IS', Value: ['3'] } });
        const frames = [1, 2, 3].map((number) =>
          Buffer.concat([JPEG_LS.subarray(0, -2), Buffer.from([number, 0xff, 0xd9])]),
        );
        const parts = frames.map(
          (bytes, i): Part => [{ 'Content-Type': 'image/jls', 'Content-Location': locate(i + 1) }, bytes],
        );
        expect((await postParts(form, [part(dataSet), ...parts])).status).toBe(200);
        for (const [i, bytes] of frames.entries()) {
          const got = await frame(path, i + 1, 'image/jls; transfer-syntax=1.2.840.10008.1.2.4.80');
          expect(got.subarray(0, bytes.length).equals(bytes)).toBe(true);
        }
      }
    });

    it('stores a document of several bulk values, in items too', async () => {
      const { dataSet, path } = metadata({
        '00420011': { vr: 'OB', BulkDataURI: 'doc' },
        '00540010': {
          vr: 'SQ',
          Value: [{ '00289501': { vr: 'SQ', Value: [{ '00420011': { vr: 'OB', BulkDataURI: 'inner' } }] } }],
        },
      });
      const pdf = Buffer.from('%PDF-1.4 '.repeat(300));
      const answer = await postParts(form, [
        part(dataSet),
        [{ 'Content-Type': 'application/pdf', 'Content-Location': 'doc' }, pdf],
        [{ 'Content-Type': 'application/octet-stream', 'Content-Location': 'inner' }, Buffer.from('inside')],
      ]);
      expect(answer.status, answer.text).toBe(200);
      const stored = await metadataOf(path);
      const uri = stored['00420011']?.BulkDataURI ?? '';
      const bulk = await get(
        server,
        new URL(uri).pathname.replace('/dicom-web', ''),
        'application/octet-stream',
      );
      expect(bulk.body.includes(pdf)).toBe(true);
      expect(JSON.stringify(stored['00540010'])).toContain(Buffer.from('inside').toString('base64'));
    });

    it.each([
      'file:///etc/passwd',
      'http://169.254.169.254/latest/meta-data',
      '/etc/passwd',
      '../../../../etc/passwd',
      'bulk/none',
      '',
    ])(
      'fetches nothing: the URI %j, which is no part of the request, fails its instance alone',
      async (uri) => {
        const wrong = metadata(pixels(uri));
        const good = metadata();
        const answer = await postParts(form, [part(wrong.dataSet), part(good.dataSet)]);
        expect(answer.status).toBe(202);
        expect(answer.failed.map((item) => firstOf(item, '00081155'))).toEqual([wrong.instance]);
        expect(firstOf(answer.failed[0], '00081197')).toBe(0xc000);
        expect(answer.text).toContain('(7FE0,0010)');
        expect(answer.text).not.toContain('root:');
        expect(answer.headers.warning).toBe('299 isocenter "1 of 2 instances were not stored"');
        expect((await get(server, wrong.path)).status).toBe(404);
        expect((await get(server, good.path)).status).toBe(200);
      },
    );

    it.each<[string, DataSet, Part[], RegExp, number?]>([
      [
        'pixels that are too few',
        pixels('p'),
        [[{ 'Content-Location': 'p', 'Content-Type': 'application/octet-stream' }, 'short']],
        /5 bytes where its/,
      ],
      [
        'a stream of another kind than its media type',
        pixels('p'),
        [[{ 'Content-Location': 'p', 'Content-Type': 'image/jpeg' }, JPEG_2000]],
        /not of its media type/,
      ],
      [
        'a stream that is not of the transfer syntax it names',
        pixels('p'),
        [
          [
            { 'Content-Location': 'p', 'Content-Type': 'image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.70' },
            JPEG,
          ],
        ],
        /no stream of transfer syntax/,
      ],
      [
        'a transfer syntax that nobody knows',
        pixels('p'),
        [[{ 'Content-Location': 'p', 'Content-Type': 'image/jpeg; transfer-syntax=1.2.3' }, JPEG]],
        /transfer syntax is not taken/,
        0xc122,
      ],
      [
        'an image that is of no transfer syntax',
        pixels('p'),
        [[{ 'Content-Location': 'p', 'Content-Type': 'image/png' }, 'png']],
        /of no transfer/,
      ],
      [
        'fewer frames than it says',
        { ...pixels('p'), '00280008': { vr: 'IS', Value: [2] } },
        [[{ 'Content-Location': 'p', 'Content-Type': 'image/jpeg' }, JPEG]],
        /1 parts for 2 frames/,
      ],
      [
        'one value in two parts',
        { '00420011': { vr: 'OB', BulkDataURI: 'p' } },
        [
          [{ 'Content-Location': 'p' }, 'a'],
          [{ 'Content-Location': 'p' }, 'b'],
        ],
        /several parts/,
      ],
      ['a number beyond its VR', { '00280010': { vr: 'US', Value: [65536] } }, [], /\(0028,0010\)/],
      ['no SOP Instance UID', { '00080018': { vr: 'UI' } }, [], /SOPInstanceUID is/],
      [
        'CR and LF in a UID',
        { '0020000D': { vr: 'UI', Value: ['1.2\r\nX-Evil: yes'] } },
        [],
        /StudyInstanceUID is not a UID/,
      ],
    ])('refuses %s and says what is wrong', async (_, change, bulk, comment, reason = 0xc000) => {
      const { dataSet } = metadata(change);
      const answer = await postParts(form, [part(dataSet), ...bulk]);
      expect(answer.status, answer.text).toBe(409);
      const [item] = [...answer.failed, ...answer.other];
      expect(firstOf(item, '00081197')).toBe(reason);
      const words = valuesOf(item, '00741048')
        .map((one) => firstOf(one as Json, '00000902'))
        .join(' ');
      expect(words).toMatch(comment);
      expect(answer.text).not.toContain('Evil');
    });

    it('says so when a part is referred to by nothing, and stores the rest', async () => {
      const { dataSet } = metadata();
      const answer = await postParts(form, [part(dataSet), [{ 'Content-Location': 'x' }, 'lost']]);
      expect(answer.status).toBe(202);
      expect(answer.text).toContain('no metadata refers to part 2');
    });

    it('is answered 400 when there is no metadata in it, or it breaks off; nothing is kept', async () => {
      expect((await postParts(form, [[{ 'Content-Type': 'image/jpeg' }, JPEG]])).status).toBe(400);
      expect((await postParts(form, [])).status).toBe(400);
      const { dataSet, study } = metadata();
      const cut = bodyOf([part(dataSet), [{ 'Content-Location': 'x' }, madeUpPixels(5000)]]).subarray(
        0,
        -900,
      );
      const type = `multipart/related; type="application/dicom+${form}"; boundary=XX`;
      expect((await post(server, cut, { 'Content-Type': type })).status).toBe(400);
      expect(await search(server, `/studies?StudyInstanceUID=${study}`)).toEqual([]);
    });

    it('refuses instances of other studies than the one of the URL', async () => {
      const [mine, other] = [metadata(), metadata()];
      const answer = await postParts(form, [part(other.dataSet), part(mine.dataSet)], {}, mine.study);
      expect(answer.status).toBe(202);
      expect(answer.failed.map((item) => [firstOf(item, '00081155'), firstOf(item, '00081197')])).toEqual([
        [other.instance, 0xa900],
      ]);
    });

    it('makes the same file of the same metadata, so that sending again changes nothing', async () => {
      const { dataSet } = metadata(pixels('p'));
      const parts: Part[] = [
        part(dataSet),
        [{ 'Content-Location': 'p', 'Content-Type': 'image/jpeg' }, JPEG],
      ];
      expect((await postParts(form, parts)).status).toBe(200);
      expect((await postParts(form, parts)).status).toBe(200);
    });

    it('may come as one part without bulk data parts', async () => {
      const { dataSet, path } = metadata({ '00420011': { vr: 'OB', InlineBinary: 'AQIDBA==' } });
      const body = form === 'json' ? JSON.stringify(dataSet) : dataSetToXml(dataSet);
      const answer = await post(server, body, { 'Content-Type': `application/dicom+${form}` });
      expect(answer.status, answer.text).toBe(200);
      expect((await metadataOf(path))['00420011']).toEqual({ vr: 'OB', InlineBinary: 'AQIDBA==' });
    });
  },
);

describe('metadata that is hostile', () => {
  it.each<[string, string, number]>([
    ['JSON that is none', '[{"00100010"', 400],
    ['JSON nested without end', '['.repeat(500_000), 400],
    ['JSON of a million empty data sets', `[${'{},'.repeat(1_000_000)}{}]`, 409],
    [
      'a data set of a million elements',
      `[{${Array.from({ length: 600_000 }, (_, i) => `"${(0x10000000 + i * 2).toString(16)}":{"vr":"LO"}`).join(',')}}]`,
      409,
    ],
  ])('%s is refused at once', async (_, body, status) => {
    const began = Date.now();
    const answer = await post(server, body, { 'Content-Type': 'application/dicom+json' });
    expect(answer.status).toBe(status);
    expect(Date.now() - began).toBeLessThan(10_000);
  });

  it('is refused with 413 when it is longer than can be parsed', async () => {
    const long = Buffer.alloc(33 * 2 ** 20, ' ');
    const answer = await post(server, long, { 'Content-Type': 'application/dicom+json' });
    expect(answer.status).toBe(413);
  });

  it.each([
    [
      'an external entity',
      '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><NativeDicomModel>&e;</NativeDicomModel>',
    ],
    [
      'entities that grow',
      `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><NativeDicomModel>&b;</NativeDicomModel>`,
    ],
  ])('%s of XML is not resolved', async (_, body) => {
    const answer = await post(server, body, { 'Content-Type': 'application/dicom+xml' });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('a DOCTYPE is not taken');
    expect(answer.text).not.toContain('root:');
  });

  it('leaves no file behind', async () => {
    const names = await readdir(server.services.archive.scratchDirectory).catch(() => []);
    expect(names).toEqual([]);
  });
});

describe('the answer to a Store request', () => {
  const answerTo = (accept: string) => {
    const { dataSet } = metadata();
    return post(server, JSON.stringify([dataSet]), {
      'Content-Type': 'application/dicom+json',
      Accept: accept,
    });
  };

  it('is XML where the client prefers it', async () => {
    const answer = await answerTo('application/dicom+xml, application/dicom+json;q=0.5');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/dicom+xml');
    expect(answer.text).toContain('<DicomAttribute tag="00081199" vr="SQ" keyword="ReferencedSOPSequence">');
  });

  it('is XML in a part where the client asks for that', async () => {
    const answer = await answerTo('multipart/related; type="application/dicom+xml"');
    expect(answer.headers['content-type']).toMatch(
      /^multipart\/related; type="application\/dicom\+xml"; boundary=/,
    );
    expect(answer.text).toContain('NativeDicomModel');
  });
});
