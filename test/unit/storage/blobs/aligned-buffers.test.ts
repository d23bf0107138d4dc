import { afterEach, describe, expect, it, vi } from 'vitest';
import { AlignedBuffers } from '../../../../storage/blobs/aligned-buffers.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** There is room for so many, and not for more. Answers how to learn how many were asked for. */
function limitMemories(most: number): () => number {
  let asked = 0;
  class Memory extends WebAssembly.Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      asked += 1;
      if (asked > most) throw new RangeError('WebAssembly.Memory(): could not allocate memory');
      super(descriptor);
    }
  }
  vi.stubGlobal('WebAssembly', { Memory });
  return () => asked;
}

describe('buffers for writing past the page cache', () => {
  it('are as many as there may be, and used again', () => {
    const buffers = new AlignedBuffers(2);
    const [first, second] = [buffers.take(), buffers.take()];
    expect(first?.length).toBe(1024 * 1024);
    expect(second).toBeDefined();
    expect(buffers.take()).toBeUndefined();
    if (first) buffers.giveBack(first);
    expect(buffers.take()).toBe(first);
  });

  it('are those that there are where the system has no room for more, which is asked once', () => {
    const asked = limitMemories(1);
    const buffers = new AlignedBuffers(8);
    const first = buffers.take();
    expect(first).toBeDefined();
    for (let n = 0; n < 3; n += 1) expect(buffers.take()).toBeUndefined();
    expect(asked()).toBe(2);
    if (first) buffers.giveBack(first);
    expect(buffers.take()).toBe(first);
    expect(buffers.take()).toBeUndefined();
    expect(asked()).toBe(2);
  });
});
