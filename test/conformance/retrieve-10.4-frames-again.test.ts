import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { get, request, storeAll } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ settings: { ISOCENTER_DUPLICATES: 'replace' } });
});
afterAll(() => server?.stop());

const newNames = () => ({
  StudyInstanceUID: testUid(),
  SeriesInstanceUID: testUid(),
  SOPInstanceUID: testUid(),
});
type Names = ReturnType<typeof newNames>;

const OFTEN = 30;
const octets = 'multipart/related; type="application/octet-stream"; transfer-syntax=*';
const single = 'application/octet-stream; transfer-syntax=*';

const pathOf = ({ StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID }: Names, frames: string) =>
  `/studies/${StudyInstanceUID}/series/${SeriesInstanceUID}/instances/${SOPInstanceUID}/frames/${frames}`;

/** Three frames of 64 x 64 pixels; what a frame is filled with tells it from the others. */
async function store(names: Names, first: number): Promise<void> {
  const pixelBytes = Uint8Array.from({ length: 3 * 4096 }, (_, i) => first + Math.floor(i / 4096));
  const image = { rows: 64, columns: 64, bitsAllocated: 8, frames: 3, pixelBytes };
  await storeAll(server, [makeInstance({ attributes: names, image })]);
}

const isFrame = (body: Buffer, value: number) => body.includes(Buffer.alloc(4096, value));

describe('frames that are asked for again and again', () => {
  it.each([octets, single])('are the same each time, and are read a few times only: %s', async (accept) => {
    const names = newNames();
    await store(names, 10);
    const readInto = vi.spyOn(server.services.archive.blobs, 'readInto');
    try {
      const path = pathOf(names, '2');
      const first = await get(server, path, accept);
      expect(isFrame(first.body, 11)).toBe(true);
      for (let n = 0; n < OFTEN; n += 1) {
        const again = await get(server, path, accept);
        expect(again.status).toBe(200);
        expect(again.body.equals(first.body)).toBe(true);
        for (const name of ['etag', 'content-type', 'content-length'])
          expect(again.headers[name], name).toBe(first.headers[name]);
      }
      expect(readInto.mock.calls.length).toBeLessThan(OFTEN / 2);
    } finally {
      readInto.mockRestore();
    }
  });

  it('are never taken one for another, whatever their form', async () => {
    const names = newNames();
    await store(names, 20);
    const forms = [
      ...['1', '2', '3'].flatMap((frames) => [octets, single].map((accept) => ({ frames, accept }))),
      { frames: '1,3', accept: octets },
      { frames: '3,1', accept: octets },
    ];
    const ask = ({ frames, accept }: (typeof forms)[number]) => get(server, pathOf(names, frames), accept);
    const first = await Promise.all(forms.map(ask));
    for (let n = 0; n < OFTEN; n += 1)
      for (const [i, form] of forms.entries())
        expect((await ask(form)).body.equals(first[i]?.body ?? Buffer.alloc(0)), form.frames).toBe(true);
    expect(isFrame(first.at(-1)?.body ?? Buffer.alloc(0), 22)).toBe(true);
  });

  it('are not shown any more once they are deleted or replaced', async () => {
    const names = newNames();
    for (const value of [30, 60, 30]) {
      await store(names, value);
      for (let n = 0; n < OFTEN; n += 1)
        expect(isFrame((await get(server, pathOf(names, '1'), octets)).body, value)).toBe(true);
    }
    const instance = pathOf(names, '1').replace('/frames/1', '');
    expect((await request(server.url, `/dicom-web${instance}`, { method: 'DELETE' })).status).toBeLessThan(
      300,
    );
    expect((await get(server, pathOf(names, '1'), octets)).status).toBe(410);
  });
});
