import type { Context, Middleware } from 'koa';
import { HttpError } from './http-errors.ts';
import type { Route } from './route.ts';
import { RouteTable } from './route-table.ts';

/** Throws unless the caller of this request may do what `permission` names. */
export type Authorize = (context: Context, permission: string) => void;

/** Told of every request that reached a route, before it is answered. `handled` settles as its handler does, or as it was refused. */
export type OnRouted = (
  context: Context,
  route: Route,
  parameters: Readonly<Record<string, string>>,
  handled: Promise<void>,
) => void;

/**
 * Koa middleware for `routes` below `prefix`. Law 6, deny by default: a route without a known permission is a
 * programming error and does not start.
 */
export function routesMiddleware(
  prefix: string,
  routes: readonly Route[],
  permissions: ReadonlySet<string>,
  authorize: Authorize,
  onRouted: OnRouted = () => undefined,
): Middleware {
  for (const { method, template, permission } of routes) {
    if (!permissions.has(permission)) {
      throw new Error(`route ${method} ${prefix}${template} names no known permission: ${permission}`);
    }
  }
  const table = new RouteTable(routes);
  return (context, next) => {
    const { path } = context;
    if (path !== prefix && !path.startsWith(`${prefix}/`)) return next();
    const method = context.method === 'HEAD' ? 'GET' : context.method;
    const found = table.find(method, path.slice(prefix.length));
    if (!found) return refuse(context.method, table.methodsOf(path.slice(prefix.length)));
    const { route, parameters } = found;
    // Begins when `onRouted` has been told.
    const handled = Promise.resolve().then(() => handle(context, route, parameters, authorize));
    onRouted(context, route, parameters, handled);
    return handled;
  };
}

function handle(
  context: Context,
  route: Route,
  parameters: Readonly<Record<string, string>>,
  authorize: Authorize,
): Promise<void> {
  authorize(context, route.permission);
  if (Object.values(parameters).some((value) => value.includes('\0')))
    throw new HttpError(400, 'The path holds the character U+0000.');
  return route.handle(context, parameters);
}

/** 404 for a resource that is not there, 405 for a method that a resource does not have. */
function refuse(method: string, has: ReadonlySet<string>): never {
  if (has.size === 0) throw new HttpError(404, 'There is no such resource.');
  const names = [...has, ...(has.has('GET') ? ['HEAD'] : [])].sort().join(', ');
  throw new HttpError(405, `${method} is not a method of this resource; it has ${names}`, {
    headers: { Allow: names },
  });
}
