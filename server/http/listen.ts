import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type Koa from 'koa';
import { endWithConnection } from './answer-end.ts';
import { takeUpgrades, UpgradableRequest } from './upgrade.ts';

/** The event of the application that the server begins to close. */
export const CLOSING = 'closing';

export interface ListenOptions {
  host: string;
  /** 0: a free one. */
  port: number;
  tls: { certificatePath: string; keyPath: string } | undefined;
}

export interface Listening {
  /** Such as `http://127.0.0.1:8080`. */
  url: string;
  /** Takes no new requests; ends when those in flight have ended, or at the latest after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_MS = 65_000;
/** A peer that neither sends nor takes a byte for so long has gone. An upload itself may take as long as it needs. */
const SILENT_MS = 300_000;
/** Lists of UIDs in a query are long. */
const MOST_HEADER_BYTES = 64 * 1024;

/** Serves `app`, by HTTPS where `tls` is given (TLS 1.2 at least). Rejects where the address cannot be had. */
export async function listen(app: Koa, options: ListenOptions): Promise<Listening> {
  const answer = app.callback();
  const handle = (request: http.IncomingMessage, response: http.ServerResponse) => {
    endWithConnection(request, response);
    return answer(request, response);
  };
  const common = {
    IncomingMessage: UpgradableRequest,
    maxHeaderSize: MOST_HEADER_BYTES,
    requestTimeout: 0,
    headersTimeout: HEADERS_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  const server = options.tls
    ? https.createServer(
        {
          ...common,
          cert: readFileSync(options.tls.certificatePath),
          key: readFileSync(options.tls.keyPath),
          minVersion: 'TLSv1.2',
        },
        handle,
      )
    : http.createServer(common, handle);
  server.setTimeout(SILENT_MS);
  const upgrades = takeUpgrades(server, handle);
  await bind(server, options);
  const { port } = server.address() as AddressInfo;
  return {
    url: urlOf(options, port),
    close: (graceMs) => {
      // Those who hold connections open for long end them in their own protocol's words.
      app.emit(CLOSING);
      return close(server, graceMs, upgrades);
    },
  };
}

function bind(server: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => reject(new ListenError(host, port, error));
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

/** The address cannot be listened on. */
class ListenError extends Error {
  readonly code = 'CANNOT_LISTEN';

  constructor(host: string, port: number, cause: Error) {
    const reason =
      'code' in cause && cause.code === 'EADDRINUSE' ? 'another program listens there' : cause.message;
    super(`cannot listen on ${host}, port ${port}: ${reason}; see ISOCENTER_HOST and ISOCENTER_PORT`, {
      cause,
    });
    this.name = 'ListenError';
  }
}

/** Throws where the address cannot be had, before several processes find out. */
export async function assertFree(options: ListenOptions): Promise<void> {
  const server = createServer();
  await bind(server, options);
  await new Promise((resolve) => server.close(resolve));
}

/** The address as a client writes it. */
export function urlOf({ host, tls }: ListenOptions, port: number): string {
  return `${tls ? 'https' : 'http'}://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}

function close(
  server: http.Server | https.Server,
  graceMs: number,
  upgrades: { destroyAll(): void },
): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.closeAllConnections();
      upgrades.destroyAll();
    }, graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
