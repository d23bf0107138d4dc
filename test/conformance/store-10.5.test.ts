import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { multipartBody } from './multipart.ts';
import { firstOf, get, post, STORE_TYPE, search, store, valuesOf } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

function instanceOf(attributes: Record<string, string> = {}) {
  const names = {
    StudyInstanceUID: testUid(),
    SeriesInstanceUID: testUid(),
    SOPInstanceUID: testUid(),
    ...attributes,
  };
  const path = `/studies/${names.StudyInstanceUID}/series/${names.SeriesInstanceUID}/instances/${names.SOPInstanceUID}`;
  return { ...names, path, bytes: makeInstance({ attributes: names, image: {} }) };
}

async function isStored(path: string): Promise<boolean> {
  return (await get(server, path, 'application/dicom; transfer-syntax=*')).status === 200;
}

describe('the Content-Type of a Store request (PS3.18 10.5.1, 8.6.1.2)', () => {
  const whole = (type: string) => ({ 'Content-Type': type });
  it.each([
    ['type quoted', 'multipart/related; type="application/dicom"; boundary=XX'],
    ['type not quoted', 'multipart/related; type=application/dicom; boundary=XX'],
    ['boundary quoted', 'multipart/related; type="application/dicom"; boundary="XX"'],
    [
      'parameters without a space, in another order',
      'multipart/related;boundary=XX;type="application/dicom"',
    ],
    ['names in capitals', 'Multipart/Related; TYPE="Application/DICOM"; BOUNDARY=XX'],
    [
      'a transfer syntax named too',
      'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.1; boundary=XX',
    ],
    [
      'start parameters of RFC 2387',
      'multipart/related; type="application/dicom"; start="<a@b>"; start-info="x"; boundary=XX',
    ],
    ['no type', 'multipart/related; boundary=XX'],
  ])('is taken with %s', async (_, type) => {
    const { bytes, path } = instanceOf();
    const answer = await post(server, multipartBody([bytes]), whole(type));
    expect(answer.text).toContain('00081199');
    expect(answer.status).toBe(200);
    expect(await isStored(path)).toBe(true);
  });

  it.each([
    ['with spaces and signs inside quotes', `"a b'()+_,-./:=?"`, `a b'()+_,-./:=?`],
    ['of 70 characters', 'x'.repeat(70), 'x'.repeat(70)],
    ['as Java writes it, with equals signs, unquoted', '----=_Part_1_2.3', '----=_Part_1_2.3'],
  ])('takes a boundary %s', async (_, written, boundary) => {
    const { bytes } = instanceOf();
    const answer = await post(
      server,
      multipartBody([bytes], { boundary }),
      whole(`multipart/related; type="application/dicom"; boundary=${written}`),
    );
    expect(answer.status, answer.text).toBe(200);
  });

  it('is taken as one instance when it is application/dicom', async () => {
    const { bytes, path } = instanceOf();
    const answer = await post(server, bytes, whole('application/dicom; transfer-syntax=1.2.840.10008.1.2.1'));
    expect(answer.status).toBe(200);
    expect(await isStored(path)).toBe(true);
  });

  it.each([
    ['another type', 'text/plain'],
    ['a form', 'multipart/form-data; boundary=XX'],
    ['images alone', 'multipart/related; type="image/jpeg"; boundary=XX'],
    ['nothing that can be read', 'multipart'],
  ])('is refused with 415 for %s, saying what is right', async (_, type) => {
    const answer = await post(server, multipartBody([instanceOf().bytes]), whole(type));
    expect(answer.status).toBe(415);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    expect(answer.text).toContain('multipart/related; type=\\"application/dicom\\"');
  });

  it('is refused with 415 when there is none', async () => {
    expect((await post(server, instanceOf().bytes, {})).status).toBe(415);
  });

  it('is refused with 400 without a usable boundary', async () => {
    const bare = 'multipart/related; type="application/dicom"';
    expect((await post(server, multipartBody([]), whole(bare))).status).toBe(400);
    expect((await post(server, multipartBody([]), whole(`${bare}; boundary=${'x'.repeat(71)}`))).status).toBe(
      400,
    );
  });
});

describe('the Accept header of a Store request', () => {
  it.each([
    ['application/dicom+json'],
    ['application/json'],
    ['*/*'],
    ['application/*'],
    ['application/dicom+xml;q=0.9, application/dicom+json;q=0.1'],
  ])('may be %s', async (accept) => {
    const answer = await post(server, multipartBody([instanceOf().bytes]), {
      'Content-Type': STORE_TYPE,
      Accept: accept,
    });
    expect(answer.status).toBe(200);
  });

  it('is answered with 406 when it takes neither JSON nor XML, and nothing is stored', async () => {
    const { bytes, path } = instanceOf();
    const answer = await post(server, multipartBody([bytes]), {
      'Content-Type': STORE_TYPE,
      Accept: 'text/html',
    });
    expect(answer.status).toBe(406);
    expect(answer.text).toContain('application/dicom+json');
    expect(await isStored(path)).toBe(false);
  });
});

describe('the Store Instances Response (PS3.18 10.5.3)', () => {
  it('answers 200 with what was stored and where it is', async () => {
    const { bytes, path, StudyInstanceUID, SOPInstanceUID } = instanceOf();
    const answer = await store(server, [bytes]);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch('application/dicom+json');
    expect(answer.json).toEqual({
      '00081190': { vr: 'UR', Value: [`${server.dicomweb}/studies/${StudyInstanceUID}`] },
      '00081199': {
        vr: 'SQ',
        Value: [
          {
            '00081150': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
            '00081155': { vr: 'UI', Value: [SOPInstanceUID] },
            '00081190': { vr: 'UR', Value: [`${server.dicomweb}${path}`] },
          },
        ],
      },
    });
    const retrieved = await get(server, path, 'application/dicom');
    expect(retrieved.body.equals(bytes)).toBe(true);
  });

  it('answers 202 when one instance fails, naming it and the reason, and stores its neighbours', async () => {
    const [first, wrong, last] = [instanceOf(), instanceOf({ StudyInstanceUID: '' }), instanceOf()];
    const answer = await store(server, [first.bytes, wrong.bytes, last.bytes]);
    expect(answer.status).toBe(202);
    expect(answer.referenced.map((item) => firstOf(item, '00081155'))).toEqual([
      first.SOPInstanceUID,
      last.SOPInstanceUID,
    ]);
    expect(answer.failed).toHaveLength(1);
    expect(firstOf(answer.failed[0], '00081155')).toBe(wrong.SOPInstanceUID);
    expect(firstOf(answer.failed[0], '00081197')).toBe(0xc000);
    expect(JSON.stringify(answer.failed[0])).toContain('StudyInstanceUID is missing');
    // More than one study: there is no one URL for all. PS3.18 Table I.1-1: type 2, so it is there and empty.
    expect(answer.json['00081190']).toEqual({ vr: 'UR' });
  });

  it('answers 409 when nothing could be stored', async () => {
    const answer = await store(server, [instanceOf({ SeriesInstanceUID: '' }).bytes]);
    expect(answer.status).toBe(409);
    expect(answer.referenced).toEqual([]);
    expect(answer.json['00081199']).toBeUndefined();
    expect(answer.json['00081190']).toEqual({ vr: 'UR' });
  });

  it.each(['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID', 'SOPClassUID'])(
    'refuses an instance whose %s is not a UID, without repeating it',
    async (keyword) => {
      const evil = '<b>../../etc/passwd';
      const answer = await store(server, [instanceOf({ [keyword]: evil }).bytes]);
      expect(answer.status).toBe(409);
      expect(answer.text).not.toContain('passwd');
      expect(answer.text).toContain(`${keyword} is not a UID`);
    },
  );

  it('puts failures that have no SOP Instance UID into the Other Failures Sequence', async () => {
    const good = instanceOf();
    const answer = await store(server, [
      Buffer.from('this is no DICOM, but long enough to look at'),
      good.bytes,
    ]);
    expect(answer.status).toBe(202);
    expect(answer.failed).toEqual([]);
    expect(answer.other.map((item) => firstOf(item, '00081197'))).toEqual([0xc000]);
    expect(await isStored(good.path)).toBe(true);
  });

  it('refuses a DICOMDIR as a SOP Class it does not store', async () => {
    const answer = await store(server, [instanceOf({ SOPClassUID: '1.2.840.10008.1.3.10' }).bytes]);
    expect(answer.status).toBe(409);
    expect(firstOf(answer.failed[0], '00081197')).toBe(0x0122);
  });

  it('refuses a transfer syntax that is no UID: it would be written into headers', async () => {
    const answer = await store(server, [makeInstance({ transferSyntaxUID: '1.2.3\r\nX-Evil: yes' })]);
    expect(answer.status).toBe(409);
    expect(answer.text).not.toContain('Evil');
    expect(answer.text).toContain('TransferSyntaxUID is not a UID');
  });
});

describe('a Store request to one study (PS3.18 10.5.1.1)', () => {
  it('stores instances of that study', async () => {
    const { bytes, StudyInstanceUID } = instanceOf();
    const answer = await store(server, [bytes], StudyInstanceUID);
    expect(answer.status).toBe(200);
    expect(firstOf(answer.json, '00081190')).toBe(`${server.dicomweb}/studies/${StudyInstanceUID}`);
  });

  it('refuses those of other studies with A900 and stores the rest', async () => {
    const mine = instanceOf();
    const other = instanceOf();
    const answer = await store(server, [other.bytes, mine.bytes], mine.StudyInstanceUID);
    expect(answer.status).toBe(202);
    expect(firstOf(answer.failed[0], '00081155')).toBe(other.SOPInstanceUID);
    expect(firstOf(answer.failed[0], '00081197')).toBe(0xa900);
    expect(await isStored(other.path)).toBe(false);
  });

  it('answers 409 when all are of other studies', async () => {
    expect((await store(server, [instanceOf().bytes], testUid())).status).toBe(409);
  });

  it('answers 400 when the URL holds no UID', async () => {
    expect((await store(server, [instanceOf().bytes], 'not-a-uid')).status).toBe(400);
  });
});

describe('an instance that is stored already', () => {
  it('is answered as stored when its bytes are the same', async () => {
    const { bytes, StudyInstanceUID } = instanceOf();
    await store(server, [bytes]);
    const again = await store(server, [bytes]);
    expect(again.status).toBe(200);
    expect(again.referenced).toHaveLength(1);
    const [study] = await search(server, `/studies?StudyInstanceUID=${StudyInstanceUID}`);
    expect(firstOf(study, '00201208')).toBe(1);
  });

  it('is answered as stored when one request holds it twice', async () => {
    const { bytes, StudyInstanceUID } = instanceOf();
    const answer = await store(server, [bytes, bytes]);
    expect(answer.status).toBe(200);
    const [study] = await search(server, `/studies?StudyInstanceUID=${StudyInstanceUID}`);
    expect(firstOf(study, '00201208')).toBe(1);
  });

  it('is refused with 0111 when its bytes differ; the first stays', async () => {
    const first = instanceOf();
    await store(server, [first.bytes]);
    const second = makeInstance({ attributes: { ...namesOf(first), PatientName: 'Other^One' }, image: {} });
    const answer = await store(server, [second]);
    expect(answer.status).toBe(409);
    expect(valuesOf(answer.failed[0], '00081197')).toEqual([0x0111]);
    expect((await get(server, first.path, 'application/dicom')).body.equals(first.bytes)).toBe(true);
  });
});

function namesOf({
  StudyInstanceUID,
  SeriesInstanceUID,
  SOPInstanceUID,
}: Record<'StudyInstanceUID' | 'SeriesInstanceUID' | 'SOPInstanceUID', string>) {
  return { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID };
}
