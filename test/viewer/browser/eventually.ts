import { expect } from 'vitest';

/** Reads until what is expected is there: a crowded machine takes its time, and a quiet one loses none. */
export function eventually<T>(read: () => T | Promise<T>, { timeout = 20_000, message = '' } = {}) {
  return expect.poll(read, { timeout, message });
}
