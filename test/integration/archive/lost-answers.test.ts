import { rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeInstance } from '../../../server/archive/store/store-instance.ts';
import type { StoreOutcome } from '../../../server/archive/store/store-outcome.ts';
import type { Pool } from '../../../storage/index/pool.ts';
import { InsertQueue } from '../../../storage/index/store/insert-queue.ts';
import { makeInstance, testUid } from '../../support/make-instance.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ store: 'files' });
});
afterAll(() => server?.stop());

const make = () => {
  const sopInstanceUID = testUid();
  return {
    sopInstanceUID,
    bytes: makeInstance({ attributes: { SOPInstanceUID: sopInstanceUID }, image: {} }),
  };
};

function store(bytes: Uint8Array, insertQueue = server.services.archive.insertQueue): Promise<StoreOutcome> {
  return storeInstance({ ...server.services.archive, insertQueue }, { content: Readable.from([bytes]) })
    .outcome;
}

async function blobKeyOf(sopInstanceUID: string): Promise<string> {
  const { rows } = await server.services.pool.query<{ blob_key: string }>(
    'SELECT blob_key FROM instance WHERE sop_instance_uid = $1',
    [sopInstanceUID],
  );
  return rows[0]?.blob_key ?? '';
}

async function storedBytes(sopInstanceUID: string): Promise<Buffer> {
  return buffer(await server.services.archive.blobs.get(await blobKeyOf(sopInstanceUID)));
}

const saying = (code: string, message = code) => Object.assign(new Error(message), { code });

/** Stores through a connection that is lost once it has stored, and whose database then says `next` to each further try. */
function queueThatLosesAnAnswer(afterwards: () => Promise<unknown>): InsertQueue {
  const { pool } = server.services;
  const losing = {
    query: async (...given: Parameters<Pool['query']>) => {
      await pool.query(...given);
      throw saying('ECONNRESET', 'read ECONNRESET');
    },
    connect: async () => {
      await afterwards();
      return pool.connect();
    },
  };
  const never = () => {
    throw new Error('nothing is read again here');
  };
  return new InsertQueue(losing as unknown as Pool, () => [], never);
}

describe('an instance that was stored while its answer was lost', () => {
  // Read only, after another server took over; a full disk; a statement that was canceled.
  it.each(['25006', '53100', '57014'])(
    'keeps its bytes when the next try is refused with %s',
    async (code) => {
      const { sopInstanceUID, bytes } = make();
      const queue = queueThatLosesAnAnswer(() => Promise.reject(saying(code)));
      expect((await store(bytes, queue)).kind).toBe('failed');
      expect((await storedBytes(sopInstanceUID)).equals(bytes)).toBe(true);
      expect(await store(bytes)).toMatchObject({ kind: 'stored', already: true });
      expect((await storedBytes(sopInstanceUID)).equals(bytes)).toBe(true);
    },
  );

  it('is no success where its bytes went before the next try stored it', async () => {
    const { sopInstanceUID, bytes } = make();
    const queue = queueThatLosesAnAnswer(async () => {
      const key = await blobKeyOf(sopInstanceUID);
      await server.services.pool.query('DELETE FROM instance WHERE blob_key = $1', [key]);
      for await (const blob of server.services.archive.blobs.list('instances/'))
        if (key === '' || blob.key === key) await server.services.archive.blobs.delete(blob.key);
    });
    expect((await store(bytes, queue)).kind).toBe('failed');
    expect(await store(bytes)).toMatchObject({ kind: 'stored' });
    expect((await storedBytes(sopInstanceUID)).equals(bytes)).toBe(true);
  });
});

describe('an instance whose bytes were lost', () => {
  const pathOf = async (sopInstanceUID: string) =>
    join(server.services.settings.dataDirectory, 'objects', await blobKeyOf(sopInstanceUID));

  it.each([
    ['gone', (path: string) => rm(path)],
    ['cut off', (path: string) => truncate(path, 100)],
  ])('has them again once it is sent again: %s', async (_, lose) => {
    const { sopInstanceUID, bytes } = make();
    await store(bytes);
    await lose(await pathOf(sopInstanceUID));
    expect(await store(bytes)).toMatchObject({ kind: 'stored', already: true });
    expect((await storedBytes(sopInstanceUID)).equals(bytes)).toBe(true);
    const before = await blobKeyOf(sopInstanceUID);
    expect(await store(bytes)).toMatchObject({ kind: 'stored', already: true });
    expect(await blobKeyOf(sopInstanceUID)).toBe(before);
  });
});
