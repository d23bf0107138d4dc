import { describe, expect, it } from 'vitest';
import { parseOwnProtocols } from '../../../viewer/hanging/own-protocols.ts';
import { shippedProtocols } from '../../../viewer/hanging/protocols/shipped.ts';
import { neighbourInList, setReadingList } from '../../../viewer/workspace/reading-list.ts';

describe('the list that the reader came from', () => {
  it('gives the study before and after, and none at its ends or where rows are not known', () => {
    setReadingList(['1.1', '1.2', '', '1.9']);
    expect(neighbourInList('1.1', 1)).toBe('1.2');
    expect(neighbourInList('1.2', -1)).toBe('1.1');
    expect(neighbourInList('1.1', -1)).toBeUndefined();
    expect(neighbourInList('1.2', 1)).toBeUndefined();
    expect(neighbourInList('1.9', 1)).toBeUndefined();
    expect(neighbourInList('2.2', 1)).toBeUndefined();
  });
});

describe('own layouts', () => {
  const [shipped] = shippedProtocols;
  const own = { ...shipped, id: 'own-1', name: 'Mine' };

  it('are read from what was kept, without those that this version can’t use', () => {
    const tooLarge = { ...own, stages: [{ id: 'own', grid: { rows: 6, columns: 1 }, tiles: [] }] };
    const broken = { ...own, study: 'CT' };
    expect(parseOwnProtocols([own, tooLarge, broken, { id: 'own-2' }, null])).toEqual([own]);
    expect(parseOwnProtocols('nothing')).toBeUndefined();
  });
});
