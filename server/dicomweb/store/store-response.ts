import type {
  FailedInstance,
  FailureKind,
  StoredInstance,
  StoreOutcome,
} from '../../archive/store-outcome.ts';
import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { instanceUrl, studyUrl } from '../uri.ts';

/** PS3.18 I.2.2: values of Failure Reason (0008,1197). */
const FAILURE_REASONS: Record<FailureKind, number> = {
  'processing-failure': 0x0110,
  duplicate: 0x0111,
  'sop-class-not-supported': 0x0122,
  'out-of-resources': 0xa700,
  'too-large': 0xa700,
  'study-mismatch': 0xa900,
  'cannot-understand': 0xc000,
};

/** PS3.18 I.2.1: B007, Data Set does not match; stored all the same. */
const WARNING_REASON = 0xb007;

/**
 * The Store Instances Response (PS3.18 10.5.3.2) and its status: 200 when all were stored, 202 when some were, 409 when none
 * was.
 */
export function storeResponse(
  outcomes: readonly StoreOutcome[],
  root: string,
  studyInstanceUID: string | undefined,
): { status: number; dataSet: DataSet } {
  const stored = outcomes.filter((outcome) => outcome.kind === 'stored');
  const failed = outcomes.filter((outcome) => outcome.kind === 'failed');
  const named = failed.filter(({ sopInstanceUID }) => sopInstanceUID !== undefined);
  const nameless = failed.filter(({ sopInstanceUID }) => sopInstanceUID === undefined);
  const dataSet: DataSet = {};
  const study = studyInstanceUID ?? onlyStudyOf(stored);
  if (study !== undefined && stored.length > 0)
    dataSet['00081190'] = { vr: 'UR', Value: [studyUrl(root, study)] };
  // Sequences without items are left out: clients take their presence for a failure.
  if (named.length > 0) dataSet['00081198'] = { vr: 'SQ', Value: named.map(failedItem) };
  if (stored.length > 0)
    dataSet['00081199'] = { vr: 'SQ', Value: stored.map((instance) => referencedItem(instance, root)) };
  // (0008,119A) Other Failures Sequence: those that cannot be named by UID.
  if (nameless.length > 0) dataSet['0008119A'] = { vr: 'SQ', Value: nameless.map(failedItem) };
  if (failed.length === 0) return { status: 200, dataSet };
  return { status: stored.length > 0 ? 202 : 409, dataSet };
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
  if (instance.warnings.length > 0) item['00081196'] = { vr: 'US', Value: [WARNING_REASON] };
  return item;
}

function failedItem(failed: FailedInstance): DataSet {
  const item: DataSet = {};
  if (failed.sopClassUID !== undefined) item['00081150'] = { vr: 'UI', Value: [failed.sopClassUID] };
  if (failed.sopInstanceUID !== undefined) item['00081155'] = { vr: 'UI', Value: [failed.sopInstanceUID] };
  item['00081197'] = { vr: 'US', Value: [FAILURE_REASONS[failed.failure]] };
  item['00741048'] = { vr: 'SQ', Value: [{ '00000902': errorComment(failed.detail) }] };
  return item;
}

/** (0000,0902) in words, for whoever must mend the sender. */
function errorComment(detail: string): DataElement {
  return { vr: 'LO', Value: [detail] };
}
