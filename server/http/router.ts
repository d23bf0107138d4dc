import { Router } from '@koa/router';
import type { Context, Middleware } from 'koa';
import { HttpError } from './http-errors.ts';
import type { Route } from './route.ts';

/** Throws unless the caller of this request may do what `permission` names. */
export type Authorize = (context: Context, permission: string) => void;

/** Told of every request that reached a route, before it is answered. */
export type OnRouted = (context: Context, route: Route, parameters: Readonly<Record<string, string>>) => void;

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
  const router = new Router({ prefix, sensitive: true });
  for (const route of routes) {
    if (!permissions.has(route.permission)) {
      throw new Error(
        `route ${route.method} ${prefix}${route.template} names no known permission: ${route.permission}`,
      );
    }
    router.register(routerPath(route.template), [route.method], async (context) => {
      onRouted(context, route, context.params);
      authorize(context, route.permission);
      if (Object.values(context.params).some((value) => value?.includes('\0')))
        throw new HttpError(400, 'The path holds the character U+0000.');
      await route.handle(context, context.params);
    });
  }
  // The library types its context more narrowly than Koa's own; it fills in what is missing itself.
  const answer = router.routes() as unknown as Middleware;
  const allowed = new Map<string, Set<string>>();
  for (const { method, template } of routes) {
    const pattern = `^${prefix}${template.replace(/\{\*\w+\}/g, '.+').replace(/\{\w+\}/g, '[^/]+')}/?$`;
    allowed.set(pattern, (allowed.get(pattern) ?? new Set()).add(method));
  }
  return async (context, next) => {
    await answer(context, async () => {
      refuseUnrouted(context.path, context.method, prefix, allowed);
      await next();
    });
  };
}

/** The router's own notation: `{name}` is one segment of the path, `{*name}` all that are left; the prefix itself is a slash. */
function routerPath(template: string): string {
  if (template === '') return '/';
  return template.replace(/\{\*(\w+)\}/g, '*$1').replace(/\{(\w+)\}/g, ':$1');
}

/** 404 for a resource that is not there, 405 for a method that a resource does not have. */
function refuseUnrouted(
  path: string,
  method: string,
  prefix: string,
  allowed: ReadonlyMap<string, ReadonlySet<string>>,
): void {
  if (path !== prefix && !path.startsWith(`${prefix}/`)) return;
  for (const [pattern, methods] of allowed) {
    if (!new RegExp(pattern).test(path)) continue;
    const names = [...methods, ...(methods.has('GET') ? ['HEAD'] : [])].sort().join(', ');
    throw new HttpError(405, `${method} is not a method of this resource; it has ${names}`, {
      headers: { Allow: names },
    });
  }
  throw new HttpError(404, 'There is no such resource.');
}
