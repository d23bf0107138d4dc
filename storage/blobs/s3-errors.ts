import { setTimeout as sleep } from 'node:timers/promises';
import { S3Error } from 'minio';
import {
  BlobError,
  BlobNotFoundError,
  BlobRangeError,
  BlobStoreFullError,
  BlobStoreUnavailableError,
} from './blob-errors.ts';

const FULL = ['XMinioStorageFull', 'InsufficientStorage', 'QuotaExceeded', 'XMinioAdminBucketQuotaExceeded'];
/** Answers after which the same request may succeed. */
const PASSING = [
  'SlowDown',
  'InternalError',
  'ServiceUnavailable',
  'RequestTimeout',
  'OperationAborted',
  'XMinioServerNotInitialized',
];
const ATTEMPTS = 3;
const BACK_OFF_MS = 150;

/** Whether S3 said that there is no such object. A missing bucket is not that. */
export function saysAbsent(error: unknown): boolean {
  return codeOf(error) === 'NoSuchKey' || codeOf(error) === 'NotFound';
}

/** Whether S3 knows us (or not) and says no. */
export function isRefusal(error: unknown): boolean {
  return codeOf(error) === 'AccessDenied';
}

/** What S3, the minio client or the network threw, as an error of the blob store. */
export function translateS3Error(error: unknown, key: string): BlobError {
  if (error instanceof BlobError) return error;
  const code = codeOf(error);
  if (saysAbsent(error)) return new BlobNotFoundError(key, { cause: error });
  if (code === 'InvalidRange') return new BlobRangeError(key, { cause: error });
  if (code !== undefined && FULL.includes(code)) return new BlobStoreFullError({ cause: error });
  const reason = [code, error instanceof Error ? error.message : String(error)].filter(Boolean).join(': ');
  return new BlobStoreUnavailableError(`the S3 store failed: ${reason}`, { cause: error });
}

/** Repeats a request that does no harm when done twice, while its failure looks like one that passes. */
export async function withRetries<T>(request: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request();
    } catch (error) {
      if (attempt === ATTEMPTS || signal?.aborted || !mayPass(error)) throw error;
      await sleep(BACK_OFF_MS * 4 ** (attempt - 1) * (0.5 + Math.random()));
    }
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof BlobError) return false;
  const code = codeOf(error);
  // Without an answer of S3's it was the network, or a 5xx that the client doesn't read.
  return error instanceof S3Error ? code !== undefined && PASSING.includes(code) : code !== 'ABORT_ERR';
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
