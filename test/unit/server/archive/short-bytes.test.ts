import { expect, it } from 'vitest';
import { memoryForShort } from '../../../../server/archive/short-bytes.ts';

it('gives a connection one piece of memory at a time, or as many as it may have, and others what is left', () => {
  const [slow, other] = [{}, {}];
  const first = memoryForShort(1000, slow);
  expect(first?.memory.length).toBe(1000);
  expect(memoryForShort(1000, slow)).toBeUndefined();
  const second = memoryForShort(1000, slow, 2);
  expect(second).toBeDefined();
  expect(memoryForShort(1000, slow, 2)).toBeUndefined();
  const ofOthers = [memoryForShort(1000, other), memoryForShort(1000)];
  expect(ofOthers.every((held) => held !== undefined)).toBe(true);
  expect(memoryForShort(1000)).toBeUndefined();
  for (const held of [first, second, ...ofOthers]) held?.giveBack();
  const again = memoryForShort(1000, slow);
  expect(again).toBeDefined();
  again?.giveBack();
});

it('gives none for what is too long', () => {
  expect(memoryForShort(1024 * 1024 + 1)).toBeUndefined();
});
