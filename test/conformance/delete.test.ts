import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { firstOf, get, request, search, store, storeAll, valuesOf } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

/** A study of two series, the first of two instances, the second of one. */
async function storeStudy() {
  const study = testUid();
  const [one, two] = [testUid(), testUid()];
  const [a, b, c] = [testUid(), testUid(), testUid()];
  const make = (series: string, uid: string, Modality: string) =>
    makeInstance({
      attributes: {
        StudyInstanceUID: study,
        SeriesInstanceUID: series,
        SOPInstanceUID: uid,
        Modality,
        PatientID: study,
      },
      image: {},
    });
  await storeAll(server, [make(one, a, 'CT'), make(one, b, 'CT'), make(two, c, 'SR')]);
  const root = `/studies/${study}`;
  return {
    study,
    root,
    one: `${root}/series/${one}`,
    two: `${root}/series/${two}`,
    a: `${root}/series/${one}/instances/${a}`,
    b: `${root}/series/${one}/instances/${b}`,
    c: `${root}/series/${two}/instances/${c}`,
  };
}

const remove = (path: string) => request(server.url, `/dicom-web${path}`, { method: 'DELETE' });

async function expectGone(...paths: string[]): Promise<void> {
  for (const path of paths)
    for (const suffix of ['', '/metadata']) expect((await get(server, path + suffix)).status, path).toBe(410);
}

async function expectThere(...paths: string[]): Promise<void> {
  for (const path of paths) expect((await get(server, path)).status, path).toBe(200);
}

async function blobCount(): Promise<number> {
  let count = 0;
  for await (const _ of server.services.archive.blobs.list('instances/')) count += 1;
  return count;
}

async function countRows(table: string): Promise<number> {
  const { rows } = await server.services.pool.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM ${table}`,
  );
  return rows[0]?.count ?? -1;
}

describe('deleting', () => {
  it('a study removes it with all levels, its blobs, and its patient, once', async () => {
    const before = {
      blobs: await blobCount(),
      patients: await countRows('patient'),
      instances: await countRows('instance'),
    };
    const { root, one, two, a, b, c, study } = await storeStudy();
    const answer = await remove(root);
    expect(answer.status).toBe(204);
    expect(answer.text).toBe('');
    await expectGone(root, one, two, a, b, c);
    expect(await search(server, `/studies?StudyInstanceUID=${study}`)).toEqual([]);
    expect(await search(server, `/studies/${study}/instances`)).toEqual([]);
    expect({
      blobs: await blobCount(),
      patients: await countRows('patient'),
      instances: await countRows('instance'),
    }).toEqual(before);
    expect((await remove(root)).status).toBe(404);
  });

  it('a series leaves the others and mends the counts', async () => {
    const { root, one, two, c, study } = await storeStudy();
    expect((await remove(one)).status).toBe(204);
    await expectGone(one);
    await expectThere(root, two, c);
    const [row] = await search(server, `/studies?StudyInstanceUID=${study}`);
    expect([firstOf(row, '00201206'), firstOf(row, '00201208')]).toEqual([1, 1]);
    expect(row?.['00080061']?.Value).toEqual(['SR']);
    expect((await remove(one)).status).toBe(404);
  });

  it('an instance leaves its neighbours', async () => {
    const { root, one, a, b, c } = await storeStudy();
    expect((await remove(a)).status).toBe(204);
    await expectGone(a);
    await expectThere(root, one, b, c);
    const [series] = await search(server, `${root}/series?Modality=CT`);
    expect(firstOf(series, '00201209')).toBe(1);
    expect((await remove(a)).status).toBe(404);
  });

  it('the last instance of a series removes the series, the last of a study the study', async () => {
    const { root, two, c, one, study } = await storeStudy();
    await remove(c);
    await expectGone(two);
    expect(await search(server, `${root}/series`)).toHaveLength(1);
    await remove(one);
    await expectGone(root);
    expect(await search(server, `/studies?StudyInstanceUID=${study}`)).toEqual([]);
  });

  it('frees the names: the same study can be stored again', async () => {
    const names = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
    await storeAll(server, [makeInstance({ attributes: names })]);
    await remove(`/studies/${names.StudyInstanceUID}`);
    const changed = makeInstance({ attributes: { ...names, PatientName: 'Changed^Since' } });
    await storeAll(server, [changed]);
    const path = `/studies/${names.StudyInstanceUID}/series/${names.SeriesInstanceUID}/instances/${names.SOPInstanceUID}`;
    expect((await get(server, path, 'application/dicom')).body.equals(changed)).toBe(true);
  });

  it('leaves no patient behind whose ID came with a later instance', async () => {
    const before = await countRows('patient');
    const study = testUid();
    await storeAll(server, [makeInstance({ attributes: { StudyInstanceUID: study, PatientID: '' } })]);
    await storeAll(server, [makeInstance({ attributes: { StudyInstanceUID: study, PatientID: 'LATER' } })]);
    expect(await search(server, '/studies?PatientID=LATER')).toHaveLength(1);
    await remove(`/studies/${study}`);
    expect(await countRows('patient')).toBe(before);
  });

  it('leaves what the remaining instances say: patient, study and series', async () => {
    const [study, series, first, second] = [testUid(), testUid(), testUid(), testUid()];
    const make = (SOPInstanceUID: string, attributes: Record<string, string>) =>
      makeInstance({
        attributes: {
          StudyInstanceUID: study,
          SeriesInstanceUID: series,
          SOPInstanceUID,
          Modality: 'CT',
          ...attributes,
        },
      });
    const alice = {
      PatientID: `ALICE${study}`,
      PatientName: 'Alice^A',
      AccessionNumber: 'A1',
      SeriesDescription: 'hers',
    };
    const bob = { PatientID: `BOB${study}`, PatientName: 'Bob^B', AccessionNumber: '', Modality: 'PT' };
    await storeAll(server, [make(first, alice)]);
    await store(server, [make(second, bob)]);
    expect(await search(server, `/studies?PatientID=${bob.PatientID}`)).toEqual([]);
    const before = await search(server, `/studies?PatientID=${alice.PatientID}`);
    expect(valuesOf(before[0], '00080061')).toEqual(['CT', 'PT']);
    await remove(`/studies/${study}/series/${series}/instances/${first}`);
    expect(await search(server, `/studies?PatientID=${alice.PatientID}`)).toEqual([]);
    const [row] = await search(
      server,
      `/studies?PatientID=${bob.PatientID}&PatientName=bob*&fuzzymatching=true`,
    );
    expect(valuesOf(row, '00100010')).toEqual([{ Alphabetic: 'Bob^B' }]);
    expect(valuesOf(row, '00080050')).toEqual([]);
    expect(valuesOf(row, '00080061')).toEqual(['PT']);
    const [left] = await search(server, `/studies/${study}/series`);
    expect(valuesOf(left, '00080060')).toEqual(['PT']);
    expect(valuesOf(left, '0008103E')).toEqual([]);
    const { rows } = await server.services.pool.query('SELECT 1 FROM patient WHERE patient_id = $1', [
      alice.PatientID,
    ]);
    expect(rows).toEqual([]);
  });

  it('leaves the study to its patient while one instance is of them, and what others fill in', async () => {
    const [study, series, first] = [testUid(), testUid(), testUid()];
    const PatientID = `ALICE${study}`;
    const make = (attributes: Record<string, string>) =>
      makeInstance({ attributes: { StudyInstanceUID: study, SeriesInstanceUID: series, ...attributes } });
    await store(server, [make({ SOPInstanceUID: first, PatientID })]);
    await store(server, [make({ PatientID: `BOB${study}`, StudyDescription: 'his' })]);
    await store(server, [make({ PatientID, StudyDescription: '' })]);
    await store(server, [make({ PatientID, StudyDescription: 'hers' })]);
    await remove(`/studies/${study}/series/${series}/instances/${first}`);
    const [row] = await search(server, `/studies?PatientID=${PatientID}`);
    expect(firstOf(row, '00081030')).toBe('hers');
    expect(firstOf(row, '00201208')).toBe(3);
  });

  it('keeps a modality that instances of another one in the same series have', async () => {
    const [study, series, first] = [testUid(), testUid(), testUid()];
    const make = (Modality: string, SOPInstanceUID = testUid()) =>
      makeInstance({
        attributes: { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID, Modality },
      });
    await storeAll(server, [make('CT'), make('CT', first), make('PT')]);
    await remove(`/studies/${study}/series/${series}/instances/${first}`);
    const [row] = await search(server, `/studies?StudyInstanceUID=${study}`);
    expect(valuesOf(row, '00080061')).toEqual(['CT', 'PT']);
  });

  it('is forgotten where it is stored again: what was never there is a 404', async () => {
    const { root, one, a, b, study } = await storeStudy();
    await remove(a);
    await remove(root);
    const [series, uid] = [one.split('/').at(-1) ?? '', b.split('/').at(-1) ?? ''];
    const names = { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID: uid };
    await storeAll(server, [makeInstance({ attributes: names })]);
    await expectThere(root, one, b);
    await expectGone(a);
    for (const path of [`${root}/series/${testUid()}`, `${one}/instances/${testUid()}`])
      expect((await get(server, path)).status, path).toBe(404);
  });

  it('ten times at once removes once', async () => {
    const { root } = await storeStudy();
    const answers = await Promise.all(Array.from({ length: 10 }, () => remove(root)));
    expect(answers.map(({ status }) => status).sort()).toEqual([
      204,
      ...Array.from({ length: 9 }, () => 404),
    ]);
  });

  it('is a 404 where nothing of that name is, a 400 where it is no name, a 405 for all studies', async () => {
    const { one } = await storeStudy();
    expect((await remove(`/studies/${testUid()}`)).status).toBe(404);
    expect((await remove(`${one}/instances/${testUid()}`)).status).toBe(404);
    expect((await remove(`${one}/instances/x`)).status).toBe(400);
    expect((await remove('/studies')).status).toBe(405);
    await expectThere(one);
  });
});
