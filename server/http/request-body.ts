import type { Context } from 'koa';

/**
 * The bytes of the request's body as they arrive. Leaving off early leaves the connection whole, so that an answer can still say
 * what was wrong.
 */
export function requestBody({ req }: Context): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => req.iterator({ destroyOnReturn: false }) };
}
