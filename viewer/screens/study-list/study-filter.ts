import { studyFields } from '../../dicomweb/priors.ts';
import type { StudyStatus } from '../../dicomweb/study-status.ts';
import { type DatePreset, type DateSpan, dateMatching, daysOfPreset } from './dates-of-filter.ts';

/** What the study list shows: kept in the page's address, so that it can be bookmarked and survives going back. */
export interface StudyFilter {
  readonly name: string;
  readonly patientID: string;
  readonly accession: string;
  readonly description: string;
  readonly referringPhysician: string;
  /** Any of them; none: all. */
  readonly modalities: readonly string[];
  /** Any of them; none: all. */
  readonly statuses: readonly StudyStatus[];
  /** A preset, whose days are counted when it is asked for, or fixed days. */
  readonly dates: DatePreset | DateSpan;
  readonly sort: SortKey;
  readonly descending: boolean;
}

/** What a part of the filter bar is given. */
export interface FilterProps {
  filter: StudyFilter;
  onChange: (filter: StudyFilter) => void;
}

/** What may be sorted by: keywords that the archive accepts in `orderby`. */
export const sortKeys = [
  'PatientName',
  'PatientID',
  'PatientBirthDate',
  'PatientSex',
  'StudyDate',
  'ModalitiesInStudy',
  'StudyDescription',
  'AccessionNumber',
  'ReferringPhysicianName',
  'StudyID',
  'NumberOfStudyRelatedSeries',
  'NumberOfStudyRelatedInstances',
  'StudyStatusID',
] as const;
export type SortKey = (typeof sortKeys)[number];

export const emptyFilter: StudyFilter = {
  name: '',
  patientID: '',
  accession: '',
  description: '',
  referringPhysician: '',
  modalities: [],
  statuses: [],
  dates: 'any',
  sort: 'StudyDate',
  descending: true,
};

export const textFields = ['name', 'patientID', 'accession', 'description', 'referringPhysician'] as const;
export type TextField = (typeof textFields)[number];

/** The days that a filter lets through, today being `today`. */
export function datesOf(filter: StudyFilter, today = new Date()): DateSpan {
  return typeof filter.dates === 'string' ? daysOfPreset(filter.dates, today) : filter.dates;
}

/** The same filter with fixed days; none are any date. */
export function withDates(filter: StudyFilter, dates: DateSpan): StudyFilter {
  return { ...filter, dates: dates.from || dates.to ? dates : 'any' };
}

/** Whether anything but order is asked for. */
export function isFiltered(filter: StudyFilter): boolean {
  return (
    textFields.some((field) => filter[field].trim() !== '') ||
    filter.modalities.length > 0 ||
    filter.statuses.length > 0 ||
    filter.dates !== 'any'
  );
}

/** `smith` finds SMITH^JOHN and VAN SMITH; someone who types wildcards gets exactly those. */
function contains(value: string): string {
  return /[*?]/.test(value) ? value : `*${value}*`;
}

/**
 * `smith john` and `smith, john` find SMITH^JOHN: family name first, given name after a comma, caret or blank, each
 * matched from its start or, for the family name, anywhere.
 */
export function nameQuery(value: string): string {
  const trimmed = value.trim();
  if (/[*?^]/.test(trimmed)) return trimmed;
  return `*${trimmed
    .split(/[\s,]+/)
    .filter(Boolean)
    .join('*')}*`;
}

function orderOf({ sort, descending }: StudyFilter): string {
  // A day holds many studies: within it the time decides.
  const keys = sort === 'StudyDate' ? ['StudyDate', 'StudyTime'] : [sort];
  return keys.map((key) => `${descending ? '-' : ''}${key}`).join(',');
}

/**
 * The QIDO-RS query (PS3.18 10.6.1) of a filter, without the page; `orderby` and StudyStatusID are this archive's extensions. Days of
 * presets are counted from `today`.
 */
export function filterToQuery(filter: StudyFilter, today = new Date()): Record<string, string> {
  const query: Record<string, string> = { includefield: studyFields, orderby: orderOf(filter) };
  if (filter.name.trim()) query.PatientName = nameQuery(filter.name);
  if (filter.referringPhysician.trim()) query.ReferringPhysicianName = nameQuery(filter.referringPhysician);
  if (filter.patientID.trim()) query.PatientID = contains(filter.patientID.trim());
  if (filter.accession.trim()) query.AccessionNumber = contains(filter.accession.trim());
  if (filter.description.trim()) query.StudyDescription = contains(filter.description.trim());
  // PS3.4 C.2.2.2.2: a list matches any of its values.
  if (filter.modalities.length > 0) query.ModalitiesInStudy = filter.modalities.join('\\');
  if (filter.statuses.length > 0) query.StudyStatusID = filter.statuses.join('\\');
  const dates = dateMatching(datesOf(filter, today));
  if (dates) query.StudyDate = dates;
  return query;
}

/** Whether two filters ask for the same, order included. */
export function isSameFilter(a: StudyFilter, b: StudyFilter): boolean {
  const today = new Date(0);
  return (
    JSON.stringify([filterToQuery(a, today), a.dates]) === JSON.stringify([filterToQuery(b, today), b.dates])
  );
}

export function toggled<T>(list: readonly T[], value: T): readonly T[] {
  return list.includes(value) ? list.filter((one) => one !== value) : [...list, value];
}
