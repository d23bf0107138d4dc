import { HttpError } from '../http/http-errors.ts';

const MOST_FRAMES = 10_000;

/** The 1-based numbers of a list of frames in a URL; throws a 400 that says what is wrong with it. */
export function frameNumbers(list: string): number[] {
  const numbers = list.split(',').map((text) => (/^[1-9]\d{0,8}$/.test(text.trim()) ? Number(text) : 0));
  if (numbers.includes(0))
    throw new HttpError(400, 'Frames are named by whole numbers from 1, parted by commas.');
  if (numbers.length > MOST_FRAMES)
    throw new HttpError(400, `More than ${MOST_FRAMES} frames in one request.`);
  return numbers;
}
