import { ATTRIBUTES_OF_LEVEL } from '../../server/archive/search/level-attributes.ts';
import type { Kind, Right } from './kinds.ts';
import type { SearchDifference } from './search-differences.ts';

export const QUERIES: readonly string[] = [
  '/studies',
  '/series',
  '/instances',
  '/studies?includefield=all',
  '/series?includefield=all',
  '/instances?includefield=PixelSpacing,SliceThickness&Modality=MR',
  '/studies?PatientName=*^*',
  '/studies?PatientName=CompressedSamples^CT1',
  '/studies?PatientName=compressedsamples*',
  '/studies?PatientName=A?*',
  '/studies?PatientName=%E5%B1%B1%E7%94%B0*',
  '/studies?PatientID=4MR1',
  '/studies?PatientID=4*',
  '/studies?00100020=4MR1',
  '/studies?PatientID=nobody',
  '/studies?PatientSex=M',
  '/studies?ModalitiesInStudy=CT',
  '/studies?ModalitiesInStudy=MR',
  '/studies?StudyDate=20040826',
  '/studies?StudyDate=20040101-20061231',
  '/studies?StudyDate=20040101-',
  '/studies?StudyDate=-20001231',
  '/studies?StudyDate=tomorrow',
  '/studies?StudyTime=100000-120000',
  '/studies?StudyDescription=*brain*',
  '/studies?ReferringPhysicianName=*',
  '/studies?AccessionNumber=',
  '/studies?StudyInstanceUID=1.3.6.1.4.1.5962.1.2.4.20040826185059.5457,1.3.6.1.4.1.5962.1.2.1.20040119072730.12322',
  '/studies?limit=-1',
  '/studies?offset=1000',
  '/series?Modality=MR',
  '/series?SeriesNumber=1',
  '/series?SeriesDescription=*T1*',
  '/series?BodyPartExamined=HEAD',
  '/instances?SOPClassUID=1.2.840.10008.5.1.4.1.1.4',
  '/instances?InstanceNumber=1',
  '/studies/1.2.3/series',
  '/studies/1.3.6.1.4.1.5962.1.2.4.20040826185059.5457/series',
  '/studies/1.3.6.1.4.1.5962.1.2.4.20040826185059.5457/instances',
];

/** (0008,0005), and what only the archive can know. */
const CHARACTER_SET = '00080005';
const isEmpty = (canonical: string) => canonical.endsWith('[]');
const studyTags = new Set<string>(ATTRIBUTES_OF_LEVEL.study);
const seriesTags = new Set<string>(ATTRIBUTES_OF_LEVEL.series);
const isAttribute = ({ what }: SearchDifference) => /^[0-9A-F]{8}$/.test(what);
/** The two values of a PN, as far as their delimiters and empty groups say something. */
const bareName = (canonical: string) =>
  canonical
    .replace(/\^+"/g, '"')
    .replace(/,?"(Ideographic|Phonetic|Alphabetic)":""/g, '')
    .replace('[{}]', '[]');

function result(
  query: string,
  has: 'ours' | 'theirs',
  what: string,
  section: string,
  right: Right,
): Kind<SearchDifference> {
  return {
    what: `${query}: ${what}`,
    section,
    right,
    applies: (difference) =>
      difference.query === query && difference.what === 'result' && difference[has] === 'there',
  };
}

function status(
  query: string,
  ours: number,
  theirs: number,
  what: string,
  section: string,
  right: Right,
): Kind<SearchDifference> {
  return {
    what: `${query}: ${what}`,
    section,
    right,
    applies: (difference) =>
      difference.query === query &&
      difference.what === 'status' &&
      difference.ours === String(ours) &&
      difference.theirs === String(theirs),
  };
}

export const SEARCH_KINDS: readonly Kind<SearchDifference>[] = [
  {
    what: 'Specific Character Set: Orthanc repeats the stored one although its JSON is UTF-8; ours says ISO_IR 192',
    section: 'PS3.18 F.2',
    right: 'ours',
    applies: ({ what, ours }) => what === CHARACTER_SET && ours === 'CS ["ISO_IR 192"]',
  },
  {
    what: 'attributes without a value: Orthanc leaves them out, ours gives them empty',
    section: 'PS3.18 10.6.3.3',
    right: 'ours',
    applies: (one) => isAttribute(one) && isEmpty(one.ours) && one.theirs === '',
  },
  {
    what: 'attributes that Orthanc does not keep with study or series: Instance Availability, dates and times of series, counts, all that includefield asks for',
    section: 'PS3.18 10.6.3.3, Tables 10.6.3-3 to 10.6.3-5',
    right: 'ours',
    applies: (one) => isAttribute(one) && one.ours !== '' && one.theirs === '',
  },
  {
    what: 'attributes of the study that the URI names: Orthanc repeats them with each series and instance, ours does not unless asked',
    section: 'PS3.18 10.6.3.3',
    right: 'either',
    applies: ({ query, what, ours, theirs }) =>
      /^\/studies\/[\d.]+\//.test(query) && studyTags.has(what) && ours === '' && theirs !== '',
  },
  {
    what: 'person names: Orthanc keeps empty component groups and trailing delimiters, which say nothing',
    section: 'PS3.5 6.2.1.1',
    right: 'either',
    applies: (one) => one.ours.startsWith('PN') && bareName(one.ours) === bareName(one.theirs),
  },
  {
    what: 'person names that are not Latin: Orthanc loses their characters',
    section: 'PS3.18 F.2',
    right: 'ours',
    applies: ({ what, ours, theirs }) =>
      what === '00100010' && [...ours].some((character) => character > '\u007f') && theirs.startsWith('PN'),
  },
  {
    what: 'instances of one study or series that disagree about an attribute of it: each archive tells that of another instance',
    section: 'PS3.3 C.7.2, C.7.3',
    right: 'either',
    applies: ({ what, isDisputed }) => isDisputed && (studyTags.has(what) || seriesTags.has(what)),
  },
  {
    what: 'IS that holds no whole number: Orthanc gives no value, ours the text as it is',
    section: 'PS3.18 Table F.2.3-1',
    right: 'ours',
    applies: ({ ours, theirs }) => ours === 'IS ["1A"]' && theirs === 'IS []',
  },
  {
    what: 'ModalitiesInStudy of a study with an SR in a series of CT: Orthanc counts the modalities of series, ours those of instances too',
    section: 'PS3.3 C.7.3.1.1.1; PS3.4 C.6.2.1.2',
    right: 'either',
    applies: ({ what, query, ours, theirs }) =>
      (what === '00080061' && ours.includes('"CT"') && ours.includes('"SR"') && theirs.includes('"SR"')) ||
      (query === '/studies?ModalitiesInStudy=CT' && what === 'result' && ours === 'there'),
  },
  status(
    '/studies?PatientID=nobody',
    204,
    200,
    'nothing found: 204 or 200 with an empty list',
    'PS3.18 10.6.3.1',
    'either',
  ),
  status(
    '/studies?offset=1000',
    204,
    200,
    'nothing found: 204 or 200 with an empty list',
    'PS3.18 10.6.3.1',
    'either',
  ),
  status(
    '/studies?StudyDate=tomorrow',
    400,
    200,
    'Orthanc takes what is no date for one that never was',
    'PS3.18 10.6.3.1',
    'ours',
  ),
  status(
    '/studies?limit=-1',
    400,
    500,
    'Orthanc fails over a limit that is no number',
    'PS3.18 8.3.4',
    'ours',
  ),
  result(
    '/studies?PatientName=*^*',
    'theirs',
    'finds the delimiters of TEST^^^^, which say nothing',
    'PS3.5 6.2.1.1',
    'either',
  ),
  result(
    '/studies?PatientName=A?*',
    'ours',
    'finds Äneas: names may be compared without accents',
    'PS3.4 C.2.2.2.1',
    'either',
  ),
  result(
    '/studies?PatientName=%E5%B1%B1%E7%94%B0*',
    'ours',
    'Orthanc does not find 山田, whose characters it has lost',
    'PS3.4 C.2.2.2.1',
    'ours',
  ),
  result(
    '/studies?ReferringPhysicianName=*',
    'ours',
    'a lone * matches also where there is no value',
    'PS3.4 C.2.2.2.3, C.2.2.2.4',
    'ours',
  ),
  result(
    '/studies?StudyDate=-20001231',
    'theirs',
    'Orthanc finds studies without a date, which are in no range',
    'PS3.4 C.2.2.2.5',
    'ours',
  ),
  result(
    '/studies?StudyTime=100000-120000',
    'ours',
    '120000.000000 is not after 120000',
    'PS3.4 C.2.2.2.5.1',
    'ours',
  ),
  result(
    '/instances?InstanceNumber=1',
    'ours',
    'finds 01 too: numbers are compared, not letters',
    'PS3.4 C.2.2.2.1',
    'ours',
  ),
  result(
    '/series?SeriesNumber=1',
    'ours',
    'finds 01 too: numbers are compared, not letters',
    'PS3.4 C.2.2.2.1',
    'ours',
  ),
];
