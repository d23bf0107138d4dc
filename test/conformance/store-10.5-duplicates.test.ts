import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepOrphans, verifyBlobs } from '../../server/archive/upkeep/check-integrity.ts';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { firstOf, get, request, search, store } from './requests.ts';

const servers: Partial<Record<'replace' | 'refuse', TestServer>> = {};
beforeAll(async () => {
  servers.replace = await startServer({ settings: { ISOCENTER_DUPLICATES: 'replace' } });
  servers.refuse = await startServer({ settings: { ISOCENTER_DUPLICATES: 'refuse' } });
});
afterAll(async () => {
  await servers.replace?.stop();
  await servers.refuse?.stop();
});

function serverOf(policy: 'replace' | 'refuse'): TestServer {
  const server = servers[policy];
  if (!server) throw new Error('no server');
  return server;
}

type Uids = ReturnType<typeof newUids>;

function newUids(study = testUid(), series = testUid()) {
  const SOPInstanceUID = testUid();
  return {
    names: { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID },
    path: `/studies/${study}/series/${series}/instances/${SOPInstanceUID}`,
  };
}

const versionOf = ({ names }: Uids, attributes: Record<string, string> = {}) =>
  makeInstance({ attributes: { ...names, ...attributes }, image: {} });

async function current(server: TestServer, { path }: Uids): Promise<Buffer> {
  const answer = await get(server, path, 'application/dicom');
  expect(answer.status).toBe(200);
  return answer.body;
}

interface Version {
  version: number;
  current: boolean;
  replacedAt: string | null;
  sha256: string;
  sizeBytes: number;
}

async function versions(server: TestServer, { path }: Uids): Promise<Version[]> {
  const answer = await request(server.url, `/api${path}/versions`);
  expect(answer.status, answer.text).toBe(200);
  return JSON.parse(answer.text);
}

async function blobKeys(server: TestServer): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of server.services.archive.blobs.list('instances/')) keys.push(key);
  return keys;
}

async function studyOf(server: TestServer, { names }: Uids) {
  const found = await search(server, `/studies?StudyInstanceUID=${names.StudyInstanceUID}&includefield=all`);
  expect(found).toHaveLength(1);
  return found[0];
}

describe('a duplicate where duplicates replace', () => {
  it('becomes the current object; the one before is kept, listed and given byte for byte', async () => {
    const server = serverOf('replace');
    const uids = newUids();
    const [first, second] = [versionOf(uids), versionOf(uids, { ImageComments: 'better' })];
    await store(server, [first]);
    const answer = await store(server, [second]);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.referenced).toHaveLength(1);
    expect((await current(server, uids)).equals(second)).toBe(true);
    const listed = await versions(server, uids);
    expect(listed.map(({ version, current, sizeBytes }) => [version, current, sizeBytes])).toEqual([
      [1, false, first.length],
      [2, true, second.length],
    ]);
    expect(listed[0]?.replacedAt).not.toBeNull();
    const earlier = await request(server.url, `/api${uids.path}/versions/1`);
    expect(earlier.headers['content-type']).toBe('application/dicom');
    expect(earlier.body.equals(first)).toBe(true);
    expect((await request(server.url, `/api${uids.path}/versions/3`)).status).toBe(404);
    expect((await request(server.url, `/api${uids.path}/versions/x`)).status).toBe(400);
    expect((await request(server.url, `/api${newUids().path}/versions`)).status).toBe(404);
  });

  it('of the same bytes is answered as stored, and makes no version', async () => {
    const server = serverOf('replace');
    const uids = newUids();
    const bytes = versionOf(uids);
    expect((await store(server, [bytes, bytes])).status).toBe(200);
    expect((await store(server, [bytes])).status).toBe(200);
    expect(await versions(server, uids)).toHaveLength(1);
  });

  it('is counted once, and searches and metadata know the current one only', async () => {
    const server = serverOf('replace');
    const uids = newUids();
    const other = newUids(uids.names.StudyInstanceUID, uids.names.SeriesInstanceUID);
    await store(server, [versionOf(uids), versionOf(other)]);
    await store(server, [
      versionOf(uids, {
        InstanceNumber: '77',
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
        Modality: 'CT',
        SeriesDescription: 'new',
      }),
    ]);
    const study = await studyOf(server, uids);
    expect(firstOf(study, '00201208')).toBe(2);
    expect(firstOf(study, '00201206')).toBe(1);
    expect(study?.['00080062']?.Value).toEqual(['1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.5.1.4.1.1.7']);
    expect(study?.['00080061']?.Value).toEqual(['CT', 'OT']);
    const inStudy = `/studies/${uids.names.StudyInstanceUID}`;
    expect(await search(server, `${inStudy}/instances?InstanceNumber=77`)).toHaveLength(1);
    expect(await search(server, `${inStudy}/instances?InstanceNumber=1`)).toHaveLength(1);
    const series = await search(server, `${inStudy}/series`);
    expect(firstOf(series[0], '0008103E')).toBe('new');
    expect(firstOf(series[0], '00201209')).toBe(2);
    const metadata = await get(server, `${uids.path}/metadata`);
    expect(firstOf(JSON.parse(metadata.text)[0], '00200013')).toBe(77);
  });

  it('says what is true of the study from now on, and can empty a wrong value', async () => {
    const server = serverOf('replace');
    const uids = newUids();
    await store(server, [versionOf(uids, { PatientName: 'Mair^Anna', StudyDescription: 'Head' })]);
    await store(server, [versionOf(uids, { PatientName: 'Maier^Anna', StudyDescription: '' })]);
    const study = await studyOf(server, uids);
    expect(study?.['00100010']?.Value).toEqual([{ Alphabetic: 'Maier^Anna' }]);
    expect(firstOf(study, '00081030')).toBeUndefined();
    const path = `/studies?StudyInstanceUID=${uids.names.StudyInstanceUID}&StudyDescription=Head`;
    expect(await search(server, path)).toEqual([]);
    const found = (name: string) =>
      search(server, `/studies?PatientName=${name}&StudyInstanceUID=${uids.names.StudyInstanceUID}`);
    expect(await found('Maier*')).toHaveLength(1);
    expect(await found('Mair*')).toHaveLength(0);
  });

  it('leaves to the others of the study and series what it leaves empty itself', async () => {
    const server = serverOf('replace');
    const uids = newUids();
    const other = newUids(uids.names.StudyInstanceUID, uids.names.SeriesInstanceUID);
    const said = { StudyDescription: 'Head', SeriesDescription: 'axial' };
    await store(server, [versionOf(uids, { ...said, AccessionNumber: 'WRONG' })]);
    await store(server, [versionOf(other, { ...said, AccessionNumber: '' })]);
    await store(server, [
      versionOf(uids, { StudyDescription: '', SeriesDescription: '', AccessionNumber: '' }),
    ]);
    const study = await studyOf(server, uids);
    expect(firstOf(study, '00081030')).toBe('Head');
    expect(firstOf(study, '00080050')).toBeUndefined();
    const [series] = await search(server, `/studies/${uids.names.StudyInstanceUID}/series`);
    expect(firstOf(series, '0008103E')).toBe('axial');
  });

  it('moves the study to another patient when all its objects say so, and not before', async () => {
    const server = serverOf('replace');
    const uids = newUids();
    const other = newUids(uids.names.StudyInstanceUID, uids.names.SeriesInstanceUID);
    const wrong = { PatientID: 'WRONG', PatientName: 'Wrong^One', PatientBirthDate: '19700101' };
    const right = { PatientID: 'RIGHT', PatientName: 'Right^One' };
    await store(server, [versionOf(uids, wrong), versionOf(other, wrong)]);
    const half = await store(server, [versionOf(uids, right)]);
    expect(half.status).toBe(202);
    expect(firstOf(half.referenced[0], '00081196')).toBe(0xb007);
    expect(firstOf(await studyOf(server, uids), '00100020')).toBe('WRONG');
    const whole = await store(server, [versionOf(other, right)]);
    expect(whole.status).toBe(200);
    const study = await studyOf(server, uids);
    expect(firstOf(study, '00100020')).toBe('RIGHT');
    expect(study?.['00100010']?.Value).toEqual([{ Alphabetic: 'Right^One' }]);
    expect(study?.['00100030']?.Value).toBeUndefined();
    const { rows } = await server.services.pool.query(`SELECT 1 FROM patient WHERE patient_id = 'WRONG'`);
    expect(rows).toEqual([]);
  });

  it('of which eight come at once makes eight versions, none lost', async () => {
    const server = serverOf('replace');
    const uids = newUids();
    const before = (await blobKeys(server)).length;
    const variants = Array.from({ length: 8 }, (_, i) => versionOf(uids, { ImageComments: `variant ${i}` }));
    const answers = await Promise.all(variants.map((bytes) => store(server, [bytes])));
    expect(answers.map(({ status }) => status)).toEqual(variants.map(() => 200));
    const listed = await versions(server, uids);
    expect(listed.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const bytes = await Promise.all(
      listed.map(
        async ({ version }) => (await request(server.url, `/api${uids.path}/versions/${version}`)).body,
      ),
    );
    expect(variants.every((variant) => bytes.some((one) => one.equals(variant)))).toBe(true);
    expect((await current(server, uids)).equals(bytes[7] ?? Buffer.alloc(0))).toBe(true);
    expect((await blobKeys(server)).length).toBe(before + 8);
    expect(firstOf(await studyOf(server, uids), '00201208')).toBe(1);
  });

  it('is kept by the sweeper, checked by verify, and goes when its instance is deleted', async () => {
    const server = serverOf('replace');
    const { archive } = server.services;
    const uids = newUids();
    const before = await blobKeys(server);
    await store(server, [versionOf(uids)]);
    await store(server, [versionOf(uids, { ImageComments: 'second' })]);
    expect(await sweepOrphans(archive, new Date(Date.now() + 60_000))).toBe(0);
    const own = (await blobKeys(server)).filter((key) => !before.includes(key));
    expect(own).toHaveLength(2);
    let checked = 0;
    for await (const finding of verifyBlobs(archive)) {
      expect(finding).toBeUndefined();
      checked++;
    }
    expect(checked).toBe((await blobKeys(server)).length);
    const deleted = await request(server.url, `/dicom-web${uids.path}`, { method: 'DELETE' });
    expect(deleted.status).toBe(204);
    expect((await blobKeys(server)).filter((key) => own.includes(key))).toEqual([]);
    expect((await request(server.url, `/api${uids.path}/versions`)).status).toBe(404);
  });
});

describe('a duplicate where duplicates are refused', () => {
  it('is refused with 0111, with the same bytes too, and the first object stays', async () => {
    const server = serverOf('refuse');
    const uids = newUids();
    const first = versionOf(uids);
    expect((await store(server, [first])).status).toBe(200);
    const before = (await blobKeys(server)).length;
    for (const bytes of [first, versionOf(uids, { ImageComments: 'other' })]) {
      const answer = await store(server, [bytes]);
      expect(answer.status).toBe(409);
      expect(firstOf(answer.failed[0], '00081197')).toBe(0x0111);
    }
    expect((await current(server, uids)).equals(first)).toBe(true);
    expect((await blobKeys(server)).length).toBe(before);
  });
});

describe('the versions of an instance', () => {
  it('are for administrators', async () => {
    const local = await startServer({ authentication: 'local' });
    try {
      expect((await request(local.url, `/api${newUids().path}/versions`)).status).toBe(401);
    } finally {
      await local.stop();
    }
  });
});
