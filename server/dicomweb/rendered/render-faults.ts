import type { Context } from 'koa';
import { type RenderFault, renderFaultOf } from '../../archive/render/render-errors.ts';
import { HttpError } from '../../http/http-errors.ts';

const STATUS_OF_FAULT: Readonly<Record<RenderFault, number>> = {
  // PS3.18 8.7.8.1: no media type that is asked for can be given.
  UNRENDERABLE: 406,
  INVALID_PARAMETER: 400,
  TOO_LARGE: 413,
  BUSY: 503,
};

/** The answer that a fault of rendering becomes; other errors are handed back as they are. */
export function answerTo(error: unknown): unknown {
  const fault = renderFaultOf(error);
  if (fault === undefined || !(error instanceof Error)) return error;
  const status = STATUS_OF_FAULT[fault];
  const rest =
    fault === 'UNRENDERABLE'
      ? ' No rendered media type can be given; the instance itself is available: application/dicom'
      : '';
  return new HttpError(status, `${error.message}${rest}`, {
    cause: error,
    ...(status === 503 && { headers: { 'Retry-After': '1' } }),
  });
}

/** What was said of a representation that does not come after all. */
const OF_THE_REPRESENTATION = ['ETag', 'Last-Modified', 'Accept-Ranges', 'Content-Disposition'];

/** Runs `work`; faults of rendering become answers. */
export async function withAnswers<T>(context: Context, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    for (const name of OF_THE_REPRESENTATION) context.remove(name);
    throw answerTo(error);
  }
}
