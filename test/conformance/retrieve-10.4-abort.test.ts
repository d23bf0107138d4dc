import { readdir, readlink } from 'node:fs/promises';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { get, storeAll } from './requests.ts';

const JPEG_LS = '1.2.840.10008.1.2.4.80';
const RLE = '1.2.840.10008.1.2.5';

let server: TestServer;
let path = '';
let study = '';
/** 64 frames of half a megabyte, which no codec makes much shorter. */
const FRAMES = 64;
const SIDE = 512;

beforeAll(async () => {
  server = await startServer({ store: 'files' });
  const names = { StudyInstanceUID: testUid(), SeriesInstanceUID: testUid(), SOPInstanceUID: testUid() };
  const pixelBytes = Buffer.alloc(SIDE * SIDE * 2 * FRAMES);
  for (let i = 0, x = 1; i < pixelBytes.length; i += 2) {
    x = (Math.imul(x, 1103515245) + 12345) >>> 0;
    pixelBytes.writeUInt16LE(x >>> 20, i);
  }
  const image = { rows: SIDE, columns: SIDE, bitsAllocated: 16, frames: FRAMES, pixelBytes };
  await storeAll(server, [makeInstance({ attributes: names, image })]);
  study = `/studies/${names.StudyInstanceUID}`;
  path = `${study}/series/${names.SeriesInstanceUID}/instances/${names.SOPInstanceUID}`;
});
afterAll(() => server?.stop());

/** Reads a little of an answer as slowly as can be, then leaves. */
async function leaveEarly(resource: string, accept: string): Promise<void> {
  const { hostname, port } = new URL(server.url);
  await new Promise<void>((resolve, reject) => {
    const outgoing = http.get(
      { hostname, port, path: `/dicom-web${resource}`, headers: { Accept: accept }, agent: false },
      (incoming) => {
        incoming.once('data', () => {
          incoming.pause();
          setTimeout(() => {
            outgoing.destroy();
            resolve();
          }, 300);
        });
        incoming.on('error', () => undefined);
      },
    );
    outgoing.on('error', reject);
    outgoing.once('response', () => outgoing.removeAllListeners('error').on('error', () => undefined));
  });
}

/** Asks, and leaves while the server begins to work, whether or not it has answered. */
async function leaveAtOnce(resource: string, accept: string): Promise<void> {
  const { hostname, port } = new URL(server.url);
  const options = {
    hostname,
    port,
    path: `/dicom-web${resource}`,
    headers: { Accept: accept },
    agent: false,
  };
  const outgoing = http.get(options).on('error', () => undefined);
  for (let waited = 0; server.services.archive.imaging.busy === 0 && waited < 2000; waited += 5)
    await sleep(5);
  outgoing.destroy();
}

/** Files of the object store, and scratch files, that this process holds open. */
async function openFiles(): Promise<string[]> {
  const names = await readdir('/proc/self/fd');
  const targets = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
  return targets.filter((target) => /\.dcm$|\.scratch/.test(target));
}

async function untilFree(): Promise<{ files: string[]; clients: number; busy: number }> {
  const { imaging, pool } = server.services.archive;
  for (let waited = 0; ; waited += 20) {
    const state = { files: await openFiles(), clients: pool.totalCount - pool.idleCount, busy: imaging.busy };
    if ((state.files.length === 0 && state.clients === 0 && state.busy === 0) || waited >= 1000) return state;
    await sleep(20);
  }
}

describe('a client that goes away in the middle of an answer', () => {
  it.each([
    ['an instance being compressed', () => path, `application/dicom; transfer-syntax=${JPEG_LS}`],
    [
      'a study being compressed',
      () => study,
      `multipart/related; type="application/dicom"; transfer-syntax=${RLE}`,
    ],
    [
      'frames being compressed',
      () => `${path}/frames/${Array.from({ length: FRAMES }, (_, i) => i + 1).join()}`,
      'multipart/related; type="image/jls"',
    ],
    ['a zip archive', () => study, `application/zip; transfer-syntax=${RLE}`],
    ['a zip archive of stored files', () => study, 'application/zip; transfer-syntax=*'],
    [
      'a study as it is stored',
      () => study,
      'multipart/related; type="application/dicom"; transfer-syntax=*',
    ],
    ['all bulk data', () => `${study}/bulkdata`, 'multipart/related; type="application/octet-stream"'],
    ['rendered frames', () => `${path}/rendered`, 'multipart/related; type="image/png"'],
    ['a rendered study', () => `${study}/rendered`, 'multipart/related; type="image/jpeg"'],
    ['an animation', () => `${path}/rendered`, 'image/gif'],
  ])('frees threads, files and connections within a second: %s', async (_, resource, accept) => {
    await Promise.all(Array.from({ length: 4 }, () => leaveEarly(resource(), accept)));
    expect(await untilFree()).toEqual({ files: [], clients: 0, busy: 0 });
  });

  it.each([
    ['an animation whose every frame is needed first', () => `${path}/rendered`, 'image/webp'],
    ['a rendering', () => `${path}/frames/64/rendered`, 'image/jp2'],
    [
      'a study being compressed',
      () => study,
      'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.201',
    ],
    ['a zip archive', () => study, `application/zip; transfer-syntax=${JPEG_LS}`],
  ])('frees them before anything was answered, too: %s', async (_, resource, accept) => {
    await Promise.all(Array.from({ length: 4 }, () => leaveAtOnce(resource(), accept)));
    expect(await untilFree()).toEqual({ files: [], clients: 0, busy: 0 });
  });

  it('does not keep others from theirs', async () => {
    const answer = await get(server, `${path}/frames/64`, 'image/jls');
    expect(answer.status, answer.text.slice(0, 300)).toBe(200);
  });
});

describe('an answer that a client does not take', () => {
  it('is not worked on ahead of it', async () => {
    const { imaging } = server.services.archive;
    const { hostname, port } = new URL(server.url);
    const headers = { Accept: `application/dicom; transfer-syntax=${RLE}` };
    const incoming = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const options = { hostname, port, path: `/dicom-web${path}`, headers, agent: false };
      http.get(options, resolve).on('error', reject);
    });
    incoming.pause();
    // Until the buffers between here and there are full; they hold some megabytes.
    for (let idle = 0, waited = 0; idle < 10 && waited < 30_000; waited += 20) {
      await sleep(20);
      idle = imaging.busy === 0 ? idle + 1 : 0;
    }
    expect(imaging.busy).toBe(0);
    expect(incoming.complete).toBe(false);
    let bytes = 0;
    for await (const chunk of incoming) bytes += (chunk as Buffer).length;
    expect(bytes).toBeGreaterThan(SIDE * SIDE * 2 * FRAMES * 0.9);
  });
});
