import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import yauzl from 'yauzl';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { parseMultipart } from './multipart.ts';
import { get, storeAll } from './requests.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const RLE = '1.2.840.10008.1.2.5';
const PARTS = 'multipart/related; type="application/dicom"';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

/** A study of RLE images, stored one after the other; the damaged ones end too early. */
async function study(damaged: readonly boolean[]): Promise<{ path: string; uids: string[] }> {
  const StudyInstanceUID = testUid();
  const SeriesInstanceUID = testUid();
  const uids: string[] = [];
  for (const isDamaged of damaged) {
    const SOPInstanceUID = testUid();
    uids.push(SOPInstanceUID);
    const header = Buffer.alloc(64);
    header.writeUInt32LE(1, 0);
    header.writeUInt32LE(64, 4);
    const frame = Buffer.concat([header, Buffer.from([257 - (isDamaged ? 9 : 16), 7])]);
    const attributes = { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID };
    const image = { rows: 4, columns: 4, fragments: [frame] };
    await storeAll(server, [makeInstance({ transferSyntaxUID: RLE, attributes, image })]);
  }
  return { path: `/studies/${StudyInstanceUID}`, uids };
}

async function filesOf(zip: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const file = await yauzl.fromBufferPromise(zip);
  for await (const entry of file.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await file.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    files.set(entry.fileName, Buffer.concat(chunks));
  }
  return files;
}

describe('damaged pixel data among instances of one answer (PS3.18 8.7.8, Table 10.4.3-1)', () => {
  it('is left out of a 206 where it shows before anything is sent', async () => {
    const { path, uids } = await study([true, false]);
    const answer = await get(server, path, PARTS);
    expect(answer.status).toBe(206);
    expect(answer.headers.warning).toContain('left out');
    const parts = parseMultipart(answer.headers['content-type'] ?? '', answer.body);
    expect(parts.map(({ headers }) => headers['content-type'])).toEqual([
      `application/dicom; transfer-syntax=${EXPLICIT}`,
    ]);
    expect(parts[0]?.headers['content-location']).toContain(uids[1]);
  });

  it('has a problem in its place where it shows later, and never comes in a transfer syntax that was not accepted', async () => {
    const { path, uids } = await study([false, true, false]);
    const answer = await get(server, path, PARTS);
    const parts = parseMultipart(answer.headers['content-type'] ?? '', answer.body);
    const dicom = `application/dicom; transfer-syntax=${EXPLICIT}`;
    expect(parts.map(({ headers }) => headers['content-type'])).toEqual([
      dicom,
      'application/problem+json',
      dicom,
    ]);
    expect(parts[1]?.headers['content-location']).toContain(uids[1]);
    const problem = JSON.parse(Buffer.from(parts[1]?.body ?? []).toString());
    expect(problem).toMatchObject({ status: 406, instance: uids[1] });
    expect(problem.detail).toContain('RLE');
  });

  it('is a 406 where there is nothing else, and can be had as it is stored', async () => {
    const { path } = await study([true, true]);
    for (const accept of [PARTS, 'application/zip']) {
      const answer = await get(server, path, accept);
      expect(answer.status, accept).toBe(406);
      expect(JSON.parse(answer.text).detail).toContain('RLE');
      expect(answer.headers.etag).toBeUndefined();
      expect((await get(server, path, `${accept}; transfer-syntax=*`)).status).toBe(200);
    }
  });

  it('is no file of a zip archive, which says so', async () => {
    const first = await study([true, false]);
    const partial = await get(server, first.path, 'application/zip');
    expect(partial.status).toBe(206);
    const { path, uids } = await study([false, true]);
    const files = await filesOf((await get(server, path, 'application/zip')).body);
    expect([...files.keys()]).toEqual(['DICOM/SE000001/IM000001', 'LEFTOUT.TXT', 'DICOMDIR']);
    expect(files.get('LEFTOUT.TXT')?.toString()).toContain(uids[1]);
    expect(files.get('DICOMDIR')?.includes(uids[1] ?? '')).toBe(false);
  });
});
