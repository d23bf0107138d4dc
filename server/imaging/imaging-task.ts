import { move, transferableSymbol, valueSymbol } from 'piscina';
import { ImagingError, type ImagingErrorCode } from './imaging-errors.ts';

/** What comes back from a worker: an error can't cross threads without losing its code. */
export type TaskOutcome<Result> =
  | { ok: true; result: Result }
  | { ok: false; code: ImagingErrorCode; message: string };

/**
 * A function of the workers: its faults become an outcome, the arrays in its result are handed over instead of copied. `afterwards`
 * runs whatever happened.
 */
export function imagingTask<Input, Result extends object>(
  work: (input: Input) => Promise<Result> | Result,
  afterwards: () => void,
): (input: Input) => Promise<TaskOutcome<Result>> {
  return async (input) => {
    try {
      return handedOver({ ok: true, result: await work(input) });
    } catch (error) {
      return { ok: false, ...described(error) };
    } finally {
      afterwards();
    }
  };
}

/** Codes of other rooms' errors keep theirs, as far as the HTTP side knows them. */
function described(error: unknown): { code: ImagingErrorCode; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ImagingError) return { code: error.code, message };
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    return { code: error.code as ImagingErrorCode, message };
  return { code: 'BROKEN_FRAME', message: `The frame can't be worked on: ${message.slice(0, 200)}` };
}

function handedOver<Result extends object>(outcome: { ok: true; result: Result }): TaskOutcome<Result> {
  const buffers = new Set<ArrayBuffer>();
  for (const value of Object.values(outcome.result))
    if (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer && ownsItsBuffer(value))
      buffers.add(value.buffer);
  const transferable = {
    get [transferableSymbol]() {
      return [...buffers];
    },
    get [valueSymbol]() {
      return outcome;
    },
  };
  return move(transferable as never) as unknown as TaskOutcome<Result>;
}

/** A view of a part of a buffer, such as Node's pool of small Buffers, leaves the buffer with its owner. */
function ownsItsBuffer(view: ArrayBufferView): boolean {
  return view.byteOffset === 0 && view.byteLength === view.buffer.byteLength;
}
