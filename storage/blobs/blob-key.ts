import { BlobKeyError } from './blob-errors.ts';

/** S3 allows 1024 bytes a key; the rest is for the store's own prefix. */
const MAX_KEY_LENGTH = 700;
/** File systems allow 255 bytes a name. */
const MAX_SEGMENT_LENGTH = 200;
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/** Throws a `BlobKeyError` unless `key` is one by the rules of `BlobStore`. */
export function checkBlobKey(key: string): void {
  const isKey = key.length <= MAX_KEY_LENGTH && key.split('/').every(isSegment);
  if (!isKey) throw new BlobKeyError(key);
}

/** Throws a `BlobKeyError` unless some key may start with `prefix`. */
export function checkBlobPrefix(prefix: string): void {
  const segments = prefix.split('/');
  const last = segments.pop() ?? '';
  const isPrefix =
    prefix.length <= MAX_KEY_LENGTH && segments.every(isSegment) && (last === '' || isSegment(last));
  if (!isPrefix) throw new BlobKeyError(prefix);
}

function isSegment(segment: string): boolean {
  return segment.length <= MAX_SEGMENT_LENGTH && SEGMENT.test(segment);
}
