import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { send } from '@koa/send';
import type { Context, Middleware } from 'koa';
import { HttpError } from './http-errors.ts';

const PAGES = new Set(['/', '/viewer', '/settings', '/admin', '/sign-in']);

/**
 * The built viewer. Its pages are one document; files with a hash in their name may be kept for ever. A missing file is a 404, never
 * the page: a script or codec that is HTML is a riddle.
 */
export function viewerFiles(directory: string): Middleware {
  return async (context, next) => {
    if (context.method !== 'GET' && context.method !== 'HEAD') return next();
    if (PAGES.has(context.path)) return sendPage(context, directory);
    if (!context.path.startsWith('/assets/') && !/^\/[\w.-]+\.\w+$/.test(context.path)) return next();
    try {
      await send(context, context.path, { root: directory, index: false, hidden: false });
    } catch {
      throw new HttpError(404, 'There is no such file.');
    }
    if (context.path.startsWith('/assets/'))
      context.set('Cache-Control', 'public, max-age=31536000, immutable');
  };
}

async function sendPage(context: Context, directory: string): Promise<void> {
  if (!existsSync(`${directory}/index.html`)) {
    throw new HttpError(
      503,
      `The viewer is not built: ${basename(directory)}/index.html is missing. Run npm run build.`,
    );
  }
  await send(context, 'index.html', { root: directory });
  context.set('Cache-Control', 'no-cache');
}
