import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

const study = testUid();
const series = testUid();
const made = Array.from({ length: INSTANCES }, (_, i) => {
  const pixelBytes = new Uint8Array(200_000 + i * 2000);
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
