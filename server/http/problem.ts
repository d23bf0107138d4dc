import { HttpError } from './http-errors.ts';

/** RFC 9457. `title` is fixed for a status; `detail` says what was wrong with this request. */
export interface Problem {
  status: number;
  title: string;
  detail: string;
  headers: Readonly<Record<string, string>>;
}

/** What becomes of the errors of other rooms, by their stable codes. Anything else is a 500 that says nothing internal. */
const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  INVALID_SEARCH: 400,
  INVALID_REQUEST: 400,
  NOT_SIGNED_IN: 401,
  WRONG_CREDENTIALS: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  // PS3.18 Table 10.6.3-1.
  SEARCH_TOO_BROAD: 413,
  GONE: 410,
  TOO_MANY_TRIES: 429,
  // No frames to be had: the resource that the URL names isn't there.
  NO_PIXELS: 404,
  // PS3.18 8.7.8: the image is there, but no acceptable representation of it can be made.
  UNSUPPORTED_PIXELS: 406,
  // PS3.18 Table 8.5-1 knows no 422 where something is retrieved, and the request was right: what is stored is damaged.
  BROKEN_FRAME: 500,
  IMAGING_BUSY: 503,
  BLOB_STORE_UNAVAILABLE: 503,
  INDEX_UNAVAILABLE: 503,
  BLOB_STORE_FULL: 507,
  INDEX_FULL: 507,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  507: 'Insufficient Storage',
};

const RETRY_AFTER_SECONDS = '5';

/** The answer that `error` becomes. A 5xx repeats no error but those of imaging, which are written for whoever asked. */
export function problemOf(error: unknown): Problem {
  if (error instanceof HttpError) return problem(error.status, error.message, error.headers);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const status = typeof code === 'string' ? STATUS_BY_CODE[code] : undefined;
  if (status === undefined || !(error instanceof Error))
    return problem(500, 'The server failed to answer this request.');
  if (status === 401)
    return problem(status, error.message, { 'WWW-Authenticate': 'Bearer realm="isocenter"' });
  if (status === 503)
    return problem(
      status,
      code === 'IMAGING_BUSY'
        ? error.message
        : 'A service behind this server does not answer; try again soon.',
      { 'Retry-After': RETRY_AFTER_SECONDS },
    );
  if (status === 507) return problem(status, 'There is no room left to store in.');
  return problem(status, error.message);
}

function problem(status: number, detail: string, headers: Readonly<Record<string, string>> = {}): Problem {
  return { status, title: TITLES[status] ?? 'Error', detail, headers };
}
