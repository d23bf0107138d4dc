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
  app.use(
    helmet({
      contentSecurityPolicy: CONTENT_SECURITY_POLICY,
      strictTransportSecurity: false,
      crossOriginEmbedderPolicy: false,
      crossOriginResourcePolicy: { policy: corsOrigins.length > 0 ? 'cross-origin' : 'same-origin' },
    }),
  );
  app.use(privateByDefault);
  app.use(compressText);
  for (const one of middleware) app.use(one);
  app.use(() => {
    throw new HttpError(404, 'There is no such resource.');
  });
  return app;
}

function identifyAndLog(logger: Logger): Middleware {
  return async (context, next) => {
    context.state.requestId = randomUUID();
    context.set('X-Request-Id', context.state.requestId);
    const started = process.hrtime.bigint();
    // What a refused upload still sends must be taken off the wire, or the connection's next request is never read.
    context.res.once('finish', () => context.req.resume());
    context.res.once('close', () => {
      const durationMs = Number((process.hrtime.bigint() - started) / 1_000_000n);
      // Law 7: the path holds UIDs; the query may hold names, so it stays out.
      const fields = {
        requestId: context.state.requestId,
        method: context.method,
        path: context.path,
        status: context.status,
        durationMs,
      };
      logger.debug({ ...fields, whole: context.res.writableFinished }, 'request');
    });
    await next();
  };
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

function answerErrors(logger: Logger): Middleware {
  return async (context, next) => {
    try {
      await next();
    } catch (error) {
      const { status, title, detail, headers } = problemOf(error);
      const clientLeft = context.req.destroyed && !context.req.complete;
      if (status >= 500 && !clientLeft)
        logger.error(
          { err: error, requestId: context.state.requestId, path: context.path },
          'request_failed',
        );
      for (const name of OF_THE_REPRESENTATION) context.remove(name);
      context.status = status;
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
const privateByDefault: Middleware = async (context, next) => {
  context.set('Cache-Control', 'private, no-cache');
  await next();
};
