import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madeUpPixels, makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { parseMultipart } from './multipart.ts';
import { firstOf, get, type Json, request, storeAll } from './requests.ts';

let server: TestServer;
const study = testUid();
const [one, two] = [testUid(), testUid()];
const [first, second, third] = [testUid(), testUid(), testUid()];
const longBytes = Buffer.from(madeUpPixels(5000));
const longFloats = Buffer.from(madeUpPixels(4096));
const pixels = Buffer.from(madeUpPixels(64 * 64 * 2));
const pathOf = (series: string, instance: string) =>
  `/studies/${study}/series/${series}/instances/${instance}`;

beforeAll(async () => {
  server = await startServer();
  const common = { StudyInstanceUID: study, PatientName: 'Ünal^Çağ', SpecificCharacterSet: 'ISO_IR 192' };
  await storeAll(server, [
    makeInstance({
      image: { rows: 64, columns: 64, bitsAllocated: 16, pixelBytes: pixels },
      attributes: {
        ...common,
        SeriesInstanceUID: one,
        SOPInstanceUID: first,
        EncapsulatedDocument: { vr: 'OB', value: longBytes },
        RedPaletteColorLookupTableData: { vr: 'OW', value: Uint8Array.of(1, 2, 3, 4) },
        WaveformSequence: [
          { WaveformData: { vr: 'OB', value: Uint8Array.of(1, 2) } },
          { WaveformData: { vr: 'OW', value: longFloats } },
        ],
        ImageComments: 'quotes " and \\ and "BulkDataURI":"http://elsewhere/"',
      },
    }),
    makeInstance({ attributes: { ...common, SeriesInstanceUID: one, SOPInstanceUID: second } }),
    makeInstance({
      transferSyntaxUID: '1.2.840.10008.1.2.2',
      attributes: {
        ...common,
        SeriesInstanceUID: two,
        SOPInstanceUID: third,
        PixelSpacing: [0.5, 0.25],
        Rows: 512,
        EncapsulatedDocument: { vr: 'OB', value: longBytes },
        OverlayData: undefined,
        VectorGridData: { vr: 'OF', value: longFloats },
      },
    }),
  ]);
});
afterAll(() => server?.stop());

async function metadata(path: string): Promise<Json[]> {
  const answer = await get(server, `${path}/metadata`);
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text);
}

/** GETs an absolute URL of this server. */
function follow(url: string | undefined, accept?: string) {
  expect(url?.startsWith(`${server.dicomweb}/`)).toBe(true);
  return request(server.url, new URL(url ?? '').pathname, {
    headers: accept === undefined ? {} : { Accept: accept },
  });
}

describe('the metadata (PS3.18 10.4.1.1.2)', () => {
  it('of a study, series and instance are arrays of all their instances', async () => {
    const uids = (rows: Json[]) => rows.map((row) => firstOf(row, '00080018')).sort();
    expect(uids(await metadata(`/studies/${study}`))).toEqual([first, second, third].sort());
    expect(uids(await metadata(`/studies/${study}/series/${one}`))).toEqual([first, second].sort());
    expect(uids(await metadata(pathOf(two, third)))).toEqual([third]);
  });

  it('hold each attribute with its VR, text as UTF-8, numbers as numbers', async () => {
    const [row] = await metadata(pathOf(two, third));
    expect(row).toMatchObject({
      '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Ünal^Çağ' }] },
      '00280030': { vr: 'DS', Value: [0.5, 0.25] },
      '00280010': { vr: 'US', Value: [512] },
      '00080090': { vr: 'PN' },
    });
    // File Meta Information is not part of the data set (PS3.18 F.2).
    expect(Object.keys(row ?? {}).filter((tag) => tag.startsWith('0002'))).toEqual([]);
  });

  it.each([
    [undefined, 'application/dicom+json'],
    ['application/json', 'application/json'],
    ['*/*', 'application/dicom+json'],
  ])('come for Accept: %s as %s', async (accept, type) => {
    const answer = await get(server, `${pathOf(one, second)}/metadata`, accept);
    expect(answer.headers['content-type']).toBe(type);
  });

  it('of one instance come as an XML document, or as a part', async () => {
    const path = `${pathOf(two, third)}/metadata`;
    const document = await get(server, path, 'application/dicom+xml');
    expect([document.status, document.headers['content-type']]).toEqual([200, 'application/dicom+xml']);
    expect(document.text).toContain('<FamilyName>Ünal</FamilyName>');
    expect(document.text).toContain(`uri="${server.dicomweb}${pathOf(two, third)}/bulkdata/00420011"`);
    const parts = await get(server, path, 'multipart/related; type="application/dicom+xml"');
    const [part] = parseMultipart(parts.headers['content-type'] ?? '', parts.body);
    expect(part?.headers['content-type']).toBe('application/dicom+xml');
    expect(part?.body.toString('utf8')).toBe(document.text);
  });

  it('of a study come as an XML document a part, and not as one document (Table 10.4.4-1)', async () => {
    const path = `/studies/${study}/metadata`;
    const answer = await get(server, path, 'multipart/related; type="application/dicom+xml"');
    expect(answer.headers['content-type']).toMatch(/^multipart\/related; type="application\/dicom\+xml"/);
    const parts = parseMultipart(answer.headers['content-type'] ?? '', answer.body);
    const uids = parts.map(
      ({ body }) => /tag="00080018".*?<Value number="1">([\d.]+)</s.exec(body.toString())?.[1],
    );
    expect(uids.sort()).toEqual([first, second, third].sort());
    expect((await get(server, path, 'application/dicom+xml')).status).toBe(406);
  });

  it.each(['application/dicom+json', 'multipart/related; type="application/dicom+xml"'])(
    'are compressed as %s for those who take that',
    async (Accept) => {
      const path = `/dicom-web/studies/${study}/metadata`;
      const plain = await request(server.url, path, { headers: { Accept } });
      const zipped = await request(server.url, path, { headers: { Accept, 'Accept-Encoding': 'gzip' } });
      expect(zipped.headers['content-encoding']).toBe('gzip');
      expect(zipped.headers.vary).toContain('Accept-Encoding');
      // The boundary of parts is of the answer's own ETag, which is another one here.
      const text = gunzipSync(zipped.body).toString('utf8');
      expect(text.replaceAll(/isocenter-\w{32}/g, '')).toBe(plain.text.replaceAll(/isocenter-\w{32}/g, ''));
    },
  );

  it('keep short binary values inline', async () => {
    const [row] = await metadata(pathOf(one, first));
    expect(row?.['00281201']).toEqual({
      vr: 'OW',
      InlineBinary: Buffer.from([1, 2, 3, 4]).toString('base64'),
    });
  });

  it('leave text alone that looks like a BulkDataURI', async () => {
    const [row] = await metadata(pathOf(one, first));
    expect(firstOf(row, '00204000')).toContain('"BulkDataURI":"http://elsewhere/"');
  });
});

describe('a BulkDataURI (PS3.18 10.4.1.1.5)', () => {
  it('leads to a long value', async () => {
    const [row] = await metadata(pathOf(one, first));
    const answer = await follow(row?.['00420011']?.BulkDataURI, 'application/octet-stream');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/octet-stream');
    expect(answer.body.equals(longBytes)).toBe(true);
  });

  it('leads to a value inside a sequence', async () => {
    const [row] = await metadata(pathOf(one, first));
    const items = row?.['54000100']?.Value as Json[] | undefined;
    expect(items?.[0]?.['54001010']?.InlineBinary).toBeDefined();
    const answer = await follow(items?.[1]?.['54001010']?.BulkDataURI, 'application/octet-stream');
    expect(answer.body.equals(longFloats)).toBe(true);
  });

  it('leads to the pixel data', async () => {
    const [row] = await metadata(pathOf(one, first));
    expect(row?.['7FE00010']?.vr).toBe('OW');
    const answer = await follow(row?.['7FE00010']?.BulkDataURI, 'application/octet-stream');
    expect(answer.body.equals(pixels)).toBe(true);
  });

  it('leads to numbers that are little endian, however they are stored', async () => {
    const [row] = await metadata(pathOf(two, third));
    const floats = Object.values(row ?? {}).find(({ vr }) => vr === 'OF');
    expect((await follow(floats?.BulkDataURI, 'application/octet-stream')).body.equals(longFloats)).toBe(
      true,
    );
    expect((await follow(row?.['00420011']?.BulkDataURI, '*/*')).body.equals(longBytes)).toBe(true);
  });

  it.each([
    'multipart/related; type="application/octet-stream"',
    'multipart/related',
    'multipart/related; type="application/octet-stream"; transfer-syntax=*',
  ])('can be had in parts: %s', async (accept) => {
    const [row] = await metadata(pathOf(one, first));
    const uri = row?.['00420011']?.BulkDataURI;
    const answer = await follow(uri, accept);
    const parts = parseMultipart(answer.headers['content-type'] ?? '', answer.body);
    expect(parts).toHaveLength(1);
    expect(parts[0]?.body.equals(longBytes)).toBe(true);
    expect(parts[0]?.headers['content-location']).toBe(uri);
  });

  it.each([
    ['00420012', 404],
    ['54000100/9/54001010', 404],
    ['54000100', 404],
    ['00100010', 404],
    ['../../metadata', 404],
    ['%2e%2e%2fmetadata', 404],
    ['00420011%00', 400],
  ])('that was made up (%s) is answered with %i', async (path, status) => {
    expect((await get(server, `${pathOf(one, first)}/bulkdata/${path}`)).status).toBe(status);
  });

  it('is a 406 for what it cannot be given as', async () => {
    expect((await get(server, `${pathOf(one, first)}/bulkdata/00420011`, 'image/jpeg')).status).toBe(406);
  });
});
