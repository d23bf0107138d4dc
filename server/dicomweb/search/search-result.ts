import type { Scope } from '../../archive/retrieve/retrieve-instances.ts';
import { ATTRIBUTES_OF_LEVEL } from '../../archive/search/level-attributes.ts';
import type { FoundRow, Level, PrivateCreators } from '../../archive/search/search-archive.ts';
import type { DataElement, DataSet, ValueRepresentation } from '../../dicom/data-set.ts';
import { vrOf } from '../../dicom/dictionary.ts';
import { stringifyDataSet } from '../../dicom/models/data-set-json.ts';
import { type ElementTexts, elementTextsOf, joinElements } from '../../dicom/models/element-texts.ts';
import { creatorTagOf, isCreatorTag, isPrivateTag, tagIn } from '../../dicom/private-elements.ts';
import { instanceUrl, seriesUrl, studyUrl } from '../uri.ts';

/** PS3.18 Table 10.6.3-3; empty where the study has no value. */
const STUDY_TAGS = [
  '00080020',
  '00080030',
  '00080050',
  '00080090',
  '00081030',
  '00100010',
  '00100020',
  '00100030',
  '00100040',
  '0020000D',
  '00200010',
];
const STUDY_TAGS_IF_KNOWN = ['00080201', '00100021'];
/** PS3.18 Table 10.6.3-4. */
const SERIES_TAGS = ['00080060', '0008103E', '0020000E', '00200011'];
const SERIES_TAGS_IF_KNOWN = [
  '00080021',
  '00080031',
  '00080201',
  '00180015',
  '00200060',
  '00400244',
  '00400245',
  '00400275',
];
/** PS3.18 Table 10.6.3-5. */
const INSTANCE_TAGS = ['00080016', '00080018', '00200013'];
const INSTANCE_TAGS_IF_KNOWN = ['00080201', '00280008', '00280010', '00280011', '00280100'];

/** Of results that nothing else is included in, in their order. */
const USUAL_TAGS = [
  ...new Set([
    ...STUDY_TAGS,
    ...STUDY_TAGS_IF_KNOWN,
    ...SERIES_TAGS,
    ...SERIES_TAGS_IF_KNOWN,
    ...INSTANCE_TAGS,
    ...INSTANCE_TAGS_IF_KNOWN,
    '00080005',
    '00080056',
    '00080061',
    '00081190',
    '00201206',
    '00201208',
    '00201209',
  ]),
].sort();
const USUAL = new Set(USUAL_TAGS);

export interface Asked {
  level: Level;
  scope: Scope;
  /** Tags; those of attributes inside sequences joined by dots. */
  includedPaths: readonly string[];
  includeAll: boolean;
  privateCreators: PrivateCreators;
}

/** Writes one result as PS3.18 10.6.3.3 wants it, as DICOM JSON text; `metadata` is that of the instance, where it was read. */
export type WriteResult = (row: FoundRow, metadata?: string | undefined) => string;

/** What all results of one search have in common is found out once. */
export function resultWriter(asked: Asked, root: string): WriteResult {
  const common: [string, string][] = [
    ['00080005', element('CS', 'ISO_IR 192')],
    ['00080056', element('CS', 'ONLINE')],
  ];
  // PS3.18 10.6.3.3.2: attributes of the study come with series and instances unless the URI names it; so for series.
  const withStudy = asked.level === 'study' || !asked.scope.studyInstanceUID;
  const withSeries = asked.level === 'series' || !asked.scope.seriesInstanceUID;
  // Results that follow each other are often of one study and one series.
  const wanted = wantedOf(asked);
  const studyTexts = remembered((text) => elementTextsOf(text, wanted));
  const seriesTexts = remembered((text) => elementTextsOf(text, wanted));
  return (row, metadata) => {
    const result: ElementTexts = new Map(common);
    const own = metadata === undefined ? undefined : elementTextsOf(metadata);
    // An instance of another patient than its study's, say, tells its own.
    const study = () => (own ? pick(own, ATTRIBUTES_OF_LEVEL.study) : studyTexts(row.study.attributes));
    addStudy(result, row, study, asked, withStudy);
    const series = () =>
      own ? pick(own, ATTRIBUTES_OF_LEVEL.series) : seriesTexts(row.series?.attributes ?? '{}');
    addSeries(result, row, series, asked, withSeries);
    addInstance(result, row, own, asked);
    for (const [tag, one] of Object.entries(row.elements))
      if (!result.has(tag)) result.set(tag, textOf(tag, one as DataElement));
    result.set('00081190', element('UR', retrieveUrl(row, root)));
    return joinElements(result, USUAL_TAGS);
  };
}

/** `work`, which is not done again as long as it is asked for the same. */
function remembered(work: (text: string) => ElementTexts): (text: string) => ElementTexts {
  let last: { text: string; done: ElementTexts } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, done: work(text) };
    return last.done;
  };
}

/** What is to be taken out of stored attributes; undefined: perhaps anything. */
function wantedOf({ includeAll, includedPaths }: Asked): ReadonlySet<string> | undefined {
  return includeAll || includedPaths.length > 0 ? undefined : USUAL;
}

/** Nothing in it has to be escaped in JSON. */
const PLAIN = /^[\w .:/-]*$/;

/** JSON text of an element with values that are strings or numbers. */
function element(vr: ValueRepresentation, ...values: readonly (string | number)[]): string {
  const [value] = values;
  if (values.length === 1 && typeof value === 'string' && PLAIN.test(value))
    return `{"vr":"${vr}","Value":["${value}"]}`;
  return values.length > 0 ? `{"vr":"${vr}","Value":${JSON.stringify(values)}}` : `{"vr":"${vr}"}`;
}

/** JSON text of any element, the items of sequences in tag order. */
function textOf(tag: string, one: DataElement): string {
  return elementTextsOf(stringifyDataSet({ [tag]: one })).get(tag) ?? '';
}

function retrieveUrl({ study, series, instance }: FoundRow, root: string): string {
  const { studyInstanceUID } = study;
  if (!series) return studyUrl(root, studyInstanceUID);
  const { seriesInstanceUID } = series;
  if (!instance) return seriesUrl(root, { studyInstanceUID, seriesInstanceUID });
  return instanceUrl(root, { studyInstanceUID, seriesInstanceUID, sopInstanceUID: instance.sopInstanceUID });
}

function addStudy(
  result: ElementTexts,
  { study }: FoundRow,
  attributes: () => ElementTexts,
  asked: Asked,
  inFull: boolean,
): void {
  const computed = (): [string, string][] => [
    ['00080061', element('CS', ...study.modalitiesInStudy)],
    ['00201206', element('IS', study.numberOfStudyRelatedSeries)],
    ['00201208', element('IS', study.numberOfStudyRelatedInstances)],
  ];
  const onRequest = (): [string, string][] => [
    ['00080062', element('UI', ...study.sopClassesInStudy)],
    ['0032000A', element('CS', study.studyStatusID)],
    ...patientCounts(study.patientCounts),
  ];
  result.set('0020000D', element('UI', study.studyInstanceUID));
  if (inFull) {
    take(result, attributes(), STUDY_TAGS, STUDY_TAGS_IF_KNOWN);
    for (const [tag, text] of computed()) result.set(tag, text);
  }
  takeIncluded(result, () => new Map([...attributes(), ...computed(), ...onRequest()]), asked);
}

/** PS3.4 Table C.3-1. */
function patientCounts(counts: FoundRow['study']['patientCounts']): [string, string][] {
  if (!counts) return [];
  return [
    ['00201200', element('IS', counts.studies)],
    ['00201202', element('IS', counts.series)],
    ['00201204', element('IS', counts.instances)],
  ];
}

function addSeries(
  result: ElementTexts,
  { series }: FoundRow,
  attributes: () => ElementTexts,
  asked: Asked,
  inFull: boolean,
): void {
  if (!series) return;
  const count = element('IS', series.numberOfSeriesRelatedInstances);
  result.set('0020000E', element('UI', series.seriesInstanceUID));
  if (inFull) {
    take(result, attributes(), SERIES_TAGS, SERIES_TAGS_IF_KNOWN);
    result.set('00201209', count);
  }
  takeIncluded(result, () => new Map(attributes()).set('00201209', count), asked);
}

function addInstance(
  result: ElementTexts,
  { instance }: FoundRow,
  own: ElementTexts | undefined,
  asked: Asked,
): void {
  if (!instance) return;
  const attributes = elementTextsOf(instance.attributes, wantedOf(asked));
  take(result, attributes, INSTANCE_TAGS, INSTANCE_TAGS_IF_KNOWN);
  // (0008,3002) Available Transfer Syntax UID.
  const onRequest = () => element('UI', instance.transferSyntaxUID);
  const everything = () => (own ? withoutBulk(own) : attributes);
  takeIncluded(result, () => new Map(everything()).set('00083002', onRequest()), asked);
}

/** Bulk values have no place in a list of results; they are retrieved. */
function withoutBulk(elements: ElementTexts): ElementTexts {
  return new Map([...elements].filter(([, text]) => !isBulk(text)));
}

/** A sequence is none, whatever its items hold. */
function isBulk(text: string): boolean {
  return text.includes('"BulkDataURI"') && parseElement(text).BulkDataURI !== undefined;
}

function parseElement(text: string): DataElement {
  return JSON.parse(text) as DataElement;
}

/** The elements that `tags` name, without values too long to be kept inline. */
function pick(elements: ElementTexts, tags: readonly string[]): ElementTexts {
  const picked: ElementTexts = new Map();
  for (const tag of tags) {
    const text = elements.get(tag);
    if (text !== undefined && !isBulk(text)) picked.set(tag, text);
  }
  return picked;
}

/** Of each tag that is always there, the element without a value. */
const EMPTY = new Map(
  [...STUDY_TAGS, ...SERIES_TAGS, ...INSTANCE_TAGS].map((tag) => [tag, element(vrOf(tag) ?? 'UN')]),
);

function take(
  result: ElementTexts,
  elements: ElementTexts,
  always: readonly string[],
  ifKnown: readonly string[],
): void {
  for (const tag of always) result.set(tag, elements.get(tag) ?? EMPTY.get(tag) ?? '');
  for (const tag of ifKnown) {
    const text = elements.get(tag);
    if (text !== undefined) result.set(tag, text);
  }
}

function takeIncluded(result: ElementTexts, elementsOf: () => ElementTexts, asked: Asked): void {
  if (asked.includeAll) {
    for (const [tag, text] of elementsOf()) if (!result.has(tag)) result.set(tag, text);
    return;
  }
  const paths = asked.includedPaths.filter((path) => !result.has(path.slice(0, 8)));
  if (paths.length === 0) return;
  const elements = elementsOf();
  for (const tag of new Set(paths.map((path) => path.slice(0, 8)))) {
    const within = paths.filter((path) => path.startsWith(tag)).map((path) => path.split('.').slice(1));
    takeElement(result, elements, tag, within, asked.privateCreators);
  }
}

/** PS3.18 10.6.3.3: a private element comes with its creator, whichever block that reserved in the object. */
function takeElement(
  result: ElementTexts,
  elements: ElementTexts,
  tag: string,
  within: string[][],
  creators: PrivateCreators,
): void {
  const creator = isPrivateTag(tag) ? creators[creatorTagOf(tag)] : undefined;
  const place = creator === undefined ? tag : tagIn(creatorsIn(elements), tag, creator.trim());
  const text = place === undefined ? undefined : elements.get(place);
  if (place === undefined || text === undefined) return;
  if (!result.has(place)) result.set(place, textWithin(place, text, within));
  const reserved = isPrivateTag(place) ? elements.get(creatorTagOf(place)) : undefined;
  if (reserved !== undefined && !result.has(creatorTagOf(place))) result.set(creatorTagOf(place), reserved);
}

function creatorsIn(elements: ElementTexts): DataSet {
  const creators = [...elements].filter(([tag]) => isCreatorTag(tag));
  return Object.fromEntries(creators.map(([tag, text]) => [tag, parseElement(text)]));
}

function textWithin(tag: string, text: string, paths: readonly string[][]): string {
  if (paths.some((path) => path.length === 0)) return text;
  return textOf(tag, onlyWithin(parseElement(text), paths));
}

/** Of the items of a sequence what `paths` name (PS3.4 C.2.2.2.6); all of them where one path ends here. */
function onlyWithin(sequence: DataElement, paths: readonly string[][]): DataElement {
  if (sequence.vr !== 'SQ' || !sequence.Value || paths.some((path) => path.length === 0)) return sequence;
  const items = sequence.Value.map((item) => {
    const kept: DataSet = {};
    for (const tag of new Set(paths.map(([first = '']) => first))) {
      const inner = (item as DataSet | null)?.[tag];
      const deeper = paths.filter(([first]) => first === tag).map((path) => path.slice(1));
      if (inner) kept[tag] = onlyWithin(inner, deeper);
    }
    return kept;
  });
  return { vr: 'SQ', Value: items };
}
