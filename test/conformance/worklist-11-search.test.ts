import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';
import { firstOf, get, type Json, valuesOf } from './requests.ts';
import { claim, code, create, el, JSON_TYPE, send } from './work-items.ts';

let server: TestServer;
/** By a short name. */
const uids: Record<string, string> = {};

beforeAll(async () => {
  server = await startServer();
  const performer = (name: string, value: string) => ({
    '00404009': el('SQ', code(value)),
    '00404037': el('PN', { Alphabetic: name }),
    '00404036': el('LO', 'Radiology'),
  });
  uids.ct = await create(server, {
    '00741202': el('LO', 'CT'),
    '00741200': el('CS', 'HIGH'),
    '00100010': el('PN', { Alphabetic: 'Müller^Jürgen', Ideographic: '米勒', Phonetic: 'みらあ' }),
    '00100020': el('LO', 'P-1'),
    '00404005': el('DT', '20260310080000+0000'),
    // CT1 in scheme A and CT2 in scheme B, so that "CT1 in scheme B" is in no one item.
    '00404025': el('SQ', code('CT1', 'A'), code('CT2', 'B')),
    '00404034': el('SQ', performer('Smith^Anna', 'ANNA')),
  });
  uids.mr = await create(server, {
    '00741202': el('LO', 'MR'),
    '00741200': el('CS', 'LOW'),
    '00100010': el('PN', { Alphabetic: 'Meyer^Eva' }),
    '00100020': el('LO', 'P-2'),
    '00404005': el('DT', '20260310093000+0100'),
    '00404041': el('CS', 'INCOMPLETE'),
    '00404025': el('SQ', code('MR1', 'A')),
    '0040A370': el('SQ', {
      '0020000D': el('UI', '1.2.3.4.5'),
      '00080050': el('SH', 'ACC-MR'),
      '00080051': el('SQ'),
      '00400026': el('SQ'),
      '00400027': el('SQ'),
      '00401001': el('SH', 'RP-MR'),
      '00321060': el('LO'),
      '00321064': el('SQ'),
    }),
  });
  uids.us = await create(server, {
    '00741202': el('LO', '100%_US'),
    '00100010': el('PN', { Alphabetic: 'Smith^Thomas' }),
    '00100020': el('LO', 'P-3'),
    '00100030': el('DA', '19850615'),
    '00404005': el('DT', '2026031123+0000'),
    '00404018': el('SQ'),
  });
  await claim(server, uids.us);
});
afterAll(() => server?.stop());

const nameOf = (json: Json) =>
  Object.entries(uids).find(([, uid]) => uid === firstOf(json, '00080018'))?.[0] ?? '?';

async function find(query: string): Promise<Json[]> {
  const answer = await get(server, `/workitems?${query}`);
  if (answer.status === 204) return [];
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
  return JSON.parse(answer.text);
}

const found = async (query: string) => (await find(query)).map(nameOf);

describe('11.9 Search matches', () => {
  it.each([
    ['all, what begins first comes first', '', ['ct', 'mr', 'us']],
    ['a state', 'ProcedureStepState=SCHEDULED', ['ct', 'mr']],
    ['a state by its tag', '00741000=IN%20PROGRESS', ['us']],
    ['a label', 'WorklistLabel=CT', ['ct']],
    ['a label with a wildcard', 'WorklistLabel=*T', ['ct']],
    ['one character', 'WorklistLabel=?R', ['mr']],
    ['% and _ as they are', 'WorklistLabel=100%25_*', ['us']],
    ['% and _ as nothing else', 'WorklistLabel=%25', []],
    ['by case, but for names', 'WorklistLabel=ct', []],
    ['readiness', 'InputReadinessState=INCOMPLETE', ['mr']],
    ['a priority', 'ScheduledProcedureStepPriority=HIGH', ['ct']],
    ['a patient ID', 'PatientID=P-2', ['mr']],
    ['several values', 'PatientID=P-1%5CP-3', ['ct', 'us']],
    ['an attribute named twice', 'PatientID=P-1&PatientID=P-3', ['ct', 'us']],
    ['several patterns', 'PatientID=*-1%5C?-3', ['ct', 'us']],
    ['all of several values', 'PatientID=P-1%5CP-3&multiplevaluematching=true', []],
    ['a list of UIDs', 'SOPInstanceUID={ct},{us}', ['ct', 'us']],
    ['a name, whatever case and accents', 'PatientName=MULLER%5EJURGEN', ['ct']],
    ['a name with a wildcard', 'PatientName=m*', ['ct', 'mr']],
    ['a name in another component group', `PatientName=${encodeURIComponent('米勒')}`, ['ct']],
    ['a name group by group', `PatientName=${encodeURIComponent('m*=米*')}`, ['ct']],
    ['a date of birth', 'PatientBirthDate=19850615', ['us']],
    ['a range of dates of birth', 'PatientBirthDate=19800101-', ['us']],
    ['what is empty', 'AdmissionID=%22%22&emptyvaluematching=true&WorklistLabel=CT', ['ct']],
    ['what is empty, and is not', 'PatientID=%22%22&emptyvaluematching=true', []],
    [
      'what is empty in a sequence, or has no item',
      'ScheduledWorkitemCodeSequence.CodeValue=%22%22&emptyvaluematching=true',
      ['us'],
    ],
    ['what sequence is empty', 'ScheduledWorkitemCodeSequence=%22%22&emptyvaluematching=true', ['us']],
    ['an empty value, which is universal', 'PatientID=', ['ct', 'mr', 'us']],
    ['nothing', 'PatientID=NOBODY', []],
  ])('%s', async (_, query, names) => {
    expect(await found(query.replace('{ct}', uids.ct ?? '').replace('{us}', uids.us ?? ''))).toEqual(names);
  });

  it.each([
    ['in a sequence, by keywords', 'ScheduledStationNameCodeSequence.CodeValue=CT1', ['ct']],
    ['in a sequence, by tags', '00404025.00080100=CT2', ['ct']],
    ['with a wildcard', 'ScheduledStationNameCodeSequence.CodeValue=*1', ['ct', 'mr']],
    [
      'several attributes in one and the same item',
      'ScheduledStationNameCodeSequence.CodeValue=CT1&ScheduledStationNameCodeSequence.CodingSchemeDesignator=A',
      ['ct'],
    ],
    [
      'not one attribute in one item and another in another',
      'ScheduledStationNameCodeSequence.CodeValue=CT1&ScheduledStationNameCodeSequence.CodingSchemeDesignator=B',
      [],
    ],
    ['a request', 'ReferencedRequestSequence.AccessionNumber=ACC-MR', ['mr']],
    ['a study', 'ReferencedRequestSequence.StudyInstanceUID=1.2.3.4.5', ['mr']],
    [
      'in sequences in sequences',
      'ScheduledHumanPerformersSequence.HumanPerformerCodeSequence.CodeValue=ANNA',
      ['ct'],
    ],
    ['names in sequences', 'ScheduledHumanPerformersSequence.HumanPerformerName=smith*', ['ct']],
  ])('sequences: %s', async (_, query, names) => {
    expect(await found(query)).toEqual(names);
  });

  it.each([
    ['a whole day', '20260310+0000', ['ct', 'mr']],
    ['an hour', '2026031008%2B0000', ['ct', 'mr']],
    ['a minute', '202603100800%2B0000', ['ct']],
    ['a day and after', '20260311+0000-', ['us']],
    ['until a day', '-20260310+0000', ['ct', 'mr']],
    ['from a time to a time', '20260310075959+0000-20260310080000.5+0000', ['ct']],
    ['a moment in another zone', '20260310083000%2B0000', ['mr']],
    ['a plus sign that was not escaped', '20260310083000+0000', ['mr']],
    ['a range in other zones', '20260310102000%2B0200-20260310130000%2B0300', ['mr']],
    ['west of Greenwich', '20260310033000-0500', ['mr']],
    ['days before and after', '20260309-20260312', ['ct', 'mr', 'us']],
    ['a zone that the query tells', '20260310033000&TimezoneOffsetFromUTC=-0500', ['mr']],
  ])('start date-time: %s', async (_, value, names) => {
    expect(await found(`ScheduledProcedureStepStartDateTime=${value}`)).toEqual(names);
  });

  it('start date-time: in the zone that the work item tells', async () => {
    const uid = await create(server, {
      '00741202': el('LO', 'ZONE'),
      '00080201': el('SH', '-0500'),
      '00404005': el('DT', '20260401080000'),
    });
    const at = (value: string) => find(`WorklistLabel=ZONE&ScheduledProcedureStepStartDateTime=${value}`);
    expect((await at('20260401130000%2B0000')).map((json) => firstOf(json, '00080018'))).toEqual([uid]);
    expect(await at('20260401080000%2B0000')).toEqual([]);
    expect(firstOf((await at('20260401130000%2B0000'))[0], '00404005')).toBe('20260401080000');
    await server.services.pool.query('DELETE FROM work_item WHERE sop_instance_uid = $1', [uid]);
  });

  it.each([
    ['sounds alike', 'PatientName=Miller', ['ct']],
    ['a beginning', 'PatientName=thom', ['us']],
    ['words in any order', 'PatientName=Eva%20Meyer', ['mr']],
    ['none', 'PatientName=Zzyzx', []],
  ])('fuzzymatching: %s', async (_, query, names) => {
    expect(await found(`${query}&fuzzymatching=true`)).toEqual(names);
    if (names.length > 0) expect(await found(query)).toEqual([]);
  });
});

describe('11.9 Search answers', () => {
  it('with the return keys of type 1 and 2, empty ones too, what was matched and what was asked for', async () => {
    const query =
      'PatientID=P-2&ScheduledProcedureStepModificationDateTime=&includefield=CommentsOnTheScheduledProcedureStep';
    const [json] = await find(query);
    expect(json?.['00741210']).toEqual({ vr: 'SQ' });
    expect(json?.['00380010']).toEqual({ vr: 'LO' });
    expect(json?.['00741204']).toBeDefined();
    expect(json?.['00404010']).toBeDefined();
    expect(json?.['00400400']).toBeDefined();
    expect((await find('PatientID=P-2'))[0]?.['00400400']).toBeUndefined();
    const [whole] = await find('PatientID=P-2&includefield=all');
    expect(whole?.['00400400']).toBeDefined();
    const [request] = valuesOf(whole, '0040A370') as Json[];
    expect(firstOf(request, '00080050')).toBe('ACC-MR');
  });

  it('page by page, and says how many are left', async () => {
    const first = await get(server, '/workitems?limit=2');
    expect(JSON.parse(first.text).map(nameOf)).toEqual(['ct', 'mr']);
    expect(first.headers.warning).toBe(
      `299 ${server.dicomweb}: There are 1 additional results that can be requested`,
    );
    expect(first.headers['x-total-count']).toBe('3');
    const second = await get(server, '/workitems?limit=2&offset=2');
    expect(JSON.parse(second.text).map(nameOf)).toEqual(['us']);
    expect(second.headers.warning).toBeUndefined();
    expect((await get(server, '/workitems?offset=3')).status).toBe(204);
  });

  it('with large work items, read a few at a time, each of them whole', async () => {
    const large = { '00741202': el('LO', 'LARGE'), '00400400': el('LT', 'x'.repeat(900_000)) };
    const made = await Promise.all(Array.from({ length: 7 }, () => create(server, large)));
    const results = await find('WorklistLabel=LARGE&includefield=all');
    expect(results.map((json) => firstOf(json, '00080018')).sort()).toEqual(made.sort());
    for (const json of results) expect(String(firstOf(json, '00400400'))).toHaveLength(900_000);
    for (const uid of made) await send(server, 'POST', `/workitems/${uid}/cancelrequest`);
    expect(await find('WorklistLabel=LARGE&ProcedureStepState=CANCELED')).toHaveLength(7);
    await server.services.pool.query(`DELETE FROM work_item WHERE attributes_length > 900000`);
  });

  it('sorted as asked', async () => {
    expect(await found('orderby=-PatientID')).toEqual(['us', 'mr', 'ct']);
    expect(await found('orderby=PatientName')).toEqual(['mr', 'ct', 'us']);
  });

  it('in JSON or XML, 406 for anything else', async () => {
    const xml = await get(server, '/workitems', 'multipart/related; type="application/dicom+xml"');
    expect(xml.status).toBe(200);
    expect(xml.headers['content-type']).toMatch(/^multipart\/related; type="application\/dicom\+xml"/);
    expect(xml.text.match(/<NativeDicomModel/g)).toHaveLength(3);
    expect((await get(server, '/workitems', JSON_TYPE)).headers['content-type']).toContain(JSON_TYPE);
    expect((await get(server, '/workitems', 'image/jpeg')).status).toBe(406);
  });

  it.each([
    'Nonsense=1',
    'limit=-1',
    'offset=x',
    'fuzzymatching=maybe',
    'includefield=Nonsense',
    'orderby=Nonsense',
    'orderby=ReferencedRequestSequence.AccessionNumber',
    'ScheduledProcedureStepStartDateTime=tomorrow',
    'ScheduledProcedureStepStartDateTime=20261301',
    'ScheduledProcedureStepStartDateTime=-',
    'PatientBirthDate=1985',
    'ReferencedRequestSequence=1',
    'TransactionUID=1.2.3',
    'ScheduledStationNameCodeSequence.TransactionUID=1.2.3',
    'PatientID=a%00b',
  ])('400 to %s', async (query) => {
    const answer = await send(server, 'GET', `/workitems?${query}`);
    expect(answer.status, answer.text).toBe(400);
    expect(answer.text).not.toContain('tomorrow');
  });
});
