import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type Koa from 'koa';
import type { BlobStore } from '../storage/blobs/blob-store.ts';
import { FileBlobStore } from '../storage/blobs/file-blob-store.ts';
import { startEmbeddedPostgres } from '../storage/index/embedded-postgres/embedded-postgres.ts';
import { migrate } from '../storage/index/migrate.ts';
import { createPool, createSearchPool, type DatabaseLocation, type Pool } from '../storage/index/pool.ts';
import { type ReplicaState, type Searches, SearchReplica } from '../storage/index/search/search-replica.ts';
import { InsertQueue } from '../storage/index/store/insert-queue.ts';
import { API_PREFIX, apiRoutes } from './api/routes.ts';
import type { ArchiveParts } from './archive/archive-parts.ts';
import { ByteCache } from './archive/byte-cache.ts';
import { findValues } from './archive/search/searchable-values.ts';
import { statementIn } from './archive/store/instance-record.ts';
import { pairStoreWithIndex } from './archive/upkeep/pair-store.ts';
import { WorkItemEventFeed } from './archive/work-items/event-feed.ts';
import { AuditLog } from './audit/audit-log.ts';
import { Access } from './auth/access.ts';
import { auditRequests } from './auth/audit-requests.ts';
import { authenticate, authenticateNobody, authorize } from './auth/authenticate.ts';
import { PERMISSIONS } from './auth/permissions.ts';
import { Preferences } from './auth/preferences.ts';
import type { Settings } from './config/settings.ts';
import { dicomwebRoutes } from './dicomweb/routes.ts';
import { DICOMWEB_PREFIX } from './dicomweb/uri.ts';
import { WADO_URI_PREFIX, wadoUriRoutes } from './dicomweb/wado-uri/routes.ts';
import { createApp } from './http/app.ts';
import { networkOf } from './http/forwarded.ts';
import { CLOSING } from './http/listen.ts';
import { routesMiddleware } from './http/router.ts';
import { viewerFiles } from './http/viewer-files.ts';
import { IMAGING_EDITION } from './imaging/edition.ts';
import { ImagingPool } from './imaging/imaging-pool.ts';
import type { Logger } from './telemetry/logger.ts';
import { Metrics } from './telemetry/metrics.ts';
import { healthRoutes, measureRequests } from './telemetry/routes.ts';

/** What the archive's processes and commands work with, ready to use. */
export interface Services {
  settings: Settings;
  logger: Logger;
  pool: Pool;
  archive: ArchiveParts;
  access: Access;
  preferences: Preferences;
  audit: AuditLog;
  /** Ends in reverse order of the beginning; may be called twice. */
  stop(): Promise<void>;
}

export interface OpenOptions {
  /** Restart the embedded PostgreSQL when it dies: for the one process that serves. */
  supervise?: boolean;
  /** The process that forked this one has brought the schema up to date. */
  migrated?: boolean;
  /** Do not look whether database and object store belong together: each is to be checked by itself first. */
  unpaired?: boolean;
  /** Keeps tests apart in one database and one bucket. */
  schema?: string;
  s3Prefix?: string;
  /** Instead of what the settings name. */
  blobs?: BlobStore;
}

/** Connections of one process: 64 for all that share a machine, but two each. The embedded PostgreSQL allows 300. */
function poolSize({ workers }: Settings): number {
  return Math.min(16, Math.max(2, Math.floor(64 / workers)));
}

/**
 * Codecs keep a core busy each. A client's one connection leads to one process, which may take all cores while the others have nothing
 * to do; threads start when they are needed, end when idle, and give way to whatever else wants to run.
 */
function imagingThreads(): number {
  return Math.min(4, availableParallelism());
}

/** Searches run on the replica, where there is one. */
function openSearches(
  settings: Settings,
  primary: Pool,
  logger: Logger,
  options: OpenOptions,
  stops: (() => Promise<void>)[],
): Searches {
  if (!settings.databaseReplicaUrl) return { run: (work) => work(primary) };
  const location = { connection: { connectionString: settings.databaseReplicaUrl }, schema: options.schema };
  const replica = createSearchPool(location, poolSize(settings), (error) =>
    logger.warn({ err: error }, 'replica_connection_lost'),
  );
  stops.push(() => replica.end());
  const onChange = (state: ReplicaState, reason: unknown) =>
    state === 'used'
      ? logger.info('replica_used')
      : logger.warn(reason instanceof Error ? { err: reason } : { reason }, `replica_${state}`);
  return new SearchReplica({ primary, replica, onChange });
}

/** Starts or reaches PostgreSQL and the object store, and brings the database to this version's schema. */
export async function openServices(
  settings: Settings,
  logger: Logger,
  options: OpenOptions = {},
): Promise<Services> {
  const stops: (() => Promise<void>)[] = [];
  const stopAll = async () => {
    for (let last = stops.pop(); last; last = stops.pop()) await last();
  };
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= stopAll();
    return stopped;
  };
  try {
    const database = await openDatabase(settings, logger, options, stops);
    const pool = createPool({ ...database, schema: options.schema }, poolSize(settings), (error) =>
      logger.warn({ err: error }, 'index_connection_lost'),
    );
    stops.push(() => pool.end());
    const searchPool = createSearchPool(
      { ...database, schema: options.schema },
      poolSize(settings),
      (error) => logger.warn({ err: error }, 'index_connection_lost'),
    );
    stops.push(() => searchPool.end());
    if (!options.migrated) await migrate(pool, options.schema);
    const blobs = options.blobs ?? (await openBlobStore(settings, options.s3Prefix));
    if (!options.migrated && !options.unpaired) await pairStoreWithIndex(blobs, pool);
    const insertQueue = new InsertQueue(pool, findValues, statementIn, (error) =>
      logger.warn({ err: error }, 'store_in_one_statement_failed'),
    );
    stops.push(() => insertQueue.drain());
    const workItemEvents = new WorkItemEventFeed({ pool, logger });
    stops.push(() => workItemEvents.close());
    const imaging = new ImagingPool({
      threads: imagingThreads(),
      onFault: (error) => logger.warn({ err: error }, 'imaging_thread_lost'),
    });
    stops.push(() => imaging.stop());
    const audit = new AuditLog(pool, logger);
    stops.push(() => audit.drain());
    return {
      settings,
      logger,
      pool,
      archive: {
        blobs,
        pool,
        searches: openSearches(settings, searchPool, logger, options, stops),
        insertQueue,
        workItemEvents,
        imaging,
        cache: new ByteCache(settings.cacheBytes),
        scratchDirectory: join(settings.dataDirectory, 'scratch'),
        duplicates: settings.duplicates,
        logger,
        metrics: sharedMetrics(),
      },
      access: new Access(pool),
      preferences: new Preferences(pool),
      audit,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openDatabase(
  settings: Settings,
  logger: Logger,
  options: OpenOptions,
  stops: (() => Promise<void>)[],
): Promise<DatabaseLocation> {
  if (settings.databaseUrl) return { connection: { connectionString: settings.databaseUrl } };
  const embedded = await startEmbeddedPostgres({
    dataDir: settings.dataDirectory,
    supervise: options.supervise ?? false,
    onLog: (event, detail) => logger.info({ detail }, event),
  });
  stops.push(() => embedded.stop());
  return { connection: embedded.connection };
}

async function openBlobStore(settings: Settings, prefix: string | undefined): Promise<BlobStore> {
  if (!settings.s3) return new FileBlobStore({ directory: join(settings.dataDirectory, 'objects') });
  // The client takes 40 MB of memory, which those who keep files need not spend.
  const { S3BlobStore } = await import('../storage/blobs/s3-blob-store.ts');
  return new S3BlobStore(prefix === undefined ? settings.s3 : { ...settings.s3, prefix });
}

/** Beside this file's folder, in the checkout and in dist alike: `dist/viewer`. */
function builtViewer(): string {
  const here = fileURLToPath(new URL('..', import.meta.url));
  return here.replace(/[\\/]+$/, '').endsWith('dist') ? join(here, 'viewer') : join(here, 'dist', 'viewer');
}

export function productVersion(): string {
  const here = fileURLToPath(new URL('..', import.meta.url));
  const folder = here.replace(/[\\/]+$/, '').endsWith('dist') ? join(here, '..') : here;
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return version;
}

/** The Koa application over `services`: health, DICOMweb, the API and the viewer, on one port. */
export function createServerApp(services: Services): Koa {
  const { settings, logger, archive, access, audit } = services;
  const off = settings.authentication === 'off';
  const servedByTls = settings.tls !== undefined || settings.publicUrl?.startsWith('https:') === true;
  const metrics = sharedMetrics();
  const health = {
    check: async () => {
      await services.pool.query('SELECT 1');
      await archive.blobs.check();
    },
  };
  const permissions = new Set<string>(PERMISSIONS);
  const onRouted = auditRequests(audit);
  const { corsOrigins } = settings;
  const pageOrigins = [...corsOrigins, ...(settings.publicUrl ? [new URL(settings.publicUrl).origin] : [])];
  const trustedProxies = settings.trustedProxies.map(networkOf);
  const dicomweb = { archive, publicUrl: settings.publicUrl, version: IMAGING_EDITION };
  const app = createApp({ logger, corsOrigins, trustedProxies }, [
    measureRequests(metrics),
    viewerFiles(builtViewer()),
    off ? authenticateNobody(pageOrigins) : authenticate(access, pageOrigins),
    healthRoutes(health, metrics, authorize),
    routesMiddleware(DICOMWEB_PREFIX, dicomwebRoutes(dicomweb), permissions, authorize, onRouted),
    routesMiddleware(WADO_URI_PREFIX, wadoUriRoutes(dicomweb), permissions, authorize, onRouted),
    routesMiddleware(
      API_PREFIX,
      apiRoutes({
        archive,
        access: off ? undefined : access,
        audit,
        preferences: services.preferences,
        notDiagnosticNotice: settings.notDiagnosticNotice,
        servedByTls,
        version: productVersion(),
      }),
      permissions,
      authorize,
      onRouted,
    ),
  ]);
  app.once(CLOSING, () => void archive.workItemEvents.close());
  return app;
}

let metrics: Metrics | undefined;

/** The library's registry is one a process, however many applications a test makes. */
function sharedMetrics(): Metrics {
  metrics ??= new Metrics();
  return metrics;
}
