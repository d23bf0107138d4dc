import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance, testUid } from '../../support/make-instance.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.stop());

/** Stores one object of the study; answers the Warning Reason, where there is one. */
async function store(attributes: Record<string, string>): Promise<number | undefined> {
  const answer = await fetch(`${server.dicomweb}/studies`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/dicom' },
    body: makeInstance({
      attributes: { SOPInstanceUID: testUid(), SeriesInstanceUID: testUid(), ...attributes },
    }) as BodyInit,
  });
  const { '00081199': referenced } = (await answer.json()) as Record<
    string,
    { Value: Record<string, { Value: number[] }>[] }
  >;
  const warning = referenced?.Value[0]?.['00081196']?.Value[0];
  // PS3.18 Table 10.5.3-1
  expect(answer.status).toBe(warning === undefined ? 200 : 202);
  return warning;
}

async function study(StudyInstanceUID: string): Promise<Record<string, unknown>> {
  const answer = await fetch(
    `${server.dicomweb}/studies?StudyInstanceUID=${StudyInstanceUID}&includefield=all`,
  );
  const [found] = (await answer.json()) as Record<string, { Value?: (string | { Alphabetic: string })[] }>[];
  const value = (tag: string) => {
    const [first] = found?.[tag]?.Value ?? [];
    return typeof first === 'object' ? first.Alphabetic : first;
  };
  return {
    name: value('00100010'),
    id: value('00100020'),
    born: value('00100030'),
    sex: value('00100040'),
    description: value('00081030'),
  };
}

const ANN = {
  PatientName: 'ALPHA^ANN',
  PatientID: 'A-1',
  PatientBirthDate: '',
  PatientSex: '',
  StudyDescription: '',
};
const BOB = {
  PatientName: 'BETA^BOB',
  PatientID: 'B-2',
  PatientBirthDate: '19500101',
  PatientSex: 'M',
  StudyDescription: 'BOBS',
};

describe('a study', () => {
  it('takes nothing from an object of another patient', async () => {
    const StudyInstanceUID = testUid();
    expect(await store({ StudyInstanceUID, ...ANN })).toBeUndefined();
    expect(await store({ StudyInstanceUID, ...BOB })).toBe(0xb007);
    expect(await study(StudyInstanceUID)).toEqual({ name: 'ALPHA^ANN', id: 'A-1' });
  });

  it('takes no Patient ID from an object of another name', async () => {
    const StudyInstanceUID = testUid();
    await store({ StudyInstanceUID, ...ANN, PatientID: '', PatientBirthDate: '19990101' });
    expect(await store({ StudyInstanceUID, ...BOB })).toBe(0xb007);
    expect(await study(StudyInstanceUID)).toEqual({ name: 'ALPHA^ANN', born: '19990101' });
  });

  it('is filled in by later objects of the same patient', async () => {
    const StudyInstanceUID = testUid();
    await store({ StudyInstanceUID, ...ANN, PatientID: '' });
    expect(
      await store({ StudyInstanceUID, ...ANN, PatientBirthDate: '19600202', PatientSex: 'F' }),
    ).toBeUndefined();
    expect(await study(StudyInstanceUID)).toEqual({
      name: 'ALPHA^ANN',
      id: 'A-1',
      born: '19600202',
      sex: 'F',
    });
  });

  it('warns of no other patient where an object names none', async () => {
    const StudyInstanceUID = testUid();
    await store({ StudyInstanceUID, ...ANN });
    expect(await store({ StudyInstanceUID, PatientName: '', PatientID: '' })).toBeUndefined();
  });
});
