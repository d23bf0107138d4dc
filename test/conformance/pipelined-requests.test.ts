import { readdir, readlink } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { memoryForShort } from '../../server/archive/short-bytes.ts';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { addAccountOfEachRole } from './accounts.ts';
import { multipartBody } from './multipart.ts';
import { request } from './requests.ts';

const SIDE = 400;
const FRAMES = 200;
const CONNECTIONS = 10;
const FRAMES_ASKED_FOR = 8;
const SHORT_BUFFERS = 4;
/** Of the file store's streams, as long as few of them are open. */
const CHUNK_BYTES = 256 * 1024;
const PATIENCE_MS = 10_000;

let server: TestServer;
let key = '';
const names = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
const study = `/dicom-web/studies/${names.StudyInstanceUID}`;
const series = `${study}/series/${names.SeriesInstanceUID}`;
const instance = `${series}/instances/${names.SOPInstanceUID}`;
/** More than the buffers of a connection hold. */
const pixelBytes = Buffer.alloc(SIDE * SIDE * FRAMES);
for (let i = 0; i < pixelBytes.length; i += 1) pixelBytes[i] = (i * 31 + (i >> 9)) & 255;
const frame = (number: number) => pixelBytes.subarray((number - 1) * SIDE * SIDE, number * SIDE * SIDE);

const warnings: Error[] = [];
const onWarning = (warning: Error) => warnings.push(warning);

beforeAll(async () => {
  process.on('warning', onWarning);
  server = await startServer({ store: 'files', authentication: 'local' });
  await addAccountOfEachRole(server);
  key = (await server.services.access.makeApiKey('administrator', 'test')).key;
  const image = { rows: SIDE, columns: SIDE, bitsAllocated: 8, frames: FRAMES, pixelBytes };
  const body = multipartBody([makeInstance({ attributes: names, image })]);
  const answer = await request(server.url, study, {
    method: 'POST',
    headers: { ...signed(), ...STORED },
    body,
  });
  expect(answer.status, answer.text).toBe(200);
});
afterAll(async () => {
  process.off('warning', onWarning);
  await server?.stop();
});

const signed = () => ({ Authorization: `Bearer ${key}` });
const STORED = { 'Content-Type': 'multipart/related; type="application/dicom"; boundary=XX' };

const DICOM_PARTS = 'multipart/related; type="application/dicom"; transfer-syntax=*';
const OCTETS = 'application/octet-stream';

const UPGRADE = [
  'GET /dicom-web/ws/subscribers/PIPELINED HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  '\r\n',
].join('\r\n');

/** A request as it goes over the wire. */
function wire(path: string, accept: string, body?: Buffer): Buffer {
  const headers = {
    Host: '127.0.0.1',
    Accept: accept,
    ...signed(),
    ...(body && { ...STORED, 'Content-Length': String(body.length) }),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${body ? 'POST' : 'GET'} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
  return Buffer.concat([Buffer.from(head), body ?? Buffer.alloc(0)]);
}

/** The answers that are whole in what came over a connection. */
function answersIn(heard: Buffer): { status: number; body: Buffer }[] {
  const answers: { status: number; body: Buffer }[] = [];
  for (let at = 0; ; ) {
    const headEnd = heard.indexOf('\r\n\r\n', at);
    if (headEnd < 0) return answers;
    const head = heard.subarray(at, headEnd).toString('latin1');
    const length = /\r\nContent-Length: (\d+)/i.exec(head)?.[1];
    const found =
      length === undefined
        ? unchunked(heard, headEnd + 4)
        : {
            body: heard.subarray(headEnd + 4, headEnd + 4 + Number(length)),
            end: headEnd + 4 + Number(length),
          };
    if (!found || found.end > heard.length) return answers;
    answers.push({ status: Number(head.split(' ', 2)[1]), body: found.body });
    at = found.end;
  }
}

/** A chunked body (RFC 9112 7.1) that begins at `start`; undefined where it isn't whole. */
function unchunked(heard: Buffer, start: number): { body: Buffer; end: number } | undefined {
  const chunks: Buffer[] = [];
  for (let at = start; ; ) {
    const lineEnd = heard.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const length = Number.parseInt(heard.subarray(at, lineEnd).toString('latin1'), 16);
    chunks.push(heard.subarray(lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 2 + length + 2;
    if (length === 0) return { body: Buffer.concat(chunks), end: at };
  }
}

async function connected(): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

/** What `look` finds once it is `expected`, or in the end. */
async function inTime<T>(expected: T, look: () => Promise<T> | T): Promise<T> {
  for (let waited = 0; ; waited += 20) {
    const found = await look();
    if (JSON.stringify(found) === JSON.stringify(expected) || waited >= PATIENCE_MS) return found;
    await sleep(20);
  }
}

/** Pieces of the memory for short answers that nobody holds. */
function freeBuffers(): number {
  const held = Array.from({ length: SHORT_BUFFERS + 1 }, () => memoryForShort(1)).filter((one) => !!one);
  for (const one of held) one.giveBack();
  return held.length;
}

/** Files of the object store that this process holds open. */
async function openBlobs(): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd');
  const targets = await Promise.all(
    descriptors.map((one) => readlink(`/proc/self/fd/${one}`).catch(() => '')),
  );
  return targets.filter((target) => /\.dcm$/.test(target));
}

interface Event {
  transaction: string;
  studyInstanceUID: string | null;
}

async function events(transaction: string, of?: string): Promise<number> {
  const query = `?transaction=${encodeURIComponent(transaction)}&limit=1000`;
  const answer = await request(server.url, `/api/audit${query}`, { headers: signed() });
  expect(answer.status, answer.text).toBe(200);
  const found = JSON.parse(answer.text) as Event[];
  return found.filter((event) => of === undefined || event.studyInstanceUID === of).length;
}

async function isStored(uid: string): Promise<boolean> {
  const path = `/dicom-web/instances?SOPInstanceUID=${uid}`;
  const answer = await request(server.url, path, { headers: signed() });
  return answer.text.includes(uid);
}

/** Asks for much, takes nothing, and leaves once the server works on the last of it. Answers which study it stored. */
async function askAndLeave(round: number): Promise<string> {
  const stored = { StudyInstanceUID: testUid(), SOPInstanceUID: testUid() };
  const frames = Array.from({ length: FRAMES_ASKED_FOR }, (_, i) =>
    wire(`${instance}/frames/${((round * FRAMES_ASKED_FOR + i) % FRAMES) + 1}`, OCTETS),
  );
  const asked = [
    wire(study, DICOM_PARTS),
    ...frames,
    wire(`${instance}/bulkdata`, 'multipart/related; type="application/octet-stream"'),
    wire(series, DICOM_PARTS),
    wire(instance, 'application/dicom; transfer-syntax=*'),
    wire(
      `/dicom-web/studies/${stored.StudyInstanceUID}`,
      'application/dicom+json',
      multipartBody([makeInstance({ attributes: stored, image: {} })]),
    ),
  ];
  const socket = await connected();
  socket.write(Buffer.concat(asked));
  expect(await inTime(true, () => isStored(stored.SOPInstanceUID))).toBe(true);
  socket.destroy();
  return stored.StudyInstanceUID;
}

describe('a client that pipelines requests (RFC 9112 9.3.2) and goes away', () => {
  const studies: string[] = [];
  beforeAll(async () => {
    expect(freeBuffers()).toBe(SHORT_BUFFERS);
    for (let round = 0; round < CONNECTIONS; round += 1) studies.push(await askAndLeave(round));
  });

  it('keeps no memory that others need', async () => {
    expect(await inTime(SHORT_BUFFERS, freeBuffers)).toBe(SHORT_BUFFERS);
  });

  it('keeps no stream open', async () => {
    const { blobs } = server.services.archive;
    const chunkBytes = async () => {
      for await (const blob of blobs.list('')) {
        const stream = await blobs.get(blob.key);
        stream.destroy();
        return stream.readableHighWaterMark;
      }
      return 0;
    };
    expect(await inTime(CHUNK_BYTES, chunkBytes)).toBe(CHUNK_BYTES);
    expect(await inTime([], openBlobs)).toEqual([]);
  });

  it.each([
    ['Retrieve Study', CONNECTIONS],
    ['Retrieve Series', CONNECTIONS],
    ['Retrieve Instance', CONNECTIONS],
    ['Retrieve Frames', CONNECTIONS * FRAMES_ASKED_FOR],
  ])('leaves an audit event for each %s', async (transaction, count) => {
    expect(await inTime(count, () => events(transaction))).toBe(count);
  });

  it('leaves an audit event for each Store', async () => {
    for (const uid of studies) expect(await inTime(1, () => events('Store', uid)), uid).toBe(1);
  });

  it('leaves an audit event also where it goes before we know who it is', async () => {
    const before = await events('Retrieve Metadata');
    const { access } = server.services;
    const byApiKey = access.byApiKey.bind(access);
    const socket = await connected();
    const gone = new Promise((resolve) => socket.once('close', resolve));
    vi.spyOn(access, 'byApiKey').mockImplementationOnce(async (given) => {
      socket.destroy();
      await gone;
      // The server's side of the connection hears of it a little later.
      await sleep(200);
      return byApiKey(given);
    });
    socket.write(wire(`${instance}/metadata`, 'application/dicom+json'));
    expect(await inTime(before + 1, () => events('Retrieve Metadata'))).toBe(before + 1);
  });

  it('takes nothing from others: each gets the frame it asked for', async () => {
    for (let number = 1; number <= 24; number += 1) {
      const headers = { ...signed(), Accept: OCTETS };
      const answer = await request(server.url, `${instance}/frames/${number}`, { headers });
      expect(answer.status).toBe(200);
      expect(answer.body.equals(frame(number)), `frame ${number}`).toBe(true);
    }
  });
});

describe('a WebSocket asked for on a connection that still waits for an answer', () => {
  it('ends that connection and nothing else', async () => {
    const socket = await connected();
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    socket.write(Buffer.concat([wire(study, DICOM_PARTS), Buffer.from(UPGRADE)]));
    await ended;
    const answer = await request(server.url, `${instance}/metadata`, { headers: signed() });
    expect(answer.status).toBe(200);
    expect(await inTime([], openBlobs)).toEqual([]);
  });
});

describe('a client that pipelines requests and stays', () => {
  it('gets all answers, in their order, and the connection gathers no listeners', async () => {
    const asked = Array.from({ length: 60 }, (_, i) => ((i * 7) % FRAMES) + 1);
    const socket = await connected();
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    for (const again of [1, 2]) {
      chunks.length = 0;
      socket.write(Buffer.concat(asked.map((number) => wire(`${instance}/frames/${number}`, OCTETS))));
      const whole = () => answersIn(Buffer.concat(chunks)).length;
      expect(await inTime(asked.length, whole), `time ${again}`).toBe(asked.length);
      for (const [i, answer] of answersIn(Buffer.concat(chunks)).entries()) {
        expect(answer.status).toBe(200);
        expect(answer.body.equals(frame(asked[i] ?? 0)), `answer ${i}`).toBe(true);
      }
    }
    socket.destroy();
    expect(warnings).toEqual([]);
  });
});
