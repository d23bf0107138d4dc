import { BlobRangeError } from './blob-errors.ts';
import type { ByteRange } from './blob-store.ts';

/** Throws a `BlobRangeError` unless `range` is whole numbers, not empty, and, where `sizeBytes` is known, inside the blob. */
export function checkByteRange(key: string, range: ByteRange, sizeBytes = Number.MAX_SAFE_INTEGER): void {
  const { start, endExclusive } = range;
  const isRange = Number.isSafeInteger(start) && Number.isSafeInteger(endExclusive) && start >= 0;
  if (!isRange || start >= endExclusive || endExclusive > sizeBytes) throw new BlobRangeError(key);
}
