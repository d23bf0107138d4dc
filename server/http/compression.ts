import type { Context, Middleware } from 'koa';
import compress from 'koa-compress';

/** Bytes below which compressing an answer costs more than it saves. */
const COMPRESSED_FROM_BYTES = 2048;

/** The only encoding of answers: one way to compress, so that a body and its ETag always agree on it. */
const gzip = compress({
  threshold: COMPRESSED_FROM_BYTES,
  filter: isText,
  br: false,
  zstd: false,
  deflate: false,
});

/**
 * Compresses text for clients that prefer that. Who takes neither gzip nor anything else gets the answer as it is (RFC 9110 12.5.3: a
 * server should then send it without any encoding).
 */
export const compressText: Middleware = (context, next) => {
  if (takesGzip(context)) return gzip(context, next);
  context.vary('Accept-Encoding');
  return next();
};

/** Whether text goes to this client as gzip (RFC 9110 12.5.3). */
export function takesGzip(context: Context): boolean {
  return context.acceptsEncodings('gzip', 'identity') === 'gzip';
}

function isText(type: string): boolean {
  return (
    /^(text\/|application\/(dicom\+|problem\+)?(json|javascript|xml)|image\/svg)/i.test(type) ||
    type === 'application/wasm'
  );
}
