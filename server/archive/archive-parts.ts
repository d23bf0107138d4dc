import type { BlobStore } from '../../storage/blobs/blob-store.ts';
import type { Pool } from '../../storage/index/pool.ts';
import type { Searches } from '../../storage/index/search/search-replica.ts';
import type { InsertQueue } from '../../storage/index/store/insert-queue.ts';
import type { ImagingPool } from '../imaging/imaging-pool.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { ByteCache } from './byte-cache.ts';
import type { WorkItemEventFeed } from './work-items/event-feed.ts';

/** What the use cases work with; compose.ts makes it. */
export interface ArchiveParts {
  blobs: BlobStore;
  pool: Pool;
  /** For searches, which may be long: on connections of their own, or on a replica. */
  searches: Searches;
  insertQueue: InsertQueue;
  /** Brings the events of work items to whoever has subscribed. */
  workItemEvents: WorkItemEventFeed;
  imaging: ImagingPool;
  /** Finished answers, one budget for all kinds of them. */
  cache: ByteCache;
  /** A folder for files that no longer matter when the process ends; made when it is needed. */
  scratchDirectory: string;
  /** What becomes of an object whose UIDs are stored already; see the setting. */
  duplicates: 'keep' | 'replace' | 'refuse';
  logger: Logger;
  metrics: Metrics;
}
