import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
