import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { parseMultipart } from './multipart.ts';
import { get, request, storeAll } from './requests.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';
const JPEG = '1.2.840.10008.1.2.4.50';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';

let server: TestServer;
const study = testUid();
const [plainSeries, mixedSeries] = [testUid(), testUid()];

function stored(series: string, transferSyntaxUID: string, marker = '') {
  const SOPInstanceUID = testUid();
  const names = { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID, ImageComments: marker };
  const image = transferSyntaxUID === JPEG ? { fragments: [Buffer.from('ffd8ffd9', 'hex')] } : {};
  const bytes = makeInstance({ transferSyntaxUID, attributes: names, image });
  return { bytes, transferSyntaxUID, path: `/studies/${study}/series/${series}/instances/${SOPInstanceUID}` };
}

const plain = [
  stored(plainSeries, EXPLICIT),
  stored(plainSeries, EXPLICIT, 'with --a boundary\r\n--in it'),
  stored(plainSeries, EXPLICIT),
];
const [first = stored(plainSeries, EXPLICIT)] = plain;
const jpeg = stored(mixedSeries, JPEG);
const mixed = [jpeg, stored(mixedSeries, IMPLICIT), stored(mixedSeries, BIG_ENDIAN)];

beforeAll(async () => {
  server = await startServer();
  await storeAll(
    server,
    [...plain, ...mixed].map(({ bytes }) => bytes),
  );
});
afterAll(() => server?.stop());

const DICOM = 'multipart/related; type="application/dicom"';

describe('retrieving all instances of a study or series (PS3.18 10.4)', () => {
  it.each([
    ['series', () => `/studies/${study}/series/${mixedSeries}`, () => mixed],
    ['study', () => `/studies/${study}`, () => [...plain, ...mixed]],
  ])('gives each stored byte of a %s in a part of its own', async (_, path, instances) => {
    const answer = await get(server, path(), `${DICOM}; transfer-syntax=*`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(
      /^multipart\/related; type="application\/dicom"; boundary=/,
    );
    const parts = parseMultipart(answer.headers['content-type'] ?? '', answer.body);
    expect(parts).toHaveLength(instances().length);
    for (const instance of instances()) {
      const part = parts.find(
        ({ headers }) => headers['content-location'] === `${server.dicomweb}${instance.path}`,
      );
      expect(part?.body.equals(instance.bytes)).toBe(true);
      expect(part?.headers['content-type']).toBe(
        `application/dicom; transfer-syntax=${instance.transferSyntaxUID}`,
      );
      expect(part?.headers['content-length']).toBe(String(instance.bytes.length));
    }
  });

  it('has a boundary of its own for each state of each resource', async () => {
    const paths = [`/studies/${study}`, `/studies/${study}/series/${plainSeries}`];
    const types = await Promise.all(paths.map((path) => get(server, path)));
    expect(types[0]?.headers['content-type']).not.toBe(types[1]?.headers['content-type']);
  });

  it('gives each instance by itself in the default transfer syntax, one that no codec can read as it is stored', async () => {
    const answer = await get(server, `/studies/${study}/series/${mixedSeries}`, DICOM);
    expect(answer.status).toBe(200);
    const parts = parseMultipart(answer.headers['content-type'] ?? '', answer.body);
    expect(parts.map(({ headers }) => headers['content-type']).sort()).toEqual(
      [EXPLICIT, EXPLICIT, JPEG].map((uid) => `application/dicom; transfer-syntax=${uid}`),
    );
    expect(parts.find(({ body }) => body.equals(jpeg.bytes))).toBeDefined();
  });

  it('is a 406 for one part alone, which cannot hold several', async () => {
    expect((await get(server, `/studies/${study}`, 'application/dicom; transfer-syntax=*')).status).toBe(406);
  });
});

describe('the Accept header of a request for one instance (PS3.18 8.7.5)', () => {
  const parts = /^multipart\/related; type="application\/dicom"/;
  const alone = (uid: string) =>
    new RegExp(`^application/dicom; transfer-syntax=${uid.replaceAll('.', '\\.')}$`);
  it.each<[string | undefined, RegExp]>([
    [undefined, parts],
    ['*/*', parts],
    ['multipart/related', parts],
    ['multipart/*', parts],
    [DICOM, parts],
    ['multipart/related; type=application/dicom', parts],
    ['Multipart/Related; Type="Application/DICOM"', parts],
    [`${DICOM}; transfer-syntax=*`, parts],
    [`${DICOM}; transfer-syntax=${EXPLICIT}`, parts],
    [`${DICOM};transfer-syntax="${EXPLICIT}"`, parts],
    [`${DICOM}; transfer-syntax=${JPEG}, ${DICOM}; transfer-syntax=${EXPLICIT}`, parts],
    ['application/dicom', alone(EXPLICIT)],
    [`application/dicom; transfer-syntax=${EXPLICIT}`, alone(EXPLICIT)],
    ['application/dicom; transfer-syntax=*', alone(EXPLICIT)],
    ['application/*', alone(EXPLICIT)],
    [`${DICOM}; q=0.2, application/dicom; q=0.9`, alone(EXPLICIT)],
    [`application/dicom; q=0.1, ${DICOM}`, parts],
    ['text/plain, application/dicom', alone(EXPLICIT)],
    ['application/dicom, */*;q=0.1', alone(EXPLICIT)],
  ])('%s gets what is stored in Explicit VR Little Endian', async (accept, type) => {
    const answer = await get(server, first.path, accept);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(type);
    const body =
      type === parts
        ? parseMultipart(answer.headers['content-type'] ?? '', answer.body)[0]?.body
        : answer.body;
    expect(body?.equals(first.bytes)).toBe(true);
  });

  it.each([
    `${DICOM}; transfer-syntax=${EXPLICIT}`,
    `application/dicom; transfer-syntax=${EXPLICIT}`,
    'application/dicom+json',
    'image/jpeg',
    `${DICOM}; transfer-syntax=${JPEG}; q=0`,
  ])(
    '%s cannot get what is stored in JPEG Baseline and damaged: 406, saying what can be had',
    async (accept) => {
      const answer = await get(server, jpeg.path, accept);
      expect(answer.status).toBe(406);
      expect(JSON.parse(answer.text).detail).toContain(`transfer-syntax=${JPEG}`);
    },
  );

  it.each([
    [undefined, 'multipart'],
    ['*/*', 'multipart'],
    // There is only a lossy form, and this one can't be unpacked (PS3.18 8.7.3).
    [DICOM, 'multipart'],
    ['application/dicom', 'application/dicom'],
    [`${DICOM}; transfer-syntax=*`, 'multipart'],
    [`${DICOM}; transfer-syntax=${JPEG}`, 'multipart'],
    [`${DICOM}; transfer-syntax=${EXPLICIT}, ${DICOM}; transfer-syntax=*; q=0.5`, 'multipart'],
    ['application/dicom; transfer-syntax=*', 'application/dicom'],
    [`application/dicom; transfer-syntax=${JPEG}`, 'application/dicom'],
  ])('%s gets what is stored in JPEG Baseline', async (accept, type) => {
    const answer = await get(server, jpeg.path, accept);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(type);
  });

  it('may stand in the query', async () => {
    const answer = await get(
      server,
      `${jpeg.path}?accept=${encodeURIComponent('application/dicom; transfer-syntax=*')}`,
    );
    expect(answer.body.equals(jpeg.bytes)).toBe(true);
  });
});

describe('a retrieval', () => {
  it.each([
    ['study', `/studies/${testUid()}`],
    ['series', `/studies/${study}/series/${testUid()}`],
    ['instance', `/studies/${study}/series/${plainSeries}/instances/${testUid()}`],
  ])('of an unknown %s is a 404', async (_, path) => {
    for (const suffix of ['', '/metadata']) expect((await get(server, path + suffix)).status).toBe(404);
  });

  it('of an instance under another series or study is a 404', async () => {
    const uid = first.path.split('/').at(-1);
    expect((await get(server, `/studies/${study}/series/${mixedSeries}/instances/${uid}`)).status).toBe(404);
    expect((await get(server, `/studies/1.2.3/series/${plainSeries}/instances/${uid}`)).status).toBe(404);
  });

  it('by HEAD tells type and length and sends nothing', async () => {
    const answer = await request(server.url, `/dicom-web${first.path}`, {
      method: 'HEAD',
      headers: { Accept: 'application/dicom' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-length']).toBe(String(first.bytes.length));
    expect(answer.body).toHaveLength(0);
    expect(
      (await request(server.url, `/dicom-web/studies/${study}/metadata`, { method: 'HEAD' })).status,
    ).toBe(200);
    expect((await request(server.url, '/dicom-web/studies/1.2.3', { method: 'HEAD' })).status).toBe(404);
  });

  it('may be cut off by the client a hundred times without harm', async () => {
    for (let i = 0; i < 100; i += 1) {
      const controller = new AbortController();
      const answer = await fetch(`${server.dicomweb}/studies/${study}`, { signal: controller.signal });
      expect(answer.status).toBe(200);
      controller.abort();
    }
    expect((await get(server, first.path, 'application/dicom')).body.equals(first.bytes)).toBe(true);
  });
});
