import type { Context, Middleware } from 'koa';
import type { Metrics } from './metrics.ts';

export interface Health {
  /** Throws what is not ready: the index or the object store. */
  check(): Promise<void>;
}

const CHECKED_FOR_MS = 5000;
const PATHS = new Set(['/healthz', '/readyz', '/metrics']);

/** `/healthz`: the process answers. `/readyz`: it can reach its services. `/metrics`, for those who may see the system. */
export function healthRoutes(
  health: Health,
  metrics: Metrics,
  authorize: (context: Context, permission: string) => void,
): Middleware {
  let checked: { at: number; ready: Promise<boolean> } | undefined;
  const isReady = () => {
    if (!checked || Date.now() - checked.at > CHECKED_FOR_MS) {
      const ready = health.check().then(
        () => true,
        () => false,
      );
      checked = { at: Date.now(), ready };
    }
    return checked.ready;
  };
  const answer = async (context: Context) => {
    if (context.path === '/healthz') {
      context.body = 'ok\n';
    } else if (context.path === '/readyz') {
      const ready = await isReady();
      context.status = ready ? 200 : 503;
      context.body = ready ? 'ready\n' : 'not ready\n';
    } else {
      authorize(context, 'admin:system');
      context.body = await metrics.text();
      context.set('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
    }
  };
  return (context, next) =>
    PATHS.has(context.path) && (context.method === 'GET' || context.method === 'HEAD')
      ? answer(context)
      : next();
}

/** Measures every request. */
export function measureRequests(metrics: Metrics): Middleware {
  return (context, next) => {
    const end = metrics.requests.startTimer({ method: context.method });
    context.res.once('close', () => end({ status: String(context.status) }));
    return next();
  };
}
