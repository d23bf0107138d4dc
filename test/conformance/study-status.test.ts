import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { addAccountOfEachRole } from './accounts.ts';
import { multipartBody } from './multipart.ts';
import { type Answer, request } from './requests.ts';

type Json = Record<string, { Value?: unknown[] } | undefined>;

let server: TestServer;
const keys: Record<string, string> = {};
const studies = Array.from({ length: 4 }, () => testUid());
const [first = '', second = '', third = ''] = studies;

const as = (role: string) => ({ Authorization: `Bearer ${keys[role]}` });
const pathOf = (study: string) => `/api/studies/${study}/status`;
const get = (study: string, role = 'radiologist') =>
  request(server.url, pathOf(study), { headers: as(role) });

function put(study: string, change: unknown, role = 'radiologist'): Promise<Answer> {
  return request(server.url, pathOf(study), {
    method: 'PUT',
    headers: { ...as(role), 'Content-Type': 'application/json' },
    body: JSON.stringify(change),
  });
}

function store(instances: readonly Uint8Array[]): Promise<Answer> {
  return request(server.url, '/dicom-web/studies', {
    method: 'POST',
    headers: {
      ...as('technologist'),
      'Content-Type': 'multipart/related; type="application/dicom"; boundary=XX',
    },
    body: multipartBody(instances),
  });
}

const instanceOf = (study: string, at: number) =>
  makeInstance({
    attributes: { StudyInstanceUID: study, PatientID: `P${at}`, StudyDate: `2024010${at + 1}` },
  });

async function search(query: string): Promise<Json[]> {
  const answer = await request(server.url, `/dicom-web/studies?${query}`, { headers: as('radiologist') });
  if (answer.status === 204) return [];
  expect(answer.status, answer.text).toBe(200);
  return JSON.parse(answer.text) as Json[];
}
const patients = async (query: string) =>
  (await search(query)).map((result) => result['00100020']?.Value?.[0]);

beforeAll(async () => {
  server = await startServer({ authentication: 'local' });
  await addAccountOfEachRole(server);
  for (const role of ['administrator', 'radiologist', 'technologist', 'ris', 'modality'])
    keys[role] = (await server.services.access.makeApiKey(role, 'test')).key;
  expect((await store(studies.map(instanceOf))).status).toBe(200);
});
afterAll(() => server?.stop());

describe('the status of a study', () => {
  it('is NEW until somebody sets it', async () => {
    const answer = await get(first);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({ status: 'NEW', changedAt: null, changedBy: null });
  });

  it('is set with who and when, and the retrieved study stays the same to caches', async () => {
    const etag = async () =>
      (await request(server.url, `/dicom-web/studies/${first}/metadata`, { headers: as('radiologist') }))
        .headers.etag;
    const before = await etag();
    expect(before).toBeTruthy();
    const began = Date.now();
    const answer = await put(first, { status: 'OPENED', from: 'NEW' });
    expect(answer.status, answer.text).toBe(200);
    const now = JSON.parse(answer.text);
    expect(now).toMatchObject({ status: 'OPENED', changedBy: 'radiologist' });
    expect(Math.abs(Date.parse(now.changedAt) - began)).toBeLessThan(60_000);
    expect(JSON.parse((await get(first, 'ris')).text)).toEqual(now);
    expect(await etag()).toBe(before);
  });

  it('is not taken back by opening, but by hand', async () => {
    await put(second, { status: 'REPORTED' });
    const opened = await put(second, { status: 'OPENED', from: 'NEW' });
    expect(JSON.parse(opened.text)).toMatchObject({ status: 'REPORTED' });
    expect(JSON.parse((await put(second, { status: 'NEW' })).text)).toMatchObject({ status: 'NEW' });
    expect(JSON.parse((await put(second, { status: 'REPORTED' })).text)).toMatchObject({
      status: 'REPORTED',
    });
  });

  it('is found, sorted by, and among the answers where it is asked for', async () => {
    // The first is opened, the second reported.
    expect(await patients('StudyStatusID=OPENED')).toEqual(['P0']);
    expect(await patients('0032000A=NEW')).toEqual(['P3', 'P2']);
    expect(await patients('StudyStatusID=NEW%5CREPORTED&orderby=PatientID')).toEqual(['P1', 'P2', 'P3']);
    expect(await patients('orderby=-StudyStatusID,PatientID')).toEqual(['P1', 'P0', 'P2', 'P3']);
    expect(await patients('orderby=StudyStatusID,PatientID')).toEqual(['P2', 'P3', 'P0', 'P1']);
    const [result] = await search('PatientID=P1&includefield=StudyStatusID');
    expect(result?.['0032000A']).toEqual({ vr: 'CS', Value: ['REPORTED'] });
    expect((await search('PatientID=P1'))[0]).not.toHaveProperty('0032000A');
  });

  it('stays when more of the study is stored, and when some of it is deleted', async () => {
    const other = makeInstance({
      attributes: { StudyInstanceUID: second, PatientID: 'P1', StudyDate: '20240102' },
    });
    expect((await store([other])).status).toBe(200);
    const [series] = JSON.parse(
      (await request(server.url, `/dicom-web/studies/${second}/series`, { headers: as('radiologist') })).text,
    ) as Json[];
    const uid = String(series?.['0020000E']?.Value?.[0]);
    const gone = await request(server.url, `/dicom-web/studies/${second}/series/${uid}`, {
      method: 'DELETE',
      headers: as('administrator'),
    });
    expect(gone.status).toBe(204);
    expect(JSON.parse((await get(second)).text)).toMatchObject({ status: 'REPORTED' });
  });

  it('goes with the study, and begins anew with it', async () => {
    await put(third, { status: 'REPORTED' });
    const remove = { method: 'DELETE', headers: as('administrator') };
    expect((await request(server.url, `/dicom-web/studies/${third}`, remove)).status).toBe(204);
    expect((await get(third)).status).toBe(410);
    expect((await put(third, { status: 'OPENED' })).status).toBe(410);
    await store([instanceOf(third, 2)]);
    expect(JSON.parse((await get(third)).text)).toMatchObject({ status: 'NEW', changedBy: null });
  });

  it('is set by those who read, and told to those who search', async () => {
    for (const role of ['technologist', 'ris', 'modality'])
      expect((await put(first, { status: 'REPORTED' }, role)).status, role).toBe(403);
    expect((await get(first, 'modality')).status).toBe(403);
    expect((await request(server.url, pathOf(first))).status).toBe(401);
    expect(JSON.parse((await get(first)).text)).toMatchObject({ status: 'OPENED' });
  });

  it('is one of three, of a study that is there', async () => {
    for (const change of [{}, { status: 'READ' }, { status: 'NEW', from: 'x' }, { status: 'NEW', extra: 1 }])
      expect((await put(first, change)).status, JSON.stringify(change)).toBe(400);
    expect((await get('1.2.3')).status).toBe(404);
    expect((await put('1.2.3', { status: 'OPENED' })).status).toBe(404);
  });

  it('leaves a trace of each change: who, which study, from what to what', async () => {
    const trail = `/api/audit?study=${first}&transaction=${encodeURIComponent('Say how far the reading of a study is')}`;
    const answer = await request(server.url, trail, { headers: as('administrator') });
    const events = JSON.parse(answer.text) as { actor: string; status: number; detail: unknown }[];
    expect(events).toContainEqual(
      expect.objectContaining({
        actor: 'radiologist',
        status: 200,
        detail: { before: 'NEW', after: 'OPENED' },
      }),
    );
    expect(events).toContainEqual(expect.objectContaining({ actor: 'technologist', status: 403 }));
  });
});

describe('a search that prefers an exact count (RFC 7240)', () => {
  it('has it, and says so', async () => {
    const ask = (prefer: Record<string, string>) =>
      request(server.url, '/dicom-web/studies?limit=0', { headers: { ...as('radiologist'), ...prefer } });
    const exact = await ask({ Prefer: 'count=exact' });
    expect(exact.headers).toMatchObject({
      'x-total-count': '4',
      'x-total-count-exact': 'true',
      'preference-applied': 'count=exact',
    });
    expect((await ask({})).headers).not.toHaveProperty('preference-applied');
  });

  it('counts beyond a thousand', async () => {
    await server.services.pool.query(
      `INSERT INTO patient (identity, patient_id) SELECT 'many:' || n, 'MANY' || n FROM generate_series(1, 1500) AS n`,
    );
    await server.services.pool.query(
      `INSERT INTO study (patient_pk, study_instance_uid, patient_id, attributes)
        SELECT patient_pk, '1.2.3.4.' || patient_pk, patient_id, '{}' FROM patient WHERE identity LIKE 'many:%'`,
    );
    const count = async (headers: Record<string, string>) => {
      const answer = await request(server.url, '/dicom-web/studies?limit=0&PatientID=MANY*', { headers });
      return [answer.headers['x-total-count'], answer.headers['x-total-count-exact']];
    };
    expect(await count(as('radiologist'))).toEqual(['1000', 'false']);
    expect(await count({ ...as('radiologist'), Prefer: 'count=exact' })).toEqual(['1500', 'true']);
  });
});

describe('orderby', () => {
  it('sorts by the numbers of series and instances (PS3.4 Table C.3-1)', async () => {
    await store([
      makeInstance({ attributes: { StudyInstanceUID: first, PatientID: 'P0' } }),
      makeInstance({ attributes: { StudyInstanceUID: first, PatientID: 'P0' } }),
    ]);
    for (const key of ['NumberOfStudyRelatedSeries', 'NumberOfStudyRelatedInstances', '00201208'])
      expect((await patients(`PatientID=P*&orderby=-${key},PatientID`))[0], key).toBe('P0');
    expect(await patients('NumberOfStudyRelatedInstances=3')).toEqual(['P0']);
  });
});
