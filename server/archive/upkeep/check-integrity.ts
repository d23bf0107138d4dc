import { createHash } from 'node:crypto';
import { BlobNotFoundError } from '../../../storage/blobs/blob-errors.ts';
import { allBlobs, knownBlobKeys } from '../../../storage/index/find-instances.ts';
import { onlyOne } from '../../../storage/index/only-one.ts';
import { ArchiveError } from '../archive-errors.ts';
import type { ArchiveParts } from '../archive-parts.ts';

export interface DamagedInstance {
  sopInstanceUID: string;
  blobKey: string;
  damage: 'missing' | 'changed' | 'unreadable';
}

/** Reads every stored blob again and compares it with the digest of when it was stored; yields each one after its check. */
export async function* verifyBlobs(parts: ArchiveParts): AsyncGenerator<DamagedInstance | undefined> {
  for await (const { blobKey, digest, sopInstanceUID } of allBlobs(parts.pool)) {
    const hash = createHash('sha256');
    try {
      for await (const chunk of await parts.blobs.get(blobKey)) hash.update(chunk);
    } catch (error) {
      // It may have been deleted since the row was read.
      const known = await knownBlobKeys(parts.pool, [blobKey]);
      const damage = error instanceof BlobNotFoundError ? 'missing' : 'unreadable';
      yield known.has(blobKey) ? { sopInstanceUID, blobKey, damage } : undefined;
      continue;
    }
    yield Buffer.compare(hash.digest(), digest) === 0
      ? undefined
      : { sopInstanceUID, blobKey, damage: 'changed' };
  }
}

const ASKED_AT_ONCE = 500;
/** More orphans than a crash or two can leave are no orphans: an index was lost, or restored from a backup. */
const FEW_ORPHANS = 100;

/** There were so many blobs without a row that none was removed. */
export class TooManyOrphansError extends ArchiveError {
  constructor() {
    super(
      'TOO_MANY_ORPHANS',
      `more than ${FEW_ORPHANS} objects have no row in the index, so none was removed: was the database restored from a backup, or changed?`,
    );
  }
}

/**
 * Removes what storing left behind when it was cut off: uploads that never ended, and blobs that no row refers to. Only what
 * is older than `olderThan`: a younger blob's row may be on its way. Answers how many were removed. Throws a
 * `TooManyOrphansError`, with no blob removed, unless `evenMany`.
 */
export async function sweepOrphans(parts: ArchiveParts, olderThan: Date, evenMany = false): Promise<number> {
  const unfinished = await parts.blobs.sweepUnfinished(olderThan);
  const few: string[] = [];
  for await (const key of orphans(parts, olderThan)) {
    few.push(key);
    if (few.length > FEW_ORPHANS && !evenMany) throw new TooManyOrphansError();
  }
  for (const key of few) {
    await parts.blobs.delete(key);
    parts.logger.info({ blobKey: key }, 'orphan_removed');
  }
  return unfinished + few.length;
}

/** Keys of the blobs of instances, older than `olderThan`, that no row refers to. */
async function* orphans(parts: ArchiveParts, olderThan: Date): AsyncGenerator<string> {
  let batch: string[] = [];
  const unknown = async () => {
    const known = await knownBlobKeys(parts.pool, batch);
    const keys = batch.filter((key) => !known.has(key));
    batch = [];
    return keys;
  };
  for await (const { key, modifiedAt } of parts.blobs.list('instances/')) {
    if (modifiedAt >= olderThan) continue;
    batch.push(key);
    if (batch.length >= ASKED_AT_ONCE) yield* await unknown();
  }
  yield* await unknown();
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
