import { describe, expect, it } from 'vitest';
import { matchingOf, mergedMatching } from '../../../../server/archive/search/search-values.ts';
import { indexedAttribute } from '../../../../storage/index/attributes.ts';
import type { SearchableAttribute } from '../../../../storage/index/searchable/searchable-attributes.ts';

const OPTIONS = { fuzzyMatching: false, emptyValueMatching: false, multipleValueMatching: false };

function attributeNamed(keyword: string) {
  const attribute = indexedAttribute(keyword);
  if (!attribute) throw new Error(keyword);
  return attribute;
}

const moment: SearchableAttribute = {
  pk: 1,
  path: ['0008002A'],
  privateCreator: '',
  keyword: 'AcquisitionDateTime',
  vr: 'DT',
  level: 'instance',
  kind: 'moment',
  state: 'ready',
  indexedInstances: 0,
  totalInstances: 0,
  unreadableInstances: 0,
  unreadableSamples: [],
  lastError: null,
  createdAt: new Date(0),
};

describe('a range of date-times', () => {
  it.each([
    ['20240101-20240201', '20240101', '20240201'],
    ['20240101-', '20240101', undefined],
    ['-20240201', undefined, '20240201'],
    ['20240101-0500-20240201-0500', '20240101-0500', '20240201-0500'],
    ['20240101-0500-', '20240101-0500', undefined],
    ['-20240201-0500', undefined, '20240201-0500'],
    ['20240101+0100-20240201+0100', '20240101+0100', '20240201+0100'],
    // What forms make of a plus sign.
    ['20240101 0100-20240201 0100', '20240101+0100', '20240201+0100'],
    ['2023-2024', '2023', '2024'],
  ])('%s', (text, from, to) => {
    expect(matchingOf(moment, text, OPTIONS)).toEqual({ kind: 'range', from, to });
  });

  it('is none where the hyphen begins an offset', () => {
    expect(matchingOf(moment, '20240101-0500', OPTIONS)).toEqual({
      kind: 'any-of',
      values: ['20240101-0500'],
    });
  });

  it('needs an end', () => {
    expect(() => matchingOf(moment, '-', OPTIONS)).toThrow(/beginning or an end/);
  });
});

describe('several values of one attribute', () => {
  const uid = attributeNamed('StudyInstanceUID');
  const date = attributeNamed('StudyDate');

  it('are one list', () => {
    const matchings = ['1.2', '1.3,1.4'].map((text) => matchingOf(uid, text, OPTIONS));
    expect(mergedMatching(uid, matchings)).toEqual({ kind: 'any-of', values: ['1.2', '1.3', '1.4'] });
  });

  it('are refused where one is a range', () => {
    const matchings = ['20240101', '20240102-'].map((text) => matchingOf(date, text, OPTIONS));
    expect(() => mergedMatching(date, matchings)).toThrow(/StudyDate is given more than once/);
  });
});
