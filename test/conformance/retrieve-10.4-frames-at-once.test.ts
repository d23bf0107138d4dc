import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { storeAll } from './requests.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

const INSTANCES = 12;
const REQUESTS = 400;
const STUDY_REQUESTS = 90;
const AT_ONCE = 40;
const SHORTEST_FRAME_BYTES = 200_000;
/** As many as there is memory for in all. */
const FRAMES_OF_ONE = 4;
const PATIENCE = { timeout: 20_000 };

const study = testUid();
const series = testUid();
const made = Array.from({ length: INSTANCES }, (_, i) => {
  const pixelBytes = new Uint8Array(SHORTEST_FRAME_BYTES + i * 2000);
  pixelBytes.forEach((_, at) => {
    pixelBytes[at] = (at * 31 + i * 7 + (at >> 8)) & 255;
  });
  return { uid: testUid(), pixelBytes };
});

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const frameOf = (uid: string, leavesAfter: number | undefined) =>
  ask(`/series/${series}/instances/${uid}/frames/1`, 'application/octet-stream', leavesAfter);

/** The answer's body; undefined where the client goes after `leavesAfter` bytes of it, before the answer where that is 0. */
function ask(below: string, type: string, leavesAfter: number | undefined): Promise<Buffer | undefined> {
  const path = `/dicom-web/studies/${study}${below}`;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const sent = httpRequest(
      `${server.url}${path}`,
      { headers: { Accept: `${type}; transfer-syntax=*` } },
      (answer) => {
        answer.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          bytes += chunk.length;
          if (leavesAfter !== undefined && bytes >= leavesAfter) answer.destroy();
        });
        answer.on('end', () => resolve(Buffer.concat(chunks)));
        answer.on('close', () => resolve(undefined));
        answer.on('error', () => resolve(undefined));
      },
    );
    sent.on('error', (error) => (leavesAfter === undefined ? reject(error) : resolve(undefined)));
    sent.end();
    if (leavesAfter === 0) setTimeout(() => sent.destroy(), 1);
  });
}

/** All that one connection receives that asks for a frame of each of `uids` before it reads an answer. */
function askedTogether(uids: readonly string[]): Promise<Buffer> {
  const { host, hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const requests = uids.map((uid, i) =>
    [
      `GET /dicom-web/studies/${study}/series/${series}/instances/${uid}/frames/1 HTTP/1.1`,
      `Host: ${host}`,
      'Accept: application/octet-stream; transfer-syntax=*',
      `Connection: ${i === uids.length - 1 ? 'close' : 'keep-alive'}`,
    ]
      .map((line) => `${line}\r\n`)
      .join(''),
  );
  socket.write(requests.map((request) => `${request}\r\n`).join(''));
  return buffer(socket);
}

const files = made.map(({ uid, pixelBytes }) =>
  makeInstance({
    attributes: { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID: uid },
    image: { rows: 1000, columns: pixelBytes.length / 1000, bitsAllocated: 8, pixelBytes },
  }),
);
beforeAll(() => storeAll(server, files));

/** Runs `work` for 0 to `count` - 1, many at once. */
async function atOnce(count: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const one = async () => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

describe('one connection that asks for many frames before it reads any', () => {
  it('has memory for one of them, and gets them all', async () => {
    const { blobs } = server.services.archive;
    let letRead: () => void = () => undefined;
    const mayRead = new Promise<void>((resolve) => {
      letRead = resolve;
    });
    const readStored = blobs.readInto.bind(blobs);
    const readInto = vi.spyOn(blobs, 'readInto').mockImplementation(async (key, start, target) => {
      if (target.byteLength >= SHORTEST_FRAME_BYTES) await mayRead;
      await readStored(key, start, target);
    });
    const streamed = vi.spyOn(blobs, 'get');
    const framesInMemory = () =>
      readInto.mock.calls.filter(([, , target]) => target.byteLength >= SHORTEST_FRAME_BYTES).length;
    const framesStreamed = () =>
      streamed.mock.calls.filter(
        ([, range]) => range && range.endExclusive - range.start >= SHORTEST_FRAME_BYTES,
      ).length;
    const uidsOfOne = made.slice(0, FRAMES_OF_ONE).map(({ uid }) => uid);
    const last = made[INSTANCES - 1];
    try {
      const answers = askedTogether(uidsOfOne);
      await vi.waitFor(() => expect(framesStreamed()).toBe(FRAMES_OF_ONE - 1), PATIENCE);
      expect(framesInMemory()).toBe(1);
      const another = frameOf(last?.uid ?? '', undefined);
      await vi.waitFor(() => expect(framesInMemory()).toBe(2), PATIENCE);
      letRead();
      const bytes = await answers;
      let at = 0;
      for (const { pixelBytes } of made.slice(0, FRAMES_OF_ONE)) {
        at = bytes.indexOf(pixelBytes, at);
        expect(at).toBeGreaterThan(0);
      }
      expect((await another)?.equals(last?.pixelBytes ?? new Uint8Array())).toBe(true);
    } finally {
      letRead();
      readInto.mockRestore();
      streamed.mockRestore();
    }
  });
});

describe('frames that many ask for at once, some of whom leave', () => {
  it('are each the one that was asked for', async () => {
    const expected = made.map(({ pixelBytes }) => digest(pixelBytes));
    let whole = 0;
    await atOnce(REQUESTS, async (n) => {
      const which = (n * 5) % INSTANCES;
      const leavesAfter = n % 3 === 0 ? [0, 1, 100_000][n % 9 === 0 ? 0 : n % 2 === 0 ? 1 : 2] : undefined;
      const bytes = await frameOf(made[which]?.uid ?? '', leavesAfter);
      if (leavesAfter !== undefined && !bytes) return;
      expect(bytes && digest(bytes), `request ${n}`).toBe(expected[which]);
      whole += 1;
    });
    expect(whole).toBeGreaterThan(REQUESTS / 2);
  });
});

describe('studies that many ask for at once, some of whom leave', () => {
  it('are whole, each instance as it was stored', async () => {
    let whole = 0;
    await atOnce(STUDY_REQUESTS, async (n) => {
      const leavesAfter = n % 3 === 0 ? n * 20_000 : undefined;
      const type = 'multipart/related; type="application/dicom"';
      const bytes = await ask('', type, leavesAfter);
      if (leavesAfter !== undefined && !bytes) return;
      for (const [i, file] of files.entries())
        expect(bytes?.includes(Buffer.from(file)), `request ${n}, instance ${i}`).toBe(true);
      whole += 1;
    });
    expect(whole).toBeGreaterThanOrEqual((STUDY_REQUESTS * 2) / 3);
  });
});
