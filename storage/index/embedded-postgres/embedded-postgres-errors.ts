/** Faults of the embedded PostgreSQL. `code` is stable; the message says what to do about it. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

export type EmbeddedPostgresErrorCode =
  | 'POSTGRES_BINARIES_MISSING'
  | 'POSTGRES_FOLDER_CLOSED'
  | 'POSTGRES_OTHER_VERSION'
  | 'POSTGRES_DID_NOT_START';
