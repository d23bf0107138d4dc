import { expect, it } from 'vitest';
import { problemOf } from '../../../../server/http/problem.ts';
import { ImagingError, type ImagingErrorCode } from '../../../../server/imaging/imaging-errors.ts';

it.for<[ImagingErrorCode, number]>([
  ['NO_PIXELS', 404],
  ['UNSUPPORTED_PIXELS', 406],
  ['BROKEN_FRAME', 500],
  ['IMAGING_BUSY', 503],
])('%s becomes %i, with its reason', ([code, status]) => {
  const problem = problemOf(new ImagingError(code, 'Bits Stored is 17.'));
  expect(problem).toMatchObject({ status, detail: 'Bits Stored is 17.' });
  expect('Retry-After' in problem.headers).toBe(code === 'IMAGING_BUSY');
});
