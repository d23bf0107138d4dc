import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import http from 'node:http';
import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { multipartBody } from './multipart.ts';
import { firstOf, get, post, request, STORE_TYPE, search, store } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

function instanceOf(attributes: Record<string, string> = {}) {
  const names = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
  const path = `/studies/${names.StudyInstanceUID}/series/${names.SeriesInstanceUID}/instances/${names.SOPInstanceUID}`;
  return { ...names, path, bytes: makeInstance({ attributes: { ...names, ...attributes }, image: {} }) };
}

async function expectStored({ path, bytes }: { path: string; bytes: Uint8Array }): Promise<void> {
  const answer = await get(server, path, 'application/dicom');
  expect(answer.status, answer.text.slice(0, 200)).toBe(200);
  expect(answer.body.equals(bytes)).toBe(true);
}

/** Sends `pieces` until they end or an answer comes; its status, and the bytes that were taken. */
async function stream(
  headers: Record<string, string>,
  pieces: Iterable<Uint8Array>,
): Promise<{ status: number; sentBytes: number }> {
  const { hostname, port } = new URL(server.url);
  const outgoing = http.request({
    hostname,
    port,
    path: '/dicom-web/studies',
    method: 'POST',
    headers,
    agent: false,
  });
  const answered = once(outgoing, 'response').then(([incoming]: http.IncomingMessage[]) => {
    incoming?.resume();
    return incoming?.statusCode ?? 0;
  });
  answered.catch(() => undefined);
  let status: number | undefined;
  answered.then(
    (code) => {
      status = code;
    },
    () => undefined,
  );
  let sentBytes = 0;
  outgoing.on('error', () => undefined);
  for (const piece of pieces) {
    if (status !== undefined || outgoing.destroyed) break;
    sentBytes += piece.length;
    if (!outgoing.write(piece)) await Promise.race([once(outgoing, 'drain'), answered]);
  }
  if (status === undefined) outgoing.end();
  const final = await answered;
  outgoing.destroy();
  return { status: final, sentBytes };
}

describe('the Content-Encoding of a Store request', () => {
  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['identity', (bytes: Uint8Array) => Buffer.from(bytes)],
  ])('may be %s: what is stored is what was compressed', async (encoding, compress) => {
    const [one, two] = [instanceOf(), instanceOf()];
    const whole = await post(server, compress(multipartBody([one.bytes])), {
      'Content-Type': STORE_TYPE,
      'Content-Encoding': encoding,
    });
    expect(whole.status, whole.text).toBe(200);
    const single = await post(server, compress(two.bytes), {
      'Content-Type': 'application/dicom',
      'Content-Encoding': encoding.toUpperCase(),
    });
    expect(single.status, single.text).toBe(200);
    await expectStored(one);
    await expectStored(two);
  });

  it.each(['zstd', 'gzip, gzip', 'aes128gcm', 'gzip\tx'])(
    '%j is refused with 415, and what is taken is told',
    async (encoding) => {
      const answer = await post(server, instanceOf().bytes, {
        'Content-Type': 'application/dicom',
        'Content-Encoding': encoding,
      });
      expect(answer.status).toBe(415);
      expect(answer.text).toContain('gzip, deflate, br');
    },
  );

  it('must be true: other bytes, and a stream that is cut, are a 400', async () => {
    const { bytes, StudyInstanceUID } = instanceOf();
    const headers = { 'Content-Type': 'application/dicom', 'Content-Encoding': 'gzip' };
    expect((await post(server, bytes, headers)).status).toBe(400);
    expect((await post(server, gzipSync(bytes).subarray(0, -20), headers)).status).toBe(400);
    expect(await search(server, `/studies?StudyInstanceUID=${StudyInstanceUID}`)).toEqual([]);
  });

  it('of a bomb is a 413, long before it has burst', async () => {
    const bomb = gzipSync(Buffer.alloc(128 * 2 ** 20));
    const before = process.memoryUsage().rss;
    for (const type of ['application/dicom+json', 'application/dicom+xml', STORE_TYPE]) {
      const answer = await post(server, bomb, { 'Content-Type': type, 'Content-Encoding': 'gzip' });
      expect([400, 409, 413], `${type}: ${answer.text}`).toContain(answer.status);
    }
    // an instance whose head is right, so that its pixels are read to the end
    const { bytes } = instanceOf();
    const head = Buffer.from(bytes);
    head.writeUInt32LE(2 ** 30, head.length - 20);
    const grown = gzipSync(Buffer.concat([head, Buffer.alloc(100 * 2 ** 20)]));
    const answer = await post(server, grown, {
      'Content-Type': 'application/dicom',
      'Content-Encoding': 'gzip',
    });
    expect(answer.status).toBe(413);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 2 ** 20);
  });
});

describe('a Store request that means no good', () => {
  it('of 100,000 parts that are nothing is given up on early, and what came whole before them is kept', async () => {
    const good = instanceOf();
    const junk = Buffer.from('--XX\r\n\r\njunk\r\n');
    const body = Buffer.concat([
      multipartBody([good.bytes]).subarray(0, -'--XX--\r\n'.length),
      ...Array.from({ length: 100_000 }, () => junk),
      Buffer.from('--XX--\r\n'),
    ]);
    const answer = await post(server, body, { 'Content-Type': STORE_TYPE });
    expect(answer.status).toBe(202);
    expect(answer.referenced).toHaveLength(1);
    expect(answer.other.length).toBeLessThan(1100);
    expect(answer.text).toContain('1000 parts in a row were no instances');
    await expectStored(good);
  });

  it('of more bulk data parts than may be is a 413', async () => {
    const junk = Buffer.from('--XX\r\nContent-Type: image/jpeg\r\n\r\n\r\n');
    const body = Buffer.concat([...Array.from({ length: 100_001 }, () => junk), Buffer.from('--XX--\r\n')]);
    const answer = await post(server, body, {
      'Content-Type': 'multipart/related; type="application/dicom+json"; boundary=XX',
    });
    expect(answer.status).toBe(413);
  });

  it.each([STORE_TYPE, 'multipart/related; type="application/dicom+json"; boundary=XX'])(
    'of a gigabyte of part headers (%s) is a 413 after a few kilobytes',
    async (type) => {
      function* endless() {
        yield Buffer.from('--XX\r\n');
        for (let i = 0; i < 2 ** 14; i++) yield Buffer.alloc(65_536, `X-${i}: aaaaaaaaaaaaaaaaaaaaaaa\r\n`);
      }
      const { status, sentBytes } = await stream({ 'Content-Type': type }, endless());
      expect(status).toBe(413);
      expect(sentBytes).toBeLessThan(64 * 2 ** 20);
    },
  );

  it('of a preamble without end is a 400', async () => {
    function* endless() {
      for (let i = 0; i < 2 ** 12; i++) yield Buffer.alloc(65_536, 'no boundary here\r\n');
    }
    expect((await stream({ 'Content-Type': STORE_TYPE }, endless())).status).toBe(400);
  });

  it.each([
    ['CR and LF', '1.2.3\r\nX-Evil: yes'],
    ['a path', '../../../etc/passwd'],
    ['65 digits', '1.'.padEnd(65, '2')],
    ['a NUL', '1.2\0.3'],
    ['markup', '<script>alert(1)</script>'],
    ['digits of another script', '1.2.٣'],
    ['nothing but dots', '...'],
  ])('with %s in a UID is refused without repeating it', async (_, uid) => {
    for (const keyword of ['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID', 'SOPClassUID']) {
      const answer = await store(server, [instanceOf({ [keyword]: uid }).bytes]);
      expect(answer.status, keyword).toBe(409);
      expect(answer.text).toContain(`${keyword} is not a UID`);
      expect(JSON.stringify(answer.headers) + answer.text).not.toMatch(/Evil|passwd|script>|2222222/);
    }
  });

  it('does not overwrite, or lose, what is stored', async () => {
    const kept = instanceOf();
    await store(server, [kept.bytes]);
    const impostor = instanceOf({
      StudyInstanceUID: kept.StudyInstanceUID,
      SeriesInstanceUID: kept.SeriesInstanceUID,
      SOPInstanceUID: kept.SOPInstanceUID,
      PatientName: 'Other^One',
    });
    expect((await store(server, [impostor.bytes])).status).toBe(409);
    await expectStored(kept);
    expect((await request(server.url, '/healthz')).status).toBe(200);
  });
});

describe.runIf(existsSync('/proc/self/fd'))('a sender of bulk data that goes away', () => {
  const scratchFiles = async () => {
    const links = await Promise.all(
      (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
    );
    return links.filter((link) => link.includes('/scratch/'));
  };

  it('leaves no file open in the scratch folder, and nothing stored', async () => {
    const blobsBefore = await blobCount();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    const type = 'multipart/related; type="application/dicom+json"; boundary=XX';
    socket.write(
      `POST /dicom-web/studies HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${type}\r\nContent-Length: 900000000\r\n\r\n`,
    );
    socket.write('--XX\r\nContent-Type: image/jpeg\r\nContent-Location: p\r\n\r\n');
    socket.write(Buffer.alloc(4_000_000));
    await expect.poll(scratchFiles, { timeout: 10_000 }).toHaveLength(1);
    socket.destroy();
    await expect.poll(scratchFiles, { timeout: 10_000 }).toEqual([]);
    expect(await blobCount()).toBe(blobsBefore);
  });
});

async function blobCount(): Promise<number> {
  let count = 0;
  for await (const _ of server.services.archive.blobs.list('instances/')) count += 1;
  return count;
}

describe('what hospitals really send', () => {
  /** Values of these text VRs as the bytes of a file have them, padding and all. */
  const stored = async (attributes: Record<string, string>) => {
    const instance = instanceOf(attributes);
    const answer = await store(server, [instance.bytes]);
    return { ...instance, answer };
  };

  it.each([
    ['padded with NUL, as UIDs are', (uid: string) => `${uid}\0`],
    ['padded with two NULs', (uid: string) => `${uid}\0\0`],
    ['padded with spaces', (uid: string) => `${uid}  `],
  ])('UIDs %s are taken without their padding', async (_, pad) => {
    const names = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
    const bytes = makeInstance({
      attributes: Object.fromEntries(Object.entries(names).map(([k, v]) => [k, pad(v)])),
    });
    const answer = await store(server, [bytes], names.StudyInstanceUID);
    expect(answer.status, answer.text).toBe(200);
    expect(
      await search(
        server,
        `/studies/${names.StudyInstanceUID}/instances?SOPInstanceUID=${names.SOPInstanceUID}`,
      ),
    ).toHaveLength(1);
  });

  it('an instance whose UIDs differ from stored ones by padding alone is a duplicate of it', async () => {
    const first = instanceOf();
    await store(server, [first.bytes]);
    const { answer } = await stored({
      StudyInstanceUID: `${first.StudyInstanceUID}\0\0`,
      SeriesInstanceUID: first.SeriesInstanceUID,
      SOPInstanceUID: first.SOPInstanceUID,
    });
    expect(answer.status).toBe(409);
    expect(firstOf(answer.failed[0], '00081197')).toBe(0x0111);
  });

  it.each([
    ['a date that is none', { StudyDate: '2020-13-45' }, /StudyDate is no valid DA/],
    ['a time that is none', { StudyTime: 'noon' }, /StudyTime is no valid TM/],
    [
      'a UID with a component that begins with zero',
      { StudyInstanceUID: `${testUid()}.007` },
      /StudyInstanceUID is no valid UID/,
    ],
  ])('%s is stored with a warning', async (_, attributes, comment) => {
    const { answer } = await stored(attributes as Record<string, string>);
    expect(answer.status, answer.text).toBe(202);
    expect(firstOf(answer.referenced[0], '00081196')).toBe(0xb007);
    expect(JSON.stringify(answer.referenced[0])).toMatch(comment);
    expect(answer.failed).toEqual([]);
    expect(answer.headers.warning).toBe('299 isocenter "1 of 1 were stored with warnings"');
    const url = new URL(String(firstOf(answer.referenced[0], '00081190')));
    expect((await request(server.url, `${url.pathname}/metadata`)).status).toBe(200);
  });

  it.each([
    ['a Patient ID padded with NUL', { PatientID: 'P1\0' }],
    ['a Patient ID with a NUL inside', { PatientID: 'P\x001' }],
    ['an empty Patient ID', { PatientID: '' }],
    ['a Patient ID longer than LO', { PatientID: 'P'.repeat(100) }],
    ['several values where one is right', { StudyDescription: 'a\\b' }],
    ['a modality in small letters', { Modality: 'ct' }],
  ])('%s is stored', async (_, attributes) => {
    const { answer, path } = await stored(attributes);
    expect(answer.status, answer.text).toBe(200);
    expect((await get(server, `${path}/metadata`)).status).toBe(200);
  });

  it('implicit VR with private elements is stored byte for byte', async () => {
    const names = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
    const bytes = makeInstance({
      transferSyntaxUID: '1.2.840.10008.1.2',
      attributes: {
        ...names,
        '00090010': { vr: 'LO', value: 'ACME' },
        '00091001': { vr: 'LO', value: 'private' },
      },
      image: {},
    });
    expect((await store(server, [bytes])).status).toBe(200);
    const path = `/studies/${names.StudyInstanceUID}/series/${names.SeriesInstanceUID}/instances/${names.SOPInstanceUID}`;
    const answer = await get(server, path, 'application/dicom; transfer-syntax=*');
    expect(answer.body.equals(bytes)).toBe(true);
  });

  it('a study whose first object has no Patient ID gets it from a later one', async () => {
    const study = testUid();
    await stored({ StudyInstanceUID: study, PatientID: '' });
    await stored({ StudyInstanceUID: study, PatientID: 'LATER' });
    const [found] = await search(server, `/studies?StudyInstanceUID=${study}`);
    expect(firstOf(found, '00100020')).toBe('LATER');
  });
});
