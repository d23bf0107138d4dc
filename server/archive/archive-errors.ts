/** Faults that every gateway meets. `code` is stable; the message may be shown to whoever asked. */
export class ArchiveError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

export class InvalidSearchError extends ArchiveError {
  constructor(message: string) {
    super('INVALID_SEARCH', message);
  }
}

export class InvalidRequestError extends ArchiveError {
  constructor(message: string) {
    super('INVALID_REQUEST', message);
  }
}

/** Nothing of that name is stored. */
export class NotFoundError extends ArchiveError {
  constructor(what: string) {
    super('NOT_FOUND', what);
  }
}

/** It was stored once, and deleted. */
export class GoneError extends ArchiveError {
  constructor() {
    super('GONE', 'What had that name was deleted.');
  }
}
