import { describe, expect, it } from 'vitest';
import { daysOfPreset, readTypedDate } from '../../../viewer/screens/study-list/dates-of-filter.ts';
import { readListAddress, writeListAddress } from '../../../viewer/screens/study-list/list-address.ts';
import { filterOf, parseSavedFilters, withSaved } from '../../../viewer/screens/study-list/saved-filter.ts';
import {
  emptyFilter,
  filterToQuery,
  isSameFilter,
  nameQuery,
  type StudyFilter,
} from '../../../viewer/screens/study-list/study-filter.ts';

const preview = undefined;
const search = (filter: StudyFilter) => writeListAddress({ filter, preview });

describe('the query of a filter', () => {
  it('asks for all studies, newest first, when nothing is filtered', () => {
    const query = filterToQuery(emptyFilter);
    expect(query).toMatchObject({ orderby: '-StudyDate,-StudyTime' });
    expect(Object.keys(query).sort()).toEqual(['includefield', 'orderby']);
  });

  it('finds names the way clinicians type them', () => {
    expect(nameQuery('smith')).toBe('*smith*');
    expect(nameQuery('smith, john')).toBe('*smith*john*');
    expect(nameQuery('smith john ')).toBe('*smith*john*');
    expect(nameQuery('SMITH^J*')).toBe('SMITH^J*');
    expect(nameQuery('sm?th')).toBe('sm?th');
  });

  it('names every attribute that is filtered', () => {
    const filter: StudyFilter = {
      ...emptyFilter,
      name: 'doe',
      patientID: '12',
      accession: 'A*',
      description: 'chest',
      referringPhysician: 'house',
      modalities: ['CT', 'PT'],
      statuses: ['NEW', 'OPENED'],
      dates: { from: '2024-01-01', to: '2024-01-31' },
      sort: 'NumberOfStudyRelatedInstances',
      descending: false,
    };
    expect(filterToQuery(filter)).toMatchObject({
      PatientName: '*doe*',
      PatientID: '*12*',
      AccessionNumber: 'A*',
      StudyDescription: '*chest*',
      ReferringPhysicianName: '*house*',
      // PS3.4 C.2.2.2.2: values of a list are parted by a backslash; any of them matches.
      ModalitiesInStudy: 'CT\\PT',
      StudyStatusID: 'NEW\\OPENED',
      StudyDate: '20240101-20240131',
      orderby: 'NumberOfStudyRelatedInstances',
    });
  });

  it('leaves date ranges open at either end, and asks for one day as one day', () => {
    const dates = (from: string, to: string) =>
      filterToQuery({ ...emptyFilter, dates: { from, to } }).StudyDate;
    expect(dates('2024-01-01', '')).toBe('20240101-');
    expect(dates('', '2024-01-01')).toBe('-20240101');
    expect(dates('2024-01-01', '2024-01-01')).toBe('20240101');
  });

  it('counts the days of a preset from the day it is asked on', () => {
    const filter: StudyFilter = { ...emptyFilter, dates: '3days' };
    expect(filterToQuery(filter, new Date(2024, 2, 1)).StudyDate).toBe('20240228-20240301');
    expect(filterToQuery(filter, new Date(2024, 2, 2)).StudyDate).toBe('20240229-20240302');
  });
});

describe('the address of a list', () => {
  it('comes back as the same filter and preview', () => {
    const filter: StudyFilter = {
      ...emptyFilter,
      name: 'müller & co',
      referringPhysician: 'house',
      modalities: ['MR', 'CT'],
      statuses: ['REPORTED'],
      dates: 'yesterday',
      sort: 'PatientID',
      descending: false,
    };
    expect(readListAddress(writeListAddress({ filter, preview: '1.2.3' }))).toEqual({
      filter,
      preview: '1.2.3',
    });
    const range: StudyFilter = { ...emptyFilter, dates: { from: '2024-01-01', to: '' } };
    expect(readListAddress(search(range)).filter).toEqual(range);
  });

  it('is empty when nothing is filtered', () => {
    expect(search(emptyFilter)).toBe('');
  });

  it('ignores what makes no sense', () => {
    const address = 'sort=-Evil&dates=never&from=31/1/2024&status=READ&modality=<b>&preview=evil"';
    expect(readListAddress(address)).toEqual({ filter: emptyFilter, preview: undefined });
  });

  it('understands those that OHIF’s list has', () => {
    const ohif =
      '?patientName=Doe&mrn=M1&accession=A7&description=chest&modalities=CT,MR&startDate=20240101&endDate=20240131&sortBy=mrn&sortDirection=descending';
    expect(readListAddress(ohif).filter).toEqual({
      ...emptyFilter,
      name: 'Doe',
      patientID: 'M1',
      accession: 'A7',
      description: 'chest',
      modalities: ['CT', 'MR'],
      dates: { from: '2024-01-01', to: '2024-01-31' },
      sort: 'PatientID',
      descending: true,
    });
    expect(readListAddress('sortBy=instances&sortDirection=ascending').filter).toMatchObject({
      sort: 'NumberOfStudyRelatedInstances',
      descending: false,
    });
  });
});

describe('days of a preset', () => {
  const today = new Date(2024, 2, 1);
  it.each([
    ['today', '2024-03-01', '2024-03-01'],
    ['yesterday', '2024-02-29', '2024-02-29'],
    ['3days', '2024-02-28', '2024-03-01'],
    ['7days', '2024-02-24', '2024-03-01'],
    ['30days', '2024-02-01', '2024-03-01'],
    ['12months', '2023-03-01', '2024-03-01'],
    ['any', '', ''],
  ] as const)('of %s are %s to %s', (preset, from, to) => {
    expect(daysOfPreset(preset, today)).toEqual({ from, to });
  });
});

describe('a typed date', () => {
  it.each([
    ['2024-01-31', '2024-01-31'],
    ['20240131', '2024-01-31'],
    ['2024-1-5', '2024-01-05'],
    ['31.1.2024', '2024-01-31'],
    [' 05. 01. 2024 ', '2024-01-05'],
    ['29.2.2024', '2024-02-29'],
    // No days of the calendar.
    ['2023-02-29', undefined],
    ['2024-13-01', undefined],
    ['0024-01-01', undefined],
    // Which is the month?
    ['1/2/2024', undefined],
    ['2024-01', undefined],
    ['', undefined],
  ])('%j is %j', (typed, date) => {
    expect(readTypedDate(typed)).toBe(date);
  });
});

describe('saved filters', () => {
  const ct: StudyFilter = { ...emptyFilter, modalities: ['CT'], dates: 'today' };

  it('keep what was asked for under a name, days of a preset as the preset', () => {
    const saved = withSaved(withSaved([], ' CT today ', ct), 'All', emptyFilter);
    expect(saved.map(({ name }) => name)).toEqual(['CT today', 'All']);
    expect(filterOf(saved[0] ?? { name: '', search: '' })).toEqual(ct);
    expect(parseSavedFilters(JSON.parse(JSON.stringify(saved)))).toEqual(saved);
  });

  it('of the same name take the place of the one before; without a name nothing is saved', () => {
    const saved = withSaved(withSaved([], 'Mine', ct), 'Mine', emptyFilter);
    expect(saved).toEqual([{ name: 'Mine', search: '' }]);
    expect(withSaved(saved, '  ', ct)).toBe(saved);
  });

  it('that another version wrote otherwise are left out', () => {
    expect(parseSavedFilters('x')).toBeUndefined();
    expect(parseSavedFilters([{ name: 'a', search: 'name=b' }, { name: 1, search: '' }, null])).toEqual([
      { name: 'a', search: 'name=b' },
    ]);
  });

  it('are the one in use only when all of it is the same', () => {
    expect(isSameFilter(ct, { ...ct })).toBe(true);
    expect(isSameFilter(ct, { ...ct, dates: 'yesterday' })).toBe(false);
    expect(isSameFilter(ct, { ...ct, descending: false })).toBe(false);
  });
});
