import { describe, expect, it } from 'vitest';
import { nameTokens, wantedTokens, wordsOf } from '../../../../storage/index/search/name-words.ts';

/** Whether a name of these folded groups is found by these words. */
function finds(wanted: string, ...groups: string[]): boolean {
  const tokens = new Set(nameTokens(groups));
  return wantedTokens([wanted]).every((alternatives) => alternatives.some((one) => tokens.has(one)));
}

describe('the words of a name', () => {
  it('are parted by whatever stands between them', () => {
    expect(wordsOf(['van der berg^anna-maria^^dr.', '', 'x=y'])).toEqual([
      'van',
      'der',
      'berg',
      'anna',
      'maria',
      'dr',
      'x',
      'y',
    ]);
    expect(wordsOf(["o'brien", "d'"])).toEqual(['obrien', 'd']);
    expect(wordsOf(['^^', '*', '?'])).toEqual([]);
  });

  it('are so many that an index stays small, whatever the name', () => {
    const many = Array.from({ length: 1000 }, (_, i) => `w${i}`).join(' ');
    expect(wordsOf([many]).length).toBeLessThanOrEqual(16);
    expect(nameTokens([many, many, 'x'.repeat(10_000)]).length).toBeLessThan(300);
  });
});

describe('fuzzy matching', () => {
  it.each([
    ['smith', 'schmidt^anna'],
    ['schmidt', 'smith^john'],
    ['swain', 'swayne^j'],
    ['meier', 'mayer^k'],
    ['catherine', 'katharina^b'],
    ['filip', 'phillip^c'],
    ['tailor', 'taylor^d'],
    ['mary smith', 'smith^mary^ann'],
    ['an sm', 'smith^mary^ann'],
    ['山', '山田^太郎'],
    ['太郎 山田', '山田^太郎'],
    ['wolfeschlegelstein', 'wolfeschlegelsteinhausenberger'],
  ])('by %s finds %s', (wanted, name) => {
    expect(finds(wanted, name)).toBe(true);
  });

  it.each([
    ['smith', 'jones^mary'],
    ['smith jones', 'smith^mary'],
    ['mith', 'smith^mary'],
    ['li', 'lee^x'],
    ['田', '山田^太郎'],
    ['~sm0', 'zzz'],
  ])('by %s does not find %s', (wanted, name) => {
    expect(finds(wanted, name)).toBe(false);
  });

  it('takes no word for the sound of another', () => {
    expect(nameTokens(['~qq ≈qq'])).toEqual(['q', 'qq']);
  });
});
