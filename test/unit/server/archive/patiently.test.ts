import { describe, expect, it } from 'vitest';
import { patiently } from '../../../../server/archive/patiently.ts';
import { ImagingError } from '../../../../server/imaging/imaging-errors.ts';

const busy = () => Promise.reject(new ImagingError('IMAGING_BUSY', 'busy'));
const never = new AbortController().signal;

describe('patience with busy workers', () => {
  it('tries again until there is room', async () => {
    let tries = 0;
    const work = () => {
      tries += 1;
      return tries < 4 ? busy() : Promise.resolve('done');
    };
    expect(await patiently(work, never, 1)).toBe('done');
    expect(tries).toBe(4);
  });

  it('has an end', async () => {
    let tries = 0;
    const work = () => {
      tries += 1;
      return busy();
    };
    await expect(patiently(work, never, 1)).rejects.toThrow('busy');
    expect(tries).toBe(10);
  });

  it('is for nothing else', async () => {
    let tries = 0;
    const work = () => {
      tries += 1;
      return Promise.reject(new ImagingError('BROKEN_FRAME', 'broken'));
    };
    await expect(patiently(work, never, 1)).rejects.toThrow('broken');
    expect(tries).toBe(1);
  });

  it('ends when whoever waits has left', async () => {
    const leaving = new AbortController();
    const waiting = patiently(busy, leaving.signal, 10_000);
    leaving.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
  });
});
