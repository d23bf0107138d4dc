import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeInstance } from '../../../server/archive/store/store-instance.ts';
import { sweepOrphans, verifyBlobs } from '../../../server/archive/upkeep/check-integrity.ts';
import { BlobStoreUnavailableError } from '../../../storage/blobs/blob-errors.ts';
import { makeInstance } from '../../support/make-instance.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ store: 'files' });
});
afterAll(() => server?.stop());

const HOUR_MS = 3_600_000;
const objects = () => join(server.services.settings.dataDirectory, 'objects');

async function storeOne(): Promise<{ blobKey: string; sopInstanceUID: string }> {
  const outcome = await storeInstance(server.services.archive, {
    content: Readable.from([makeInstance({ image: {} })]),
  }).outcome;
  if (outcome.kind !== 'stored') throw new Error(outcome.detail);
  const { rows } = await server.services.pool.query<{ blob_key: string }>(
    'SELECT blob_key FROM instance WHERE sop_instance_uid = $1',
    [outcome.sopInstanceUID],
  );
  return { blobKey: rows[0]?.blob_key ?? '', sopInstanceUID: outcome.sopInstanceUID };
}

async function findings() {
  const found = [];
  let whole = 0;
  for await (const finding of verifyBlobs(server.services.archive)) {
    if (finding) found.push(finding);
    else whole += 1;
  }
  return { found, whole };
}

async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of server.services.archive.blobs.list('')) {
    // The mark that pairs the store with its database.
    if (key !== 'archive-id') found.push(key);
  }
  return found.sort();
}

describe('verifying', () => {
  it('finds what is missing and what has changed, and nothing else', async () => {
    const [good, missing, changed] = [await storeOne(), await storeOne(), await storeOne()];
    expect(await findings()).toEqual({ found: [], whole: 3 });
    await rm(join(objects(), missing.blobKey));
    const bytes = await readFile(join(objects(), changed.blobKey));
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    await writeFile(join(objects(), changed.blobKey), bytes);
    expect(await findings()).toEqual({
      found: [
        { ...missing, damage: 'missing' },
        { ...changed, damage: 'changed' },
      ],
      whole: 1,
    });
    expect(good.blobKey).toMatch(/^instances\/\d{4}\/\d\d\/\d\d\/\d\d\/[0-9a-f-]{36}\.dcm$/);
    await server.services.pool.query('DELETE FROM instance');
  });

  it('tells what could not be read from what is missing, and goes on', async () => {
    const [one, two] = [await storeOne(), await storeOne()];
    const { archive } = server.services;
    const broken = new Proxy(archive.blobs, {
      get: (target, name) =>
        name === 'get'
          ? () => Promise.reject(new BlobStoreUnavailableError('down'))
          : Reflect.get(target, name, target),
    });
    const found = [];
    for await (const finding of verifyBlobs({ ...archive, blobs: broken })) found.push(finding);
    expect(found).toEqual([
      { ...one, damage: 'unreadable' },
      { ...two, damage: 'unreadable' },
    ]);
    await server.services.pool.query('DELETE FROM instance');
  });
});

describe('sweeping', () => {
  it('removes orphans and unfinished uploads that are old, and nothing that is young or in use', async () => {
    const { archive } = server.services;
    await sweepOrphans(archive, new Date(Date.now() + HOUR_MS));
    expect(await keys()).toEqual([]);
    const known = await storeOne();
    const old = new Date(Date.now() - 48 * HOUR_MS);
    await utimes(join(objects(), known.blobKey), old, old);
    await archive.blobs.put('instances/old.dcm', Readable.from([Buffer.from('old')]));
    await utimes(join(objects(), 'instances/old.dcm'), old, old);
    await archive.blobs.put('instances/young.dcm', Readable.from([Buffer.from('young')]));
    await archive.blobs.put('elsewhere/old.dcm', Readable.from([Buffer.from('not ours')]));
    await utimes(join(objects(), 'elsewhere/old.dcm'), old, old);
    expect(await sweepOrphans(archive, new Date(Date.now() - 24 * HOUR_MS))).toBe(1);
    expect(await keys()).toEqual(['elsewhere/old.dcm', known.blobKey, 'instances/young.dcm'].sort());
  });

  it('leaves an upload alone that is on its way', async () => {
    const { archive } = server.services;
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const bytes = makeInstance({ image: {} });
    const storing = storeInstance(archive, {
      content: (async function* () {
        yield bytes.subarray(0, 300);
        await held;
        yield bytes.subarray(300);
      })(),
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await sweepOrphans(archive, new Date(Date.now() - 24 * HOUR_MS));
    release();
    expect((await storing.outcome).kind).toBe('stored');
    expect((await readdir(objects())).length).toBeGreaterThan(0);
  });
});

describe('storing', () => {
  it.each([
    ['the blob store is full', 'put', 'BlobStoreFullError', 'out-of-resources'],
    ['the blob store does not answer', 'put', 'BlobStoreUnavailableError', 'processing-failure'],
  ] as const)('fails the instance when %s, and keeps nothing', async (_, method, errorName, failure) => {
    const errors = await import('../../../storage/blobs/blob-errors.ts');
    const { archive } = server.services;
    const before = await keys();
    const broken = new Proxy(archive.blobs, {
      get: (target, name) =>
        name === method
          ? () => Promise.reject(new errors[errorName]('test'))
          : Reflect.get(target, name, target),
    });
    const outcome = await storeInstance(
      { ...archive, blobs: broken },
      { content: Readable.from([makeInstance()]) },
    ).outcome;
    expect(outcome).toMatchObject({ kind: 'failed', failure });
    expect(await keys()).toEqual(before);
  });
});
