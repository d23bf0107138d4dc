import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstance, testUid } from '../support/make-instance.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { get, request, storeAll } from './requests.ts';

let server: TestServer;
const study = testUid();
beforeAll(async () => {
  server = await startServer();
  await storeAll(server, [makeInstance({ attributes: { StudyInstanceUID: study }, image: {} })]);
});
afterAll(() => server?.stop());

const ENOUGH_MS = 5000;

/** Sends `text` as it is, and gives what comes back until the server ends the connection or an answer is there. */
function speak(text: string | Uint8Array): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let heard = '';
    const done = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(heard);
    };
    const timer = setTimeout(done, ENOUGH_MS);
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      if (/\r\n\r\n/.test(heard)) done();
    });
    socket.on('end', done);
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? done() : reject(error),
    );
  });
}

const statusOf = (heard: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(heard)?.[1] ?? 0);
const START = 'POST /dicom-web/studies HTTP/1.1\r\nHost: 127.0.0.1\r\n';
const TYPE = 'Content-Type: multipart/related; type="application/dicom"; boundary=XX\r\n';

async function expectAlive(): Promise<void> {
  expect((await get(server, `/studies/${study}/metadata`)).status).toBe(200);
}

describe('a request that is no honest HTTP', () => {
  it.each([
    ['a Content-Length of 2^63', `${START}${TYPE}Content-Length: 9223372036854775808\r\n\r\n`],
    ['a Content-Length of 2^64', `${START}${TYPE}Content-Length: 18446744073709551616\r\n\r\n`],
    ['a negative Content-Length', `${START}${TYPE}Content-Length: -1\r\n\r\n`],
    ['two Content-Lengths', `${START}${TYPE}Content-Length: 3\r\nContent-Length: 30\r\n\r\nabc`],
    [
      'a length and chunks (smuggling)',
      `${START}${TYPE}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
    ],
    ['a broken chunk', `${START}${TYPE}Transfer-Encoding: chunked\r\n\r\nZZ\r\n`],
    ['a header without end', `GET /dicom-web/studies HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(200_000)}`],
    ['ten thousand headers', `GET / HTTP/1.1\r\nHost: a\r\n${'X-A: b\r\n'.repeat(20_000)}\r\n`],
    ['a target of a hundred thousand characters', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['no Host', 'GET /dicom-web/studies HTTP/1.1\r\n\r\n'],
    ['a header that goes on in the next line', 'GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c: d\r\n\r\n'],
    ['noise', Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256)],
  ])('with %s is a 4xx or a closed connection, and hurts nobody', async (_, text) => {
    const status = statusOf(await speak(text));
    expect(status === 0 || (status >= 400 && status < 500)).toBe(true);
    await expectAlive();
  });

  it.each(['127.0.0.1:8080"><script>', 'evil.example/path', 'a b', 'x\ty', '[::1', 'user:pw@evil.example'])(
    'under the Host %s is not echoed into URLs',
    async (host) => {
      const heard = await speak(
        `GET /dicom-web/studies HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      expect(statusOf(heard)).toBeGreaterThanOrEqual(400);
      expect(heard).not.toContain('script>');
    },
  );
});

describe('what a request says is not echoed into headers', () => {
  it.each([
    '/studies?limit=1%0d%0aX-Evil:1',
    '/studies/1.2%0d%0aX-Evil:1/metadata',
    `/studies/${study}/metadata?accept=a/b%0d%0aX-Evil:1`,
    `/studies/${study}/metadata?charset=%0d%0aX-Evil:1`,
  ])('%s', async (path) => {
    const answer = await get(server, path);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.headers).not.toHaveProperty('x-evil');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });
});

describe('an Accept header', () => {
  it.each([
    ['of thousands of ranges', 'a/b,'.repeat(2000)],
    ['of thousands of parameters', `a/b${';a=b'.repeat(2000)}`],
    ['of quotes that never end', `multipart/related; type="${'\\"'.repeat(4000)}`],
    ['of commas', ','.repeat(8000)],
    ['of spaces', `a/b${' '.repeat(8000)};q=1`],
  ])('%s is answered within a moment', async (_, accept) => {
    const started = performance.now();
    const answer = await get(server, `/studies/${study}/metadata`, accept);
    expect([400, 406]).toContain(answer.status);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('a client that says nothing', () => {
  it('does not keep others from being served', async () => {
    const { hostname, port } = new URL(server.url);
    const silent = Array.from({ length: 200 }, () => connect(Number(port), hostname));
    try {
      for (const socket of silent)
        socket.on('error', () => undefined).write(`${START}${TYPE}Content-Length: 100\r\n\r\n`);
      await expectAlive();
      expect((await request(server.url, '/healthz')).status).toBe(200);
    } finally {
      for (const socket of silent) socket.destroy();
    }
  });
});
