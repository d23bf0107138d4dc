import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from 'minio';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import {
  BlobNotFoundError,
  BlobStoreFullError,
  BlobStoreUnavailableError,
} from '../../../../storage/blobs/blob-errors.ts';
import { S3BlobStore } from '../../../../storage/blobs/s3-blob-store.ts';
import type { S3Options } from '../../../../storage/blobs/s3-client.ts';
import { digest, inChunks, readAll, sampleBytes, stallingAfter } from './blob-content.ts';
import { describeBlobStore } from './blob-store-contract.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { growthOfPut } from './memory-of-put.ts';

const MIB = 1024 * 1024;
const PART = 8 * MIB;
const given = inject('objectStore');

/** The given store with a prefix of our own, and a plain client to look at it from the side. */
function freshOptions(): S3Options & { prefix: string } {
  if (!given) throw new Error('no S3 store');
  return { ...given, prefix: `test-${randomUUID()}` };
}

function plainClient(): Client {
  const { endpoint, accessKey, secretKey, region } = freshOptions();
  const url = new URL(endpoint);
  return new Client({
    endPoint: url.hostname,
    ...(url.port && { port: Number(url.port) }),
    useSSL: url.protocol === 'https:',
    accessKey,
    secretKey,
    region,
  });
}

/** MinIO lists unfinished uploads only for the exact name of an object. */
async function countUploads(options: S3Options & { prefix: string }, key: string): Promise<number> {
  const uploads = plainClient().listIncompleteUploads(options.bucket, `${options.prefix}/${key}`, true);
  return (await uploads.toArray()).length;
}

async function removeAll(options: S3Options & { prefix: string }): Promise<void> {
  const client = plainClient();
  for await (const { name } of client.listObjectsV2(options.bucket, options.prefix, true)) {
    await client.removeObject(options.bucket, name);
  }
}

describe.skipIf(!given)('on a real S3 server', () => {
  describeBlobStore('the S3 store', async () => {
    const options = freshOptions();
    const store = new S3BlobStore(options);
    await store.open();
    return {
      store,
      countUnfinished: (key) => countUploads(options, key),
      remove: async () => {
        store.close();
        await removeAll(options);
      },
    };
  });

  describe('the S3 store, when something is wrong', () => {
    let options: ReturnType<typeof freshOptions>;
    let proxy: FaultyProxy;
    let store: S3BlobStore;

    beforeAll(async () => {
      options = freshOptions();
      proxy = await startFaultyProxy(options.endpoint);
      store = new S3BlobStore({ ...options, endpoint: proxy.endpoint, idleTimeoutMs: 700 });
      await store.open();
    });
    afterEach(() => {
      proxy.fault = { kind: 'none' };
    });
    afterAll(async () => {
      store.close();
      await proxy.close();
      await removeAll(options);
    });

    /** Every kind of request answers "unavailable", none "absent". */
    async function expectUnavailable(broken: S3BlobStore, reason: RegExp): Promise<void> {
      const attempts = [
        () => broken.get('wrong/a'),
        () => broken.get('wrong/a', { start: 0, endExclusive: 1 }),
        () => broken.stat('wrong/a'),
        () => broken.put('wrong/a', inChunks(sampleBytes(10))),
        () => broken.put('wrong/b', inChunks(sampleBytes(PART + 1))),
        () => broken.delete('wrong/a'),
        () => broken.check(),
        () => broken.sweepUnfinished(new Date()),
        async () => {
          for await (const _ of broken.list('')) void _;
        },
      ];
      for (const attempt of attempts) {
        const error = await attempt().catch((thrown: unknown) => thrown);
        expect(error, String(attempt)).toBeInstanceOf(BlobStoreUnavailableError);
        expect(String(error), String(attempt)).toMatch(reason);
      }
      broken.close();
    }

    it('is unavailable, not empty, with a wrong secret', async () => {
      const broken = new S3BlobStore({ ...options, secretKey: 'wrong-secret' });
      await expectUnavailable(broken, /SignatureDoesNotMatch|AccessDenied/);
    });

    it('is unavailable, not empty, with a wrong access key', async () => {
      const broken = new S3BlobStore({ ...options, accessKey: 'nobody' });
      await expectUnavailable(broken, /InvalidAccessKeyId|AccessDenied/);
    });

    it('is unavailable where nobody listens', async () => {
      await expectUnavailable(
        new S3BlobStore({ ...options, endpoint: 'http://127.0.0.1:9' }),
        /ECONNREFUSED/,
      );
    });

    it('is unavailable, not empty, where the bucket is missing', async () => {
      const broken = new S3BlobStore({ ...options, bucket: `missing-${randomUUID()}` });
      for (const attempt of [() => broken.get('a/b'), () => broken.stat('a/b'), () => broken.delete('a/b')]) {
        await expect(attempt()).rejects.toThrow(BlobStoreUnavailableError);
      }
      broken.close();
    });

    it('makes its bucket, once, however many ask for it', async () => {
      const bucket = `made-${randomUUID()}`;
      const stores = [1, 2, 3].map(() => new S3BlobStore({ ...options, bucket }));
      await Promise.all(stores.map((each) => each.put('a/b', inChunks(sampleBytes(1)))));
      await stores[0]?.check();
      await stores[0]?.delete(`a/b`);
      for (const each of stores) each.close();
      await plainClient().removeBucket(bucket);
    });

    it('is silent about its secrets', () => {
      expect(store.describe()).toContain(options.bucket);
      expect(JSON.stringify(store) + store.describe()).not.toContain(options.secretKey);
    });

    it('refuses an endpoint with a path', () => {
      expect(() => new S3BlobStore({ ...options, endpoint: 'http://localhost:9000/s3' })).toThrow(
        /without a path/,
      );
      expect(() => new S3BlobStore({ ...options, endpoint: 'ftp://localhost' })).toThrow(/http/);
    });

    it.each(['GET', 'HEAD', 'PUT', 'DELETE'])('repeats a %s that the network cut off', async (method) => {
      const bytes = sampleBytes(1000, 5);
      proxy.fault = { kind: 'cut-request', pattern: new RegExp(`^${method} `), times: 2 };
      await store.put('cut/a', inChunks(bytes));
      expect((await store.stat('cut/a'))?.sizeBytes).toBe(1000);
      expect(digest(await readAll(await store.get('cut/a')))).toBe(digest(bytes));
      await store.delete('cut/a');
      expect(proxy.fault.times).toBe(0);
    });

    it('repeats a part and the last request of a large upload', async () => {
      const bytes = sampleBytes(PART + 100, 6);
      for (const pattern of [/^PUT .*partNumber=1/, /^POST .*uploads/, /^POST .*uploadId=/]) {
        proxy.fault = { kind: 'cut-request', pattern, times: 2 };
        await store.put('cut/large', inChunks(bytes));
        expect(digest(await readAll(await store.get('cut/large')))).toBe(digest(bytes));
        expect(proxy.fault.times).toBe(0);
      }
    });

    it('knows a finished upload for its own when the answer was lost', async () => {
      const bytes = sampleBytes(PART + 100, 7);
      proxy.fault = { kind: 'lose-answer', pattern: /^POST .*uploadId=/, times: 1 };
      await store.put('lost/answer', inChunks(bytes));
      expect(digest(await readAll(await store.get('lost/answer')))).toBe(digest(bytes));
    });

    it('leaves nothing when a part never gets through', async () => {
      proxy.fault = { kind: 'cut-request', pattern: /^PUT .*partNumber=2/, times: 1000 };
      await expect(store.put('cut/never', inChunks(sampleBytes(3 * PART)))).rejects.toThrow(
        BlobStoreUnavailableError,
      );
      proxy.fault = { kind: 'none' };
      expect(await store.stat('cut/never')).toBeUndefined();
      expect(await countUploads(options, 'cut/never')).toBe(0);
    });

    it('breaks off a part on its way when aborted', async () => {
      const abort = new AbortController();
      const reason = new Error('gone');
      const storing = store.put('cut/aborted', stallingAfter(2 * PART + 1), { signal: abort.signal });
      await vi.waitFor(async () => expect(await countUploads(options, 'cut/aborted')).toBe(1), {
        timeout: 5000,
      });
      abort.abort(reason);
      await expect(storing).rejects.toBe(reason);
      expect(await countUploads(options, 'cut/aborted')).toBe(0);
    });

    it('gives up on a server that says nothing', async () => {
      await store.put('silent/a', inChunks(sampleBytes(10)));
      proxy.fault = { kind: 'silence' };
      const begin = Date.now();
      await expect(store.stat('silent/a')).rejects.toThrow(/no answer for 0\.7 s/);
      await expect(store.get('silent/a')).rejects.toThrow(BlobStoreUnavailableError);
      expect(Date.now() - begin).toBeLessThan(20_000);
    });

    it('fails a download that is cut short or goes silent, and never ends it as if whole', async () => {
      await store.put('short/a', inChunks(sampleBytes(30 * MIB)));
      proxy.fault = { kind: 'cut-answer', afterBytes: MIB };
      await expect(store.get('short/a').then(readAll)).rejects.toThrow(BlobStoreUnavailableError);
      proxy.fault = { kind: 'none' };
      const stream = await store.get('short/a');
      let read = 0;
      await expect(
        (async () => {
          for await (const chunk of stream) {
            read += chunk.length;
            proxy.fault = { kind: 'silence' };
          }
        })(),
      ).rejects.toThrow(/silent/);
      expect(read).toBeLessThan(30 * MIB);
    });

    it('gives a slow reader its time', async () => {
      await store.put('slow/a', inChunks(sampleBytes(20 * MIB, 8)));
      const stream = await store.get('slow/a');
      let read = 0;
      for await (const chunk of stream) {
        // Twice the time after which a silent server is given up.
        if (read === 0) await new Promise((resolve) => setTimeout(resolve, 1400));
        read += chunk.length;
      }
      expect(read).toBe(20 * MIB);
    });

    it('keeps connections for the next request', async () => {
      await store.put('kept/a', inChunks(sampleBytes(10)));
      const before = proxy.connections;
      for (let i = 0; i < 20; i += 1) await readAll(await store.get('kept/a'));
      expect(proxy.connections - before).toBeLessThanOrEqual(2);
    });

    it('needs little memory for a large blob', async () => {
      expect(await growthOfPut({ kind: 's3', ...options }, 300)).toBeLessThan(100);
    });
  });
});

describe('the S3 store before a server with troubles of its own', () => {
  let answer: { status: number; body: string };
  let requests = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      // The bucket itself is there.
      if (request.method === 'HEAD' && /^\/bucket\/?$/.test(request.url ?? '')) {
        response.end();
        return;
      }
      requests += 1;
      response.writeHead(answer.status, { 'content-type': 'application/xml' }).end(answer.body);
    });
  });
  let store: S3BlobStore;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    store = new S3BlobStore({
      endpoint: `http://127.0.0.1:${port}`,
      bucket: 'bucket',
      region: 'us-east-1',
      accessKey: 'key',
      secretKey: 'secret',
    });
  });
  afterAll(async () => {
    store.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function xml(code: string): string {
    return `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  }

  it('says that it is full', async () => {
    answer = { status: 507, body: xml('XMinioStorageFull') };
    await expect(store.put('a/b', inChunks(sampleBytes(5)))).rejects.toThrow(BlobStoreFullError);
  });

  it.each([500, 503, 429])('tries again on %i, a few times, and frees the connections', async (status) => {
    answer = { status, body: 'x'.repeat(100_000) };
    requests = 0;
    await expect(store.get('a/b')).rejects.toThrow(BlobStoreUnavailableError);
    expect(requests).toBe(3);
    const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
    const before = sockets();
    for (let i = 0; i < 3; i += 1) await store.stat('a/b').catch(() => undefined);
    await vi.waitFor(() => expect(sockets()).toBeLessThanOrEqual(before + 1));
  });

  it('does not repeat what will not pass', async () => {
    answer = { status: 403, body: xml('AccessDenied') };
    requests = 0;
    await expect(store.get('a/b')).rejects.toThrow(BlobStoreUnavailableError);
    expect(requests).toBe(1);
    answer = { status: 404, body: xml('NoSuchKey') };
    await expect(store.get('a/b')).rejects.toThrow(BlobNotFoundError);
    expect(requests).toBe(2);
  });
});
