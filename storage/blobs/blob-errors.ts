/** Faults of the blob stores. `code` is stable; `cause` holds what the file system or the S3 client said. */
export class BlobError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

export class BlobNotFoundError extends BlobError {
  constructor(key: string, options?: ErrorOptions) {
    super('BLOB_NOT_FOUND', `no blob at ${key}`, options);
  }
}

export class BlobRangeError extends BlobError {
  constructor(key: string, options?: ErrorOptions) {
    super('BLOB_RANGE', `the range reaches past the end of ${key}`, options);
  }
}

export class BlobKeyError extends BlobError {
  constructor(key: string) {
    super('BLOB_KEY', `not a blob key: ${JSON.stringify(key.slice(0, 80))}`);
  }
}

/** The store has no room left; nothing of the blob was kept. */
export class BlobStoreFullError extends BlobError {
  constructor(options?: ErrorOptions) {
    super('BLOB_STORE_FULL', 'the object store is full', options);
  }
}

/** The store did not answer, or refused us. Never to be taken for "absent". */
export class BlobStoreUnavailableError extends BlobError {
  constructor(message: string, options?: ErrorOptions) {
    super('BLOB_STORE_UNAVAILABLE', message, options);
  }
}
