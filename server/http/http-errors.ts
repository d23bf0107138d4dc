/**
 * Faults that a request itself can have. Other rooms' errors carry a stable `code`; problem.ts alone says which status
 * each becomes.
 */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  /** `message` is shown to the client: what was wrong, and what would be right. */
  constructor(
    status: number,
    message: string,
    options?: ErrorOptions & { headers?: Record<string, string> },
  ) {
    super(message, options);
    this.name = new.target.name;
    this.status = status;
    this.headers = options?.headers ?? {};
  }
}

/** A multipart body that does not follow RFC 2046 5.1, or goes past a limit. */
export class MultipartError extends HttpError {
  constructor(message: string, status = 400) {
    super(status, message);
  }
}
