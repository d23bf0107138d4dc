// @vitest-environment jsdom
import { describe, expect, it, vi } from 'vitest';
import { formatMemory } from '../../../viewer/components/format-memory.ts';
import { Turns } from '../../../viewer/components/turns.ts';
import { imagesAhead } from '../../../viewer/screens/study-viewer/images-ahead.ts';
import { chooseEvictions, distanceFromScreen, keptAround } from '../../../viewer/viewport/eviction.ts';
import { makeRoom, watchImageCache } from '../../../viewer/viewport/image-cache.ts';
import { holdForVolume } from '../../../viewer/viewport/images-in-volumes.ts';
import { defaultLimitBytes, MemoryBudget, memoryBudget } from '../../../viewer/viewport/memory-budget.ts';
import { PrefetchQueue, type PrefetchSource } from '../../../viewer/viewport/prefetch-queue.ts';
import type { DisplaySet, ImageStack } from '../../../viewer/viewport/stacks.ts';
import { volumeBytes, volumeLimitBytes } from '../../../viewer/volume/volume-memory.ts';

const MiB = 1024 ** 2;

/** What of Cornerstone the image cache needs: what comes and goes is told. */
const cornerstone = vi.hoisted(() => {
  const eventTarget = new EventTarget();
  const tell = (name: string, detail: object) => eventTarget.dispatchEvent(new CustomEvent(name, { detail }));
  return {
    eventTarget,
    Enums: { Events: { IMAGE_CACHE_IMAGE_ADDED: 'added', IMAGE_CACHE_IMAGE_REMOVED: 'removed' } },
    cache: {
      setMaxCacheSize: () => {},
      removeImageLoadObject: (imageId: string) => tell('removed', { imageId }),
    },
    add: (imageId: string, sizeInBytes: number) => tell('added', { image: { imageId, sizeInBytes } }),
  };
});
vi.mock('@cornerstonejs/core', () => cornerstone);

describe('the memory budget', () => {
  it('is a quarter of the machine, within bounds', () => {
    expect(defaultLimitBytes({ deviceMemory: 4 })).toBe(1024 * MiB);
    expect(defaultLimitBytes({ deviceMemory: 8 })).toBe(2048 * MiB);
    expect(defaultLimitBytes({ deviceMemory: 0.25 })).toBe(256 * MiB);
    expect(defaultLimitBytes({})).toBe(1024 * MiB);
  });

  it('counts all who hold something, and warns at 80 and 90 percent', () => {
    const budget = new MemoryBudget(() => ({}));
    budget.setLimit(1000 * MiB);
    budget.report('images', 500 * MiB);
    budget.report('volume:1', 299 * MiB);
    expect(budget.use()).toEqual({ usedBytes: 799 * MiB, limitBytes: 1000 * MiB, pressure: 'normal' });
    budget.report('volume:1', 300 * MiB);
    expect(budget.use().pressure).toBe('warning');
    budget.report('volume:1', 400 * MiB);
    expect(budget.use().pressure).toBe('critical');
    budget.report('volume:1', 0);
    expect(budget.usedBytes).toBe(500 * MiB);
  });

  it('warns when the own objects of the page come near their limit, however few images there are', () => {
    const heap = { heapUsedBytes: 85, heapLimitBytes: 100 };
    const budget = new MemoryBudget(() => heap);
    expect(budget.use().pressure).toBe('warning');
    heap.heapUsedBytes = 95;
    expect([budget.use().pressure, budget.isHeapCritical()]).toEqual(['critical', true]);
  });
});

describe('a volume in the budget', () => {
  const stack = { images: [1, 2].map(() => ({ rows: 1024, columns: 1024, slope: 1, intercept: 0 })) };
  const volume = {
    images: stack.images.map((image) => ({ ...image, bitsAllocated: 16 })),
  } as unknown as ImageStack;

  it('may take three quarters of it, less what others take beside it', () => {
    memoryBudget.setLimit(400 * MiB);
    expect(volumeBytes(volume)).toBe(4 * MiB);
    expect(volumeLimitBytes()).toBe(300 * MiB);
    expect(volumeLimitBytes([volume, volume])).toBe(292 * MiB);
  });

  it('keeps its images, which are counted once, while others make room for it', () => {
    watchImageCache();
    memoryBudget.setLimit(300 * MiB);
    for (const id of ['1', '2', 'other']) cornerstone.add(id, 90 * MiB);
    const letGo = holdForVolume(['1', '2', '3']);
    expect(memoryBudget.usedBytes).toBe(270 * MiB);
    expect(makeRoom(90 * MiB)).toBe(true);
    cornerstone.add('3', 90 * MiB);
    expect(memoryBudget.usedBytes).toBe(270 * MiB);
    // Nothing is left that would free any memory.
    expect(makeRoom(90 * MiB)).toBe(false);
    expect(memoryBudget.usedBytes).toBe(270 * MiB);
    letGo();
    expect(makeRoom(90 * MiB)).toBe(true);
    expect(memoryBudget.usedBytes).toBe(180 * MiB);
    memoryBudget.setLimit(undefined);
  });
});

describe('what is given up', () => {
  const place = (name: string, count: number, position: number) => ({
    position,
    indexOf: (imageId: string) => {
      const [stack, index] = imageId.split('/');
      return stack === name && Number(index) < count ? Number(index) : undefined;
    },
  });
  const held = (...imageIds: string[]) => imageIds.map((imageId) => ({ imageId, bytes: 10 }));

  it('is first what no viewport shows, the oldest before the others, then what is farthest', () => {
    const images = held('a/0', 'old/3', 'a/9', 'new/1', 'a/20');
    expect(chooseEvictions(images, [place('a', 30, 1)], 35)).toEqual(['old/3', 'new/1', 'a/20', 'a/9']);
  });

  it('is never what is shown, nor its neighbours', () => {
    const all = held(...Array.from({ length: 30 }, (_, index) => `a/${index}`));
    const places = [place('a', 30, 5), place('a', 30, 25)];
    const given = chooseEvictions(all, places, Number.POSITIVE_INFINITY);
    const kept = all.map(({ imageId }) => imageId).filter((imageId) => !given.includes(imageId));
    expect(kept.every((imageId) => distanceFromScreen(imageId, places) <= keptAround)).toBe(true);
    expect(kept).toContain('a/5');
    expect(kept).toContain('a/25');
    expect(kept.length).toBe(2 * (2 * keptAround + 1));
  });

  it('is nothing nearer than what it would make room for', () => {
    const images = held('a/8', 'a/12');
    expect(chooseEvictions(images, [place('a', 30, 1)], 20, 9)).toEqual(['a/12']);
  });
});

describe('loading ahead of need', () => {
  /** Loads that end when told to. */
  function makeLoads() {
    const ends = new Map<string, () => void>();
    const begun: string[] = [];
    const load = (imageId: string) =>
      new Promise<void>((resolve) => {
        begun.push(imageId);
        ends.set(imageId, resolve);
      });
    const end = async (imageId: string) => {
      ends.get(imageId)?.();
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    };
    return { load, begun, end };
  }

  const listSource = (...imageIds: string[]): PrefetchSource => ({
    next: () => imageIds.shift(),
    onSettled: () => {},
  });

  it('keeps to its limit for the whole page, and serves what moved last first', async () => {
    const { load, begun, end } = makeLoads();
    const queue = new PrefetchQueue(load, 2);
    queue.wake(listSource('a1', 'a2', 'a3'));
    const later = listSource('z1');
    queue.wake(later, true);
    queue.wake(listSource('b1'));
    expect(begun).toEqual(['a1', 'a2']);
    await end('a1');
    await end('a2');
    expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
    await end('a3');
    expect(begun.at(-1)).toBe('z1');
  });

  it('begins nothing while a reader waits, and goes on after', async () => {
    const { load, begun, end } = makeLoads();
    const queue = new PrefetchQueue(load, 2);
    const waiting = queue.waitFor(load('wanted'));
    queue.wake(listSource('a1', 'a2'));
    expect(begun).toEqual(['wanted']);
    await end('wanted');
    await waiting;
    expect(begun).toEqual(['wanted', 'a1', 'a2']);
  });

  it('tells what was on its way for a source that is removed', () => {
    const { load } = makeLoads();
    const queue = new PrefetchQueue(load, 2);
    const source = listSource('a1', 'a2', 'a3');
    queue.wake(source);
    expect(queue.remove(source)).toEqual(['a1', 'a2']);
    expect(queue.inFlight).toBe(2);
  });
});

describe('memory in words', () => {
  it('counts as computers do, in the numbers of the language', () => {
    expect(formatMemory(512 * MiB, 'en')).toBe('512 MB');
    expect(formatMemory(1536 * MiB, 'de')).toBe('1,5 GB');
    expect(formatMemory(0, 'en')).toBe('0 MB');
  });
});

describe('turns', () => {
  it('are given to as many as fit, then in order, and never to who has given up', () => {
    const turns = new Turns(1);
    const begun: string[] = [];
    const end = (name: string) => turns.take(() => begun.push(name));
    const ends = ['a', 'b', 'c'].map(end);
    ends[1]?.();
    ends[0]?.();
    ends[0]?.();
    end('d');
    expect(begun).toEqual(['a', 'c']);
    ends[2]?.();
    expect(begun).toEqual(['a', 'c', 'd']);
  });
});

it('reads ahead from the active stack on, and nothing that is shown', () => {
  const set = (id: string) => ({ kind: 'image', id, images: [id] }) as unknown as DisplaySet;
  const displaySets = ['a', 'b', 'c', 'd'].map(set);
  const contents = ['b', 'd'].map((displaySetId) => ({ kind: 'displaySet' as const, displaySetId }));
  expect(imagesAhead({ displaySets, contents, activeTile: 0 })).toEqual(['c', 'a']);
});
