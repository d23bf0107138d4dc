import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madeUpPixels, makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { parseMultipart } from './multipart.ts';
import { firstOf, get, post, request, store, storeAll } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ settings: { ISOCENTER_DUPLICATES: 'replace' } });
});
afterAll(() => server?.stop());

function newNames(StudyInstanceUID = testUid(), SeriesInstanceUID = testUid()) {
  const names = { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID: testUid() };
  const study = `/studies/${StudyInstanceUID}`;
  const series = `${study}/series/${SeriesInstanceUID}`;
  return { names, study, series, instance: `${series}/instances/${names.SOPInstanceUID}` };
}

const remove = (path: string) => request(server.url, `/dicom-web${path}`, { method: 'DELETE' });
const unlessTag = (path: string, etag: string) =>
  request(server.url, `/dicom-web${path}/metadata`, { headers: { 'If-None-Match': etag } });

async function tagOf(path: string): Promise<string> {
  const { status, headers } = await get(server, `${path}/metadata`);
  expect(status).toBe(200);
  return headers.etag ?? '';
}

describe('the ETag of metadata, after a change (RFC 9110 8.8.3)', () => {
  it.each(['study', 'series', 'instance'] as const)(
    'of a %s is another one once the instance was replaced',
    async (level) => {
      const { names, ...paths } = newNames();
      await storeAll(server, [makeInstance({ attributes: names })]);
      const before = await tagOf(paths[level]);
      expect((await unlessTag(paths[level], before)).status).toBe(304);
      await storeAll(server, [makeInstance({ attributes: { ...names, ImageComments: 'better' } })]);
      const changed = await unlessTag(paths[level], before);
      expect(changed.status).toBe(200);
      expect(changed.headers.etag).not.toBe(before);
      expect(changed.text).toContain('better');
    },
  );

  it.each(['study', 'series'] as const)(
    'of a %s is another one once an instance was deleted',
    async (level) => {
      const one = newNames();
      const two = newNames(one.names.StudyInstanceUID, one.names.SeriesInstanceUID);
      await storeAll(
        server,
        [one, two].map(({ names }) => makeInstance({ attributes: names })),
      );
      const before = await tagOf(one[level]);
      expect((await remove(two.instance)).status).toBe(204);
      const changed = await unlessTag(one[level], before);
      expect(changed.status).toBe(200);
      expect(changed.headers.etag).not.toBe(before);
      expect(JSON.parse(changed.text)).toHaveLength(1);
      expect((await unlessTag(two.instance, before)).status).toBe(410);
    },
  );

  it('of a series that nothing happened to stays, though its study changed', async () => {
    const one = newNames();
    await storeAll(server, [makeInstance({ attributes: one.names })]);
    const before = await tagOf(one.series);
    await storeAll(server, [makeInstance({ attributes: newNames(one.names.StudyInstanceUID).names })]);
    expect((await unlessTag(one.series, before)).status).toBe(304);
  });
});

describe('a large instance', () => {
  const LARGE = 24 * 2 ** 20;
  const image = {
    rows: 4096,
    columns: 3072,
    bitsAllocated: 16,
    pixelBytes: Buffer.alloc(LARGE, madeUpPixels(65_521)),
  };

  it('is stored as one part alone, into its study, and comes back byte for byte', async () => {
    const { names, instance } = newNames();
    const bytes = makeInstance({ attributes: names, image });
    const answer = await post(server, bytes, { 'Content-Type': 'application/dicom' }, names.StudyInstanceUID);
    expect(answer.status, answer.text).toBe(200);
    expect((await get(server, instance, 'application/dicom')).body.equals(bytes)).toBe(true);
  });

  it('is stored in parts, and comes back in parts, byte for byte', async () => {
    const { names, study } = newNames();
    const bytes = makeInstance({ attributes: names, image });
    const small = makeInstance({
      attributes: newNames(names.StudyInstanceUID, names.SeriesInstanceUID).names,
    });
    expect((await store(server, [small, bytes])).status).toBe(200);
    const answer = await get(server, study, 'multipart/related; type="application/dicom"; transfer-syntax=*');
    const parts = parseMultipart(answer.headers['content-type'] ?? '', answer.body);
    expect(parts).toHaveLength(2);
    expect(parts.some(({ body }) => body.equals(bytes))).toBe(true);
  });
});

describe('one part alone', () => {
  it('of another study than the URL names is refused with A900', async () => {
    const { names, instance } = newNames();
    const bytes = makeInstance({ attributes: names });
    const answer = await post(server, bytes, { 'Content-Type': 'application/dicom' }, testUid());
    expect(answer.status).toBe(409);
    expect(firstOf(answer.failed[0], '00081197')).toBe(0xa900);
    expect((await get(server, instance)).status).toBe(404);
  });
});

interface Event {
  transaction: string;
  status: number;
  seriesInstanceUID: string | null;
  sopInstanceUID: string | null;
}

describe('a limit higher than the highest', () => {
  it.each(['/studies', '/series', '/instances', '/workitems'])(
    'of %s means as many as there may be (PS3.18 8.3.4.4)',
    async (resource) => {
      const all = await get(server, resource);
      const answer = await get(server, `${resource}?limit=999999999`);
      expect([200, 204]).toContain(answer.status);
      expect([answer.status, answer.text]).toEqual([all.status, all.text]);
    },
  );
});

describe('the audit trail', () => {
  const events = async (study: string) => {
    const answer = await request(server.url, `/api/audit?study=${study}&limit=1000`);
    expect(answer.status, answer.text).toBe(200);
    return JSON.parse(answer.text) as Event[];
  };

  it('has each retrieval and each deletion at each level, with the level', async () => {
    const { names, study, series, instance } = newNames();
    const image = { rows: 8, columns: 8 };
    await storeAll(server, [makeInstance({ attributes: names, image })]);
    const gets = [study, series, instance].flatMap((path) =>
      ['', '/metadata', '/rendered', '/thumbnail', '/pixeldata'].map((suffix) => path + suffix),
    );
    for (const path of [...gets, `${instance}/frames/1`, `${instance}/frames/1/rendered`])
      expect((await get(server, path)).status, path).toBe(200);
    // A search of what is not there is an event too.
    expect((await get(server, `${study}/instances?SOPInstanceUID=${testUid()}`)).status).toBe(204);
    expect((await remove(instance)).status).toBe(204);
    await storeAll(server, [makeInstance({ attributes: names, image })]);
    expect((await remove(series)).status).toBe(204);
    await storeAll(server, [makeInstance({ attributes: names, image })]);
    expect((await remove(study)).status).toBe(204);
    const levels = async () =>
      (await events(names.StudyInstanceUID)).map(
        ({ transaction, status, seriesInstanceUID, sopInstanceUID }) =>
          `${transaction} ${status} ${sopInstanceUID ? 'instance' : seriesInstanceUID ? 'series' : 'study'}`,
      );
    await expect
      .poll(async () => (await levels()).filter((text) => text.startsWith('Delete')).sort())
      .toEqual(['Delete 204 instance', 'Delete 204 series', 'Delete 204 study']);
    const found = await levels();
    for (const level of ['study', 'series', 'instance']) {
      const ofLevel = found.filter((text) => text.startsWith('Retrieve') && text.endsWith(` 200 ${level}`));
      expect(new Set(ofLevel).size, ofLevel.join('; ')).toBe(level === 'instance' ? 7 : 5);
    }
    expect(found).toContain('Search 204 study');
  });
});
