import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tagOf } from '../../server/dicom/dictionary.ts';
import { madeUpPixels, makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { parseMultipart } from './multipart.ts';
import { type Answer, get, type Json, storeAll, valuesOf } from './requests.ts';

const JPEG_LOSSLESS = '1.2.840.10008.1.2.4.70';
const OCTETS = 'multipart/related; type="application/octet-stream"';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

/** Stores an image; answers the path of its pixel data as its metadata gives it. */
async function pixelDataOf(options: Parameters<typeof makeInstance>[0]): Promise<string> {
  const names = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
  await storeAll(server, [makeInstance({ ...options, attributes: names })]);
  const instance = `/studies/${names.StudyInstanceUID}/series/${names.SeriesInstanceUID}/instances/${names.SOPInstanceUID}`;
  const { text } = await get(server, `${instance}/metadata`);
  const [metadata] = JSON.parse(text) as (Json & { '7FE00010': { BulkDataURI: string } })[];
  expect(valuesOf(metadata, '00080018')).toEqual([names.SOPInstanceUID]);
  return metadata?.['7FE00010'].BulkDataURI.slice(server.dicomweb.length) ?? '';
}

function partsOf(answer: Answer) {
  expect(answer.status, answer.text.slice(0, 300)).toBe(200);
  return parseMultipart(answer.headers['content-type'] ?? '', answer.body);
}

describe('native pixel data', () => {
  it('comes as one value, in a part or alone', async () => {
    const pixelBytes = madeUpPixels(2 * 4 * 4 * 2);
    const path = await pixelDataOf({
      image: { rows: 4, columns: 4, bitsAllocated: 16, frames: 2, pixelBytes },
    });
    expect(partsOf(await get(server, path, OCTETS)).map(({ body }) => body)).toEqual([
      Buffer.from(pixelBytes),
    ]);
    expect((await get(server, path, 'application/octet-stream')).body).toEqual(Buffer.from(pixelBytes));
  });
});

describe('compressed pixel data', () => {
  const fragments = [1, 2, 3].map((frame) => Buffer.alloc(10 * frame, frame));
  const image = { rows: 4, columns: 4, frames: 3, fragments };

  it('comes frame by frame, in its own media type, without item headers', async () => {
    const path = await pixelDataOf({ transferSyntaxUID: JPEG_LOSSLESS, image });
    const parts = partsOf(await get(server, path, 'multipart/related; type="image/jpeg"'));
    expect(parts.map(({ body }) => body)).toEqual(fragments);
    for (const { headers } of parts)
      expect(headers['content-type']).toBe(`image/jpeg; transfer-syntax=${JPEG_LOSSLESS}`);
  });

  it('comes as octets to those who take it as stored', async () => {
    const path = await pixelDataOf({ transferSyntaxUID: JPEG_LOSSLESS, image });
    const parts = partsOf(await get(server, path, `${OCTETS}; transfer-syntax=*`));
    expect(parts.map(({ body }) => body)).toEqual(fragments);
  });

  it('is a 406 to those who want it uncompressed', async () => {
    const path = await pixelDataOf({ transferSyntaxUID: JPEG_LOSSLESS, image });
    expect((await get(server, path, OCTETS)).status).toBe(406);
  });
});

describe('the bulk data and pixel data of many (PS3.18 10.4.1.1.5, 10.4.1.1.6)', () => {
  const study = testUid();
  const [one, two] = [testUid(), testUid()];
  const [ct, jpeg, report, pdf] = [testUid(), testUid(), testUid(), testUid()];
  const VECTORS = tagOf('VectorGridData');
  const document = Buffer.from(madeUpPixels(3001));
  const samples = Buffer.from(madeUpPixels(4 * 4 * 2 * 2));
  const instance = (series: string, uid: string) => `/studies/${study}/series/${series}/instances/${uid}`;
  const names = (series: string, uid: string) => ({
    StudyInstanceUID: study,
    SeriesInstanceUID: series,
    SOPInstanceUID: uid,
  });

  beforeAll(async () => {
    await storeAll(server, [
      makeInstance({
        image: { rows: 4, columns: 4, bitsAllocated: 16, frames: 2, pixelBytes: samples },
        attributes: { ...names(one, ct), VectorGridData: { vr: 'OF', value: document.subarray(0, 3000) } },
      }),
      makeInstance({
        transferSyntaxUID: JPEG_LOSSLESS,
        image: { rows: 4, columns: 4, frames: 2, fragments: [Buffer.alloc(10, 1), Buffer.alloc(20, 2)] },
        attributes: names(one, jpeg),
      }),
      makeInstance({ attributes: names(two, report) }),
      makeInstance({
        attributes: { ...names(two, pdf), EncapsulatedDocument: { vr: 'OB', value: document } },
      }),
    ]);
  });

  const AS_STORED = `${OCTETS}; transfer-syntax=*`;
  const located = async (path: string, accept = AS_STORED) =>
    partsOf(await get(server, path, accept)).map(({ headers, body }) => ({
      at: headers['content-location']?.slice(server.dicomweb.length),
      length: body.length,
    }));
  const pixelsOfOne = [
    { at: `${instance(one, ct)}/bulkdata/7FE00010`, length: samples.length },
    { at: `${instance(one, jpeg)}/bulkdata/7FE00010`, length: 10 },
    { at: `${instance(one, jpeg)}/bulkdata/7FE00010`, length: 20 },
  ];

  it('has the pixel data of each image of a study, a series, an instance', async () => {
    expect(await located(`/studies/${study}/pixeldata`)).toEqual(pixelsOfOne);
    expect(await located(`/studies/${study}/series/${one}/pixeldata`)).toEqual(pixelsOfOne);
    expect(await located(`${instance(one, ct)}/pixeldata`)).toEqual(pixelsOfOne.slice(0, 1));
  });

  it('has every bulk value of a study, a series, an instance', async () => {
    const vectors = { at: `${instance(one, ct)}/bulkdata/${VECTORS}`, length: 3000 };
    const inOne = [pixelsOfOne[0], vectors, ...pixelsOfOne.slice(1)];
    const inPdf = { at: `${instance(two, pdf)}/bulkdata/00420011`, length: 3002 };
    expect(await located(`/studies/${study}/series/${one}/bulkdata`)).toEqual(inOne);
    expect(await located(`/studies/${study}/bulkdata`)).toEqual([...inOne, inPdf]);
    expect(await located(`${instance(two, pdf)}/bulkdata`)).toEqual([inPdf]);
    for (const { at } of await located(`${instance(one, ct)}/bulkdata`))
      expect((await get(server, at ?? '', 'application/octet-stream')).status).toBe(200);
  });

  it('is what a request for instances by parts of octets is taken for (Table 10.4.4-1)', async () => {
    expect(await located(instance(two, pdf), OCTETS)).toEqual([
      { at: `${instance(two, pdf)}/bulkdata/00420011`, length: 3002 },
    ]);
  });

  it('has what the client takes, and leaves out the rest', async () => {
    const parts = partsOf(
      await get(
        server,
        `/studies/${study}/bulkdata`,
        'multipart/related; type="image/jpeg"; transfer-syntax=*',
      ),
    );
    expect(parts.map(({ headers }) => headers['content-location']?.split('/').at(-3))).toEqual([
      ct,
      ct,
      jpeg,
      jpeg,
    ]);
    for (const { headers } of parts) expect(headers['content-type']).toContain('image/jpeg');
  });

  it('is made for those who do not take it as it is stored', async () => {
    const made = partsOf(
      await get(server, `${instance(one, ct)}/pixeldata`, 'multipart/related; type="image/dicom-rle"'),
    );
    expect(made.map(({ headers }) => headers['content-location']?.slice(server.dicomweb.length))).toEqual([
      `${instance(one, ct)}/bulkdata/7FE00010`,
      `${instance(one, ct)}/bulkdata/7FE00010`,
    ]);
    const [frame] = partsOf(
      await get(server, `${instance(one, ct)}/frames/1`, 'multipart/related; type="image/dicom-rle"'),
    );
    expect(frame?.headers['content-type']).toContain('1.2.840.10008.1.2.5');
    expect(frame && made[0]?.body.equals(frame.body)).toBe(true);
  });

  it('is a 404 where there is none, a 406 where it cannot be had so', async () => {
    expect((await get(server, `${instance(two, report)}/bulkdata`, AS_STORED)).status).toBe(404);
    expect((await get(server, `${instance(two, pdf)}/pixeldata`, AS_STORED)).status).toBe(404);
    expect((await get(server, `/studies/${testUid()}/pixeldata`, AS_STORED)).status).toBe(404);
    expect(
      (await get(server, `${instance(two, pdf)}/bulkdata`, 'multipart/related; type="image/jpeg"')).status,
    ).toBe(406);
    expect((await get(server, `${instance(two, pdf)}/bulkdata`, 'application/dicom+json')).status).toBe(406);
  });
});
