import { describe, expect, it } from 'vitest';
import { Parameters, wildcardCondition } from '../../../../storage/index/search/sql-parameters.ts';

function conditionOf(wildcard: string): { sql: string; values: unknown[] } {
  const parameters = new Parameters();
  return { sql: wildcardCondition('c', wildcard, parameters), values: parameters.values };
}

describe('a wildcard condition', () => {
  it.each([
    ['smith*', ['smith', 'smiti']],
    ['smith**', ['smith', 'smiti']],
    ['50%*', ['50%', '50&']],
    ['山*', ['山', '屲']],
    ['\ud7ff*', ['\ud7ff', '\ue000']],
    ['😀*', ['😀', '😁']],
  ])('on the beginning %j is a range', (wildcard, values) => {
    expect(conditionOf(wildcard)).toEqual({ sql: '(c >= $1 AND c < $2)', values });
  });

  it.each([
    ['sm*th', 'sm%th'],
    ['*smith', '%smith'],
    ['smit?', 'smit_'],
    ['smi?h*', 'smi_h%'],
    ['*', '%'],
    ['\u{10ffff}*', '\u{10ffff}%'],
    ['\ud800*', '\ud800%'],
  ])('%j is a pattern', (wildcard, pattern) => {
    expect(conditionOf(wildcard)).toEqual({ sql: 'c LIKE $1', values: [pattern] });
  });
});
