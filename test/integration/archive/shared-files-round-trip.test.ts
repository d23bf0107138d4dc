import { expect, inject, it } from 'vitest';
import { findInstance, readInstance } from '../../../server/archive/retrieve/retrieve-instances.ts';
import { storeInstance } from '../../../server/archive/store/store-instance.ts';
import type { StoreOutcome } from '../../../server/archive/store/store-outcome.ts';
import { deleteFromArchive } from '../../../server/archive/upkeep/delete-from-archive.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { describeWithSharedFiles, forEachOfTwo, readShared, sharedFiles } from '../dicom/shared-files.ts';
import { REFUSED_FILES } from './refused-files.ts';

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

function store({ services }: TestServer, path: string): Promise<StoreOutcome> {
  return storeInstance(services.archive, { content: inChunks(readShared(path)) }).outcome;
}

/** Whether what is stored under the outcome's UIDs are the bytes of `path`. */
async function comesBack(
  { services: { archive } }: TestServer,
  path: string,
  outcome: StoreOutcome,
): Promise<boolean> {
  if (outcome.kind !== 'stored') return false;
  const chunks: Uint8Array[] = [];
  for await (const chunk of readInstance(archive, await findInstance(archive, outcome))) chunks.push(chunk);
  return Buffer.concat(chunks).equals(Buffer.from(readShared(path)));
}

/** Stores `paths`; answers those whose UIDs another file has that was stored first. Throws where a file is neither kept nor rightly refused. */
async function storeRound(
  server: TestServer,
  paths: string[],
  refused: Map<string, StoreOutcome>,
): Promise<string[]> {
  const later: string[] = [];
  const studies = new Set<string>();
  await forEachOfTwo(paths, async (path) => {
    const outcome = await store(server, path);
    if (outcome.kind === 'stored') {
      studies.add(outcome.studyInstanceUID);
      if (!(await comesBack(server, path, outcome))) throw new Error(`${path} does not come back as it was`);
    } else if (outcome.failure === 'duplicate') later.push(path);
    else refused.set(path, outcome);
  });
  for (const studyInstanceUID of studies)
    await deleteFromArchive(
      server.services.archive,
      { studyInstanceUID },
      { actor: 'test', roles: [], address: null, requestId: null },
    );
  if (later.length === paths.length) throw new Error(`duplicates of nothing: ${later.join(', ')}`);
  return later;
}

async function storeAll(server: TestServer, paths: string[]): Promise<Map<string, StoreOutcome>> {
  const refused = new Map<string, StoreOutcome>();
  // Many files are one instance in several encodings: each gets its turn in an archive that holds none of the others.
  for (let rest = paths; rest.length > 0; ) rest = await storeRound(server, rest, refused);
  return refused;
}

describeWithSharedFiles('every shared file', () => {
  it('comes back as it was, or is refused for the reason that the table gives', async () => {
    const server = await startServer({ store: 'files' });
    try {
      const refused = await storeAll(server, sharedFiles());
      expect([...refused.keys()].sort()).toEqual(Object.keys(REFUSED_FILES).sort());
      for (const [path, outcome] of refused) {
        const { failure, detail } = REFUSED_FILES[path] ?? {};
        expect(outcome, path).toMatchObject({
          kind: 'failed',
          failure,
          detail: expect.stringMatching(detail ?? ''),
        });
      }
      let left = 0;
      for await (const _ of server.services.archive.blobs.list('instances/')) left += 1;
      expect(left).toBe(0);
    } finally {
      await server.stop();
    }
  }, 120_000);

  it.runIf(inject('objectStore'))(
    'comes back from S3 too (every tenth)',
    async () => {
      const server = await startServer({ store: 's3' });
      try {
        const sample = sharedFiles().filter((_, i) => i % 10 === 0);
        const refused = await storeAll(server, sample);
        for (const path of refused.keys()) expect(Object.keys(REFUSED_FILES)).toContain(path);
      } finally {
        await server.stop();
      }
    },
    120_000,
  );
});
