import { AsyncLocalStorage } from 'node:async_hooks';
import http from 'node:http';
import https from 'node:https';
import { Client, type ClientOptions } from 'minio';

export interface S3Options {
  /** Such as `https://s3.example.org` or `http://127.0.0.1:9000`; no path. */
  endpoint: string;
  bucket: string;
  region: string;
  accessKey: string;
  secretKey: string;
  /** Put before every key, as a folder: several archives may share a bucket. Default none. */
  prefix?: string;
  /** How long S3 may be silent while it owes us something. Default 60 s. */
  idleTimeoutMs?: number;
}

/** The least part that S3 takes is 5 MiB, and it takes 10 000 of them: objects up to 78 GiB. */
export const PART_SIZE_BYTES = 8 * 1024 * 1024;
const DEFAULT_IDLE_TIMEOUT_MS = 60_000;
/** Statuses whose answer the minio client throws away unread, which would keep its socket forever. */
const UNREAD_STATUSES = [408, 429, 499, 500, 502, 503, 504, 520];

interface Call {
  signal?: AbortSignal;
  /** The caller itself watches over the answer's body. */
  isDownload?: boolean;
}

const calls = new AsyncLocalStorage<Call>();

/** Does what `request` asks of the minio client so that `signal` ends it. */
export function inCall<T>(call: Call, request: () => Promise<T>): Promise<T> {
  return calls.run(call, request);
}

/** A minio client with connections kept open, and `close` to drop them. */
export interface S3Connection {
  client: Client;
  idleTimeoutMs: number;
  close(): void;
}

/** Throws a TypeError where the endpoint isn't a plain http or https URL. */
export function connectS3(options: S3Options): S3Connection {
  const url = new URL(options.endpoint);
  if (!['http:', 'https:'].includes(url.protocol) || url.pathname !== '/' || url.search !== '') {
    throw new TypeError(
      `the S3 endpoint must be http(s)://host[:port] without a path: ${url.origin}${url.pathname}`,
    );
  }
  const useSSL = url.protocol === 'https:';
  const agent = new (useSSL ? https : http).Agent({ keepAlive: true, maxFreeSockets: 32 });
  const idleTimeoutMs = options.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS;
  const client = new Client({
    endPoint: url.hostname.replace(/^\[|\]$/g, ''),
    ...(url.port !== '' && { port: Number(url.port) }),
    useSSL,
    accessKey: options.accessKey,
    secretKey: options.secretKey,
    region: options.region,
    pathStyle: true,
    partSize: PART_SIZE_BYTES,
    transportAgent: agent,
    transport: watchedTransport(useSSL ? https : http, idleTimeoutMs),
    // It retries with console.warn and leaks the socket of the failed try; ours are in s3-errors.ts.
    retryOptions: { disableRetry: true },
  });
  return { client, idleTimeoutMs, close: () => agent.destroy() };
}

/** The client knows neither a timeout nor an AbortSignal: both are added to each request as it goes out. */
function watchedTransport(
  transport: typeof http | typeof https,
  idleTimeoutMs: number,
): NonNullable<ClientOptions['transport']> {
  const request = (options: https.RequestOptions, onResponse: (response: http.IncomingMessage) => void) => {
    const call = calls.getStore();
    const outgoing = transport.request(
      { ...options, ...(call?.signal && { signal: call.signal }) },
      (response) => {
        if (call?.isDownload) outgoing.setTimeout(0);
        if (UNREAD_STATUSES.includes(response.statusCode ?? 0)) response.resume();
        onResponse(response);
      },
    );
    outgoing.setTimeout(idleTimeoutMs, () => {
      outgoing.destroy(new Error(`no answer for ${idleTimeoutMs / 1000} s`));
    });
    return outgoing;
  };
  return { request } as NonNullable<ClientOptions['transport']>;
}
