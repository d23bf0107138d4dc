import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Attributes, makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { greys, ramp } from './rendered-images.ts';
import { get, request, storeAll } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ settings: { ISOCENTER_DUPLICATES: 'replace' } });
});
afterAll(() => server?.stop());

interface Names extends Attributes {
  StudyInstanceUID: string;
  SeriesInstanceUID: string;
  SOPInstanceUID: string;
}

function newNames(): Names {
  return { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
}

function pathOf({ StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID }: Names): string {
  return `/studies/${StudyInstanceUID}/series/${SeriesInstanceUID}/instances/${SOPInstanceUID}`;
}

/** 4 x 4 pixels of one grey, or as `image` has them. */
async function store(names: Names, grey: number, image: Partial<typeof ramp> = {}): Promise<string> {
  const flat = { rows: 4, columns: 4, bitsAllocated: 8, pixelBytes: new Uint8Array(16).fill(grey) };
  await storeAll(server, [makeInstance({ attributes: names, image: { ...flat, ...image } })]);
  return pathOf(names);
}

/** How often blobs were opened while `work` ran. */
async function blobsOpened(work: () => Promise<void>): Promise<number> {
  const { blobs } = server.services.archive;
  const get = vi.spyOn(blobs, 'get');
  const readInto = vi.spyOn(blobs, 'readInto');
  try {
    await work();
    return get.mock.calls.length + readInto.mock.calls.length;
  } finally {
    get.mockRestore();
    readInto.mockRestore();
  }
}

const RESOURCES = ['rendered', 'frames/1/rendered', 'thumbnail', 'frames/1/thumbnail'];

describe('many that are rendered for the first time at once', () => {
  it('are each the one that was asked for', async () => {
    const made = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => ({
        grey: 5 * i,
        path: await store(newNames(), 5 * i, {
          rows: 300 + i,
          columns: 300,
          pixelBytes: new Uint8Array((300 + i) * 300).fill(5 * i),
        }),
      })),
    );
    await Promise.all(
      made.map(async ({ grey, path }, i) => {
        const answer = await get(server, `${path}/rendered`, 'image/png');
        const { values, height } = await greys(answer.body);
        expect(height).toBe(300 + i);
        expect(new Set(values)).toEqual(new Set([grey]));
      }),
    );
  });
});

describe('what was rendered before', () => {
  it.each(RESOURCES)('%s is the same again, and nothing is read for it', async (resource) => {
    const path = await store(newNames(), 40, ramp);
    const first = await get(server, `${path}/${resource}`, 'image/png');
    const opened = await blobsOpened(async () => {
      const again = await get(server, `${path}/${resource}`, 'image/png');
      expect(again.status).toBe(200);
      expect(again.body.equals(first.body)).toBe(true);
      for (const name of ['etag', 'content-type', 'content-disposition', 'last-modified'])
        expect(again.headers[name], name).toBe(first.headers[name]);
      const headers = { Accept: 'image/png', 'If-None-Match': String(first.headers.etag) };
      const known = await request(server.url, `/dicom-web${path}/${resource}`, { headers });
      expect(known.status).toBe(304);
    });
    expect(opened).toBe(0);
  });

  it('is rendered once for all who ask at the same time', async () => {
    const path = await store(newNames(), 40, ramp);
    const opened = await blobsOpened(async () => {
      const all = await Promise.all(
        Array.from({ length: 8 }, () => get(server, `${path}/rendered`, 'image/png')),
      );
      expect(all.map(({ status }) => status)).toEqual(Array(8).fill(200));
      expect(new Set(all.map(({ body }) => body.toString('base64'))).size).toBe(1);
    });
    expect(opened).toBe(1);
  });

  it.each(['window=100,50,linear', 'viewport=3,3', 'quality=10'])(
    'is another picture with %s',
    async (query) => {
      const path = await store(newNames(), 40, { ...ramp });
      const plain = await get(server, `${path}/rendered`, 'image/jpeg');
      const other = await get(server, `${path}/rendered?${query}`, 'image/jpeg');
      expect(other.status).toBe(200);
      expect(other.body.equals(plain.body)).toBe(false);
      expect(other.headers.etag).not.toBe(plain.headers.etag);
    },
  );

  it.each(RESOURCES)('%s is not shown any more once it is deleted', async (resource) => {
    const names = newNames();
    const path = await store(names, 40);
    expect((await get(server, `${path}/${resource}`, 'image/png')).status).toBe(200);
    const deleted = await request(server.url, `/dicom-web${path}`, { method: 'DELETE' });
    expect(deleted.status).toBeLessThan(300);
    expect((await get(server, `${path}/${resource}`, 'image/png')).status).toBe(410);
  });

  it.each(RESOURCES)(
    '%s is not shown any more once it is replaced, nor after it came back',
    async (resource) => {
      const names = newNames();
      const shown = async () => {
        const answer = await get(server, `${pathOf(names)}/${resource}`, 'image/png');
        return (await greys(answer.body)).values[0];
      };
      for (const grey of [40, 200, 40, 90]) {
        await store(names, grey);
        expect(await shown()).toBe(grey);
        expect(await shown()).toBe(grey);
      }
    },
  );
});
