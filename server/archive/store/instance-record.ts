import { INDEXED_ATTRIBUTES } from '../../../storage/index/attributes.ts';
import { toColumns } from '../../../storage/index/search/column-value.ts';
import type { InstanceRecord, InstanceStatement } from '../../../storage/index/store/instance-record.ts';
import { stringOf } from '../../dicom/attributes.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { encodeFrameIndex } from '../../dicom/frames/frame-index.ts';
import { parseDataSet, stringifyDataSet } from '../../dicom/models/data-set-json.ts';
import type { ParsedInstance } from '../../dicom/read/part10-reader.ts';
import { isStorableUid, isValidUid } from '../../dicom/uid.ts';
import { textsAt } from '../search/element-texts.ts';
import { ATTRIBUTES_OF_LEVEL, pick } from '../search/level-attributes.ts';
import { type InstanceNames, InstanceRefusal, type StoreWarning } from './store-outcome.ts';

/** The UIDs that an instance is found by. */
export interface InstanceIdentity {
  studyInstanceUID: string;
  seriesInstanceUID: string;
  sopInstanceUID: string;
  sopClassUID: string;
}

const MEDIA_STORAGE_DIRECTORY = '1.2.840.10008.1.3.10';

/** The File Meta Information stands in for a SOP Class or Instance UID that the data set lacks. */
function uidsOf(dataSet: DataSet, fileMeta: DataSet) {
  return {
    StudyInstanceUID: stringOf(dataSet, 'StudyInstanceUID'),
    SeriesInstanceUID: stringOf(dataSet, 'SeriesInstanceUID'),
    SOPInstanceUID: stringOf(dataSet, 'SOPInstanceUID') ?? stringOf(fileMeta, 'MediaStorageSOPInstanceUID'),
    SOPClassUID: stringOf(dataSet, 'SOPClassUID') ?? stringOf(fileMeta, 'MediaStorageSOPClassUID'),
  };
}

/** What an instance that fails is called in answers. Text that is no UID is not repeated: it could be anything. */
export function namesOf(dataSet: DataSet, fileMeta: DataSet): InstanceNames {
  const { SOPClassUID, SOPInstanceUID } = uidsOf(dataSet, fileMeta);
  const uid = (text: string | undefined) => (text !== undefined && isStorableUid(text) ? text : undefined);
  return { sopClassUID: uid(SOPClassUID), sopInstanceUID: uid(SOPInstanceUID) };
}

/** Reads the UIDs of `parsed`; throws an `InstanceRefusal` that names each one missing or unusable. */
export function identityOf({ dataSet, fileMeta, transferSyntaxUID }: ParsedInstance): InstanceIdentity {
  const uids = uidsOf(dataSet, fileMeta);
  if (uids.SOPClassUID === MEDIA_STORAGE_DIRECTORY) {
    throw new InstanceRefusal(
      'sop-class-not-supported',
      'a DICOMDIR names instances but is none; send the instances themselves',
    );
  }
  const problems = Object.entries(uids).flatMap(([keyword, uid]) => {
    if (uid === undefined) return [`${keyword} is missing`];
    return isStorableUid(uid) ? [] : [`${keyword} is not a UID`];
  });
  // It is written into headers of answers.
  if (!isStorableUid(transferSyntaxUID)) problems.push('TransferSyntaxUID is not a UID');
  const { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID, SOPClassUID } = uids;
  if (problems.length > 0 || !StudyInstanceUID || !SeriesInstanceUID || !SOPInstanceUID || !SOPClassUID) {
    throw new InstanceRefusal('cannot-understand', problems.join(', '));
  }
  return {
    studyInstanceUID: StudyInstanceUID,
    seriesInstanceUID: SeriesInstanceUID,
    sopInstanceUID: SOPInstanceUID,
    sopClassUID: SOPClassUID,
  };
}

/** What the index keeps of an instance whose bytes lie under `blobKey`. */
export function recordOf(
  parsed: ParsedInstance,
  identity: InstanceIdentity,
  blob: { key: string; sizeBytes: number; digest: Uint8Array },
): InstanceRecord {
  const dataSet: DataSet = {
    ...parsed.dataSet,
    '00080016': { vr: 'UI', Value: [identity.sopClassUID] },
    '00080018': { vr: 'UI', Value: [identity.sopInstanceUID] },
  };
  const { bulkData } = parsed;
  return {
    ...statementOf(dataSet),
    instanceAttributes: stringifyDataSet(pick(dataSet, ATTRIBUTES_OF_LEVEL.instance)),
    metadata: stringifyDataSet(dataSet),
    transferSyntaxUID: parsed.transferSyntaxUID,
    frameIndex: parsed.pixelData ? encodeFrameIndex(parsed.pixelData) : null,
    bulkData:
      bulkData.length > 0 || parsed.deflated
        ? JSON.stringify({
            deflatedFrom: parsed.deflated ? parsed.dataSetOffsetBytes : undefined,
            entries: bulkData,
          })
        : null,
    blobKey: blob.key,
    sizeBytes: blob.sizeBytes,
    digest: blob.digest,
  };
}

function statementOf(dataSet: DataSet): InstanceStatement {
  return {
    values: indexedValues(dataSet),
    studyAttributes: stringifyDataSet(pick(dataSet, ATTRIBUTES_OF_LEVEL.study)),
    seriesAttributes: stringifyDataSet(pick(dataSet, ATTRIBUTES_OF_LEVEL.series)),
  };
}

/** What a stored instance says, out of its DICOM JSON text: the same as when it was stored. */
export function statementIn(metadata: string): InstanceStatement {
  return statementOf(parseDataSet(metadata));
}

function indexedValues(dataSet: DataSet): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const { keyword, path, computed } of INDEXED_ATTRIBUTES) {
    if (!computed) values[keyword] = textsAt(dataSet, path);
  }
  return values;
}

/** Kinds of columns that hold nothing where the text is not of the VR. */
const VR_OF_KIND: Readonly<Record<string, string>> = { date: 'DA', time: 'TM', integer: 'IS' };

/** What hospitals send and PS3.5 forbids, as far as it changes how the instance is found. It is kept as it came. */
export function* invalidValues(
  { values }: InstanceRecord,
  identity: InstanceIdentity,
): Generator<StoreWarning> {
  for (const [name, uid] of Object.entries(identity)) {
    const keyword = name.replace('sop', 'SOP').replace(/^s/, 'S');
    if (!isValidUid(uid)) yield { kind: 'invalid-value', detail: `${keyword} is no valid UID (PS3.5 9.1)` };
  }
  for (const { keyword, kind, computed } of INDEXED_ATTRIBUTES) {
    const vr = VR_OF_KIND[kind];
    const texts = values[keyword] ?? [];
    if (vr === undefined || computed || !texts[0]) continue;
    if (toColumns(kind, texts)[0] === null)
      yield { kind: 'invalid-value', detail: `${keyword} is no valid ${vr}: searches can't match it` };
  }
}
