import { describe, expect, it } from 'vitest';
import {
  parseColumns,
  usualColumns,
  withMoved,
  withShown,
  withWidth,
} from '../../../viewer/screens/study-list/columns.ts';
import { pagesOf, shiftOf } from '../../../viewer/screens/study-list/page-numbers.ts';
import {
  noSelection,
  placesBetween,
  withAdded,
  without,
  withToggled,
} from '../../../viewer/screens/study-list/selection.ts';
import { readStudyRow } from '../../../viewer/screens/study-list/study-row.ts';
import { targetOfKey } from '../../../viewer/screens/study-list/study-table.tsx';
import { makeDataSet } from './make-data-set.ts';

const keysOf = (columns: readonly { key: string }[]) => columns.map(({ key }) => key);

describe('the columns of the list', () => {
  it('begin with whose study it is', () => {
    expect(keysOf(usualColumns).slice(0, 4)).toEqual(['name', 'patientID', 'birthDate', 'sex']);
  });

  it('come back as they were kept: order, width, which', () => {
    const own = withMoved(withWidth(withShown(usualColumns, 'sex', false), 'name', 333), 'status', -1);
    expect(parseColumns(JSON.parse(JSON.stringify(own)))).toEqual(own);
  });

  it('never lose the name, nor a column that another version did not know', () => {
    const kept = parseColumns([
      { key: 'status', width: 5, isShown: true },
      { key: 'name', width: 200, isShown: false },
      { key: 'name', width: 300, isShown: true },
      { key: 'gone', width: 100, isShown: true },
    ]);
    expect(kept?.slice(0, 2)).toEqual([
      { key: 'status', width: 48, isShown: true },
      { key: 'name', width: 200, isShown: true },
    ]);
    expect(keysOf(kept ?? []).sort()).toEqual(keysOf(usualColumns).sort());
    expect(withShown(usualColumns, 'name', false)).toEqual(usualColumns);
    for (const nonsense of [undefined, {}, [], [7], 'x']) expect(parseColumns(nonsense)).toBeUndefined();
  });

  it('stay within sensible widths, and at the ends', () => {
    expect(withWidth(usualColumns, 'name', 4)[0]?.width).toBe(48);
    expect(withWidth(usualColumns, 'name', 40_000)[0]?.width).toBe(900);
    expect(withMoved(usualColumns, 'name', -1)).toBe(usualColumns);
  });
});

const row = (uid: string) => readStudyRow(makeDataSet({ StudyInstanceUID: uid }));

describe('the selection', () => {
  it('takes and gives back single rows and ranges', () => {
    const [a, b, c] = ['1', '2', '3'].map(row);
    if (!a || !b || !c) throw new Error('rows');
    const one = withToggled(noSelection, a);
    expect([...withAdded(one, [a, b, c]).keys()]).toEqual(['1', '2', '3']);
    expect([...withToggled(one, a).keys()]).toEqual([]);
    expect([...without(withAdded(one, [b, c]), ['1', '3']).keys()]).toEqual(['2']);
  });

  it('reaches from either end', () => {
    expect(placesBetween(5, 3)).toEqual([3, 4, 5]);
    expect(placesBetween(3, 3)).toEqual([3]);
  });
});

describe('pages and places', () => {
  it('are those that the rows in view lie on', () => {
    expect(pagesOf(0, 40)).toEqual([0]);
    expect(pagesOf(99, 100)).toEqual([0, 1]);
    expect(pagesOf(-40, 5)).toEqual([0]);
    expect(pagesOf(3_190, 3_199)).toEqual([31]);
  });

  it('tell how far a row has moved when others came in above it', () => {
    const before = ['a', 'b', 'c'];
    const shift = (now: string[], index: number) =>
      shiftOf(before[index] ?? '', index, (at) => now[at], now.keys());
    expect(shift(['a', 'b', 'c'], 1)).toBe(0);
    expect(shift(['new', 'newer', 'a', 'b', 'c'], 1)).toBe(2);
    expect(shift(['b', 'c'], 1)).toBe(-1);
    expect(shift(['a', 'c'], 1)).toBe(0);
  });

  it('are moved to by keys, and not beyond the ends', () => {
    expect(targetOfKey('ArrowDown', 9, 10, 5)).toBe(9);
    expect(targetOfKey('PageDown', 0, 3_200, 14)).toBe(14);
    expect(targetOfKey('PageUp', 3, 3_200, 14)).toBe(0);
    expect(targetOfKey('End', 3, 3_200, 14)).toBe(3_199);
    expect(targetOfKey('x', 3, 3_200, 14)).toBeUndefined();
  });
});
