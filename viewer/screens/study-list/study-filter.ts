import { toDicomDate } from '../../dicomweb/dates.ts';

/** What the study list shows: kept in the page's address, so that it can be bookmarked and survives going back. */
export interface StudyFilter {
  readonly name: string;
  readonly patientID: string;
  readonly accession: string;
  readonly description: string;
  readonly modality: string;
  /** `YYYY-MM-DD`, or empty for an open end. */
  readonly from: string;
  readonly to: string;
  readonly sort: SortKey;
  readonly descending: boolean;
  /** From 1. */
  readonly page: number;
}

/** What may be sorted by: keywords that the archive accepts in `orderby`. */
export const sortKeys = [
  'PatientName',
  'PatientID',
  'StudyDate',
  'StudyDescription',
  'AccessionNumber',
] as const;
export type SortKey = (typeof sortKeys)[number];

export const pageSize = 25;

export const emptyFilter: StudyFilter = {
  name: '',
  patientID: '',
  accession: '',
  description: '',
  modality: '',
  from: '',
  to: '',
  sort: 'StudyDate',
  descending: true,
  page: 1,
};

const textFields = ['name', 'patientID', 'accession', 'description', 'modality', 'from', 'to'] as const;

/** Whether anything but order and page is asked for. */
export function isFiltered(filter: StudyFilter): boolean {
  return textFields.some((field) => filter[field] !== '');
}

export function filterFromSearch(search: string): StudyFilter {
  const params = new URLSearchParams(search);
  const fields = Object.fromEntries(textFields.map((field) => [field, params.get(field) ?? '']));
  const order = params.get('sort') ?? '';
  const sort = sortKeys.find((key) => key === order.replace(/^-/, ''));
  const page = Number(params.get('page'));
  return {
    ...emptyFilter,
    ...fields,
    ...(sort ? { sort, descending: order.startsWith('-') } : {}),
    ...(Number.isInteger(page) && page > 1 ? { page } : {}),
  };
}

export function filterToSearch(filter: StudyFilter): string {
  const params = new URLSearchParams();
  for (const field of textFields) if (filter[field] !== '') params.set(field, filter[field]);
  if (filter.sort !== emptyFilter.sort || filter.descending !== emptyFilter.descending) {
    params.set('sort', `${filter.descending ? '-' : ''}${filter.sort}`);
  }
  if (filter.page > 1) params.set('page', String(filter.page));
  return params.toString();
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

function dateRange(from: string, to: string): string {
  const [first, last] = [from, to].map((date) => date.replaceAll('-', ''));
  return first === last ? (first ?? '') : `${first}-${last}`;
}

/** The QIDO-RS query (PS3.18 10.6.1) of a filter; `orderby` is this archive's extension. */
export function filterToQuery(filter: StudyFilter): Record<string, string> {
  const query: Record<string, string> = {
    limit: String(pageSize),
    offset: String((filter.page - 1) * pageSize),
    includefield:
      'StudyDescription,ModalitiesInStudy,NumberOfStudyRelatedSeries,NumberOfStudyRelatedInstances,PatientBirthDate,PatientSex,AccessionNumber',
    orderby: `${filter.descending ? '-' : ''}${filter.sort}`,
  };
  if (filter.name.trim()) query.PatientName = nameQuery(filter.name);
  if (filter.patientID.trim()) query.PatientID = contains(filter.patientID.trim());
  if (filter.accession.trim()) query.AccessionNumber = contains(filter.accession.trim());
  if (filter.description.trim()) query.StudyDescription = contains(filter.description.trim());
  if (filter.modality) query.ModalitiesInStudy = filter.modality;
  if (filter.from || filter.to) query.StudyDate = dateRange(filter.from, filter.to);
  return query;
}

/** The last `days` days, today included, as `from`/`to`; an open filter when `days` is undefined. */
export function datePreset(days: number | undefined, today = new Date()): Pick<StudyFilter, 'from' | 'to'> {
  if (days === undefined) return { from: '', to: '' };
  const isoDate = (date: Date) => toDicomDate(date).replace(/(\d{4})(\d{2})(\d{2})/, '$1-$2-$3');
  const first = new Date(today.getFullYear(), today.getMonth(), today.getDate() - (days - 1));
  return { from: isoDate(first), to: isoDate(today) };
}
