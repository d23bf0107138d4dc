import { describe, expect, it } from 'vitest';
import { type Figure, goalText, ratioOf, verdictOn } from '../../bench/figure.ts';
import { GOALS } from '../../bench/goals.ts';
import { ROWS } from '../../bench/rows.ts';
import { alternate } from '../../bench/samples.ts';

const names = ROWS.flatMap((family) => family.names);

describe('the goals of speed', () => {
  it('say of each row what it measures, and of all but the long day a goal', () => {
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(GOALS).sort()).toEqual([...names].sort());
    expect(names.filter((name) => GOALS[name]?.goal === undefined)).toEqual(['viewer-long-day']);
  });
});

describe('a figure', () => {
  const figure: Figure = {
    row: 'frame',
    what: 'one frame',
    unit: 'requests/s',
    ours: 400,
    peer: { name: 'Orthanc', value: 100 },
    goal: { of: 'ratio', atLeast: 4 },
  };

  it('meets a goal that is the ratio, from the bound on', () => {
    expect(ratioOf(figure)).toBe(4);
    expect(verdictOn(figure)).toBe('met');
    expect(verdictOn({ ...figure, ours: 399 })).toBe('NOT met');
    expect(goalText(figure)).toBe('>= 4x Orthanc');
  });

  it('says that it has no peer, and then no ratio', () => {
    const alone: Figure = { ...figure, peer: { name: 'Orthanc', missing: 'apt-get install orthanc' } };
    expect(ratioOf(alone)).toBeUndefined();
    expect(verdictOn(alone)).toBe('no peer');
  });

  it('is not met where nothing was measured', () => {
    expect(verdictOn({ ...figure, ours: Number.NaN })).toBe('NOT met');
    expect(verdictOn({ ...figure, ours: Number.NaN, goal: { of: 'ours', atMost: 3 } })).toBe('NOT met');
  });
});

describe('taking turns', () => {
  it('lets each one begin in its turn, and leaves the warming up out of the median', async () => {
    const order: string[] = [];
    const contestant = (name: string, first: number) => ({
      name,
      measure: async (round: number) => {
        order.push(`${name}${round}`);
        return round === 0 ? 1000 : first + round;
      },
    });
    const medians = await alternate([contestant('a', 10), contestant('b', 20)], 3);
    expect(order).toEqual(['a0', 'b0', 'b1', 'a1', 'a2', 'b2', 'b3', 'a3']);
    expect(Object.fromEntries(medians)).toEqual({ a: 12, b: 22 });
  });
});
