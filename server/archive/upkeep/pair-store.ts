import { Readable } from 'node:stream';
import { BlobNotFoundError } from '../../../storage/blobs/blob-errors.ts';
import type { BlobStore } from '../../../storage/blobs/blob-store.ts';
import { archiveId } from '../../../storage/index/archive-id.ts';
import type { Pool } from '../../../storage/index/pool.ts';
import { ArchiveError } from '../archive-errors.ts';

const KEY = 'archive-id';

/** Database and object store are of different archives: used together, the sweeper would take all of the store for orphans. */
class StoreMismatchError extends ArchiveError {
  constructor(store: string) {
    super(
      'STORE_MISMATCH',
      `the object store (${store}) belongs to another archive than the database. Check ISOCENTER_DATABASE_URL, ISOCENTER_S3_* and ` +
        `ISOCENTER_DATA_DIR. Only if the database was given up on purpose, remove the object "${KEY}" from the store`,
    );
  }
}

/** Marks a store that is used for the first time as this database's; throws where it bears another mark. */
export async function pairStoreWithIndex(blobs: BlobStore, pool: Pool): Promise<void> {
  const wanted = await archiveId(pool);
  // A new S3 store has no bucket yet; this makes it.
  await blobs.check();
  const found = await markOf(blobs);
  if (found === undefined) await blobs.put(KEY, Readable.from([Buffer.from(wanted)]));
  else if (found !== wanted) throw new StoreMismatchError(blobs.describe());
}

async function markOf(blobs: BlobStore): Promise<string | undefined> {
  try {
    let mark = '';
    for await (const chunk of await blobs.get(KEY)) mark += String(chunk);
    return mark;
  } catch (error) {
    if (error instanceof BlobNotFoundError) return undefined;
    throw error;
  }
}
