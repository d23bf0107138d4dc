import {
  INDEXED_ATTRIBUTES,
  type IndexedAttribute,
  indexedAttribute,
  type Level,
} from '../../../storage/index/attributes.ts';
import type { Matching } from '../../../storage/index/search/matching.ts';
import type { SearchRequest } from '../../../storage/index/search/search.ts';

/** A search as somebody asks for it, and what it is called. */
export interface QueryShape {
  name: string;
  request: SearchRequest;
}

/** What is there to be asked for: a study, one of its series, and an instance of that. */
export interface Known {
  studyInstanceUID: string;
  seriesInstanceUID: string;
  sopInstanceUID: string;
}

const LEVELS: readonly Level[] = ['study', 'series', 'instance'];

function shape(
  level: Level,
  matches: Readonly<Record<string, Matching>>,
  other: Partial<SearchRequest> = {},
): SearchRequest {
  return {
    level,
    matches: Object.entries(matches).map(([name, matching]) => ({ attribute: named(name), matching })),
    orderBy: [],
    limit: 25,
    offset: 0,
    ...other,
  };
}

function named(name: string): IndexedAttribute {
  const attribute = indexedAttribute(name);
  if (!attribute) throw new Error(`${name} is not indexed`);
  return attribute;
}

const is = (...values: string[]): Matching => ({ kind: 'any-of', values });
const like = (pattern: string): Matching => ({ kind: 'wildcard', pattern });
const range = (from?: string, to?: string): Matching => ({ kind: 'range', from, to });

/** Values that few have, some have, and nobody has, by kind of matching. */
function matchingsOf({ kind, keyword }: IndexedAttribute, known: Known): [string, Matching][] {
  switch (kind) {
    case 'uid': {
      const uid = {
        StudyInstanceUID: known.studyInstanceUID,
        SeriesInstanceUID: known.seriesInstanceUID,
        SOPInstanceUID: known.sopInstanceUID,
      }[keyword];
      return [
        ['one', is(uid ?? '1.2.840.10008.5.1.4.1.1.4')],
        ['a list', is(uid ?? '1.2.840.10008.5.1.4.1.1.4', '1.2.3', '1.2.4')],
        ['nobody', is('1.2.3')],
      ];
    }
    case 'name':
      return [
        ['whole', is('kowalski^anna')],
        ['prefix', like('kowalski*')],
        ['rare prefix', like('kowalski^zof*')],
        ['inside', like('*walsk*')],
        ['group', like('*=山田*')],
        ['fuzzy', { kind: 'fuzzy', names: ['kovalsky anna'] }],
        ['nobody', like('xyzzy*')],
        ['nobody inside', like('*xyzzy*')],
      ];
    case 'date':
      return [
        ['a day', is('20250310')],
        ['a week', range('20250310', '20250316')],
        ['a year', range('20250101', '20251231')],
        ['from', range('20261025', undefined)],
        ['up to', range(undefined, '19260110')],
        ['before all', range(undefined, '18991231')],
      ];
    case 'time':
      return [['between', range('030000', '030100')]];
    case 'integer':
      return [
        ['one', is('3')],
        ['nobody', is('123456')],
      ];
    case 'text':
      return [
        ['whole', is('mr brain follow-up')],
        ['prefix', like('mr brain*')],
        ['inside', like('*w/o contrast*')],
        ['nobody', is('xyzzy')],
        ['nobody prefix', like('xyzzy*')],
        ['nobody inside', like('*xyzzy*')],
      ];
    case 'code':
      return [
        ['one', is('A000000777')],
        ['prefix', like('A00000077*')],
        ['some', is('CT', 'MR', 'F', 'BRAIN', 'COUNTY', 'NEW', 'P00000012')],
        ['nobody', is('xyzzy')],
        ['nobody prefix', like('xyzzy*')],
      ];
    case 'codes':
      return [
        ['one', is('MR')],
        ['rare', is('PT')],
        ['all of', { kind: 'all-of', values: ['CT', 'SR'] }],
        ['nobody', is('xyzzy')],
      ];
  }
}

/** Each attribute alone, on its level and on those above it. */
function single(known: Known): QueryShape[] {
  return INDEXED_ATTRIBUTES.flatMap((attribute) => {
    const levels = LEVELS.filter((level) => level === attribute.level || level === 'study');
    return levels.flatMap((level) =>
      matchingsOf(attribute, known).map(([how, matching]) => ({
        name: `${level}: ${attribute.keyword} ${how}`,
        request: shape(level, { [attribute.keyword]: matching }),
      })),
    );
  });
}

/** What lists, workstations and routers ask for. */
function usual({ studyInstanceUID, seriesInstanceUID, sopInstanceUID }: Known): QueryShape[] {
  const inStudy = { studyInstanceUID };
  const inSeries = { studyInstanceUID, seriesInstanceUID };
  const name = { attribute: named('PatientName'), descending: false };
  const shapes: [string, SearchRequest][] = [
    ['newest', shape('study', {})],
    ['newest, page 40', shape('study', {}, { offset: 1_000 })],
    ['newest, page 3,000', shape('study', {}, { offset: 75_000 })],
    ['beyond the last', shape('study', {}, { offset: 1_000_000 })],
    ['by name', shape('study', {}, { orderBy: [name] })],
    [
      'a name, a year',
      shape('study', { PatientName: like('kowalski*'), StudyDate: range('20250101', '20251231') }),
    ],
    ['a name, a day', shape('study', { PatientName: like('k*'), StudyDate: range('20250310', '20250310') })],
    [
      'a name nobody has, a year',
      shape('study', { PatientName: like('xyzzy*'), StudyDate: range('20200101', '20251231') }),
    ],
    ['patient, modality', shape('study', { PatientID: is('P00000012'), ModalitiesInStudy: is('CT') })],
    [
      'modality, a week',
      shape('study', { ModalitiesInStudy: is('MR'), StudyDate: range('20250310', '20250316') }),
    ],
    [
      'modality, a day, a time',
      shape('study', {
        ModalitiesInStudy: is('MR'),
        StudyDate: range('20250310', '20250311'),
        StudyTime: range('0800', '1200'),
      }),
    ],
    [
      'a description, a month',
      shape('study', { StudyDescription: like('*brain*'), StudyDate: range('20250301', '20250331') }),
    ],
    [
      'fuzzy, birth date',
      shape('study', {
        PatientName: { kind: 'fuzzy', names: ['smith jon'] },
        PatientBirthDate: range('19500101', '19591231'),
      }),
    ],
    ['station, modality', shape('study', { StationName: is('CT1'), Modality: is('CT') })],
    ['accession, nobody', shape('study', { AccessionNumber: is('A'), PatientName: like('s*') })],
    [
      'status, a week',
      shape('study', { StudyStatusID: is('NEW'), StudyDate: range('20250310', '20250316') }),
    ],
    [
      'sex and year of birth',
      shape('study', { PatientSex: is('O'), PatientBirthDate: range('19600101', '19601231') }),
    ],
    ['series of a study', shape('series', {}, inStudy)],
    ['MR series of a study', shape('series', { Modality: is('MR') }, inStudy)],
    ['all series', shape('series', {})],
    ['all series, page 400', shape('series', {}, { offset: 10_000 })],
    ['series of a patient', shape('series', { PatientID: is('P00000012') })],
    [
      'MR series of a week',
      shape('series', { Modality: is('MR'), StudyDate: range('20250310', '20250316') }),
    ],
    ['instances of a study', shape('instance', {}, { ...inStudy, limit: 1_000 })],
    ['instances of a series', shape('instance', {}, { ...inSeries, limit: 1_000 })],
    [
      'what instances of a series say themselves',
      shape('instance', {}, { ...inSeries, limit: 1_000, attributesOf: ['instance'], withAll: false }),
    ],
    ['an instance of a series', shape('instance', { SOPInstanceUID: is(sopInstanceUID) }, inSeries)],
    ['number 1 of a series', shape('instance', { InstanceNumber: is('1') }, inSeries)],
    ['all instances', shape('instance', {})],
    ['all instances, page 400', shape('instance', {}, { offset: 10_000 })],
    ['instances of a patient', shape('instance', { PatientID: is('P00000012') })],
  ];
  return shapes.map(([called, request]) => ({ name: called, request }));
}

export function queryShapes(known: Known): QueryShape[] {
  return [...usual(known), ...single(known)];
}
