import type { Context } from 'koa';
import type {
  FailedInstance,
  FailureKind,
  StoredInstance,
  StoreOutcome,
} from '../../archive/store/store-outcome.ts';
import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { stringifyDataSet } from '../../dicom/models/data-set-json.ts';
import { dataSetToXml } from '../../dicom/models/data-set-xml.ts';
import { makeBoundary, writeMultipart } from '../../http/multipart-writer.ts';
import { type DataSetForm, XML_TYPE } from '../negotiation.ts';
import { instanceUrl, studyUrl } from '../uri.ts';

/** PS3.18 I.2.2: values of Failure Reason (0008,1197). */
const FAILURE_REASONS: Record<FailureKind, number> = {
  'processing-failure': 0x0110,
  duplicate: 0x0111,
  'sop-class-not-supported': 0x0122,
  'transfer-syntax-not-supported': 0xc122,
  'out-of-resources': 0xa700,
  'too-large': 0xa700,
  'study-mismatch': 0xa900,
  'cannot-understand': 0xc000,
};

/** PS3.18 I.2.1: Data Set does not match SOP Class; of the values of Warning Reason (0008,1196) the one that all warnings of ours are. */
const WARNING_REASON = 0xb007;

export interface StoreResponse {
  status: number;
  /** The Store Instances Response Module (PS3.18 Table I.1-1). */
  dataSet: DataSet;
  /** For the Warning header (RFC 7234 5.5), where not all went well. */
  warning: string | undefined;
}

/**
 * The Store Instances Response (PS3.18 10.5.3) and its status: 200 when all were stored, 202 when some were or there are warnings,
 * 409 when none was.
 */
export function storeResponse(
  outcomes: readonly StoreOutcome[],
  root: string,
  studyInstanceUID: string | undefined,
): StoreResponse {
  const stored = outcomes.filter((outcome) => outcome.kind === 'stored');
  const failed = outcomes.filter((outcome) => outcome.kind === 'failed');
  const named = failed.filter(({ sopInstanceUID }) => sopInstanceUID !== undefined);
  const nameless = failed.filter(({ sopInstanceUID }) => sopInstanceUID === undefined);
  const study = studyInstanceUID ?? onlyStudyOf(stored);
  // Type 2: empty where there is no one study to be had.
  const url = study !== undefined && stored.length > 0 ? [studyUrl(root, study)] : undefined;
  const dataSet: DataSet = { '00081190': url ? { vr: 'UR', Value: url } : { vr: 'UR' } };
  // Sequences without items are left out: clients take their presence for a failure.
  if (named.length > 0) dataSet['00081198'] = { vr: 'SQ', Value: named.map(failedItem) };
  if (stored.length > 0)
    dataSet['00081199'] = { vr: 'SQ', Value: stored.map((instance) => referencedItem(instance, root)) };
  // (0008,119A) Other Failures Sequence: those that cannot be named by UID.
  if (nameless.length > 0) dataSet['0008119A'] = { vr: 'SQ', Value: nameless.map(failedItem) };
  const warned = stored.filter(({ warnings }) => warnings.length > 0).length;
  const status = stored.length === 0 ? 409 : failed.length > 0 || warned > 0 ? 202 : 200;
  return { status, dataSet, warning: warningOf(outcomes.length, failed.length, warned) };
}

function warningOf(all: number, failed: number, warned: number): string | undefined {
  const texts = [
    ...(failed > 0 ? [`${failed} of ${all} instances were not stored`] : []),
    ...(warned > 0 ? [`${warned} of ${all} were stored with warnings`] : []),
  ];
  return texts.length > 0 ? `299 isocenter "${texts.join('; ')}"` : undefined;
}

/** Answers in JSON (an object: PS3.18 10.5.3.2 has one data set), in XML, or in XML as the one part. */
export async function sendResponse(
  context: Context,
  form: DataSetForm,
  { status, dataSet, warning }: StoreResponse,
): Promise<void> {
  context.status = status;
  if (warning !== undefined) context.set('Warning', warning);
  if (form.form === 'json') {
    context.body = stringifyDataSet(dataSet);
    context.set('Content-Type', form.type);
    return;
  }
  const xml = Buffer.from(dataSetToXml(dataSet));
  if (form.form === 'xml') {
    context.body = xml;
    context.set('Content-Type', XML_TYPE);
    return;
  }
  const boundary = makeBoundary();
  const chunks: Uint8Array[] = [];
  const part = { headers: { 'Content-Type': XML_TYPE }, body: [xml] };
  for await (const chunk of writeMultipart(boundary, [part])) chunks.push(chunk);
  context.body = Buffer.concat(chunks);
  context.set('Content-Type', `multipart/related; type="${XML_TYPE}"; boundary=${boundary}`);
}

function onlyStudyOf(stored: readonly StoredInstance[]): string | undefined {
  const studies = new Set(stored.map(({ studyInstanceUID }) => studyInstanceUID));
  return studies.size === 1 ? [...studies][0] : undefined;
}

function referencedItem(instance: StoredInstance, root: string): DataSet {
  const item: DataSet = {
    '00081150': { vr: 'UI', Value: [instance.sopClassUID] },
    '00081155': { vr: 'UI', Value: [instance.sopInstanceUID] },
    '00081190': { vr: 'UR', Value: [instanceUrl(root, instance)] },
  };
  if (instance.warnings.length > 0) {
    item['00081196'] = { vr: 'US', Value: [WARNING_REASON] };
    item['00741048'] = comments(instance.warnings.map(({ detail }) => detail));
  }
  return item;
}

function failedItem(failed: FailedInstance): DataSet {
  const item: DataSet = {};
  if (failed.sopClassUID !== undefined) item['00081150'] = { vr: 'UI', Value: [failed.sopClassUID] };
  if (failed.sopInstanceUID !== undefined) item['00081155'] = { vr: 'UI', Value: [failed.sopInstanceUID] };
  item['00081197'] = { vr: 'US', Value: [FAILURE_REASONS[failed.failure]] };
  item['00741048'] = comments([failed.detail]);
  return item;
}

/** PS3.5 Table 6.2-1: LO has 64 characters, and Error Comment one value. */
const COMMENT_CHARACTERS = 64;
const MOST_COMMENTS = 10;

/** Failed Attributes Sequence (0074,1048) with Error Comments (0000,0902) in words, for whoever must mend the sender. */
function comments(details: readonly string[]): DataElement {
  const lines = details.flatMap(linesOf).slice(0, MOST_COMMENTS);
  return { vr: 'SQ', Value: lines.map((line): DataSet => ({ '00000902': { vr: 'LO', Value: [line] } })) };
}

function linesOf(detail: string): string[] {
  const lines: string[] = [];
  // LO has no control characters and no backslash.
  for (const word of detail.replace(/[\p{Cc}\\]+/gu, ' ').split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= COMMENT_CHARACTERS)
      lines[lines.length - 1] = `${last} ${word}`;
    else
      for (let at = 0; at < word.length; at += COMMENT_CHARACTERS)
        lines.push(word.slice(at, at + COMMENT_CHARACTERS));
  }
  return lines;
}
