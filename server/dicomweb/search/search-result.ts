import type { Scope } from '../../archive/retrieve/retrieve-instances.ts';
import { ATTRIBUTES_OF_LEVEL, pick } from '../../archive/search/level-attributes.ts';
import type {
  FoundRow,
  Level,
  PrivateCreators,
  StoredAttributes,
} from '../../archive/search/search-archive.ts';
import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { vrOf } from '../../dicom/dictionary.ts';
import { parseDataSet } from '../../dicom/models/data-set-json.ts';
import { creatorTagOf, isPrivateTag, tagIn } from '../../dicom/private-elements.ts';
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

export interface Asked {
  level: Level;
  scope: Scope;
  /** Tags; those of attributes inside sequences joined by dots. */
  includedPaths: readonly string[];
  includeAll: boolean;
  privateCreators: PrivateCreators;
}

/** One result of a search, as PS3.18 10.6.3.3 wants it; `metadata` is the instance's DICOM JSON text, where it was read. */
export function resultDataSet(
  row: FoundRow,
  metadata: string | undefined,
  asked: Asked,
  root: string,
): DataSet {
  const result: DataSet = { '00080005': text('CS', 'ISO_IR 192'), '00080056': text('CS', 'ONLINE') };
  // PS3.18 10.6.3.3.2: attributes of the study come with series and instances unless the URI names it; so for series.
  const withStudy = asked.level === 'study' || !asked.scope.studyInstanceUID;
  const withSeries = asked.level === 'series' || !asked.scope.seriesInstanceUID;
  const own = metadata === undefined ? undefined : parseDataSet(metadata);
  // An instance of another patient than its study's, say, tells its own.
  const study = own ? pick(own, ATTRIBUTES_OF_LEVEL.study) : asElements(row.study.attributes);
  addStudy(result, row, study, asked, withStudy);
  const series = own ? pick(own, ATTRIBUTES_OF_LEVEL.series) : asElements(row.series?.attributes ?? {});
  addSeries(result, row, series, asked, withSeries);
  addInstance(result, row, own, asked);
  for (const [tag, element] of Object.entries(asElements(row.elements))) result[tag] ??= element;
  result['00081190'] = text('UR', retrieveUrl(row, root));
  return result;
}

function text(vr: DataElement['vr'], ...values: string[]): DataElement {
  return values.length > 0 ? { vr, Value: values } : { vr };
}

function retrieveUrl({ study, series, instance }: FoundRow, root: string): string {
  const { studyInstanceUID } = study;
  if (!series) return studyUrl(root, studyInstanceUID);
  const { seriesInstanceUID } = series;
  if (!instance) return seriesUrl(root, { studyInstanceUID, seriesInstanceUID });
  return instanceUrl(root, { studyInstanceUID, seriesInstanceUID, sopInstanceUID: instance.sopInstanceUID });
}

function addStudy(
  result: DataSet,
  { study }: FoundRow,
  attributes: DataSet,
  asked: Asked,
  inFull: boolean,
): void {
  const computed: DataSet = {
    '00080061': text('CS', ...study.modalitiesInStudy),
    '00201206': { vr: 'IS', Value: [study.numberOfStudyRelatedSeries] },
    '00201208': { vr: 'IS', Value: [study.numberOfStudyRelatedInstances] },
  };
  const onRequest: DataSet = {
    '00080062': text('UI', ...study.sopClassesInStudy),
    '0032000A': text('CS', study.studyStatusID),
    ...patientCounts(study.patientCounts),
  };
  result['0020000D'] = text('UI', study.studyInstanceUID);
  if (inFull) {
    take(result, attributes, STUDY_TAGS, STUDY_TAGS_IF_KNOWN);
    Object.assign(result, computed);
  }
  takeIncluded(result, { ...attributes, ...computed, ...onRequest }, asked);
}

/** PS3.4 Table C.3-1. */
function patientCounts(counts: FoundRow['study']['patientCounts']): DataSet {
  if (!counts) return {};
  return {
    '00201200': { vr: 'IS', Value: [counts.studies] },
    '00201202': { vr: 'IS', Value: [counts.series] },
    '00201204': { vr: 'IS', Value: [counts.instances] },
  };
}

function addSeries(
  result: DataSet,
  { series }: FoundRow,
  attributes: DataSet,
  asked: Asked,
  inFull: boolean,
): void {
  if (!series) return;
  const computed: DataSet = { '00201209': { vr: 'IS', Value: [series.numberOfSeriesRelatedInstances] } };
  result['0020000E'] = text('UI', series.seriesInstanceUID);
  if (inFull) {
    take(result, attributes, SERIES_TAGS, SERIES_TAGS_IF_KNOWN);
    Object.assign(result, computed);
  }
  takeIncluded(result, { ...attributes, ...computed }, asked);
}

function addInstance(result: DataSet, { instance }: FoundRow, own: DataSet | undefined, asked: Asked): void {
  if (!instance) return;
  const attributes = asElements(instance.attributes);
  take(result, attributes, INSTANCE_TAGS, INSTANCE_TAGS_IF_KNOWN);
  // (0008,3002) Available Transfer Syntax UID.
  const onRequest: DataSet = { '00083002': text('UI', instance.transferSyntaxUID) };
  const everything = own ? withoutBulk(own) : attributes;
  takeIncluded(result, { ...everything, ...onRequest }, asked);
}

/** The index hands out what `archive` gave it: elements of the DICOM JSON Model. */
function asElements(attributes: StoredAttributes): DataSet {
  return attributes as DataSet;
}

/** Bulk values have no place in a list of results; they are retrieved. */
function withoutBulk(dataSet: DataSet): DataSet {
  return Object.fromEntries(
    Object.entries(dataSet).filter(([, element]) => element.BulkDataURI === undefined),
  );
}

function take(
  result: DataSet,
  elements: DataSet,
  always: readonly string[],
  ifKnown: readonly string[],
): void {
  for (const tag of always) result[tag] = elements[tag] ?? { vr: vrOf(tag) ?? 'UN' };
  for (const tag of ifKnown) {
    const element = elements[tag];
    if (element) result[tag] = element;
  }
}

function takeIncluded(result: DataSet, elements: DataSet, asked: Asked): void {
  if (asked.includeAll) {
    for (const [tag, element] of Object.entries(elements)) result[tag] ??= element;
    return;
  }
  const paths = asked.includedPaths.filter((path) => !(path.slice(0, 8) in result));
  for (const tag of new Set(paths.map((path) => path.slice(0, 8)))) {
    const within = paths.filter((path) => path.startsWith(tag)).map((path) => path.split('.').slice(1));
    takeElement(result, elements, tag, within, asked.privateCreators);
  }
}

/** PS3.18 10.6.3.3: a private element comes with its creator, whichever block that reserved in the object. */
function takeElement(
  result: DataSet,
  elements: DataSet,
  tag: string,
  within: string[][],
  creators: PrivateCreators,
): void {
  const creator = isPrivateTag(tag) ? creators[creatorTagOf(tag)] : undefined;
  const place = creator === undefined ? tag : tagIn(elements, tag, creator.trim());
  const element = place === undefined ? undefined : elements[place];
  if (place === undefined || !element) return;
  result[place] ??= onlyWithin(element, within);
  const reserved = isPrivateTag(place) ? elements[creatorTagOf(place)] : undefined;
  if (reserved) result[creatorTagOf(place)] ??= reserved;
}

/** Of the items of a sequence what `paths` name (PS3.4 C.2.2.2.6); all of them where one path ends here. */
function onlyWithin(element: DataElement, paths: readonly string[][]): DataElement {
  if (element.vr !== 'SQ' || !element.Value || paths.some((path) => path.length === 0)) return element;
  const items = element.Value.map((item) => {
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
