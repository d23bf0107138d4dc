import { describe, expect, it } from 'vitest';
import {
  dateTimeOf,
  dateTimeRange,
  momentOf,
  offsetMinutesOf,
} from '../../../../../server/archive/work-items/moments.ts';

describe('a moment', () => {
  it.each([
    ['2026', '2026-01-01T00:00:00.000000', '2026-12-31T23:59:59.999999'],
    ['202602', '2026-02-01T00:00:00.000000', '2026-02-28T23:59:59.999999'],
    ['20240229', '2024-02-29T00:00:00.000000', '2024-02-29T23:59:59.999999'],
    ['2026022813', '2026-02-28T13:00:00.000000', '2026-02-28T13:59:59.999999'],
    ['202602281359', '2026-02-28T13:59:00.000000', '2026-02-28T13:59:59.999999'],
    ['20260228135960', '2026-02-28T13:59:59.000000', '2026-02-28T13:59:59.999999'],
    ['20260228135930.5', '2026-02-28T13:59:30.500000', '2026-02-28T13:59:30.599999'],
    ['20260101000000+0100', '2025-12-31T23:00:00.000000', '2025-12-31T23:00:00.999999'],
    ['20251231-0530', '2025-12-31T05:30:00.000000', '2026-01-01T05:29:59.999999'],
    [' 20260101 ', '2026-01-01T00:00:00.000000', '2026-01-01T23:59:59.999999'],
  ])('%s is from %s to %s', (text, first, last) => {
    expect(momentOf(text, 0)).toBe(first);
    expect(momentOf(text, 0, true)).toBe(last);
  });

  it('without an offset of its own is in the zone that is given', () => {
    expect(momentOf('202601011200', 90)).toBe('2026-01-01T10:30:00.000000');
    expect(momentOf('202601011200+0000', 90)).toBe('2026-01-01T12:00:00.000000');
    const here = new Date(2026, 6, 1, 12).toISOString().slice(0, 19);
    expect(momentOf('2026070112', undefined)).toBe(`${here}.000000`);
  });

  it.each([
    '',
    '1',
    '20261',
    '20261301',
    '20260230',
    '2026010125',
    '202601011260',
    '20260101.5',
    'abcd',
    '0000',
    '20260101+9900',
    '99991231235959-1200',
  ])('%j is none', (text) => {
    expect(momentOf(text, 0)).toBeUndefined();
  });

  it('that is now can be read back', () => {
    const now = new Date('2026-03-04T05:06:07.089Z');
    expect(dateTimeOf(now)).toBe('20260304050607.089000+0000');
    expect(momentOf(dateTimeOf(now), undefined)).toBe('2026-03-04T05:06:07.089000');
  });
});

describe('an offset', () => {
  it.each([
    ['+0100', 60],
    ['-0530', -330],
    ['+1400', 840],
    ['+1500', undefined],
    ['+0060', undefined],
    ['0100', undefined],
    [undefined, undefined],
  ])('%s is %s minutes', (text, minutes) => {
    expect(offsetMinutesOf(text)).toBe(minutes);
  });
});

describe('a range', () => {
  it.each([
    ['20260101', '20260101', '20260101'],
    ['20260101-', '20260101', ''],
    ['-20260101', '', '20260101'],
    ['20260101-20260102', '20260101', '20260102'],
    // PS3.5 6.2: what may be an offset is one.
    ['20260101-0500', '20260101-0500', '20260101-0500'],
    ['20260101-2027', '20260101', '2027'],
    ['20260101-0500-20260102-0500', '20260101-0500', '20260102-0500'],
    ['20260101+0100-20260102+0100', '20260101+0100', '20260102+0100'],
    ['-20260102-0500', '', '20260102-0500'],
  ])('%s is from %j to %j', (text, from, to) => {
    expect(dateTimeRange(text)).toEqual({ from, to });
  });

  it.each(['-', '', 'x', '20260101--20260102', '20260101-20260102-20260103'])('%j is none', (text) => {
    expect(dateTimeRange(text)).toBeUndefined();
  });
});
