import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attributes, makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { firstOf, get, type Json, search, storeAll, valuesOf } from './requests.ts';

let server: TestServer;
const nameOf = new Map<unknown, string>();
const uidOf: Record<string, string> = {};

const studies: Record<string, Attributes> = {
  /** 23:30 in London is half past midnight of the next day in Paris. */
  london: { StudyDate: '20240131', StudyTime: '233000', TimezoneOffsetFromUTC: '+0000' },
  newYork: { StudyDate: '20240131', StudyTime: '200000', TimezoneOffsetFromUTC: '-0500' },
  paris: { StudyDate: '20240201', StudyTime: '003000', TimezoneOffsetFromUTC: '+0100' },
  somewhere: { StudyDate: '20240131', StudyTime: '233000' },
  noTime: { StudyDate: '20240131', StudyTime: '', TimezoneOffsetFromUTC: '-0500' },
  nonsense: { StudyDate: '20240131', StudyTime: '2330', TimezoneOffsetFromUTC: 'CET' },
};

const items: Record<string, Attributes> = {
  both: {
    RequestAttributesSequence: [
      { ScheduledProcedureStepID: 'SPS1', RequestedProcedureID: 'RP1' },
      {
        ScheduledProcedureStepID: 'SPS2',
        RequestedProcedureID: 'RP2',
        ScheduledProcedureStepDescription: 'd',
      },
    ],
  },
  crossed: {
    RequestAttributesSequence: [
      { ScheduledProcedureStepID: 'SPS1', RequestedProcedureID: 'RP2' },
      { ScheduledProcedureStepID: 'SPS2', RequestedProcedureID: 'RP1' },
    ],
  },
  half: { RequestAttributesSequence: [{ ScheduledProcedureStepID: 'SPS1' }] },
  others: {
    PatientID: '11235813',
    OtherPatientIDsSequence: [
      { PatientID: 'OTHER%1', IssuerOfPatientID: 'A', TypeOfPatientID: 'TEXT' },
      { PatientID: 'OTHER2', IssuerOfPatientID: 'B', TypeOfPatientID: 'TEXT' },
    ],
  },
};

beforeAll(async () => {
  server = await startServer();
  const instances = Object.entries({ ...studies, ...items }).map(([name, attributes]) => {
    const uid = testUid();
    uidOf[name] = uid;
    nameOf.set(uid, name);
    return makeInstance({
      attributes: { StudyInstanceUID: uid, StudyDate: '19990101', StudyTime: '12', ...attributes },
    });
  });
  await storeAll(server, instances);
});
afterAll(() => server?.stop());

async function found(query: string, resource = '/studies'): Promise<string> {
  const rows = await search(server, `${resource}?${query}`);
  return rows
    .map((row) => nameOf.get(firstOf(row, '0020000D')))
    .sort()
    .join(' ');
}

describe('TimezoneOffsetFromUTC of a search (PS3.18 8.3.4.1.1, PS3.4 C.2.2.2.1.3)', () => {
  it.each([
    ['StudyDate=20240131', '', 'london newYork noTime nonsense somewhere'],
    // What does not tell its zone, or no time of day, stays as it is.
    ['StudyDate=20240131', '%2B0000', 'london noTime nonsense paris somewhere'],
    ['StudyDate=20240201', '%2B0100', 'london newYork paris'],
    ['StudyDate=20240131', '-0500', 'london newYork noTime nonsense paris somewhere'],
    ['StudyDate=20240201-', '+0100', 'london newYork paris'],
    ['StudyTime=0030', '%2B0100', 'london paris'],
    ['StudyTime=2000', '-0500', 'newYork'],
    ['StudyTime=2300-2345', '%2B0000', 'london nonsense paris somewhere'],
    ['StudyDate=20240201-20240201&StudyTime=0000-0100', '%2B0100', 'london paris'],
    ['StudyDate=20240131-20240201&StudyTime=2345-0100', '%2B0100', 'london paris'],
    ['PatientBirthDate=19700101', '%2B0100', ''],
  ])('%s in the zone %j', async (query, zone, names) => {
    for (const name of ['TimezoneOffsetFromUTC', '00080201'])
      expect(await found(`${query}&${name}=${zone}`)).toBe(names);
  });

  it.each(['CET', '%2B1500', '%2B01', '0100', '%2B0160'])('is a 400 when it is %s', async (zone) => {
    const answer = await get(server, `/studies?StudyDate=20240131&TimezoneOffsetFromUTC=${zone}`);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('TimezoneOffsetFromUTC must be');
  });

  it('comes with the answers, which are as the objects have them', async () => {
    const [row] = await search(
      server,
      `/studies?StudyInstanceUID=${uidOf.london}&TimezoneOffsetFromUTC=-0500`,
    );
    expect(firstOf(row, '00080201')).toBe('+0000');
    expect(firstOf(row, '00080030')).toBe('233000');
  });
});

describe('sequence matching (PS3.4 C.2.2.2.6)', () => {
  const SPS = 'RequestAttributesSequence.ScheduledProcedureStepID';
  const RP = 'RequestAttributesSequence.RequestedProcedureID';

  it.each([
    [`${SPS}=SPS1`, 'both crossed half'],
    [`${SPS}=SPS1&${RP}=RP1`, 'both'],
    [`${SPS}=SPS1&${RP}=RP2`, 'crossed'],
    [`00400275.00400009=SPS2&00400275.00401001=RP2`, 'both'],
    [`RequestAttributesSequence.00400009=SPS2&00400275.RequestedProcedureID=RP1`, 'crossed'],
    [`${SPS}=SPS*&${RP}=*2`, 'both crossed'],
    [`${SPS}=SPS1&${RP}=%22%22&emptyvaluematching=true`, 'half'],
    [`${SPS}=SPS1,SPS2&${RP}=RP2`, 'both crossed'],
    [`${SPS}=SPS%25&${RP}=RP1`, ''],
  ])('finds in one item what is asked for together: %s', async (query, names) => {
    expect(await found(query)).toBe(names);
    expect(await found(query, '/series')).toBe(names);
    expect(await found(query, '/instances')).toBe(names);
  });

  it('finds other patient IDs as the examples of 10.6.1.2.1 have them', async () => {
    expect(await found('OtherPatientIDsSequence.00100020=OTHER2')).toBe('others');
    expect(await found('00100020=1123*&00101002.00100020=OTHER%251')).toBe('others');
    expect(await found('00101002.00100020=OTHER%25')).toBe('');
  });

  it('includes of items what was asked for', async () => {
    const path = `/series?SeriesInstanceUID=&${SPS}=SPS2&${RP}=RP2`;
    const [whole] = await search(server, path);
    expect(valuesOf(whole, '00400275')).toHaveLength(2);
    const study = await search(
      server,
      `/studies?StudyInstanceUID=${uidOf.others}&includefield=OtherPatientIDsSequence.PatientID,00101002.00100021`,
    );
    expect(valuesOf(study[0], '00101002')).toEqual([
      { '00100020': { vr: 'LO', Value: ['OTHER%1'] }, '00100021': { vr: 'LO', Value: ['A'] } },
      { '00100020': { vr: 'LO', Value: ['OTHER2'] }, '00100021': { vr: 'LO', Value: ['B'] } },
    ]);
    const [all] = await search(server, `/studies?StudyInstanceUID=${uidOf.others}&includefield=00101002`);
    expect(Object.keys((firstOf(all, '00101002') as Json) ?? {})).toContain('00100022');
  });
});

describe('a hostile path or value', () => {
  it.each([
    ['a path a hundred deep', `${'RequestAttributesSequence.'.repeat(99)}PatientID=1`],
    ['a path of dots', '..........=1'],
    ['an included path a hundred deep', `includefield=${'00400275.'.repeat(99)}00100010`],
    ['ten thousand included attributes', `includefield=${Array(1600).fill('00100010').join(',')}`],
    ['a thousand parameters', Array(1000).fill('a=b').join('&')],
    ['CR and LF in a name', 'Patient%0D%0AX-Injected:1=1'],
    ['U+0000 in a private creator', '00090010=%00&00091001=1'],
    ['a boolean that is none', 'emptyvaluematching=yes'],
    ['another', 'multiplevaluematching=1'],
    ['a method of objects for an attribute', 'constructor.prototype=1'],
  ])('(%s) is a 400 and nothing else', async (_, query) => {
    const answer = await get(server, `/studies?${query}`);
    expect(answer.status, answer.text).toBe(400);
    expect(answer.headers['x-injected']).toBeUndefined();
    expect((await get(server, '/studies?limit=1')).status).toBe(200);
  });

  it.each([
    ['words without end', `PatientName=${'a '.repeat(3000)}`],
    ['one long word', `PatientName=${'a'.repeat(7000)}`],
    ['wildcards without end', `PatientName=${'*a?'.repeat(2000)}`],
    ['names of only wildcards', `PatientName=${'*?'.repeat(3000)}`],
    ['U+0000', 'PatientName=a%00'],
    ['hyphens and apostrophes', `PatientName=${"-'".repeat(3000)}`],
  ])('(a fuzzy name of %s) is answered', async (_, query) => {
    const began = Date.now();
    const answer = await get(server, `/studies?fuzzymatching=true&${query.replaceAll(' ', '+')}`);
    expect([200, 204, 400]).toContain(answer.status);
    expect(Date.now() - began).toBeLessThan(10_000);
  });
});
