import { describe, expect, it } from 'vitest';
import { formatAge, formatDate, formatTime, toDicomDate } from '../../../viewer/dicomweb/dates.ts';
import { formatPersonName } from '../../../viewer/dicomweb/person-name.ts';

describe('formatPersonName', () => {
  it.each([
    [{ Alphabetic: 'SMITH^JOHN' }, 'SMITH, JOHN'],
    [{ Alphabetic: 'Doe^Jane^Q^Dr^PhD' }, 'Doe, Jane Q, Dr, PhD'],
    [{ Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎' }, 'Yamada, Tarou (山田, 太郎)'],
    [{ Ideographic: '王^小东' }, '王, 小东'],
    [{ Alphabetic: 'ONE NAME' }, 'ONE NAME'],
    ['Old^Style=Ideo^Graphic', 'Old, Style (Ideo, Graphic)'],
  ])('reads %j as %s', (value, expected) => {
    expect(formatPersonName(value)).toBe(expected);
  });

  it.each([[undefined], [{}], [{ Alphabetic: '' }], ['^^^^']])('gives nothing for %j', (value) => {
    expect(formatPersonName(value)).toBeUndefined();
  });
});

describe('dates', () => {
  it('are written so that nobody mistakes day and month', () => {
    expect(formatDate('20240102')).toBe('2024-01-02');
    expect(formatDate('2024.01.02')).toBe('2024-01-02');
    expect(formatDate(undefined)).toBeUndefined();
    expect(formatDate('unknown')).toBe('unknown');
  });

  it('have times of any length', () => {
    expect(formatTime('081516.123456')).toBe('08:15:16');
    expect(formatTime('0815')).toBe('08:15');
    expect(formatTime('08')).toBe('08');
  });

  it('have ages', () => {
    expect(formatAge('052Y')).toBe('52 y');
    expect(formatAge('006M')).toBe('6 m');
  });

  it('are asked for in local time', () => {
    expect(toDicomDate(new Date(2024, 0, 2, 23, 59))).toBe('20240102');
  });
});
