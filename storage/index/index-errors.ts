/** Faults of the index. `code` is stable; `cause` holds what PostgreSQL or its client said. */
export class IndexError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** PostgreSQL is not there, is starting or stopping, or cut the connection: the same call may succeed later. */
export class IndexUnavailableError extends IndexError {
  constructor(options?: ErrorOptions) {
    super('INDEX_UNAVAILABLE', 'the index does not answer', options);
  }
}

/** PostgreSQL has no room left; nothing of the transaction was kept. */
export class IndexFullError extends IndexError {
  constructor(options?: ErrorOptions) {
    super('INDEX_FULL', 'the index is full', options);
  }
}

/** Another transaction removed or added a row between two statements of this one. */
export class LostRaceError extends IndexError {
  constructor() {
    super('LOST_RACE', 'the rows changed meanwhile');
  }
}

/** An earlier try may have stored it, without an answer; the last one did not. */
export class OutcomeUnknownError extends IndexError {
  constructor(options?: ErrorOptions) {
    super('OUTCOME_UNKNOWN', 'nobody knows whether the index keeps it', options);
  }
}

/** The search would have taken longer than one may. */
export class SearchTooBroadError extends IndexError {
  constructor(options?: ErrorOptions) {
    super('SEARCH_TOO_BROAD', 'the search is too broad: it takes too long; narrow it down', options);
  }
}

const CONNECTION_FAULTS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
]);

function sqlStateOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

/** True where the connection was lost, so that whether the transaction was committed is not known. */
export function isConnectionFault(error: unknown): boolean {
  if (error instanceof IndexUnavailableError) return true;
  const code = sqlStateOf(error);
  if (CONNECTION_FAULTS.has(code)) return true;
  // PostgreSQL appendix A: class 08 connection exceptions; 57P01-57P03 shutting down or starting up; 53300 too many connections.
  if (/^(08...|57P0[1-5]|53300)$/.test(code)) return true;
  return (
    error instanceof Error &&
    /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
      error.message,
    )
  );
}

/**
 * True where PostgreSQL itself said that it refused the statement: then nothing of the transaction was kept. Of any other fault
 * nobody knows whether it came before or after the commit.
 */
export function isCertainlyNotCommitted(error: unknown): boolean {
  if (error instanceof IndexFullError) return true;
  const code = sqlStateOf(error);
  // 40003: statement completion unknown.
  return (
    /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code) && code !== '40003' && !isConnectionFault(error)
  );
}

/** True where PostgreSQL ended a statement that took longer than it may (57014 query canceled). */
export function isCanceled(error: unknown): boolean {
  return sqlStateOf(error) === '57014';
}

/** True where PostgreSQL ended the transaction because of another one: run again, it may succeed. */
export function isContentionFault(error: unknown): boolean {
  if (error instanceof LostRaceError) return true;
  // 40001 serialization failure, 40P01 deadlock, 23503 a parent that a concurrent delete removed.
  return ['40001', '40P01', '23503'].includes(sqlStateOf(error));
}

/** Names the fault where it is the database's, not the caller's. */
export function translateIndexError(error: unknown): unknown {
  if (error instanceof IndexError) return error;
  if (isConnectionFault(error)) return new IndexUnavailableError({ cause: error });
  if (['53100', '53200'].includes(sqlStateOf(error))) return new IndexFullError({ cause: error });
  return error;
}
