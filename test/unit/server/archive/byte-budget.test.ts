import { describe, expect, it } from 'vitest';
import { ByteBudget } from '../../../../server/archive/byte-budget.ts';

const never = new AbortController().signal;

/** Work that ends when it is told to. */
function work() {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const state = { begun: false };
  return {
    state,
    end: () => end(),
    run: async () => {
      state.begun = true;
      await ended;
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a budget of bytes', () => {
  it('lets so many run as fit, and the next when one has ended, in order', async () => {
    const budget = new ByteBudget(100);
    const [a, b, c, d] = [work(), work(), work(), work()];
    const all = [
      budget.with(60, never, a.run),
      budget.with(40, never, b.run),
      budget.with(50, never, c.run),
      budget.with(1, never, d.run),
    ];
    await settled();
    expect([a, b, c, d].map(({ state }) => state.begun)).toEqual([true, true, false, false]);
    expect(budget.heldBytes).toBe(100);
    b.end();
    await settled();
    // Small ones do not overtake: the large one would never come.
    expect([c.state.begun, d.state.begun]).toEqual([false, false]);
    a.end();
    await settled();
    expect([c.state.begun, d.state.begun]).toEqual([true, true]);
    c.end();
    d.end();
    await Promise.all(all);
    expect(budget.heldBytes).toBe(0);
  });

  it('lets what is larger than all of it run alone', async () => {
    const budget = new ByteBudget(100);
    const [small, huge] = [work(), work()];
    const all = [budget.with(1, never, small.run), budget.with(1e9, never, huge.run)];
    await settled();
    expect(huge.state.begun).toBe(false);
    small.end();
    await settled();
    expect([huge.state.begun, budget.heldBytes]).toEqual([true, 100]);
    huge.end();
    await Promise.all(all);
  });

  it('forgets who left while waiting, and lets the next one on', async () => {
    const budget = new ByteBudget(100);
    const [a, b, c] = [work(), work(), work()];
    const leaving = new AbortController();
    const first = budget.with(60, never, a.run);
    const second = budget.with(90, leaving.signal, b.run);
    const third = budget.with(30, never, c.run);
    await settled();
    expect(c.state.begun).toBe(false);
    leaving.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    await settled();
    expect([b.state.begun, c.state.begun]).toEqual([false, true]);
    await expect(budget.with(1, leaving.signal, b.run)).rejects.toThrow('gone');
    a.end();
    c.end();
    await Promise.all([first, third]);
    expect(budget.heldBytes).toBe(0);
  });

  it('gives back what failing work held', async () => {
    const budget = new ByteBudget(10);
    await expect(budget.with(10, never, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(budget.heldBytes).toBe(0);
  });
});
