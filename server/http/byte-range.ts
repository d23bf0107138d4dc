import type { Context } from 'koa';
import { HttpError } from './http-errors.ts';

/** Bytes `start` to `endExclusive` of a representation, both counted from 0. */
export interface RequestedRange {
  start: number;
  endExclusive: number;
}

/**
 * The part that a Range header asks for (RFC 9110 14.2) of a representation of `sizeBytes`; undefined where it asks for none, for
 * several, or for one of another state than the ETag set so far (If-Range): then the whole is the answer. Throws a 416 where it
 * asks for bytes that are not there.
 */
export function requestedRange(context: Context, sizeBytes: number): RequestedRange | undefined {
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/.exec(context.get('Range'));
  if (!match || context.method !== 'GET' || !isOfThisState(context)) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const endExclusive = first === '' || last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1);
  if (first !== '' && last !== '' && Number(last) < start) return undefined;
  if (start >= sizeBytes || endExclusive <= start) {
    throw new HttpError(416, `The range lies outside of the ${sizeBytes} bytes that there are.`, {
      headers: { 'Content-Range': `bytes */${sizeBytes}` },
    });
  }
  return { start, endExclusive };
}

/** RFC 9110 13.1.5: only a strong comparison may put two answers together. */
function isOfThisState(context: Context): boolean {
  const ifRange = context.get('If-Range');
  return ifRange === '' || (!ifRange.startsWith('W/') && ifRange === context.res.getHeader('ETag'));
}
