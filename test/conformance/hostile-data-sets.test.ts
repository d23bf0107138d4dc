import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { watchWork } from '../support/watch-work.ts';
import { get, post, type StoreAnswer, search, store, storeAll } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

const MIB = 2 ** 20;
const DEFLATED = '1.2.840.10008.1.2.1.99';
const DEPTH = 10_000;

/** The file meta information of an instance, and its data set. */
function halves(transferSyntaxUID: string, StudyInstanceUID: string): { meta: Buffer; dataSet: Buffer } {
  const whole = Buffer.from(
    makeInstance({ transferSyntaxUID: '1.2.840.10008.1.2.1', attributes: { StudyInstanceUID } }),
  );
  const dataSet = whole.subarray(whole.readUInt32LE(140) + 144);
  const other = Buffer.from(makeInstance({ transferSyntaxUID, attributes: { StudyInstanceUID } }));
  return { meta: other.subarray(0, other.readUInt32LE(140) + 144), dataSet };
}

/** Tag, VR and length in Explicit VR Little Endian (PS3.5 7.1.2). */
function header(group: number, element: number, vr: string, lengthBytes: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt16LE(group, 0);
  bytes.writeUInt16LE(element, 2);
  bytes.write(vr, 4, 'latin1');
  bytes.writeUInt32LE(lengthBytes, 8);
  return bytes;
}

describe('a deflated data set that is a bomb (PS3.5 A.5)', () => {
  const bombs: [string, Buffer][] = [
    ['zeros in one value', Buffer.concat([header(0x7fe0, 0x10, 'OW', 0xfffffffe), Buffer.alloc(256 * MIB)])],
    ['one text', Buffer.concat([header(0x7fe1, 0x10, 'UT', 0xfffffffe), Buffer.alloc(256 * MIB, 'a')])],
    [
      'empty items',
      Buffer.concat([
        header(0x7fe1, 0x10, 'SQ', 0xffffffff),
        Buffer.alloc(64 * MIB, Buffer.from('feff00e000000000', 'hex')),
      ]),
    ],
    ['elements of no length', Buffer.alloc(64 * MIB, Buffer.from('e17f10004c4f0000', 'hex'))],
  ];

  it.each(bombs)('of %s is refused before it has burst', async (_, bomb) => {
    const study = testUid();
    const { meta, dataSet } = halves(DEFLATED, study);
    const bytes = Buffer.concat([meta, deflateRawSync(Buffer.concat([dataSet, bomb]))]);
    expect(bytes.length).toBeLessThan(MIB);
    const { result, bytes: memory, cpuMs } = await watchWork(() => store(server, [bytes]));
    expect(result.status, result.text).toBe(409);
    expect(memory).toBeLessThan(150 * MIB);
    expect(cpuMs).toBeLessThan(10_000);
    expect(await search(server, `/studies?StudyInstanceUID=${study}`)).toEqual([]);
  });
});

const NAMES = () => ({
  '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
  '00080018': { vr: 'UI', Value: [testUid()] },
  '0020000D': { vr: 'UI', Value: [testUid()] },
  '0020000E': { vr: 'UI', Value: [testUid()] },
});

function nestedBytes(undefinedLengths: boolean): Buffer {
  const { meta, dataSet } = halves('1.2.840.10008.1.2.1', testUid());
  const item = Buffer.from('feff00e000000000', 'hex');
  const levels = Array.from({ length: DEPTH }, (_, level) => {
    const inside = (DEPTH - 1 - level) * 20;
    item.writeUInt32LE(undefinedLengths ? 0xffffffff : inside, 4);
    return Buffer.concat([header(0x7fe1, 0x10, 'SQ', undefinedLengths ? 0xffffffff : inside + 8), item]);
  });
  const ends = undefinedLengths
    ? Buffer.alloc(16 * DEPTH, Buffer.from('feff0de000000000feffdde000000000', 'hex'))
    : [];
  return Buffer.concat([meta, dataSet, ...levels, Uint8Array.from(ends)]);
}

function nestedJson(): string {
  const start = '{"vr":"SQ","Value":[{"00081140":'.repeat(DEPTH);
  return `[${JSON.stringify(NAMES()).slice(0, -1)},"00081140":${start}{"vr":"SQ"}${'}]}'.repeat(DEPTH)}}]`;
}

function nestedXml(): string {
  const text = Object.entries(NAMES()).map(
    ([tag, { Value }]) =>
      `<DicomAttribute tag="${tag}" vr="UI"><Value number="1">${Value[0]}</Value></DicomAttribute>`,
  );
  const open = '<DicomAttribute tag="00081140" vr="SQ"><Item number="1">'.repeat(DEPTH);
  return `<NativeDicomModel>${text.join('')}${open}${'</Item></DicomAttribute>'.repeat(DEPTH)}</NativeDicomModel>`;
}

describe(`sequences nested ${DEPTH} deep`, () => {
  it.each<[string, () => Promise<StoreAnswer>]>([
    ['application/dicom, defined lengths', () => store(server, [nestedBytes(false)])],
    ['application/dicom, undefined lengths', () => store(server, [nestedBytes(true)])],
    [
      'application/dicom+json',
      () => post(server, nestedJson(), { 'Content-Type': 'application/dicom+json' }),
    ],
    ['application/dicom+xml', () => post(server, nestedXml(), { 'Content-Type': 'application/dicom+xml' })],
  ])('in %s are refused at once', async (_, send) => {
    const { result, bytes, cpuMs } = await watchWork(send);
    expect([400, 409], result.text.slice(0, 300)).toContain(result.status);
    expect(result.text.length).toBeLessThan(10_000);
    expect(bytes).toBeLessThan(150 * MIB);
    expect(cpuMs).toBeLessThan(5000);
  });
});

describe('metadata that are much longer as XML than as they are stored (PS3.19 A.1)', () => {
  it('are never whole in memory, and others are served meanwhile', async () => {
    const names = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
    const report = {
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.33',
      ValueType: 'CONTAINER',
      ContentSequence: [{ RelationshipType: 'CONTAINS', ValueType: 'TEXT', TextValue: 'x' }],
    };
    const numbers = Buffer.alloc(65_534, '1\\');
    const elements = Array.from({ length: 100 }, (_, i) => {
      const head = header(0x7fe1, 0x1000 + i, 'DS', 0).subarray(0, 8);
      head.writeUInt16LE(numbers.length, 6);
      return [head, numbers];
    });
    const bytes = Buffer.concat([makeInstance({ attributes: { ...names, ...report } }), ...elements.flat()]);
    expect((await store(server, [bytes])).status).toBe(200);
    const path = `/studies/${names.StudyInstanceUID}/series/${names.SeriesInstanceUID}/instances/${names.SOPInstanceUID}`;
    const { result, bytes: memory } = await watchWork(() => lengthOf(`${path}/metadata`));
    expect(result).toBeGreaterThan(90 * MIB);
    expect(memory).toBeLessThan(250 * MIB);
    // As a representation it needs a length, and with it memory.
    expect((await get(server, `${path}/rendered`, 'text/plain')).status).toBe(200);
    expect((await get(server, `${path}/rendered`, 'text/xml')).status).toBe(406);
  });

  /** Reads an answer as XML, and keeps none of it; others ask meanwhile. */
  async function lengthOf(resource: string): Promise<number> {
    const answer = await fetch(`${server.dicomweb}${resource}`, {
      headers: { Accept: 'application/dicom+xml', 'Accept-Encoding': 'identity' },
    });
    expect(answer.status).toBe(200);
    let length = 0;
    let served = false;
    const others = get(server, '/studies?limit=1').then(() => {
      served = true;
    });
    for await (const chunk of answer.body ?? []) {
      length += chunk.length;
      if (length > 80 * MIB) expect(served).toBe(true);
    }
    await others;
    return length;
  }
});

const EVIL = '"><script>alert(1)</script>\r\nX-Evil: 1';

describe('what a sender wrote into an instance', () => {
  const names = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
  const study = `/studies/${names.StudyInstanceUID}`;
  const path = `${study}/series/${names.SeriesInstanceUID}/instances/${names.SOPInstanceUID}`;
  beforeAll(() =>
    storeAll(server, [
      makeInstance({
        attributes: {
          ...names,
          PatientName: EVIL,
          PatientID: `../../${EVIL}`,
          StudyID: '../../etc',
          StudyDescription: EVIL,
          Modality: '../X',
        },
        image: { rows: 16, columns: 16 },
      }),
    ]),
  );

  it.each<[string, string, string?]>([
    ['a search', '/studies?includefield=all'],
    ['a search as XML', '/studies', 'multipart/related; type="application/dicom+xml"'],
    ['metadata', `${study}/metadata`],
    ['metadata as XML', `${path}/metadata`, 'application/dicom+xml'],
    ['an archive', study, 'application/zip'],
    ['a rendered image with annotations', `${path}/rendered?annotation=patient,technique`],
    ['an instance', path, 'application/dicom'],
    ['a 406', `${path}/rendered`, 'text/html'],
    ['a 404', `${path}/frames/7`],
  ])('is in no header, and no browser takes %s for a page', async (_, resource, accept) => {
    const answer = await get(server, resource, accept);
    const { 'content-security-policy': _policy, ...headers } = answer.headers;
    expect(answer.status).toBeLessThan(500);
    expect(JSON.stringify(headers)).not.toMatch(/evil|script|\/etc/i);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-type']).not.toContain('html');
  });

  it('is not in the name of an archive', async () => {
    const answer = await get(server, study, 'application/zip');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="[\w.-]+\.zip"$/);
  });
});

describe('a path that is no resource', () => {
  it.each([
    '/studies/..%2f..%2f..%2fetc%2fpasswd',
    '/studies/../../../etc/passwd',
    '/studies/1.2%00.3/metadata',
    `/studies/${'1.'.repeat(33)}2/metadata`,
    '/studies/1.2/series/..%2f..%2fx/metadata',
    '/studies/1.2/series/1.3/instances/1.4/bulkdata/..%2f..%2f..%2fetc%2fpasswd',
    '/studies/1.2/series/1.3/instances/1.4/bulkdata/../../../../../../../etc/passwd',
    '/studies/%3Cscript%3Ealert(1)%3C/script%3E',
    '/studies/1.2/series/1.3/instances/1.4/frames/%3Cscript%3E',
  ])('%s is a 400 or 404 that repeats nothing', async (path) => {
    const answer = await get(server, path);
    expect([400, 404]).toContain(answer.status);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.text).not.toMatch(/root:|<script|passwd/);
  });
});
