import { asStudyStatus } from '../../dicomweb/study-status.ts';
import { type DatePreset, type DateSpan, datePresets, readTypedDate } from './dates-of-filter.ts';
import {
  emptyFilter,
  type SortKey,
  type StudyFilter,
  sortKeys,
  textFields,
  withDates,
} from './study-filter.ts';

/** What the page's address says of the list. */
export interface ListAddress {
  readonly filter: StudyFilter;
  /** Study Instance UID of the study whose series are shown beside the list. */
  readonly preview: string | undefined;
}

/** Names of OHIF's address parameters for what has another name here, in lower case. */
const otherNames: Readonly<Record<string, string>> = {
  patientname: 'name',
  mrn: 'patientid',
  modalities: 'modality',
  startdate: 'from',
  enddate: 'to',
};

const otherSortKeys: Readonly<Record<string, SortKey>> = {
  patientname: 'PatientName',
  mrn: 'PatientID',
  studydate: 'StudyDate',
  description: 'StudyDescription',
  modality: 'ModalitiesInStudy',
  modalities: 'ModalitiesInStudy',
  accession: 'AccessionNumber',
  instances: 'NumberOfStudyRelatedInstances',
};

/** The parameters by lower-case name of ours. */
function parametersOf(search: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(search)) {
    const lower = name.toLowerCase();
    found.set(otherNames[lower] ?? lower, value);
  }
  return found;
}

function orderFrom(parameters: ReadonlyMap<string, string>): Pick<StudyFilter, 'sort' | 'descending'> {
  const own = parameters.get('sort') ?? '';
  const key = sortKeys.find((one) => one === own.replace(/^-/, ''));
  if (key) return { sort: key, descending: own.startsWith('-') };
  const other = otherSortKeys[(parameters.get('sortby') ?? '').toLowerCase()];
  if (other) return { sort: other, descending: /^desc/i.test(parameters.get('sortdirection') ?? '') };
  return { sort: emptyFilter.sort, descending: emptyFilter.descending };
}

function datesFrom(parameters: ReadonlyMap<string, string>): DatePreset | DateSpan {
  const preset = datePresets.find((one) => one === parameters.get('dates'));
  if (preset) return preset;
  const [from, to] = ['from', 'to'].map((name) => readTypedDate(parameters.get(name) ?? '') ?? '');
  return withDates(emptyFilter, { from: from ?? '', to: to ?? '' }).dates;
}

const listIn = (text: string | undefined) => [
  ...new Set(
    (text ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  ),
];

/** Reads our own parameters and those of OHIF's study list; what makes no sense is left out. */
export function readListAddress(search: string): ListAddress {
  const parameters = parametersOf(search);
  const texts = Object.fromEntries(
    textFields.map((field) => [field, parameters.get(field.toLowerCase()) ?? '']),
  );
  const preview = parameters.get('preview');
  return {
    filter: {
      ...emptyFilter,
      ...texts,
      modalities: listIn(parameters.get('modality')).filter((code) => /^[A-Z0-9_ ]{1,16}$/.test(code)),
      statuses: listIn(parameters.get('status')).flatMap((status) => asStudyStatus(status) ?? []),
      dates: datesFrom(parameters),
      ...orderFrom(parameters),
    },
    preview: preview && /^[\d.]{1,64}$/.test(preview) ? preview : undefined,
  };
}

/** The query component of an address, without a question mark; empty when nothing is asked for. */
export function writeListAddress({ filter, preview }: ListAddress): string {
  const parameters = new URLSearchParams();
  for (const field of textFields) if (filter[field] !== '') parameters.set(field, filter[field]);
  if (filter.modalities.length > 0) parameters.set('modality', filter.modalities.join(','));
  if (filter.statuses.length > 0) parameters.set('status', filter.statuses.join(','));
  if (typeof filter.dates !== 'string') {
    if (filter.dates.from) parameters.set('from', filter.dates.from);
    if (filter.dates.to) parameters.set('to', filter.dates.to);
  } else if (filter.dates !== 'any') parameters.set('dates', filter.dates);
  if (filter.sort !== emptyFilter.sort || filter.descending !== emptyFilter.descending)
    parameters.set('sort', `${filter.descending ? '-' : ''}${filter.sort}`);
  if (preview) parameters.set('preview', preview);
  return parameters.toString();
}
