import { describe, expect, it } from 'vitest';
import { parseSearchQuery } from '../../../../server/dicomweb/search/search-query.ts';

describe('the query of a search', () => {
  it('has defaults', () => {
    expect(parseSearchQuery('')).toEqual({
      criteria: [],
      privateCreators: {},
      includedPaths: [],
      includeAll: false,
      orderBy: [],
      limit: 1000,
      offset: 0,
      fuzzyMatching: false,
      emptyValueMatching: false,
      multipleValueMatching: false,
      zoneMinutes: undefined,
    });
  });

  it('names attributes by keyword, tag or path, and decodes values', () => {
    const { criteria } = parseSearchQuery(
      'PatientName=M%C3%BCller%5E*&0020000d=1.2,1.3&RequestAttributesSequence.00400009=a%2Bb&StudyDescription=a+b&PatientID=',
    );
    expect(criteria).toEqual([
      { attribute: 'PatientName', value: 'Müller^*' },
      { attribute: '0020000D', value: '1.2,1.3' },
      { attribute: '00400275.00400009', value: 'a+b' },
      { attribute: 'StudyDescription', value: 'a b' },
      { attribute: 'PatientID', value: '' },
    ]);
  });

  it('gathers includefield, orderby and the rest, whatever the case of their names', () => {
    expect(
      parseSearchQuery(
        'includefield=PatientName,0010002a&IncludeField=all&limit=7&Offset=3&orderby=-StudyDate,PatientName&fuzzymatching=true',
      ),
    ).toMatchObject({
      criteria: [],
      includedPaths: ['00100010', '0010002A'],
      includeAll: true,
      orderBy: ['-StudyDate', 'PatientName'],
      limit: 7,
      offset: 3,
      fuzzyMatching: true,
    });
  });

  it('keeps the limit within what one answer can hold', () => {
    expect(parseSearchQuery('limit=999999').limit).toBe(5000);
    expect(parseSearchQuery('limit=0').limit).toBe(0);
  });

  it.each([
    'limit=',
    'limit=1.5',
    'limit=-1',
    'limit=9999999999',
    'offset=x',
    'fuzzymatching=1',
    'NoKeyword=1',
    'includefield=NoKeyword',
    '__proto__=1',
    'constructor=1',
    'toString=1',
    '=1',
  ])('refuses %s', (query) => {
    expect(() => parseSearchQuery(query)).toThrow(expect.objectContaining({ status: 400 }));
  });
});
