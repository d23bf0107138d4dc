import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexInBackground } from '../../server/archive/search/searchable-attributes.ts';
import { type Attributes, makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { type Answer, firstOf, get, type Json, request, search, storeAll } from './requests.ts';

let server: TestServer;
const nameOf = new Map<unknown, string>();
const uidOf: Record<string, string> = {};
const sopOf: Record<string, string> = {};

const CREATOR = 'ACME 1.1';
const IMPLICIT = '1.2.840.10008.1.2';

/** Studies of one instance each, by a name for the test. */
const before: Record<string, [Attributes, string?]> = {
  one: [
    {
      PatientComments: 'Allergic to Föhn 100%',
      KVP: '120.0',
      AcquisitionDateTime: '20240131093000.5',
      OperatorsName: 'Doe^Jane\\Müller^Otto',
      ProcedureCodeSequence: [{ CodeValue: 'P1', CodingSchemeDesignator: '99X' }],
      Manufacturer: 'ACME',
      '00090010': { vr: 'LO', value: CREATOR },
      '00091001': { vr: 'LO', value: '001239' },
    },
  ],
  /** Another block, and nothing that tells the VR. */
  two: [
    {
      PatientComments: 'none',
      KVP: '80',
      AcquisitionDateTime: '20240131093000-0500',
      OperatorsName: '',
      ImageType: ['ORIGINAL', 'PRIMARY'],
      '00090011': { vr: 'LO', value: CREATOR },
      '00091101': { vr: 'LO', value: '001240' },
    },
    IMPLICIT,
  ],
  /** The same numbers of another creator. */
  three: [
    {
      KVP: '12e1',
      ImageType: ['DERIVED', 'PRIMARY', 'MPR'],
      '00090010': { vr: 'LO', value: 'OTHER' },
      '00091001': { vr: 'LO', value: '001239' },
    },
  ],
  bad: [{ KVP: 'high', PatientComments: '' }],
};

beforeAll(async () => {
  server = await startServer({ settings: { ISOCENTER_DUPLICATES: 'replace' } });
  await storeNamed(before);
});
afterAll(() => server?.stop());

async function storeNamed(instances: Record<string, [Attributes, string?]>): Promise<void> {
  const bytes = Object.entries(instances).map(([name, [attributes, transferSyntaxUID]]) => {
    uidOf[name] ??= testUid();
    nameOf.set(uidOf[name], name);
    sopOf[name] = testUid();
    return makeInstance({
      ...(transferSyntaxUID && { transferSyntaxUID }),
      attributes: {
        SpecificCharacterSet: 'ISO_IR 192',
        StudyInstanceUID: uidOf[name],
        SOPInstanceUID: sopOf[name],
        ...attributes,
      },
    });
  });
  await storeAll(server, bytes);
}

const API = '/api/searchable-attributes';

function api(method: string, path: string, body?: unknown): Promise<Answer> {
  return request(server.url, path, {
    method,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function add(body: Record<string, string>): Promise<number> {
  const answer = await api('POST', API, body);
  expect(answer.status, answer.text).toBe(202);
  return JSON.parse(answer.text).number;
}

async function index(): Promise<void> {
  expect(await indexInBackground(server.services.archive, new AbortController().signal)).toBe(true);
}

async function found(query: string, resource = '/studies'): Promise<string> {
  const rows = await search(server, `${resource}?${query}`);
  return rows
    .map((row) => nameOf.get(firstOf(row, '0020000D')))
    .sort()
    .join(' ');
}

async function remove(number: number): Promise<void> {
  expect((await api('DELETE', `${API}/${number}`)).status).toBe(204);
  await index();
}

describe('an attribute that an administrator makes searchable', () => {
  it('is a 400 before, also while it is being indexed, and then found in what was stored before and after', async () => {
    expect((await get(server, '/studies?PatientComments=none')).status).toBe(400);
    const number = await add({ attribute: 'PatientComments', level: 'study' });
    const waiting = await get(server, '/studies?PatientComments=none');
    expect(waiting.status).toBe(400);
    expect(waiting.text).toContain('0 of 4 instances');
    await storeNamed({ while: [{ PatientComments: 'NONE' }] });
    await index();
    const state = JSON.parse((await api('GET', `${API}/${number}`)).text);
    expect(state).toMatchObject({
      attribute: 'PatientComments',
      path: '00104000',
      vr: 'LT',
      state: 'ready',
      progress: { indexedInstances: 4, totalInstances: 4 },
      unreadable: { instances: 0 },
      lastError: null,
    });
    await storeNamed({ after: [{ PatientComments: 'none' }] });
    expect(await found('PatientComments=none')).toBe('after two while');
    expect(await found('00104000=*fohn*')).toBe('one');
    expect(await found('PatientComments=*100%25')).toBe('one');
    expect(await found('PatientComments=*10_%25')).toBe('');
    expect(await found('PatientComments=none', '/series')).toBe('after two while');
    expect(await found('PatientComments=none&PatientID=nobody', '/instances')).toBe('');
    expect(await found('PatientComments=%22%22&emptyvaluematching=true')).toBe('bad three');
    const [row] = await search(server, '/studies?PatientComments=all*');
    expect(firstOf(row, '00104000')).toBe('Allergic to Föhn 100%');
    await remove(number);
    expect((await get(server, '/studies?PatientComments=none')).status).toBe(400);
    const left = await server.services.pool.query('SELECT 1 FROM searchable_value');
    expect(left.rows).toEqual([]);
  });

  it('may be a number, which matches by what it means, and says which values are none', async () => {
    const number = await add({ attribute: '00180060', level: 'instance' });
    await index();
    expect(await found('KVP=120')).toBe('one three');
    expect(await found('KVP=1.2E2', '/instances')).toBe('one three');
    expect(await found('KVP=80%5C120')).toBe('one three two');
    expect((await get(server, '/studies?KVP=high')).status).toBe(400);
    expect(JSON.parse((await api('GET', `${API}/${number}`)).text).unreadable).toEqual({
      instances: 1,
      sopInstanceUIDs: [sopOf.bad],
    });
    await remove(number);
  });

  it('may be a date-time, with or without an offset', async () => {
    const number = await add({ attribute: 'AcquisitionDateTime', level: 'series' });
    await index();
    expect(await found('AcquisitionDateTime=2024')).toBe('one two');
    expect(await found('AcquisitionDateTime=202401310930-202401310931')).toBe('one');
    expect(await found('AcquisitionDateTime=202401310930-0500')).toBe('two');
    expect(await found('AcquisitionDateTime=202401311430%2B0000')).toBe('two');
    expect(await found('AcquisitionDateTime=202401310931-')).toBe('two');
    expect(await found('AcquisitionDateTime=-20240131093000.4')).toBe('');
    expect(await found('AcquisitionDateTime=202401310930&TimezoneOffsetFromUTC=-0500')).toBe('two');
    expect((await get(server, '/studies?AcquisitionDateTime=yesterday')).status).toBe(400);
    await remove(number);
  });

  it('may be a name, of which each value is found, fuzzily too', async () => {
    const number = await add({ attribute: 'OperatorsName', level: 'series' });
    await index();
    expect(await found('OperatorsName=muller*')).toBe('one');
    expect(await found('OperatorsName=doe^jane', '/series')).toBe('one');
    expect(await found('OperatorsName=jane dough'.replace(' ', '+'))).toBe('');
    expect(await found('OperatorsName=otto+mueller&fuzzymatching=true')).toBe('one');
    expect(await found('OperatorsName=jane+mueller&fuzzymatching=true')).toBe('');
    expect(await found('OperatorsName=Doe%5EJane%5CM%C3%BCller%5EOtto&multiplevaluematching=true')).toBe(
      'one',
    );
    expect(await found('OperatorsName=Doe%5EJane%5CRoe%5EJane&multiplevaluematching=true')).toBe('');
    await remove(number);
  });

  it('may have several values', async () => {
    const number = await add({ attribute: 'ImageType', level: 'instance' });
    await index();
    expect(await found('ImageType=PRIMARY')).toBe('three two');
    expect(await found('ImageType=MPR%5CORIGINAL')).toBe('three two');
    expect(await found('ImageType=PRIMARY%5CMPR&multiplevaluematching=true')).toBe('three');
    expect(await found('ImageType=primary')).toBe('');
    await remove(number);
  });

  it('may lie in a sequence', async () => {
    const number = await add({ attribute: 'ProcedureCodeSequence.CodeValue', level: 'study' });
    await index();
    expect(await found('ProcedureCodeSequence.CodeValue=P1')).toBe('one');
    expect(await found('00081032.00080100=P*')).toBe('one');
    await remove(number);
  });

  it('may be private: whatever block its creator reserves, whether or not the file tells the VR', async () => {
    const number = await add({ attribute: '00091001', privateCreator: CREATOR, vr: 'LO', level: 'study' });
    await index();
    expect(await found(`00090010=${encodeURIComponent(CREATOR)}&00091001=001239`)).toBe('one');
    expect(await found('00090010=ACME+1.1&00091001=00124*')).toBe('two');
    expect(await found('00090020=ACME+1.1&00092001=00124*')).toBe('two');
    // Of another creator it is another attribute.
    expect((await get(server, '/studies?00090010=OTHER&00091001=001239')).status).toBe(400);
    const [row] = await search(server, '/studies?00090010=ACME+1.1&00091001=001240');
    expect(row).toMatchObject({
      '00090011': { Value: [CREATOR] },
      '00091101': { vr: 'LO', Value: ['001240'] },
    });
    const [instance] = await search(
      server,
      `/instances?SOPInstanceUID=${sopOf.one}&00090010=ACME+1.1&includefield=00091001`,
    );
    expect(instance).toMatchObject({ '00090010': { Value: [CREATOR] }, '00091001': { Value: ['001239'] } });
    await remove(number);
  });

  it('follows what is deleted: a value stays while an instance of the study says so', async () => {
    const number = await add({ attribute: 'Manufacturer', level: 'study' });
    await index();
    const study = uidOf.one;
    const second = testUid();
    await storeAll(server, [
      makeInstance({ attributes: { StudyInstanceUID: study, SOPInstanceUID: second, Manufacturer: 'ACME' } }),
    ]);
    const instances = (await search(server, `/studies/${study}/instances`)) as Json[];
    const first = instances.find((row) => firstOf(row, '00080018') === sopOf.one);
    const urlOf = (row: Json | undefined) => new URL(String(firstOf(row, '00081190'))).pathname;
    expect((await api('DELETE', urlOf(first))).status).toBe(204);
    await index();
    expect(await found('Manufacturer=acme')).toBe('one');
    const other = instances.find((row) => firstOf(row, '00080018') === second);
    expect((await api('DELETE', urlOf(other))).status).toBe(204);
    await index();
    expect(await found('Manufacturer=acme')).toBe('');
    await remove(number);
  });
});

describe('an instance that another takes the place of', () => {
  it('is found by what it says now', async () => {
    const numbers = [
      await add({ attribute: 'Manufacturer', level: 'study' }),
      await add({ attribute: 'KVP', level: 'instance' }),
    ];
    await index();
    const names = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
    const count = async (query: string) => (await search(server, `/instances?${query}`)).length;
    await storeAll(server, [makeInstance({ attributes: { ...names, Manufacturer: 'Before', KVP: '31' } })]);
    expect([await count('Manufacturer=before'), await count('KVP=31')]).toEqual([1, 1]);
    await storeAll(server, [makeInstance({ attributes: { ...names, Manufacturer: 'After', KVP: '32' } })]);
    await index();
    expect([await count('Manufacturer=after'), await count('KVP=32')]).toEqual([1, 1]);
    expect([await count('Manufacturer=before'), await count('KVP=31')]).toEqual([0, 0]);
    for (const number of numbers) await remove(number);
  });
});

describe('the indexing', () => {
  it('misses no instance that is stored while attributes come and go', async () => {
    const stop = new AbortController();
    const indexing = (async () => {
      while (!stop.signal.aborted) await indexInBackground(server.services.archive, stop.signal);
    })();
    const uids = Array.from({ length: 60 }, () => testUid());
    const storing = Promise.all(
      uids.map((StudyInstanceUID) =>
        storeAll(server, [makeInstance({ attributes: { StudyInstanceUID, Occupation: 'baker' } })]),
      ),
    );
    const number = await add({ attribute: 'Occupation', level: 'study' });
    await storing;
    for (let state = ''; state !== 'ready'; )
      state = JSON.parse((await api('GET', `${API}/${number}`)).text).state;
    stop.abort();
    await indexing;
    const rows = await search(server, '/studies?Occupation=baker');
    expect(rows.map((row) => firstOf(row, '0020000D')).sort()).toEqual([...uids].sort());
    await remove(number);
  });

  it('goes on where a process stopped, and is done by one process only', async () => {
    const number = await add({ attribute: 'Occupation', level: 'study' });
    const stopped = new AbortController();
    stopped.abort();
    expect(await indexInBackground(server.services.archive, stopped.signal)).toBe(true);
    expect(JSON.parse((await api('GET', `${API}/${number}`)).text).state).toBe('indexing');
    const { signal } = new AbortController();
    const ran = await Promise.all([1, 2, 3].map(() => indexInBackground(server.services.archive, signal)));
    expect(ran.filter(Boolean).length).toBeGreaterThanOrEqual(1);
    expect(JSON.parse((await api('GET', `${API}/${number}`)).text).state).toBe('ready');
    expect((await search(server, '/studies?Occupation=baker')).length).toBe(60);
    await remove(number);
  });

  it('gives names that were stored before fuzzy matching their words', async () => {
    const uid = testUid();
    await storeAll(server, [
      makeInstance({
        attributes: {
          StudyInstanceUID: uid,
          PatientName: 'Hoffmann^Karl',
          ReferringPhysicianName: 'House^G',
        },
      }),
    ]);
    await server.services.pool.query(
      'UPDATE study SET patient_name_words = NULL, referring_physician_name_words = NULL WHERE study_instance_uid = $1',
      [uid],
    );
    const fuzzy = '/studies?fuzzymatching=true&PatientName=karl+hofman&ReferringPhysicianName=house';
    expect(await search(server, fuzzy)).toEqual([]);
    await index();
    expect(await search(server, fuzzy)).toHaveLength(1);
  });
});

describe('what cannot be made searchable', () => {
  it.each([
    [{ attribute: 'PatientID', level: 'study' }, /searchable already/],
    [{ attribute: '00400275.00400009', level: 'series' }, /searchable already/],
    [{ attribute: 'NoSuchThing', level: 'study' }, /neither a keyword nor a tag/],
    [{ attribute: 'PixelData', level: 'instance' }, /cannot be searched/],
    [{ attribute: 'RequestAttributesSequence', level: 'series' }, /cannot be searched/],
    [{ attribute: '00091001', level: 'study', vr: 'LO' }, /privateCreator/],
    [{ attribute: '00091001', level: 'study', privateCreator: 'X' }, /say which VR/],
    [{ attribute: '00091001', level: 'study', privateCreator: 'X', vr: 'SQ' }, /cannot be searched/],
    [{ attribute: '00091001', level: 'study', privateCreator: 'X', vr: '__' }, /cannot be searched/],
    [{ attribute: '00090010', level: 'study', vr: 'LO' }, /says nothing/],
    [{ attribute: 'FileMetaInformationVersion', level: 'study' }, /says nothing/],
    [{ attribute: 'KVP', level: 'instance', vr: 'LO' }, /is of VR DS/],
    [{ attribute: 'KVP', level: 'instance', privateCreator: 'X' }, /only private/],
    [{ attribute: 'KVP', level: 'frame' }, /level/],
    [{ attribute: 'KVP' }, /level/],
    [{ attribute: 'KVP', level: 'instance', column: 'x; DROP TABLE study' }, /column/],
    [{ attribute: '__proto__', level: 'study' }, /neither/],
    [{ attribute: Array(9).fill('00400275').join('.'), level: 'study' }, /sequences/],
  ])('is refused, saying why: %o', async (body, detail) => {
    const answer = await api('POST', API, body);
    expect(answer.status, answer.text).toBe(400);
    expect(answer.text).toMatch(detail);
  });

  it('is one that is there, or a hundred and twenty-ninth', async () => {
    const number = await add({ attribute: 'KVP', level: 'instance' });
    expect((await api('POST', API, { attribute: '00180060', level: 'series' })).status).toBe(409);
    for (let i = 1; i < 128; i += 1) {
      const tag = `0009${(0x1000 + i).toString(16)}`;
      await add({ attribute: tag, privateCreator: 'X', vr: 'LO', level: 'instance' });
    }
    const answer = await api('POST', API, { attribute: 'PatientComments', level: 'study' });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('128');
    expect(JSON.parse((await api('GET', API)).text)).toHaveLength(128);
    // Being removed, it is there still.
    expect((await api('DELETE', `${API}/${number}`)).status).toBe(204);
    expect((await api('DELETE', `${API}/${number}`)).status).toBe(404);
    expect((await api('POST', API, { attribute: 'KVP', level: 'instance' })).text).toContain('being removed');
    await index();
    expect((await api('GET', `${API}/${number}`)).status).toBe(404);
  });

  it('has no number that is none', async () => {
    for (const number of ['0', '999999', 'x', '-1', '1.5', '99999999999999999999'])
      for (const method of ['GET', 'DELETE'])
        expect((await api(method, `${API}/${number}`)).status, number).toBe(404);
  });
});
