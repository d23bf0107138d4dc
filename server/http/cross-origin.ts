import cors from '@koa/cors';
import type { Middleware } from 'koa';

/** What scripts of other sites may read of an answer, beyond what every site may. */
const EXPOSED = [
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Length',
  'Content-Location',
  'Content-Range',
  'ETag',
  'Location',
  'Warning',
  'X-Request-Id',
  'X-Total-Count',
  'X-Total-Count-Exact',
];
const PREFLIGHT_SECONDS = 600;

/**
 * Lets scripts of `origins` use this server (the Fetch Standard's CORS), on answers that are errors too. With `*` any site may, but
 * without credentials that a browser adds by itself.
 */
export function allowOrigins(origins: readonly string[]): Middleware {
  if (origins.length === 0) return (_, next) => next();
  const any = origins.includes('*');
  return cors({
    origin: (context) => {
      const origin = context.get('Origin');
      if (any) return '*';
      return origins.includes(origin) ? origin : '';
    },
    credentials: !any,
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'],
    exposeHeaders: EXPOSED,
    maxAge: PREFLIGHT_SECONDS,
  });
}
