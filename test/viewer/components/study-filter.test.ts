import { describe, expect, it } from 'vitest';
import {
  datePreset,
  emptyFilter,
  filterFromSearch,
  filterToQuery,
  filterToSearch,
  nameQuery,
} from '../../../viewer/screens/study-list/study-filter.ts';

describe('the query of a filter', () => {
  it('asks for a page of the newest studies when nothing is filtered', () => {
    const query = filterToQuery(emptyFilter);
    expect(query).toMatchObject({ limit: '25', offset: '0', orderby: '-StudyDate' });
    expect(Object.keys(query).sort()).toEqual(['includefield', 'limit', 'offset', 'orderby']);
  });

  it('finds names the way clinicians type them', () => {
    expect(nameQuery('smith')).toBe('*smith*');
    expect(nameQuery('smith, john')).toBe('*smith*john*');
    expect(nameQuery('smith john ')).toBe('*smith*john*');
    expect(nameQuery('SMITH^J*')).toBe('SMITH^J*');
    expect(nameQuery('sm?th')).toBe('sm?th');
  });

  it('names every attribute that is filtered', () => {
    const filter = {
      ...emptyFilter,
      name: 'doe',
      patientID: '12',
      accession: 'A*',
      description: 'chest',
      modality: 'CT',
      from: '2024-01-01',
      to: '2024-01-31',
      sort: 'PatientName',
      descending: false,
      page: 3,
    } as const;
    expect(filterToQuery(filter)).toMatchObject({
      PatientName: '*doe*',
      PatientID: '*12*',
      AccessionNumber: 'A*',
      StudyDescription: '*chest*',
      ModalitiesInStudy: 'CT',
      StudyDate: '20240101-20240131',
      orderby: 'PatientName',
      offset: '50',
    });
  });

  it('leaves date ranges open at either end, and asks for one day as one day', () => {
    const dates = (from: string, to: string) => filterToQuery({ ...emptyFilter, from, to }).StudyDate;
    expect(dates('2024-01-01', '')).toBe('20240101-');
    expect(dates('', '2024-01-01')).toBe('-20240101');
    expect(dates('2024-01-01', '2024-01-01')).toBe('20240101');
  });
});

describe('the address of a filter', () => {
  it('comes back as the same filter', () => {
    const filter = {
      ...emptyFilter,
      name: 'müller & co',
      modality: 'MR',
      sort: 'PatientID',
      page: 2,
    } as const;
    expect(filterFromSearch(filterToSearch(filter))).toEqual(filter);
  });

  it('is empty when nothing is filtered', () => {
    expect(filterToSearch(emptyFilter)).toBe('');
  });

  it('ignores what makes no sense', () => {
    expect(filterFromSearch('sort=-Evil&page=-4')).toEqual(emptyFilter);
  });
});

describe('datePreset', () => {
  it('counts today as the first day', () => {
    const today = new Date(2024, 2, 1);
    expect(datePreset(1, today)).toEqual({ from: '2024-03-01', to: '2024-03-01' });
    expect(datePreset(7, today)).toEqual({ from: '2024-02-24', to: '2024-03-01' });
    expect(datePreset(undefined)).toEqual({ from: '', to: '' });
  });
});
