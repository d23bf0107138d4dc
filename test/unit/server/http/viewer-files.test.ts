import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import Koa from 'koa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compressText } from '../../../../server/http/compression.ts';
import { viewerFiles } from '../../../../server/http/viewer-files.ts';

const script = Buffer.from(`console.log(${JSON.stringify('slice '.repeat(2000))});`);
const [brotli, gzip] = [brotliCompressSync(script), gzipSync(script)];
let server: Server;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'viewer-files-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>all</title>');
  writeFileSync(join(folder, 'viewer.html'), '<!doctype html><title>viewer</title>');
  for (const [name, bytes] of [
    ['made.js', script],
    ['made.js.br', brotli],
    ['made.js.gz', gzip],
    ['plain.js', script],
  ] as const) {
    writeFileSync(join(folder, 'assets', name), bytes);
  }
  const app = new Koa().use(compressText).use(viewerFiles(folder));
  server = createServer(app.callback());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const fetchAsset = (name: string, acceptEncoding: string) => fetchFile(`/assets/${name}`, acceptEncoding);

async function fetchFile(path: string, acceptEncoding: string) {
  const { port } = server.address() as AddressInfo;
  const headers = { 'Accept-Encoding': acceptEncoding };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ port, host: '127.0.0.1', path, headers, agent: false }, resolve).on('error', reject);
  });
  return { status: answer.statusCode, headers: answer.headers, body: await buffer(answer) };
}

describe('the files of the viewer', () => {
  it('go out as the build has compressed them, in an encoding that the browser takes', async () => {
    const asBrotli = await fetchAsset('made.js', 'gzip, deflate, br, zstd');
    expect(asBrotli.headers['content-encoding']).toBe('br');
    expect(asBrotli.body.equals(brotli)).toBe(true);
    expect(brotliDecompressSync(asBrotli.body).equals(script)).toBe(true);
    const asGzip = await fetchAsset('made.js', 'gzip');
    expect(asGzip.headers['content-encoding']).toBe('gzip');
    expect(asGzip.body.equals(gzip)).toBe(true);
    for (const { headers, body } of [asBrotli, asGzip]) {
      expect(headers['content-type']).toMatch(/^(text|application)\/javascript/);
      expect(headers['content-length']).toBe(String(body.length));
      expect(headers.vary).toMatch(/accept-encoding/i);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    }
  });

  it('go out as they are to who takes no encoding', async () => {
    const { headers, body } = await fetchAsset('made.js', 'identity');
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers.vary).toMatch(/accept-encoding/i);
    expect(body.equals(script)).toBe(true);
  });

  it('are compressed on the way where the build has not', async () => {
    const { headers, body } = await fetchAsset('plain.js', 'gzip, br');
    expect(headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(body).equals(script)).toBe(true);
  });

  it('are missed with 404 in every encoding', async () => {
    expect((await fetchAsset('none.js', 'br')).status).toBe(404);
  });

  it('have a page for the study viewer, one for all others, and none for what is neither', async () => {
    for (const path of ['/', '/settings', '/sign-in']) {
      const { status, headers, body } = await fetchFile(path, 'identity');
      expect([status, body.toString()]).toEqual([200, '<!doctype html><title>all</title>']);
      expect(headers['cache-control']).toBe('no-cache');
    }
    const viewer = await fetchFile('/viewer?StudyInstanceUIDs=1.2.3', 'identity');
    expect(viewer.body.toString()).toBe('<!doctype html><title>viewer</title>');
    expect((await fetchFile('/nowhere', 'identity')).status).toBe(404);
  });
});
