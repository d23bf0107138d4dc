import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { send } from '@koa/send';
import type { Context, Middleware } from 'koa';
import { HttpError } from './http-errors.ts';

/** The documents of the pages: one application, but the study viewer's names its scripts ahead. */
const PAGES = new Map([
  ['/', 'index.html'],
  ['/viewer', 'viewer.html'],
  ['/settings', 'index.html'],
  ['/admin', 'index.html'],
  ['/sign-in', 'index.html'],
]);

/**
 * The built viewer. Files with a hash in their name may be kept for ever. A missing file is a 404, never
 * the page: a script or codec that is HTML is a riddle.
 */
export function viewerFiles(directory: string): Middleware {
  return (context, next) => {
    if (context.method !== 'GET' && context.method !== 'HEAD') return next();
    const page = PAGES.get(context.path);
    if (page) return sendPage(context, directory, page);
    if (!context.path.startsWith('/assets/') && !/^\/[\w.-]+\.\w+$/.test(context.path)) return next();
    return sendFile(context, directory);
  };
}

async function sendFile(context: Context, directory: string): Promise<void> {
  try {
    await send(context, context.path, { root: directory, index: false, hidden: false });
  } catch {
    throw new HttpError(404, 'There is no such file.');
  }
  if (context.path.startsWith('/assets/'))
    context.set('Cache-Control', 'public, max-age=31536000, immutable');
}

async function sendPage(context: Context, directory: string, page: string): Promise<void> {
  if (!existsSync(`${directory}/${page}`)) {
    throw new HttpError(
      503,
      `The viewer is not built: ${basename(directory)}/${page} is missing. Run npm run build.`,
    );
  }
  await send(context, page, { root: directory });
  context.set('Cache-Control', 'no-cache');
}
