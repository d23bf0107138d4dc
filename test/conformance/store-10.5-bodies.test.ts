import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import http from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madeUpPixels, makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { DICOM_PART, multipartBody } from './multipart.ts';
import { firstOf, get, post, request, STORE_TYPE, search, store } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

const headers = { 'Content-Type': STORE_TYPE };

function instanceOf(pixelBytes?: Uint8Array) {
  const names = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
  const path = `/studies/${names.StudyInstanceUID}/series/${names.SeriesInstanceUID}/instances/${names.SOPInstanceUID}`;
  const image = pixelBytes ? { rows: 1, columns: pixelBytes.length, pixelBytes } : { rows: 64, columns: 64 };
  return { ...names, path, bytes: makeInstance({ attributes: names, image }) };
}

async function expectStored({ path, bytes }: { path: string; bytes: Uint8Array }): Promise<void> {
  const answer = await get(server, path, 'application/dicom');
  expect(answer.status, answer.text.slice(0, 200)).toBe(200);
  expect(answer.body.equals(bytes)).toBe(true);
}

async function blobCount(): Promise<number> {
  let count = 0;
  for await (const _ of server.services.archive.blobs.list('instances/')) count += 1;
  return count;
}

describe('the body of a Store request (RFC 2046 5.1)', () => {
  const lines = (...texts: (string | Uint8Array)[]) => Buffer.concat(texts.map((text) => Buffer.from(text)));

  it.each<[string, (bytes: Uint8Array) => Buffer]>([
    ['parts without headers', (bytes) => multipartBody([bytes], { headers: '' })],
    [
      'names of headers in any case',
      (bytes) => multipartBody([bytes], { headers: 'CONTENT-type: Application/DICOM\r\n' }),
    ],
    [
      'a header without a space after its colon',
      (bytes) => multipartBody([bytes], { headers: 'Content-Type:application/dicom\r\n' }),
    ],
    [
      'a folded header',
      (bytes) =>
        multipartBody([bytes], {
          headers: 'Content-Type: application/dicom;\r\n transfer-syntax=1.2.840.10008.1.2.1\r\n',
        }),
    ],
    [
      'headers it does not know',
      (bytes) =>
        multipartBody([bytes], {
          headers: `Content-Location: x\r\nMIME-Version: 1.0\r\nContent-Length: 7\r\n${DICOM_PART}`,
        }),
    ],
    [
      'white space after boundaries',
      (bytes) => lines('--XX \t\r\n', DICOM_PART, '\r\n', bytes, '\r\n--XX--  \r\n'),
    ],
    [
      'a preamble and an epilogue',
      (bytes) =>
        lines('For those who\r\ncannot read this\r\n', multipartBody([bytes]), 'and so on\r\n--XX\r\n'),
    ],
    ['an empty line before the first boundary', (bytes) => lines('\r\n', multipartBody([bytes]))],
    [
      'no line end after the closing boundary',
      (bytes) => lines('--XX\r\n', DICOM_PART, '\r\n', bytes, '\r\n--XX--'),
    ],
  ])('is taken with %s', async (_, bodyOf) => {
    const instance = instanceOf();
    const answer = await post(server, bodyOf(instance.bytes), headers);
    expect(answer.status, answer.text).toBe(200);
    await expectStored(instance);
  });

  it.each([
    ['the boundary without a line end before it', '--XX'],
    ['a line feed alone before the boundary', '\n--XX\r\n'],
    ['the beginning of a boundary', '\r\n--X\r\n-'],
    ['many beginnings of boundaries', '\r\n-\r\n--\r\n\r\n--X'],
  ])('may hold %s inside an instance', async (_, text) => {
    const instance = instanceOf(Buffer.from(text.repeat(5).padEnd(120, '.')));
    expect((await post(server, multipartBody([instance.bytes]), headers)).status).toBe(200);
    await expectStored(instance);
  });

  it('may hold an instance of any length that ends like a boundary begins', async () => {
    const instances = ['\r', '\r\n', '\r\n-', '\r\n--', '\r\n--X'].map((end) =>
      instanceOf(Buffer.concat([madeUpPixels(65_536 + 7 * end.length), Buffer.from(end.padStart(6, '.'))])),
    );
    expect(
      (
        await store(
          server,
          instances.map(({ bytes }) => bytes),
        )
      ).status,
    ).toBe(200);
    for (const instance of instances) await expectStored(instance);
  });

  it.each<[string, string | Buffer, RegExp]>([
    ['it is empty', '', /closing boundary/],
    ['it has no part', '--XX--\r\n', /no instance/],
    ['it has no boundary', 'just some text', /closing boundary/],
    ['it ends inside the headers of its only part', '--XX\r\nContent-Type: appl', /closing boundary/],
    ['something follows a boundary', '--XX trouble\r\n\r\nabc\r\n--XX--', /white space/],
  ])('is a bad request when %s', async (_, body, detail) => {
    const answer = await post(server, body, headers);
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    expect(answer.text).toMatch(detail);
  });

  it('is a bad request when it is application/dicom and empty', async () => {
    const answer = await post(server, '', { 'Content-Type': 'application/dicom' });
    expect(answer.status).toBe(409);
    expect(firstOf(answer.other[0], '00081197')).toBe(0xc000);
  });

  it('refuses a part whose headers do not end within 16 KiB', async () => {
    const answer = await post(
      server,
      multipartBody([instanceOf().bytes], { headers: `X-Long: ${'x'.repeat(20_000)}\r\n` }),
      headers,
    );
    expect(answer.status).toBe(413);
  });

  it('keeps what came whole when it breaks off, and says what did not', async () => {
    const [first, second] = [instanceOf(), instanceOf()];
    const whole = multipartBody([first.bytes, second.bytes]);
    const answer = await post(server, whole.subarray(0, whole.length - 300), headers);
    expect(answer.status).toBe(202);
    expect(answer.referenced.map((item) => firstOf(item, '00081155'))).toEqual([first.SOPInstanceUID]);
    expect(answer.other).toHaveLength(1);
    expect(JSON.stringify(answer.other[0])).toContain('closing boundary');
    await expectStored(first);
    expect((await get(server, second.path)).status).toBe(404);
  });

  it('stores the neighbours of parts that are no instances', async () => {
    const [first, last] = [instanceOf(), instanceOf()];
    const empty = Buffer.alloc(0);
    // In the middle of its last value: cut between two elements it would be an instance of fewer.
    const truncated = Buffer.from(instanceOf().bytes).subarray(0, -1);
    const junk = Buffer.from(madeUpPixels(50_000));
    const answer = await store(server, [first.bytes, empty, junk, truncated, last.bytes]);
    expect(answer.status).toBe(202);
    expect(answer.referenced).toHaveLength(2);
    expect(answer.failed.length + answer.other.length).toBe(3);
    await expectStored(first);
    await expectStored(last);
  });

  it('fails a part of another media type alone', async () => {
    const good = instanceOf();
    const body = lines('--XX\r\nContent-Type: text/plain\r\n\r\nhello\r\n', multipartBody([good.bytes]));
    const answer = await post(server, body, headers);
    expect(answer.status).toBe(202);
    expect(JSON.stringify(answer.other)).toContain('not of type application/dicom');
    await expectStored(good);
  });

  it.each(['application/dicom', 'text/plain', STORE_TYPE])(
    'may be long where it is refused (%s): the answer arrives, and the next request on the connection is answered too',
    async (type) => {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      const junk = Buffer.alloc(20_000_000, 'junk');
      const refused = await sendThrough(
        agent,
        { method: 'POST', path: '/dicom-web/studies', headers: { 'Content-Type': type } },
        junk,
      );
      expect([400, 409, 415]).toContain(refused);
      expect(await sendThrough(agent, { path: '/healthz' })).toBe(200);
      agent.destroy();
    },
    10_000,
  );
});

function sendThrough(agent: http.Agent, options: http.RequestOptions, body?: Buffer): Promise<number> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const outgoing = http.request({ ...options, hostname, port, agent, timeout: 5000 }, (incoming) => {
      incoming.resume();
      incoming.on('end', () => resolve(incoming.statusCode ?? 0));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer for 5 s')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Waits until so many files are being written; an S3 service doesn't show. */
async function untilUnfinished(count: number): Promise<void> {
  if (server.services.settings.s3) return sleep(500);
  const folder = join(server.services.settings.dataDirectory, 'objects', '.unfinished');
  const unfinished = async () => (await readdir(folder).catch(() => [])).length;
  await expect.poll(unfinished, { timeout: 10_000 }).toBe(count);
}

describe('a sender that goes away', () => {
  it('leaves nothing of the instance it was sending', async () => {
    const { StudyInstanceUID, bytes } = instanceOf(madeUpPixels(4_000_000));
    const before = await blobCount();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `POST /dicom-web/studies HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${STORE_TYPE}\r\nContent-Length: ${bytes.length + 500}\r\n\r\n`,
    );
    socket.write(Buffer.concat([Buffer.from(`--XX\r\n${DICOM_PART}\r\n`), bytes.subarray(0, 3_000_000)]));
    // It has begun to be stored before the sender goes.
    await untilUnfinished(1);
    socket.destroy();
    await untilUnfinished(0);
    expect(await search(server, `/studies?StudyInstanceUID=${StudyInstanceUID}`)).toEqual([]);
    expect(await blobCount()).toBe(before);
    expect(await server.services.archive.blobs.sweepUnfinished(new Date(Date.now() + 60_000))).toBe(0);
  });
});

describe('many senders at once', () => {
  it('make one study of sixteen requests, with the right counts', async () => {
    const study = testUid();
    const series = [testUid(), testUid()];
    const instances = Array.from({ length: 16 }, (_, i) =>
      makeInstance({
        attributes: {
          StudyInstanceUID: study,
          SeriesInstanceUID: series[i % 2],
          Modality: i % 2 ? 'CT' : 'MR',
        },
        image: {},
      }),
    );
    const answers = await Promise.all(instances.map((bytes) => store(server, [bytes])));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 200));
    const found = await search(server, `/studies?StudyInstanceUID=${study}`);
    expect(found).toHaveLength(1);
    expect(firstOf(found[0], '00201208')).toBe(16);
    expect(firstOf(found[0], '00201206')).toBe(2);
    expect(found[0]?.['00080061']?.Value).toEqual(['CT', 'MR']);
    const ofSeries = await search(server, `/studies/${study}/series`);
    expect(ofSeries.map((row) => firstOf(row, '00201209'))).toEqual([8, 8]);
  });

  it('store one instance of eight that are the same', async () => {
    const { bytes, StudyInstanceUID } = instanceOf();
    const before = await blobCount();
    const answers = await Promise.all(Array.from({ length: 8 }, () => store(server, [bytes])));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(await search(server, `/studies/${StudyInstanceUID}/instances`)).toHaveLength(1);
    expect(await blobCount()).toBe(before + 1);
  });

  it('store one of eight that say different things under the same UIDs', async () => {
    const { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID } = instanceOf();
    const before = await blobCount();
    const variants = Array.from({ length: 8 }, (_, i) =>
      makeInstance({
        attributes: { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID, ImageComments: `variant ${i}` },
      }),
    );
    const answers = await Promise.all(variants.map((bytes) => store(server, [bytes])));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
    const winner = variants[answers.findIndex(({ status }) => status === 200)] ?? Buffer.alloc(0);
    const kept = await request(
      server.url,
      `/dicom-web/studies/${StudyInstanceUID}/series/${SeriesInstanceUID}/instances/${SOPInstanceUID}`,
      {
        headers: { Accept: 'application/dicom' },
      },
    );
    expect(kept.body.equals(winner)).toBe(true);
    expect(await blobCount()).toBe(before + 1);
  });
});
