import { describe, expect, it } from 'vitest';
import { toColumns, toDate, toMoment, toTime } from '../../../../storage/index/search/column-value.ts';
import { foldNameGroup, foldText } from '../../../../storage/index/search/fold-text.ts';
import { likePattern } from '../../../../storage/index/search/sql-parameters.ts';

describe('folding', () => {
  it.each([
    ['MÜLLER', 'muller'],
    ['Mu\u0308ller', 'muller'],
    ['Straße', 'strasse'],
    ['STRASSE', 'strasse'],
    ['Øystein Ærø', 'oystein aero'],
    ['Łódź', 'lodz'],
    ['ﾔﾏﾀﾞ', 'ヤマタ'],
    ['ヤマダ', 'ヤマタ'],
    ['Ａｂｃ', 'abc'],
    ['a \t\n b', 'a b'],
    ['  a  ', 'a'],
    ['İstanbul', 'istanbul'],
    ['ΣΊΣΥΦΟΣ', 'σισυφοσ'],
    ['Иван Й', 'иван и'],
  ])('makes of %j %j', (text, folded) => {
    expect(foldText(text)).toBe(folded);
  });

  it('is the same done twice', () => {
    for (const text of ['ΣΊΣΥΦΟΣ', 'İSTANBUL', 'ǅ', 'ﬀ', '㎏', 'ẞ', 'Đ'])
      expect(foldText(foldText(text))).toBe(foldText(text));
  });

  it('keeps the components of a name apart and drops empty ones at the end', () => {
    expect(foldNameGroup('Doe ^ John^^^')).toBe('doe^john');
    expect(foldNameGroup('^^^')).toBe('');
    expect(foldNameGroup('a^^b')).toBe('a^^b');
  });
});

describe('a date', () => {
  it.each([
    ['20240229', '2024-02-29'],
    ['2024.02.29', '2024-02-29'],
    [' 20240101 ', '2024-01-01'],
    ['20230229', undefined],
    ['20241301', undefined],
    ['20240100', undefined],
    ['2024', undefined],
    ['00000101', undefined],
    ['99991231', '9999-12-31'],
    ['2024-01-01', undefined],
    ['', undefined],
  ])('%j is %s', (text, iso) => {
    expect(toDate(text)).toBe(iso);
  });
});

describe('a time', () => {
  it.each([
    ['10', '10:00:00.000000', '10:59:59.999999'],
    ['1015', '10:15:00.000000', '10:15:59.999999'],
    ['101530', '10:15:30.000000', '10:15:30.999999'],
    ['101530.5', '10:15:30.500000', '10:15:30.599999'],
    ['10:15:30', '10:15:30.000000', '10:15:30.999999'],
    ['235960', '23:59:59.000000', '23:59:59.999999'],
    ['24', undefined, undefined],
    ['1060', undefined, undefined],
    ['1', undefined, undefined],
    ['101530.1234567', undefined, undefined],
  ])('%j is from %s to %s', (text, first, last) => {
    expect(toTime(text)).toBe(first);
    expect(toTime(text, true)).toBe(last);
  });
});

describe('a column', () => {
  it('holds what fits and null for the rest', () => {
    expect(toColumns('name', ['Doe^J=山田=', 'second'])).toEqual([
      'doe^j',
      '山田',
      null,
      ['d', 'do', 'doe', '~T', 'j', '山', '山田'],
    ]);
    expect(toColumns('date', ['nonsense'])).toEqual([null]);
    expect(toColumns('integer', [' 12 '])).toEqual([12]);
    expect(toColumns('integer', ['1.5'])).toEqual([null]);
    expect(toColumns('integer', ['99999999999'])).toEqual([null]);
    expect(toColumns('code', ['a\0b'])).toEqual(['ab']);
    expect(toColumns('code', [])).toEqual([null]);
    expect(toColumns('codes', ['a', '', 'b'])).toEqual([['a', 'b']]);
    expect(toColumns('text', ['A', 'B'])).toEqual(['a\\b']);
  });
});

describe('a wildcard pattern', () => {
  it('gives LIKE its own signs and takes them from the text', () => {
    expect(likePattern('a*b?c')).toBe('a%b_c');
    expect(likePattern('100%_\\')).toBe('100\\%\\_\\\\');
  });
});

describe('a date-time', () => {
  it.each([
    ['2024', '2024-01-01T00:00:00.000000', '2024-12-31T23:59:59.999999'],
    ['202402', '2024-02-01T00:00:00.000000', '2024-02-29T23:59:59.999999'],
    ['20240131', '2024-01-31T00:00:00.000000', '2024-01-31T23:59:59.999999'],
    ['2024013109', '2024-01-31T09:00:00.000000', '2024-01-31T09:59:59.999999'],
    ['20240131093000.5', '2024-01-31T09:30:00.500000', '2024-01-31T09:30:00.599999'],
    ['20240131233000-0500', '2024-02-01T04:30:00.000000', '2024-02-01T04:30:00.999999'],
    ['20240131+1400', '2024-01-30T10:00:00.000000', '2024-01-31T09:59:59.999999'],
    ['99991231235959-1200', undefined, undefined],
    ['00010101+1400', undefined, '0001-01-01T09:59:59.999999'],
    ['20240230', undefined, undefined],
    ['2024013125', undefined, undefined],
    ['20240131+1500', undefined, undefined],
    ['20240131 0930', undefined, undefined],
    ['', undefined, undefined],
  ])('%j is from %s to %s', (text, first, last) => {
    expect(toMoment(text)).toBe(first);
    expect(toMoment(text, undefined, true)).toBe(last);
  });

  it('without an offset is meant in the zone that is asked for', () => {
    expect(toMoment('202401310930', 60)).toBe('2024-01-31T08:30:00.000000');
    expect(toMoment('202401310930+0000', 60)).toBe('2024-01-31T09:30:00.000000');
  });
});
