import type { Context } from 'koa';
import { takesGzip } from './compression.ts';
import { HttpError } from './http-errors.ts';

/** What tells one state of a representation from another (RFC 9110 8.8). */
export interface Validators {
  /** Opaque, of visible ASCII without quotes. Two answers that bear the same one are byte for byte the same. */
  etag: string;
  lastModified?: Date | undefined;
  /** The answer is text, which goes out compressed to those who take that. */
  isText?: boolean | undefined;
}

/** Dates have whole seconds: what changed so lately could change again under the same one (RFC 9110 8.8.2.2). */
const TOO_YOUNG_MS = 2000;

/**
 * Sets ETag and Last-Modified. True where the client's copy is current by If-None-Match or, without that, If-Modified-Since
 * (RFC 9110 13): then the answer is a 304, and complete.
 */
export function isUnchanged(context: Context, { etag, lastModified, isText }: Validators): boolean {
  // Compressed on the way out the bytes are others, so the tag must be another one too.
  const quoted = `"${etag}${isText && takesGzip(context) ? '-gzip' : ''}"`;
  context.set('ETag', quoted);
  context.vary('Accept');
  const age = lastModified ? Date.now() - lastModified.getTime() : 0;
  if (lastModified && age >= TOO_YOUNG_MS) context.set('Last-Modified', lastModified.toUTCString());
  requireUnchanged(context, quoted, lastModified);
  if (!isCurrent(context, quoted, age >= TOO_YOUNG_MS ? lastModified : undefined)) return false;
  context.status = 304;
  return true;
}

/**
 * Throws a 412 where If-Match or, without that, If-Unmodified-Since asks for another state than there is (RFC 9110 13.1.1, 13.1.4).
 * Without a `quoted` ETag, only `*` is known to match: nothing is changed that may be another than the client saw.
 */
export function requireUnchanged(
  context: Context,
  quoted: string | undefined,
  lastModified: Date | undefined,
): void {
  const match = context.get('If-Match');
  const tags = match.split(',').map((tag) => tag.trim());
  const unmodifiedSince = Date.parse(context.get('If-Unmodified-Since'));
  const isMet =
    match !== ''
      ? tags.includes('*') || (quoted !== undefined && tags.includes(quoted))
      : Number.isNaN(unmodifiedSince) || !lastModified || lastModified.getTime() < unmodifiedSince + 1000;
  if (!isMet) throw new HttpError(412, 'The resource is not in the state that the request is meant for.');
}

function isCurrent(context: Context, quoted: string, lastModified: Date | undefined): boolean {
  if (context.method !== 'GET' && context.method !== 'HEAD') return false;
  const noneMatch = context.get('If-None-Match');
  if (noneMatch !== '') {
    const tags = noneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
    return tags.includes('*') || tags.includes(quoted);
  }
  const since = Date.parse(context.get('If-Modified-Since'));
  if (Number.isNaN(since) || !lastModified) return false;
  return Math.floor(lastModified.getTime() / 1000) * 1000 <= since;
}
