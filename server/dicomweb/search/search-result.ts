import type { Scope } from '../../archive/retrieve-instances.ts';
import type { FoundRow, Level, StoredAttributes } from '../../archive/search-archive.ts';
import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { parseDataSet } from '../../dicom/data-set-json.ts';
import { vrOf } from '../../dicom/dictionary.ts';
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
  includedTags: readonly string[];
  includeAll: boolean;
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
  addStudy(result, row, asked, withStudy);
  if (row.series) addSeries(result, row, asked, withSeries);
  if (row.instance) addInstance(result, row, metadata, asked);
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

function addStudy(result: DataSet, { study }: FoundRow, asked: Asked, inFull: boolean): void {
  const computed: DataSet = {
    '00080061': text('CS', ...study.modalitiesInStudy),
    '00201206': { vr: 'IS', Value: [study.numberOfStudyRelatedSeries] },
    '00201208': { vr: 'IS', Value: [study.numberOfStudyRelatedInstances] },
  };
  const onRequest: DataSet = { '00080062': text('UI', ...study.sopClassesInStudy) };
  result['0020000D'] = text('UI', study.studyInstanceUID);
  if (inFull) {
    take(result, study.attributes, STUDY_TAGS, STUDY_TAGS_IF_KNOWN);
    Object.assign(result, computed);
  }
  takeIncluded(result, { ...asElements(study.attributes), ...computed, ...onRequest }, asked);
}

function addSeries(result: DataSet, { series }: FoundRow, asked: Asked, inFull: boolean): void {
  if (!series) return;
  const computed: DataSet = { '00201209': { vr: 'IS', Value: [series.numberOfSeriesRelatedInstances] } };
  result['0020000E'] = text('UI', series.seriesInstanceUID);
  if (inFull) {
    take(result, series.attributes, SERIES_TAGS, SERIES_TAGS_IF_KNOWN);
    Object.assign(result, computed);
  }
  takeIncluded(result, { ...asElements(series.attributes), ...computed }, asked);
}

function addInstance(
  result: DataSet,
  { instance }: FoundRow,
  metadata: string | undefined,
  asked: Asked,
): void {
  if (!instance) return;
  take(result, instance.attributes, INSTANCE_TAGS, INSTANCE_TAGS_IF_KNOWN);
  // (0008,3002) Available Transfer Syntax UID.
  const onRequest: DataSet = { '00083002': text('UI', instance.transferSyntaxUID) };
  const everything =
    metadata === undefined ? asElements(instance.attributes) : withoutBulk(parseDataSet(metadata));
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
  attributes: StoredAttributes,
  always: readonly string[],
  ifKnown: readonly string[],
): void {
  const elements = asElements(attributes);
  for (const tag of always) result[tag] = elements[tag] ?? { vr: vrOf(tag) ?? 'UN' };
  for (const tag of ifKnown) {
    const element = elements[tag];
    if (element) result[tag] = element;
  }
}

function takeIncluded(result: DataSet, elements: DataSet, asked: Asked): void {
  const tags = asked.includeAll ? Object.keys(elements) : asked.includedTags;
  for (const tag of tags) {
    const element = elements[tag];
    if (element && !(tag in result)) result[tag] = element;
  }
}
