import type { Context } from 'koa';
import { HttpError } from './http-errors.ts';

/** Aborts when the client goes away before the answer is complete: nothing is worked on for nobody. */
export function clientLeft(context: Context): AbortSignal {
  const controller = new AbortController();
  // Made when it is needed: finding out where an error came about takes longer than much of what it would end.
  const leave = () => controller.abort(new HttpError(499, 'The client went away.'));
  // It may have left while the database was asked what to give it: there is no further event then.
  if (context.res.closed) leave();
  // The framework and its middleware leave no room in the usual ten.
  context.res.setMaxListeners(context.res.getMaxListeners() + 1);
  context.res.once('close', () => {
    if (!context.res.writableFinished) leave();
  });
  return controller.signal;
}
