import { createHash } from 'node:crypto';
import { BlobNotFoundError } from '../../storage/blobs/blob-errors.ts';
import { allBlobs, knownBlobKeys } from '../../storage/index/find-instances.ts';
import { onlyOne } from '../../storage/index/only-one.ts';
import type { ArchiveParts } from './archive-parts.ts';

export interface DamagedInstance {
  sopInstanceUID: string;
  blobKey: string;
  damage: 'missing' | 'changed';
}

/** Reads every stored blob again and compares it with the digest of when it was stored; yields each one after its check. */
export async function* verifyBlobs(parts: ArchiveParts): AsyncGenerator<DamagedInstance | undefined> {
  for await (const { blobKey, digest, sopInstanceUID } of allBlobs(parts.pool)) {
    const hash = createHash('sha256');
    try {
      for await (const chunk of await parts.blobs.get(blobKey)) hash.update(chunk);
    } catch (error) {
      // A store that does not answer is not a damaged instance: that error is passed on.
      if (!(error instanceof BlobNotFoundError)) throw error;
      // It may have been deleted since the row was read.
      const known = await knownBlobKeys(parts.pool, [blobKey]);
      yield known.has(blobKey) ? { sopInstanceUID, blobKey, damage: 'missing' } : undefined;
      continue;
    }
    yield Buffer.compare(hash.digest(), digest) === 0
      ? undefined
      : { sopInstanceUID, blobKey, damage: 'changed' };
  }
}

const ASKED_AT_ONCE = 500;

/**
 * Removes what storing left behind when it was cut off: uploads that never ended, and blobs that no row refers to. Only what
 * is older than `olderThan`: a younger blob's row may be on its way. Answers how many were removed.
 */
export async function sweepOrphans(parts: ArchiveParts, olderThan: Date): Promise<number> {
  let removed = await parts.blobs.sweepUnfinished(olderThan);
  let batch: string[] = [];
  const sweepBatch = async () => {
    const known = await knownBlobKeys(parts.pool, batch);
    for (const key of batch) {
      if (known.has(key)) continue;
      await parts.blobs.delete(key);
      parts.logger.info({ blobKey: key }, 'orphan_removed');
      removed += 1;
    }
    batch = [];
  };
  for await (const { key, modifiedAt } of parts.blobs.list('instances/')) {
    if (modifiedAt >= olderThan) continue;
    batch.push(key);
    if (batch.length >= ASKED_AT_ONCE) await sweepBatch();
  }
  await sweepBatch();
  return removed;
}

const SWEEP_LOCK = 7_150_312;

/** `sweepOrphans`, unless another process is at it: then undefined. */
export async function sweepOrphansOnce(parts: ArchiveParts, olderThan: Date): Promise<number | undefined> {
  let removed: number | undefined;
  await onlyOne(parts.pool, SWEEP_LOCK, async () => {
    removed = await sweepOrphans(parts, olderThan);
  });
  return removed;
}
