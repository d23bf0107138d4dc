import { describe, expect, it } from 'vitest';
import { mediaTypeOf, parseAccept } from '../../../../server/http/media-type.ts';

describe('an Accept header', () => {
  it.each([
    ['a/b', [['a/b', {}, 1]]],
    ['A/B;P="x"', [['a/b', { p: 'x' }, 1]]],
    [
      'a/b, c/d;q=0.5, */*;q=0.1',
      [
        ['a/b', {}, 1],
        ['c/d', {}, 0.5],
        ['*/*', {}, 0.1],
      ],
    ],
    [
      'a/b;q=0.1, c/d',
      [
        ['c/d', {}, 1],
        ['a/b', {}, 0.1],
      ],
    ],
    [
      'a/b;x=1, a/b;x=2',
      [
        ['a/b', { x: '1' }, 1],
        ['a/b', { x: '2' }, 1],
      ],
    ],
    [
      'multipart/related; type="application/dicom"; transfer-syntax=*',
      [['multipart/related', { type: 'application/dicom', 'transfer-syntax': '*' }, 1]],
    ],
    ['multipart/related;type=application/dicom', [['multipart/related', { type: 'application/dicom' }, 1]]],
    [
      'a/b;x="1,2;3";q=0.7, c/d;q=0.6',
      [
        ['a/b', { x: '1,2;3' }, 0.7],
        ['c/d', {}, 0.6],
      ],
    ],
    ['a/b;x="a\\"b\\\\c"', [['a/b', { x: 'a"b\\c' }, 1]]],
    ['  a/b ;  x = 1 ; q = 0.3  ', [['a/b', { x: '1' }, 0.3]]],
    [
      'a/b;q=2, c/d;q=-1, e/f;q=x',
      [
        ['a/b', {}, 1],
        ['c/d', {}, 0],
        ['e/f', {}, 0],
      ],
    ],
    [
      'a/b,,c/d,',
      [
        ['a/b', {}, 1],
        ['c/d', {}, 1],
      ],
    ],
    ['nonsense, a/b', [['a/b', {}, 1]]],
    ['a/b;level', [['a/b', {}, 1]]],
    ['a/b;x="open', [['a/b', {}, 1]]],
  ])('%s is read by quality, in order among equals', (header, ranges) => {
    expect(parseAccept(header)?.map(({ type, parameters, quality }) => [type, parameters, quality])).toEqual(
      ranges,
    );
  });

  it.each(['', 'nonsense', ',', 'a', '/', 'a/b c/d', 'a/b,'.repeat(5000)])(
    '%s holds nothing to read',
    (header) => {
      expect(parseAccept(header)).toBeUndefined();
    },
  );

  it('comes to an end, however it is made', () => {
    for (const hostile of [
      '"'.repeat(8000),
      'a/b;'.repeat(2000),
      '\\"'.repeat(4000),
      ';'.repeat(8000),
      'a/b;x="'.repeat(1000),
    ]) {
      expect(() => parseAccept(hostile)).not.toThrow();
    }
  });
});

describe('a Content-Type', () => {
  it('is read with its parameters, or not at all', () => {
    expect(mediaTypeOf('Multipart/Related; Type="application/dicom"; boundary="a b"')).toEqual({
      type: 'multipart/related',
      parameters: { type: 'application/dicom', boundary: 'a b' },
    });
    expect(mediaTypeOf(undefined)).toBeUndefined();
    expect(mediaTypeOf('')).toBeUndefined();
    expect(mediaTypeOf('multipart')?.type).not.toBe('multipart/related');
  });
});
