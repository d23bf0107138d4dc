import { randomUUID } from 'node:crypto';
import Koa, { type Context, type Middleware } from 'koa';
import helmet from 'koa-helmet';
import type { Logger } from '../telemetry/logger.ts';
import { compressText } from './compression.ts';
import { allowOrigins } from './cross-origin.ts';
import { believeProxies, type TrustedNetwork } from './forwarded.ts';
import { HttpError } from './http-errors.ts';
import { problemOf } from './problem.ts';

/** Scripts and styles are files of ours; codecs are WebAssembly in workers; images are drawn from blobs. */
const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'", "'wasm-unsafe-eval'", 'blob:'],
    workerSrc: ["'self'", 'blob:'],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:', 'blob:'],
    fontSrc: ["'self'", 'data:'],
    connectSrc: ["'self'", 'blob:', 'data:'],
    objectSrc: ["'none'"],
    baseUri: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'self'"],
  },
};

export interface AppOptions {
  logger: Logger;
  /** Sites whose scripts may use this server; `*` for all. */
  corsOrigins: readonly string[];
  /** Whose forwarded headers are believed. */
  trustedProxies: readonly TrustedNetwork[];
}

/**
 * The Koa application: request id, log, errors as application/problem+json, security headers, compression of text; then
 * `middleware` in order. Knows nothing of DICOM.
 */
export function createApp(
  { logger, corsOrigins, trustedProxies }: AppOptions,
  middleware: readonly Middleware[],
): Koa {
  const app = new Koa();
  // Errors are answered and logged below; what Koa still reports are streams that a client cut.
  app.on('error', (error: unknown, context?: Context) =>
    logger.debug({ err: error, requestId: context?.state.requestId }, 'answer_cut'),
  );
  app.use(believeProxies(trustedProxies));
  app.use(identifyAndLog(logger));
  app.use(allowOrigins(corsOrigins));
  app.use(answerErrors(logger));
  app.use(setHeaders({ ...securityHeaders(corsOrigins.length > 0), 'Cache-Control': UNLESS_SAID }));
  app.use(compressText);
  for (const one of middleware) app.use(one);
  app.use(() => {
    throw new HttpError(404, 'There is no such resource.');
  });
  return app;
}

function identifyAndLog(logger: Logger): Middleware {
  return (context, next) => {
    const { req, res } = context;
    const requestId = randomUUID();
    context.state.requestId = requestId;
    res.setHeader('X-Request-Id', requestId);
    // What a refused upload still sends must be taken off the wire, or the connection's next request is never read.
    res.once('finish', () => req.resume());
    if (logger.isLevelEnabled('debug')) logWhenDone(logger, context);
    return next();
  };
}

function logWhenDone(logger: Logger, context: Context): void {
  const started = performance.now();
  context.res.once('close', () => {
    // Law 7: the path holds UIDs; the query may hold names, so it stays out.
    const fields = {
      requestId: context.state.requestId,
      method: context.method,
      path: context.path,
      status: context.status,
      durationMs: Math.floor(performance.now() - started),
    };
    logger.debug({ ...fields, whole: context.res.writableFinished }, 'request');
  });
}

/** What was said of a representation that is not sent after all (RFC 9110 8). */
const OF_THE_REPRESENTATION = [
  'ETag',
  'Last-Modified',
  'Accept-Ranges',
  'Content-Range',
  'Content-Length',
  'Content-Encoding',
  'Content-Disposition',
  'Content-Location',
  'Warning',
];

/** As nginx and others count requests whose clients went away. */
const CLIENT_LEFT = 499;

function answerErrors(logger: Logger): Middleware {
  return async (context, next) => {
    try {
      await next();
    } catch (error) {
      const { status, title, detail, headers } = problemOf(error);
      const isTheirs = status >= 500 && context.req.destroyed && !context.req.complete;
      if (status >= 500 && !isTheirs)
        logger.error(
          { err: error, requestId: context.state.requestId, path: context.path },
          'request_failed',
        );
      for (const name of OF_THE_REPRESENTATION) context.remove(name);
      // Nobody reads it but the audit trail.
      context.status = isTheirs ? CLIENT_LEFT : status;
      context.set(headers);
      context.body = JSON.stringify({
        type: 'about:blank',
        title,
        status,
        detail,
        requestId: context.state.requestId,
      });
      context.set('Content-Type', 'application/problem+json');
    }
  };
}

/** What a handler does not say may be cached is not: patients' data must not stay in a shared cache. */
const UNLESS_SAID = 'private, no-cache';

/** They are the same for every answer, so helmet is asked once. */
function securityHeaders(hasOtherOrigins: boolean): Record<string, string> {
  const headers: Record<string, string> = {};
  const res = {
    setHeader: (name: string, value: string) => {
      headers[name] = value;
    },
    removeHeader: () => undefined,
  };
  const ask = helmet({
    contentSecurityPolicy: CONTENT_SECURITY_POLICY,
    strictTransportSecurity: false,
    crossOriginEmbedderPolicy: false,
    crossOriginResourcePolicy: { policy: hasOtherOrigins ? 'cross-origin' : 'same-origin' },
  });
  // It is done before it returns: what it answers is the promise of the middleware after it.
  void ask({ req: {}, res } as unknown as Context, async () => undefined);
  return headers;
}

function setHeaders(headers: Readonly<Record<string, string>>): Middleware {
  const pairs = Object.entries(headers);
  return (context, next) => {
    for (const [name, value] of pairs) context.res.setHeader(name, value);
    return next();
  };
}
