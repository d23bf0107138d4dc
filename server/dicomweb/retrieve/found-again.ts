import { NotFoundError } from '../../archive/archive-errors.ts';
import type { Transaction } from '../transaction.ts';

/** An object that is replaced more often than this while one answer begins is not worth waiting for. */
const TRIES = 3;

/**
 * `transaction`, begun anew where what it found was replaced before it could be read: an object that is there all the time is never a
 * 404. What fails after the first bytes of the answer is not met here.
 */
export function foundAgain(transaction: Transaction): Transaction {
  return async (service, context, parameters) => {
    for (let tries = 1; tries < TRIES; tries += 1) {
      try {
        return await transaction(service, context, parameters);
      } catch (error) {
        if (!isMissing(error)) throw error;
        // What was said of the object that is gone.
        for (const name of ['ETag', 'Last-Modified', 'Accept-Ranges']) context.remove(name);
      }
    }
    return transaction(service, context, parameters);
  };
}

/** The row or the blob that the index named a moment ago. */
function isMissing(error: unknown): boolean {
  return (
    error instanceof NotFoundError ||
    (error instanceof Error && 'code' in error && error.code === 'BLOB_NOT_FOUND')
  );
}
