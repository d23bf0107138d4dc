import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { firstOf, type Json, request, valuesOf } from './requests.ts';
import {
  changeState,
  claim,
  code,
  create,
  DISCONTINUED,
  el,
  GLOBAL,
  JSON_TYPE,
  PERFORMED,
  retrieve,
  send,
  update,
  workItem,
} from './work-items.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

const stateOf = async (uid: string) => firstOf(await retrieve(server, uid), '00741000');

describe('11.4 Create', () => {
  it('answers 201 with the location, and the work item is there, SCHEDULED', async () => {
    const uid = testUid();
    const answer = await send(server, 'POST', `/workitems?workitem=${uid}`, workItem());
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBe(`${server.dicomweb}/workitems/${uid}`);
    expect(answer.headers.warning).toBeUndefined();
    expect([answer.text, answer.headers['content-type']]).toEqual(['', undefined]);
    const json = await retrieve(server, uid);
    expect(firstOf(json, '00080018')).toBe(uid);
    expect(firstOf(json, '00080016')).toBe('1.2.840.10008.5.1.4.34.6.1');
    expect(firstOf(json, '00741000')).toBe('SCHEDULED');
    expect(firstOf(json, '00404010')).toMatch(/^\d{14}\.\d{6}\+0000$/);
    expect(valuesOf(json, '00100010')).toEqual([{ Alphabetic: 'Doe^Jane' }]);
  });

  it('takes the UID from the query in each form, from the data set, or makes one', async () => {
    const forms: [string, Record<string, ReturnType<typeof el>>, string | undefined][] = [];
    const [a, b, c, d] = [testUid(), testUid(), testUid(), testUid()];
    forms.push([`?workitem=${a}`, {}, a], [`?${b}`, {}, b], [`?AffectedSOPInstanceUID=${c}`, {}, c]);
    forms.push(['', { '00080018': el('UI', d) }, d], ['', {}, undefined]);
    for (const [query, changes, uid] of forms) {
      const answer = await send(server, 'POST', `/workitems${query}`, workItem(changes));
      expect(answer.status, answer.text).toBe(201);
      const made = answer.headers.location?.split('/').at(-1) ?? '';
      if (uid) expect(made).toBe(uid);
      else expect(made).toMatch(/^2\.25\.\d+$/);
      expect(firstOf(await retrieve(server, made), '00080018')).toBe(made);
    }
  });

  it('answers 409 for a UID that is there, and leaves what is there as it is', async () => {
    const uid = await create(server);
    const again = await send(
      server,
      'POST',
      `/workitems?workitem=${uid}`,
      workItem({ '00741204': el('LO', 'Other') }),
    );
    expect(again.status).toBe(409);
    expect(firstOf(await retrieve(server, uid), '00741204')).toBe('CT of the chest');
  });

  it('of ten that create one UID at the same moment, one does', async () => {
    const uid = testUid();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => send(server, 'POST', `/workitems?workitem=${uid}`, workItem())),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)]);
  });

  it('answers 400 and names each attribute that Table CC.2.5-3 wants otherwise', async () => {
    const answer = await send(
      server,
      'POST',
      '/workitems',
      workItem({
        '00741200': undefined,
        '00741204': el('LO'),
        '00404026': undefined,
        '00081195': el('UI', '1.2.3'),
        '00741216': el('SQ', {}),
        '00741000': el('CS', 'IN PROGRESS'),
        '00404041': el('CS', 'MAYBE'),
        '00404005': el('DT', 'tomorrow'),
        '0040A370': el('SQ', { '0020000D': el('UI', '1.2.3') }),
      }),
    );
    expect(answer.status).toBe(400);
    for (const problem of [
      'ScheduledProcedureStepPriority (0074,1200) must have a value',
      'ProcedureStepLabel (0074,1204) must have a value',
      'ScheduledStationClassCodeSequence (0040,4026) must be present',
      'TransactionUID (0008,1195) must be empty',
      'UnifiedProcedureStepPerformedProcedureSequence (0074,1216) must be empty',
      'ProcedureStepState (0074,1000) must be SCHEDULED',
      'InputReadinessState (0040,4041) must be one of INCOMPLETE, UNAVAILABLE, READY',
      'ScheduledProcedureStepStartDateTime (0040,4005) must be a date-time',
      'ReferencedRequestSequence.AccessionNumber (0008,0050) must be present',
    ])
      expect(answer.text).toContain(problem);
    expect(answer.text).not.toContain('tomorrow');
  });

  it('says in a Warning that it filled in a worklist label or put right what was sent', async () => {
    for (const changes of [{ '00741202': el('LO') }, { '00404010': el('DT', '19990101') }]) {
      const answer = await send(server, 'POST', '/workitems', workItem(changes));
      expect(answer.status).toBe(201);
      expect(answer.headers.warning).toBe(
        `299 ${server.dicomweb}: The Workitem was created with modifications.`,
      );
      const uid = answer.headers.location?.split('/').at(-1) ?? '';
      expect(firstOf(await retrieve(server, uid), '00741202')).toBeTruthy();
      expect(firstOf(await retrieve(server, uid), '00404010')).not.toBe('19990101');
    }
  });

  it('takes a list of one data set, VRs that are mixed up, and names as text', async () => {
    const answer = await send(server, 'POST', '/workitems', [
      workItem({ '00741200': el('LO', 'HIGH'), '00100010': el('PN', 'Doe^John=山田') }),
    ]);
    expect(answer.status, answer.text).toBe(201);
    const json = await retrieve(server, answer.headers.location?.split('/').at(-1) ?? '');
    expect(json['00741200']).toEqual({ vr: 'CS', Value: ['HIGH'] });
    expect(json['00100010']).toEqual({
      vr: 'PN',
      Value: [{ Alphabetic: 'Doe^John', Ideographic: '山田' }],
    });
  });

  it('takes and gives application/dicom+xml', async () => {
    const uid = testUid();
    const made = await create(server);
    const xml = (
      await send(server, 'GET', `/workitems/${made}`, undefined, { Accept: 'application/dicom+xml' })
    ).text;
    expect(xml).toContain('<NativeDicomModel');
    const body = xml
      .replace(/<DicomAttribute tag="00080018"[\s\S]*?<\/DicomAttribute>/, '')
      .replace('CT worklist', 'XML worklist');
    const answer = await send(server, 'POST', `/workitems?workitem=${uid}`, body, {
      'Content-Type': 'application/dicom+xml',
    });
    expect(answer.status, answer.text).toBe(201);
    const json = await retrieve(server, uid);
    expect(firstOf(json, '00741202')).toBe('XML worklist');
    expect(valuesOf(json, '00100010')).toEqual([{ Alphabetic: 'Doe^Jane' }]);
  });
});

describe('a request that cannot be taken', () => {
  const post = (body: string, type = JSON_TYPE, headers = {}) =>
    send(server, 'POST', '/workitems', body, { 'Content-Type': type, ...headers });

  it.each([
    ['no JSON', '{"00'],
    ['a list of two', JSON.stringify([workItem(), workItem()])],
    ['an empty list', '[]'],
    ['a number', '7'],
    ['U+0000', JSON.stringify(workItem({ '00741204': el('LO', 'a\0b') }))],
    [
      'a value elsewhere',
      JSON.stringify({ ...workItem(), '00741204': { vr: 'LO', BulkDataURI: 'http://127.0.0.1/' } }),
    ],
    ['a name that is no tag', JSON.stringify({ ...workItem(), __proto__x: el('LO', 'x') })],
    ['a sequence for a text', JSON.stringify(workItem({ '00741204': el('SQ', {}) }))],
  ])('answers 400 to %s', async (_, body) => {
    expect((await post(body)).status).toBe(400);
  });

  it('answers 400 to sequences of any depth, quickly', async () => {
    const depth = 20_000;
    const deep = `{"00741204":${'{"vr":"SQ","Value":[{"00404018":'.repeat(depth)}{"vr":"SQ"}${'}]}'.repeat(depth)}}`;
    expect((await post(deep)).status).toBe(400);
    const xml = `<NativeDicomModel>${'<DicomAttribute tag="00404018" vr="SQ"><Item number="1">'.repeat(5000)}`;
    expect((await post(xml, 'application/dicom+xml')).status).toBe(400);
  });

  it('answers 400 to XML with entities of its own', async () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><NativeDicomModel>&b;</NativeDicomModel>`;
    expect((await post(bomb, 'application/dicom+xml')).status).toBe(400);
  });

  it('answers 413 to more than a mebibyte, 415 to another media type or encoding', async () => {
    const large = JSON.stringify(workItem({ '00400400': el('LT', 'x'.repeat(1024 * 1024)) }));
    expect((await post(large)).status).toBe(413);
    expect((await post('x', 'text/plain')).status).toBe(415);
    expect((await post('x', 'application/dicom')).status).toBe(415);
    expect((await post('x', JSON_TYPE, { 'Content-Encoding': 'gzip' })).status).toBe(415);
  });

  it('answers 400 where the URL names no UID, 405 for what a resource does not do', async () => {
    expect((await send(server, 'GET', '/workitems/x')).status).toBe(400);
    expect((await send(server, 'POST', '/workitems?workitem=x', workItem())).status).toBe(400);
    expect((await send(server, 'POST', '/workitems?1.2.3&workitem=1.2.4', workItem())).status).toBe(400);
    expect((await send(server, 'POST', `/workitems?workitem=${GLOBAL}`, workItem())).status).toBe(400);
    expect((await send(server, 'DELETE', '/workitems/1.2.3')).status).toBe(405);
  });

  it('answers 404 where there is no such work item', async () => {
    const uid = testUid();
    for (const answer of [
      await send(server, 'GET', `/workitems/${uid}`),
      await update(server, uid, {}),
      await changeState(server, uid, 'IN PROGRESS', testUid()),
      await send(server, 'POST', `/workitems/${uid}/cancelrequest`),
      await send(server, 'POST', `/workitems/${uid}/subscribers/AE`),
    ])
      expect(answer.status).toBe(404);
  });
});

describe('11.5 Retrieve', () => {
  it('never shows the Transaction UID', async () => {
    const uid = await create(server);
    const transaction = await claim(server, uid);
    for (const accept of [
      JSON_TYPE,
      'application/dicom+xml',
      'multipart/related; type="application/dicom+xml"',
    ]) {
      const answer = await send(server, 'GET', `/workitems/${uid}`, undefined, { Accept: accept });
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toContain(accept.split(';')[0]);
      expect(answer.text).not.toContain(transaction);
      expect(answer.text).not.toContain('00081195');
    }
    const found = await send(server, 'GET', `/workitems?SOPInstanceUID=${uid}&includefield=all`);
    expect(found.text).not.toContain(transaction);
    expect(
      (await send(server, 'GET', `/workitems?includefield=00081195&SOPInstanceUID=${uid}`)).text,
    ).not.toContain(transaction);
    expect((await send(server, 'GET', `/workitems?TransactionUID=${transaction}`)).status).toBe(400);
  });

  it('answers 406 for what it cannot give, 304 to who has it', async () => {
    const uid = await create(server);
    const refused = await send(server, 'GET', `/workitems/${uid}`, undefined, { Accept: 'image/png' });
    expect(refused.status).toBe(406);
    const { headers } = await send(server, 'GET', `/workitems/${uid}`);
    const again = await send(server, 'GET', `/workitems/${uid}`, undefined, {
      'If-None-Match': String(headers.etag),
    });
    expect(again.status).toBe(304);
    await update(server, uid, { '00741202': el('LO', 'Moved') });
    const changed = await send(server, 'GET', `/workitems/${uid}`, undefined, {
      'If-None-Match': String(headers.etag),
    });
    expect(changed.status).toBe(200);
  });
});

describe('11.6 Update', () => {
  it('changes what is SCHEDULED without a Transaction UID; sequences whole, the rest stays', async () => {
    const uid = await create(server, { '00404025': el('SQ', code('CT1'), code('CT2')) });
    const answer = await update(server, uid, {
      '00404025': el('SQ', code('CT3')),
      '00404005': el('DT', '20260302'),
    });
    expect(answer.status, answer.text).toBe(200);
    const json = await retrieve(server, uid);
    expect(valuesOf(json, '00404025')).toHaveLength(1);
    expect(firstOf(json, '00404005')).toBe('20260302');
    expect(firstOf(json, '00741204')).toBe('CT of the chest');
  });

  it('answers 409 to a Transaction UID for what nobody has claimed', async () => {
    const uid = await create(server);
    const answer = await update(server, uid, { '00741202': el('LO', 'x') }, testUid());
    expect(answer.status).toBe(409);
    expect(answer.headers.warning).toContain('did not reference a claimed Workitem');
  });

  it('changes what is IN PROGRESS only with its Transaction UID, beside or in the data set', async () => {
    const uid = await create(server);
    const transaction = await claim(server, uid);
    const changes = (text: string) => ({ '00741202': el('LO', text) });
    const missing = await update(server, uid, changes('a'));
    expect([missing.status, missing.headers.warning]).toEqual([
      400,
      `299 ${server.dicomweb}: The Transaction UID is missing.`,
    ]);
    const wrong = await update(server, uid, changes('b'), testUid());
    expect(wrong.status).toBe(400);
    expect(wrong.headers.warning).toContain('The Transaction UID is incorrect.');
    expect(wrong.text).not.toContain(transaction);
    expect(firstOf(await retrieve(server, uid), '00741202')).toBe('CT worklist');
    expect((await update(server, uid, changes('c'), transaction)).status).toBe(200);
    const inside = { ...changes('d'), '00081195': el('UI', transaction) };
    expect((await update(server, uid, inside)).status).toBe(200);
    expect((await send(server, 'POST', `/workitems/${uid}?${transaction}`, changes('e'))).status).toBe(200);
    expect(firstOf(await retrieve(server, uid), '00741202')).toBe('e');
    expect((await update(server, uid, inside, testUid())).status).toBe(400);
  });

  it('refuses what the N-SET column does not allow, all of it, and changes nothing', async () => {
    const uid = await create(server);
    const answer = await update(server, uid, {
      '00741202': el('LO', 'x'),
      '00100010': el('PN', { Alphabetic: 'Somebody^Else' }),
      '00741000': el('CS', 'COMPLETED'),
      '00741204': el('LO'),
    });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('PatientName (0010,0010) must not be changed');
    expect(answer.text).toContain('ProcedureStepState (0074,1000) must not be changed');
    expect(answer.text).toContain('ProcedureStepLabel (0074,1204) must have a value');
    const json = await retrieve(server, uid);
    expect(firstOf(json, '00741202')).toBe('CT worklist');
    expect(valuesOf(json, '00100010')).toEqual([{ Alphabetic: 'Doe^Jane' }]);
  });

  it('takes back a work item as it was given, with a change in it', async () => {
    const uid = await create(server, { '00400400': el('LT', 'a'), ...request1() });
    const json = await retrieve(server, uid);
    const answer = await send(server, 'POST', `/workitems/${uid}`, { ...json, '00400400': el('LT', 'b') });
    expect(answer.status, answer.text).toBe(200);
    expect(firstOf(await retrieve(server, uid), '00400400')).toBe('b');
  });

  it('answers 400 once the work item has ended', async () => {
    const uid = await create(server);
    const transaction = await claim(server, uid);
    await update(server, uid, PERFORMED, transaction);
    expect((await changeState(server, uid, 'COMPLETED', transaction)).status).toBe(200);
    const answer = await update(server, uid, { '00741202': el('LO', 'x') }, transaction);
    expect(answer.status).toBe(400);
    expect(answer.headers.warning).toContain('inconsistent with the current state');
  });
});

/** A referenced request as Table CC.2.5-3 wants it. */
function request1() {
  return {
    '0040A370': el('SQ', {
      '0020000D': el('UI', '1.2.3.4'),
      '00080050': el('SH', 'ACC-7'),
      '00080051': el('SQ'),
      '00400026': el('SQ'),
      '00400027': el('SQ'),
      '00401001': el('SH', 'RP-7'),
      '00321060': el('LO', 'CT of the chest'),
      '00321064': el('SQ'),
    }),
  };
}

describe('11.7 Change State', () => {
  it('claims, and completes once the final state is met', async () => {
    const uid = await create(server);
    const transaction = await claim(server, uid);
    expect(await stateOf(uid)).toBe('IN PROGRESS');
    const tooEarly = await changeState(server, uid, 'COMPLETED', transaction);
    expect(tooEarly.status).toBe(409);
    expect(tooEarly.text).toContain(
      'UnifiedProcedureStepPerformedProcedureSequence (0074,1216) must have a value',
    );
    expect(await stateOf(uid)).toBe('IN PROGRESS');
    const half = { '00741216': el('SQ', { '00404050': el('DT', '20260301') }) };
    await update(server, uid, half, transaction);
    const stillTooEarly = await changeState(server, uid, 'COMPLETED', transaction);
    expect(stillTooEarly.status).toBe(409);
    expect(stillTooEarly.text).toContain(
      'UnifiedProcedureStepPerformedProcedureSequence.PerformedProcedureStepEndDateTime (0040,4051) must have a value',
    );
    await update(server, uid, PERFORMED, transaction);
    expect((await changeState(server, uid, 'COMPLETED', transaction)).status).toBe(200);
    expect(await stateOf(uid)).toBe('COMPLETED');
  });

  it('cancels with a reason, and fills in the time', async () => {
    const uid = await create(server);
    const transaction = await claim(server, uid);
    const tooEarly = await changeState(server, uid, 'CANCELED', transaction);
    expect(tooEarly.status).toBe(409);
    expect(tooEarly.text).toContain('ProcedureStepDiscontinuationReasonCodeSequence (0074,100E)');
    await update(server, uid, DISCONTINUED, transaction);
    expect((await changeState(server, uid, 'CANCELED', transaction)).status).toBe(200);
    const [progress] = valuesOf(await retrieve(server, uid), '00741002') as Json[];
    expect(firstOf(progress, '00404052')).toMatch(/^\d{14}\.\d{6}\+0000$/);
    expect(valuesOf(progress, '0074100E')).toHaveLength(1);
  });

  it('of ten performers who claim one work item at the same moment, one gets it', async () => {
    const uid = await create(server);
    const transactions = Array.from({ length: 10 }, () => testUid());
    const answers = await Promise.all(
      transactions.map((transaction) => changeState(server, uid, 'IN PROGRESS', transaction)),
    );
    const won = answers.flatMap(({ status }, i) => (status === 200 ? [transactions[i]] : []));
    expect(won).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(9);
    for (const transaction of transactions) {
      const { status } = await update(server, uid, { '00741202': el('LO', 'mine') }, transaction);
      expect(status).toBe(transaction === won[0] ? 200 : 400);
    }
  });

  it('refuses wrong and missing Transaction UIDs, and says which', async () => {
    const uid = await create(server);
    const transaction = await claim(server, uid);
    const missing = await changeState(server, uid, 'COMPLETED', undefined);
    expect([missing.status, missing.headers.warning]).toEqual([
      400,
      `299 ${server.dicomweb}: The Transaction UID is missing.`,
    ]);
    const wrong = await changeState(server, uid, 'CANCELED', testUid());
    expect([wrong.status, wrong.headers.warning]).toEqual([
      409,
      `299 ${server.dicomweb}: The Transaction UID is incorrect.`,
    ]);
    expect((await changeState(server, uid, 'IN PROGRESS', 'not a uid')).status).toBe(400);
    expect((await changeState(server, uid, 'SCHEDULED', transaction)).status).toBe(400);
    const claimed = await changeState(server, uid, 'IN PROGRESS', transaction);
    expect(claimed.status).toBe(409);
    expect(claimed.headers.warning).toContain('inconsistent with the state');
    expect(await stateOf(uid)).toBe('IN PROGRESS');
  });

  it('does not complete or cancel what nobody has claimed', async () => {
    const uid = await create(server);
    for (const state of ['COMPLETED', 'CANCELED'])
      expect((await changeState(server, uid, state, testUid())).status).toBe(409);
    expect(await stateOf(uid)).toBe('SCHEDULED');
  });

  it('answers 200 with a Warning where it is so already, 409 where it ended otherwise', async () => {
    const uid = await create(server);
    const transaction = await claim(server, uid);
    await update(server, uid, PERFORMED, transaction);
    await changeState(server, uid, 'COMPLETED', transaction);
    const again = await changeState(server, uid, 'COMPLETED', transaction);
    expect([again.status, again.headers.warning]).toEqual([
      200,
      `299 ${server.dicomweb}: The UPS is already in the requested state of COMPLETED.`,
    ]);
    expect((await changeState(server, uid, 'COMPLETED', testUid())).status).toBe(409);
    expect((await changeState(server, uid, 'CANCELED', transaction)).status).toBe(409);
    expect((await changeState(server, uid, 'IN PROGRESS', testUid())).status).toBe(409);
  });
});

describe('11.8 Request Cancellation', () => {
  const ask = (uid: string, body?: unknown, suffix = '') =>
    send(server, 'POST', `/workitems/${uid}/cancelrequest${suffix}`, body);

  it('cancels what is SCHEDULED, with the reason that was given or one that says nothing', async () => {
    const [plain, reasoned] = [await create(server), await create(server)];
    expect((await ask(plain)).status).toBe(202);
    const given = {
      '00741238': el('LT', 'The patient went home'),
      '0074100E': el('SQ', code('110515', 'DCM')),
    };
    expect((await ask(reasoned, given)).status).toBe(202);
    const progressOf = async (uid: string) =>
      (valuesOf(await retrieve(server, uid), '00741002') as Json[])[0];
    expect([await stateOf(plain), await stateOf(reasoned)]).toEqual(['CANCELED', 'CANCELED']);
    const [unspecified] = valuesOf(await progressOf(plain), '0074100E') as Json[];
    expect(firstOf(unspecified, '00080100')).toBe('110513');
    expect(firstOf(await progressOf(reasoned), '00741238')).toBe('The patient went home');
    expect(firstOf(await progressOf(reasoned), '00404052')).toBeTruthy();
  });

  it('answers 202 with a Warning where it is CANCELED already, 409 where it is COMPLETED', async () => {
    const uid = await create(server);
    await ask(uid);
    const again = await ask(uid);
    expect([again.status, again.headers.warning]).toEqual([
      202,
      `299 ${server.dicomweb}: The UPS is already in the requested state of CANCELED.`,
    ]);
    const done = await create(server);
    const transaction = await claim(server, done);
    await update(server, done, PERFORMED, transaction);
    await changeState(server, done, 'COMPLETED', transaction);
    const late = await ask(done);
    expect([late.status, late.headers.warning]).toEqual([
      409,
      `299 ${server.dicomweb}: The UPS is already COMPLETED.`,
    ]);
  });

  it('leaves what is IN PROGRESS to its performer: 202 where one listens, 409 where nobody does', async () => {
    const uid = await create(server);
    await claim(server, uid);
    const unheard = await ask(uid);
    expect([unheard.status, unheard.headers.warning]).toEqual([
      409,
      `299 ${server.dicomweb}: The performer cannot be contacted.`,
    ]);
    await send(server, 'POST', `/workitems/${uid}/subscribers/PERFORMER`);
    expect((await ask(uid)).status).toBe(202);
    expect(await stateOf(uid)).toBe('IN PROGRESS');
  });

  it('takes who asks as dcm4chee does too, and no AE title that is none', async () => {
    const uid = await create(server);
    expect((await ask(uid, undefined, '/RIS')).status).toBe(202);
    expect((await ask(await create(server), undefined, '?requester=RIS')).status).toBe(202);
    expect((await ask(await create(server), undefined, '/LONGER-THAN-SIXTEEN')).status).toBe(400);
  });
});

describe('whole workflows', () => {
  it('create, claim, report progress, complete', async () => {
    const uid = await create(server);
    const transaction = await claim(server, uid);
    for (const progress of ['10', '60', '100']) {
      const changes = { '00741002': el('SQ', { '00741004': el('DS', progress) }) };
      expect((await update(server, uid, changes, transaction)).status).toBe(200);
    }
    await update(server, uid, PERFORMED, transaction);
    await changeState(server, uid, 'COMPLETED', transaction);
    const json = await retrieve(server, uid);
    expect(firstOf(json, '00741000')).toBe('COMPLETED');
    const [progress] = valuesOf(json, '00741002') as Json[];
    expect(Number(firstOf(progress, '00741004'))).toBe(100);
  });

  it('create, claim, cancel by the performer; then nothing more', async () => {
    const uid = await create(server);
    const transaction = await claim(server, uid);
    await update(server, uid, DISCONTINUED, transaction);
    await changeState(server, uid, 'CANCELED', transaction);
    expect(await stateOf(uid)).toBe('CANCELED');
    expect((await update(server, uid, { '00741202': el('LO', 'x') }, transaction)).status).toBe(400);
  });

  it('twenty work items are each claimed by one of five performers', async () => {
    const uids = await Promise.all(Array.from({ length: 20 }, () => create(server)));
    const claims = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const answers = await Promise.all(
          uids.map((uid) => changeState(server, uid, 'IN PROGRESS', testUid())),
        );
        return answers.map(({ status }) => (status === 200 ? 1 : 0));
      }),
    );
    for (const i of uids.keys())
      expect(claims.reduce<number>((sum, mine) => sum + (mine[i] ?? 0), 0)).toBe(1);
  });

  it('a path with an encoded slash is no way around a UID', async () => {
    const answer = await request(server.url, '/dicom-web/workitems/1.2.3%2Fstate', { method: 'GET' });
    expect(answer.status).toBe(400);
  });
});

describe('the examples of docs/WORKLIST.md', () => {
  const example = (name: string) =>
    readFileSync(new URL(`../../docs/examples/${name}.json`, import.meta.url), 'utf8');

  it('lead a work item from the first to the last', async () => {
    const uid = testUid();
    expect((await send(server, 'POST', `/workitems?workitem=${uid}`, example('work-item'))).status).toBe(201);
    const transaction = await claim(server, uid);
    const path = `/workitems/${uid}?transaction-uid=${transaction}`;
    expect((await send(server, 'POST', path, example('work-item-performed'))).status).toBe(200);
    expect((await changeState(server, uid, 'COMPLETED', transaction)).status).toBe(200);
  });
});
