import {
  BlobError,
  BlobNotFoundError,
  BlobStoreFullError,
  BlobStoreUnavailableError,
} from './blob-errors.ts';

/** Runs `work`, and throws what the file system throws as an error of the blob store. */
export async function translatingFileErrors<T>(work: () => Promise<T>, key?: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translateFileError(error, key);
  }
}

/** `key` is the blob being read, where its absence is one of the things that may have happened. */
export function translateFileError(error: unknown, key?: string): unknown {
  if (error instanceof BlobError) return error;
  if (key !== undefined && isFileError(error, 'ENOENT', 'ENOTDIR'))
    return new BlobNotFoundError(key, { cause: error });
  if (isFileError(error, 'ENOSPC', 'EDQUOT')) return new BlobStoreFullError({ cause: error });
  const reason = error instanceof Error ? error.message : String(error);
  return new BlobStoreUnavailableError(`the file store failed: ${reason}`, { cause: error });
}

export function isFileError(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
